"""Starter homes are let as a bridge, to status holders who wait for a home and to other seekers, and lead on to a home.

A vacant unit goes to the group in whose share of the units it falls (target mix): status holders who are tied to the
municipality, first those with work in its region or a medical need, then the longest waiting; or other seekers who
look for a small home there, first the urgent ones, then young people and students by lot. Where units can be linked, a
family gets as many as it needs; elsewhere a unit is for one or two persons. Other seekers who live here go on
searching, no longer as urgent. Registered status holders are on the same waiting lists as everybody else, from the
month that `registration` names; part of those without guidance do not register. Part of the tenants who earn enough
move on to middle rent.

Tenants who are still here after their contract ends stay and are counted. When a building closes, tenants without
another home are homeless, counted, and urgent seekers from then on. A status holder in a starter home counts for the
housing task as in any home.

    contact left = 1 with social management, else exp(-months since opening / fading)
    serious incidents a month = rate x residents x (residents / 150)^size x (status holders / half)^mix x (1 - managed)

Source: plan_starter_homes (entrance, mix, registration); E074 (contact fades), E075 (incidents, mix), E076
(management).
"""

from typing import Literal

import numpy as np

from abm.engine.clock import ENDLESS, NEVER
from abm.engine.draws import Draws
from abm.engine.kernels import kernel
from abm.engine.needs import Need
from abm.engine.params import ProcessParams, param
from abm.engine.queues import oldest_first_by, waiting, waiting_key
from abm.engine.table import NO_ROW, UNSET, written
from abm.homes import moves
from abm.homes.dwellings import FIT_SMALL, home_size, needed_by
from abm.homes.tenancies import payable, to_link
from abm.state import State
from abm.tables.homes import Group, NextUse, Rule, Search, Tenure
from abm.tables.money import Account, Purpose
from abm.tables.people import Stage
from abm.tables.residents import COUNTED_COMPLEX

WRITES = written(
    moves.MOVE_IN,
    moves.MOVE_ON,
    moves.ENTER,
    moves.LOSE_HOME,
    "seekers.complex",
    "seekers.entered",
    "seekers.urgent",
    "complexes",
    "corporations.room",
    "ledger",
)
EVENTS = {
    "residents_left": "seekers",
    "left_to_middle_rent": "households",
    "put_out": "households",
    "residents_put_out": "seekers",
    "housed": "households",
    "residents_let": "seekers",
    "overstaying": "households",
    "residents_overstaying": "seekers",
}
PARTIES = {
    Purpose.STARTER_RENTS: (Account.TENANTS, Account.CORPORATIONS),
    Purpose.STARTER_RUNNING: (Account.CORPORATIONS, Account.PROVIDERS),
}
EVEN = 0.5  # share of status holders at which the rate of incidents holds
_SEARCHING = int(Search.SEARCHING)
_WELCOME = np.array([group in (Group.YOUNG, Group.STUDENT, Group.URGENT) for group in Group])

BUILT = (Need("policy.building.starter_homes", above=0, lasts=True),)  # starter homes, to act on


