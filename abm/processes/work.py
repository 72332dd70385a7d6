"""People of working age find paid work, and lose it.

    chance of a job this month = access x search x logistic(z)
    z = base + b_L (level - 2) - b_D idleness + b_X experience + b_A (age - 30) / 10 + b_F woman + talent
        + b_U (unemployment - its level in 2018) + b_R lives in reception + b_J coaching + b_P recognised diploma
        + b_T trust of employers within reach + b_W subsidy + b_M match with the region

Matches are fewer than that where seekers are more than the vacancies within reach, by commuting. Access is none in the
first months after the application, a fraction while a work permit is needed, and one with a permit or where temporary
protection asks none. Search is lower
during civic integration (lock-in), none when exempt, lower with low wellbeing, and follows what is kept of a wage in
reception: ((1 - tax) / (1 - tax at which base holds)) ^ elasticity. A job ends by chance, less often with experience,
and when somebody is moved in reception, or moves house, to another region.

Source: unemployment, minimum wage, social assistance, abm/data/national_series.csv, unemployment.csv; job finding
E045, E010, E004, E005, E026, E031, E032; match E021, E024; work permits E007; separation E046; lock-in E012, E013;
what is kept of a wage E089, E090.
"""

import numpy as np
from numba import njit

from abm.adults import adults, regions_of
from abm.clock import MONTHS
from abm.draws import Draws
from abm.kernels import parted
from abm.matching import matched
from abm.params import ProcessParams, param
from abm.populations import NEVER, Stage, Track

WRITES = (
    "newcomers.employed",
    "newcomers.hired",
    "newcomers.experience",
    "newcomers.work_hours",
    "newcomers.wage",
    "newcomers.work_region",
    "newcomers.employer",
    "employers.lasted",
    "employers.pulled_out",
    "households.assisted",
)
REFERENCE = 4.9  # unemployment of 2018 [%], the level at which `base` holds
PER_CENT, NOBODY = 100, 1e-9
PRIME, DECADE = 30 * MONTHS, 10 * MONTHS  # age from which finding work gets harder, and the step [months]
_FAST, _DEPARTING = int(Track.FAST), int(Stage.DEPARTING)
FADING = 0.02  # share of experience that a month without work takes


