"""Payments for reception places and late decisions, booked in a ledger by payer, payee and purpose.

The State pays the reception agency, which pays the providers of places: people x cost per kind of place, and a fraction
of that for regular and emergency places that are empty beyond the planned share, at prices that grow after the last
published unit costs; own contributions lower what the State pays. The immigration service pays a penalty when it
decides a case of which the statutory term has passed, to a share of the households. It counts the days from the first
month after the term in which penalties were in force until the decision, up to a maximum per case; a claim of before a
suspension runs on through it.

    penalty of a case that is decided d months after its claim began = min(d x day x 30.4, maximum)

Source: unit costs, abm/facts/data/national_series.csv (COA); penalty amounts, national_series.csv.
"""

from collections import namedtuple

import numpy as np

from abm.engine.clock import MONTHS
from abm.engine.draws import Draws
from abm.engine.kernels import flagged, kernel, whole_words
from abm.engine.params import ProcessParams, param
from abm.people.occupancy import people_by_kind, places_by_kind
from abm.state import State
from abm.tables.country import Kind
from abm.tables.money import Account, Purpose
from abm.tables.people import Reunion

WRITES = ("ledger", "nation.prices")
EVENTS = {}
_TRAVELLING, _REFUSED = int(Reunion.TRAVELLING), int(Reunion.REFUSED)  # compiled code wants ints
DAYS_PER_MONTH = 365.25 / MONTHS
PLACES = {  # what people in places cost: purpose, series of the cost of one, kinds; hotels are in abm/homes/joining.py
    Purpose.PLACES_REGULAR: ("cost_regular", (Kind.REGULAR, Kind.REGISTRATION)),
    Purpose.PLACES_EMERGENCY: ("cost_emergency", (Kind.EMERGENCY,)),
    Purpose.PLACES_MUNICIPAL: ("cost_municipal", (Kind.MUNICIPAL,)),
    Purpose.PLACES_HOSTS: ("cost_hosts", (Kind.HOSTS,)),
}
CONTRACTED = {  # kinds whose places are paid for by contract, also where nobody lives in them
    Kind.REGULAR: Purpose.PLACES_REGULAR,
    Kind.EMERGENCY: Purpose.PLACES_EMERGENCY,
}
PARTIES = dict.fromkeys((*PLACES, Purpose.PLACES_EMPTY), (Account.COA, Account.PROVIDERS)) | {
    Purpose.BUDGET_COA: (Account.STATE, Account.COA),
    Purpose.BUDGET_IND: (Account.STATE, Account.IND),
    Purpose.PENALTIES: (Account.IND, Account.NEWCOMERS),
}
OWN_INCOME = (Purpose.CONTRIBUTIONS, Purpose.SAVINGS_FORFEITED)  # revenue of the agency, which lowers its budget


class Params(ProcessParams):
    """Statutory terms, claims and empty places; unit costs are a data series."""

    decision_term: int = param(
        6, "months", 1, 36, "decision_term|ind_capacity_2022: 15 months by decree; its end in 2017 is an assumption",
        "statutory term for a first decision", lever=True,
        dated={"2016-02": 15, "2017-02": 6, "2022-10": 15, "2025-01": 6},
    )  # fmt: skip
    reunion_term: int = param(
        6, "months", 1, 36, "assumption: 90 days and three months more", "statutory term for reunification", lever=True
    )
    price_growth: float = param(
        0.02, "share/year", -0.05, 0.2, "cbs_cpi: 3.3% in 2024 and 2025; from 2026 the aim of the central bank",
        "growth of the unit costs of reception after 2023, the last year in which they were published",
        dated={"2024-01": 0.033, "2026-01": 0.02},
    )  # fmt: skip
    claim_share: float = param(
        0.18, "share", 0, 1,
        "penalties_paid: set by what was paid in 2019, 2020 and 2023 to 2025",
        "households past the statutory term that claim a penalty payment",
        dated={"2020-01": 0.25, "2024-01": 0.29, "2025-01": 0.7},
    )  # fmt: skip
    empty_share: float = param(
        0.5, "ratio", 0, 1, "assumption",
        "cost of a regular or emergency place that is empty beyond the planned share, over that of one in use",
    )  # fmt: skip


