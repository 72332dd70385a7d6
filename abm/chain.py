"""The chain: the processes of a month, in order. Read this first.

Each process is a module with a docstring (the rule and its source), `WRITES` (the columns it may change), `EVENTS`
(its events, and the table whose rows they happen to), `Params` (its numbers, each with unit, bounds and source) and
`step(state, params, draws)`, which returns the rows that each event happened to. A process uses last month's values of
other processes wherever the order within a month would matter.
"""

from collections.abc import Mapping
from time import perf_counter

import numpy as np

from abm.asylum import (
    arrival,
    coupling,
    decision,
    hosts,
    leaving,
    placement,
    protection,
    reception,
    reunion,
    screening,
    status,
)
from abm.civic import (
    activities,
    integration,
    learning,
    participation,
    wellbeing,
)
from abm.engine.draws import Draws
from abm.engine.errors import BooksError
from abm.engine.params import ProcessParams
from abm.finance import contribution, money
from abm.homes import (
    building,
    country,
    deaths,
    emigration,
    housing,
    interim,
    joining,
    leases,
    lettings,
    moving,
    onward,
    parting,
    seeking,
    starter_homes,
)
from abm.jobs import employers, guidance, income, work
from abm.people import births, naturalisation, profile
from abm.residents import support
from abm.state import Events, State, may_move

CHAIN = (
    arrival,  # people apply for asylum
    births,  # children are born, and join the household of their mother
    deaths,  # newcomers who have a home die, and who is left keeps the home
    protection,  # people from Ukraine arrive under temporary protection, and leave
    screening,  # the registration centre screens applicants and chooses their track
    placement,  # everyone in reception gets a place
    hosts,  # status holders stay with hosts for some months
    decision,  # the immigration service and the courts decide
    reception,  # reception locations open and close
    status,  # permit holders enter the population register
    coupling,  # permit holders are tied to a municipality
    country,  # households of the rest of the country grow, and homes are built for them
    housing,  # homes become vacant, and status holders have priority up to a ceiling
    interim,  # municipalities take status holders into interim places
    building,  # corporations plan and build starter homes
    seeking,  # other households begin and stop looking for a home
    leases,  # temporary leases of private landlords end
    parting,  # couples part, and one of them looks for a home
    lettings,  # the remaining vacancies are let, by the rules of letting
    starter_homes,  # starter homes are let, and their tenants move on to lasting homes
    joining,  # families move in with their sponsors if the home is large enough
    reunion,  # sponsors apply for their families, which wait, travel and arrive
    leaving,  # rejected and closed applicants leave
    moving,  # housed households move to another municipality
    emigration,  # housed households leave the country
    onward,  # households that earn enough move on to middle rent, or buy a home
    profile,  # adults of working age get a profile, and exemptions are assessed
    integration,  # routes, plans and duties of civic integration begin and end
    naturalisation,  # permit holders who passed civic integration become Dutch
    participation,  # language classes are attended, within the capacity of teachers
    activities,  # adults take part in volunteering, internships, unpaid work and training
    learning,  # adults learn Dutch, and disengagement grows in idle months
    guidance,  # job coaches guide adults, and diplomas are recognised
    employers,  # employers open vacancies, and their trust in newcomers changes
    work,  # people find and lose jobs
    income,  # net wages are computed, and social assistance supplements them
    contribution,  # households that work in reception pay a contribution, or save
    wellbeing,  # mental wellbeing of adults changes
    support,  # support of residents for reception changes, with its effects
    money,  # payments are booked: payer, payee, purpose
)


def name(process) -> str:
    """Name of a process: 'abm.asylum.arrival' -> 'arrival'."""
    return process.__name__.rpartition(".")[2]


def gathered(chain: tuple) -> dict[str, str]:
    """Events of a chain and their tables. Raises TypeError for an unknown table, or where two processes differ."""
    found: dict[str, str] = {}
    for process in chain:
        for event, table in getattr(process, "EVENTS", {}).items():
            if table not in State.names() or found.setdefault(event, table) != table:
                raise TypeError(
                    f"{name(process)}: EVENTS: '{event}' happens to rows of '{table}': "
                    "name a table of the state, the same one in every process"
                )
    return found


EVENTS = gathered(CHAIN)


def turn(
    state: State,
    params: Mapping[str, ProcessParams],
    seed: int,
    chain: tuple = CHAIN,
    spent: dict[str, float] | None = None,
) -> Events:
    """Simulate one month and return its events; adds the seconds per process to `spent`. Raises BooksError."""
    events: Events = {}
    with state.shut():
        for process in chain:
            began, key, writes = perf_counter(), name(process), tuple(process.WRITES)
            before = state.households.stage.copy() if may_move(writes) else None
            opened = state.open(writes)
            found = process.step(state, params.get(key), Draws(seed, key, state.clock.month))
            for table in opened:
                table.shut()
            if unknown := found.keys() - getattr(process, "EVENTS", found):
                raise BooksError(f"{key}: '{min(unknown)}' happened and is not among its EVENTS")
            for event, rows in found.items():
                events[event] = np.append(events[event], rows) if event in events else rows  # of two processes
            if before is not None:
                state.check_moves(key, before)
            if spent is not None:
                spent[key] = spent.get(key, 0.0) + perf_counter() - began
    state.check()
    state.clock.month += 1
    return events