class Params(ProcessParams):
    """How jobs are found and lost."""

    barred_months: int = param(
        6, "months", 0, 36, "rule_6m", "months after the application in which work is barred", lever=True,
        dated={"2026-06": 3},
    )  # fmt: skip
    work_permit: bool = param(
        True, "switch", None, None, "rule_6m", "whether work before the decision needs a work permit", lever=True
    )
    with_permit: float = param(
        0.4, "ratio", 0.02, 1, "E007|twv: 1,514 permits in 2017-2021; after the cap of 24 weeks an assumption",
        "job finding where a work permit is needed, over that with free access", dated={"2023-12": 0.8},
    )  # fmt: skip
    base: float = param(-2.8, "log odds/month", -4.2, -2.0, "E045: set by the cohort of 2014", "job finding")
    level: float = param(0.29, "log odds/level", 0.05, 0.6, "E010|E036", "a level of Dutch more")
    idleness: float = param(1.3, "log odds", 0, 2, "E000|E001|E004|E005", "full disengagement against none, subtracted")
    experience: float = param(
        0.19, "log odds/year", 0, 0.5, "assumption: prior of beta_X", "a year worked more, to two"
    )
    woman: float = param(
        -0.6, "log odds", -1.5, 0, "assumption: E013; a job had 29% of men and 4% of women (inb_work_coa)",
        "a woman rather than a man",
    )  # fmt: skip
    ageing: float = param(-0.15, "log odds/decade", -0.5, 0, "assumption", "ten years older, from 30 on")
    unemployment: float = param(-0.06, "log odds/pp", -0.1, -0.02, "E031|E032", "a point of unemployment more")
    slack: float = param(
        0,
        "percentage points",
        -3,
        5,
        "assumption: nothing on top of the series",
        "unemployment over that of the series",
    )
    in_reception: float = param(-0.9, "log odds", -1, 0, "assumption: prior of b_azc", "living in reception")
    lock_in: float = param(
        0.19, "ratio", 0.05, 0.5, "E012|E013|E045", "search during civic integration, over that after"
    )
    lock_in_dual: float = param(0.65, "ratio", 0.4, 0.9, "E012|E013", "the same on a dual track")
    coaching: float = param(0.6, "log odds", 0, 1.1, "E036|E038: prior of beta_J", "full coaching against none")
    at_scale: float = param(
        0.5, "share", 0.1, 1, "E039: prior of omega", "of that, what is left where everybody is coached"
    )
    trust: float = param(0.25, "log odds", 0, 0.5, "E044: prior of g_peer", "full trust of employers within reach")
    lasting: int = param(
        6, "months", 1, 24, "assumption", "months after which employers count a job as one that lasted"
    )
    subsidised_share: float = param(
        0, "share", 0, 1, "assumption", "job seekers whose employer would get a wage subsidy", lever=True
    )
    subsidy: float = param(0.4, "log odds", 0.1, 0.8, "E040|E041: sign; size an assumption", "a subsidy against none")
    regulated: float = param(0.6, "log odds", 0.2, 1, "E033", "a recognised diploma, profession regulated by law")
    recognised: float = param(0.1, "log odds", 0, 0.2, "E033|E034", "a recognised diploma, other profession")
    match: float = param(
        0.2, "log odds", 0, 0.45, "E021|E022|E023|E024: prior of beta_M; the value is an assumption within it",
        "a standard deviation more of the match with the region",
    )  # fmt: skip
    separation: float = param(
        0.05,
        "share/month",
        0.015,
        0.05,
        "E046: set by the cohort of 2014",
        "jobs that end each month, without experience",
    )
    settled: float = param(
        0.15, "log/year", 0, 0.5, "E046: set by the cohort of 2014", "how a year of experience lowers that"
    )
    tax_elasticity: float = param(
        0.2, "ratio", 0, 0.4, "assumption: within the prior of E089 and E090", "search over what is kept of a wage"
    )
    tax_reference: float = param(
        0.41, "share", 0, 1, "assumption: a lone adult on 28 hours under the Reba of 2015", "tax at which `base` holds"
    )
    mood: float = param(
        0.05, "log per SD", 0, 0.2, "assumption: prior of psi_w", "search taken by each SD of low wellbeing"
    )
    over_minimum: float = param(
        1.1, "ratio", 1, 2, "assumption: first jobs pay little over the minimum", "gross wage over the minimum wage"
    )
    full_week: float = param(
        38, "hours/week", 36, 40, "assumption: usual full week", "hours that the minimum wage is for"
    )
    net: float = param(0.9, "ratio", 0.6, 1, "assumption: low wages after tax credits", "net wage over gross")
    couple: float = param(
        1.43,
        "ratio",
        1,
        2,
        "assumption: norm of couples over that of single persons",
        "assistance of two adults or more",
    )
    hours: int = param(28, "hours/week", 12, 40, "assumption", "mean hours of a job")


@njit(cache=True)
def access(rows, household, applied, granted, track, stage, month, barred_months, before):
    """Access to work, (n,) in [0, 1]: none for who is barred, unpromising or refused for good, `before` without permit.

    household: whole column of persons; applied to stage: of households.
    """
    found = np.empty(len(rows))
    for k in range(len(rows)):
        of = household[rows[k]]
        none = (track[of] == _FAST) | (stage[of] == _DEPARTING) | (month - applied[of] < barred_months)
        found[k] = 1.0 if granted[of] != NEVER else 0.0 if none else before
    return found


def reward(tax: np.ndarray, params: Params) -> np.ndarray:
    """How search follows what is kept of a wage, (n,) ratio; tax [share]: (n,), negative where nothing is asked."""
    found, asked = np.ones(len(tax)), np.flatnonzero(tax >= 0)
    found[asked] = ((1 - tax[asked]) / (1 - params.tax_reference)) ** params.tax_elasticity
    return found


def effort(state, params: Params, rows: np.ndarray) -> np.ndarray:
    """How search of persons follows what is kept of a wage, and their wellbeing, (n,) ratio."""
    people = state.newcomers
    kept = reward(state.households.tax_on_work[people.household[rows]], params)
    return kept * np.exp(params.mood * np.minimum(people.wellbeing[rows], 0))


@njit(cache=True)
def chances(rows, against, access, exempt, integrating, dual, lock_in, lock_in_dual):
    """Chance of a job this month, (n,); against, access: (n,) of rows; exempt to dual: columns of persons.

    against [odds]: exp(-z), which NumPy finds for several at once.
    """
    found = np.empty(len(rows))
    for k in range(len(rows)):
        i = rows[k]
        busy = lock_in_dual if dual[i] else lock_in
        search = 0.0 if exempt[i] else busy if integrating[i] else 1.0
        found[k] = access[k] * search / (1 + against[k])
    return found


