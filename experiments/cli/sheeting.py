"""The command that writes factsheets: a page per municipality, their index, and all numbers."""

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer

from abm.engine.errors import InputError
from abm.facts import facts
from abm.measures import Asked
from abm.scenario import Scenario
from experiments.cli import reporting, usage, whole_files
from experiments.cli.many_runs import CURRENT
from experiments.cli.options import (
    HISTORY,
    Address,
    Against,
    Budget,
    FirstSeed,
    History,
    Place,
    Plugins,
    Until,
    Workers,
    Years,
    execution,
)
from experiments.cli.reporting import PLAN
from experiments.store import store as stores
from experiments.store.store import Store


def factsheets(
    b: Annotated[
        str, typer.Argument(metavar="B", help=f"Scenario file, like {PLAN}, or a sweep of two scenarios or policies.")
    ],
    against: Against = None,
    pairs: Annotated[
        int | None,
        typer.Option(
            help="Number of pairs of runs, at least 8; 8 if not given, or all of a sweep.", show_default=False
        ),
    ] = None,
    town: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Only the sheet of this municipality, without index.", show_default=False),
    ] = None,
    scale: Annotated[float | None, typer.Option(help="Share of the people that is simulated: only 1.")] = None,
    until: Until = None,
    years: Years = 8,
    lang: Annotated[str, typer.Option(metavar="nl|en", help="Language of the sheets.")] = "nl",
    out: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Folder to write them to; in the store if not given.")
    ] = None,
    seed: FirstSeed = None,
    plugins: Plugins = Path(),
    budget: Budget = None,
    workers: Workers = None,
    address: Address = None,
    store: Place = stores.DEFAULT,
    history: History = HISTORY,
) -> None:
    """Write a sheet for each municipality, in Dutch or English, of what scenario B changes there beside A; with an
    index, a map and all numbers (CSV). From pairs of runs at scale 1; missing ones are made, their cost is told first.
    """
    from experiments.report import factsheets as pages
    from experiments.report import named_places, places, words

    words.Words(lang)
    if years < 1:
        raise InputError(f"--years: {years} is too few: give 1 or more")
    if out is not None:
        _check(out)
    how, found = execution(workers, address, store, budget, history), []

    def check(one: Scenario, other: Scenario, pairs: int) -> None:
        pages.check(one, other, pairs)
        if town is not None:
            found.append(named_places.town(town, facts.load(layout=one.layout)))

    def asked(scenario: Scenario) -> Asked:
        return reporting.of_report(scenario) | places.ASKED  # the report of the same runs then finds what it takes

    pair = reporting.compared(b, against, pairs, (scale, until, seed), how, plugins, asked, check, with_parts=False)
    sheets = pages.made(how.store, pair, lang, years)
    if found:
        name = pages.file_of(sheets.named(places.TOWN, found[0]))
        files: Iterable[tuple[str, str]] = [(name, pages.sheet(sheets, found[0], indexed=False))]
    else:
        name, files = pages.INDEX, pages.pages(sheets)
    folder = f"{pages.FOLDER}/{pair.runs['run'].iloc[-1]}/factsheets-{lang}"
    number = _write(files, out, how.store, folder)
    place = str(out / name) if out is not None else how.store.files.shown(f"{folder}/{name}")
    reporting.tell(f"Factsheet: {place}" if found else f"Factsheets, {number:,} files, begin at: {place}")


def _check(out: Path) -> None:
    """Refuse, before anything is computed, a path that cannot be a folder. Raises InputError."""
    if out.exists() and not out.is_dir():
        raise InputError(f"--out: {out}: is a file: name a folder")
    if not out.parent.is_dir():
        raise InputError(f"--out: {out.parent}: no such folder: make it, or name another folder")


def _write(files: Iterable[tuple[str, str]], out: Path | None, store: Store, folder: str) -> int:
    """Write files to a folder, or in the store; returns their number. Raises InputError."""
    if out is not None:
        try:
            out.mkdir(exist_ok=True)
        except OSError as error:
            raise InputError(f"--out: {out}: cannot be made ({error.strerror}): name another folder") from None
    number = 0
    for name, content in files:
        number += 1
        if out is None:
            store.files.write(f"{folder}/{name}", content.encode())
        else:
            whole_files.write("--out", out / name, content)
    return number


def register(app: typer.Typer) -> None:
    """Add this command to the command line."""
    lines = (
        f"abm factsheets {PLAN} --against {CURRENT} --out factsheets",
        f"abm factsheets {PLAN} --against {CURRENT} --town Apeldoorn --lang en --out factsheets",
    )
    app.command(cls=usage.Command, rich_help_panel=usage.MANY_RUNS, epilog=usage.examples(*lines))(factsheets)
