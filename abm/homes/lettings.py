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

from collections import namedtuple
from typing import Literal

import numpy as np

from abm.engine.clock import MONTHS, NEVER
from abm.engine.draws import Draws
from abm.engine.kernels import flagged, kernel, members_of, whole_words
from abm.engine.needs import Need
from abm.engine.params import ProcessParams, param
from abm.engine.table import NO_ROW, UNSET, written
from abm.engine.together import Whole
from abm.homes import moves
from abm.homes.dwellings import SIZES, cell_number, persons_needed
from abm.homes.letting_rules import IN_LINE, LINES, Asking, Lines, Newcomers, by_rule, shares
from abm.homes.queue_kernels import cells_searched
from abm.homes.tenancies import looks
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
_HOUSED, _AWAITING_HOME = int(Stage.HOUSED), int(Stage.AWAITING_HOME)
NOBODY = np.empty(0, np.int64)
InLine = namedtuple(
    "InLine",
    "stage since priority tenure crowded urgent registered complex sponsor size reunion family_abroad municipality "
    "coupled lottery",
)


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
    households = state.households
    start = {"coupling": households.coupled, "permit": households.granted, "arrival": households.applied}
    rows, registered, *others = in_line(households, start[params.registration_from], state.clock.month)
    households.registered[rows] = registered
    young = led_by_young(state, rows, params) if params.target_share else np.zeros(len(rows), bool)
    return Newcomers(rows, registered, young, *others)


@kernel
def in_line(households: InLine, start, month):
    """Fields of Newcomers but `young`: of those who wait without priority, then of those who look for another home.

    households: whole columns; start: month from which those who are not registered yet are from now on. Households
    with a home need another one since registration, urgent ones since they became urgent.
    """
    of = households
    waiting = np.empty(whole_words(len(of.stage)), np.bool_)
    waiting[len(of.stage) :] = False
    looking, this_month = waiting.copy(), of.since.dtype.type(month)  # as narrow as the column
    for i in range(len(of.stage)):
        waiting[i] = (of.stage[i] == _AWAITING_HOME) & (of.since[i] < this_month) & (not of.priority[i])
    for i in range(len(of.stage)):  # a loop each: a processor does many rows of one flag at once
        looking[i] = looks(of, i)
    rows = np.append(flagged(waiting), flagged(looking))
    cell, since, registered = np.empty(len(rows), np.int64), of.since[rows], of.registered[rows]
    persons = persons_needed(rows, of.size, of.sponsor, of.reunion, of.family_abroad)
    housed, urgent = of.stage[rows] == _HOUSED, of.urgent[rows] != NEVER
    for k in range(len(rows)):
        i = rows[k]
        if registered[k] == NEVER:
            registered[k] = start[i]
        cell[k] = cell_number(of.municipality[i], persons[k])
        since[k] = registered[k] if housed[k] else of.coupled[i]
        since[k] = of.urgent[i] if urgent[k] else since[k]
    return rows, registered, cell, since, of.lottery[rows], housed, urgent, np.full(len(rows), UNSET, np.int8)


def led_by_young(state: State, rows: np.ndarray, params: Params) -> np.ndarray:
    """Whether the lead of a household (rows, (n,)) is below the age of the target group, (n,) bool."""
    people, leads = state.newcomers, members_of(rows, state.newcomers.household)
    leads = leads[people.role[leads] == Role.LEAD]
    young = np.zeros(len(state.households), bool)
    young[people.household[leads]] = state.clock.month - people.born[leads] < params.young * MONTHS
    return young[rows]


def national_shares(params: Params) -> dict[Rule, float]:
    """Share of the homes that each rule lets in the country; the rest goes by registration."""
    return {
        Rule.URGENCY: params.urgency_share,
        Rule.INSTITUTIONS: params.institutions_share,
        Rule.TARGET_GROUP: params.target_share,
        Rule.LOTTERY: params.lottery_share,
    }


def let_to(state: State, lines: Lines, rows: np.ndarray, who: np.ndarray, rule: Rule) -> None:
    """Note the rule by which homes were let to seekers (rows) and newcomers (places in line), who leave the lines."""
    seekers = state.seekers
    seekers.search[rows], seekers.ended[rows], seekers.rule[rows] = Search.HOUSED, state.clock.month, rule
    lines.cell[rows], lines.newcomers.rule[who] = len(state.municipalities) * SIZES, rule


def let_to_newcomers(state: State, newcomers: Newcomers, who: list[np.ndarray]) -> dict[str, np.ndarray]:
    """Let those move who got a home, places in line per rule; returns what happened."""
    households, housed, moved_on = state.households, [NOBODY], [NOBODY]
    for each in who:
        moved_on.append(each[newcomers.housed[each]])
        first = each[~newcomers.housed[each]]
        if len(first):
            housed.append(newcomers.rows[first])
            town, home = np.divmod(newcomers.cell[first], SIZES)
            moves.move_in(state, housed[-1], town, newcomers.rule[first], home)
    on = np.concatenate(moved_on)
    rows = newcomers.rows[on]
    left = rows[households.complex[rows] != NO_ROW]
    moves.move_on(state, rows, newcomers.cell[on] % SIZES, newcomers.rule[on])
    return {"housed": np.concatenate(housed), "moved_on": rows, "left_by_queue": left}


def step(state: State, params: Params, draws: Draws) -> dict[str, np.ndarray]:
    """Let vacant homes, rule by rule."""
    of, seekers, let, who = state.municipalities, state.seekers, [NOBODY], []
    vacant = np.array([of.vacant_small, of.vacant_middle, of.vacant_large]).T
    homes = np.floor(vacant + _ROUNDING).astype(np.int64).ravel()
    given = by_rule(homes, shares(national_shares(params), of.urgency_ratio, of.lottery_ratio), draws)
    cell = cells_searched(seekers.search, seekers.municipality, seekers.size, len(homes))
    lines, asking = Lines(cell, newcomers_in_line(state, params)), Asking(params.list_length, params.taking)
    some = given.any(axis=1).tolist()
    for number, rule in enumerate(IN_LINE):
        if some[number] or rule is Rule.REGISTRATION:
            rows, places = LINES[rule](state, lines, given[number], draws, asking)
            let_to(state, lines, rows, places, rule)
            let.append(rows)
            who.append(places)
            if rule is not Rule.REGISTRATION:  # homes that this rule could not let
                given[-1] += given[number]
    count = (homes - given[-1]).reshape(-1, SIZES)
    of.let_in_line[:] += count.sum(axis=1)
    of.vacant_small[:], of.vacant_middle[:], of.vacant_large[:] = np.maximum(vacant - count, 0).T
    return {"let": np.concatenate(let)} | let_to_newcomers(state, lines.newcomers, who)
