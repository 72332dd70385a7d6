"""Corporations plan starter homes each year, most of which are built late or never; buildings close after their term.

The units of a year are divided by inhabitants. In a municipality they become complexes as soon as enough units are due
for one, of a form that corporations choose by cost, speed and term (form_choice.py). The corporations that hold homes
there pay for it together, in proportion to their room, and the one with the most room lets it. A plan ends for lack of
room, because of nitrogen, in appeal, or for another reason; the others open after

    months = building of its form + permit + [appeal] x appeal + [no grid connection yet] x wait for it

    built share = (1 - nitrogen) (1 - appeals x lost) (1 - abandoned) = 0.40 where all of it applies

Homes set apart in a street and homes that are split are taken from the vacancies of corporation homes there, before
anybody else can get them, and become vacant again afterwards; the other forms are new homes. When its term ends, a
building moves to the municipality that is furthest behind with units, stays for another term, or gets another use.
These homes come on top of the movable homes that were observed (series flex_homes, process housing).

    rent = running cost + (cost - grant) / months of its term, at most a ceiling

Source: E078 (delivery), flex_built over flex_target (40%); room, flex_corp_plans (1% of the stock in five years);
corporations, corp_number (corporations.py).
"""

import numpy as np

from abm.engine.clock import ENDLESS, MONTHS
from abm.engine.draws import Draws
from abm.engine.needs import Need
from abm.engine.params import ProcessParams, param
from abm.engine.products import product
from abm.engine.together import Whole
from abm.homes.dwellings import vacancies_per_month
from abm.homes.form_choice import by_form, choose, chosen, weights
from abm.state import State
from abm.tables.homes import Form, Halt, NextUse
from abm.tables.money import Account, Purpose

WRITES = (
    "corporations",
    "complexes",
    "municipalities.starter_due",
    "municipalities.starter_plans",
    "municipalities.to_starter",
    "municipalities.vacant_small",
    "municipalities.vacant_middle",
    "ledger",
)
EVENTS = {"starter_planned": "complexes", "starter_opened": "complexes", "starter_closed": "complexes"}
PARTIES = {
    Purpose.STARTER_BUILDING: (Account.CORPORATIONS, Account.PROVIDERS),
    Purpose.STARTER_GRANTS: (Account.STATE, Account.CORPORATIONS),
}
FROM_STOCK = (Form.SPLIT, Form.SPREAD)  # made of vacant homes
NEW_BUILD = (Form.FLEXIBLE, Form.TEMPORARY)
SHARED = (Form.CONVERTED, Form.SPLIT)  # kitchen or bathroom are shared
FORMS = np.arange(len(Form))
UNITS_OF_A_HOME = {Form.SPLIT: 2, Form.SPREAD: 1}
TAKEN_ALONG = (  # columns of a building that moves
    "corporation", "form", "units", "linkable", "shared", "quality", "managed", "share", "rent", "running", "term",
)  # fmt: skip
_TOWN, _MOVED = np.uint64(20), np.uint64(1 << 40)  # bits of the identity of a complex: number, municipality, moved
_ROUNDING = 1e-9

BUILT = (Need("policy.building.starter_homes", above=0, lasts=True),)  # starter homes, to act on