@njit(cache=True)
def summed(
    rows, talent, language, idleness, experience, born, female, coaching, recognised, regulated, household,
    location, month, weights,
):  # fmt: skip
    """Part of z that is the person's, (n,) log odds.

    talent to household: whole columns of persons; location: of households; weights: level, idleness, experience,
    ageing, woman, in reception, coaching, a recognised diploma for a profession regulated by law, and for another.
    """
    level, idle, worked, ageing, woman, in_reception, coach, by_law, other = weights
    found = np.empty(len(rows))
    for k in range(len(rows)):
        i = rows[k]
        decades = max(month - born[i] - PRIME, 0) / DECADE
        z = talent[i] + level * (language[i] - 2) - idle * idleness[i] + worked * min(experience[i], 2)
        z += ageing * decades + woman * female[i] + coach * coaching[i]
        z += in_reception * (location[household[i]] != NEVER)
        found[k] = z + (by_law if regulated[i] else other) * (recognised[i] != NEVER)
    return found


def odds_of_person(state, params: Params, rows: np.ndarray) -> np.ndarray:
    """Part of z that is the person's, (n,) log odds."""
    people = state.newcomers
    return summed(
        rows, people.talent, people.language, people.idleness, people.experience, people.born, people.female,
        people.coaching, people.recognised, people.regulated, people.household, state.households.location,
        state.clock.month,
        (params.level, params.idleness, params.experience, params.ageing, params.woman, params.in_reception,
         params.at_scale * params.coaching, params.regulated, params.recognised),
    )  # fmt: skip


def odds(state, params: Params, rows: np.ndarray, where: np.ndarray) -> np.ndarray:
    """z of persons, (n,) log odds; where: region of each."""
    unemployment = PER_CENT * unemployment_by_region(state) + params.slack - REFERENCE
    regional = params.base + params.unemployment * unemployment + params.trust * trust_within_reach(state)
    return odds_of_person(state, params, rows) + regional[where] + params.match * matched(state, rows, where)


def chance_of_match(state, params: Params, rows: np.ndarray, z: np.ndarray) -> np.ndarray:
    """Access, search and z of persons together, (n,): the chance of a job where there is a vacancy."""
    people, households = state.newcomers, state.households
    free = access(
        rows, people.household, households.applied, households.granted, households.track, households.stage,
        state.clock.month, params.barred_months, params.with_permit if params.work_permit else 1.0,
    )  # fmt: skip
    free[households.free_to_work[people.household[rows]]] = 1.0
    return chances(
        rows, np.exp(-z), free, people.exempt, people.integrating, people.dual, params.lock_in, params.lock_in_dual
    )


def unemployment_by_region(state) -> np.ndarray:
    """Unemployment of each region, (regions,) share: as it was in one year, moving with that of the country."""
    region = state.inputs.regional_unemployment
    country = np.average(region, weights=state.regions.population_share)
    return region / country * state.inputs.series_at("unemployment", state.clock.month)


def step(state, params: Params, draws: Draws) -> dict[str, np.ndarray]:
    """End jobs, then find them; experience grows and fades."""
    people, households = state.newcomers, state.households
    rows = adults(state)
    working, seeking = parted(rows, people.employed)
    ends = params.separation * np.exp(-params.settled * people.experience[working])
    lost = working[(draws.uniform("ends", people.identity[working]) < ends) | moved_away(state, working)]
    hired = found(state, params, draws, seeking)
    note_experience(state, params, working, lost)
    people.experience[working] += 1 / MONTHS
    people.experience[seeking] *= 1 - FADING
    end(people, lost)
    begin(state, params, draws, hired)
    households.assisted[:] = needs_assistance(state, rows, params)
    counted = np.zeros(len(people), dtype=np.bool_)
    counted[rows] = True
    end(people, np.flatnonzero(people.employed & ~counted))  # who left the country or reached the pension
    of = people.household[hired]
    asked = params.work_permit & (households.granted[of] == NEVER) & ~households.free_to_work[of]
    return {"hired": hired, "job_lost": lost, "hired_with_work_permit": hired[asked]}


def found(state, params: Params, draws: Draws, seeking: np.ndarray) -> np.ndarray:
    """Rows of the seekers who find a job this month."""
    who, where = state.newcomers.identity[seeking], regions_of(state, seeking)
    z = odds(state, params, seeking, where)
    if params.subsidised_share:
        z += params.subsidy * (draws.once("subsidised", who) < params.subsidised_share)
    chance = chance_of_match(state, params, seeking, z)
    chance *= effort(state, params, seeking)
    chance *= open_vacancies(state, where, chance)
    return seeking[draws.uniform("finds", who) < chance]


