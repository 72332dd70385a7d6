"""The chain: what happens in a month, in order. Read this first.

Each process is a module with a docstring (the rule and its source), `WRITES` (the columns it may change), `EVENTS`
(what can happen in it, and to rows of which table), `Params` (its numbers, each with unit, bounds and source) and
`step(state, params, draws)`, which returns the rows that each event happened to.
What crosses from one process to another uses last month's values wherever order inside a month would matter.
"""

from collections.abc import Mapping
from time import perf_counter

import numpy as np

from abm.asylum import (
    arrival,
    coupling,
    decision,
    leaving,
    placement,
    protection,
    reception,
    reunion,
    screening,
    status,
)
from abm.civic import activities, integration, learning, participation, wellbeing
from abm.engine.draws import Draws
from abm.engine.errors import BooksError
from abm.engine.params import ProcessParams
from abm.finance import contribution, money
from abm.homes import building, housing, interim, joining, leases, lettings, moving, onward, seeking, starter_homes
from abm.jobs import employers, guidance, income, work
from abm.people import profile
from abm.residents import support
from abm.state import Events, State

CHAIN = (
    arrival,  # people apply for asylum
    protection,  # people from Ukraine come under temporary protection, and leave
    screening,  # the registration centre estimates chances
    placement,  # everyone in reception gets a place
    decision,  # the immigration service and the courts decide
    reception,  # locations open and close
    status,  # permit holders enter the population register
    coupling,  # permit holders are tied to a municipality
    housing,  # homes fall free, and status holders come first up to a ceiling
    interim,  # municipalities take status holders into interim places
    building,  # corporations plan and build starter homes
    seeking,  # others look for a home
    leases,  # leases of private landlords end
    lettings,  # the other homes are let, by the rules of letting
    starter_homes,  # starter homes are let, and lead on to a home
    joining,  # families move in with their sponsors, if the home fits
    reunion,  # families apply, wait, travel and arrive
    leaving,  # who may not stay leaves
    moving,  # housed households move to another municipality
    onward,  # who earns enough moves on to middle rent, or buys a home
    profile,  # who is of working age, with which schooling, and who is exempt
    integration,  # routes and plans of civic integration: who is asked, from when, until when
    participation,  # language classes, as far as teachers go
    activities,  # volunteering, internships, unpaid work, training
    learning,  # Dutch, and what months without anything to do leave behind
    guidance,  # job coaches, and diplomas
    employers,  # vacancies, and trust in newcomers
    work,  # people find jobs and lose them
    income,  # wages become net, and social assistance makes up what is missing
    contribution,  # who works in reception contributes, or saves
    wellbeing,  # how adults are
    support,  # how residents think of it, and what that does
    money,  # what it costs, from whom to whom
)


def name(process) -> str:
    """Name of a process: 'abm.asylum.arrival' -> 'arrival'."""
    return process.__name__.rpartition(".")[2]


def gathered(chain: tuple) -> dict[str, str]:
    """The table of each event of some processes. Raises TypeError where it is no table, or two processes differ."""
    found: dict[str, str] = {}
    for process in chain:
        for event, table in getattr(process, "EVENTS", {}).items():
            if table not in State.names() or found.setdefault(event, table) != table:
                raise TypeError(f"{name(process)}: EVENTS: '{event}' happens to rows of '{table}', which is not so")
    return found


EVENTS = gathered(CHAIN)


def turn(
    state: State,
    params: Mapping[str, ProcessParams],
    seed: int,
    chain: tuple = CHAIN,
    spent: dict[str, float] | None = None,
) -> Events:
    """Simulate one month and return its events. Adds seconds per process to `spent`. Raises BooksError."""
    events: Events = {}
    with state.shut():
        for process in chain:
            began, key = perf_counter(), name(process)
            moves = not {"households", "households.stage"}.isdisjoint(process.WRITES)
            before = state.households.stage.copy() if moves else None
            with state.writing(process.WRITES):
                found = process.step(state, params.get(key), Draws(seed, key, state.clock.month))
            if unknown := found.keys() - getattr(process, "EVENTS", found):
                raise BooksError(f"{key}: '{min(unknown)}' happened and is not among its EVENTS")
            for event, rows in found.items():
                events[event] = np.append(events[event], rows) if event in events else rows  # of two processes
            if moves:
                state.check_moves(key, before)
            if spent is not None:
                spent[key] = spent.get(key, 0.0) + perf_counter() - began
    state.check()
    state.clock.month += 1
    return events
