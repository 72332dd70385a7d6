"""What runs are made with, and the names that follow from it: model, data, commit, packages, kind of processor."""

import hashlib
import json
import os
import platform
import subprocess
from collections.abc import Iterable, Mapping
from functools import cache
from importlib import metadata
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np

import abm
from abm.observe.measure import DECLARED
from abm.plugins import assembly
from abm.scenario import Scenario

NAME_LENGTH = 16
PACKAGES = ("mesa", "numpy", "numba", "pandas", "pyarrow", "pydantic", "scipy", "networkx")
ROOT, MODEL = Path(__file__).parents[2], Path(abm.__file__).parent
MEASURE = ("measures.py", "recorder.py")  # modules that measure, wherever they are
MAKES_RESULTS = (  # tracked, of a checkout; a published question says what came out, and makes nothing
    "abm", "experiments", "configs", "pyproject.toml", "requirements.lock", ":(exclude)configs/published",
)  # fmt: skip


@cache
def model_version() -> dict[str, str]:
    """Version of the package and a digest of the source that simulates, so that runs of edited code have other names.

    Measures are not in it: they read the state and move nothing.
    """
    code = _digest(file for file in sources(MODEL) if not measures(file.relative_to(MODEL)))
    return {"version": metadata.version("abm-reception"), "code": code}


def measures(file: Path) -> bool:
    """Whether a module of the model measures, and does not simulate; its path in the package."""
    return file.parts[0] == "observe" or file.name in MEASURE or file.name.endswith("_measures.py")


@cache
def measures_version() -> str:
    """A digest of the source of all measures."""
    return _digest(file for file in sources(MODEL) if measures(file.relative_to(MODEL)))[:NAME_LENGTH]


def code_of(measure: str, plugins: Mapping[str, Any] = MappingProxyType({})) -> str:
    """Digest of the source that takes a measure: the module that declares it, and what all measures share.

    plugins: as a record describes them, by name. Of a measure that nobody declares it is empty.
    """
    for about in plugins.values():
        if measure in about["measures"]:
            return about["digest"][:NAME_LENGTH]
    declared = DECLARED.get(measure)
    return _code_of_module(declared[0]) if declared else ""


@cache
def _code_of_module(name: str) -> str:
    own = MODEL.joinpath(*name.split(".")[1:]).with_suffix(".py")
    shared = (file for file in sources(MODEL) if file.parent.name == "observe" or file.name == "recorder.py")
    return _digest([*shared, own])[:NAME_LENGTH]


def _digest(files: Iterable[Path]) -> str:
    code = hashlib.sha256()
    for file in files:
        code.update(file.relative_to(MODEL).as_posix().encode() + b"\0" + file.read_bytes() + b"\0")
    return code.hexdigest()


def sources(root: Path) -> list[Path]:
    """The modules of a package, sorted: locks and backups of editors have names that nothing can import."""
    return sorted(
        file
        for file in root.rglob("*.py")
        if all(part.isidentifier() for part in file.relative_to(root).with_suffix("").parts) and file.is_file()
    )


@cache
def commit(root: Path = ROOT) -> str | None:
    """The commit of the working tree, followed by '+' if a file that makes results differs from it; None outside a
    checkout. Files that git does not know are in no commit, and those among the model's source are in its version.
    """
    try:
        git = ["git", "-C", os.fspath(root)]
        head = subprocess.run([*git, "rev-parse", "HEAD"], capture_output=True, text=True, check=True).stdout.strip()
        asked = [*git, "status", "--porcelain", "--untracked-files=no", "--", *MAKES_RESULTS]
        changed = subprocess.run(asked, capture_output=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return None
    return head + ("+" if changed.strip() else "")


@cache
def processor() -> dict[str, str | bool]:
    """Kind of this processor, as a run sees it: its machine, and whether NumPy uses AVX-512, which `abm` switches off
    unless NumPy was imported before. Two of one kind give the same bytes.
    """
    found = np.lib.introspect.opt_func_info(func_name="^exp$", signature="float64")
    used = [kind["current"] for kinds in found.values() for kind in kinds.values()]
    newest = set(abm.AVX_512.split())
    machine = {"AMD64": "x86_64", "arm64": "aarch64"}.get(platform.machine(), platform.machine())
    return {"machine": machine, "avx_512": any(each in newest or each.startswith("AVX512") for each in used)}


def shown(kind: dict[str, str | bool]) -> str:
    """A kind of processor in words."""
    return f"{kind['machine']}{' with AVX-512' if kind['avx_512'] else ''}"


@cache
def _versions() -> tuple[str, dict[str, str]]:
    return platform.python_version(), {package: metadata.version(package) for package in PACKAGES}


def made_with(data_digest: str) -> dict:
    """Versions that runs are made with on this machine: model, measures, data, Python and packages."""
    python, packages = _versions()
    model = {"model": model_version(), "measures": measures_version()}
    return model | {"data_digest": data_digest, "python": python, "packages": packages}


def run_name(scenario: Scenario, data_digest: str) -> str:
    """Name of a run: hash of what simulates it, its resolved scenario with seed, and data; not of what is measured."""
    return name_of(scenario.canonical(), data_digest)


def name_of(canonical: dict, data_digest: str) -> str:
    """Name of the run of a scenario in canonical form."""
    return name_by(model_version(), canonical, data_digest)


def name_by(model: dict[str, str], canonical: dict, data_digest: str) -> str:
    """Name of the run of a scenario by some version of the model."""
    made_of = [model, canonical, data_digest]
    return hashlib.sha256(json.dumps(made_of, sort_keys=True).encode()).hexdigest()[:NAME_LENGTH]


def provenance(scenario: Scenario, data_digest: str) -> dict:
    """Everything needed to repeat a run; identical for every repetition on a kind of processor."""
    about = {
        "run": run_name(scenario, data_digest),
        "name": scenario.name,
        "title": scenario.title,
        "source": Path(scenario.source).name,
        "scenario": scenario.canonical(),
        "scenario_digest": scenario.digest(),
        "seed": scenario.seed,
        "commit": commit(),
        "processor": processor(),
    }
    return about | made_with(data_digest) | plugged(scenario)


def plugged(*scenarios: Scenario) -> dict:
    """The plug-ins of scenarios for a record; nothing where there are none."""
    found = {name: about for scenario in scenarios for name, about in assembly.described(scenario.plugins).items()}
    return {"plugins": found} if found else {}