class Params(ProcessParams):
    """Units planned, limits to building them, and properties of the forms."""

    TOGETHER = (
        Whole(
            "plans by form", ("converted_share", "split_share", "temporary_share", "spread_share"), "flexible new build"
        ),
        Whole("buildings at the end of a term", ("stays_share", "moves_share"), "buildings with another use, or none"),
    )

    starter_homes: float = param(
        0, "units/year", 0, 30000, "assumption: none under current practice", "starter homes planned", lever=True
    )
    converted_share: float = param(
        0.25, "share", 0, 1, "assumption", "plans to convert buildings, at the costs and times of today", lever=True,
        needs=BUILT,
    )  # fmt: skip
    split_share: float = param(
        0.1, "share", 0, 1, "assumption", "plans to split homes into units", lever=True, needs=BUILT
    )
    temporary_share: float = param(
        0.15, "share", 0, 1, "assumption", "plans for temporary units", lever=True, needs=BUILT
    )
    spread_share: float = param(
        0.1, "share", 0, 1, "assumption", "plans for homes in a street; the rest is flexible new build", lever=True,
        needs=BUILT,
    )  # fmt: skip
    complex_size: int = param(
        40, "units", 5, 500, "E075: two thirds regular tenants advised from 50 residents on; 40 an assumption",
        "units of a building", lever=True, needs=BUILT,
    )  # fmt: skip
    street_size: int = param(6, "units", 1, 40, "assumption", "units in a street, or split", lever=True, needs=BUILT)
    linkable: bool = param(
        False, "switch", None, None, "plan_starter_homes", "new build has units that can be linked for a family",
        lever=True, needs=BUILT,
    )  # fmt: skip
    status_share: float = param(
        0.3, "share", 0, 1, "rule_sft|E075: 30% asked of granted homes; a quarter to a third advised",
        "units kept for status holders (target mix)", lever=True, needs=BUILT,
    )  # fmt: skip
    managed: bool = param(
        True, "switch", None, None, "E076", "complexes have social management", lever=True, needs=BUILT
    )
    financed: int = param(
        15, "years", 1, 30, "assumption: beyond the term of movable buildings", "years that finance lasts, at most",
        lever=True, needs=BUILT,
    )  # fmt: skip
    grant: float = param(
        7800, "EUR/unit", 0, 40000, "rule_sft", "grant of the State per unit", lever=True, dated={"2025-02": 14000},
        needs=BUILT,
    )  # fmt: skip
    one_instance: bool = param(
        False, "switch", None, None, "plan_building_law",
        "from twelve units on, appeals have one instance, which decides in six months", lever=True, needs=BUILT,
    )  # fmt: skip
    room_share: float = param(
        0.002, "share/year", 0.0005, 0.02, "flex_corp_plans: 1% of the stock in five years",
        "starter homes for which corporations gain room in a year, over their homes",
    )  # fmt: skip
    cost_weight: float = param(
        1, "ratio", 0, 4, "assumption", "how strongly choice of form follows yearly cost of a unit, over that of today"
    )
    speed_weight: float = param(
        1, "ratio", 0, 4, "assumption", "how strongly it follows the months to opening, over those of today"
    )
    room_years: float = param(5, "years", 1, 10, "flex_corp_plans", "years of room that can be kept")
    nitrogen_share: float = param(0.1, "share", 0, 0.5, "assumption", "new build that nitrogen stops")
    appeal_share: float = param(0.5, "share", 0, 1, "E078: objections stronger than for other homes; size an "
        "assumption", "plans that are appealed against; not homes in a street",
    )  # fmt: skip
    lost_share: float = param(0.2, "share", 0, 1, "assumption", "appeals that end a plan")
    abandoned: float = param(
        0.5, "share", 0.05, 0.8, "E078|flex_built|flex_target: 15,018 of 37,500 built in 2022 to 2024, given the above",
        "other plans that are given up",
    )  # fmt: skip
    permit_months: float = param(6, "months", 0, 24, "assumption: within the prior of E078", "months to a permit")
    appeal_months: float = param(
        18, "months", 6, 36, "assumption: two instances; prior of E078", "months that an appeal takes today"
    )
    short_months: float = param(6, "months", 3, 12, "plan_building_law", "months with one instance")
    twelve: int = param(12, "units", 1, 100, "plan_building_law", "units from which the rule of one instance applies")
    grid_share: float = param(0.3, "share", 0, 0.9, "assumption", "buildings that wait for the grid")
    grid_months: float = param(12, "months", 0, 60, "assumption", "months of waiting for the grid")
    slow_months: float = param(
        10, "months", 3, 36, "flex_speed: a fourth of the time of other homes", "months to build new units or convert"
    )
    fast_months: float = param(4, "months", 1, 24, "assumption", "months to place temporary units, or to split a home")
    moving_months: float = param(6, "months", 1, 24, "assumption", "months to move a building elsewhere")
    cost_new: float = param(
        90000, "EUR/unit", 40000, 200000, "flex_cost_2018: 63,000 in 2018; since then an assumption",
        "cost of flexible new build",
    )  # fmt: skip
    cost_converted: float = param(70000, "EUR/unit", 20000, 150000, "assumption", "cost of converting a building")
    cost_temporary: float = param(45000, "EUR/unit", 15000, 100000, "assumption", "cost of temporary units")
    cost_split: float = param(
        11000, "EUR/unit", 3000, 50000, "rule_sft: 7,000 and 4,000 proposed",
        "cost of splitting a home; half of it in a street",
    )  # fmt: skip
    cost_moving: float = param(20000, "EUR/unit", 5000, 60000, "assumption", "cost of moving a unit elsewhere")
    term_long: int = param(15, "years", 5, 40, "rule_sft: ten years at least", "term of flexible new build")
    term_short: int = param(5, "years", 1, 15, "assumption", "term of temporary units; other forms twice as long")
    stays_share: float = param(0.4, "share", 0, 1, "assumption", "buildings that stay for another term")
    moves_share: float = param(0.3, "share", 0, 1, "assumption", "movable buildings that move elsewhere")
    own_quality: float = param(
        0.9, "ratio", 0.5, 1, "assumption", "quality of a self-contained unit, over an ordinary home"
    )
    shared_quality: float = param(0.6, "ratio", 0, 1, "assumption", "quality of a unit with shared kitchen or bathroom")
    running: float = param(250, "EUR/month", 100, 600, "assumption", "upkeep and charges of a unit")
    management: float = param(60, "EUR/month", 0, 200, "assumption", "social management of a unit")
    rent_most: float = param(713, "EUR/month", 300, 933, "rent_htl_2026", "highest rent asked")


