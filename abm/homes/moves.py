"""Changes of home of households, each with the columns that it writes; nothing else gives or takes a home.

move_in        leaves reception for a home, which counts for the task of the municipality
move_on        leaves its home for another one in the municipality
move_away      leaves its home for one in another municipality
lose_home      has no home any more, and needs one at once
keep_home      a family keeps the home that its sponsor leaves to it
becomes_urgent needs another home at once, and is registered for it
leave_country  gives up its home and is no longer registered; also where the last member dies
crowds         its home became too small, so the household registers for a larger one
fits_again     its home is large enough again
enter, leave   units of a complex of starter homes

A family that joined its sponsor lives, and moves, with the sponsor.
"""

import numpy as np

from abm.engine.clock import NEVER
from abm.engine.kernels import kernel
from abm.engine.table import NO_ROW, UNSET
from abm.homes.dwellings import home_size, needed_by
from abm.homes.tenancies import with_families
from abm.state import State
from abm.tables.homes import Rule, Tenure
from abm.tables.people import Stage

_CORPORATION, _PRIVATE = int(Tenure.CORPORATION), int(Tenure.PRIVATE)  # members take NumPy longer
LEAVE = ("households.complex", "complexes.newcomers")
ENTER = ("households.complex", "households.home", "complexes.newcomers")
MOVE_IN = (
    "households.stage",
    "households.since",
    "households.location",
    "households.municipality",
    "households.housed",
    "households.moved_in",
    "households.rule",
    "households.home",
    "households.tenure",
    "municipalities.balance",
    "municipalities.placed",
)
_ANOTHER_HOME = (
    *LEAVE,
    "households.home",
    "households.tenure",
    "households.moved_in",
    "households.crowded",
    "households.urgent",
    "households.interim",
    "households.homeless",
)
MOVE_ON = (*_ANOTHER_HOME, "households.rule")
MOVE_AWAY = (
    *_ANOTHER_HOME,
    "households.municipality",
    "households.came_from",
    "households.moved_out",
    "households.registered",
)
LOSE_HOME = (
    *LEAVE,
    "households.home",
    "households.crowded",
    "households.homeless",
    "households.urgent",
    "households.registered",
)
KEEP_HOME = (
    "households.sponsor",
    "households.home",
    "households.tenure",
    "households.rule",
    "households.moved_in",
    "households.coupled",  # from which the registration of a tenant of others than corporations may count
    "households.registered",
    "households.crowded",
    "households.urgent",
    "households.complex",
)
LEAVE_COUNTRY = (
    *_ANOTHER_HOME,
    "households.stage",
    "households.since",
    "households.registered",
)
BECOMES_URGENT = ("households.urgent", "households.registered")
CROWDS = ("households.crowded", "households.registered")


def move_in(state: State, rows: np.ndarray, municipality: np.ndarray, rule=UNSET, home=UNSET) -> None:
    """Let households leave reception for a home in a municipality, which counts for its task.

    rule: by which each home was let; home: its HomeSize; (n,) or one for all, UNSET for families that join a sponsor.
    Homes found outside corporations have tenure PRIVATE.
    """
    if not len(rows):
        return
    households, of, month = state.households, state.municipalities, state.clock.month
    households.enter(rows, Stage.HOUSED, month)
    households.housed[rows] = households.moved_in[rows] = month
    households.location[rows] = NO_ROW
    households.municipality[rows] = municipality
    households.rule[rows] = int(rule) if isinstance(rule, int) else rule
    households.home[rows] = home
    households.tenure[rows] = _PRIVATE if rule is Rule.PRIVATE else _CORPORATION
    _count(rows, households.municipality, households.size, state.scale, of.balance, of.placed)


@kernel(writes=("balance", "placed"))
def _count(rows, municipality, size, scale, balance, placed):
    """Count persons of households (rows) who got a home; municipality, size: whole columns."""
    count = np.zeros(len(balance))
    for i in rows:
        count[municipality[i]] += size[i]
    for town in np.flatnonzero(count):
        balance[town] += count[town] / scale
        placed[town] += count[town] / scale


def move_on(state: State, rows: np.ndarray, home: np.ndarray, rule=UNSET, tenure=_CORPORATION) -> None:
    """Let housed households move to another home (HomeSize, (n,)) in their municipality, let by a rule.

    A starter home becomes vacant. Any other home that they leave is among the vacancies by turnover of the stock.
    """
    people = state.households
    if not len(rows):
        return
    leave(state, rows)
    people.homeless[with_families(state, rows[people.homeless[rows] != NEVER])] = NEVER
    people.home[rows], people.rule[rows], people.tenure[rows] = home, rule, tenure
    people.moved_in[rows] = state.clock.month
    people.crowded[rows], people.urgent[rows], people.interim[rows] = False, NEVER, NEVER


