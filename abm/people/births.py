"""Children are born to newcomers: the child joins the household of its mother.

Every month a woman of 18 to 45 in the Netherlands has a child with one hazard, whatever her origin, household and
stage: published rates do not distinguish these. The child shares the permit of its household, and its place or home. A
family that no longer fits in its reception location goes through the registration centre, and placement finds it
another one this month. Children who are born here grow up in Dutch: those of 2015 are of working age in 2033. People
from Ukraine are counted in the series of people under protection, children included.

Source: cbs_births_2022 (births per 1,000 women, standardised, of mothers who were born outside the Netherlands).
"""

from collections import namedtuple

import numpy as np

from abm.engine.clock import MONTHS, NEVER
from abm.engine.draws import Address, Draws, fill_uniform
from abm.engine.kernels import flagged, kernel, whole_words
from abm.engine.params import ProcessParams, param
from abm.engine.table import NO_ROW
from abm.people.household_formation import MOST_PERSONS
from abm.people.occupancy import people_at
from abm.state import State
from abm.tables.country import LIMITED, Kind
from abm.tables.people import GONE, Role, Stage

WRITES = ("newcomers", "households.size", "households.counted", "households.location", "households.moves")
EVENTS = {"born": "households", "born_with_permit": "households"}
_LIMITED = np.isin(np.arange(len(Kind)), LIMITED)
_COUNTED = ~np.isin(np.arange(len(Stage)), (*GONE, Stage.PROTECTED))
_WITH_PERMIT = np.isin(
    np.arange(len(Stage)), (Stage.AWAITING_REGISTRATION, Stage.AWAITING_COUPLING, Stage.AWAITING_HOME, Stage.HOUSED)
)


class Params(ProcessParams):
    """The rate of births, and the ages at which women have children."""

    rate: float = param(
        0.098, "births per woman/year", 0, 0.3,
        "cbs_births_2022|assumption: 75.6 per 1,000 women of 15 to 50, all of them to women of the ages below",
        "births a year per woman of the ages below: mothers born in Morocco, the highest of the published groups",
    )  # fmt: skip
    girls: float = param(0.488, "share", 0, 1, "assumption: 105 boys to 100 girls", "girls among the children")
    language: float = param(
        4,
        "CEFR level",
        0,
        5,
        "assumption: B2, after school in Dutch",
        "Dutch that children who are born here have at 18",
    )
    oldest: int = param(45, "years", 30, 50, "assumption", "age up to which women of 18 and more have children")


@kernel
def of_age(adult, female, born, first):
    """Rows, (n,) int64, of women among the adults who were born after month `first`; whole columns."""
    flag = np.empty(whole_words(len(born)), np.bool_)
    flag[len(born) :] = False
    earliest = born.dtype.type(first)  # as narrow as the column
    for i in range(len(born)):
        flag[i] = adult[i] & female[i] & (born[i] > earliest)
    return flagged(flag)


Women = namedtuple("Women", "adult female born identity")


@kernel
def giving_birth(people: Women, first, rate, address: Address):
    """Rows, (n,) int64, of the women who were born after month `first` to whom a child is born; rate: a month."""
    found, count = of_age(people.adult, people.female, people.born, first), 0
    u, who = np.empty(len(found)), np.empty(len(found), np.uint64)
    for k in range(len(found)):
        who[k] = people.identity[found[k]]
    month, stream, k0, k1 = address
    fill_uniform(u, who, month, stream, k0, k1)
    for k in range(len(found)):
        found[count] = found[k]
        count += u[k] < rate
    return found[:count].copy()


def mothers(state: State, params: Params, draws: Draws) -> np.ndarray:
    """Rows of the women, (n,) int64, who have a child this month; at most one of each household."""
    people, households, month = state.newcomers, state.households, state.clock.month
    first = month - params.oldest * MONTHS
    rows = giving_birth(people, first, params.rate / MONTHS, draws.address("birth"))
    of = people.household[rows]
    rows = rows[_COUNTED[households.stage[of]] & (households.counted[of] < MOST_PERSONS)]
    return rows[np.unique(people.household[rows], return_index=True)[1]]


def crowded_out(state: State, rows: np.ndarray) -> np.ndarray:
    """Those of the households (rows) in reception whose location has fewer places than people."""
    households, locations = state.households, state.locations
    where = households.location[rows]
    rows, where = rows[where != NO_ROW], where[where != NO_ROW]
    if not len(rows):
        return rows
    people = people_at(households.location, households.size, len(locations))[where]
    return rows[_LIMITED[locations.kind[where]] & (people > locations.places[where] * state.scale)]


def step(state: State, params: Params, draws: Draws) -> dict[str, np.ndarray]:
    """Let children be born this month, and families that no longer fit leave their reception location."""
    people, households = state.newcomers, state.households
    women = mothers(state, params, draws)
    rows = people.household[women].astype(np.int64)
    child = households.identity[rows] + households.counted[rows].astype(np.uint64)
    people.add(
        len(rows),
        identity=child,
        household=rows,
        role=Role.CHILD,
        female=draws.once("girl", child) < params.girls,
        born=state.clock.month,
        naturalised=np.where(people.naturalised[women] != NEVER, state.clock.month, NEVER),
        language=params.language,
    )
    households.size[rows] += 1
    households.counted[rows] += 1
    out = crowded_out(state, rows)
    households.location[out] = state.locations.first(Kind.REGISTRATION)
    return {"born": rows, "born_with_permit": rows[_WITH_PERMIT[households.stage[rows]]]}
