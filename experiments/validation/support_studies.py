"""Studies of support repeated in the model, over the priors of its parameters: R10 to R12 and R15 of `abm experiments`.

Locations or newcomers come to every third municipality of a kind; the effect is the change there over that in the other
municipalities of its kind, at each of many draws from the priors. No published effect is a parameter.
"""

import math
from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from scipy.stats import norm

from abm import scenario, start
from abm.facts import facts
from abm.observe.measure import Month
from abm.state import State
from experiments.validation.support_sandbox import START, emptied, followed, host, house, priors

SMALL, LARGE = 80, 800  # places
EVERY = 3  # one in three municipalities of a kind hosts
YEARS, TERM = 36, 48  # months: three years, and the four between elections
SPREAD = (0.1, 0.9)  # quantiles over the priors that are reported
Params = Mapping[str, float]


@dataclass(frozen=True)
class Case:
    """A finding on support: its source, the effect in the model, and the published effect."""

    id: str
    title: str
    source: str
    effect: Callable[[Params], float]  # at one draw from the priors
    published: tuple[float, float]
    unit: str
    overlap: bool = False  # judged by overlap with the spread over the priors: published without an interval of its own


def is_within(published: tuple[float, float], middle: float, spread: tuple[float, float]) -> bool:
    """Whether an effect lies within the published interval, or its spread, where there is one, overlaps with it."""
    low, high = (middle, middle) if math.isnan(spread[0]) else spread
    return low <= published[1] and high >= published[0]


@cache
def _country() -> State:
    """The country at the start of 2015, at scale 1 with 1 in 100 residents."""
    usual = scenario.default()
    return start.begin(facts.load(), usual.params_at(0), usual.seed, 1.0)


def country() -> State:
    """A copy of the country at the start of 2015."""
    return deepcopy(_country(), {id(_country().inputs): _country().inputs})


def densest(state: State) -> np.ndarray:
    """Whether a municipality is of the densest class of urbanity, (municipalities,) bool."""
    return state.inputs.urbanity == 1


def sparsest(state: State) -> np.ndarray:
    """Whether a municipality is of the two least dense classes of urbanity, (municipalities,) bool."""
    return state.inputs.urbanity >= 4


def hosts_and_others(state: State, kind: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Rows of the municipalities of a kind that host, and of those that do not."""
    towns = np.flatnonzero(kind)
    return towns[::EVERY], np.setdiff1d(towns, towns[::EVERY])


@cache
def _beside(kind: Callable[[State], np.ndarray], places: int, new: bool, months: int, draw: tuple) -> np.ndarray:
    state = emptied(country())
    hosts, others = hosts_and_others(state, kind(state))
    where = state.neighbourhoods.municipality
    middle = np.searchsorted(where, hosts)  # the first neighbourhood of each: its centre
    for neighbourhood in middle.tolist():
        host(state, neighbourhood, places, new=new)
    changes = followed(state, months, **dict(draw))
    return changes[:, middle].mean(axis=1) - changes[:, np.isin(where, others)].mean(axis=1)


def beside(kind, places: int, params: Params, *, new: bool = True, months: int = YEARS) -> np.ndarray:
    """Change of support next to locations, over that in municipalities without one, (months,) [SD]."""
    return _beside(kind, places, new, months, tuple(params.items()))


def risen(kind: Callable[[State], np.ndarray], params: Params) -> float:
    """Change of support over others [SD], four years after newcomers moved in, by one per cent of the inhabitants."""
    state = emptied(country())
    hosts, others = hosts_and_others(state, kind(state))
    followed(state, 1, **params)
    for town in hosts.tolist():
        house(state, town, int(state.municipalities.population[town] / 100))
    change, where = followed(state, TERM, **params)[-1], state.neighbourhoods.municipality
    return float(change[np.isin(where, hosts)].mean() - change[np.isin(where, others)].mean())


def gap(params: Params) -> float:
    """Difference in acceptance nearby [probit] of residents near a location and others, after three years unchanged."""
    state = country()
    state.clock.month = START
    followed(state, YEARS, **params)
    found = Month(state, {}).neighbourhood_groups.means(state.neighbourhoods.near, ("nearness",))["nearness"]
    return float(norm.ppf(found[1]) - norm.ppf(found[0]))


def worst_is_large_and_rural(params: Params) -> float:
    """1 where support falls deepest next to a large location in a rural municipality, of four kinds; else 0."""
    dips = {
        (kind, places): beside(kind, places, params).min() for kind in (sparsest, densest) for places in (SMALL, LARGE)
    }
    return float(min(dips, key=dips.__getitem__) == (sparsest, LARGE))


CASES: tuple[Case, ...] = (
    Case(
        "R10a", "A small location outside cities: support next to it after three years", "E047|E048|E049|E050|E051",
        lambda params: beside(sparsest, SMALL, params)[-1], (-0.10, 0.15), "SD",
    ),
    Case(
        "R10b", "The same for a location that opened before the start", "E055",
        lambda params: beside(sparsest, SMALL, params, new=False)[-1], (-0.10, 0.15), "SD",
    ),
    Case(
        "R11a", "One point more newcomers in homes outside cities: support four years later", "E054",
        lambda params: risen(sparsest, params), (-0.12, -0.08), "SD per point", overlap=True,
    ),
    Case(
        "R11b", "The same in the densest municipalities", "E054",
        lambda params: risen(densest, params), (0.0, math.inf), "SD per point",
    ),
    Case(
        "R12", "Acceptance by residents near a location over that by others", "E067", gap, (-math.inf, 0.49),
        "SD, at most as among people who chose where they live",
    ),
    Case(
        "R15", "Support falls deepest next to large locations in rural municipalities", "E054|E066|E070",
        worst_is_large_and_rural, (0.5, 1.0), "share of the priors",
    ),
)  # fmt: skip


def over_priors(draws: int) -> list[dict[str, Any]]:
    """A row of `abm experiments` per case, over `draws` from the priors: median, and the quantiles of SPREAD."""
    rows = []
    for case in CASES:
        found = np.array([case.effect(params) for params in priors(draws)])
        share = case.id == "R15"
        middle = float(found.mean() if share else np.median(found))
        low, high = (math.nan, math.nan) if share else np.quantile(found, SPREAD).tolist()
        rows.append(
            {
                "id": case.id, "title": case.title, "unit": case.unit, "source": case.source,
                "published_from": case.published[0], "published_to": case.published[1],
                "model": middle, "low": low, "high": high,
                "within": is_within(case.published, middle, (low, high) if case.overlap else (math.nan, math.nan)),
            }
        )  # fmt: skip
    return rows
