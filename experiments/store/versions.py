"""What runs are made with, and the names that follow from it: model, data, commit, packages, kind of processor."""

import hashlib
import json
import os
import platform
import subprocess
from functools import cache
from importlib import metadata
from pathlib import Path

import numpy as np

import abm
from abm.plugins import assembly
from abm.scenario import Scenario

NAME_LENGTH = 16
PACKAGES = ("mesa", "numpy", "numba", "pandas", "pyarrow", "pydantic", "scipy", "networkx")
ROOT = Path(__file__).parents[2]
MAKES_RESULTS = ("abm", "experiments", "configs", "pyproject.toml", "requirements.lock")  # tracked, of a checkout


@cache
def model_version() -> dict[str, str]:
    """Version of the package and a digest of the model's source, so that runs of edited code have other names."""
    root = Path(abm.__file__).parent
    code = hashlib.sha256()
    for file in sources(root):
        code.update(file.relative_to(root).as_posix().encode() + b"\0" + file.read_bytes() + b"\0")
    return {"version": metadata.version("abm-reception"), "code": code.hexdigest()}


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
    """Versions that runs are made with on this machine: model, data, Python and packages."""
    python, packages = _versions()
    return {"model": model_version(), "data_digest": data_digest, "python": python, "packages": packages}


def run_name(scenario: Scenario, data_digest: str) -> str:
    """Name of a run: hash of model version, resolved scenario with seed, and data."""
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
