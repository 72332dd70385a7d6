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

import numpy as np

from abm.engine.clock import ENDLESS
from abm.engine.draws import Draws
from abm.engine.kernels import placed
from abm.engine.needs import Need
from abm.engine.params import ProcessParams, param
from abm.state import State
from abm.tables.country import ELSEWHERE, Kind

WRITES = ("locations", "nation.reception")
EVENTS = {"opened": "locations", "closed_location": "locations", "stopped_location": "municipalities"}


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
        False, "switch", None, None, "spr_rule", "open regular places by the indicative places of the spread law",
        lever=True,
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
    left, close = min(surplus, rate), []
    order = np.lexsort((np.arange(len(places)), places, -opened.astype(np.int64)))
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


def places_by_municipality(state: State, kind: Kind, month: int) -> np.ndarray:
    """Places in locations of a kind that have not closed by a month, (municipalities,)."""
    locations = state.locations
    rows = np.flatnonzero((locations.kind == kind) & (locations.ends > month))
    return np.bincount(locations.municipality[rows], locations.places[rows], len(state.municipalities))


def step(state: State, params: Params, draws: Draws) -> dict[str, np.ndarray]:
    """Close surplus regular locations, then open regular and emergency ones for next month."""
    households, locations, month = state.households, state.locations, state.clock.month
    here = placed(households.location)
    in_place = here[~np.isin(locations.kind[households.location[here]], ELSEWHERE)]
    need = households.size[in_place].sum() / state.scale
    state.nation.reception[0] += (need - state.nation.reception[0]) / params.plan_lag
    norm = state.inputs.series_at("occupancy_norm", month)

    renew(state, params, draws)
    regular = np.flatnonzero((locations.kind == Kind.REGULAR) & (locations.ends > month + 1))
    held = locations.places[regular].sum()
    wanted = plan(state.nation.reception[0] * params.forecast_ratio, params.stable_places, norm)
    target = state.municipalities.asked_places if params.spread_law else state.municipalities.regular_places
    spare = places_by_municipality(state, Kind.REGULAR, month) - target * min(wanted / target.sum(), 1)
    asked = (locations.municipality[regular], spare) if params.spread_law else ()
    of = locations.places[regular], locations.opened[regular]
    close = regular[closing(*of, held - wanted, params.closing_rate, *asked)]
    locations.ends[close] = month + 1

    gap = np.maximum(target - places_by_municipality(state, Kind.REGULAR, month), 0) + target / target.sum()
    new, halted = open_at(state, draws, "regular", wanted - held, params.regular_rate, params.regular_size, gap)
    added = add(state, draws, new, Kind.REGULAR, params.regular_size, np.full(len(new), params.regular_term))

    now = np.flatnonzero((locations.kind == Kind.EMERGENCY) & (locations.ends > month + 1))
    ready = (locations.kind == Kind.REGULAR) & (locations.ends > month + 1) & (locations.opened <= month + 1)
    usable = locations.places[ready].sum() * norm
    short = need * params.forecast_ratio - usable - locations.places[now].sum()
    at_emergency = state.municipalities.emergency_places
    new, given_up = open_at(
        state, draws, "emergency", short, params.emergency_rate, params.emergency_size, at_emergency
    )
    u = draws.uniform("contract", np.arange(len(new)))
    low, high = (params.contract * (1 + sign * params.contract_spread) for sign in (-1, 1))
    months = np.rint(low + (high - low) * u).astype(np.int64)
    more = add(state, draws, new, Kind.EMERGENCY, params.emergency_size, np.maximum(months, 1), params.emergency_lead)
    return {
        "opened": np.concatenate([added, more]),
        "closed_location": np.flatnonzero(locations.ends == month + 1),
        "stopped_location": np.concatenate([halted, given_up]),
    }


def renew(state: State, params: Params, draws: Draws) -> None:
    """Renew contracts of regular locations that end next month, for another term: a share, and those that are needed
    to keep the stable places.
    """
    locations, month = state.locations, state.clock.month
    regular = locations.kind == Kind.REGULAR
    ending = np.flatnonzero(regular & (locations.ends == month + 1))
    lasting = locations.places[regular & (locations.ends > month + 1)].sum()
    u = draws.uniform("renewed", ending)
    renewed = ending[renewals(locations.places[ending], u, params.renewed_share, params.stable_places - lasting)]
    locations.ends[renewed] = np.minimum(month + 1 + params.regular_term, ENDLESS)


def renewals(places: np.ndarray, u: np.ndarray, share: float, wanted: float) -> np.ndarray:
    """Which of the contracts that end are renewed, (n,) bool: a share, and more until `wanted` places go on.

    places (n,) of each location; u (n,) uniform draws, in whose order they are renewed.
    """
    order = np.argsort(u, kind="stable")
    before = np.empty(len(u))
    before[order] = np.cumsum(places[order]) - places[order]  # places of those that are renewed earlier
    return (u < share) | (before < wanted)


def open_at(
    state: State, draws: Draws, label: str, gap: float, rate: float, size: float, weight: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Municipalities of the new locations that open, and of those that objections stop; see `openings`."""
    towns = state.municipalities
    number = np.arange(openings(gap, rate, size, draws.uniform(f"{label} number", np.zeros(1))[0]))
    found = municipality_of(weight * towns.willingness, draws.uniform(label, number))
    stopped = draws.uniform(f"{label} objections", number) < towns.stopped[found]
    return found[~stopped], found[stopped]


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
