"""The reception agency (COA) plans places: regular ones follow a smoothed need, emergency ones fill the gap.

Plan: regular places follow the mean need of the last months (estimates are old when they become budgets) or a floor
of stable places, whichever is more, and open or close at a limited rate. Emergency locations open as soon as the need
that is expected exceeds the regular places, at a limited rate and after some months, and close when their contract
ends, which is sooner for one than for another. Contracts of regular locations have a term: at its end a part is
renewed, and as many more as the stable places ask: what is financed for years goes on. The rest, what opens and what
closes with the plan make the net growth of regular places; people still without a place go to municipal crisis
locations. Regular locations close newest first; with `spread_law` those first that their municipality has beyond its
share by what is asked. When a location closes, placement gives its people another place.

    plan(t) = max(stable, forecast x need~(t) / norm),  need~(t) = need~(t-1) + (need(t) - need~(t-1)) / lag

New regular locations open in municipalities that have fewer places now than in November 2025, or, with `spread_law`,
fewer than the indicative places of the law; the number is weighted by the municipality's willingness, which follows
the support of its residents. Objections can stop or delay a location (process support). Decisions of municipal
councils are not modelled.

Source: places and norms, abm/facts/data/reception_locations.csv, municipalities.csv, national_series.csv (COA, NOS).
"""

from collections import namedtuple

import numpy as np

from abm.engine.clock import ENDLESS
from abm.engine.draws import Draws
from abm.engine.kernels import kernel
from abm.engine.needs import Need
from abm.engine.params import ProcessParams, param
from abm.people.occupancy import people_by_kind
from abm.state import State
from abm.tables.country import ELSEWHERE, Kind

WRITES = ("locations", "nation.reception")
EVENTS = {"opened": "locations", "closed_location": "locations", "stopped_location": "municipalities"}
_REGULAR, _EMERGENCY = int(Kind.REGULAR), int(Kind.EMERGENCY)  # compiled code wants ints
_IN_PLACES = ~np.isin(np.arange(len(Kind)), ELSEWHERE)
_NOWHERE = np.zeros(0, np.int16)


class Params(ProcessParams):
    """Rates of opening and closing, sizes of locations, and contracts."""

    stable_places: float = param(
        0, "places", 0, 120000, "coa_stable_41000: agreed November 2023, financed through 2026",
        "regular places that are kept whatever the inflow: as long as there are fewer, contracts are renewed",
        lever=True, dated={"2024-01": 41000, "2027-01": 0},
    )  # fmt: skip
    plan_lag: float = param(
        14, "months", 1, 36, "coa_21_of_23: mean months between estimate and budget",
        "time constant with which the plan follows the need", lever=True,
        needs=(Need("world.reception.regular_rate", above=490, lasts=True),),  # else there are never too many places
    )  # fmt: skip
    forecast_ratio: float = param(
        1, "ratio", 0.25, 4,
        "assumption: 1 is right on the mean; coa_forecast_2024: 97,500 places for January 2025",
        "need that places are planned on, regular and emergency ones, over what it is",
    )  # fmt: skip
    spread_law: bool = param(
        False, "switch", None, None, "spr_rule: in force since 1 February 2024",
        "open regular places by the indicative places of the spread law", lever=True, dated={"2024-02": True},
    )  # fmt: skip
    regular_rate: float = param(
        490, "places/month", 0, 10000, "coa_new_places_aug21_jan22|coa_new_temp_share: 20% of 2,456 a month",
        "regular places that can open a month",
    )  # fmt: skip
    emergency_rate: float = param(
        3275, "places/month", 0, 20000,
        "coa_occ_2015|crisis_dec_2015: people in places of the agency, 14 September to 31 December 2015, less 490 "
        "regular ones a month; coa_new_places_aug21_jan22|coa_new_temp_share: 80% of 2,456 a month",
        "emergency places that can open a month", dated={"2016-02": 1966},
    )  # fmt: skip
    closing_rate: float = param(
        1833, "places/month", 0, 20000, "coa_2017_shrink: 22,000 places in 2017",
        "regular places that can close a month",
    )  # fmt: skip
    regular_size: float = param(
        390, "places", 20, 3000, "coa_split_2023_jan: 30,053 people in 77 locations", "size of a new regular location"
    )
    emergency_size: float = param(
        163, "places", 20, 3000, "coa_split_2023_jan: 14,707 people in 90 locations", "size of a new emergency location"
    )
    contract: int = param(
        12, "months", 1, 60, "coa_portfolio_jul22: temporary places of July 2022 end within a year",
        "mean months that an emergency location is open", lever=True,
    )  # fmt: skip
    contract_spread: float = param(
        0.5, "ratio", 0, 1, "assumption: contracts of 6 to 18 months around a mean of 12",
        "half of the range of contracts of emergency locations, over their mean",
    )  # fmt: skip
    emergency_lead: float = param(
        0, "months", 0, 12,
        "crisis_dec_2015: in the autumn of 2015 places grew in the months of the need; later an assumption",
        "months from the need for an emergency location to its opening", dated={"2016-02": 2},
    )  # fmt: skip
    regular_term: int = param(
        60, "months", 12, 240, "assumption", "term of the contract of a regular location", lever=True
    )
    renewed_share: float = param(
        0.26, "share", 0, 1,
        "coa_split_2023_jan|coa_split_2023_sep: 30,053 to 31,087 people in nine months, 115 a month net of 490",
        "contracts of regular locations that are renewed at the end of their term", lever=True,
    )  # fmt: skip


