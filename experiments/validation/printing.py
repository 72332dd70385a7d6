"""What a validation says: a table per target on the terminal, counts, and plain rows for files."""

import csv
import io
from collections.abc import Iterator, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from experiments.terminal import line, printable
from experiments.text import number, period, points, share
from experiments.validation import verdicts
from experiments.validation.targets import FIT, JUDGED_SINCE, UNSEEN, Discrepancy, Key
from experiments.validation.verdicts import DISCREPANT, OFF, WITHIN, OfTarget, Row

WHAT = 31  # most characters for the label of a point
LEAST = 12  # fewest characters for it, on a narrow terminal
WIDTHS = {False: (9, 10, 10, 9, 4), True: (9, 8, 8, 8, 8, 8, 4)}  # of the others, for one run and for several
MARKS = {WITHIN: "ok", DISCREPANT: "(ok)", OFF: "off", "": ""}
ROLES = {FIT: "Fit (role calibrate: may set numbers of the model)", UNSEEN: "Unseen (role validate: never set any)"}
ONE, SEVERAL = ("simulated",), ("median", "low", "high")
INDENT, GAP = " " * 3, 1  # characters before a label, and between columns


def show(rows: Sequence[Row], runs: int, console: Console) -> None:
    """Print the comparison of some runs by role and target."""
    for role, title in ROLES.items():
        if mine := verdicts.by_target(verdicts.of_role(rows, role)):
            console.print(Text(title, style="bold underline"))
        for each in mine:
            _show(each, runs, console)
    names = ONE if runs == 1 else SEVERAL
    console.print(f"Columns: period, observed, {', '.join(names)}, deviation{' of the median' * (runs > 1)}.")
    if runs > 1:
        console.print(f"Low to high is the band of {runs} runs: {verdicts.BAND}. A point is within where the band")
        console.print("overlaps what was observed with its tolerance; where that is a sign or RMS the medians decide.")


def counts(rows: Sequence[Row], listed: Sequence[Key]) -> Iterator[str]:
    """Lines: measures that are lacking; targets and points within: fit, unseen, together, and those of a list."""
    yield from lacking(rows)
    for role, title in ROLES.items():
        yield f"{title.partition(' ')[0]}: {verdicts.tally(verdicts.of_role(rows, role))}."
    yield f"Together: {verdicts.tally(rows)}."
    of_list = verdicts.of_list(rows, listed)
    within, discrepant, off, _ = verdicts.tally(of_list).points
    missing = len(listed) - within - discrepant - off
    medians = sum(row.by_median for row in of_list if row.verdict)
    yield (
        f"{within} of the {len(listed)} points that were judged in {period(JUDGED_SINCE)} are within"
        + f" ({medians} by the median alone)" * any(len(row.values) > 1 for row in rows)
        + f", {discrepant} more with the discrepancy" * bool(discrepant)
        + f"; {missing} of them {'is' if missing == 1 else 'are'} not judged here" * bool(missing)
        + "."
    )


def lacking(rows: Sequence[Row]) -> list[str]:
    """The measures that the runs lack or that are refused at their scale, a line each."""
    return list(dict.fromkeys(row.lacking for row in rows if row.lacking))


def records(rows: Sequence[Row]) -> list[dict[str, Any]]:
    """A plain row for each point."""
    return [
        {"id": row.target.id, "role": row.target.role, "title": row.target.title, "what": row.point.what}
        | {"period": row.point.period, "observed": row.point.value, "tolerance": str(row.target.tolerance)}
        | {"discrepancy": _sides(row.discrepancy, "") if row.discrepancy else ""}
        | dict(zip(SEVERAL, (row.median, *row.band) if row.values else (None,) * len(SEVERAL), strict=True))
        | {"runs": len(row.values), "verdict": row.verdict or row.why}
        for row in rows
    ]


def as_csv(rows: Sequence[Row]) -> str:
    """The plain rows as CSV."""
    made = io.StringIO()
    writer = csv.DictWriter(made, records(rows)[0], lineterminator="\n")
    writer.writeheader()
    writer.writerows(records(rows))
    return made.getvalue()


def heading(found: OfTarget) -> tuple[str, str]:
    """Title and verdict of a target, in words."""
    target = found.target
    notes = f" (needs {target.needs})" if target.needs else ""
    notes += f" (one world of many: abm sweep {target.spread})" if target.spread else ""
    return f"{target.id:<4} {target.title}", f"{notes}: {found} [{target.tolerance}]"


def discrepancies(found: OfTarget) -> list[str]:
    """The discrepancies that hold for a target, each in a line with its reason."""
    kind = found.target.tolerance.kind
    each = [row.discrepancy for row in found.rows]
    return [f"may be {_sides(one, kind)}: {one.reason}" for one in dict.fromkeys(filter(None, each))]


def texts(row: Row, several: bool) -> list[str]:
    """Observed, simulated (or median, low, high) and deviation, the last in the unit of the tolerance."""
    kind, observed = row.target.tolerance.kind, row.point.value
    found = [row.median, *row.band] if several else [row.median]
    told = [_text(value, kind) for value in found] if row.values else ["no value", "", ""][: len(found)]
    return ["-" if observed is None else _text(observed, kind), *told, _off(row, kind)]


def has_rows(found: OfTarget) -> bool:
    """Whether there is anything to show beside what was observed."""
    return bool(found.target.measure) or any(row.point.measure for row in found.rows)


def _show(found: OfTarget, runs: int, console: Console) -> None:
    head, verdict = heading(found)
    console.print(Text.assemble((printable(head), "bold"), printable(verdict)))
    for words in discrepancies(found):
        console.print(line(INDENT + words))
    if not has_rows(found):
        return
    table, widths = Table(box=None, show_header=False, padding=(0, GAP, 0, 0)), WIDTHS[runs > 1]
    space = console.width - sum(widths) - GAP * (len(widths) + 1)
    table.add_column(width=min(max(space, LEAST), WHAT), no_wrap=True)
    for width in widths:
        table.add_column(width=width, no_wrap=True, justify="left" if width == widths[-1] else "right")
    for row in found.rows:
        short = row.point.period.replace(" to ", "-")  # fits in the column of periods
        table.add_row(line(INDENT + row.point.what), short, *texts(row, runs > 1), MARKS[row.verdict])
    console.print(table)


def _sides(discrepancy: Discrepancy, kind: str) -> str:
    """How far below and above is allowed: '4,000 below, 1,000 above'."""
    sides = {"below": discrepancy.below, "above": discrepancy.above}
    return ", ".join(f"{_text(value, kind)} {side}" for side, value in sides.items() if value)


def _text(value: float, kind: str) -> str:
    return share(value, 1) if kind == "points" else number(value)


def _off(row: Row, kind: str) -> str:
    if row.point.value is None or not row.values:
        return ""
    if kind in ("relative", "rms"):
        return share(row.deviation, sign=True)
    difference = row.median - row.point.value
    return points(difference) if kind == "points" else number(difference, sign=True)
