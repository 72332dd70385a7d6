"""Synthetic neighbourhoods and residents of the country, made from municipal figures.

Municipalities are divided into neighbourhoods of equal size. Each has a position, drawn once, that lowers schooling and
incomes and raises social rent together; the mean over a municipality stays the published one. Neighbourhoods lie like
seeds in a sunflower (Vogel 1979) on a disc of the municipality's area around its centre: a layout, not a map.

Traits of residents follow the shares of their neighbourhood. Ranks in a neighbourhood give points of an additive
recurrence (Roberts 2018), which keeps even a small sample close to those shares. The anchor of support:

    anchor = b_S schooling + b_A age + b_U urban + b_V votes + residual,   mean 0, standard deviation 1

votes: how rare votes for restrictive lists are in the municipality, as a probit.

Source: abm/facts/data/municipalities.csv, votes.csv; E065, E066 (schooling, votes).
"""

from statistics import NormalDist
from typing import NamedTuple

import numpy as np

from abm.engine.draws import Draws, normal, normal_in_loops
from abm.engine.kernels import kernel
from abm.engine.params import ProcessParams, param
from abm.engine.products import product
from abm.engine.together import Whole
from abm.facts.facts import Inputs
from abm.residents.social_network import Widths, identities, kept
from abm.state import State
from abm.tables.residents import Age, Attained, Income, Ties

_PHI = 1.1673039782614187  # root of x**5 = x + 1, for four traits
_STEPS = _PHI ** -np.arange(1.0, 5.0)
_GOLDEN = np.pi * (3 - 5**0.5)  # angle between successive seeds
_KM_PER_DEGREE = 111.32  # of latitude
_LATITUDE = np.deg2rad(52.2)  # of the middle of the country
_CLASSES = 4  # steps between the five classes of urbanity
_EDGE = 0.005  # shares are kept so far from 0 and 1 before they are shifted
_HIGH, _OLD, _MIDDLE = int(Income.HIGH), int(Age.OLD), int(Attained.MIDDLE)  # as compiled code takes them


class ResidentParams(ProcessParams):
    """Neighbourhoods, residents and their network."""

    TOGETHER = (Whole("adults by age", ("young_share", "old_share"), "adults of 35 to 64"),)

    residents_share: float = param(
        0.01, "share", 0.0001, 1, "assumption: a sample", "inhabitants who are simulated as residents, times the scale"
    )
    residents_draw: int = param(
        0, "number", 0, 1000000, "assumption", "seed of neighbourhoods, residents and their network"
    )
    neighbourhood_size: float = param(
        4000, "persons", 500, 20000, "assumption: as in small districts", "approximate inhabitants of a neighbourhood"
    )
    border_link: float = param(
        5, "km", 1, 50, "assumption", "length of border per pair of neighbourhoods linked across it"
    )
    neighbourhood_spread: float = param(
        0.4, "log odds", 0, 1.5, "assumption", "spread of social rent, incomes and schooling within a municipality"
    )
    lower_schooling: float = param(
        0.42, "share", 0, 1, "assumption", "adults with lower schooling, of those without higher schooling"
    )
    young_share: float = param(0.27, "share", 0, 0.5, "assumption", "adults under 35")
    old_share: float = param(0.25, "share", 0, 0.5, "assumption", "adults of 65 and over")
    seeking_share: float = param(0.15, "share", 0, 0.5, "assumption", "residents who seek a home to rent")
    anchor_schooling: float = param(
        0.6, "SD", 0, 1, "E065|E066: sign; size an assumption", "anchor at higher schooling less that at lower"
    )
    anchor_age: float = param(0.2, "SD", 0, 0.5, "assumption", "anchor of the young less that of the old")
    anchor_urban: float = param(
        0.2, "SD", 0, 0.6, "assumption", "anchor in the densest places less that in the least dense"
    )
    anchor_votes: float = param(
        0.3, "SD per SD", 0, 1, "assumption: votes are about more than reception",
        "slope of the anchor over the probit of votes for lists that are not restrictive",
    )  # fmt: skip
    neighbour_ties: int = param(2, "persons", 0, 5, "assumption", "ties to neighbours, on either side")
    schooling_ties: int = param(
        1, "persons", 0, 5, "assumption", "ties to people of the same schooling in town, on either side"
    )
    kin_ties: int = param(1, "persons", 0, 5, "assumption", "ties to kin elsewhere, on either side")
    kin_far: float = param(0.3, "share", 0, 1, "assumption", "kin outside the labour market region")


