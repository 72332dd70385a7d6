"""Compares a run with observed values: targets with sources and tolerances, one verdict each.

A target defines a quantity in terms of the outcomes of a run, with observed values by period: a month (2022-05), a
half-year (2022-I), a year (2022) or years (2017 to 2021). One that no process covers yet has `needs` and no measure.
"""

import math
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Annotated, Literal, Self

import pandas as pd
from pydantic import AfterValidator, Field
from rich.console import Console
from rich.table import Table
from rich.text import Text as Styled

from abm.engine import clock
from abm.engine.errors import InputError
from abm.engine.forms import Form, Number, Takes, Text, read
from abm.engine.yaml_input import nearest, read_yaml
from abm.measures import MEASURES, refusal
from experiments.store.store import Run
from experiments.terminal import line, printable
from experiments.text import number, points, share

OBSERVED = Path(__file__).parents[2] / "configs" / "targets" / "observed.yaml"
NOT_YET, OUTSIDE, TOO_SMALL, WITHIN = "not yet", "outside the run", "not said at this scale", "within"
WHAT = 31  # characters for the label of a point
NOTHING = 0.5  # persons, places or homes below which a group counts as having none
HALF_YEAR = clock.MONTHS // 2
UNITS = {measure.name: measure.unit for measure in MEASURES}


def _known(measure: str) -> str:
    if measure not in UNITS:
        raise ValueError(f"no such measure{nearest(measure, list(UNITS))}")
    return measure


Period = Annotated[
    str,
    Field(pattern=r"^20\d\d(-(0[1-9]|1[0-2]|I|II)| to 20\d\d)?$"),
    Takes("a month (2022-05), a half-year (2022-I), a year ('2022') or years (2017 to 2021)", "a period", quoted=True),
]
Id = Annotated[
    str, Field(pattern=r"^[CVX]\d+[a-z]?$"), Takes("C, V or X and a number, like C1 or V7b", "an id of a target")
]


class Quantity(Form):
    """A number that is computed from outcomes; `over` and `minus` have the same breakdown."""

    measure: Annotated[str, AfterValidator(_known)]
    by: str = "total"
    groups: tuple[str, ...] = ()  # empty: all of them
    take: Literal["end", "sum", "mean"]  # of the months: the last one, a flow over all, or their mean
    across: Literal["sum", "highest", "lowest", "zeros"] = "sum"  # of the groups; zeros: number of groups with none
    over: Self | None = None
    minus: Self | None = None
    divided_by: Number = Field(1, gt=0)


class Tolerance(Form):
    """The deviation that is allowed: relative (rms: over all points), absolute, percentage points or only the sign."""

    kind: Literal["relative", "rms", "absolute", "points", "sign"]
    value: Number = Field(0, ge=0)

    def allows(self, observed: float, simulated: float) -> bool:
        """Whether a simulated value is within the tolerance."""
        unit = {"absolute": 1.0, "points": 0.01}.get(self.kind, abs(observed))
        near = abs(simulated - observed) <= self.value * unit + 1e-9
        return near if self.kind != "sign" else (observed > 0) == (simulated > 0)

    def __str__(self) -> str:
        texts = {"absolute": number(self.value), "points": f"{number(self.value)} pp", "sign": "sign"}
        return texts.get(self.kind, share(self.value) + " RMS" * (self.kind == "rms"))


class Point(Form):
    """One observed value, or None for a simulated value to show beside them; `measure` replaces that of the target."""

    period: Period
    value: Number | None
    what: Text = ""
    measure: Quantity | None = None
    note: str = ""


class Target(Form):
    """Observed values that a run should reproduce; without a measure it is not compared yet."""

    id: Id
    title: Text
    role: Literal["calibrate", "validate"]
    source: tuple[str, ...] = Field(min_length=1)
    tolerance: Tolerance
    measure: Quantity | None = None
    needs: str = ""
    spread: str = ""  # a design file to sweep, where a single run depends on parameters of which little is known
    note: str = ""
    points: tuple[Point, ...] = Field(min_length=1)