class Params(ProcessParams):
    """Access to starter homes, steps to the next home, and effects of living together."""

    entrance: Literal["tie", "waiting"] = param(
        "tie", "choice", None, None, "plan_starter_homes",
        "status holders with work in the region or a medical need first, or longest waiting first", lever=True,
        needs=BUILT,
    )  # fmt: skip
    registration: Literal["starter", "none", "permit", "arrival"] = param(
        "starter", "choice", None, None, "plan_starter_homes",
        "event from which registration for the next home counts: moving in, none, the permit or arrival", lever=True,
        needs=BUILT,
    )  # fmt: skip
    guidance: float = param(
        0.5,
        "share",
        0,
        1,
        "plan_starter_homes: asked; size an assumption",
        "tenants guided to the next home",
        lever=True,
        needs=BUILT,
    )
    contract: int = param(
        24,
        "months",
        6,
        120,
        "assumption: twice the year of door_status",
        "months that a starter home is meant for",
        lever=True,
        needs=BUILT,
    )
    registering: float = param(0.6, "share", 0, 1, "assumption", "tenants who register, of those without guidance")
    rent_norm: float = param(3.0, "ratio", 1.5, 6, "rent_norm", "gross income that middle rent asks, over the rent")
    second_income: float = param(
        0.5, "share", 0, 1, "rent_norm: a half or a third", "part of incomes that counts beside the highest in a home"
    )
    middle_rent_rate: float = param(
        0.03, "share/month", 0, 0.3, "assumption", "tenants who move to middle rent, of those who can pay any of it"
    )
    guided_ratio: float = param(1.5, "ratio", 1, 3, "assumption", "that rate with guidance, over the rate without")
    emptying: int = param(6, "months", 0, 24, "assumption", "months before a building closes without new tenants")
    fading: float = param(12, "months", 6, 24, "E074", "months in which contact fades to 37% without management")
    incident_rate: float = param(3e-4, "incidents/month", 1.5e-4, 6e-4, "E075", "serious incidents per resident")
    incident_complex: float = param(
        COUNTED_COMPLEX, "persons", 50, 400, "E075", "residents of a complex of the size for which that was counted"
    )
    incident_size: float = param(0.75, "ratio", 0, 1.5, "E075: sign; size a guess", "exponent of size in incidents")
    incident_mix: float = param(
        1.0, "ratio", 0, 2, "E075: sign; size a guess", "exponent of the share of status holders"
    )
    incident_managed: float = param(
        0.35, "share", 0, 0.7, "E075: sign; size a guess", "incidents prevented by management"
    )


# --- letting


@kernel(writes=("free",))
def assigned(pool, size, start, linkable, free):
    """Complex of each household in turn, (n,) int32 (NO_ROW: none): the first of its pool with enough units.

    pool, size (HomeSize): (n,); linkable, free [units]: of complexes in the order of their pools, of which `start`
    (pools + 1,) is the first. `free` is used up. One unit for a small home, one more for each class above, and then
    only where units can be linked.
    """
    got = np.full(len(pool), NO_ROW, np.int32)
    for i in range(len(pool)):
        units = size[i] + 1
        for c in range(start[pool[i]], start[pool[i] + 1]):
            if free[c] >= units and (units == 1 or linkable[c]):
                free[c] -= units
                got[i] = c
                break
    return got


def given(state: State, municipality: np.ndarray, size: np.ndarray, free: np.ndarray) -> np.ndarray:
    """Complex of each household in turn, (n,) (NO_ROW: none), where `free` (complexes,) units are; see `assigned`."""
    of, pool = state.complexes, state.municipalities.pool
    rows = np.flatnonzero(free > 0)
    group = pool[of.municipality[rows]]
    rows = rows[np.argsort(group, kind="stable")]
    start = np.append(0, np.cumsum(np.bincount(group, minlength=len(pool))))
    got = assigned(pool[municipality], size.astype(np.int64), start, of.linkable[rows], free[rows])
    return np.where(got == NO_ROW, NO_ROW, rows[got] if len(rows) else NO_ROW)


@kernel
def welcome(seeking, group, size, complex_, municipality, wanted, groups, most):
    """Rows, (n,) ascending, of seekers who may get a unit: of the groups, small, without one, where units are wanted.

    seeking (Search) to municipality: whole columns of seekers; wanted (municipalities,), groups (Group,): bool.
    """
    rows, count = np.empty(len(seeking) + 1, np.int64), 0
    for i in range(len(seeking)):
        rows[count] = i
        right = (seeking[i] == _SEARCHING) & groups[group[i]] & (size[i] <= most) & (complex_[i] < 0)
        count += right & wanted[municipality[i]]
    return rows[:count].copy()


def free_units(state: State, params: Params) -> tuple[np.ndarray, np.ndarray]:
    """Units free for status holders and for other seekers, (complexes,) each; none where a building soon closes.

    Units that a tenant needs for a family that waits or is on its way are kept, to be linked.
    """
    of, month = state.complexes, state.clock.month
    for_status = np.round(of.share * of.built).astype(np.int64)
    letting = (of.opened != NEVER) & (of.opened <= month)
    letting &= (of.next_use == NextUse.STAYS) | (of.ends.astype(np.int64) - month > params.emptying)
    status = np.where(letting, np.maximum(for_status - of.newcomers, 0), 0)
    free = np.maximum(of.built - of.newcomers - of.residents - to_link(state), 0)
    others = np.where(letting, np.maximum(of.built - for_status - of.residents, 0), 0)
    return np.minimum(status, free), np.minimum(others, free)