def initialise_residents(state: State, params: ResidentParams) -> None:
    """Add neighbourhoods, residents and their ties. Their draws do not depend on the seed of the run."""
    draws = Draws(params.residents_draw, "residents", 0)
    columns = neighbourhoods(state.inputs, params, draws)
    sampled = sample(columns["population"], params.residents_share * state.scale)
    rows = state.neighbourhoods.add(len(sampled), **columns, residents=sampled, first=np.cumsum(sampled) - sampled)
    traits = residents(state.neighbourhoods, state.inputs.restrictive_votes, params, draws)
    people, where = state.residents, state.neighbourhoods
    people.add(int(sampled.sum()), neighbourhood=np.repeat(rows, sampled), **traits, support=traits["anchor"])
    where.leaning[:] = expected(where, state.inputs.restrictive_votes, params)[0]
    where.anchor[:] = where.support[:] = means(where, people.anchor)
    state.municipalities.support[:] = by_municipality(where, where.leaning, len(state.municipalities))
    widths = Widths(params.neighbour_ties, params.schooling_ties, params.kin_ties, params.kin_far)
    state.ties = tied(state, widths, draws)
    state.links = links(
        where, state.inputs.border_pairs, state.inputs.borders["border_km"].to_numpy(float), params.border_link
    )


def tied(state: State, widths: Widths, draws: Draws) -> Ties:
    """The network of the residents of a state."""
    where, people = state.neighbourhoods, state.residents
    region = state.municipalities.region[where.municipality]
    return kept(people.neighbourhood, where.municipality, region, people.schooling, widths, draws)


def neighbourhoods(inputs: Inputs, params: ResidentParams, draws: Draws) -> dict[str, np.ndarray]:
    """Columns of the neighbourhoods, (n,) each, those of a municipality together."""
    towns = inputs.municipalities
    inhabitants = towns["population"].to_numpy(float)
    count = np.maximum(np.round(inhabitants / params.neighbourhood_size), 1).astype(np.int64)
    of = np.repeat(np.arange(len(towns)), count)
    number = np.arange(len(of)) - np.repeat(np.cumsum(count) - count, count)
    address = of << 12 | number
    position = normal(draws.once("position", address), draws.once("angle", address))
    position -= (np.bincount(of, position) / count)[of]
    shift = params.neighbourhood_spread * position

    def spread(column: str, sign: int) -> np.ndarray:
        return shifted(towns[column].to_numpy(float), sign * shift, of, count)

    x, y = layout(towns, of, number, count)
    return {
        "municipality": of, "number": number, "population": (inhabitants / count)[of], "x": x, "y": y,
        "urban": 1 - (towns["urbanity"].to_numpy(float)[of] - 1) / _CLASSES,
        "social_rent": spread("social_rent_share", 1), "low_income": spread("income_low_share", 1),
        "high_income": spread("income_high_share", -1), "higher_schooling": spread("higher_edu_share", -1),
    }  # fmt: skip


def shifted(share: np.ndarray, shift: np.ndarray, of: np.ndarray, count: np.ndarray) -> np.ndarray:
    """Shares in neighbourhoods, (n,): those of their municipality, (municipalities,), shifted in log odds.

    of: (n,) municipality; count: (municipalities,) neighbourhoods of equal size. The mean of each municipality is kept.
    """
    inner = np.clip(share, _EDGE, 1 - _EDGE)[of]
    moved = 1 / (1 + (1 - inner) / inner * np.exp(-shift))
    mean = np.bincount(of, moved) / count
    return np.minimum(moved * (share / mean)[of], 1.0)


