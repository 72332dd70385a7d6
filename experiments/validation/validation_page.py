"""The page of a validation, docs/validation.md: what was run, how it is judged, counts, and a table for each target."""

import textwrap
from collections.abc import Iterator, Sequence

from experiments.validation import printing, verdicts
from experiments.validation.targets import FIT, UNSEEN, Key
from experiments.validation.verdicts import OFF, WITHIN, OfTarget, Row, Tally

ROLES = {
    FIT: ("Fit", "Targets that may set numbers of the model (role `calibrate`). That they fit is no test of it."),
    UNSEEN: ("Unseen", "Targets that never set a number of the model (role `validate`)."),
}
INTRODUCTION = (
    "What the model simulates beside what was observed. `abm validate RUN --seeds 4 --markdown docs/validation.md` "
    "makes this page; `configs/targets/observed.yaml` holds the targets with their sources, notes and tolerances."
)
ONE_RUN = "A point is within where the simulated value is in the observed value with its tolerance."
SEVERAL = (
    f"For each point the page shows the median of the runs and their band, from low to high: {verdicts.BAND} (of n "
    "ordered runs the i-th stands at i / (n + 1)). A point is within where the band overlaps the observed value with "
    "its tolerance. Where that is a sign or the root mean square over the points of a target (RMS), the medians decide."
)
WIDENED = (
    "A target may state a discrepancy: what the model leaves out on purpose, and how far it may be off because of "
    "that. It widens the tolerance on its side, and what is within only because of it is counted apart."
)
COUNTS = ("with the discrepancy", "off", "not judged")
WIDTH = 120  # characters of a line


def page(rows: Sequence[Row], about: str, runs: int, listed: Sequence[Key]) -> str:
    """The page. about: what was run, in words; listed: the points that are counted apart."""
    *_, of_list = printing.counts(rows, listed)
    tallies = {title: verdicts.tally(verdicts.of_role(rows, role)) for role, (title, _) in ROLES.items()}
    parts = [
        "# Validation",
        *map(_wrapped, (INTRODUCTION, f"Runs: {_plain(about)}.", ONE_RUN if runs == 1 else SEVERAL, WIDENED)),
        "## Counts",
        _table(tallies | {"Together": verdicts.tally(rows)}),
        *map(_wrapped, (of_list, *printing.lacking(rows))),
    ]
    for role, (title, words) in ROLES.items():
        parts += [f"## {title}", words]
        for each in verdicts.by_target(verdicts.of_role(rows, role)):
            parts += _of_target(each, runs > 1)
    return "\n\n".join(filter(None, parts)) + "\n"


def _table(tallies: dict[str, Tally]) -> str:
    columns = [count for what in ("targets", "points") for count in (f"{what} {WITHIN}", *COUNTS)]
    lines = [f"| | {' | '.join(columns)} |", f"|---|{'--:|' * len(columns)}"]
    for name, found in tallies.items():
        lines.append(f"| {name} | {' | '.join(str(number) for number in (*found.targets, *found.points))} |")
    return "\n".join(lines)


def _of_target(found: OfTarget, several: bool) -> Iterator[str]:
    """Heading, verdict with what is said about it, and the table of a target."""
    target = found.target
    yield f"### {target.id} {_plain(target.title)}"
    words = [f"{_first_large(str(found))} ({target.tolerance})."]
    words += [f"It needs {_plain(target.needs)}."] if target.needs else []
    words += [f"It {_plain(each)}." for each in printing.discrepancies(found)]
    words += [_plain(target.miss)] if target.miss and found.verdict == OFF else []
    yield _wrapped(" ".join(words))
    if printing.has_rows(found):
        columns = ["", "period", "observed", *(printing.SEVERAL if several else printing.ONE), "deviation", "verdict"]
        lines = [f"| {' | '.join(columns)} |", "|---|---|" + "--:|" * (len(columns) - 3) + "---|"]
        for row in found.rows:
            cells = [_plain(row.point.what), row.point.period, *printing.texts(row, several), row.verdict or row.why]
            lines.append(f"| {' | '.join(cells)} |")
        yield "\n".join(lines)


def _wrapped(text: str) -> str:
    return textwrap.fill(text, WIDTH, break_long_words=False, break_on_hyphens=False)


def _first_large(text: str) -> str:
    return text[:1].upper() + text[1:]


def _plain(text: str) -> str:
    """Text that Markdown shows as it was written."""
    for mark in "\\`*_[]<>|":
        text = text.replace(mark, f"\\{mark}")
    return " ".join(text.split())
