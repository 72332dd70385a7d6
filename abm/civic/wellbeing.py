"""Wellbeing of adults, which moves towards a level set by work, home, language, status, moves, activity and family.

    level = base + own + b_J job + b_H (home - 1) + b_L (language - 2) - b_S no permit - b_R recent moves
            + b_A active - b_F family apart
    base = mean of permit holders - what these terms add for permit holders on average
    wellbeing = wellbeing + rate (level - wellbeing) + random shock

The unit is a standard deviation of the population, whose mean is 0. `own` is a person's lasting deviation. The mean is
that of all permit holders in the months of the survey (June 2017 and June 2019), who had little Dutch, recent moves,
part of them a job, and whose wellbeing followed its level with a delay: what this adds is taken off again (`added`), so
that `base` holds at home with level A2 and without work. A starter home counts by its quality; a lost home counts as
living in reception. The effect of a move within reception halves in a year. Waiting has no term of its own: it acts
through moves, language and the missing permit. Crowding, contacts and effects of mixed living other than on language
are not in the model.

Source: E101 (mean), E098, E100 (work, home, language, status), E097 (moves, activity), E096 (family).
"""

from collections import namedtuple
from typing import NamedTuple

import numpy as np

from abm.engine.clock import NEVER
from abm.engine.draws import Address, Draws, fill_uniform, normal
from abm.engine.kernels import kernel
from abm.engine.params import ProcessParams, once_for_params, param
from abm.engine.table import NO_ROW
from abm.people.working_age import adults
from abm.state import State
from abm.tables.people import Reunion

WRITES = ("newcomers.wellbeing", "newcomers.temper", "households.relocated")
EVENTS = {}
HALF = 0.5
UNIFORM = 12**0.5  # a uniform draw times this has a standard deviation of one
A2 = 2  # level of Dutch at which `mean` holds
_APPLIED, _TRAVELLING = int(Reunion.APPLIED), int(Reunion.TRAVELLING)  # compiled code wants ints
_BATCH = 512  # persons per batch of draws


class Params(ProcessParams):
    """What the level of wellbeing depends on, in standard deviations, and how fast wellbeing follows it."""

    mean: float = param(
        -0.9, "SD", -1.35, -0.45, "E101: derived, 40% below the cut-off against 13% of the population",
        "mean of all permit holders in June 2017 and June 2019",
    )  # fmt: skip
    added: float = param(
        -0.14, "SD", -0.6, 0.3, "assumption: mean wellbeing of permit holders in those months less `mean`, in a run in "
        "which `base` is `mean`; a test holds it",
        "what the terms below, and the delay with which wellbeing follows, add for permit holders on average",
    )  # fmt: skip
    spread: float = param(1, "SD", 0.5, 1.2, "assumption: as in the population", "standard deviation between persons")
    job: float = param(0.25, "SD", 0.1, 0.4, "E098|E100: sign; size an assumption", "having a job")
    home: float = param(0.3, "SD", 0.1, 0.5, "E098: sign; size an assumption", "a home rather than reception")
    language: float = param(0.07, "SD per level", 0, 0.15, "E098: sign; size an assumption", "one more level of Dutch")
    status: float = param(0.3, "SD", 0.1, 0.5, "E098: sign; size an assumption", "having no permit, subtracted")
    move: float = param(
        0.15, "SD per move", 0.05, 0.3, "E097: sign; size an assumption", "a recent move within reception, subtracted",
    )  # fmt: skip
    move_half_life: float = param(12, "months", 3, 48, "assumption", "half-life of the effect of a move")
    activity: float = param(0.1, "SD", 0, 0.2, "E097: sign; size an assumption", "class, volunteering or an internship")
    family: float = param(
        0.45, "SD", 0.2, 0.7, "E096: hazard ratio 2.10 as a shift of 13% below the cut-off to 25%; derived",
        "waiting for family still abroad, subtracted",
    )  # fmt: skip
    rate: float = param(
        0.15, "share/month", 0.05, 0.3, "assumption: prior of rho_w", "part of the gap to the level closed each month"
    )
    shock: float = param(
        0.1, "SD", 0.05, 0.2, "assumption: prior of sd_w", "standard deviation of the monthly random shock"
    )