def tied_by_work(state: State, rows: np.ndarray) -> np.ndarray:
    """Whether somebody in a household works in the region of the municipality that it waits for, (n,)."""
    people, households = state.newcomers, state.households
    at_work = np.flatnonzero(people.employed)
    of = people.household[at_work]
    home = households.municipality[of]
    there = state.municipalities.region[home] == people.work_region[at_work]
    tied = np.zeros(len(households), bool)
    tied[of[there & (home != UNSET)]] = True
    return tied[rows]


def let_to_newcomers(state: State, params: Params, draws: Draws, free: np.ndarray) -> np.ndarray:
    """Let units to status holders who wait for a home; returns their rows."""
    households, of, pool = state.households, state.complexes, state.municipalities.pool
    rows = waiting(households.stage, households.since, Stage.AWAITING_HOME, state.clock.month)
    open_pools = np.zeros(len(pool), bool)
    open_pools[pool[of.municipality[free > 0]]] = True
    rows = rows[open_pools[pool[households.municipality[rows]]]]
    after = np.zeros(len(rows), bool)
    if params.entrance == "tie":
        after = ~(tied_by_work(state, rows) | households.medical[rows])
    rows = rows[np.lexsort((waiting_key(households.coupled[rows], households.lottery[rows]), after))]
    size = home_size(needed_by(state, rows))
    got = given(state, households.municipality[rows], size, free)
    rows, size, got = rows[got != NO_ROW], size[got != NO_ROW], got[got != NO_ROW]
    moves.move_in(state, rows, households.municipality[rows], Rule.STARTER, size)
    moves.enter(state, rows, got, size)
    register(state, params, draws, rows)
    return rows


def register(state: State, params: Params, draws: Draws, rows: np.ndarray) -> None:
    """Register new tenants as seekers of the next home, from the month that the rule names."""
    households, month = state.households, state.clock.month
    if params.registration == "none":
        households.registered[rows] = NEVER
        return
    signs = draws.once("registers", households.identity[rows]) < params.registering
    signs |= guided(draws, households.identity[rows], params)
    households.registered[rows[~signs]] = NEVER
    rows = rows[signs]
    start = {
        "starter": np.full(len(rows), month),
        "permit": households.granted[rows],
        "arrival": households.applied[rows],
    }
    known = households.registered[rows]
    since = np.where(known == NEVER, start[params.registration], np.minimum(known, start[params.registration]))
    households.registered[rows] = since


def guided(draws: Draws, identity: np.ndarray, params: Params) -> np.ndarray:
    """Whether tenants are guided to the next home, (n,)."""
    return draws.once("guided", identity) < params.guidance


def let_to_others(state: State, free: np.ndarray) -> np.ndarray:
    """Let units to other home seekers, longest urgent first, then by lot; returns their rows."""
    of, seekers, pool, month = state.complexes, state.seekers, state.municipalities.pool, state.clock.month
    units = np.bincount(pool[of.municipality], free, len(pool))
    rows = welcome(
        seekers.search, seekers.group, seekers.size, seekers.complex, seekers.municipality, units[pool] > 0, _WELCOME,
        FIT_SMALL,
    )  # fmt: skip
    where = pool[seekers.municipality[rows]].astype(np.int16)
    ones = np.ones(len(seekers), np.int8)  # a unit each
    turn = np.minimum(seekers.urgent, np.int16(month + 1))  # by lot: after everyone who is urgent by now
    rows = oldest_first_by(where, rows, turn, seekers.lottery, ones, units)
    rows = rows[np.argsort(waiting_key(turn[rows], seekers.lottery[rows]))]
    got = given(state, seekers.municipality[rows], np.zeros(len(rows)), free)
    rows, got = rows[got != NO_ROW], got[got != NO_ROW]
    seekers.complex[rows] = got
    seekers.entered[rows] = month
    seekers.urgent[rows] = ENDLESS
    of.residents[:] += np.bincount(got, minlength=len(of)).astype(np.int32)
    return rows


# --- moving on


def residents_leaving(state: State) -> np.ndarray:
    """Vacate the units of other seekers who found a home or stopped searching; returns their rows of seekers."""
    seekers, of = state.seekers, state.complexes
    rows = np.flatnonzero((seekers.complex != NO_ROW) & (seekers.search != Search.SEARCHING))
    of.residents[:] -= np.bincount(seekers.complex[rows], minlength=len(of)).astype(np.int32)
    seekers.complex[rows] = NO_ROW
    return rows


