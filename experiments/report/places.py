"""What is said of municipalities, their regions and the country: a row per outcome, of all places at once.

A number is a mean over the same months as in the report, per run; differences are over pairs of runs, or over worlds
where they differ. Verdicts on a place are corrected for all of its rows (Holm), and not for other places.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from scipy import stats

from abm.engine import clock
from abm.engine.errors import InputError
from abm.facts import facts
from abm.facts.facts import Inputs
from abm.measures import Asked
from abm.scenario import Scenario
from experiments.analysis import compared
from experiments.report.quantities import (
    DEVIATIONS,
    FEWEST,
    HOMES,
    HOMES_A_YEAR,
    KNOWN,
    MONTHS,
    PERSONS,
    PERSONS_A_YEAR,
    SHARE,
    Unit,
    Window,
    sure,
)
from experiments.report.words import Words, msg
from experiments.store import outcomes as tables
from experiments.store.store import Store

TOWN, REGION, COUNTRY = "municipality", "region", "total"  # levels, named as their breakdowns
LEVELS = (TOWN, REGION, COUNTRY)
FEWEST_SHOWN = 5  # a count below it is not shown
TOO_FEW = "few"  # how sure a difference is that rests on fewer than FEWEST people
PER = 10_000  # inhabitants
NEAR = ":"  # between a measure and the group of neighbourhoods that it is of
PLACES = Unit(msg("places"))
PERSONS_A_HALF = Unit(msg("persons a half-year"))
BALANCE = Unit(msg("persons, negative: still to house"))
COUNTED = (PLACES, PERSONS, PERSONS_A_YEAR, PERSONS_A_HALF, BALANCE, HOMES, HOMES_A_YEAR)  # hidden when small
RESTING = (PLACES, PERSONS, PERSONS_A_YEAR, PERSONS_A_HALF, HOMES, HOMES_A_YEAR)  # count what they rest on
RESIDENTS, SAMPLED = "residents", "sampled"  # it rests on the residents that are simulated; on those among its count
MEAN_OF_ALL = {"registration_time": ("statistic", "mean")}  # measures whose total has another name
BY_YEAR = ("in_reception", "places_by_municipality")


def as_it_is(mean: np.ndarray) -> np.ndarray:
    """The mean over months."""
    return mean


def a_year(mean: np.ndarray) -> np.ndarray:
    """A flow per month in a year."""
    return clock.MONTHS * mean


def others_a_year(every: np.ndarray, newcomers: np.ndarray) -> np.ndarray:
    """What of a flow per month goes to others than newcomers, in a year."""
    return clock.MONTHS * (every - newcomers)


@dataclass(frozen=True)
class Line:
    """An outcome of a place: `value` of the means over months of some measures, (..., places) arrays."""

    name: str
    unit: Unit
    parts: tuple[str, ...]
    value: Callable[..., np.ndarray] = as_it_is
    label: str = ""  # a message; without one, the label of the measure
    rests: str = (
        ""  # on how many it rests, where it does not count them: a line, RESIDENTS, or SAMPLED of its own count
    )
    levels: tuple[str, ...] = LEVELS

    def said(self, words: Words) -> str:
        """Its label in a language."""
        if self.label:
            return words.say(self.label)
        measure = KNOWN[self.parts[0]]
        return measure.label_nl if words.language == "nl" else measure.label


def near(measure: str, group: str, unit: Unit, label: str) -> Line:
    """A measure of the neighbourhoods near locations, or far from them: of the country only."""
    return Line(f"{measure} {group}", unit, (f"{measure}{NEAR}{group}",), label=label, levels=(COUNTRY,))


RECEPTION_PLACES = Line("reception_places", PLACES, ("places_by_municipality",), label=msg("Reception places"))
IN_RECEPTION = Line("in_reception", PERSONS, ("in_reception",))
HOUSED = Line("housed", PERSONS_A_YEAR, ("housed",), a_year)
OTHERS = Line(
    "let_to_others",
    HOMES_A_YEAR,
    ("lettings", "homes_let"),
    others_a_year,
    msg("Corporation homes let to all home seekers but newcomers"),
)
LINES = (
    RECEPTION_PLACES,
    IN_RECEPTION,
    Line("awaiting_home", PERSONS, ("awaiting_home",)),
    Line("task", PERSONS_A_HALF, ("task",)),
    Line("task_balance", BALANCE, ("task_balance",), rests=HOUSED.name),
    HOUSED,
    Line("homes_let", HOMES_A_YEAR, ("homes_let",), a_year),
    OTHERS,
    Line(
        "registration_time",
        MONTHS,
        ("registration_time",),
        label=msg("Registration time of those housed by registration"),
        rests=OTHERS.name,
    ),
    Line("starter_built", HOMES, ("starter_built",)),
    Line("support", DEVIATIONS, ("support",), rests=RESIDENTS),
    Line("accepting_near", SHARE, ("accepting_near",), rests=RESIDENTS),
    Line("accepting_own", SHARE, ("accepting_own",), rests=RESIDENTS),
    Line("objections", PERSONS, ("objections",), rests=SAMPLED),
    near("support", "near", DEVIATIONS, msg("Support of residents near a location")),
    near("support", "far", DEVIATIONS, msg("Support of residents far from locations")),
    near("accepting_near", "near", SHARE, msg("Residents near a location who accept it")),
    near("accepting_near", "far", SHARE, msg("Residents far from locations who would accept one")),
)


def source(level: str, part: str) -> tuple[str, str, str]:
    """Measure, breakdown and group ('': every place) of a part at a level; reception places are known by municipality
    only, and added up.
    """
    name, _, group = part.partition(NEAR)
    if group:
        return name, "nearness", group
    if TOWN in KNOWN[name].by and "total" not in KNOWN[name].by and name not in MEAN_OF_ALL:
        return name, TOWN, ""
    if level != COUNTRY:
        return name, level, ""
    return (name, *MEAN_OF_ALL.get(name, (COUNTRY, "all")))


ASKED: Asked = frozenset(
    source(level, part)[:2] for level in LEVELS for line in LINES if level in line.levels for part in line.parts
)


@dataclass(frozen=True)
class Differences:
    """Differences of the lines of a level between two scenarios, (lines, places) each; p: their probabilities where
    nothing differs; inhabitants: (places,); sampled: the share of them that is simulated as residents.
    """

    lines: tuple[Line, ...]
    a: np.ndarray
    b: np.ndarray
    difference: np.ndarray
    low: np.ndarray
    high: np.ndarray
    p: np.ndarray
    inhabitants: np.ndarray
    sampled: float

    @cached_property
    def rests(self) -> np.ndarray:
        """Number of people, homes or places on which each rests, on the side that has more; without end where it rests
        on no count.
        """
        names = [line.name for line in self.lines]
        found = np.full(self.a.shape, np.inf)
        for at, line in enumerate(self.lines):
            if line.rests == RESIDENTS:
                found[at] = self.sampled * self.inhabitants
            elif line.unit in RESTING or line.rests:
                counted = at if line.rests in ("", SAMPLED) else names.index(line.rests)
                found[at] = np.fmax(self.a[counted], self.b[counted])
                found[at] *= self.sampled if line.rests == SAMPLED else 1
        return np.where(np.isnan(found), 0.0, found)

    @cached_property
    def small(self) -> tuple[np.ndarray, np.ndarray]:
        """Whether each of A and of B is a count that is not shown."""
        counts = np.array([line.unit in COUNTED for line in self.lines])[:, None]
        a, b = (counts & (abs(side) < FEWEST_SHOWN) for side in (self.a, self.b))
        return a, b

    @cached_property
    def sure(self) -> np.ndarray:
        """How sure each difference is, corrected for the rows of its place that rest on enough people."""
        found = np.full(self.a.shape, TOO_FEW, dtype=object)
        for place in range(self.a.shape[1]):
            enough = np.flatnonzero(self.rests[:, place] >= FEWEST)
            corrected = compared.holm(self.p[enough, place])
            for at, probability in zip(enough, corrected, strict=True):
                low, high = float(self.low[at, place]), float(self.high[at, place])
                found[at, place] = sure(low, high, compared.verdict(low, high, float(probability)))
        return found

    def at(self, name: str) -> int:
        """The row of a line."""
        return [line.name for line in self.lines].index(name)


def differences(
    lines: tuple[Line, ...], a: np.ndarray, b: np.ndarray, inhabitants: np.ndarray, sampled: float
) -> Differences:
    """Differences of pairs, (lines, pairs, places) each, as `compared.differences` works them out of one place."""
    both = ~(np.isnan(a) | np.isnan(b))
    a, b = np.where(both, a, np.nan), np.where(both, b, np.nan)
    number = both.sum(axis=1)
    mean_a, mean_b, change = (_mean(each, axis=1) for each in (a, b, b - a))
    squares = np.nansum((b - a - change[:, None]) ** 2, axis=1)
    enough = number > 1
    with np.errstate(divide="ignore", invalid="ignore"):
        error = np.where(enough, np.sqrt(squares / (number - 1) / number), np.nan)
        share = stats.t.ppf((1 + compared.LEVEL) / 2, np.where(enough, number - 1, 1))
        p = 2 * stats.t.sf(abs(change) / error, np.where(enough, number - 1, 1))
    span = np.where(both, b - a, -np.inf).max(axis=1) - np.where(both, b - a, np.inf).min(axis=1)
    equal = enough & (span == 0)
    error, p = np.where(equal, 0.0, error), np.where(equal, (change == 0).astype(float), p)
    p = np.where(enough, p, np.nan)
    low, high = change - share * error, change + share * error
    return Differences(lines, mean_a, mean_b, change, low, high, p, inhabitants, sampled)


def _mean(values: np.ndarray, axis: int) -> np.ndarray:
    """Mean of the values that are there; NaN where none is."""
    known = ~np.isnan(values)
    number = known.sum(axis=axis)
    return np.where(number > 0, np.where(known, values, 0.0).sum(axis=axis) / np.maximum(number, 1), np.nan)


@dataclass(frozen=True)
class Places:
    """The outcomes of all places of pairs of runs.

    means: level -> part -> (2 sides, pairs, places), over the months of the window; years: the same for each of `of`
    years, (2, pairs, places, years); worlds: the world of each pair, where they differ.
    """

    inputs: Inputs
    means: Mapping[str, Mapping[str, np.ndarray]]
    years: Mapping[str, Mapping[str, np.ndarray]]
    of: tuple[int, ...]
    sampled: float  # share of the inhabitants that is simulated as residents
    worlds: tuple[object, ...] = ()

    @property
    def pairs(self) -> int:
        """Number of pairs."""
        return self.means[TOWN]["in_reception"].shape[1]

    @property
    def units(self) -> int:
        """Number of pairs, or of worlds where they differ, that intervals are over."""
        return len(set(self.worlds)) or self.pairs

    @cached_property
    def of_level(self) -> dict[str, Differences]:
        """The differences of each level."""
        return {level: self._differences(level) for level in LEVELS}

    def names(self, level: str) -> list[str]:
        """Names of the places of a level; '' is the country."""
        return {
            TOWN: self.inputs.municipalities["name"].tolist(),
            REGION: self.inputs.regions["name"].tolist(),
            COUNTRY: [""],
        }[level]

    def added(self, level: str, values: np.ndarray) -> np.ndarray:
        """Values by municipality, (..., municipalities), added up to the places of a level."""
        return added(self.inputs, level, values)

    def by_unit(self, pairs: np.ndarray) -> np.ndarray:
        """Values of pairs, (sides, pairs, ...), as those of the worlds where they differ: the mean of their pairs."""
        if not self.worlds:
            return pairs
        both = np.where(np.isnan(pairs).any(axis=0), np.nan, pairs)
        known = list(dict.fromkeys(self.worlds))
        rows = [[at for at, world in enumerate(self.worlds) if world == each] for each in known]
        return np.stack([_mean(both[:, row], axis=1) for row in rows], axis=1)

    def _differences(self, level: str) -> Differences:
        lines = tuple(line for line in LINES if level in line.levels)
        values = [self.by_unit(line.value(*(self.means[level][part] for part in line.parts))) for line in lines]
        a, b = np.stack(values, axis=1)
        return differences(lines, a, b, self.inhabitants(level), self.sampled)

    def inhabitants(self, level: str) -> np.ndarray:
        """Inhabitants of each place, (places,)."""
        return self.added(level, self.inputs.municipalities["population"].to_numpy(float))


def added(inputs: Inputs, level: str, values: np.ndarray) -> np.ndarray:
    """Values by municipality, (..., municipalities), added up to regions or the country."""
    if level == TOWN:
        return values
    if level == COUNTRY:
        return values.sum(axis=-1, keepdims=True)
    each = range(len(inputs.regions))
    return np.stack([values[..., inputs.municipality_region == region].sum(axis=-1) for region in each], axis=-1)


def read(store: Store, runs: pd.DataFrame, scenario: Scenario, over: Window, since: int) -> Places:
    """The outcomes of all places in some runs (run, side, seed, and world where there are several).

    scenario: that of one side; since: first month in which the sides differ; by year, whole years are given from the
    year before it on.
    """
    inputs, months = facts.load(layout=scenario.layout), scenario.months
    first = max(since // clock.MONTHS - 1, 0)
    years = range(first, months // clock.MONTHS)
    seeds = sorted(runs["seed"].unique().tolist())
    means = {level: {part: [[], []] for part in _parts(level)} for level in LEVELS}
    by_year = {level: {part: [[], []] for part in BY_YEAR} for level in LEVELS}
    for row in runs.sort_values("seed").to_dict("records"):
        of_run = _of_run(store, str(row["run"]), inputs, months)
        side = "ab".index(row["side"])
        for level in LEVELS:
            for part in means[level]:
                values = of_run[level, part]
                means[level][part][side].append(_mean(values[:, over.first : over.last + 1], axis=1))
                if part in BY_YEAR:
                    cut = values[:, first * clock.MONTHS : (months // clock.MONTHS) * clock.MONTHS]
                    by_year[level][part][side].append(_mean(cut.reshape(len(cut), len(years), clock.MONTHS), axis=2))
    worlds = runs.drop_duplicates("seed").set_index("seed")["world"] if "world" in runs else None
    return Places(
        inputs,
        {level: {part: np.array(sides) for part, sides in of.items()} for level, of in means.items()},
        {level: {part: np.array(sides) for part, sides in of.items()} for level, of in by_year.items()},
        tuple(clock.FIRST_YEAR + year for year in years),
        scenario.scale * scenario.params_at(0)["start"].model_dump()["residents_share"],
        () if worlds is None else tuple(worlds[seed] for seed in seeds),
    )


def _parts(level: str) -> list[str]:
    return list(dict.fromkeys(part for line in LINES if level in line.levels for part in line.parts))


def _of_run(store: Store, run: str, inputs: Inputs, months: int) -> dict[tuple[str, str], np.ndarray]:
    """Months of every part of every level in a run, (places, months)."""
    groups = {TOWN: inputs.municipalities["name"].tolist(), REGION: inputs.regions["name"].tolist()}
    wanted = {by: sorted(name for name, within in ASKED if within == by) for by in {by for _, by in ASKED}}
    read = {by: _arrays(store, run, names, by, groups.get(by), months) for by, names in sorted(wanted.items())}
    found = {}
    for level in LEVELS:
        for part in _parts(level):
            name, by, group = source(level, part)
            values, labels = read[by]
            rows = values[name] if not group else values[name][[labels.index(group)]]
            if by == TOWN != level:
                rows = added(inputs, level, rows.T).T
            found[level, part] = rows
    return found


def _arrays(
    store: Store, run: str, names: list[str], by: str, labels: list[str] | None, months: int
) -> tuple[dict[str, np.ndarray], list[str]]:
    """Measures of a run by a breakdown, (groups, months) each; the groups in the order of `labels`, or as they come."""
    table = tables.read(store, [run], names, by)
    codes, words = {}, {}
    for column in ("measure", "group", "month"):
        chunk = table[column].combine_chunks()
        codes[column], words[column] = chunk.indices.to_numpy(), chunk.dictionary.to_pylist()
    labels = words["group"] if labels is None else labels
    position = {label: at for at, label in enumerate(labels)}
    group = np.array([position.get(each, -1) for each in words["group"]])[codes["group"]]  # -1: of other breakdowns
    if len(unknown := codes["group"][group < 0]):
        raise InputError(
            f"run {run}: has {by} '{words['group'][unknown[0]]}', which the other side has not: give both one layout"
        )
    month = np.array([clock.index(each) for each in words["month"]])[codes["month"]]
    values = np.full((len(words["measure"]), len(labels), months), math.nan)
    values[codes["measure"], group, month] = table["value"].to_numpy()
    return {name: values[words["measure"].index(name)] for name in names}, labels
