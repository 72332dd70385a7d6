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
from abm.engine.compiled import njit
from abm.engine.draws import Address, Draws, drawn, fill_uniform, normal
from abm.engine.kernels import flagged, kernel, whole_words
from abm.engine.params import ProcessParams, param
from abm.engine.table import NO_ROW, UNSET
from abm.engine.together import Whole
from abm.facts.facts import Inputs
from abm.people.region_match import sector_shares
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
_SCHOOLING, _SECTOR, _SUITS, _KEEN, _EXEMPT = range(5)  # draws of a profile
_SELDOM = 2.0  # log odds above which few are
_EXP_SELDOM = exp(_SELDOM) + 1  # the ratio of the odds there; somewhat more, so that no rounding matters
_BATCH = 512  # persons per batch of draws
SUITABLE = (Activity.INTERNSHIP, Activity.PARTICIPATION_JOB, Activity.SOCIAL_FIRM, Activity.VOLUNTEERING)
_SUITABLE = np.array(SUITABLE)  # for compiled code


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


@njit
def schooling_of(u, unschooled, primary, higher):
    """Schooling from a uniform draw and the shares of a person's origin."""
    return int(u >= unschooled) + (u >= unschooled + primary) + (u >= max(1 - higher, unschooled + primary))


@njit
def suitable(u, p):
    """The most suitable activity, from a uniform draw; p: Numbers."""
    first, second = p.internship, p.internship + p.participation_job
    return _SUITABLE[int(u >= first) + (u >= second) + (u >= second + p.social_firm)]


def odds_of_exemption(age, ratio, exempt_share, exempt_ageing):
    """Odds of being exempt at first assessment; age [months]; ratio: share of the origin over all."""
    decades, share = (age - REFERENCE_AGE) / DECADE, np.minimum(exempt_share * ratio, MOST_EXEMPT)
    return share / (1 - share) * np.exp(exempt_ageing * decades)


_odds = njit(odds_of_exemption)  # of one person, for compiled code


Persons = namedtuple("Persons", "born household sector adult")


@kernel(writes=("people.adult",))
def present(people: Persons, stage, here, screened, month, youngest, oldest):
    """Mark persons of working age who are screened and here as adult; returns rows that are here without a profile.

    stage: whole column of households; here, screened: (stages,) bool; youngest, oldest [months].
    """
    born, household, sector, adult = people
    flag, inside = np.empty(whole_words(len(born)), np.bool_), np.empty(len(stage), np.bool_)
    flag[len(born) :] = False
    # months of birth, as narrow as the column; the first of them too early
    first, last = born.dtype.type(month - oldest), born.dtype.type(month - youngest)
    for h in range(len(stage)):
        inside[h] = screened[np.uint64(stage[h])]  # unsigned: no check for a negative index
    for i in range(len(born)):
        flag[i] = (born[i] > first) & (born[i] <= last) & (sector[i] == NO_ROW)
    for i in range(len(born)):
        adult[i] = (born[i] > first) & (born[i] <= last) & inside[np.uint64(household[i])]
    fresh, count = flagged(flag), 0
    for i in fresh:
        fresh[count] = i
        count += here[np.uint64(stage[np.uint64(household[i])])]
    return fresh[:count].copy()


class Numbers(NamedTuple):
    """Those of Params that a profile takes."""

    internship: float
    participation_job: float
    social_firm: float
    exempt_share: float
    exempt_ageing: float


Fresh = namedtuple("Fresh", "schooling sector suits keen exempt identity household born")
Groups = namedtuple("Groups", "unschooled primary higher exempt")
Homes = namedtuple("Homes", "stage origin")


@kernel(writes=("people.schooling", "people.sector", "people.suits", "people.keen", "people.exempt"))
def draw(rows, people: Fresh, households: Homes, groups: Groups, sectors, p: Numbers, month, address):
    """Draw the profiles of persons (rows) who have none yet, and assess for the first time whether they are exempt.

    groups: columns of origins; sectors: see `sector_edges`; address: of the draws of schooling, sector, most suitable
    activity, threshold and exemption.
    """
    for row in rows:
        i, of = np.uint64(row), np.uint64(people.household[row])  # unsigned: no check for a negative index
        who, group = people.identity[i], np.uint64(households.origin[of])
        if people.schooling[i] == UNSET:  # drawn at arrival for people under temporary protection
            shares = groups.unschooled[group], groups.primary[group], groups.higher[group]
            people.schooling[i] = schooling_of(drawn(who, address[_SCHOOLING]), *shares)
        u, edges, sector = drawn(who, address[_SECTOR]), sectors[people.schooling[i]], 0
        for edge in edges:
            sector += u >= edge
        people.sector[i] = sector
        people.suits[i] = suitable(drawn(who, address[_SUITS]), p)
        people.keen[i] = drawn(who, address[_KEEN])
        odds = _odds(month - people.born[i], groups.exempt[group], p.exempt_share, p.exempt_ageing)
        asked = households.stage[of] != _PROTECTED
        people.exempt[i] = asked and drawn(who, address[_EXEMPT]) < odds / (1 + odds)


def sector_edges(inputs: Inputs) -> np.ndarray:
    """Cumulative shares of people of each schooling over sectors, without the last, (schoolings, sectors - 1)."""
    return np.cumsum(sector_shares(inputs.jobs, inputs.jobs_schooling), axis=1)[:, :-1].copy()


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
                usual = spells.ends * spells.odds[np.uint64(origin[of])]
                if more > _SELDOM or u[k] < usual * _EXP_SELDOM:  # for most no exponential is needed
                    people.exempt[i] = u[k] < usual * exp(more)


def step(state: State, params: Params, draws: Draws) -> dict[str, np.ndarray]:
    """Draw profiles of new people, also while they register (placement uses profiles), and assess exemptions."""
    people, month = state.newcomers, state.clock.month
    fresh = present(people, state.households.stage, _HERE, _SCREENED, month, YOUNGEST, OLDEST)
    odds = odds_of_exemption(REFERENCE_AGE, state.origins.exempt, params.exempt_share, params.exempt_ageing)
    spells = Spells(odds, params.exempt_ageing, params.exempt_health, params.exempt_wellbeing, 1 / params.exempt_months)
    of = state.households
    assess_again(adults(state), people, of.stage, of.origin, month, spells, draws.address("spell"))
    address = draws.addresses("schooling", "sector", "suits", "keen", "exempt")
    draw(fresh, people, of, state.origins, state.inputs.kept(sector_edges), params, month, address)
    who = people.identity[fresh]
    people.talent[fresh] = params.talent_spread * normal(draws.once("talent", who), draws.once("angle", who))
    return {"profiled": fresh}
