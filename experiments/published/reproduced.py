"""Reproduces a published question: makes its runs and its table again, and sets that beside the published one."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from experiments.published import contrasts, judged, question_file, results, tables
from experiments.published.contrasts import Contrasts
from experiments.published.judged import Judgement
from experiments.published.question_file import Question
from experiments.published.results import Manifest
from experiments.store import versions
from experiments.sweeps.execution import Execution

Tell = Callable[[str], None]


@dataclass(frozen=True)
class Reproduced:
    """What became of a published question."""

    same_bytes: bool  # whether the table is the published one to the last digit that is written
    judgement: Judgement
    notes: tuple[str, ...]
    text: str  # of the table that came out


def reproduce(file: Path, how: Execution, tell: Tell, console: Console | None = None) -> Reproduced:
    """Make what is missing, and judge the table. Raises InputError, before any run is made where files are at fault."""
    question = question_file.load(file)
    manifest, texts = results.load(file, question)
    published = tables.from_csv(texts[tables.OUTCOMES], str(results.folder(file) / tables.OUTCOMES))
    found, data_digest = _contrasts(file, question, how)
    text = _made(file, question, found, how, tell, console)
    again = tables.from_csv(text, tables.OUTCOMES)
    verdict = judged.judged(published, again, question.tolerance)
    return Reproduced(text == texts[tables.OUTCOMES], verdict, tuple(_notes(manifest, found, data_digest)), text)


def publish(file: Path, how: Execution, tell: Tell, console: Console | None = None) -> Path:
    """Make what is missing and publish the table, in place of what was published. Raises InputError."""
    question = question_file.load(file)
    found, data_digest = _contrasts(file, question, how)
    text = _made(file, question, found, how, tell, console)
    return results.publish(file, question, found, {tables.OUTCOMES: text}, data_digest)


def _contrasts(file: Path, question: Question, how: Execution) -> tuple[Contrasts, str]:
    data_digest = contrasts.digest_of_data(how)
    return contrasts.of(question, file, data_digest), data_digest


def _made(file: Path, question: Question, found: Contrasts, how: Execution, tell: Tell, console: Console | None) -> str:
    contrasts.make(found, file.stem, how, tell, console)
    return tables.as_csv(tables.made(how.store, found, question.years))


def _notes(manifest: Manifest, found: Contrasts, data_digest: str) -> Iterator[str]:
    """What explains changes: another version of the model or the data, other scenarios, another kind of processor."""
    here = versions.model_version()
    if (manifest.code, manifest.data) != (here["code"], data_digest):
        of = f" of commit {manifest.commit[:12]}" if manifest.commit else ""
        what = "model" if manifest.code != here["code"] else "data"
        its, mine = (manifest.code, here["code"]) if what == "model" else (manifest.data, data_digest)
        yield (
            f"published with another version of the {what} ({manifest.version}, {its[:12]}{of}; here "
            f"{here['version']}, {mine[:12]}): changes may be due to that"
        )
    elif manifest.measures != versions.measures_version():
        yield "published with other code of measures: changes may be due to that"
    elif manifest.runs != tuple(sorted(job.name for job in found.jobs)):
        yield "its scenarios or design have changed since: some runs are others than those that were published"
    if manifest.processor != versions.processor():
        kinds = (versions.shown(each) for each in (manifest.processor, versions.processor()))
        yield "published on {}, here {}: last digits may differ".format(*kinds)
