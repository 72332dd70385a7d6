"""The files of a published question, by their place in its archive."""

from pathlib import Path

from experiments.published import question_file, results


def files(file: Path) -> tuple[str, dict[str, Path]]:
    """The question in English, and its files by place: itself, what it names, its tables and their manifest.

    Raises InputError where it has no published results, or these do not agree with it.
    """
    asked = question_file.load(file)
    _, tables = results.load(file, asked)  # checked: nothing that does not hold is deposited
    named = [asked.design] if asked.scenarios is None else [asked.scenarios.a, asked.scenarios.b]
    paths = [file, *(file.parent / each for each in named if each)]
    found = {f"configuration/{path.name}": path.resolve() for path in paths}
    place = results.folder(file)
    found |= {f"results/{name}": place / name for name in (*tables, results.MANIFEST)}
    return asked.question.en, found