def plan(need: float, stable: float, norm: float) -> float:
    """Regular places wanted: the need over the occupancy norm, at least the stable places."""
    return max(need / norm, stable)


def openings(gap: float, rate: float, size: float, u: float) -> int:
    """Number of new locations that fill a gap [places], at most `rate` [places/month].

    The limit in locations is rounded with the uniform draw u, so that its mean is right; size [places].
    """
    return min(round(max(gap, 0.0) / size), int(rate / size + u))


def municipality_of(weight: np.ndarray, u: np.ndarray) -> np.ndarray:
    """Municipality for each uniform draw, (n,) int16, with probability proportional to weight (municipalities,)."""
    cumulative = np.cumsum(weight)
    return np.searchsorted(cumulative, u * cumulative[-1], side="right").astype(np.int16)


def closing(
    places: np.ndarray,
    opened: np.ndarray,
    surplus: float,
    rate: float,
    municipality: np.ndarray | None = None,
    spare: np.ndarray | None = None,
) -> np.ndarray:
    """Indices of locations to close, newest first (ties: smallest), up to the surplus and the rate [places/month].

    A location that is larger than what is left to close stays open. Where the law asks for places, municipality (n,)
    of each location and spare (municipalities,), places beyond its share, are given: first those close without
    which their municipality still has its share, and then the others.
    """
    left = min(surplus, rate)
    if not (places <= left).any():
        return np.zeros(0, np.int64)
    order, close = np.lexsort((np.arange(len(places)), places, -opened.astype(np.int64))), []
    passes = [order]
    if municipality is not None and spare is not None:
        more, beyond = spare.astype(float), []
        for index in order:
            if places[index] <= more[municipality[index]]:
                more[municipality[index]] -= places[index]
                beyond.append(index)
        passes = [beyond, [index for index in order if index not in set(beyond)]]
    for index in (each for some in passes for each in some):
        if places[index] <= left:
            left -= places[index]
            close.append(index)
    return np.array(close, dtype=np.int64)


Sites = namedtuple("Sites", "kind places opened ends municipality")


@kernel
def ending(sites: Sites, month):
    """Rows, (n,) int64, of regular locations whose contract ends in a month, and places of those that go on."""
    rows, count, lasting = np.empty(len(sites.kind), np.int64), 0, 0
    for j in range(len(rows)):
        rows[count] = j
        regular = sites.kind[j] == _REGULAR
        count += regular & (sites.ends[j] == month)
        lasting += sites.places[j] * (regular & (sites.ends[j] > month))
    return rows[:count].copy(), lasting


@kernel
def places_in(sites: Sites, wanted, month, towns):
    """Places in locations of a kind that have not closed by a month, (municipalities,) float64."""
    found = np.zeros(towns)
    for j in range(len(sites.kind)):
        if sites.kind[j] == wanted and sites.ends[j] > month:
            found[sites.municipality[j]] += sites.places[j]
    return found


@kernel
def standing(sites: Sites, month):
    """Places in a month: regular ones that are open then, and emergency ones that are or will be."""
    regular, emergency = 0, 0
    for j in range(len(sites.kind)):
        if sites.ends[j] > month:
            regular += sites.places[j] * ((sites.kind[j] == _REGULAR) & (sites.opened[j] <= month))
            emergency += sites.places[j] * (sites.kind[j] == _EMERGENCY)
    return regular, emergency


def places_by_municipality(state: State, kind: Kind, month: int) -> np.ndarray:
    """Places in locations of a kind that have not closed by a month, (municipalities,)."""
    return places_in(state.locations, int(kind), month, len(state.municipalities))