def to_middle_rent(state: State, params: Params, draws: Draws, tenants: np.ndarray) -> np.ndarray:
    """Let part of the tenants who earn enough move on to middle rent; returns their rows."""
    if not len(tenants):
        return tenants
    who = state.households.identity[tenants]
    rate = params.middle_rent_rate * np.where(guided(draws, who, params), params.guided_ratio, 1.0)
    part = payable(state, params.rent_norm, params.second_income)[tenants]
    rows = tenants[draws.uniform("middle rent", who) < rate * part]
    moves.move_on(state, rows, home_size(needed_by(state, rows)), tenure=Tenure.MIDDLE_RENT)
    return rows


def put_out(state: State, tenants: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Take their home from those who live in a building that closed; returns rows of households and of seekers."""
    households, seekers, of, month = state.households, state.seekers, state.complexes, state.clock.month
    rows = tenants[of.built[households.complex[tenants]] == 0]
    moves.lose_home(state, rows)
    others = np.flatnonzero(seekers.complex != NO_ROW)
    others = others[of.built[seekers.complex[others]] == 0]
    seekers.urgent[others] = month
    of.residents[:] -= np.bincount(seekers.complex[others], minlength=len(of)).astype(np.int32)
    seekers.complex[others] = NO_ROW
    return rows, others


def overstaying(state: State, params: Params) -> tuple[np.ndarray, np.ndarray]:
    """Rows of households and of seekers that live here for longer than the contract."""
    households, seekers, until = state.households, state.seekers, state.clock.month - params.contract
    tenants = (households.complex != NO_ROW) & (households.sponsor == NO_ROW) & (households.housed <= until)
    return np.flatnonzero(tenants), np.flatnonzero((seekers.complex != NO_ROW) & (seekers.entered <= until))


# --- contact, incidents and money


def incidents(residents: np.ndarray, status: np.ndarray, managed: np.ndarray, params: Params) -> np.ndarray:
    """Expected serious incidents this month, (n,); residents [persons], status [share], managed: (n,)."""
    more = (residents / params.incident_complex) ** params.incident_size * (status / EVEN) ** params.incident_mix
    return params.incident_rate * residents * more * (1 - params.incident_managed * managed)


def settle_accounts(state: State, params: Params) -> None:
    """Update contact and incidents; book rents and running costs, of which the difference is room to invest."""
    of, month = state.complexes, state.clock.month
    since = month - np.where(of.opened == NEVER, month, of.opened).astype(np.int64)
    of.contact[:] = np.where(of.managed, 1.0, np.exp(-since / params.fading))
    let = of.newcomers + of.residents
    status = of.newcomers / np.maximum(let, 1)
    of.incidents[:] = incidents(let.astype(float), status, of.managed, params)
    rents = let * of.rent.astype(float)
    running = of.built * of.running.astype(float)
    lets = np.flatnonzero(of.corporation != NO_ROW)
    np.add.at(state.corporations.room, of.corporation[lets], (rents - running)[lets])
    state.ledger.enter(
        {
            Purpose.STARTER_RENTS: rents.sum() / state.scale,
            Purpose.STARTER_RUNNING: running.sum() / state.scale,
        }
    )


def step(state: State, params: Params, draws: Draws) -> dict[str, np.ndarray]:
    """Let tenants move on, put out tenants of buildings that closed, and let free units."""
    households, of, none = state.households, state.complexes, np.empty(0, np.int64)
    if not len(of):
        return {}
    events = {"residents_left": residents_leaving(state)}
    tenants = np.flatnonzero((households.complex != NO_ROW) & (households.sponsor == NO_ROW))
    events["left_to_middle_rent"] = to_middle_rent(state, params, draws, tenants)
    tenants = tenants[households.complex[tenants] != NO_ROW]
    events["put_out"], events["residents_put_out"] = put_out(state, tenants)
    status, others = free_units(state, params)
    events["housed"] = let_to_newcomers(state, params, draws, status) if status.any() else none
    events["residents_let"] = let_to_others(state, others) if others.any() else none
    settle_accounts(state, params)
    events["overstaying"], events["residents_overstaying"] = overstaying(state, params)
    return events
