"""What `pip install .` brings: all that the code imports, and nothing that only developing takes."""

import ast
import re
import shutil
import subprocess
import sys
import zipfile
from importlib import metadata
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
BUILD = "from setuptools import build_meta; print(build_meta.prepare_metadata_for_build_wheel('.'))"
LOCKS = sorted(ROOT.glob("requirements*.lock"))
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


def normal(name: str) -> str:
    """A name of a distribution as indexes compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def listed(file: str) -> set[str]:
    """Names in a file of requirements."""
    lines = (ROOT / file).read_text(encoding="utf-8").splitlines()
    return {normal(NAME.match(line)[0]) for line in lines if NAME.match(line)}


@pytest.fixture(scope="module")
def lines(tmp_path_factory) -> list[str]:
    """What the metadata of the built project requires, with or without a condition."""
    folder = tmp_path_factory.mktemp("project")
    for name in ("pyproject.toml", "requirements.in", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, folder)
    (folder / "abm_command.py").touch()
    (folder / "abm").mkdir()
    (folder / "abm" / "__init__.py").touch()
    words = [sys.executable, "-W", "ignore", "-c", BUILD]
    result = subprocess.run(words, cwd=folder, capture_output=True, text=True, check=True)
    built = metadata.PathDistribution(folder / result.stdout.splitlines()[-1])
    return built.requires


@pytest.fixture(scope="module")
def required(lines) -> set[str]:
    """Names that are required of everybody."""
    return {normal(NAME.match(line)[0]) for line in lines if "extra ==" not in line}


def test_installing_brings_nothing_for_developing(required):
    assert required == listed("requirements.in")
    assert required.isdisjoint({"pytest", "hypothesis", "ruff", "setuptools", "wheel"})
    assert required.isdisjoint(listed("requirements-dev.in") | listed("requirements-slow.in"))


def test_extras_bring_what_only_readers_of_outcomes_use(lines, required):
    extras = dict(re.findall(r"^(\S+?);? .*extra == \W(\w+)", "\n".join(lines), re.MULTILINE))
    assert extras == {"duckdb": "duckdb", "jupyterlab": "notebooks"}
    assert required.isdisjoint(extras)


def test_installing_brings_all_that_the_code_imports(required):
    files = [path for package in ("abm", "experiments") for path in (ROOT / package).rglob("*.py")]
    nodes = [node for path in files for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))]
    names = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module for node in nodes if isinstance(node, ast.ImportFrom)}
    imported = {name.split(".")[0] for name in names} - set(sys.stdlib_module_names) - {"abm", "experiments"}
    owners = metadata.packages_distributions()
    brought = {normal(owner) for name in imported for owner in owners[name]}
    assert brought == required


@pytest.mark.parametrize("path", LOCKS, ids=lambda path: path.name)
def test_locks_hold_versions_and_hashes_and_no_addresses(path):
    text = path.read_text(encoding="utf-8")
    assert len(re.findall(r"^\S+==\S+", text, re.MULTILINE)) == len(re.findall(r"^\S", text, re.MULTILINE)) > 0
    assert "--hash=sha256:" in text
    assert not re.search(r"://|--(index|extra-index|find-links|trusted)|@ ", text)


def test_locks_agree_with_each_other_and_with_what_is_asked():
    pins = {path.name: dict(re.findall(r"^(\S+)==(\S+)", path.read_text(), re.MULTILINE)) for path in LOCKS}
    base = pins["requirements.lock"]
    for name, pinned in pins.items():
        assert listed(name.replace(".lock", ".in")) <= set(map(normal, pinned)), name
        assert {key: base[key] for key in pinned if key in base} == {k: v for k, v in pinned.items() if k in base}, name


def test_an_editable_install_is_a_path(tmp_path):
    """A finder of imports would come after any folder named abm or experiments on the path, a path does not."""
    for name in ("pyproject.toml", "requirements.in", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, tmp_path)
    (tmp_path / "abm_command.py").touch()
    for package in ("abm", "experiments"):
        (tmp_path / package).mkdir()
        (tmp_path / package / "__init__.py").touch()
    code = "from setuptools import build_meta; print(build_meta.build_editable('.'))"
    words = [sys.executable, "-W", "ignore", "-c", code]
    result = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, check=True)
    with zipfile.ZipFile(tmp_path / result.stdout.splitlines()[-1]) as wheel:
        (path,) = (name for name in wheel.namelist() if "dist-info" not in name)
        assert path.endswith(".pth")
        assert wheel.read(path).decode().split() == [str(tmp_path)]
