"""Wellbeing of adults moves to a level that work, home, language, certainty, moves, activity and family set.

    level = mean + own + b_J job + b_H (home - 1) + b_L (language - 2) - b_S no permit - b_R recent moves
            + b_A active - b_F family apart
    wellbeing = wellbeing + pace (level - wellbeing) + luck

The unit is a standard deviation of the population, of which the mean is 0. `mean` holds for a permit holder at home
with level A2 and without work. A starter home counts by its quality, the loss of a home as reception. A move within
reception counts half after a year. Waiting has no term of its own: what it does runs through moves, language and the
missing permit. Crowding, contacts and what mixed living does beside language are not in the model.

Source: E101 (mean), E098, E100 (work, home, language, status), E097 (moves, activity), E096 (family).
"""

import numpy as np
from numba import njit

from abm.adults import adults
from abm.draws import Draws
from abm.params import ProcessParams, param
from abm.populations import NEVER, Reunion

WRITES = ("newcomers.wellbeing", "newcomers.temper", "households.relocated")
FADING = 0.5 ** (1 / 12)  # part of a move that still counts a month later
UNIFORM = 12**0.5  # a uniform number times this has a standard deviation of one
A2 = 2  # level of Dutch at which `mean` holds


class Params(ProcessParams):
    """What wellbeing follows, in standard deviations."""

    mean: float = param(-0.9, "SD", -1.35, -0.45, "E101: derived", "mean of permit holders at home, A2, without work")
    spread: float = param(1, "SD", 0.5, 1.2, "assumption: as in the population", "spread between persons")
    job: float = param(0.25, "SD", 0.1, 0.4, "E098|E100: sign; size an assumption", "having a job")
    home: float = param(0.3, "SD", 0.1, 0.5, "E098: sign; size an assumption", "an own home rather than reception")
    language: float = param(0.07, "SD per level", 0, 0.15, "E098: sign; size an assumption", "a level of Dutch more")
    status: float = param(0.3, "SD", 0.1, 0.5, "E098: sign; size an assumption", "living without a permit, subtracted")
    move: float = param(
        0.15,
        "SD per move",
        0.05,
        0.3,
        "E097: sign; size an assumption",
        "a move within reception just made, subtracted",
    )
    activity: float = param(0.1, "SD", 0, 0.2, "E097: sign; size an assumption", "class, volunteering or an internship")
    family: float = param(
        0.45, "SD", 0.2, 0.7, "E096: hazard ratio 2.10 as a shift of 13% below the cut-off to 25%; derived",
        "waiting for family abroad, subtracted",
    )  # fmt: skip
    pace: float = param(
        0.15, "share/month", 0.05, 0.3, "assumption: prior of rho_w", "part of the gap closed each month"
    )
    luck: float = param(0.1, "SD", 0.05, 0.2, "assumption: prior of sd_w", "spread of what a month brings by chance")


@njit(cache=True)
def levels(temper, employed, home, language, permit, relocated, active, apart, mean, weights):
    """The level that wellbeing moves to, (n,) float64 [SD].

    temper [SD], employed, home, language [level], permit, relocated [moves], active, apart: (n,); mean [SD]; weights
    [SD]: of a job, home, level of Dutch, missing permit, move, activity and family apart.
    """
    found = np.empty(len(temper))
    job, housed, level, status, move, activity, family = weights
    for i in range(len(temper)):
        gained = job * employed[i] + housed * (home[i] - 1.0) + level * (language[i] - A2) + activity * active[i]
        lost = status * (not permit[i]) + move * relocated[i] + family * apart[i]
        found[i] = mean + temper[i] + gained - lost
    return found


def at_home(state) -> np.ndarray:
    """What the place where a household lives is worth, (households,): 0 in reception, 1 in an ordinary home."""
    households, of = state.households, state.complexes
    found = ((households.location == NEVER) & (households.homeless == NEVER)).astype(np.float32)
    rows = np.flatnonzero(households.complex != NEVER)
    found[rows] = of.quality[households.complex[rows]]
    return found


def normal(chance: np.ndarray, angle: np.ndarray) -> np.ndarray:
    """Standard normal numbers, (n,), from two uniforms each (Box and Muller 1958)."""
    return np.sqrt(-2 * np.log1p(-chance)) * np.cos(2 * np.pi * angle)


def step(state, params: Params, draws: Draws) -> dict[str, np.ndarray]:
    """Give who is new an own level, let everybody move to what life sets, and let moves fade."""
    people, households = state.newcomers, state.households
    rows = adults(state)
    new = rows[people.temper[rows] == 0]
    who = people.identity[new]
    people.temper[new] = params.spread * normal(draws.once("temper", who), draws.once("angle", who))
    of = people.household[rows]
    reunion = households.reunion[of]
    apart = (reunion == Reunion.APPLIED) | (reunion == Reunion.TRAVELLING)
    weights = (params.job, params.home, params.language, params.status, params.move, params.activity, params.family)
    level = levels(
        people.temper[rows], people.employed[rows], at_home(state)[of], people.language[rows],
        households.granted[of] != NEVER, households.relocated[of], people.active[rows] | (people.class_hours[rows] > 0),
        apart, params.mean, weights,
    )  # fmt: skip
    before = np.where(np.isin(rows, new, assume_unique=True), level, people.wellbeing[rows])
    chance = UNIFORM * (draws.uniform("month", people.identity[rows]) - 1 / 2)
    people.wellbeing[rows] = before + params.pace * (level - before) + params.luck * chance
    households.relocated[:] *= FADING
    return {}
