"""Homes that status holders did not get by priority are let to all home seekers, by the rules of letting_rules.py.

Each vacant home is assigned a rule by the shares of its municipality: urgency, people from institutions, a target
group, lottery, or else the order of registration. Per municipality and size class the first on the waiting list of a
rule get its homes; homes that a rule cannot let go by registration, and homes that nobody takes stay for next month.

Newcomers without priority (under a ban) are on the same waiting lists as everybody else. Their registration counts from
the permit, from arrival, or from when they were tied to the municipality; they take the first home that is offered. So
do newcomers who rent from others than corporations, and those whose home became too small for their family; these are
registered from then on, and take a larger home. Tenants of starter homes are on the list from the month from which
their registration counts; households that lost their home are urgent.

Source: E079 (lottery, registration), wait_hr (urgency), plan_share_model (people from institutions).
"""

from typing import Literal

import numpy as np

from abm.engine.clock import MONTHS, NEVER
from abm.engine.draws import Draws
from abm.engine.kernels import members_of
from abm.engine.needs import Need
from abm.engine.params import ProcessParams, param
from abm.engine.queues import waiting
from abm.engine.table import NO_ROW, written
from abm.engine.together import Whole
from abm.homes import moves
from abm.homes.dwellings import SIZES, cell_of, needed_by
from abm.homes.letting_rules import IN_LINE, LINES, Asking, Newcomers, by_rule, shares
from abm.homes.queue_kernels import first_in_line
from abm.homes.tenancies import looking
from abm.state import State
from abm.tables.homes import Rule, Search
from abm.tables.people import Role, Stage

WRITES = written(
    moves.MOVE_IN,
    moves.MOVE_ON,
    "seekers.search",
    "seekers.ended",
    "seekers.rule",
    "households.registered",
    "municipalities.vacant_small",
    "municipalities.vacant_middle",
    "municipalities.vacant_large",
    "municipalities.let_in_line",
)
EVENTS = {"let": "seekers", "housed": "households", "moved_on": "households", "left_by_queue": "households"}
_ROUNDING = 1e-9  # parts of homes add up to a home but for this


class Params(ProcessParams):
    """Shares of the rules of letting, and how they work."""

    TOGETHER = (
        Whole(
            "homes by rule of letting",
            ("urgency_share", "institutions_share", "target_share", "lottery_share"),
            "homes let by registration",
        ),
    )

    urgency_share: float = param(
        0.2, "share", 0, 1, "wait_hr: 28% for groups with priority, status holders among them",
        "homes for urgent seekers, of those not let to status holders by priority", lever=True,
    )  # fmt: skip
    institutions_share: float = param(
        0.0, "share", 0, 1, "plan_share_model", "homes for people from shelter, care or reception", lever=True
    )
    target_share: float = param(
        0.0, "share", 0, 1, "plan_share_model", "homes for young people, newcomers or not", lever=True
    )
    lottery_share: float = param(0.1, "share", 0, 1, "E079: within 5 to 30%", "homes let by lottery", lever=True)
    registration_from: Literal["coupling", "permit", "arrival"] = param(
        "coupling", "choice", None, None, "plan_share_model",
        "event from which newcomers without priority count as registered", lever=True,
        needs=(Need("policy.housing.priority_ban", one_of=(True,)),),
    )  # fmt: skip
    young: float = param(28, "years", 18, 35, "assumption", "age below which people are in the target group")
    taking: float = param(
        0.5, "share", 0.05, 1, "assumption", "seekers at the front of a list who respond to a home and take it"
    )
    list_length: float = param(6, "persons", 1, 100, "assumption", "seekers whom a landlord asks for a home")


def newcomers_in_line(state: State, params: Params) -> Newcomers:
    """Newcomers who wait for a home without priority, or look for another; registers those new on the list."""
    households, month = state.households, state.clock.month
    rows = waiting(households.stage, households.since, Stage.AWAITING_HOME, month)
    rows = np.append(rows[~households.priority[rows]], looking(state))
    fresh = rows[households.registered[rows] == NEVER]
    start = {"coupling": households.coupled, "permit": households.granted, "arrival": households.applied}
    households.registered[fresh] = start[params.registration_from][fresh]
    young = led_by_young(state, rows, params) if params.target_share else np.zeros(len(rows), bool)
    cell = cell_of(households.municipality[rows], needed_by(state, rows))
    housed, urgent = households.stage[rows] == Stage.HOUSED, households.urgent[rows] != NEVER
    since = np.where(housed, households.registered[rows], households.coupled[rows])
    since = np.where(urgent, households.urgent[rows], since)
    return Newcomers(rows, cell, since, households.registered[rows], young, housed, urgent)


def led_by_young(state: State, rows: np.ndarray, params: Params) -> np.ndarray:
    """Whether the lead of a household (rows, (n,)) is below the age of the target group, (n,) bool."""
    people, leads = state.newcomers, members_of(rows, state.newcomers.household)
    leads = leads[people.role[leads] == Role.LEAD]
    young = np.zeros(len(state.households), bool)
    young[people.household[leads]] = state.clock.month - people.born[leads] < params.young * MONTHS
    return young[rows]


def step(state: State, params: Params, draws: Draws) -> dict[str, np.ndarray]:
    """Let vacant homes, rule by rule."""
    of, seekers, month = state.municipalities, state.seekers, state.clock.month
    vacant = np.column_stack([of.vacant_small, of.vacant_middle, of.vacant_large])
    homes = np.floor(vacant + _ROUNDING).astype(np.int64).ravel()
    national = {
        Rule.URGENCY: params.urgency_share,
        Rule.INSTITUTIONS: params.institutions_share,
        Rule.TARGET_GROUP: params.target_share,
        Rule.LOTTERY: params.lottery_share,
    }
    given = by_rule(homes, shares(national, of.urgency_ratio, of.lottery_ratio), draws)
    asking = Asking(params.list_length, params.taking)
    newcomers = newcomers_in_line(state, params)
    housed, moved_on, left, let = [], [], [], []
    for number, rule in enumerate(IN_LINE):
        if not given[number].any():
            continue
        line = LINES[rule](state, newcomers, given[number], draws, asking)
        got = first_in_line(line.cell, line.key, given[number])
        who, home = line.who[got], line.cell[got] % SIZES
        if rule != Rule.REGISTRATION:  # homes that this rule could not let
            given[-1] += given[number]
            newcomers = newcomers.without(-1 - who[who < 0])
        regular, rows, home = who[who >= 0], -1 - who[who < 0], home[who < 0]
        seekers.search[regular] = Search.HOUSED
        seekers.ended[regular] = month
        seekers.rule[regular] = rule
        at_home = state.households.stage[rows] == Stage.HOUSED
        left.append(rows[at_home & (state.households.complex[rows] != NO_ROW)])
        moves.move_on(state, rows[at_home], home[at_home], rule)
        moved_on.append(rows[at_home])
        rows, home = rows[~at_home], home[~at_home]
        moves.move_in(state, rows, state.households.municipality[rows], rule, home)
        housed.append(rows)
        let.append(regular)
    count = (homes - given[-1]).reshape(-1, SIZES)
    of.let_in_line[:] += count.sum(axis=1)
    small, middle, large = np.maximum(vacant - count, 0).T
    of.vacant_small[:], of.vacant_middle[:], of.vacant_large[:] = small, middle, large
    none = np.empty(0, np.int64)
    found = {"let": let, "housed": housed, "moved_on": moved_on, "left_by_queue": left}
    return {event: np.concatenate([none, *rows]) for event, rows in found.items()}
