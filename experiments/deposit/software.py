"""The software of a deposit: the code of a commit, its description as CodeMeta, and how to make a container of it."""

import os
import subprocess
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from abm.engine.errors import InputError
from abm.engine.yaml_input import read_yaml

ROOT = Path(__file__).parents[2]
CODEMETA = "codemeta.json"
CITATION = "CITATION.cff"
CONTEXT = "https://w3id.org/codemeta/3.0"


@cache
def commit(root: Path = ROOT) -> str:
    """The commit of the checkout. Raises InputError outside of one, and where a tracked file differs from it."""
    if changed := _git(root, "status", "--porcelain", "--untracked-files=no").splitlines():
        raise InputError(
            f"archive: {len(changed)} files differ from the commit, like {changed[0][3:]}: commit them, so that the "
            "code of the archive is the code that is here"
        )
    return _git(root, "rev-parse", "HEAD").strip()


def when(root: Path = ROOT) -> str:
    """The time of the commit, ISO 8601 in UTC."""
    return _git(root, "show", "-s", "--format=%cd", "--date=format-local:%Y-%m-%dT%H:%M:%SZ", "HEAD").strip()


def code(target: Path, root: Path = ROOT) -> None:
    """Write the files of the commit as a tar archive."""
    _git(root, "archive", "--format=tar", "--prefix=code/", f"--output={target}", commit(root))


def codemeta(root: Path = ROOT) -> dict[str, Any]:
    """The description of the software (CodeMeta 3), from pyproject.toml and CITATION.cff."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    citation = read_yaml(root / CITATION)
    return {
        "@context": CONTEXT,
        "@type": "SoftwareSourceCode",
        "name": citation["title"],
        "description": project["description"],
        "identifier": project["name"],
        "version": project["version"],
        "license": f"https://spdx.org/licenses/{project['license']}",
        "author": [{"@type": "Organization", "name": each["name"]} for each in project["authors"]],
        "keywords": project["keywords"],
        "programmingLanguage": {"@type": "ComputerLanguage", "name": "Python", "version": project["requires-python"]},
        "softwareRequirements": _requirements(root),
        "dateModified": when(root)[:10],
        "developmentStatus": "active",
    }


def _requirements(root: Path) -> list[str]:
    lines = (root / "requirements.lock").read_text(encoding="utf-8").splitlines()
    return [line.split(" ")[0] for line in lines if "==" in line and not line.startswith((" ", "#"))]


def _git(root: Path, *words: str) -> str:
    try:
        made = subprocess.run(
            ["git", "-C", str(root), *words], capture_output=True, text=True, check=True, env=_environment()
        )
    except (OSError, subprocess.CalledProcessError):
        raise InputError(
            "archive: needs git and a checkout of the repository: clone it, and run the command there"
        ) from None
    return made.stdout


def _environment() -> dict[str, str]:
    """The environment of git: times in UTC, and its messages in English."""
    return os.environ | {"TZ": "UTC", "LC_ALL": "C"}
