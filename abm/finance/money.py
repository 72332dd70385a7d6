"""Payments for reception places and late decisions, booked in a ledger by payer, payee and purpose.

The State pays the reception agency, which pays the providers of places: people x cost per kind of place, and a fraction
of that for places that are empty beyond the planned share; own contributions lower what the State pays. The immigration
service pays a penalty per day, up to a maximum per case, to a share of the households whose statutory term has passed.

    penalty in month d after the term = clip(maximum - (d - 1) x day x 30.4, 0, day x 30.4)

Source: unit costs, abm/facts/data/national_series.csv (COA); penalty amounts, national_series.csv.
"""

import numpy as np

from abm.engine.clock import MONTHS
from abm.engine.draws import Draws
from abm.engine.kernels import placed
from abm.engine.params import ProcessParams, param
from abm.state import State
from abm.tables.country import Kind
from abm.tables.money import Account, Purpose
from abm.tables.people import Reunion, Stage

WRITES = ("ledger",)
EVENTS = {}
DAYS_PER_MONTH = 365.25 / MONTHS
PLACES = {  # what people in places cost: purpose, series of the cost of one, kinds; hotels are in abm/homes/joining.py
    Purpose.PLACES_REGULAR: ("cost_regular", (Kind.REGULAR, Kind.REGISTRATION)),
    Purpose.PLACES_EMERGENCY: ("cost_emergency", (Kind.EMERGENCY,)),
    Purpose.PLACES_MUNICIPAL: ("cost_municipal", (Kind.MUNICIPAL,)),
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
    claim_share: float = param(
        0.15, "share", 0, 1, "assumption", "households past the statutory term that claim a penalty payment"
    )
    empty_share: float = param(
        0.5, "ratio", 0, 1, "assumption",
        "cost of a place that is empty beyond the planned share, over that of one in use",
    )  # fmt: skip


def penalty(months_late: np.ndarray, per_day: float, maximum: float) -> np.ndarray:
    """Penalty due this month per case, (n,) EUR; months_late: 1 in the first month after the term."""
    a_month = per_day * DAYS_PER_MONTH
    return np.where(months_late >= 1, np.clip(maximum - (months_late - 1) * a_month, 0, a_month), 0.0)


def reception_costs(state: State, params: Params) -> dict[Purpose, float]:
    """Cost of people in places of each kind and of empty regular places, EUR/month at full scale."""
    households, locations, month = state.households, state.locations, state.clock.month
    rows = placed(households.location)
    kind = locations.kind[households.location[rows]]
    people = np.bincount(kind, households.size[rows], len(Kind)) / state.scale
    cost = {purpose: state.inputs.series_at(series, month) / MONTHS for purpose, (series, _) in PLACES.items()}
    open_now = (locations.kind == Kind.REGULAR) & (locations.opened <= month) & (locations.ends > month)
    planned = locations.places[open_now].sum() * state.inputs.series_at("occupancy_norm", month)
    empty = max(planned - people[Kind.REGULAR], 0.0)
    paid = {purpose: people[list(kinds)].sum() * cost[purpose] for purpose, (_, kinds) in PLACES.items()}
    return paid | {Purpose.PLACES_EMPTY: empty * cost[Purpose.PLACES_REGULAR] * params.empty_share}


def penalties(state: State, params: Params, draws: Draws) -> float:
    """Penalties this month for late first decisions and late reunification decisions, EUR at full scale."""
    households, month = state.households, state.clock.month
    per_day, maximum = (state.inputs.series_at(name, month) for name in ("penalty_per_day", "penalty_maximum"))
    asylum = np.flatnonzero((households.stage == Stage.IN_DECISION) & ~households.closing)  # closings have other terms
    family = np.flatnonzero(households.reunion == Reunion.APPLIED)
    late = (
        (asylum, month - households.applied[asylum].astype(np.int64) - params.decision_term, "claims"),
        (family, month - households.reunion_applied[family].astype(np.int64) - params.reunion_term, "claims family"),
    )
    total = 0.0
    for rows, months, label in late:
        rows, months = rows[months >= 1], months[months >= 1]
        claims = draws.once(label, households.identity[rows]) < params.claim_share
        total += penalty(months[claims], per_day, maximum).sum()
    return total / state.scale


def step(state: State, params: Params, draws: Draws) -> dict[str, np.ndarray]:
    """Book this month's payments in the ledger."""
    paid = reception_costs(state, params)
    own = state.ledger.month[list(OWN_INCOME)].sum() - state.ledger.month[Purpose.HOTELS_COA]
    paid |= {Purpose.BUDGET_COA: max(sum(paid.values()) - own, 0.0), Purpose.PENALTIES: penalties(state, params, draws)}
    paid[Purpose.BUDGET_IND] = paid[Purpose.PENALTIES]
    state.ledger.enter(paid)
    return {}