def step(state: State, params: Params, draws: Draws) -> dict[str, np.ndarray]:
    """Close surplus regular locations, then open regular and emergency ones for next month."""
    households, locations, month = state.households, state.locations, state.clock.month
    people = people_by_kind(households.location, households.size, locations.kind)
    need = people[_IN_PLACES].sum() / state.scale
    state.nation.reception[0] += (need - state.nation.reception[0]) / params.plan_lag
    norm = state.inputs.series_at("occupancy_norm", month)

    held = renew(state, params, draws)
    wanted = plan(state.nation.reception[0] * params.forecast_ratio, params.stable_places, norm)
    target = state.municipalities.asked_places if params.spread_law else state.municipalities.regular_places
    there = places_by_municipality(state, Kind.REGULAR, month)
    closed = close(state, params, held - wanted, there - target * min(wanted / target.sum(), 1))

    gap = np.maximum(target - there, 0) + target / target.sum()
    new, halted = open_at(state, draws, "regular", wanted - held, params.regular_rate, params.regular_size, gap)
    added = add(state, draws, new, Kind.REGULAR, params.regular_size, np.full(len(new), params.regular_term))

    ready, emergency = standing(locations, month + 1)
    short = need * params.forecast_ratio - ready * norm - emergency
    at_emergency = state.municipalities.emergency_places
    new, given_up = open_at(
        state, draws, "emergency", short, params.emergency_rate, params.emergency_size, at_emergency
    )
    low, high = (params.contract * (1 + sign * params.contract_spread) for sign in (-1, 1))
    months = np.rint(low + (high - low) * draws.uniform("contract", np.arange(len(new)))).astype(np.int64)
    more = add(state, draws, new, Kind.EMERGENCY, params.emergency_size, np.maximum(months, 1), params.emergency_lead)
    return {
        "opened": np.append(added, more), "closed_location": closed, "stopped_location": np.append(halted, given_up)
    }  # fmt: skip


def close(state: State, params: Params, surplus: float, spare: np.ndarray) -> np.ndarray:
    """Close regular locations up to a surplus [places]; returns the rows of all that close next month.

    spare: (municipalities,), places beyond what is asked of each; see `closing`.
    """
    locations, month = state.locations, state.clock.month
    if surplus > 0:
        regular = np.flatnonzero((locations.kind == Kind.REGULAR) & (locations.ends > month + 1))
        asked = (locations.municipality[regular], spare) if params.spread_law else ()
        of = locations.places[regular], locations.opened[regular]
        locations.ends[regular[closing(*of, surplus, params.closing_rate, *asked)]] = month + 1
    return np.flatnonzero(locations.ends == month + 1)


def renew(state: State, params: Params, draws: Draws) -> float:
    """Renew contracts of regular locations that end next month, for another term: a share, and those that are needed
    to keep the stable places. Returns the regular places that go on.
    """
    locations, month = state.locations, state.clock.month
    rows, lasting = ending(locations, month + 1)
    if not len(rows):
        return lasting
    places, u = locations.places[rows], draws.uniform("renewed", rows)
    renewed = renewals(places, u, params.renewed_share, params.stable_places - lasting)
    locations.ends[rows[renewed]] = np.minimum(month + 1 + params.regular_term, ENDLESS)
    return lasting + places[renewed].sum()


def renewals(places: np.ndarray, u: np.ndarray, share: float, wanted: float) -> np.ndarray:
    """Which of the contracts that end are renewed, (n,) bool: a share, and more until `wanted` places go on.

    places (n,) of each location; u (n,) uniform draws, in whose order they are renewed.
    """
    if wanted <= 0:  # enough go on
        return u < share
    order = np.argsort(u, kind="stable")
    before = np.empty(len(u))
    before[order] = np.cumsum(places[order]) - places[order]  # places of those that are renewed earlier
    return (u < share) | (before < wanted)


def open_at(
    state: State, draws: Draws, label: str, gap: float, rate: float, size: float, weight: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Municipalities of the new locations that open, and of those that objections stop; see `openings`."""
    towns = state.municipalities
    u = draws.uniform(f"{label} number", np.zeros(1))[0] if gap > 0 else 0.0
    number = np.arange(openings(gap, rate, size, u))
    if not len(number):
        return _NOWHERE, _NOWHERE
    found = municipality_of(weight * towns.willingness, draws.uniform(label, number))
    stopped = draws.uniform(f"{label} objections", number) < towns.stopped[found]
    return (found[~stopped], found[stopped]) if stopped.any() else (found, _NOWHERE)


def add(
    state: State,
    draws: Draws,
    municipality: np.ndarray,
    kind: Kind,
    size: float,
    contract: np.ndarray,
    lead: float = 0.0,
) -> np.ndarray:
    """Add locations that open next month, or later by the lead [months] and by objections; returns their rows.

    contract: (n,) months that each is open.
    """
    if not len(municipality):
        return np.zeros(0, np.int64)
    number = np.arange(len(municipality))
    delay = lead + state.municipalities.delay[municipality]
    months = np.floor(delay + draws.uniform(f"{kind.name} delay", number))
    opened = state.clock.month + 1 + months.astype(np.int64)
    return state.locations.add(
        len(municipality),
        municipality=municipality,
        region=state.municipalities.region[municipality],
        kind=kind,
        places=round(size),
        opened=opened,
        ends=np.minimum(opened + contract, ENDLESS),
    )