@kernel
def penalty(term_ended, decided, per_day, maximum):
    """Penalty of each case that is decided, (n,) EUR.

    term_ended: (n,), the month in which the term of a case ended, of which it pays nothing yet; decided: the month of
    the decision; per_day: (decided + 1,) EUR in each month since January 2015, 0 where penalties are suspended. The
    claim begins in the first month after the term that has penalties, at the amount of that month.
    """
    next_in_force = np.full(decided + 2, decided + 1)  # none until the decision
    for month in range(decided, -1, -1):
        next_in_force[month] = month if per_day[month] > 0 else next_in_force[month + 1]
    found = np.zeros(len(term_ended))
    for k in range(len(term_ended)):
        late = term_ended[k] + 1
        began = next_in_force[min(max(late, 0), decided + 1)]
        if began > decided:
            continue
        amount = per_day[began] * DAYS_PER_MONTH
        if late < 0 and per_day[0] > 0:  # before the run as in its first month
            began = late
        found[k] = min((decided + 1 - began) * amount, maximum)
    return found


def reception_costs(state: State, params: Params) -> dict[Purpose, float]:
    """Cost of people in places of each kind and of empty places, EUR/month at full scale."""
    households, locations, month = state.households, state.locations, state.clock.month
    people = people_by_kind(households.location, households.size, locations.kind) / state.scale
    prices = state.nation.prices[0] / MONTHS
    cost = {purpose: state.inputs.series_at(series, month) * prices for purpose, (series, _) in PLACES.items()}
    norm = state.inputs.series_at("occupancy_norm", month)
    empty = np.maximum(places_by_kind(locations, month) * norm - people, 0.0)
    paid = {purpose: sum(people[kind] for kind in kinds) * cost[purpose] for purpose, (_, kinds) in PLACES.items()}
    of_empty = sum(empty[kind] * cost[purpose] for kind, purpose in CONTRACTED.items())
    return paid | {Purpose.PLACES_EMPTY: of_empty * params.empty_share}


Answers = namedtuple("Answers", "decided closing reunion reunion_since")


@kernel
def answered(households: Answers, month):
    """Rows of the applications that are decided in a month (closings have other terms), and of those on relatives."""
    decided, closing, reunion, since = households
    asylum, family = np.empty(whole_words(len(decided)), np.bool_), np.empty(whole_words(len(decided)), np.bool_)
    asylum[len(decided) :] = family[len(decided) :] = False
    for h in range(len(decided)):
        asylum[h] = (decided[h] == month) & (not closing[h])
        family[h] = ((reunion[h] == _TRAVELLING) | (reunion[h] == _REFUSED)) & (since[h] == month)
    return flagged(asylum), flagged(family)


def penalties(state: State, params: Params, draws: Draws) -> float:
    """Penalties of the late decisions of this month, on applications and on reunification, EUR at full scale."""
    households, month = state.households, state.clock.month
    per_day = state.inputs.series_until("penalty_per_day", month)
    maximum = state.inputs.series_at("penalty_maximum", month)
    asylum, family = answered(households, month)
    total = 0.0
    for rows, began, term, label in (
        (asylum, households.applied, params.decision_term, "claims"),
        (family, households.reunion_applied, params.reunion_term, "claims family"),
    ):
        rows = rows[draws.once(label, households.identity[rows]) < params.claim_share]
        total += penalty(began[rows].astype(np.int64) + term, month, per_day, maximum).sum()
    return total / state.scale


def step(state: State, params: Params, draws: Draws) -> dict[str, np.ndarray]:
    """Book this month's payments in the ledger, and let prices grow."""
    published = len(state.inputs.known_series["cost_regular"]) - 1 + MONTHS  # the last step is of a whole year
    if state.clock.month >= published:
        state.nation.prices[0] *= (1 + params.price_growth) ** (1 / MONTHS)
    paid = reception_costs(state, params)
    own = sum(state.ledger.month[purpose] for purpose in OWN_INCOME) - state.ledger.month[Purpose.HOTELS_COA]
    paid |= {Purpose.BUDGET_COA: max(sum(paid.values()) - own, 0.0), Purpose.PENALTIES: penalties(state, params, draws)}
    paid[Purpose.BUDGET_IND] = paid[Purpose.PENALTIES]
    state.ledger.enter(paid)
    return {}
