"""The value of a quantity in each of some runs, or the reason why there is none."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Protocol

import pandas as pd

from abm.engine.errors import InputError
from abm.facts import facts
from abm.measures import refusal
from abm.observe.breakdowns import labels
from experiments.store.store import Run
from experiments.validation.targets import HALF_YEAR, UNITS, Point, Quantity, Target, months

NOT_YET, OUTSIDE = "not yet", "outside the run"  # why a point has no value
NOT_MEASURED, TOO_SMALL = "not measured", "not said at this scale"
NOTHING = 0.5  # persons, places or homes below which a group counts as having none
Outcomes = Callable[[str, str], pd.DataFrame]  # measure, breakdown -> months x groups


class NotMeasured(Exception):
    """A measure that a run does not have, since an older model made it."""


class Takes(Protocol):
    """Gives the value of a quantity in a period; None where the run has none. Raises NotMeasured, InputError."""

    def __call__(self, made: Quantity, period: str) -> float | None: ...


@dataclass(frozen=True)
class Simulated:
    """A point of a target with its value in each run that has one; or why there are none, and of which measure."""

    target: Target
    point: Point
    values: tuple[float, ...] = ()
    why: str = ""
    lacking: str = ""


def simulated(runs: Sequence[Run], targets: Sequence[Target]) -> list[Simulated]:
    """The points of targets with their values in runs of one scenario. Raises InputError for unknown groups."""
    readers, scale = [reader(run) for run in runs], runs[0].about()["scenario"]["scale"]
    return [_of_point(target, point, readers, scale) for target in targets for point in target.points]


def reader(run: Run) -> Takes:
    """The function that takes quantities from a run, which reads each measure once."""

    @cache
    def outcomes(measure: str, by: str) -> pd.DataFrame:
        frame = run.outcomes(measure, by).astype({"month": str, "group": str})
        if frame.empty:
            raise NotMeasured(f"{measure} by {by}")
        return frame.pivot(index="month", columns="group", values="value")

    def take(made: Quantity, period: str) -> float | None:
        try:
            each = _taken(made, months(period), outcomes, made.across == "sum").dropna()
        except KeyError:
            return None
        across = {"sum": each.sum(), "highest": each.max(), "lowest": each.min(), "zeros": (each < NOTHING).sum()}
        return None if each.empty else float(across[made.across])

    return take


@cache
def known_groups() -> dict[str, list[str]]:
    """Groups of each breakdown in this model, which an older one may have lacked."""
    return labels(facts.load())


def _of_point(target: Target, point: Point, readers: Sequence[Takes], scale: float) -> Simulated:
    made = point.measure or target.measure
    if not made:
        return Simulated(target, point, why=NOT_YET)
    if refused := next(filter(None, (refusal(each.measure, each.by, scale) for each in made.parts())), ""):
        return Simulated(target, point, why=TOO_SMALL, lacking=refused)
    try:
        every = [take(made, point.period) for take in readers]
    except NotMeasured as error:
        return Simulated(target, point, why=NOT_MEASURED, lacking=f"{error}: the model that made these runs has it not")
    values = tuple(value for value in every if value is not None)
    return Simulated(target, point, values, "" if values else OUTSIDE)


def _taken(made: Quantity, period: list[str], outcomes: Outcomes, together: bool) -> pd.Series:
    """Value per group, or of all `together`, so that a share is a ratio of sums. Raises KeyError outside the run."""
    frame = outcomes(made.measure, made.by)
    if lacking := set(made.groups) - set(frame):
        if min(lacking) in known_groups().get(made.by, ()):
            raise NotMeasured(f"{made.measure} by {made.by}, {min(lacking)}")
        raise InputError(f"{made.measure} by {made.by} has no group '{min(lacking)}': correct the target")
    groups: Any = list(made.groups) or list(frame)
    value: Any = frame.loc[period[-1:] if made.take == "end" else period, groups]
    value = value.mean() if made.take == "mean" else value.sum(min_count=1)
    if made.take == "sum" and UNITS[made.measure].endswith("/half-year"):  # each month holds the whole half-year
        value = value / HALF_YEAR
    value = pd.Series([value.sum(min_count=1)]) if together else value
    if made.over:
        value = value / _taken(made.over, period, outcomes, together)
    if made.minus:
        value = value - _taken(made.minus, period, outcomes, together)
    if made.plus:
        value = value + _taken(made.plus, period, outcomes, together)
    return value / made.divided_by
