"""Some housed households move to another municipality every month.

    hazard = base x exp(b_D (urbanity - mean) - b_C (hours of class - usual) / 100 - b_J job - b_S school - b_K kin)
    destination: in proportion to inhabitants x (compatriots who live there + 1) ^ b_N

Urbanity runs from 1 (dense) to 5. Hours of class are the mean that the adults of a household have followed. A job
counts if it is in the region of the home, school if a child goes to school, kin if relatives live in that region.
Families that joined a sponsor move with the sponsor. Only the home moves: a move is no placement, so no balance of the
housing task changes. Movers do not wait for a home of a corporation: tenants rent a home that fits from others, and are
on the waiting list of their new municipality (lettings), registered since they moved into the home that they leave,
because its letting used up earlier registration. Tenants of starter homes and interim places keep their registration.
A starter home that they leave becomes vacant. A job in another region than the new home ends (see work).

Source: E092 (a sixth leaves in three years), E093 (spread over regions), E094 (half in ten years), E011 (classes).
"""

from collections import namedtuple

import numpy as np

from abm.engine.draws import Address, Draws
from abm.engine.kernels import flagged, kernel, whole_words
from abm.engine.params import ProcessParams, param
from abm.engine.table import NO_ROW, written
from abm.engine.together import Ordered
from abm.homes import moves
from abm.homes.drawn import below
from abm.people.working_age import YOUNGEST
from abm.state import State
from abm.tables.people import Stage

WRITES = written(
    moves.MOVE_AWAY,
    "newcomers.hours_followed",
)
EVENTS = {"moved_out": "households", "left_by_moving": "households"}
SCHOOL = 4 * 12  # age from which children go to school [months]
MARGIN = 1 + 1e-9  # more than rounding
_HOUSED = int(Stage.HOUSED)  # compiled code wants ints
HUNDRED = 100.0  # hours of class in which b_C counts


class Params(ProcessParams):
    """Rate of moves to other municipalities, and choice of destination."""

    TOGETHER = (Ordered("usual_hours", "most_hours"),)

    base: float = param(
        0.0051, "share/month", 0.003, 0.007, "E092|E094", "households that leave an average municipality each month"
    )
    density: float = param(
        0.37,
        "log/class",
        0,
        0.8,
        "E093: gives a spread of 0.3 over regions",
        "higher hazard per class of lower density",
    )
    mean_urbanity: float = param(2.5, "class", 1, 5, "cbs_neighbourhoods_2022", "urbanity of the mean inhabitant")
    classes: float = param(
        0.05, "ratio", 0, 0.5, "E011: sign; size an assumption", "lower hazard per 100 hours of class"
    )
    usual_hours: float = param(
        350,
        "hours",
        0,
        2000,
        "assumption: near the mean that the model finds",
        "hours of class at which `base` applies",
    )
    most_hours: float = param(1000, "hours", 0, 3000, "assumption", "hours of class beyond which more have no effect")
    job: float = param(0.3, "log", 0, 1, "assumption: within the prior of b_mjob", "lower hazard with a local job")
    school: float = param(0.3, "log", 0, 1, "E094: sign; size an assumption", "lower hazard with children in school")
    kin: float = param(0.3, "log", 0, 1, "assumption: E094 names networks", "lower hazard with relatives in the region")
    compatriots: float = param(
        0.2,
        "ratio",
        0,
        1,
        "assumption: E093 and E094 name networks",
        "exponent of compatriots in choice of destination",
    )


@kernel
def deciding(rows, sponsor):
    """Position in `rows` of the decider for each household, (households,) int32: itself or its sponsor; else NO_ROW.

    sponsor: whole column of households.
    """
    number = np.full(len(sponsor), NO_ROW, np.int32)
    for n in range(len(rows)):
        number[rows[n]] = n
    for i in range(len(sponsor)):
        if sponsor[i] >= 0:
            number[i] = number[sponsor[i]] if sponsor[sponsor[i]] < 0 else NO_ROW
    return number


@kernel
def moving_along(number, stage, leaves):
    """Rows, (n,) int64, of households with a home whose decider leaves; and the place of the decider among the leaving.

    number, stage: whole columns, see `deciding`; leaves: whether each decider does.
    """
    flag, place = np.empty(whole_words(len(stage)), np.bool_), np.cumsum(leaves) - 1
    flag[len(stage) :] = False
    for i in range(len(stage)):
        flag[i] = (number[i] >= 0) & (stage[i] == _HOUSED)
    rows, count = flagged(flag), 0
    for i in rows:
        rows[count] = i
        count += leaves[number[i]]
    return rows[:count].copy(), place[number[rows[:count]]]


Heads = namedtuple("Heads", "stage since sponsor identity")