Persons = namedtuple("Persons", "wellbeing temper employed language active class_hours identity household")
Households = namedtuple("Households", "granted relocated reunion")


class Terms(NamedTuple):
    """Terms of the level, and how wellbeing moves towards it; see Params."""

    base: float
    job: float
    home: float
    language: float
    status: float
    move: float
    activity: float
    family: float
    rate: float
    shock: float


@kernel(writes=("people.wellbeing",))
def move_on(rows, new, people: Persons, households: Households, home, terms: Terms, address: Address):
    """Move the wellbeing of rows, (n,) ascending, towards its level, in place; new persons among them start at it.

    home: quality of the place where each household lives, (households,); address: of the monthly draws. Draws are made
    for some hundreds of persons at a time: they stay in the cache, and the processor computes several at once.
    """
    month, stream, k0, k1 = address
    u, who = np.empty(_BATCH), np.empty(_BATCH, np.uint64)
    begun = 0
    for first in range(0, len(rows), _BATCH):
        batch = rows[first : first + _BATCH]
        for k in range(len(batch)):
            who[k] = people.identity[batch[k]]
        fill_uniform(u[: len(batch)], who[: len(batch)], month, stream, k0, k1)
        for k in range(len(batch)):
            i = np.uint64(batch[k])  # unsigned: no check for a negative index
            of = np.uint64(people.household[i])
            busy = people.active[i] | (people.class_hours[i] > 0)
            apart = (households.reunion[of] == _APPLIED) | (households.reunion[of] == _TRAVELLING)
            gained = (
                terms.job * people.employed[i]
                + terms.home * (home[of] - 1.0)
                + terms.language * (people.language[i] - A2)
                + terms.activity * busy
            )
            lost = (
                terms.status * (households.granted[of] == NEVER)
                + terms.move * households.relocated[of]
                + terms.family * apart
            )
            level = terms.base + people.temper[i] + gained - lost
            is_new = begun < len(new) and new[begun] == i
            begun += is_new
            before = level if is_new else np.float64(people.wellbeing[i])
            moved = before + terms.rate * (level - before)
            people.wellbeing[i] = moved + terms.shock * (UNIFORM * (u[k] - 1 / 2))


@kernel
def home(location, homeless):
    """1 for each household that lives in a home, 0 in reception or after losing one, (n,) float32."""
    found = np.empty(len(location), np.float32)
    for h in range(len(location)):
        found[h] = (location[h] == NO_ROW) & (homeless[h] == NEVER)
    return found


def quality_of_home(state: State) -> np.ndarray:
    """Quality of the place where each household lives, (households,): 0 in reception, 1 in an ordinary home."""
    households, of = state.households, state.complexes
    quality = home(households.location, households.homeless)
    rows = np.flatnonzero(households.complex != NO_ROW) if len(of) else np.empty(0, np.int64)
    quality[rows] = of.quality[households.complex[rows]]
    return quality


@once_for_params
def terms_of(params: Params) -> Terms:
    """The terms of the level."""
    return Terms(params.mean - params.added, *(getattr(params, name) for name in Terms._fields[1:]))


def step(state: State, params: Params, draws: Draws) -> dict[str, np.ndarray]:
    """Draw the lasting deviation of new adults, move wellbeing towards its level, and let past moves fade."""
    people, households = state.newcomers, state.households
    rows = adults(state)
    new = rows[people.temper[rows] == 0]
    who = people.identity[new]
    people.temper[new] = params.spread * normal(draws.once("temper", who), draws.once("angle", who))
    move_on(rows, new, people, households, quality_of_home(state), terms_of(params), draws.address("month"))
    households.relocated[:] *= HALF ** (1 / params.move_half_life)
    return {}