class File(Form):
    """A file of targets."""

    targets: list[Target] = []


@dataclass(frozen=True)
class Row:
    """An observed value beside the simulated one, or the reason why there is none."""

    target: Target
    point: Point
    simulated: float | None = None
    deviation: float | None = None  # simulated over observed, minus one
    within: bool | None = None
    why: str = ""


def load(path: Path = OBSERVED) -> list[Target]:
    """Targets of a file. Raises InputError."""
    found = read(File, read_yaml(Path(path)), str(path)).targets
    if len(ids := {target.id for target in found}) < len(found):
        raise InputError(f"{path}: has {len(found)} targets with {len(ids)} ids: give each an id of its own")
    return found


def months(period: str) -> list[str]:
    """Months of a period: '2022-II' -> ['2022-07', ..., '2022-12'], '2017 to 2021' -> ['2017-01', ..., '2021-12']."""
    if " to " in period:
        first, last = (int(year) for year in period.split(" to "))
        return [month for year in range(first, last + 1) for month in months(str(year))]
    year = [f"{period[:4]}-{month:02d}" for month in range(1, clock.MONTHS + 1)]
    return {"": year, "I": year[:HALF_YEAR], "II": year[HALF_YEAR:]}.get(period[5:], [period])


def compare(run: Run, targets: list[Target]) -> list[Row]:
    """Observed beside simulated, a row for each point. Raises InputError where the run lacks a measure or group."""

    @cache
    def outcomes(measure: str, by: str) -> pd.DataFrame:
        frame = run.outcomes(measure, by).astype({"month": str, "group": str})
        if frame.empty:
            raise InputError(f"{run.name}: has no {measure} by {by}: correct the target, or run the scenario again")
        return frame.pivot(index="month", columns="group", values="value")

    scale = run.about()["scenario"]["scale"]
    return [_row(target, point, outcomes, scale) for target in targets for point in target.points]


def _row(target: Target, point: Point, outcomes, scale: float) -> Row:
    made, observed = point.measure or target.measure, point.value
    if not made:
        return Row(target, point, why=NOT_YET)
    if any(refusal(each.measure, each.by, scale) for each in (made, made.over, made.minus) if each):
        return Row(target, point, why=TOO_SMALL)
    try:
        each = _taken(made, months(point.period), outcomes, made.across == "sum").dropna()
    except KeyError:
        each = pd.Series()
    if each.empty:
        return Row(target, point, why=OUTSIDE)
    across = {"sum": each.sum(), "highest": each.max(), "lowest": each.min(), "zeros": (each < NOTHING).sum()}
    simulated = float(across[made.across])
    if observed is None:
        return Row(target, point, simulated)
    deviation = (simulated - observed) / abs(observed) if observed else math.nan
    return Row(target, point, simulated, deviation, target.tolerance.allows(observed, simulated))


def _taken(made: Quantity, period: list[str], outcomes, together: bool) -> pd.Series:
    """Value per group, or of all `together`, so that a share is a ratio of sums. Raises KeyError outside the run."""
    frame = outcomes(made.measure, made.by)
    if lacking := set(made.groups) - set(frame):
        raise InputError(f"{made.measure} by {made.by} has no group '{min(lacking)}': correct the target")
    value = frame.loc[period[-1:] if made.take == "end" else period, list(made.groups) or list(frame)]
    value = value.mean() if made.take == "mean" else value.sum(min_count=1)
    if made.take == "sum" and UNITS[made.measure].endswith("/half-year"):  # each month holds the whole half-year
        value = value / HALF_YEAR
    value = pd.Series([value.sum(min_count=1)]) if together else value
    if made.over:
        value = value / _taken(made.over, period, outcomes, together)
    if made.minus:
        value = value - _taken(made.minus, period, outcomes, together)
    return value / made.divided_by


