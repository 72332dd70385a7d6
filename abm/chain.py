"""The chain: what happens in a month, in order. Read this first.

Each process is a module with a docstring (the rule and its source), `WRITES` (the columns it may change), `Params`
(its numbers, each with unit, bounds and source) and `step(state, params, draws)`, which returns who it happened to.
What crosses from one process to another uses last month's values wherever order inside a month would matter.
"""

from collections.abc import Mapping
from time import perf_counter

from abm.draws import Draws
from abm.params import ProcessParams
from abm.processes import (
    arrival,
    contribution,
    coupling,
    decision,
    employers,
    guidance,
    housing,
    learning,
    leaving,
    money,
    moving,
    participation,
    placement,
    reception,
    reunion,
    screening,
    status,
    support,
    wellbeing,
    work,
)
from abm.state import Events, State

CHAIN = (
    arrival,  # people apply for asylum
    screening,  # the registration centre estimates chances
    placement,  # everyone in reception gets a place
    decision,  # the immigration service and the courts decide
    reception,  # locations open and close
    status,  # permit holders enter the population register
    coupling,  # permit holders are tied to a municipality
    housing,  # homes fall free and are let
    reunion,  # families apply, wait, travel and arrive
    leaving,  # who may not stay leaves
    moving,  # housed households move to another municipality
    participation,  # a profile, and language classes for whom they are offered
    learning,  # Dutch, and what months without anything to do leave behind
    guidance,  # job coaches, and diplomas
    employers,  # vacancies, and trust in newcomers
    work,  # people find jobs and lose them
    contribution,  # who works in reception contributes, or saves
    wellbeing,  # how adults are
    support,  # how residents think of it, and what that does
    money,  # what it costs, from whom to whom
)


def name(process) -> str:
    """Name of a process: 'abm.processes.arrival' -> 'arrival'."""
    return process.__name__.rpartition(".")[2]


def turn(
    state: State,
    params: Mapping[str, ProcessParams],
    seed: int,
    chain: tuple = CHAIN,
    spent: dict[str, float] | None = None,
) -> Events:
    """Simulate one month and return its events. Adds seconds per process to `spent`. Raises BooksError."""
    events: Events = {}
    for process in chain:
        began, key = perf_counter(), name(process)
        moves = not {"households", "households.stage"}.isdisjoint(process.WRITES)
        before = state.households.stage.copy() if moves else None
        with state.writing(process.WRITES):
            events |= process.step(state, params.get(key), Draws(seed, key, state.clock.month))
        if moves:
            state.check_moves(key, before)
        if spent is not None:
            spent[key] = spent.get(key, 0.0) + perf_counter() - began
    state.check()
    state.clock.month += 1
    return events