def move_away(state: State, rows: np.ndarray, to: np.ndarray) -> None:
    """Let households, rows (n,) with the families that joined them, move to a home in a municipality, to (n,).

    Tenants with a lasting home of a corporation rent from others there, and are registered since they moved into that
    home; those of a starter home or interim place keep their registration. The size of the new home is not known.
    """
    people, month = state.households, state.clock.month
    if not len(rows):
        return
    heads = rows[people.sponsor[rows] == NO_ROW]
    tenants = heads[people.tenure[heads] == _CORPORATION]
    lasting = tenants[(people.complex[tenants] == NO_ROW) & (people.interim[tenants] == NEVER)]
    leave(state, heads)
    people.came_from[rows] = people.municipality[rows]
    people.municipality[rows] = to
    people.moved_out[rows] = month
    people.tenure[tenants], people.registered[lasting] = _PRIVATE, people.moved_in[lasting]
    people.moved_in[rows] = month
    people.home[rows], people.crowded[rows] = UNSET, False
    people.urgent[rows] = people.homeless[rows] = people.interim[rows] = NEVER


def lose_home(state: State, rows: np.ndarray) -> None:
    """Let households (not families that joined them) lose their home without a next one, and become urgent."""
    people, month = state.households, state.clock.month
    if not len(rows):
        return
    leave(state, rows)
    people.homeless[with_families(state, rows)] = month
    people.home[rows], people.crowded[rows] = UNSET, False
    people.urgent[rows] = month
    people.registered[rows[people.registered[rows] == NEVER]] = month


def keep_home(state: State, families: np.ndarray) -> None:
    """Let families, one of each sponsor, keep the home of the sponsor as households of their own; nobody moves yet."""
    people = state.households
    if not len(families):
        return
    sponsors = people.sponsor[families].astype(np.int64)
    for name in KEEP_HOME[1:]:
        column = getattr(people, name.removeprefix("households."))
        column[families] = column[sponsors]
    people.sponsor[families] = people.complex[sponsors] = NO_ROW
    people.urgent[sponsors], people.registered[sponsors] = NEVER, NEVER
    fits_again(state, families)


def leave_country(state: State, heads: np.ndarray, rows: np.ndarray, stage: Stage) -> None:
    """Let households (heads) and the families that joined them (rows holds all) leave: a stage of GONE.

    A starter home becomes vacant. Any other home is among the vacancies by turnover of the stock. They keep the
    municipality where they lived: what happened to them there this month is counted there.
    """
    people = state.households
    if not len(rows):
        return
    leave(state, heads)
    people.enter(rows, stage, state.clock.month)
    people.home[rows], people.crowded[rows] = UNSET, False
    for column in (people.urgent, people.homeless, people.interim, people.registered):
        column[rows] = NEVER


def becomes_urgent(state: State, rows: np.ndarray) -> None:
    """Mark households as urgent and registered from this month, unless they already were."""
    if not len(rows):
        return
    for column in (state.households.urgent, state.households.registered):
        column[rows[column[rows] == NEVER]] = state.clock.month


def crowds(state: State, rows: np.ndarray) -> None:
    """Mark those of the households (rows) as crowded whose home is too small since a family or a child came.

    They register for a larger home this month, unless they were already on a list. A home of unknown size is assumed to
    fit.
    """
    people = state.households
    known = rows[people.home[rows] != UNSET]
    if not len(known):
        return
    crowded = known[home_size(needed_by(state, known)) > people.home[known]]
    fresh = crowded[~people.crowded[crowded]]
    people.crowded[fresh] = True
    people.registered[fresh[people.tenure[fresh] != _PRIVATE]] = state.clock.month


def fits_again(state: State, rows: np.ndarray) -> None:
    """Mark those of the households (rows) as not crowded whose home fits since somebody left."""
    people = state.households
    crowded = rows[people.crowded[rows]]
    if not len(crowded):
        return
    people.crowded[crowded[home_size(needed_by(state, crowded)) <= people.home[crowded]]] = False


def enter(state: State, rows: np.ndarray, complexes: np.ndarray, size: np.ndarray) -> None:
    """Give households units of complexes, (n,) each: as many as a home of their size class takes."""
    people, of = state.households, state.complexes
    people.complex[rows] = complexes
    people.home[rows] = size
    of.newcomers[:] += np.bincount(complexes, size.astype(np.int64) + 1, len(of)).astype(np.int32)


def leave(state: State, rows: np.ndarray) -> None:
    """Let households (not families that joined them) leave their starter homes; linked units are single ones again."""
    people, of = state.households, state.complexes
    rows = rows[people.complex[rows] != NO_ROW]
    if not len(rows):
        return
    of.newcomers[:] -= np.bincount(people.complex[rows], people.home[rows] + 1, len(of)).astype(np.int32)
    people.complex[with_families(state, rows)] = NO_ROW