def units_of(form: np.ndarray, params: Params) -> np.ndarray:
    """Units of a complex, (n,)."""
    building, street = params.complex_size, params.street_size
    return by_form(form, building, building, street, building, street)


def price_and_grant(form: np.ndarray, params: Params) -> tuple[np.ndarray, np.ndarray]:
    """Cost of making a unit, and the part of it that the State pays, (n,) EUR each."""
    split = params.cost_split
    price = by_form(form, params.cost_new, params.cost_converted, split, params.cost_temporary, split / 2)
    return price, np.minimum(params.grant, price)


def years_of(form: np.ndarray, params: Params) -> np.ndarray:
    """Term of a unit, no longer than finance lasts, (n,) years."""
    short = params.term_short
    return np.minimum(by_form(form, params.term_long, 2 * short, 2 * short, short, 2 * short), params.financed)


def running_cost(params: Params) -> float:
    """Running cost of a unit, EUR/month."""
    return params.running + params.management * params.managed


def months_to_open(
    form: np.ndarray, units: np.ndarray, appealed: np.ndarray, waits: np.ndarray, params: Params
) -> np.ndarray:
    """Months from plan to first tenants, (n,) whole; (n,) each; appealed, waits (for the grid): bool or share."""
    short = params.one_instance & (units >= params.twelve)
    appeal = np.where(short, params.short_months, params.appeal_months) * appealed
    permit = np.where(form == Form.SPREAD, 0, params.permit_months)
    work = by_form(form, params.slow_months, params.slow_months, params.fast_months, params.fast_months, 1)
    return np.maximum(np.round(work + permit + appeal + params.grid_months * waits), 1).astype(np.int64)


def cost_and_time(params: Params) -> tuple[np.ndarray, np.ndarray]:
    """Yearly cost of a unit [EUR] and expected months until a plan opens, by form, (forms,) each."""
    price, grant = price_and_grant(FORMS, params)
    a_year = (price - grant) / years_of(FORMS, params) + running_cost(params) * MONTHS
    appealed, waits = params.appeal_share * (FORMS != Form.SPREAD), params.grid_share * ~np.isin(FORMS, FROM_STOCK)
    return a_year, months_to_open(FORMS, units_of(FORMS, params), appealed, waits, params)


def tendencies(params: Params) -> np.ndarray:
    """Relative frequency with which each form is chosen where corporations can pay for all, (forms,)."""
    shares = [params.converted_share, params.split_share, params.temporary_share, params.spread_share]
    (cost, months), (cost_today, months_today) = cost_and_time(params), cost_and_time(Params())
    return weights(shares, cost, cost_today, months, months_today, params.cost_weight, params.speed_weight)


def fate(draws: Draws, identity: np.ndarray, form: np.ndarray, units: np.ndarray, params: Params):
    """Reason why each plan ends, (n,) Halt (NONE: it will be built), and months to its opening, (n,)."""
    in_stock = np.isin(form, FROM_STOCK)
    appealed = (draws.once("appeal", identity) < params.appeal_share) & (form != Form.SPREAD)
    lost = appealed & (draws.once("court", identity) < params.lost_share)
    nitrogen = (draws.once("nitrogen", identity) < params.nitrogen_share) & np.isin(form, NEW_BUILD)
    given_up = draws.once("abandoned", identity) < params.abandoned
    halt = np.select([nitrogen, lost, given_up], [Halt.NITROGEN, Halt.APPEAL, Halt.ABANDONED], Halt.NONE)
    waits = (draws.once("grid", identity) < params.grid_share) & ~in_stock
    return halt, months_to_open(form, units, appealed, waits, params)


