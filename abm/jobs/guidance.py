"""Job coaches and the recognition of diplomas, for permit holders who seek work.

The capacity of coaches is set per region by inhabitants and caseload. Among people who got their permit in recent
years, those who have waited longest are coached for some months, as strongly as the caseload allows; afterwards the
effect fades. Higher diplomas offered for recognition are recognised after some months.

    strength = min(1, full caseload / caseload)

Source: E036, E037, E038, E039, E043 (coaches); E033, E034 (diplomas).
"""

import numpy as np

from abm.engine.clock import NEVER
from abm.engine.draws import Draws
from abm.engine.kernels import kernel
from abm.engine.needs import Need
from abm.engine.params import ProcessParams, param
from abm.engine.queues import oldest_first_by
from abm.engine.table import NO_ROW
from abm.people.working_age import adults, regions_of
from abm.state import State
from abm.tables.people import Schooling

WRITES = (
    "newcomers.coached_since",
    "newcomers.coached",
    "newcomers.coaching",
    "newcomers.recognised",
    "newcomers.regulated",
)
EVENTS = {"recognised": "newcomers", "coached": "newcomers", "coach_awaited": "newcomers"}
PER_INHABITANTS = 100_000
_HIGHER = int(Schooling.HIGHER)  # compiled code wants ints
FAINT = 0.001  # coaching that has faded below this counts as none

COACHED = (Need("policy.guidance.coaches", above=0, lasts=True),)


class Params(ProcessParams):
    """How many coaches there are and how long they coach, and which diplomas are recognised after how long."""

    coaches: float = param(
        0, "coaches", 0, 20, "assumption: E038, caseloads of 200 to 250 do not differ from none",
        "job coaches per 100,000 inhabitants, on top of current guidance", lever=True,
    )  # fmt: skip
    caseload: float = param(
        45, "cases/coach", 20, 250, "E038|E043", "permit holders per coach", lever=True, needs=COACHED
    )
    full_caseload: float = param(42, "cases/coach", 35, 50, "E038|E043", "largest caseload with full effect")
    coached_months: int = param(12, "months", 3, 36, "E036", "months of coaching per person", lever=True, needs=COACHED)
    coached_within: int = param(
        60, "months", 6, 240, "assumption: E036 is about people who had just come",
        "months after the permit within which coaching can begin", lever=True, needs=COACHED,
    )  # fmt: skip
    half_life: float = param(14, "months", 6, 30, "E036: prior of h_J", "half-life of the effect of coaching")
    recognition_months: float = param(
        9, "months", 1, 24, "E034: 4 to 14 months; 1 to 3 on a fast track", "mean time from the permit to recognition",
        lever=True,
    )  # fmt: skip
    asking_share: float = param(
        0.4, "share", 0, 1, "assumption: costs and papers keep the rest",
        "higher diplomas that are offered for recognition", lever=True,
    )  # fmt: skip
    regulated_share: float = param(
        0.3, "share", 0, 1, "assumption", "recognised diplomas for a profession regulated by law"
    )


@kernel
def unrecognised(rows, schooling, recognised, household, granted):
    """Those of rows, (n,) int64, with a permit and a higher diploma that is not recognised yet.

    schooling, recognised, household: whole columns of persons; granted: of households.
    """
    may, many = np.empty(len(rows) + 1, np.int64), 0
    for k in range(len(rows)):  # without branches, as in abm/engine/kernels.py: few have a diploma
        i = np.uint64(rows[k])  # unsigned: no check for a negative index
        may[many] = rows[k]
        many += (schooling[i] == _HIGHER) & (recognised[i] == NEVER)
    found, count = np.empty(many + 1, np.int64), 0
    for i in may[:many]:
        found[count] = i
        count += granted[household[i]] != NEVER
    return found[:count].copy()


@kernel(writes=("coaching",))
def fade(coaching, kept, faint):
    """Let coaching fade to the part that is kept, and to nothing below `faint`; coaching (whole column) in place."""
    for i in range(len(coaching)):
        left = coaching[i] * kept
        coaching[i] = left if left >= faint else 0


@kernel
def coached(rows, coached_since, month, months):
    """Those of rows, (n,) int64, whose coaching began less than `months` ago; coached_since: whole column."""
    found, count = np.empty(len(rows) + 1, np.int64), 0
    for k in range(len(rows)):
        began = coached_since[np.uint64(rows[k])]
        found[count] = rows[k]
        count += (began != NEVER) & (month - began < months)
    return found[:count].copy()


def recognise(state: State, params: Params, draws: Draws, rows: np.ndarray) -> np.ndarray:
    """Recognise the diplomas that are due this month; returns the rows of their holders."""
    people, households, month = state.newcomers, state.households, state.clock.month
    rows = unrecognised(rows, people.schooling, people.recognised, people.household, households.granted)
    rows = rows[draws.once("asks", people.identity[rows]) < params.asking_share]
    who, waited = people.identity[rows], month - households.granted[people.household[rows]].astype(np.int64)
    due = waited >= params.recognition_months * 2 * draws.once("months", who)  # uniform, with that mean
    people.recognised[rows[due]] = month
    people.regulated[rows[due]] = draws.once("regulated", who[due]) < params.regulated_share
    return rows[due]


def coach(state: State, params: Params, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Give free coaches to the people who have waited longest; returns rows of those who begin and who still wait."""
    people, households, month = state.newcomers, state.households, state.clock.month
    busy = coached(rows, people.coached_since, month, params.coached_months)
    capacity = params.coaches * params.caseload * state.regions.population_share * inhabitants(state) / PER_INHABITANTS
    free = capacity * state.scale - np.bincount(regions_of(state, busy), minlength=len(state.regions))
    granted = households.granted[people.household[rows]]
    recent = (granted != NEVER) & (granted >= month - params.coached_within)
    waits = recent & (people.coached_since[rows] == NEVER) & ~people.employed[rows] & ~people.exempt[rows]
    queue = rows[waits & (households.location[people.household[rows]] == NO_ROW)]
    of, number, one = people.household[queue], np.arange(len(queue)), np.ones(len(queue), np.int8)
    since, lottery = households.granted[of], households.lottery[of]
    begun = queue[oldest_first_by(regions_of(state, queue), number, since, lottery, one, np.maximum(free, 0.0))]
    people.coached_since[begun] = month
    return begun, queue[people.coached_since[queue] == NEVER]


def inhabitants(state: State) -> float:
    """Inhabitants of the country."""
    return float(state.municipalities.population.sum())


def step(state: State, params: Params, draws: Draws) -> dict[str, np.ndarray]:
    """Recognise diplomas, begin coaching, and let the effect of past coaching fade."""
    people, month = state.newcomers, state.clock.month
    rows = adults(state)
    recognised = recognise(state, params, draws, rows)
    begun, waiting = coach(state, params, rows) if params.coaches else (rows[:0], rows[:0])
    fade(people.coaching, np.float32(2 ** (-1 / params.half_life)), np.float32(FAINT))
    busy = coached(rows, people.coached_since, month, params.coached_months)
    people.coached[:] = False
    people.coached[busy] = True
    people.coaching[busy] = min(1.0, params.full_caseload / params.caseload)
    return {"recognised": recognised, "coached": begun, "coach_awaited": waiting}
