"""Newcomers who have a home die at the rates of the country, by age and sex, and who is left keeps the home.

Once a year, in the month of birth, a person dies with the yearly probability that the published survival over ten years
gives. In a household of more persons the others stay: the partner, or else the oldest, becomes its lead. Where the last
member dies and a family had joined, the family keeps the home; else the home comes free like that of a household that
leaves the country. Nobody is counted here while in reception or under temporary protection, nor the last member of a
household that waits for a family. At most one person of a household dies in a month.

Source: cbs_survival_2019 (survival over ten years by age and sex); rates of the origins are not published.
"""

from collections import namedtuple

import numpy as np

from abm.engine.clock import MONTHS
from abm.engine.compiled import njit
from abm.engine.draws import Address, Draws
from abm.engine.kernels import flagged, kernel, members_of, whole_words, whole_years
from abm.engine.params import ProcessParams, param
from abm.engine.table import NO_ROW, written
from abm.facts.facts import Inputs
from abm.homes import moves
from abm.homes.drawn import drawn
from abm.homes.tenancies import awaited, with_families
from abm.state import State
from abm.tables.people import Role, Stage

WRITES = written(moves.LEAVE_COUNTRY, "households", "newcomers.household", "newcomers.role")
EVENTS = {"died": "households"}
_YEARS, _HOUSED = 10, int(Stage.HOUSED)  # years of a class of age
_DEAD = np.uint64(1 << 62)  # in the identity of the household of who died in a larger one
Persons = namedtuple("Persons", "born household identity female")


class Params(ProcessParams):
    """The rate of deaths."""

    ratio: float = param(
        1, "ratio", 0, 3, "assumption: rates of the country", "probability to die, over that of people of the same age"
    )


@njit
def birthdays(born, household, stage, month):
    """Rows, (n,) int64, of persons with a home who were born in this month of a year; whole columns."""
    flag = np.empty(whole_words(len(born)), np.bool_)
    flag[len(born) :] = False
    for i in range(len(born)):
        flag[i] = whole_years(month - born[i])
    found, count = flagged(flag), 0
    for i in found:
        found[count] = i
        count += stage[np.uint64(household[i])] == _HOUSED  # unsigned: no check for a negative index
    return found[:count].copy()


@kernel
def would_die(people: Persons, stage, month, address: Address, yearly):
    """Rows, (n,) int64, of persons with a home who die this month but for what holds for their households.

    yearly (sex, ages): probability to die within a year, by ten years of age.
    """
    rows, count = birthdays(people.born, people.household, stage, month), 0
    u = drawn(people.identity, rows, address)
    for k in range(len(rows)):
        i = rows[k]
        age = min((month - people.born[i]) // (MONTHS * _YEARS), yearly.shape[1] - 1)
        rows[count] = i
        count += u[k] < yearly[np.int64(people.female[i]), max(age, 0)]
    return rows[:count].copy()


def dying_of_all(inputs: Inputs) -> np.ndarray:
    """Share of men and of women in the country who die within a year, by ten years of age, (2, ages)."""
    return 1 - inputs.survival ** (1 / _YEARS)


def dying(state: State, params: Params, draws: Draws) -> np.ndarray:
    """Rows of the persons who die this month, (n,) int64."""
    people, households, month = state.newcomers, state.households, state.clock.month
    yearly = np.minimum(params.ratio * state.inputs.kept(dying_of_all), 1)
    rows = would_die(people, households.stage, month, draws.address("dies"), yearly)
    if not len(rows):
        return rows
    of = people.household[rows]
    waits = (households.family_abroad[of] > 0) | awaited(households.sponsor, households.location)[of]
    rows = rows[(households.size[of] > 1) | ~waits]
    return rows[np.unique(people.household[rows], return_index=True)[1]]


def leave_others(state: State, draws: Draws, rows: np.ndarray) -> np.ndarray:
    """Take persons (rows) out of households in which others are left; returns the rows of households for them."""
    people, households = state.newcomers, state.households
    if not len(rows):
        return rows
    of = people.household[rows].astype(np.int64)
    households.size[of] -= 1
    identity = people.identity[rows] | _DEAD
    gone = households.add(
        len(rows), identity=identity, lottery=draws.order("lottery", identity), origin=households.origin[of],
        stage=Stage.DIED, since=state.clock.month, municipality=households.municipality[of],
        applied=households.applied[of], granted=households.granted[of],
    )  # fmt: skip
    people.household[rows] = gone
    succeed(state, of[people.role[rows] == Role.LEAD])
    people.role[rows] = Role.LEAD
    return gone


def succeed(state: State, rows: np.ndarray) -> None:
    """Give households (rows) without a lead another one: the partner, or else the oldest."""
    if not len(rows):
        return
    people, members = state.newcomers, members_of(rows, state.newcomers.household)
    order = np.lexsort((people.born[members], people.role[members] != Role.PARTNER, people.household[members]))
    members = members[order]
    first = np.unique(people.household[members], return_index=True)[1]
    people.role[members[first]] = Role.LEAD


def leave_families(state: State, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Let families take the place of the sponsors whose last member dies (persons, rows).

    Returns the persons without such a family, and the rows of households of the others.
    """
    people, households = state.newcomers, state.households
    of = people.household[rows].astype(np.int64)
    if not len(rows):
        return rows, of
    joined = with_families(state, of)[len(of) :]
    sponsor, first = np.unique(households.sponsor[joined], return_index=True)
    some = np.isin(of, sponsor)
    heads = of[some]
    families = joined[first][np.searchsorted(sponsor, heads)]
    members = members_of(families, people.household)
    people.household[members] = households.sponsor[people.household[members]]
    people.household[rows[some]] = families
    households.size[heads], households.size[families] = households.size[families], 1
    households.sponsor[families], households.complex[families] = NO_ROW, NO_ROW
    return rows[~some], families


def step(state: State, params: Params, draws: Draws) -> dict[str, np.ndarray]:
    """Let newcomers with a home die."""
    people, households = state.newcomers, state.households
    rows = dying(state, params, draws)
    if not len(rows):
        return {"died": rows}
    alone = households.size[people.household[rows]] == 1
    last, families = leave_families(state, rows[alone])
    ended = np.append(people.household[last].astype(np.int64), families)
    moves.leave_country(state, ended, ended, Stage.DIED)
    state.households.sponsor[ended] = NO_ROW  # who is counted with a sponsor needs room in the home
    gone = leave_others(state, draws, rows[~alone])
    return {"died": np.append(ended, gone)}
