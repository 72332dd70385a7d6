"""Profiles of people of working age, and exemptions from class and work because of health or care.

A profile (schooling, sector, unobserved talent for finding work, most suitable activity, participation threshold) is
what a person brings: it is drawn once, at registration. An exemption is a spell: a first assessment at registration
grants it to a share by age; later ones grant it to people without a job, more often at a higher age and in worse mental
health, and end it seldom.

    log odds of a first exemption = log odds of (share x ratio of the origin) + per decade (age - 35) / 10
    spells that end this month = 1 / mean months
    people without a job for whom one begins = odds x exp(health x (wellbeing of reference - wellbeing)) / mean months

Temporary protection asks no civic integration, so nobody under it is exempt. With wellbeing at the reference and nobody
at work, ends and begins balance, so the share of an age stays what it was at registration.

Source: schooling and exemption by origin, abm/facts/data/origins.csv; exempt E045, E101.
"""

from collections import namedtuple
from math import exp
from typing import NamedTuple

import numpy as np

from abm.engine.clock import MONTHS
from abm.engine.draws import Address, Draws, fill_uniform, normal
from abm.engine.kernels import flagged, kernel, whole_words
from abm.engine.params import ProcessParams, param
from abm.engine.table import NO_ROW, UNSET
from abm.engine.together import Whole
from abm.people.region_match import sector_shares, sectors_of
from abm.people.working_age import OLDEST, YOUNGEST, adults
from abm.state import State
from abm.tables.people import GONE, Activity, Stage

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
_HERE = ~np.isin(np.arange(len(Stage)), GONE)
_SCREENED = _HERE & (np.arange(len(Stage)) != Stage.REGISTERING)
REFERENCE_AGE, DECADE = 35 * MONTHS, 10 * MONTHS  # age at which `exempt_share` holds, and the unit of ageing [months]
_PROTECTED = int(Stage.PROTECTED)
MOST_EXEMPT = 0.9  # share: no origin is exempt as a whole
_BATCH = 512  # persons per batch of draws
SUITABLE = (Activity.INTERNSHIP, Activity.PARTICIPATION_JOB, Activity.SOCIAL_FIRM, Activity.VOLUNTEERING)


class Params(ProcessParams):
    """Distributions of talent and suitable activity, and spells of exemption."""

    TOGETHER = (
        Whole("adults by suitable activity", ("internship", "participation_job", "social_firm"), "volunteering"),
    )

    exempt_share: float = param(
        0.3, "share", 0.1, 0.4, "E045|E101",
        "adults of 35 who are exempt from class and work because of health or care, at registration, all origins",
    )  # fmt: skip
    exempt_ageing: float = param(
        0.3, "log odds/decade", 0, 1, "assumption: poor health and care grow with age",
        "odds of exemption for ten more years of age",
    )  # fmt: skip
    exempt_months: float = param(
        120, "months", 24, 600, "assumption: most medical exemptions last", "mean months of a spell of exemption"
    )
    exempt_health: float = param(
        0.3, "log odds per SD", 0, 1, "assumption: E101 counts people below a cut-off, not exemptions",
        "rate at which exemptions begin for one standard deviation less of wellbeing",
    )  # fmt: skip
    exempt_wellbeing: float = param(
        -0.9, "SD", -1.35, -0.45, "E101: derived, mean of permit holders", "wellbeing at which begins and ends balance"
    )
    talent_spread: float = param(
        0.94, "log odds/month", 0.5, 1.2, "assumption: prior of sigma_nu, set by the spread over duration in E045",
        "standard deviation of unobserved talent for finding work",
    )  # fmt: skip
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


def schooling(u: np.ndarray, unschooled: np.ndarray, primary: np.ndarray, higher: np.ndarray) -> np.ndarray:
    """Schooling, (n,) int8 of Schooling, from a uniform draw each and the shares of each person's origin, (n,)."""
    edges = np.stack([unschooled, unschooled + primary, np.maximum(1 - higher, unschooled + primary)])
    return (u >= edges).sum(axis=0).astype(np.int8)


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
    flag = np.empty(whole_words(len(born)), np.bool_)
    flag[len(born) :] = False
    first, last = month - oldest, month - youngest  # months of birth, the first of them too early
    for i in range(len(born)):
        flag[i] = (born[i] > first) & (born[i] <= last) & (sector[i] == NO_ROW)
    for i in range(len(born)):
        at = np.uint64(stage[np.uint64(household[i])])  # unsigned: no check for a negative index
        adult[i] = (born[i] > first) & (born[i] <= last) & screened[at]
    fresh, count = flagged(flag), 0
    for i in fresh:
        fresh[count] = i
        count += here[np.uint64(stage[np.uint64(household[i])])]
    return fresh[:count].copy()


