"""Part of the housed households moves to another municipality every month.

    chance = base x exp(b_D (urbanity - mean) - b_C (hours of class - usual) / 100 - b_J job - b_S school - b_K kin)
    to a municipality, in proportion to inhabitants x (compatriots who live there + 1) ^ b_N

Urbanity runs from 1 (dense) to 5. Hours of class are the mean over the adults of what they followed. A job counts in
the region of the home, school where a child goes to it, kin where relatives live in that region. Families who joined a
sponsor move with the sponsor. Only the home moves: a move is no placement, so no balance of the housing task changes,
and movers stand in no line (lettings): they find a home that fits elsewhere, which is not counted. The starter home
that they leave falls free. A job in another region than the new home ends (see work).

Source: E092 (a sixth leaves in three years), E093 (spread over regions), E094 (half in ten years), E011 (classes).
"""

import numpy as np
from numba import njit

from abm.adults import YOUNGEST
from abm.draws import Draws
from abm.kernels import waiting
from abm.params import ProcessParams, param
from abm.populations import NEVER, Stage
from abm.tenancies import leave

WRITES = (
    "newcomers.hours_followed",
    "households.municipality",
    "households.came_from",
    "households.moved_out",
    "households.home",
    "households.crowded",
    "households.urgent",
    "households.homeless",
    "households.complex",
    "complexes.newcomers",
)
SCHOOL = 4 * 12  # age from which children go to school [months]
HUNDRED = 100.0  # hours of class in which b_C counts


class Params(ProcessParams):
    """How often households move on, and where to."""

    base: float = param(
        0.0051, "share/month", 0.003, 0.007, "E092|E094", "households that leave a mean municipality each month"
    )
    density: float = param(
        0.37, "log/class", 0, 0.8, "E093: gives a spread of 0.3 over regions", "how much more a class less dense makes"
    )
    mean_urbanity: float = param(2.5, "class", 1, 5, "cbs_neighbourhoods_2022", "urbanity of the mean inhabitant")
    classes: float = param(
        0.05, "ratio", 0, 0.5, "E011: sign; size an assumption", "how much less 100 hours of class make"
    )
    usual_hours: float = param(
        350, "hours", 0, 2000, "assumption: near the mean that the model finds", "hours of class at which `base` holds"
    )
    most_hours: float = param(1000, "hours", 0, 3000, "assumption", "hours of class beyond which more do nothing")
    job: float = param(0.3, "log", 0, 1, "assumption: within the prior of b_mjob", "how much less a local job makes")
    school: float = param(0.3, "log", 0, 1, "E094: sign; size an assumption", "how much less children in school make")
    kin: float = param(
        0.3, "log", 0, 1, "assumption: E094 names networks", "how much less relatives in the region make"
    )
    compatriots: float = param(
        0.2, "ratio", 0, 1, "assumption: E093 and E094 name networks", "how choice of place follows compatriots"
    )


@njit(cache=True)
def homes(household, head, housed, month, born, hours, employed, work_region, region, adult, school):
    """What counts for each household that decides, each (households,): adults, their hours of class, job, school.

    household, born [month], hours, employed, work_region: of persons; head (who decides for a household), housed,
    region (of the home): of households; adult, school: ages [months] from which one is an adult or goes to school.
    """
    adults, followed = np.zeros(len(head)), np.zeros(len(head))
    local, schooled = np.zeros(len(head), np.bool_), np.zeros(len(head), np.bool_)
    for i in range(len(household)):
        h = head[household[i]]
        if not housed[h]:
            continue
        age = month - born[i]
        if age >= adult:
            adults[h] += 1
            followed[h] += hours[i]
            local[h] |= employed[i] and work_region[i] == region[h]
        else:
            schooled[h] |= age >= school
    return adults, followed, local, schooled


def hazard(urbanity, hours, job, school, kin, params: Params) -> np.ndarray:
    """Chance to leave the municipality this month, (n,); urbanity [class], hours [of class], job, school, kin: (n,)."""
    more = (params.usual_hours - np.minimum(hours, params.most_hours)) / HUNDRED
    ties = params.job * job + params.school * school + params.kin * kin
    return params.base * np.exp(params.density * (urbanity - params.mean_urbanity) + params.classes * more - ties)


def destination(origin, town, chance, weight) -> np.ndarray:
    """Another municipality for each household, (n,) int16; origin, town (where it lives), chance in [0, 1): (n,).

    weight (origins, municipalities): how much each municipality draws households of an origin.
    """
    reach, own = np.cumsum(weight, axis=1), weight[origin, town]
    point = chance * (reach[origin, -1] - own)
    point += np.where(point >= reach[origin, town] - own, own, 0)  # skip the own municipality
    found = (reach[origin] <= point[:, None]).sum(axis=1)
    return np.minimum(found, weight.shape[1] - 1).astype(np.int16)


def drawing(state, params: Params) -> np.ndarray:
    """How much each municipality draws, (origins, municipalities): inhabitants, and compatriots who live there."""
    households, towns, groups = state.households, len(state.municipalities), len(state.origins)
    housed = np.flatnonzero(households.stage == Stage.HOUSED)
    place = households.origin[housed].astype(np.int64) * towns + households.municipality[housed]
    compatriots = np.bincount(place, households.size[housed], groups * towns).reshape(groups, towns) / state.scale
    return state.municipalities.population * (compatriots + 1) ** params.compatriots


def step(state, params: Params, draws: Draws) -> dict[str, np.ndarray]:
    """Count hours of class, and let households move on."""
    people, households, month = state.newcomers, state.households, state.clock.month
    people.hours_followed[:] += people.class_hours
    rows = waiting(households.stage, households.since, Stage.HOUSED, month)
    rows = rows[households.sponsor[rows] == NEVER]
    head = np.where(households.sponsor == NEVER, np.arange(len(households)), households.sponsor)
    region = state.municipalities.region[households.municipality]
    adults, followed, job, school = homes(
        people.household, head, households.stage == Stage.HOUSED, month, people.born, people.hours_followed,
        people.employed, people.work_region, region, YOUNGEST, SCHOOL,
    )  # fmt: skip
    town = households.municipality[rows]
    urbanity = state.inputs.municipalities["urbanity"].to_numpy(float)[town]
    hours = followed[rows] / np.maximum(adults[rows], 1)
    chance = hazard(urbanity, hours, job[rows], school[rows], households.tie[rows] == region[rows], params)
    moves = draws.uniform("moves", households.identity[rows]) < chance
    rows, town = rows[moves], town[moves]
    to = destination(
        households.origin[rows], town, draws.uniform("where", households.identity[rows]), drawing(state, params)
    )
    left = rows[households.complex[rows] != NEVER]
    leave(state, left)
    new = np.full(len(households), NEVER, np.int16)
    new[rows] = to
    rows = np.flatnonzero((new[head] != NEVER) & (households.stage == Stage.HOUSED))  # joined families go along
    households.came_from[rows] = households.municipality[rows]
    households.municipality[rows] = new[head[rows]]
    households.moved_out[rows] = month
    households.home[rows], households.crowded[rows] = NEVER, False
    households.urgent[rows] = households.homeless[rows] = NEVER
    return {"moved_out": rows, "left_by_moving": left}