def rent(running: float, cost: np.ndarray, term: np.ndarray, most: float) -> np.ndarray:
    """Rent that covers running and building costs, up to `most`, (n,) EUR/month; cost [EUR], term [months]: (n,)."""
    return np.minimum(running + cost / term, most)


def renew_corporations(state: State, params: Params) -> None:
    """Update stock, vacancies, new and sold homes of corporations for this year, and add the room of a year."""
    of, held, towns = state.corporations, state.holdings, state.municipalities

    def own(homes: np.ndarray) -> np.ndarray:
        """Homes of each corporation, (corporations,), from those in municipalities."""
        return np.bincount(held.corporation, homes[held.municipality] * held.share, len(of))

    of.homes[:] = own(towns.homes)
    of.vacated[:] = own(vacancies_per_month(state)) * MONTHS
    of.built[:] = own(towns.built) * MONTHS
    of.sold[:] = own(towns.sold) * MONTHS
    a_year = params.room_share * of.homes * params.cost_new * state.scale
    of.room[:] = np.minimum(of.room + a_year, a_year * params.room_years)


def due(state: State, params: Params, draws: Draws) -> np.ndarray:
    """Announce complexes where enough units are due; returns their rows, which are still to be paid for."""
    towns = state.municipalities
    asked = params.starter_homes * state.scale * towns.population_share
    towns.starter_due[:] += np.bincount(towns.pool, asked, len(towns))
    if towns.starter_due.max() < units_of(FORMS, params).min():
        return np.empty(0, np.int64)
    weight, payable, new = tendencies(params), can_pay(state, params), []
    while True:
        number = np.arange(len(towns), dtype=np.uint64) << _TOWN | towns.starter_plans.astype(np.uint64)
        form = choose(draws.once("form", number), weight, payable)
        units = units_of(form, params)
        here = np.flatnonzero(towns.starter_due >= units)
        if not len(here):
            return np.concatenate([np.empty(0, np.int64), *new])
        towns.starter_due[here] -= units[here]
        towns.starter_plans[here] += 1
        new.append(announce(state, params, draws, number[here], here, form[here], units[here]))


def announce(
    state: State,
    params: Params,
    draws: Draws,
    identity: np.ndarray,
    town: np.ndarray,
    form: np.ndarray,
    units: np.ndarray,
) -> np.ndarray:
    """Add planned complexes with the outcome of each plan, drawn now; returns their rows."""
    month, of = state.clock.month, state.complexes
    halt, months = fate(draws, identity, form, units, params)
    months = months + np.floor(state.municipalities.delay[town])  # objections of residents
    stopped = draws.once("objections", identity) < state.municipalities.stopped[town]
    halt = np.where((halt == Halt.NONE) & stopped, Halt.ABANDONED, halt)
    price, grant = price_and_grant(form, params)
    cost, term = price - grant, years_of(form, params) * MONTHS
    movable = np.isin(form, NEW_BUILD)
    use = chosen(draws.once("next use", identity), [params.stays_share, 1 - params.stays_share - params.moves_share])
    shared, running = np.isin(form, SHARED), running_cost(params)
    return of.add(
        len(town), identity=identity, municipality=town, form=form, units=units, halt=halt, cost=cost, grant=grant,
        linkable=params.linkable & np.isin(form, NEW_BUILD), shared=shared, managed=params.managed,
        quality=np.where(shared, params.shared_quality, np.where(form == Form.SPREAD, 1, params.own_quality)),
        share=params.status_share, rent=rent(running, cost, term, params.rent_most), running=running,
        announced=month, opens=np.minimum(month + months, ENDLESS), term=term,
        next_use=np.where((use == NextUse.MOVES) & ~movable, NextUse.OTHER, use),
    )  # fmt: skip


def can_pay(state: State, params: Params) -> np.ndarray:
    """Whether the corporations of a municipality have room for a complex of each form, (municipalities, forms)."""
    held, pool = state.holdings, state.municipalities.pool
    there, holds = np.unique(np.column_stack([pool[held.municipality], held.corporation]), axis=0).T
    room = np.bincount(there, np.maximum(state.corporations.room[holds], 0), len(pool))[pool]
    price, grant = price_and_grant(FORMS, params)
    return room[:, None] >= (price - grant) * units_of(FORMS, params)