def draw_profiles(state: State, params: Params, draws: Draws, rows: np.ndarray) -> None:
    """Draw the profiles of persons (rows) who have none yet."""
    people, who = state.newcomers, state.newcomers.identity[rows]
    known = people.schooling[rows]  # drawn at arrival for people under temporary protection
    origins, of = state.origins, state.households.origin[people.household[rows]]
    drawn = schooling(draws.once("schooling", who), origins.unschooled[of], origins.primary[of], origins.higher[of])
    people.schooling[rows] = np.where(known == UNSET, drawn, known)
    shares = sector_shares(state.inputs.jobs, state.inputs.jobs_schooling)
    people.sector[rows] = sectors_of(draws.once("sector", who), people.schooling[rows], shares)
    people.talent[rows] = params.talent_spread * normal(draws.once("talent", who), draws.once("angle", who))
    people.suits[rows] = suitable(draws.once("suits", who), params)
    people.keen[rows] = draws.once("keen", who)


def odds_of_exemption(age: np.ndarray | int, ratio: np.ndarray | float, params: Params) -> np.ndarray:
    """Odds of being exempt at first assessment, (n,); age (n,) [months]; ratio (n,): share of the origin over all."""
    decades, share = (age - REFERENCE_AGE) / DECADE, np.minimum(params.exempt_share * ratio, MOST_EXEMPT)
    return share / (1 - share) * np.exp(params.exempt_ageing * decades)


def assess(state: State, params: Params, draws: Draws, rows: np.ndarray) -> None:
    """Assess for the first time whether persons (rows) are exempt from class and work."""
    people = state.newcomers
    of = people.household[rows]
    ratio = state.origins.exempt[state.households.origin[of]]
    odds = odds_of_exemption(state.clock.month - people.born[rows].astype(np.int64), ratio, params)
    asked = state.households.stage[of] != Stage.PROTECTED
    people.exempt[rows] = asked & (draws.once("exempt", people.identity[rows]) < odds / (1 + odds))


Assessed = namedtuple("Assessed", "exempt employed born wellbeing identity household")


class Spells(NamedTuple):
    """Rates of exemption; see Params."""

    odds: np.ndarray  # at the age of reference, by origin
    ageing: float  # log odds a decade
    health: float  # log odds per standard deviation below `wellbeing`
    wellbeing: float  # [SD]
    ends: float  # spells that end each month


@kernel(writes=("people.exempt",))
def assess_again(rows, people: Assessed, stage, origin, month, spells: Spells, address: Address):
    """End and begin spells of exemption of rows, (n,), in place; nobody at work becomes exempt.

    stage, origin: whole columns of households; address: of the monthly draws, which are made for some hundreds of
    persons at a time, as in wellbeing.
    """
    number, stream, k0, k1 = address
    u, who = np.empty(_BATCH), np.empty(_BATCH, np.uint64)
    able, count = np.empty(len(rows) + 1, np.int64), 0
    for k in range(len(rows)):  # without branches, as in abm/engine/kernels.py: many work
        able[count] = rows[k]
        count += people.exempt[np.uint64(rows[k])] | (not people.employed[np.uint64(rows[k])])
    for first in range(0, count, _BATCH):
        batch = able[first : min(first + _BATCH, count)]
        for k in range(len(batch)):
            who[k] = people.identity[batch[k]]
        fill_uniform(u[: len(batch)], who[: len(batch)], number, stream, k0, k1)
        for k in range(len(batch)):
            i = np.uint64(batch[k])  # unsigned: no check for a negative index
            if people.exempt[i]:
                people.exempt[i] = u[k] >= spells.ends
                continue
            of = np.uint64(people.household[i])
            if stage[of] != _PROTECTED:
                decades = (month - people.born[i] - REFERENCE_AGE) / DECADE
                more = spells.ageing * decades + spells.health * (spells.wellbeing - people.wellbeing[i])
                people.exempt[i] = u[k] < spells.ends * spells.odds[np.uint64(origin[of])] * exp(more)


def step(state: State, params: Params, draws: Draws) -> dict[str, np.ndarray]:
    """Draw profiles of new people, also while they register (placement uses profiles), and assess exemptions."""
    people, month = state.newcomers, state.clock.month
    fresh = present(people, state.households.stage, _HERE, _SCREENED, month, YOUNGEST, OLDEST)
    odds = odds_of_exemption(REFERENCE_AGE, state.origins.exempt, params)
    spells = Spells(odds, params.exempt_ageing, params.exempt_health, params.exempt_wellbeing, 1 / params.exempt_months)
    of = state.households
    assess_again(adults(state), people, of.stage, of.origin, month, spells, draws.address("spell"))
    draw_profiles(state, params, draws, fresh)
    assess(state, params, draws, fresh)
    return {"profiled": fresh}
