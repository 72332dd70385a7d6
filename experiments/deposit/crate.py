"""The archive of a published question: an RO-Crate with code, data, configuration, results and descriptions.

    ro-crate-metadata.json   what is in it, for machines (RO-Crate, by the library rocrate)
    README.md                what is in it, and how to repeat it
    code.tar                 the code of the commit, as `git archive` gives it
    codemeta.json            the software (CodeMeta), CITATION.cff, LICENSE, Containerfile
    data/                    the observed data, with datapackage.json
    configuration/           the published question, and the design or scenarios that it names
    results/                 its tables and their manifest
    description/             ODD+D, TRACE, RAT-RS and the parameters

The same commit gives the same bytes: times are those of the commit, files stand in alphabetical order.
"""

import hashlib
import json
import shutil
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path

from abm.engine.errors import InputError
from abm.facts import facts
from experiments.deposit import data_package, software

ROOT = software.ROOT
DESCRIPTIONS = ("odd.md", "trace.md", "rat_rs.md", "parameters.md", "validation.md")
AT_TOP = (software.CITATION, "LICENSE", "Containerfile")
LICENCE = "https://spdx.org/licenses/Apache-2.0"
CODE, README = "code.tar", "README.md"
ABOUT = {  # what a folder or file is, by its place
    CODE: "The code of the commit",
    software.CODEMETA: "Description of the software (CodeMeta)",
    software.CITATION: "How to cite it",
    "LICENSE": "Licence of the code",
    "Containerfile": "Recipe of a container in which it runs",
    README: "What is in this archive, and how to repeat it",
    "data": "Observed data, a Data Package",
    "configuration": "The published question, and the files that it names",
    "results": "Tables of the published results, and their manifest",
    "description": "ODD+D, TRACE, RAT-RS, parameters and validation",
}


def write(target: Path, name: str, title: str, files: Mapping[str, Path], root: Path = ROOT) -> None:
    """Write the archive of a published question as a zip file, whole or not at all.

    files: configuration and results, by their place in the archive ('results/a.csv'). Raises InputError outside a
    checkout, and where tracked files differ from the commit.
    """
    commit = software.commit(root)  # before anything is made
    with tempfile.TemporaryDirectory() as folder:
        crate = Path(folder) / "crate"
        _gathered(crate, name, title, commit, files, root)
        _described(crate, title, commit, root)
        made = Path(folder) / "made.zip"
        _zipped(crate, made, software.when(root))
        _moved(made, target)


def _moved(made: Path, target: Path) -> None:
    """Put a file in its place, whole or not at all. Raises InputError."""
    aside = target.with_name(f".{target.name}-aside")
    try:
        shutil.copyfile(made, aside)
        aside.replace(target)
    except OSError as error:
        raise InputError(f"--out: {target}: cannot be written ({error.strerror or error}): name another file") from None
    finally:
        aside.unlink(missing_ok=True)


def _gathered(crate: Path, name: str, title: str, commit: str, files: Mapping[str, Path], root: Path) -> None:
    """Put all files in their places."""
    places = dict(files) | {each: root / each for each in AT_TOP}
    places |= {f"description/{each}": root / "docs" / each for each in DESCRIPTIONS}
    data = root / facts.FOLDER.relative_to(ROOT)
    places |= {f"data/{each.name}": each for each in _files(data) if each.suffix in (".csv", ".yaml")}
    for place, source in places.items():
        (crate / place).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, crate / place)
    software.code(crate / CODE, root)
    _json(crate / software.CODEMETA, software.codemeta(root))
    _json(crate / "data" / data_package.DESCRIPTION, data_package.description(data))
    (crate / README).write_text(_readme(name, title, commit), encoding="utf-8")


def _described(crate: Path, title: str, commit: str, root: Path) -> None:
    """Add the metadata of an RO-Crate to a folder."""
    from rocrate.model.contextentity import ContextEntity
    from rocrate.rocrate import ROCrate

    made = ROCrate()
    made.name = title
    made.description = "An agent-based model of reception, homes and work in the Netherlands: code, data and results."
    made.license = LICENCE
    about = software.codemeta(root)
    made.root_dataset["datePublished"] = about["dateModified"]
    made.root_dataset["version"] = f"{about['version']} ({commit})"
    made.root_dataset["keywords"] = ", ".join(about["keywords"])
    for number, each in enumerate(about["author"]):
        author = ContextEntity(made, f"#author-{number}", {"@type": each["@type"], "name": each["name"]})
        made.add(author)
        made.root_dataset.append_to("author", author)
    for path in _files(crate):
        place = path.relative_to(crate).as_posix()
        words = {"name": path.name, "encodingFormat": _format(path), "contentSize": str(path.stat().st_size)}
        words["sha256"] = hashlib.sha256(path.read_bytes()).hexdigest()
        if said := ABOUT.get(place):
            words["description"] = said
        made.add_file(path, place, properties=words)
    for place, said in ABOUT.items():
        if (crate / place).is_dir():
            made.add_directory(dest_path=place, properties={"name": place, "description": said})
    _json(crate / made.metadata.id, made.metadata.generate())


def _format(path: Path) -> str:
    known = {".csv": "text/csv", ".json": "application/json", ".md": "text/markdown", ".yaml": "application/yaml"}
    return known.get(path.suffix, "application/x-tar" if path.suffix == ".tar" else "text/plain")


def _readme(name: str, title: str, commit: str) -> str:
    parts = "\n".join(f"- `{place}`: {said}" for place, said in ABOUT.items() if place != README)
    return (
        f"# {title}\n\nThe code is that of commit `{commit}`.\n\n{parts}\n\n## Repeat it\n\n"
        "With Python 3.12 and make:\n\n"
        f"    tar -xf {CODE}\n    cd code\n    make setup\n    .venv/bin/abm reproduce {name}\n\n"
        "`abm reproduce` makes the runs, and sets each number beside the published one.\n"
    )


def _files(folder: Path) -> Iterator[Path]:
    return iter(sorted(each for each in folder.rglob("*") if each.is_file()))


def _json(path: Path, content: Mapping) -> None:
    path.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def _zipped(folder: Path, target: Path, when: str) -> None:
    """Write a folder as a zip file; when: the time of every file, ISO 8601."""
    moment = datetime.fromisoformat(when)
    stamp = (moment.year, moment.month, moment.day, moment.hour, moment.minute, moment.second)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as made:
        for path in _files(folder):
            about = zipfile.ZipInfo(path.relative_to(folder).as_posix(), stamp)
            about.compress_type, about.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            made.writestr(about, path.read_bytes())
