"""The same bytes whatever x86-64 processor makes them: libraries are asked to work as on an older one."""

import os
import platform
import subprocess
import sys
from pathlib import Path

import pytest

import abm

pytestmark = pytest.mark.skipif(platform.machine() not in ("x86_64", "AMD64"), reason="about x86-64 processors")
RUN = """
import hashlib, sys
import abm
import numpy as np
from abm import scenario
from abm.facts import facts
from experiments.sweeps.runner import simulate

asked = scenario.load("configs/scenarios/day-one-language.yaml").changed(scale=0.002, until=sys.argv[1])
values = simulate(asked, facts.load())[0].values
found = hashlib.sha256()
for key in sorted(values):
    found.update(repr(key).encode() + np.ascontiguousarray(values[key], np.float64).tobytes())
print(found.hexdigest())
"""
OLDER = {
    "linear algebra": {"OPENBLAS_CORETYPE": "Nehalem"},
    "numpy": {abm.FEATURES: f"X86_V3 {abm.AVX_512}"},
    "both": {"OPENBLAS_CORETYPE": "Nehalem", abm.FEATURES: f"X86_V3 {abm.AVX_512}"},
    "compiled loops": {"NUMBA_CPU_NAME": "nehalem", "NUMBA_CPU_FEATURES": "+sse4.2"},
}


def digest(until: str, **environment: str) -> str:
    """Digest of all outcomes of a short run, made in a process of its own."""
    root = Path(__file__).parents[2]
    words = [sys.executable, "-c", RUN, until]
    done = subprocess.run(words, capture_output=True, text=True, check=True, cwd=root, env=os.environ | environment)
    return done.stdout.strip()


def test_libraries_for_an_older_processor_give_the_same_bytes():
    assert digest("2015-09", **OLDER["both"]) == digest("2015-09")


@pytest.mark.slow
@pytest.mark.parametrize("what", OLDER)
def test_each_library_gives_the_same_bytes_to_the_end(what, tmp_path):
    """Loops for another processor are compiled into a folder of their own."""
    assert digest("2030-01", **OLDER[what], ABM_CACHE_DIR=str(tmp_path)) == digest("2030-01")


def test_numpy_does_without_avx_512_where_the_model_is_imported_first():
    script = f"import abm, os; print(os.environ['{abm.FEATURES}'])"
    environment = {name: text for name, text in os.environ.items() if name != abm.FEATURES}
    said = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, env=environment)
    assert said.stdout.split() == abm.AVX_512.split()