@kernel
def drawn_below(households: Heads, month, address: Address, bound):
    """Rows, (n,) int64, of households that may decide this month and draw a number below `bound`; and the numbers.

    They have had a home since before this month, and have not joined a sponsor.
    """
    flag = np.empty(whole_words(len(households.stage)), np.bool_)
    flag[len(households.stage) :] = False
    this_month = households.since.dtype.type(month)  # as narrow as the column
    for i in range(len(households.stage)):
        here = (households.stage[i] == _HOUSED) & (households.since[i] < this_month)
        flag[i] = here & (households.sponsor[i] < 0)
    return below(households.identity, flagged(flag), address, bound)


Persons = namedtuple("Persons", "household born hours_followed employed work_region")


@kernel
def homes(number, people: Persons, month, region, adult, school):
    """Of n deciding households, (n,) each: adults, their hours of class, whether with a local job, a child in school.

    number (households,): which of the n decides, or NO_ROW; people: whole columns; region: of the n homes; adult,
    school: ages [months] from which a person is an adult or goes to school.
    """
    adults, followed = np.zeros(len(region)), np.zeros(len(region))
    local, schooled = np.zeros(len(region), np.bool_), np.zeros(len(region), np.bool_)
    for i in range(len(people.household)):
        n = number[people.household[i]]
        if n == NO_ROW:
            continue
        age = month - people.born[i]
        if age >= adult:
            adults[n] += 1
            followed[n] += people.hours_followed[i]
            local[n] |= people.employed[i] and people.work_region[i] == region[n]
        else:
            schooled[n] |= age >= school
    return adults, followed, local, schooled


@kernel
def living(stage, origin, municipality, size, origins, municipalities):
    """Persons with a home by origin and municipality, (origins, municipalities); the others: whole columns."""
    found = np.zeros((origins, municipalities), np.int64)
    for h in range(len(stage)):
        if stage[h] == _HOUSED:
            found[origin[h], municipality[h]] += size[h]
    return found


def hazard(urbanity, hours, job, school, kin, params: Params) -> np.ndarray:
    """Probability to leave the municipality this month, (n,); urbanity [class], hours [of class] to kin: (n,)."""
    more = (params.usual_hours - np.minimum(hours, params.most_hours)) / HUNDRED
    ties = params.job * job + params.school * school + params.kin * kin
    return params.base * np.exp(params.density * (urbanity - params.mean_urbanity) + params.classes * more - ties)


def leaving(state: State, params: Params, draws: Draws) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Households that may leave their municipality this month: rows, and whether they do; and who decides for whom.

    The last is `deciding` of these rows. Those that follow a sponsor are not among them.
    """
    households, month, urbanity = state.households, state.clock.month, state.inputs.urbanity
    highest = MARGIN * hazard(urbanity.max(), 0, False, False, False, params)
    rows, u = drawn_below(households, month, draws.address("moves"), highest)
    town = households.municipality[rows]
    region = state.municipalities.region[town]
    number = deciding(rows, households.sponsor)
    adults, followed, job, school = homes(number, state.newcomers, month, region, YOUNGEST, SCHOOL)
    hours, kin = followed / np.maximum(adults, 1), households.tie[rows] == region
    return rows, u < hazard(urbanity[town], hours, job, school, kin, params), number


@kernel
def destination(origin, town, u, weight):
    """Another municipality for each household, (n,) int16; origin, town (where it lives), u in [0, 1): (n,).

    weight (origins, municipalities): attraction of each municipality to households of an origin.
    """
    reach, known = np.empty_like(weight), np.zeros(len(weight), np.bool_)
    found = np.empty(len(origin), np.int16)
    for k in range(len(origin)):
        own, to = weight[origin[k], town[k]], reach[origin[k]]
        if not known[origin[k]]:
            to[:] = np.cumsum(weight[origin[k]])
            known[origin[k]] = True
        point = u[k] * (to[-1] - own)
        if point >= to[town[k]] - own:  # skip the own municipality
            point += own
        count = 0
        for each in to:
            count += each <= point
        found[k] = min(count, len(to) - 1)
    return found


def attraction(state: State, params: Params) -> np.ndarray:
    """Attraction of each municipality, (origins, municipalities), by inhabitants and compatriots who live there."""
    households, counts = state.households, (len(state.origins), len(state.municipalities))
    compatriots = living(households.stage, households.origin, households.municipality, households.size, *counts)
    of_count = (np.arange(compatriots.max() + 1) / state.scale + 1) ** params.compatriots  # once for each number
    return state.municipalities.population * of_count[compatriots]


def step(state: State, params: Params, draws: Draws) -> dict[str, np.ndarray]:
    """Add up hours of class, and let households move to other municipalities."""
    people, households = state.newcomers, state.households
    np.add(people.hours_followed, people.class_hours, out=people.hours_followed)
    rows, leaves, decides = leaving(state, params, draws)
    rows = rows[leaves]
    left = rows[households.complex[rows] != NO_ROW]
    u = draws.uniform("where", households.identity[rows])
    to = destination(households.origin[rows], households.municipality[rows], u, attraction(state, params))
    rows, head = moving_along(decides, households.stage, leaves)  # with joined families
    moves.move_away(state, rows, to[head])
    return {"moved_out": rows, "left_by_moving": left}