def pay(state: State, rows: np.ndarray) -> None:
    """Let the corporations of the municipality pay for each complex in turn; without enough room the plan ends.

    A pool of homes is one municipality at scale 1. Below, the corporations of a pool share room as it shares homes.
    """
    of, held, room, pool = state.complexes, state.holdings, state.corporations.room, state.municipalities.pool
    for row in rows[of.halt[rows] == Halt.NONE].tolist():
        there = np.unique(held.corporation[pool[held.municipality] == pool[of.municipality[row]]])
        has = np.maximum(room[there], 0)
        euros = float(of.cost[row]) * of.units[row]
        if has.sum() < euros:
            of.halt[row] = Halt.ROOM
        else:
            of.corporation[row] = there[np.argmax(has)]
            room[there] -= euros * has / has.sum()


def take_homes(state: State) -> None:
    """Set vacant homes apart for complexes in a street, and for split homes, that are not complete yet."""
    of, towns, month = state.complexes, state.municipalities, state.clock.month
    open_now = (of.opens <= month) & (of.ends > month) & (of.halt == Halt.NONE)
    for row in np.flatnonzero(open_now & np.isin(of.form, FROM_STOCK) & (of.built < of.units)).tolist():
        town, form = of.municipality[row], of.form[row]
        vacant = towns.vacant_middle if form == Form.SPLIT else towns.vacant_small
        per_home = UNITS_OF_A_HOME[Form(form)]
        homes = min(int(vacant[town] + _ROUNDING), int(of.units[row] - of.built[row]) // per_home)
        vacant[town] = max(vacant[town] - homes, 0.0)
        towns.to_starter[town] += homes
        of.taken[row] += homes
        of.built[row] += homes * per_home


def close(state: State, params: Params) -> np.ndarray:
    """End the term of buildings, which stay, move or get another use; returns the rows of those that close here."""
    of, towns, month = state.complexes, state.municipalities, state.clock.month
    ending = np.flatnonzero(of.ends == month)
    stays = ending[of.next_use[ending] == NextUse.STAYS]
    of.ends[stays] = np.minimum(month + of.term[stays].astype(np.int64), ENDLESS)
    closing = ending[of.next_use[ending] != NextUse.STAYS]
    split = of.form[closing] == Form.SPLIT
    for vacant, rows in ((towns.vacant_middle, closing[split]), (towns.vacant_small, closing[~split])):
        homes = np.bincount(of.municipality[rows], of.taken[rows], len(towns))
        vacant[:] += homes
        towns.to_starter[:] -= homes.astype(np.int64)
    moving = closing[of.next_use[closing] == NextUse.MOVES]
    if len(moving):
        behind = np.argsort(-towns.starter_due, kind="stable")
        to = np.where(behind[0] == of.municipality[moving], behind[1], behind[0]) if len(behind) > 1 else behind[0]
        np.subtract.at(state.corporations.room, of.corporation[moving], params.cost_moving * of.units[moving])
        of.add(
            len(moving), identity=of.identity[moving] + _MOVED, municipality=to, cost=params.cost_moving,
            announced=month, opens=min(month + round(params.moving_months), ENDLESS), next_use=NextUse.OTHER,
            moved_from=moving, **{name: getattr(of, name)[moving] for name in TAKEN_ALONG},
        )  # fmt: skip
    of.built[closing] = of.taken[closing] = 0
    return closing


def step(state: State, params: Params, draws: Draws) -> dict[str, np.ndarray]:
    """Update corporations and plan once a year; end terms, open complexes that are ready, and pay for them."""
    of, month, none = state.complexes, state.clock.month, np.empty(0, np.int64)
    planned = none
    if month % MONTHS == 0:
        renew_corporations(state, params)
        planned = due(state, params, draws)
        pay(state, planned)
    if not len(of):
        return {"starter_planned": planned}
    closed = close(state, params)
    opening = np.flatnonzero((of.opens == month) & (of.halt == Halt.NONE))
    of.opened[opening] = month
    of.ends[opening] = np.minimum(month + of.term[opening].astype(np.int64), ENDLESS)
    ready = opening[~np.isin(of.form[opening], FROM_STOCK)]
    of.built[ready] = of.units[ready]
    take_homes(state)
    units = of.units[opening] / state.scale
    own, granted = (product(each[opening].astype(float), units) for each in (of.cost, of.grant))
    state.ledger.enter({Purpose.STARTER_BUILDING: own + granted, Purpose.STARTER_GRANTS: granted})
    return {"starter_planned": planned, "starter_opened": opening, "starter_closed": closed}
