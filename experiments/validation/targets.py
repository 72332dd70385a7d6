"""The form of targets: observed values with sources and tolerances, and the quantity of a run that each compares with.

A target defines a quantity in terms of the outcomes of a run, with observed values by period: a month (2022-05), a
half-year (2022-I), a year (2022) or years (2017 to 2021). One that no process covers yet has `needs` and no measure.
"""

import csv
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated, Literal, NamedTuple, Self

from pydantic import AfterValidator, Field, model_validator

from abm.engine import clock
from abm.engine.errors import InputError
from abm.engine.forms import Form, Number, Takes, Text, mistake, read
from abm.engine.text_files import read_text
from abm.engine.yaml_input import nearest, read_yaml
from abm.measures import MEASURES, Asked
from experiments.text import number, share

FOLDER = Path(__file__).parents[2] / "configs" / "targets"
OBSERVED = FOLDER / "observed.yaml"
JUDGED_SINCE = "2026-11"  # the month whose judged points are counted apart
JUDGED = FOLDER / f"judged_{JUDGED_SINCE.replace('-', '_')}.csv"
FIT, UNSEEN = "calibrate", "validate"  # roles: a value that sets something in the model, and one that sets nothing
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
    """A number that is computed from outcomes; `over`, `minus` and `plus` have as many groups, or all are summed."""

    measure: Annotated[str, AfterValidator(_known)]
    by: str = "total"
    groups: tuple[str, ...] = ()  # empty: all of them
    take: Literal["end", "sum", "mean"]  # of the months: the last one, a flow over all, or their mean
    across: Literal["sum", "highest", "lowest", "zeros"] = "sum"  # of the groups; zeros: number of groups with none
    over: Self | None = None
    minus: Self | None = None
    plus: Self | None = None
    divided_by: Number = Field(1, gt=0)

    def parts(self) -> Iterator["Quantity"]:
        """The quantity and those inside it."""
        yield self
        for inner in filter(None, (self.over, self.minus, self.plus)):
            yield from inner.parts()


class Tolerance(Form):
    """The deviation that is allowed: relative (rms: over all points), absolute, percentage points or only the sign."""

    kind: Literal["relative", "rms", "absolute", "points", "sign"]
    value: Number = Field(0, ge=0)

    def reach(self, observed: float) -> float:
        """How far from an observed value is allowed, in its unit."""
        return self.value * {"absolute": 1.0, "points": 0.01}.get(self.kind, abs(observed))

    def __str__(self) -> str:
        texts = {"absolute": number(self.value), "points": f"{number(self.value)} pp", "sign": "sign"}
        return texts.get(self.kind, share(self.value) + " RMS" * (self.kind == "rms"))


class Discrepancy(Form):
    """What the model leaves out on purpose: how far it may be off because of that, in the unit of the quantity."""

    below: Number = Field(0, ge=0)
    above: Number = Field(0, ge=0)
    reason: Text

    @model_validator(mode="after")
    def _widens_with_a_reason(self) -> Self:
        if not self.below and not self.above:
            raise mistake("widens nothing: give 'below:' or 'above:' more than 0")
        if not self.reason.strip():
            raise mistake("has no reason: say what the model leaves out")
        return self


class Point(Form):
    """One observed value, or None for a simulated value to show beside them.

    `measure` and `discrepancy` replace those of the target.
    """

    period: Period
    value: Number | None
    what: Text = ""
    measure: Quantity | None = None
    discrepancy: Discrepancy | None = None
    note: str = ""


class Target(Form):
    """Observed values that a run should reproduce; without a measure it is not compared yet."""

    id: Id
    title: Text
    role: Literal["calibrate", "validate"]  # used to set something in the model, or not
    source: tuple[str, ...] = Field(min_length=1)
    tolerance: Tolerance
    measure: Quantity | None = None
    discrepancy: Discrepancy | None = None
    needs: str = ""
    spread: str = ""  # a design file to sweep, where a single run depends on parameters of which little is known
    note: str = ""
    miss: Text = ""  # why the model misses it, where that is known
    points: tuple[Point, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _signs_are_not_widened(self) -> Self:
        if self.tolerance.kind == "sign" and any(each.discrepancy for each in (self, *self.points)):
            raise mistake("a sign has no size: remove 'discrepancy:'")
        return self


class File(Form):
    """A file of targets."""

    targets: list[Target] = []


class Key(NamedTuple):
    """What a point is known by: the id of its target, what it is of, and its period."""

    id: str
    what: str
    period: str


def load(path: Path = OBSERVED) -> list[Target]:
    """Targets of a file. Raises InputError."""
    found = read(File, read_yaml(Path(path)), str(path)).targets
    if len(ids := {target.id for target in found}) < len(found):
        raise InputError(f"{path}: has {len(found)} targets with {len(ids)} ids: give each an id of its own")
    return found


def asked(several: Iterable[Target]) -> Asked:
    """The measures that some targets compare with."""
    made = (point.measure or target.measure for target in several for point in target.points)
    return frozenset((part.measure, part.by) for each in made if each for part in each.parts())


def months(period: str) -> list[str]:
    """Months of a period: '2022-II' -> ['2022-07', ..., '2022-12'], '2017 to 2021' -> ['2017-01', ..., '2021-12']."""
    if " to " in period:
        first, last = (int(year) for year in period.split(" to "))
        return [month for year in range(first, last + 1) for month in months(str(year))]
    year = [f"{period[:4]}-{month:02d}" for month in range(1, clock.MONTHS + 1)]
    return {"": year, "I": year[:HALF_YEAR], "II": year[HALF_YEAR:]}.get(period[5:], [period])


def judged(path: Path = JUDGED) -> list[Key]:
    """The points that were judged in the month JUDGED_SINCE, so that counts stay those of the same points while targets
    are added. Raises InputError.
    """
    first, *rows = list(csv.reader(read_text(path, JUDGED.name, "CSV").splitlines())) or [[]]
    if first != list(Key._fields) or any(len(row) != len(Key._fields) for row in rows):
        raise InputError(f"{path}: has other columns than {', '.join(Key._fields)}: see scripts/judged_points.py")
    return [Key(*row) for row in rows]
