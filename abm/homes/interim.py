"""Municipalities may take status holders who are tied to them into interim places, for a grant of the State.

While a scheme runs, a municipality can decide to open a location if it is behind on its task, has enough people
waiting, and the grant covers what a place costs it. Costs differ between municipalities and do not change over time,
between schemes or between seeds; in part of the municipalities no plan ever opens. Of the others, some decide each
month, fewer where support of residents has fallen; a location opens some months later.

    cost of a place = mean cost x exp(spread x normal)                  takes part where cost <= grant

Whole households enter, longest waiting first. They count for the task, live in the municipality and look for a home as
urgent seekers, without priority, until they have one; a family waits until its sponsor has left. When a scheme ends,
nobody enters any more.

Two schemes are dated: hotels from November 2021 (at most 2,500 people), extended each time and at last to 2025, and
interim locations from March 2024 (at most 8,500), which take their place here. Whether a grant covers the cost is the
whole choice here: a council's politics, what it would lose by not taking part, and costs before the opening are left
out.

Source: har_2022, har_term, har_2025 (hotels), door_status, door_first (locations), incentive_2025 (grants),
coa_cost_hotel_2024, coa_cost_reg_2023 (costs), E078 (share of plans that is built).
"""

from functools import cache
from typing import Literal

import numpy as np

from abm.engine.clock import MONTHS, NEVER
from abm.engine.draws import Draws, normal
from abm.engine.kernels import kernel
from abm.engine.params import ProcessParams, param
from abm.engine.queues import oldest_first_by, waiting
from abm.engine.table import written
from abm.homes import moves
from abm.state import State
from abm.tables.homes import Rule
from abm.tables.money import Account, Purpose
from abm.tables.people import Stage

WRITES = written(
    moves.MOVE_IN,
    moves.BECOMES_URGENT,
    "households.interim",
    "municipalities.interim_places",
    "municipalities.interim_planned",
    "municipalities.interim_opens",
    "ledger",
)
EVENTS = {"interim_decided": "municipalities", "interim_opened": "municipalities", "in_interim": "households"}
_HOUSED = int(Stage.HOUSED)
PARTIES = {Purpose.INTERIM_GRANTS: (Account.STATE, Account.MUNICIPALITIES)}


class Params(ProcessParams):
    """The offer of a scheme, and the cost of a place to a municipality."""

    most: int = param(
        0, "persons", 0, 20_000, "har_2022|har_term|har_2025|door_first|door_status",
        "people that a scheme pays for at most",
        lever=True, dated={"2021-11": 2500, "2024-03": 8500},
    )  # fmt: skip
    grant: float = param(
        38_000, "EUR/year", 0, 150_000, "incentive_2025: the amount of 2022 is taken as that of 2025",
        "grant per person and year", lever=True, dated={"2024-03": 21_915},
    )  # fmt: skip
    place: Literal["hotel", "regular"] = param(
        "hotel", "choice", None, None, "har_2022|door_first: hotels, then locations at the cost of regular ones",
        "kind of reception place at whose cost a place comes (cost_hotel, cost_regular)", dated={"2024-03": "regular"},
    )  # fmt: skip
    cost_factor: float = param(
        1.0, "ratio", 0.3, 3, "assumption", "mean cost of a place, over that of a reception place of this kind"
    )
    spread: float = param(0.4, "log", 0.1, 1, "assumption", "spread of that cost over municipalities")
    least: int = param(10, "persons", 1, 200, "assumption", "people waiting from which a location is worth opening")
    size: int = param(40, "persons", 5, 300, "assumption: as a building of starter homes", "places of a location")
    rate: float = param(
        0.1, "share/month", 0.01, 0.5, "assumption", "municipalities that decide for a location, of those that can"
    )
    abandoned: float = param(
        0.5,
        "share",
        0,
        0.8,
        "E078|flex_built|flex_target",
        "municipalities in which no plan ever opens, as of starter homes",
    )
    opens_after: int = param(
        4, "months", 1, 24, "assumption: as temporary units", "months from the decision to the opening"
    )


@cache
def of_country(towns: int, process: str) -> tuple[np.ndarray, np.ndarray]:
    """What a place costs in each municipality, as a standard normal deviate, and a draw for whether plans open there.

    (municipalities,) each: neither hangs on the month, nor on the seed of the run.
    """
    who, of = np.arange(towns, dtype=np.uint64), Draws(0, process, 0).of_country()
    found = normal(of.once("cost", who), of.once("angle", who)), of.once("fails", who)
    for each in found:
        each.flags.writeable = False  # they are those of every month
    return found


