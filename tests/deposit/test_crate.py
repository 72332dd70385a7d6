"""The archive of a published question: what is in it, that it describes itself, and that it is the same each time."""

import csv
import hashlib
import json
import os
import re
import shutil
import subprocess
import tarfile
import zipfile
from pathlib import Path

import pytest
import yaml
from rocrate.rocrate import ROCrate

from abm.engine.errors import InputError
from abm.facts import facts
from experiments.deposit import crate, data_package, software

DATA = facts.FOLDER.relative_to(crate.ROOT)
NEEDED = ("pyproject.toml", "requirements.lock", *crate.AT_TOP, *(f"docs/{each}" for each in crate.DESCRIPTIONS))


def git(root: Path, *words: str) -> str:
    who = {"GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@example.org", "GIT_CONFIG_GLOBAL": os.devnull}
    when = {"GIT_AUTHOR_DATE": "2026-11-05T10:20:30+0100", "GIT_COMMITTER_DATE": "2026-11-05T10:20:30+0100"}
    who |= {"GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@example.org"}
    command = ["git", "-C", str(root), *words]
    return subprocess.run(command, check=True, capture_output=True, text=True, env=os.environ | who | when).stdout


@pytest.fixture
def checkout(tmp_path) -> Path:
    """A repository with the files that an archive holds."""
    root = tmp_path / "checkout"
    for file in (*NEEDED, *(DATA / each.name for each in facts.FOLDER.iterdir() if each.is_file())):
        (root / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(crate.ROOT / file, root / file)
    git(root, "init", "--quiet")
    git(root, "add", ".")
    git(root, "commit", "--quiet", "--message", "Begin")
    software.commit.cache_clear()
    return root


@pytest.fixture
def files(tmp_path) -> dict[str, Path]:
    made = tmp_path / "table.csv"
    made.write_text("measure,value\nin_reception,1\n", encoding="utf-8")
    return {"results/table.csv": made}


def made(target: Path, files: dict[str, Path], root: Path) -> Path:
    crate.write(target, "plan", "What the plan brings", files, root)
    return target


def test_it_holds_code_data_results_and_descriptions_and_lists_each_once(tmp_path, checkout, files):
    with zipfile.ZipFile(made(tmp_path / "a.zip", files, checkout)) as archive:
        names = archive.namelist()
        archive.extractall(tmp_path / "a")
    assert names == sorted(set(names))
    assert {"results/table.csv", "data/datapackage.json", "codemeta.json", "Containerfile", "LICENSE"} <= set(names)
    assert {f"description/{each}" for each in crate.DESCRIPTIONS} <= set(names)
    found = ROCrate(tmp_path / "a")
    listed = {each.id for each in found.data_entities if "File" in each.type}
    assert listed == set(names) - {"ro-crate-metadata.json"}
    assert found.name == "What the plan brings"
    assert found.root_dataset["datePublished"] == "2026-11-05"
    assert found.license == "https://spdx.org/licenses/Apache-2.0"
    assert [each["name"] for each in found.root_dataset["author"]] == ["The ABM Reception project"]
    for each in found.data_entities:
        if "File" in each.type:
            content = (tmp_path / "a" / each.id).read_bytes()
            assert (each["contentSize"], each["sha256"]) == (str(len(content)), hashlib.sha256(content).hexdigest())
        else:
            assert (tmp_path / "a" / each.id).is_dir()


def test_its_code_is_that_of_the_commit(tmp_path, checkout, files):
    (checkout / "not-tracked.py").write_text("x = 1\n", encoding="utf-8")
    with zipfile.ZipFile(made(tmp_path / "a.zip", files, checkout)) as archive:
        archive.extractall(tmp_path / "a")
    with tarfile.open(tmp_path / "a" / "code.tar") as code:
        names = {each.name for each in code if each.isfile()}
    assert names == {f"code/{each}" for each in git(checkout, "ls-files").splitlines()}
    commit = git(checkout, "rev-parse", "HEAD").strip()
    text = (tmp_path / "a" / "README.md").read_text(encoding="utf-8")
    assert f"`{commit}`" in text
    assert ".venv/bin/abm reproduce plan" in text
    assert set(re.findall(r"^- `(.+?)`", text, re.MULTILINE)) <= {each.name for each in (tmp_path / "a").iterdir()} | {
        "configuration"
    }


def test_the_same_commit_gives_the_same_bytes(tmp_path, checkout, files):
    one, other = (made(tmp_path / name, files, checkout) for name in ("a.zip", "b.zip"))
    assert hashlib.sha256(one.read_bytes()).digest() == hashlib.sha256(other.read_bytes()).digest()
    with zipfile.ZipFile(one) as archive:
        assert {each.date_time for each in archive.infolist()} == {(2026, 11, 5, 9, 20, 30)}  # of the commit, in UTC
    assert {each.name for each in tmp_path.iterdir()} == {"a.zip", "b.zip", "checkout", "table.csv"}


def test_changes_that_are_not_committed_are_refused_and_nothing_is_written(tmp_path, checkout, files):
    (checkout / "LICENSE").write_text("none\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"^archive: 1 files differ from the commit, like LICENSE: commit them"):
        made(tmp_path / "a.zip", files, checkout)
    assert not (tmp_path / "a.zip").exists()


def test_outside_a_checkout_it_says_what_is_needed(tmp_path, files):
    software.commit.cache_clear()
    with pytest.raises(InputError, match=r"^archive: needs git and a checkout of the repository"):
        made(tmp_path / "a.zip", files, tmp_path)


def test_the_description_of_the_software_is_that_of_the_project(checkout):
    found = software.codemeta(checkout)
    citation = yaml.safe_load((crate.ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert (found["name"], found["version"]) == (citation["title"], str(citation["version"]))
    assert found["license"] == f"https://spdx.org/licenses/{citation['license']}"
    assert any(each.startswith("mesa==3.") for each in found["softwareRequirements"])


# --- the Data Package


def test_every_table_and_column_is_described_with_its_unit_sources_and_licence():
    found = {each["path"]: each for each in data_package.description()["resources"]}
    assert set(found) == {each.name for each in facts.FOLDER.glob("*.csv")}
    for name, table in found.items():
        content = (facts.FOLDER / name).read_bytes()
        assert table["hash"] == f"sha256:{hashlib.sha256(content).hexdigest()}"
        header = next(csv.reader(content.decode("utf-8").splitlines()))
        assert [each["name"] for each in table["schema"]["fields"]] == header
        assert all(each["unit"] for each in table["schema"]["fields"])
        assert table["licenses"]


READ = {"integer": int, "number": float, "string": str}


def test_types_are_those_of_the_values():
    for table in data_package.description()["resources"]:
        with (facts.FOLDER / table["path"]).open(encoding="utf-8", newline="") as lines:
            rows = list(csv.DictReader(lines))
        for field in table["schema"]["fields"]:
            for row in rows:
                if row[field["name"]]:
                    READ[field["type"]](row[field["name"]])
    known = {each["path"]: each for each in data_package.description()["resources"]}
    types = {each["name"]: each["type"] for each in known["commuting.csv"]["schema"]["fields"]}
    assert types == {"region_from": "string", "region_to": "string", "workers": "integer"}


def test_licences_are_named_by_spdx():
    text = json.dumps(data_package.description())
    assert set(re.findall(r'"name": "(CC-BY-4\.0|MIT|Apache-2\.0|LicenseRef-[a-z]+)"', text)) == {
        "CC-BY-4.0",
        "MIT",
        "Apache-2.0",
        "LicenseRef-figures",
    }
