"""The page of a validation, docs/validation.md: what was run, how it is judged, counts, and a table for each target."""

from collections.abc import Iterator, Sequence

from experiments.validation import printing, verdicts
from experiments.validation.targets import FIT, UNSEEN, Key
from experiments.validation.verdicts import OFF, WITHIN, OfTarget, Row, Tally

ROLES = {
    FIT: ("Fit", "Targets that may set numbers of the model (role `calibrate`). That they fit is no test of it."),
    UNSEEN: ("Unseen", "Targets that never set a number of the model (role `validate`)."),
}
INTRODUCTION = """# Validation

What the model simulates beside what was observed. `abm validate RUN --seeds 4 --markdown docs/validation.md` makes this
page; `configs/targets/observed.yaml` holds the targets with their sources, notes and tolerances.

Runs: {about}.

{judged}

## Counts

{counts}

{listed}
"""
ONE_RUN = "A point is within where the simulated value is in the observed value with its tolerance."
SEVERAL = f"""For each point the page shows the median of the runs and their band, from low to high:
{verdicts.BAND} (of n ordered runs the i-th stands at
i / (n + 1)). A point is within where the band overlaps the observed value with its tolerance. Where that is a sign, or
the root mean square over all points of the target (RMS), the medians decide."""
WIDENED = """A target may state a discrepancy: what the model leaves out on purpose, and how far it may be off because
of that. It widens the tolerance on its side, and what is within only because of it is counted apart."""
COUNTS = ("with the discrepancy", "off", "not judged")


def page(rows: Sequence[Row], about: str, runs: int, listed: Sequence[Key]) -> str:
    """The page. about: what was run, in words; listed: the points that are counted apart."""
    *_, of_list = printing.counts(rows, listed)
    tallies = {title: verdicts.tally(verdicts.of_role(rows, role)) for role, (title, _) in ROLES.items()}
    judged = f"{ONE_RUN if runs == 1 else SEVERAL}\n\n{WIDENED}"
    counts = "\n".join(_table(tallies | {"Together": verdicts.tally(rows)}))
    of_list += f"\n\n{words}" if (words := printing.not_measured(rows)) else ""
    parts = [INTRODUCTION.format(about=_plain(about), judged=judged, counts=counts, listed=of_list)]
    for role, (title, words) in ROLES.items():
        parts.append(f"## {title}\n\n{words}\n")
        parts += [_of_target(each, runs > 1) for each in verdicts.by_target(verdicts.of_role(rows, role))]
    return "\n".join(parts)


def _table(tallies: dict[str, Tally]) -> Iterator[str]:
    columns = [count for what in ("targets", "points") for count in (f"{what} {WITHIN}", *COUNTS)]
    yield f"| | {' | '.join(columns)} |"
    yield f"|---|{'--:|' * len(columns)}"
    for name, found in tallies.items():
        yield f"| {name} | {' | '.join(str(number) for number in (*found.targets, *found.points))} |"


def _of_target(found: OfTarget, several: bool) -> str:
    target = found.target
    needs = f" It needs {target.needs}." if target.needs else ""
    lines = [f"### {target.id} {_plain(target.title)}", "", f"{_first_large(str(found))} ({target.tolerance}).{needs}"]
    lines += [f"It {_plain(words)}." for words in printing.discrepancies(found)]
    lines += [_plain(target.miss)] if target.miss and found.verdict == OFF else []
    if printing.has_rows(found):
        columns = ["", "period", "observed", *(printing.SEVERAL if several else printing.ONE), "deviation", "verdict"]
        lines += ["", f"| {' | '.join(columns)} |", "|---|---|" + "--:|" * (len(columns) - 3) + "---|"]
        for row in found.rows:
            cells = [_plain(row.point.what), row.point.period, *printing.texts(row, several), row.verdict or row.why]
            lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def _first_large(text: str) -> str:
    return text[:1].upper() + text[1:]


def _plain(text: str) -> str:
    """Text that Markdown shows as it was written."""
    for mark in "\\`*_[]<>|":
        text = text.replace(mark, f"\\{mark}")
    return " ".join(text.split())