def able(state: State, params: Params, draws: Draws, waits: np.ndarray) -> np.ndarray:
    """Municipalities that can decide for a location now, (municipalities,) bool; waits: persons at full scale."""
    towns = state.municipalities
    shock, fails = of_country(len(towns), draws.process)
    free = (towns.interim_planned == 0) & (towns.interim_places == 0)
    mean = params.cost_factor * state.inputs.series_at(f"cost_{params.place}", state.clock.month)
    pays = mean * np.exp(params.spread * shock) <= params.grant
    return free & pays & (fails >= params.abandoned) & (towns.balance < 0) & (waits >= params.least)


def decide(state: State, params: Params, draws: Draws, waits: np.ndarray) -> np.ndarray:
    """Plan locations, in random order while the scheme has room; returns the rows of municipalities."""
    towns, month = state.municipalities, state.clock.month
    rows = np.flatnonzero(able(state, params, draws, waits))
    u = draws.uniform("decides", rows)
    decides = u < params.rate * np.minimum(towns.willingness[rows], 1)
    rows = rows[decides][np.argsort(u[decides])]
    if not len(rows):
        return rows
    room = params.most - (towns.interim_places + towns.interim_planned).sum()
    rows = rows[: max(int(room // params.size), 0)]
    towns.interim_planned[rows] = params.size
    towns.interim_opens[rows] = month + params.opens_after + np.floor(towns.delay[rows]).astype(np.int64)
    return rows


def occupants(state: State) -> np.ndarray:
    """People in interim places, (municipalities,) at the scale of the run."""
    of, towns = state.households, len(state.municipalities)
    return _occupants(of.interim, of.stage, of.municipality, of.size, towns)


@kernel
def _occupants(interim, stage, municipality, size, towns):
    found = np.zeros(towns)
    for i in range(len(interim)):
        if interim[i] != NEVER and stage[i] == _HOUSED:
            found[municipality[i]] += size[i]
    return found


def fill(state: State, rows: np.ndarray, inside: np.ndarray) -> np.ndarray:
    """Let households that have waited longest into free places; returns their rows.

    rows: households that are tied to a municipality and wait; inside: occupants, (municipalities,).
    """
    households, towns = state.households, state.municipalities
    free = np.maximum(np.floor(towns.interim_places * state.scale) - inside, 0)
    rows = rows[free[households.municipality[rows]] > 0]
    if not len(rows):
        return rows
    where = households.municipality[rows]
    rows = oldest_first_by(where, rows, households.coupled, households.lottery, households.size, free)
    moves.move_in(state, rows, households.municipality[rows], Rule.INTERIM)
    moves.becomes_urgent(state, rows)
    households.interim[rows] = state.clock.month
    return rows


def open_planned(state: State) -> np.ndarray:
    """Open the locations that are ready; returns the rows of municipalities."""
    towns = state.municipalities
    rows = np.flatnonzero((towns.interim_opens != NEVER) & (towns.interim_opens <= state.clock.month))
    towns.interim_places[rows] += towns.interim_planned[rows]
    towns.interim_planned[rows], towns.interim_opens[rows] = 0, NEVER
    return rows


def step(state: State, params: Params, draws: Draws) -> dict[str, np.ndarray]:
    """Open locations that are ready, decide for more, let households in, and pay."""
    households, towns, month = state.households, state.municipalities, state.clock.month
    rows = decided = entered = ready = np.empty(0, np.int64)
    if params.most:
        ready = open_planned(state)
        rows = waiting(households.stage, households.since, Stage.AWAITING_HOME, month)
        waits = np.bincount(households.municipality[rows], households.size[rows], len(towns)) / state.scale
        decided = decide(state, params, draws, waits)
    inside = occupants(state) if towns.interim_places.any() else np.zeros(len(towns))
    if params.most:
        entered = fill(state, rows, inside)
        inside = occupants(state) if len(entered) else inside
    else:  # nobody enters any more
        towns.interim_planned[:], towns.interim_opens[:] = 0, NEVER
        towns.interim_places[inside == 0] = 0
    state.ledger.enter({Purpose.INTERIM_GRANTS: inside.sum() / state.scale * params.grant / MONTHS})
    return {"interim_decided": decided, "interim_opened": ready, "in_interim": entered}