def summary(rows: list[Row]) -> dict[str, str]:
    """Verdict per target: 'within', 'n of m within', 'RMS 9%', or why it is not judged."""
    return {name: _verdict(list(mine)) for name, mine in groupby(rows, lambda row: row.target.id)}


def _verdict(rows: list[Row]) -> str:
    judged, tolerance = [row for row in rows if row.within is not None], rows[0].target.tolerance
    right, by_size = sum(bool(row.within) for row in judged), sorted(judged, key=lambda row: _present(row.point.value))
    if judged and tolerance.kind == "rms":
        rms = math.sqrt(sum(_present(row.deviation) ** 2 for row in judged) / len(judged))
        return f"{WITHIN}, RMS {share(rms)}" if rms <= tolerance.value else f"RMS {share(rms)}"
    if tolerance.kind == "sign" and by_size != sorted(judged, key=lambda row: _present(row.simulated)):
        return f"{right} of {len(judged)}, other order"
    some = f"{right} of {len(judged)} within" if judged else rows[0].why
    return WITHIN if judged and right == len(judged) else some


def _present(number: float | None) -> float:
    """A number of a row that has all of them."""
    assert number is not None
    return number


def show(rows: list[Row], console: Console) -> None:
    """Print the comparison by target, and the number of targets that are met."""
    verdicts = summary(rows)
    for name, mine in groupby(rows, lambda row: row.target.id):
        rows_of, table = list(mine), Table(box=None, show_header=False, pad_edge=False)
        target = rows_of[0].target
        needs = f" (needs {target.needs})" if target.needs else ""
        needs += f" (one world of many: abm sweep {target.spread})" if target.spread else ""
        head, verdict = f"{name:<4} {target.title}", f"{needs}: {verdicts[name]} [{target.tolerance}]"
        console.print(Styled.assemble((printable(head), "bold"), printable(verdict)))
        for width in (WHAT, 9, 10, 10, 9, 4):
            table.add_column(width=width, no_wrap=True, justify="left" if width in (WHAT, 4) else "right")
        for row in rows_of if target.measure or any(row.point.measure for row in rows_of) else ():
            mark = {True: "ok", False: "off", None: ""}[row.within]
            table.add_row(line(f"     {row.point.what}"), row.point.period, *_texts(row), mark)
        if table.row_count:
            console.print(table)
    met = sum(text.startswith(WITHIN) for text in verdicts.values())
    unjudged = sum(text in (NOT_YET, OUTSIDE, TOO_SMALL) for text in verdicts.values())
    console.print("Columns: period, observed, simulated, deviation.", highlight=False)
    off = len(verdicts) - met - unjudged
    console.print(f"{met} of {len(verdicts)} targets within, {off} off, {unjudged} not judged.")
    judged = [row for row in rows if row.within is not None]
    right = sum(bool(row.within) for row in judged)
    console.print(f"{right} of {len(judged)} points within their tolerance.")


def _texts(row: Row) -> list[str]:
    """Observed, simulated and deviation, the last in the unit of the tolerance."""
    kind, observed = row.target.tolerance.kind, row.point.value
    if row.simulated is None:
        return [
            "-" if observed is None else _text(observed, kind),
            "too small" if row.why == TOO_SMALL else "not in run",
            "",
        ]
    if observed is None:
        return ["-", _text(row.simulated, kind), ""]
    return [_text(observed, kind), _text(row.simulated, kind), _off(row, kind)]


def _text(value: float, kind: str) -> str:
    return share(value, 1) if kind == "points" else number(value)


def _off(row: Row, kind: str) -> str:
    if kind in ("relative", "rms"):
        return share(_present(row.deviation), sign=True)
    difference = _present(row.simulated) - _present(row.point.value)
    return points(difference) if kind == "points" else number(difference, sign=True)