def layout(towns, of: np.ndarray, number: np.ndarray, count: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Coordinates of neighbourhoods, (n,) each [km]: the centre first, then outwards over the municipality."""
    radius = np.sqrt(towns["area_km2"].to_numpy(float) / np.pi)[of] * np.sqrt((number + 1 / 2) / count[of])
    x = towns["longitude"].to_numpy(float) * _KM_PER_DEGREE * np.cos(_LATITUDE)
    y = towns["latitude"].to_numpy(float) * _KM_PER_DEGREE
    return x[of] + radius * np.cos(number * _GOLDEN), y[of] + radius * np.sin(number * _GOLDEN)


def links(where, pairs: np.ndarray, length: np.ndarray, per_link: float) -> np.ndarray:
    """Pairs of neighbourhoods across municipal borders, (n, 2) rows: the nearest, and one more per `per_link` km.

    where: Neighbourhoods; pairs: (borders, 2) rows of municipalities; length: (borders,) [km].
    """
    first = np.searchsorted(where.municipality, np.arange(pairs.max(initial=-1) + 2))
    found = []
    for (a, b), km in zip(pairs, length, strict=True):
        ours, theirs = np.arange(first[a], first[a + 1]), np.arange(first[b], first[b + 1])
        apart = np.hypot(where.x[ours, None] - where.x[theirs], where.y[ours, None] - where.y[theirs])
        for _ in range(1 + int(km / per_link)):
            if not np.isfinite(apart).any():
                break
            i, j = np.unravel_index(np.argmin(apart), apart.shape)
            found.append((ours[i], theirs[j]))
            apart[i, :] = apart[:, j] = np.inf
    return np.array(found, np.int64).reshape(-1, 2)


def sample(population: np.ndarray, share: float) -> np.ndarray:
    """Residents of each neighbourhood, (n,): a share of the inhabitants, remainders carried over, at least one."""
    ends = np.round(np.cumsum(population) * share).astype(np.int64)
    return np.maximum(np.diff(ends, prepend=0), 1)


def probit(share: np.ndarray) -> np.ndarray:
    """Standard normal quantiles of shares, (n,)."""
    quantile = NormalDist().inv_cdf
    return np.array([quantile(each) for each in np.clip(share, _EDGE, 1 - _EDGE)])


def expected(where, votes: np.ndarray, params: ResidentParams) -> tuple[np.ndarray, np.ndarray, float]:
    """Mean anchor of each neighbourhood, (n,), the part due to urbanity and votes, (n,), and the residual spread [SD].

    The mean over inhabitants is 0 and the spread over them 1, exactly, whatever the sample.
    where: Neighbourhoods; votes: (municipalities,) share of restrictive lists.
    """
    weight = where.population / where.population.sum()
    higher = where.higher_schooling
    lower = params.lower_schooling * (1 - higher)
    schooling = params.anchor_schooling / 2 * np.stack([higher - lower, higher + lower])  # mean and mean of square
    schooling[1] *= params.anchor_schooling / 2
    age = params.anchor_age / 2 * (params.young_share - params.old_share)
    age_square = (params.anchor_age / 2) ** 2 * (params.young_share + params.old_share)
    place = params.anchor_urban * where.urban - params.anchor_votes * probit(votes)[where.municipality]
    mean = place + schooling[0] + age
    middle = product(weight, mean)
    within = product(weight, schooling[1] - schooling[0] ** 2) + age_square - age**2
    explained = product(weight, (mean - middle) ** 2) + within
    return mean - middle, place - middle, float(np.sqrt(max(1 - explained, 0.0)))


def residents(where, votes: np.ndarray, params: ResidentParams, draws: Draws) -> dict[str, np.ndarray]:
    """Columns of the residents, (n,) each: age, schooling, income, seeking and anchor [SD]."""
    numbers = np.arange(len(where))
    offset = np.column_stack([draws.once(f"offset {trait}", numbers) for trait in range(len(_STEPS))])
    _, place, residual = expected(where, votes, params)
    seeking = params.seeking_share / np.maximum((1 - where.high_income) * (1 - params.old_share), params.seeking_share)
    sampled = np.asarray(where.residents)
    who = identities(sampled)
    u, angle = draws.uniform("residual", who), draws.uniform("angle of residual", who)
    classes = Classes(
        params.young_share, 1 - params.old_share, params.lower_schooling, params.anchor_schooling / 2,
        params.anchor_age / 2, residual,
    )  # fmt: skip
    higher, low, high = (np.asarray(each) for each in (where.higher_schooling, where.low_income, where.high_income))
    blocks = Blocks(sampled, offset, higher, low, high, seeking, place)
    found = _traits(blocks, _STEPS, classes, u, angle)
    return dict(zip(("age", "schooling", "income", "seeking", "anchor"), found, strict=True))


class Blocks(NamedTuple):
    """Neighbourhoods, (n,) each."""

    sampled: np.ndarray  # residents
    offset: np.ndarray  # (n, traits) of the first rank
    higher: np.ndarray  # share with higher schooling
    low_income: np.ndarray
    high_income: np.ndarray
    seeking: np.ndarray
    place: np.ndarray  # term of the anchor [SD]


class Classes(NamedTuple):
    """Bounds of the classes, and their weights in the anchor."""

    young: float  # share
    working: float  # share of the young and those of working age
    lower: float  # share with lower schooling among those without a higher one
    schooling: float  # [SD]
    age: float  # [SD]
    residual: float  # [SD]


@kernel
def _traits(blocks: Blocks, steps, classes: Classes, u, angle):
    """Age, schooling, income, seeking and anchor of the residents, (n,) each; u, angle: uniform draws."""
    offset, count = blocks.offset, len(u)
    age, schooling, income = np.empty(count, np.int8), np.empty(count, np.int8), np.empty(count, np.int8)
    seeks, anchor = np.empty(count, np.bool_), np.empty(count, np.float32)
    j = 0
    for n in range(len(blocks.sampled)):
        higher, low_income, high_income = blocks.higher[n], blocks.low_income[n], blocks.high_income[n]
        for rank in range(blocks.sampled[n]):
            old = (offset[n, 0] + (rank + 1) * steps[0]) % 1.0
            learned = (offset[n, 1] + (rank + 1) * steps[1]) % 1.0
            rich = (offset[n, 2] + (rank + 1) * steps[2]) % 1.0
            search = (offset[n, 3] + (rank + 1) * steps[3]) % 1.0
            age[j] = (old >= classes.young) + (old >= classes.working)
            schooling[j] = (learned >= classes.lower * (1 - higher)) + (learned >= 1 - higher)
            income[j] = (rich >= low_income) + (rich >= 1 - high_income)
            seeks[j] = search < blocks.seeking[n] and income[j] != _HIGH and age[j] != _OLD
            deviation = normal_in_loops(u[j], angle[j])
            traits = classes.schooling * (schooling[j] - _MIDDLE) - classes.age * (age[j] - _MIDDLE)
            anchor[j] = blocks.place[n] + traits + classes.residual * deviation
            j += 1
    return age, schooling, income, seeks, anchor


def means(where, values: np.ndarray) -> np.ndarray:
    """Mean over the residents of each neighbourhood, (neighbourhoods,)."""
    return np.add.reduceat(values, where.first, dtype=np.float64) / where.residents


def by_municipality(where, values: np.ndarray, municipalities: int) -> np.ndarray:
    """Mean over the inhabitants of each municipality, (municipalities,), of values of neighbourhoods."""
    many = np.bincount(where.municipality, where.population, municipalities)
    return np.bincount(where.municipality, where.population * values, municipalities) / many
