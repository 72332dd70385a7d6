"""A factor: a parameter that a design varies, with its levels or its range."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from typing import Any, get_args

import numpy as np

from abm import scenario
from abm.engine import clock
from abm.engine.dated import Dated
from abm.engine.dated import month as dated_month
from abm.engine.errors import InputError, brief, shown
from abm.engine.params import about
from abm.plugins.assembly import Plugins
from abm.scenario import Scenario
from abm.scenario_file import SECTIONS, params_of, section_of
from experiments.designs import design_file, distributions, sampling

BLOCKS = {"levers": "policy", "uncertainties": "world"}  # block of a design -> section of a scenario
BOTH_ENDS = 2  # number of levels of a range if none is given: low and high


@dataclass(frozen=True)
class Factor:
    """A parameter with its levels, listed or evenly spaced in a range, or the range that it is drawn from."""

    path: str
    listed: tuple[Any, ...] = ()  # levels; empty where there is a range
    low: float | None = None
    high: float | None = None
    whole: bool = False  # only whole numbers
    spaced: int | None = None  # number of levels from low to high
    distribution: design_file.Distribution | None = None  # None: uniform from low to high

    @property
    def count(self) -> int:
        """Number of levels, without generating them."""
        return len(self.listed) or self.spaced or BOTH_ENDS

    @property
    def bounds(self) -> tuple[float, float]:
        """The range, which there is where no levels are listed."""
        assert self.low is not None
        assert self.high is not None
        return self.low, self.high

    def levels(self) -> list[Any]:
        """The levels."""
        if self.listed:
            return list(self.listed)
        values = sampling.spaced(*self.bounds, self.count)
        return [math.floor(value + 1 / 2) for value in values] if self.whole else values

    def drawn(self, unit: np.ndarray) -> list[Any]:
        """Values at coordinates in [0, 1]: uniform over the range, or over the levels or whole numbers."""
        if self.listed or self.spaced:
            levels: Sequence = self.levels()
        elif self.distribution:
            return self._truncated().values(unit)
        elif self.whole:
            low, high = self.bounds
            levels = range(int(low), int(high) + 1)
        else:
            return sampling.between(unit, *self.bounds).tolist()
        return [levels[share] for share in sampling.shares(unit, len(levels)).tolist()]

    def given(self) -> list | dict[str, Any]:
        """The factor as written in a file, bounds filled in."""
        if self.listed:
            return list(self.listed)
        bounds = {"low": self.low, "high": self.high}
        if self.distribution:
            return {"distribution": self.distribution.distribution} | self.distribution.numbers | bounds
        return bounds | ({"levels": self.spaced} if self.spaced else {})

    def check(self, where: str, sampled: bool) -> None:
        """Raise InputError for a distribution that cannot be drawn: not in a sample, or never between the bounds."""
        if self.distribution and not sampled:
            drawing = "latin_hypercube, sobol, morris or sobol_indices"
            raise InputError(f"{where}: a distribution is drawn by samples only: give levels, or take {drawing}")
        try:
            if self.distribution:
                self._truncated()
        except ValueError as error:
            raise InputError(f"{where}: {error}") from None

    def _truncated(self) -> distributions.Truncated:
        assert self.distribution is not None
        given, (low, high) = self.distribution, self.bounds
        return distributions.Truncated(given.distribution, given.numbers, low, high, self.whole)


def plugins_of(scenarios: Sequence[Scenario]) -> Plugins:
    """The plug-ins that all of some scenarios have: only their parameters can vary in each."""
    first, *others = scenarios
    return tuple(plugin for plugin in first.plugins if all(plugin in other.plugins for other in others))


@cache
def known(section: str, plugins: Plugins = ()) -> tuple[str, ...]:
    """Names of the parameters of a section, in the order of the chain, those of plug-ins last."""
    models = params_of(plugins)
    return tuple(
        f"{section}.{process}.{parameter}"
        for process, model in models.items()
        for parameter in model.model_fields
        if section_of(process, parameter, models) == section
    )


def checked(place: str, block: str, path: Any, plugins: Plugins = ()) -> str:
    """The name of a parameter, if it exists and belongs to the block. Raises InputError."""
    section = BLOCKS[block]
    if path in known(section, plugins):
        return path
    if isinstance(path, str):
        for other, owner in BLOCKS.items():
            right = ".".join([owner, *path.split(".")[1:]])
            if right in known(owner, plugins):  # a real parameter, in the wrong block or with the wrong section
                what = "a lever" if SECTIONS[owner] else "not a lever"
                raise InputError(f"{place}: {path}: is {what}: write {right} under '{other}:'")
    near = get_close_matches(brief(path), known(section, plugins), 1)
    listing = "levers" if SECTIONS[section] else "parameters"
    way_out = f"did you mean '{near[0]}'?" if near else f"'abm {listing}' lists them"
    raise InputError(f"{place}: {brief(path)}: no such parameter: {way_out}")


def read(
    place: str,
    path: str,
    given: design_file.Range | design_file.Distribution | tuple | None,
    plugins: Plugins = (),
) -> Factor:
    """A factor from its value in the file: nothing, a list, or low, high and levels. Raises InputError."""
    process, parameter = path.split(".")[1:]
    declared = params_of(plugins)[process].model_fields[parameter]
    facts, where = about(declared), f"{place}: {path}"
    if isinstance(given, tuple):
        return Factor(path, _levels(place, path, given, plugins))
    if facts["low"] is None:
        if given is not None:
            written = shown(given.model_dump(exclude_unset=True))
            raise InputError(f"{where}: {written} is not allowed: give a list, or nothing for all of them")
        return Factor(path, get_args(declared.annotation) or (False, True))
    wanted = given or design_file.Range()
    low = value(place, path, facts["low"] if wanted.low is None else wanted.low, plugins)
    high = value(place, path, facts["high"] if wanted.high is None else wanted.high, plugins)
    if low == high:
        raise InputError(f"{where}: low and high are both {low:g}: give different bounds, or set it in the scenario")
    if low > high:
        raise InputError(f"{where}: low {low:g} is above high {high:g}: exchange them")
    whole = declared.annotation is int
    if isinstance(wanted, design_file.Distribution):
        return Factor(path, (), low, high, whole, None, wanted)
    if whole and wanted.levels and wanted.levels > high - low + 1:
        most = high - low + 1
        raise InputError(f"{where}: levels: there are {most} whole numbers from {low} to {high}: give at most {most}")
    return Factor(path, (), low, high, whole, wanted.levels)


def _levels(place: str, path: str, given: Sequence, plugins: Plugins) -> tuple[Any, ...]:
    """Listed levels, checked. Raises InputError."""
    if not given:
        raise InputError(f"{place}: {path}: is an empty list: list levels, or give no value for low and high")
    found = [value(place, path, level, plugins) for level in given]
    twice = [level for level, times in Counter(found).items() if times > 1]
    if twice:
        raise InputError(f"{place}: {path}: {shown(twice[0])} appears twice: give each level once")
    return tuple(found)


def value(place: str, path: str, given: Any, plugins: Plugins = ()) -> Any:
    """One undated value in the type of its parameter. Raises InputError with unit and bounds."""
    if isinstance(given, Mapping):
        raise InputError(f"{place}: {path}: {shown(given)} is not one value: give the month with 'from:'")
    return _steps(place, path, given, plugins)[0]


def dated(place: str, path: str, given: Dated[Any], until: str, plugins: Plugins = ()) -> Dated[Any]:
    """A value, or values by month up to `until`, in the type of their parameter. Raises InputError."""
    steps = _steps(place, path, given.written, plugins)
    if not isinstance(given.written, Mapping):
        return Dated(steps[0])
    labels = sorted(month(f"{place}: {path}", label, until) for label in given.written)
    return Dated({label: steps[clock.index(label)] for label in labels})


def month(where: str, given: str, until: str) -> str:
    """The month, if it lies in the run. Raises InputError."""
    try:
        return dated_month(given, until)
    except ValueError as error:
        raise InputError(f"{where}: {error}") from None


def _steps(place: str, path: str, given: Any, plugins: Plugins) -> Mapping[int, Any]:
    """Values by month of a parameter; the scenario checks them."""
    _, process, parameter = path.split(".")
    return scenario.assigned({path: given}, scenario.defaults(plugins), place, plugins)[process, parameter]
