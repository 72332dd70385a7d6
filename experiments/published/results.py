"""The published results of a question: its table and a manifest, in results/published/NAME/, and how they are kept."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

from abm.engine import forms
from abm.engine.errors import InputError
from abm.engine.forms import Form, Text
from abm.engine.text_files import read_text
from experiments.published import question_file
from experiments.published.contrasts import Contrasts
from experiments.published.question_file import DIGEST, Made, Question
from experiments.store import versions

MANIFEST, PLACE = "manifest.json", ("results", "published")
AGAIN = "restore the files as they were published, or publish again with 'abm reproduce --publish'"


class Manifest(Form):
    """With what the published tables of a question were made."""

    name: Text
    asked: Annotated[str, DIGEST]  # of the question, without its words
    tables: dict[str, Annotated[str, DIGEST]]  # file -> SHA-256
    version: Text
    code: Annotated[str, DIGEST]
    measures: str
    data: Annotated[str, DIGEST]
    commit: str | None
    python: str
    packages: dict[str, str]
    processor: dict[str, str | bool]
    scale: float
    until: str
    seeds: tuple[int, ...]
    runs: tuple[str, ...]


def folder(file: Path) -> Path:
    """Where the results of a question are: its file is configs/published/NAME.yaml of the same project."""
    return file.resolve().parents[2].joinpath(*PLACE, file.stem)


def load(file: Path, question: Question) -> tuple[Manifest, dict[str, str]]:
    """The manifest of a question, and the texts of its tables. Raises InputError where they are not there, or do not
    agree with one another or with the question.
    """
    place = folder(file)
    if not (place / MANIFEST).is_file():
        raise InputError(f"{place}: holds no published results: make them with 'abm reproduce {file.stem} --publish'")
    manifest = _manifest(place / MANIFEST)
    made = question.made
    if made is None or (made.version, made.code, made.data, made.tables) != (
        manifest.version, manifest.code, manifest.data, manifest.tables,
    ):  # fmt: skip
        raise InputError(f"{file}: made: does not agree with {place / MANIFEST}: {AGAIN}")
    if (manifest.name, manifest.asked) != (file.stem, digest_of(question)):
        raise InputError(f"{file}: asks something else than its published results answer: {AGAIN}")
    texts = {}
    for name, digest in manifest.tables.items():
        texts[name] = read_text(place / name, "*.csv", "CSV")
        if sha256(texts[name]) != digest:
            raise InputError(f"{place / name}: has another checksum than {MANIFEST} says: {AGAIN}")
    return manifest, texts


def publish(file: Path, question: Question, contrasts: Contrasts, texts: Mapping[str, str], data_digest: str) -> Path:
    """Write tables and manifest, and what they were made with into the file of the question; returns their folder.

    Raises InputError.
    """
    place, made = folder(file), versions.made_with(data_digest)
    sums = {name: sha256(text) for name, text in texts.items()}
    manifest = Manifest(
        name=file.stem,
        asked=digest_of(question),
        tables=sums,
        version=made["model"]["version"],
        code=made["model"]["code"],
        measures=made["measures"],
        data=data_digest,
        commit=versions.commit(),
        python=made["python"],
        packages=made["packages"],
        processor=versions.processor(),
        scale=contrasts.of[0].b.scale,
        until=contrasts.of[0].b.until,
        seeds=tuple(sorted({job.scenario.seed for job in contrasts.jobs})),
        runs=tuple(sorted(job.name for job in contrasts.jobs)),
    )
    published = Made(version=manifest.version, code=manifest.code, data=manifest.data, tables=sums)
    asked = question_file.with_made(read_text(file), published)
    try:
        place.mkdir(parents=True, exist_ok=True)
        for name, text in texts.items():
            (place / name).write_text(text, encoding="utf-8", newline="")
        (place / MANIFEST).write_text(json.dumps(manifest.model_dump(mode="json"), indent=1) + "\n", encoding="utf-8")
        file.write_text(asked, encoding="utf-8", newline="")
    except OSError as error:
        raise InputError(
            f"{place}: cannot be written ({error.strerror or error}): free room, or its permissions"
        ) from None
    return place


def digest_of(question: Question) -> str:
    """SHA-256 of what a question asks, without its words."""
    return sha256(json.dumps(question.asked(), sort_keys=True))


def sha256(text: str) -> str:
    """SHA-256 of a text."""
    return hashlib.sha256(text.encode()).hexdigest()


def _manifest(path: Path) -> Manifest:
    try:
        content = json.loads(read_text(path, "*.json", "JSON"))
    except ValueError as error:
        if isinstance(error, InputError):
            raise
        raise InputError(f"{path}: is not JSON: {AGAIN}") from None
    return forms.read(Manifest, content, str(path))
