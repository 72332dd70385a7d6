"""Permit holders are tied to a municipality by the half-year housing task.

Each half-year the State sets a national task, divided over municipalities by inhabitants. A municipality's balance is
the number of people it housed minus the number asked of it. A surplus carries over in full, a shortfall only as far as
people who are tied to the municipality are still waiting there. Each household is tied to the municipality that is
furthest behind per inhabitant, counting those already tied to it: within the region of its relatives if it has any,
and under the rule `region` otherwise within the region where it lives in reception. Until 2026-I the task is the one
that was set; after that it equals the number of people who got a permit in the last half-year.

Source: tasks, abm/facts/data/housing_tasks.csv; the key, taak_rule; balances of 2015, municipalities.csv.
"""

from collections import namedtuple
from typing import Literal

import numpy as np

from abm.engine.clock import half_year, starts_half_year
from abm.engine.draws import Draws
from abm.engine.kernels import kernel
from abm.engine.params import ProcessParams, param
from abm.engine.queues import waiting_key
from abm.engine.table import NO_ROW
from abm.state import State
from abm.tables.people import Stage

WRITES = (
    "households.stage",
    "households.since",
    "households.municipality",
    "households.coupled",
    "municipalities.task",
    "municipalities.balance",
    "municipalities.backlog",
    "municipalities.asked",
    "municipalities.placed",
    "nation.task_arrivals",
)
EVENTS = {"coupled": "households"}
_AWAITING_COUPLING, _AWAITING_HOME = int(Stage.AWAITING_COUPLING), int(Stage.AWAITING_HOME)
_HOUSED = int(Stage.HOUSED)  # compiled code wants ints


class Params(ProcessParams):
    """The rule by which permit holders are tied to municipalities."""

    rule: Literal["task", "region"] = param(
        "task", "choice", None, None, "taak_rule",
        "whether households are tied by the task alone, or within the region of their reception", lever=True,
    )  # fmt: skip


@kernel(writes=("behind",))
def tie(size, region_of, behind, population, region):
    """Municipality for each household in turn, (n,) int16: the one furthest behind per inhabitant.

    size [persons], region_of (region or NO_ROW): (n,); behind [persons at the scale of the run], population, region:
    (m,). `behind` falls in place by those tied.
    """
    found = np.empty(len(size), dtype=np.int16)
    for i in range(len(size)):
        best, most = NO_ROW, -np.inf
        for j in range(len(population)):
            if region_of[i] != NO_ROW and region[j] != region_of[i]:
                continue
            value = behind[j] / population[j]
            if value > most:
                most, best = value, j
        found[i] = best
        behind[best] -= size[i]
    return found


def carried_over(balance: np.ndarray, waiting: np.ndarray) -> np.ndarray:
    """Shortfall carried into the next half-year, (municipalities,) persons: at most the people who wait there."""
    return np.minimum(np.maximum(-balance, 0), waiting)


def set_task(state: State) -> None:
    """Set the task of this half-year for every municipality, by inhabitants, and subtract it from the balance."""
    municipalities, nation, tasks = state.municipalities, state.nation, state.inputs.tasks
    current = half_year(state.clock.month)
    national = tasks[current] if current < len(tasks) else nation.task_arrivals[0] / state.scale
    municipalities.backlog[:] = carried_over(municipalities.balance, tied_already(state) / state.scale)
    municipalities.balance[:] = np.maximum(municipalities.balance, 0) - municipalities.backlog
    municipalities.task[:] = national * municipalities.population_share
    municipalities.balance[:] -= municipalities.task
    municipalities.asked[:], municipalities.placed[:] = -municipalities.balance, 0.0
    nation.task_arrivals[0] = 0.0


def tied_already(state: State) -> np.ndarray:
    """Persons tied to each municipality who wait for a home there, (municipalities,)."""
    households = state.households
    return tied(households.stage, households.municipality, households.size, len(state.municipalities))


@kernel
def tied(stage, municipality, size, towns):
    """`tied_already`; stage, municipality and size: whole columns of households."""
    found = np.zeros(towns)
    for h in range(len(stage)):
        if stage[h] == _AWAITING_HOME:
            found[municipality[h]] += size[h]
    return found


Homes = namedtuple("Homes", "stage sponsor granted size")


@kernel
def in_register(households: Homes, last):
    """Rows, (n,) int64, of households that wait to be tied, and persons who got a permit in month `last`.

    Families go where their sponsor goes.
    """
    stage, sponsor, granted, size = households
    rows, count, persons = np.empty(len(stage), np.int64), 0, 0
    for h in range(len(stage)):
        persons += size[h] * ((granted[h] == last) & (stage[h] != _HOUSED))
        if stage[h] == _AWAITING_COUPLING and sponsor[h] == NO_ROW:
            rows[count] = h
            count += 1
    return rows[:count].copy(), persons


def step(state: State, params: Params, draws: Draws) -> dict[str, np.ndarray]:
    """Set the task when a half-year begins, then tie every household in the population register to a municipality."""
    households, municipalities, month = state.households, state.municipalities, state.clock.month
    if starts_half_year(month):
        set_task(state)
    rows, persons = in_register(households, month - 1)
    state.nation.task_arrivals[0] += persons
    rows = rows[np.argsort(waiting_key(households.granted[rows], households.lottery[rows]))]
    within = households.tie[rows]
    if params.rule == "region":
        within = np.where(within == NO_ROW, state.locations.region[households.location[rows]], within)
    behind = -municipalities.balance * state.scale - tied_already(state)
    population = municipalities.population.astype(np.float64)
    households.municipality[rows] = tie(households.size[rows], within, behind, population, municipalities.region)
    households.coupled[rows] = month
    households.enter(rows, Stage.AWAITING_HOME, month)
    return {"coupled": rows}