def begin(state, params: Params, draws: Draws, hired: np.ndarray) -> None:
    """Begin jobs."""
    people, month = state.newcomers, state.clock.month
    full = params.over_minimum * state.inputs.series_at("minimum_wage", month)
    people.employed[hired] = True
    people.hired[hired] = month
    people.work_hours[hired] = params.hours
    people.wage[hired] = full * params.hours / params.full_week
    people.work_region[hired] = where = regions_of(state, hired)
    people.employer[hired] = employer_of(state, where, draws.uniform("employer", people.identity[hired]))


def within_reach(state, of_employers: np.ndarray) -> np.ndarray:
    """What residents of each region reach of a quantity of employers, (regions,): by where they commute to."""
    regions = len(state.regions)
    return state.inputs.commuting @ np.bincount(state.employers.region, of_employers, regions)


def trust_within_reach(state) -> np.ndarray:
    """Mean trust of the employers that residents of each region reach, (regions,), weighted by jobs."""
    jobs = state.employers.jobs
    return within_reach(state, jobs * state.employers.trust) / np.maximum(within_reach(state, jobs), 1)


def open_vacancies(state, where: np.ndarray, chance: np.ndarray) -> np.ndarray:
    """Share of the matches for which there is a vacancy within reach, (n,): below one where seekers are too many.

    where, chance: region of each seeker, and chance of a match, (n,).
    """
    expected = np.bincount(where, chance, len(state.regions)) / state.scale
    # who lives in a region shares its vacancies with those who commute to it
    seekers = state.inputs.commuting.T @ expected
    vacancies = np.bincount(state.employers.region, state.employers.vacancies, len(state.regions))
    filled = np.minimum(vacancies / np.maximum(seekers, NOBODY), 1.0)
    return (state.inputs.commuting @ filled)[where]


def employer_of(state, where: np.ndarray, chance: np.ndarray) -> np.ndarray:
    """Employer that hires each, (n,) row: by vacancies within reach of the region where they live."""
    reach = state.inputs.commuting[:, state.employers.region] * state.employers.vacancies
    return picked(np.cumsum(reach, axis=1), where.astype(np.int64), chance)


@njit(cache=True)
def picked(edges, where, chance):
    """Column that each chance falls into, (n,) int64, in the row `where` of edges (rows, columns), which ascend."""
    found = np.empty(len(where), np.int64)
    last = edges.shape[1] - 1
    for i in range(len(where)):
        row = edges[where[i]]
        found[i] = min(np.searchsorted(row, chance[i] * row[last], side="right"), last)
    return found


def note_experience(state, params: Params, employed: np.ndarray, lost: np.ndarray) -> None:
    """Tell employers of jobs that have just lasted long enough, and of those that a move in reception ended.

    Not of jobs under temporary protection: trust in status holders is what E044 is about.
    """
    people, employers = state.newcomers, state.employers
    lasted = employed[state.clock.month - people.hired[employed] == params.lasting]
    lasted = lasted[state.households.stage[people.household[lasted]] != Stage.PROTECTED]
    in_reception = state.households.location[people.household[lost]] != NEVER
    pulled = lost[moved_away(state, lost) & in_reception]
    for column, rows in ((employers.lasted, lasted), (employers.pulled_out, pulled)):
        known = people.employer[rows]
        column[:] = np.bincount(known[known != NEVER], minlength=len(employers))


def end(people, rows: np.ndarray) -> None:
    """End jobs."""
    people.employed[rows] = False
    people.work_hours[rows] = 0
    people.wage[rows] = 0


def moved_away(state, rows: np.ndarray) -> np.ndarray:
    """Whom reception or an own move took to another region than where the job began, (n,) bool: too far to keep it."""
    people, households = state.newcomers, state.households
    of = people.household[rows]
    moved = (households.location[of] != NEVER) | (households.moved_out[of] == state.clock.month)
    return moved & (people.work_region[rows] != regions_of(state, rows))


def needs_assistance(state, rows: np.ndarray, params: Params) -> np.ndarray:
    """Housed households whose adults of working age earn less than social assistance, (households,) bool."""
    people, households = state.newcomers, state.households
    of = people.household[rows]
    earned = params.net * np.bincount(of, people.wage[rows], len(households))
    adults_of = np.bincount(of, minlength=len(households))
    norm = state.inputs.series_at("social_assistance", state.clock.month) * np.where(adults_of > 1, params.couple, 1.0)
    return (households.stage == Stage.HOUSED) & (adults_of > 0) & (earned < norm)
