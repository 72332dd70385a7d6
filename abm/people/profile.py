"""Profiles of people of working age, and exemptions from class and work because of health or care.

A profile (schooling, sector, unobserved talent for finding work, most suitable activity, participation threshold) is
what a person brings: it is drawn once, at registration. An exemption follows from a medical or social assessment, which
is repeated after some months.

Source: schooling of Syrians, SCP 2018 (a fifth has a diploma of higher education, a third primary school at most);
exempt E045, E101.
"""

from collections import namedtuple

import numpy as np

from abm.engine.draws import Draws, normal
from abm.engine.kernels import kernel
from abm.engine.params import ProcessParams, param
from abm.engine.table import NO_ROW, UNSET
from abm.engine.together import Whole
from abm.people.region_match import sector_shares, sectors_of
from abm.people.working_age import OLDEST, YOUNGEST, look
from abm.state import State
from abm.tables.people import Activity, Stage

WRITES = (
    "newcomers.adult",
    "newcomers.schooling",
    "newcomers.sector",
    "newcomers.talent",
    "newcomers.suits",
    "newcomers.keen",
    "newcomers.exempt",
)
EVENTS = {"profiled": "newcomers"}
_HERE = ~np.isin(np.arange(len(Stage)), (Stage.RETURNED, Stage.UNKNOWN))
_SCREENED = _HERE & (np.arange(len(Stage)) != Stage.REGISTERING)
SUITABLE = (Activity.INTERNSHIP, Activity.PARTICIPATION_JOB, Activity.SOCIAL_FIRM, Activity.VOLUNTEERING)


class Params(ProcessParams):
    """Distributions of schooling, talent and suitable activity, and the share of people who are exempt."""

    TOGETHER = (
        Whole("adults by schooling", ("unschooled", "primary", "higher"), "adults with secondary school"),
        Whole("adults by suitable activity", ("internship", "participation_job", "social_firm"), "volunteering"),
    )

    exempt_share: float = param(
        0.3, "share", 0.1, 0.4, "E045|E101", "adults who are exempt from class and work because of health or care"
    )
    exempt_months: int = param(24, "months", 6, 60, "assumption", "months between assessments of exemption")
    talent_spread: float = param(
        0.94, "log odds/month", 0.5, 1.2, "assumption: prior of sigma_nu, set by the spread over duration in E045",
        "standard deviation of unobserved talent for finding work",
    )  # fmt: skip
    unschooled: float = param(0.1, "share", 0, 0.5, "assumption", "adults who cannot read and write")
    primary: float = param(
        0.3, "share", 0, 0.7, "assumption: scp_syr_schooling, a third at most", "adults with primary school"
    )
    higher: float = param(
        0.2, "share", 0, 0.6, "assumption: scp_syr_schooling, a fifth", "adults with higher education"
    )
    internship: float = param(0.2, "share", 0, 1, "assumption", "adults for whom an internship is most suitable")
    participation_job: float = param(
        0.2, "share", 0, 1, "assumption", "adults for whom an unpaid participation job is most suitable"
    )
    social_firm: float = param(
        0.1, "share", 0, 1, "assumption", "adults who need the guidance of a social firm; volunteering suits the rest"
    )


def category(u: np.ndarray, *shares: float) -> np.ndarray:
    """Category of each uniform draw, (n,) int64: one for each share in turn, then one for the rest of 1."""
    return np.searchsorted(np.cumsum(shares), u, side="right")


def schooling(u: np.ndarray, params: Params) -> np.ndarray:
    """Schooling, (n,) int8 of Schooling, from a uniform draw each."""
    secondary = max(1 - params.unschooled - params.primary - params.higher, 0)
    return category(u, params.unschooled, params.primary, secondary).astype(np.int8)


def suitable(u: np.ndarray, params: Params) -> np.ndarray:
    """The most suitable activity, (n,) of Activity, from a uniform draw each."""
    return np.array(SUITABLE)[category(u, params.internship, params.participation_job, params.social_firm)]


Persons = namedtuple("Persons", "born household sector adult")


@kernel(writes=("people.adult",))
def present(people: Persons, stage, here, screened, month, youngest, oldest):
    """Mark persons of working age who are screened and here as adult; returns rows that are here without a profile.

    stage: whole column of households; here, screened: (stages,) bool; youngest, oldest [months].
    """
    born, household, sector, adult = people
    fresh, count = np.empty(len(born) + 1, np.int64), 0
    first, last = month - oldest, month - youngest  # months of birth, the first of them too early
    for i in range(len(born)):
        at = np.uint64(stage[np.uint64(household[i])])  # unsigned: no check for a negative index
        of_age = (born[i] > first) & (born[i] <= last)
        adult[i] = of_age & screened[at]
        fresh[count] = i
        count += of_age & here[at] & (sector[i] == NO_ROW)
    return fresh[:count].copy()


def draw_profiles(state: State, params: Params, draws: Draws, rows: np.ndarray) -> None:
    """Draw the profiles of persons (rows) who have none yet."""
    people, who = state.newcomers, state.newcomers.identity[rows]
    known = people.schooling[rows]  # drawn at arrival for people under temporary protection
    people.schooling[rows] = np.where(known == UNSET, schooling(draws.once("schooling", who), params), known)
    shares = sector_shares(state.inputs.jobs, state.inputs.jobs_schooling)
    people.sector[rows] = sectors_of(draws.once("sector", who), people.schooling[rows], shares)
    people.talent[rows] = params.talent_spread * normal(draws.once("talent", who), draws.once("angle", who))
    people.suits[rows] = suitable(draws.once("suits", who), params)
    people.keen[rows] = draws.once("keen", who)


def assess(state: State, params: Params, draws: Draws, rows: np.ndarray) -> None:
    """Assess whether persons (rows) are exempt from class and work."""
    people = state.newcomers
    people.exempt[rows] = draws.uniform("exempt", people.identity[rows]) < params.exempt_share


def step(state: State, params: Params, draws: Draws) -> dict[str, np.ndarray]:
    """Draw profiles of new people, also while they register (placement uses profiles), and assess exemptions."""
    people, month = state.newcomers, state.clock.month
    fresh = present(people, state.households.stage, _HERE, _SCREENED, month, YOUNGEST, OLDEST)
    draw_profiles(state, params, draws, fresh)
    assess(state, params, draws, fresh if month % params.exempt_months else look(state, registering=True))
    return {"profiled": fresh}
