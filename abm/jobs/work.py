"""Adults of working age find paid work and lose it.

    probability of a job this month = access x search x logistic(z)
    z = base + b_L (level - 2) - b_D idleness + b_X experience + b_A (age - 30) / 10 + b_F woman + talent
        + selection under temporary protection
        + b_U (unemployment - its level in 2018) + b_R lives in reception + b_J coaching + b_P recognised diploma
        + b_T trust of employers met + b_W subsidy + b_M match with the region + b_S support + g ln(job duration ratio)

Where no work permit is needed, an agency can find the job as well: it asks no Dutch (z without that term, plus b_Z),
brings people to employers in a few sectors, and its jobs end sooner. The effect of sex was found among asylum seekers,
and comes from care at home rather than from employers: it holds at agencies as well, and not under temporary
protection. People under it could choose where to go, and came to work: what sets them apart from permit holders of the
same schooling and Dutch is one number, selection.

Seekers meet employers within commuting reach in proportion to their vacancies, a share of them in the own sector only;
where more seekers come than there are vacancies, part of the meetings finds none. Access is zero in the first months
after the application, a fraction while a work permit is needed, and one with a residence permit or where temporary
protection requires none. Search is lower during civic integration (lock-in), which is a duty of permit holders; a class
that is no duty takes only its hours of a full week. Search is zero when exempt, lower with low wellbeing, and depends
on the part of a wage that is kept in reception: ((1 - tax) / (1 - tax at which base holds)) ^ elasticity. The job
duration ratio is the expected job duration over that of a permit holder at home; it is below one where a move in
reception or the cap can end the job. A job ends at random, less often with experience; when a move within reception or
to another home takes the person to another region; and where it needs a work permit, after `weeks_cap` weeks of work in
twelve months.

Source: unemployment, abm/facts/data/national_series.csv, unemployment.csv; job finding E045, E010, E004,
E005, E026, E031, E032; match E021, E024; work permits E007, rule_6m; separation E046; lock-in E012, E013; part of a
wage that is kept E089, E090.
"""

import numpy as np

from abm.engine.clock import MONTHS, NEVER, WEEKS_PER_MONTH
from abm.engine.draws import Draws
from abm.engine.kernels import parted
from abm.engine.needs import Need
from abm.engine.params import ProcessParams, once_for_params, param
from abm.jobs import job_matching, job_search, job_spells, job_terms
from abm.jobs.job_terms import begin_jobs, end_jobs, follow_minimum_wage
from abm.people.working_age import YOUNGEST, adults, free_since
from abm.state import State

WRITES = (
    "newcomers.employed",
    "newcomers.by_agency",
    "newcomers.hired",
    "newcomers.experience",
    "newcomers.work_hours",
    "newcomers.wage",
    "newcomers.work_region",
    "newcomers.employer",
    "newcomers.level_matched",
    "newcomers.permit_months",
    "newcomers.months_idle",
    "households.may_work",
    "employers.lasted",
    "employers.pulled_out",
    "nation.jobs_in_reception",
)
EVENTS = {
    "hired": "newcomers",
    "job_lost": "newcomers",
    "job_capped": "newcomers",
    "hired_with_work_permit": "newcomers",
}
PER_CENT = 100


class Params(ProcessParams):
    """Access to work, coefficients of job finding, separation, and the hours, level and wage of jobs."""

    barred_months: int = param(
        6, "months", 0, 36, "rule_6m", "months after the application during which work is barred", lever=True,
        dated={"2026-06": 3},
    )  # fmt: skip
    work_permit: bool = param(
        True, "switch", None, None, "rule_6m", "whether work before the decision needs a work permit", lever=True
    )
    weeks_cap: int = param(
        24, "weeks", 4, 52, "rule_6m: until 29 November 2023; 52 is no cap",
        "work in any twelve months that a work permit allows", lever=True, dated={"2023-12": 52},
        needs=(Need("policy.work.work_permit", one_of=(True,)),),
    )  # fmt: skip
    with_permit: float = param(
        0.6, "ratio", 0.02, 1, "E007|twv: set by 1,514 permits in 2017-2021",
        "job finding where a work permit is needed, relative to free access, apart from the cap",
    )  # fmt: skip
    expected_duration: float = param(
        0.5, "log odds", 0, 1.5, "E007: prior of g_ten; the value is an assumption within it",
        "log of expected job duration, relative to that of a permit holder at home",
    )  # fmt: skip
    own_sector: float = param(
        0.3, "share", 0, 1, "assumption: seven in ten jobs are in temporary work, catering and trade (ser_jobs)",
        "meetings of a seeker that are with employers of the own sector only",
    )  # fmt: skip
    base: float = param(
        -3.3,
        "log odds/month",
        -4.2,
        -2.0,
        "E045: set by the cohort of 2014, beside jobs through agencies",
        "log odds of a job at the reference",
    )
    level: float = param(0.29, "log odds/level", 0.05, 0.6, "E010|E036", "one more level of Dutch")
    idleness: float = param(1.3, "log odds", 0, 2, "E000|E001|E004|E005", "full disengagement, subtracted")
    experience: float = param(
        0.19, "log odds/year", 0, 0.5, "assumption: prior of beta_X", "one more year of work, up to two"
    )
    experience_fading: float = param(
        0.02, "share/month", 0, 0.1, "assumption", "part of experience lost in a month without work"
    )
    woman: float = param(
        -0.6, "log odds", -1.5, 0, "assumption: E013; a job had 29% of men and 4% of women (inb_work_coa)",
        "a woman rather than a man",
    )  # fmt: skip
    selection: float = param(
        1.15, "log odds", -1, 3, "ukr_emp: set by the shares at work on 1 July and 1 November 2022",
        "people under temporary protection rather than permit holders of the same schooling and Dutch",
    )  # fmt: skip
    ageing: float = param(-0.15, "log odds/decade", -0.5, 0, "assumption", "ten more years of age, from 30 on")
    unemployment: float = param(-0.06, "log odds/pp", -0.1, -0.02, "E031|E032", "one more point of unemployment")
    reference_unemployment: float = param(
        4.9, "percent", 2, 9, "cbs_labour_quarters: mean of 2018", "unemployment at which the odds of a job are `base`"
    )
    slack: float = param(
        0, "percentage points", -3, 5, "assumption: nothing on top of the series", "unemployment on top of the series"
    )
    in_reception: float = param(
        -0.6, "log odds", -1, 0, "assumption: prior of b_azc", "living in reception, apart from expected moves"
    )
    lock_in: float = param(
        0.25, "ratio", 0.05, 0.5, "E012|E013|E045: set by the cohort of 2014",
        "search during civic integration, relative to afterwards",
    )  # fmt: skip
    lock_in_dual: float = param(0.65, "ratio", 0.4, 0.9, "E012|E013", "search on a dual track, relative to afterwards")
    coaching: float = param(0.6, "log odds", 0, 1.1, "E036|E038: prior of beta_J", "full coaching")
    at_scale: float = param(
        0.5, "share", 0.1, 1, "E039: prior of omega", "part of the effect of coaching left where everybody is coached"
    )
    trust: float = param(0.25, "log odds", 0, 0.5, "E044: prior of g_peer", "full trust of employers within reach")
    lasting: int = param(6, "months", 1, 24, "assumption", "months after which a job counts as one that lasted")
    subsidised_share: float = param(
        0, "share", 0, 1, "assumption", "job seekers whose employer would get a wage subsidy", lever=True
    )
    subsidy: float = param(0.4, "log odds", 0.1, 0.8, "E040|E041: sign; size an assumption", "a wage subsidy")
    regulated: float = param(0.6, "log odds", 0.2, 1, "E033", "a recognised diploma for a profession regulated by law")
    recognised: float = param(0.1, "log odds", 0, 0.2, "E033|E034", "a recognised diploma for another profession")
    match: float = param(
        0.2, "log odds", 0, 0.45, "E021|E022|E023|E024: prior of beta_M; the value is an assumption within it",
        "one more standard deviation of the match with the region",
    )  # fmt: skip
    support: float = param(
        0.25, "log odds", 0, 0.5, "E032", "one more standard deviation of residents' support at placement"
    )
    separation: float = param(
        0.05, "share/month", 0.015, 0.05, "E046: set by the cohort of 2014",
        "jobs that end each month, for people without experience",
    )  # fmt: skip
    agency: float = param(
        -0.1, "log odds", -4, 1, "ser_jobs: set by three in ten jobs of permit holders in temporary work",
        "a job through an agency rather than found otherwise, at A2",
    )  # fmt: skip
    agency_separation: float = param(
        0.08, "share/month", 0.03, 0.25, "assumption: agency jobs last about a year",
        "jobs through an agency that end each month, for people without experience",
    )  # fmt: skip
    settled: float = param(
        0.03, "log/year", 0, 0.5, "E046: set by the cohort of 2014", "decrease in separation per year of experience"
    )
    tax_elasticity: float = param(
        0.2, "ratio", 0, 0.4, "assumption: within the prior of E089 and E090",
        "elasticity of search to the part of a wage that is kept",
    )  # fmt: skip
    tax_reference: float = param(
        0.41, "share", 0, 0.95, "assumption: a lone adult on 28 hours under the Reba of 2015",
        "tax on wages at which `base` holds",
    )  # fmt: skip
    mood: float = param(
        0.05, "log per SD", 0, 0.2, "assumption: prior of psi_w",
        "decrease in search per SD of wellbeing below the mean",
    )  # fmt: skip
    over_minimum: float = param(
        1.1, "ratio", 1, 2, "assumption: first jobs pay little over the minimum",
        "gross wage, relative to the minimum wage",
    )  # fmt: skip
    full_week: float = param(
        38,
        "hours/week",
        36,
        40,
        "assumption: usual full week",
        "hours to which the minimum wage applies, and of which a class that is no duty takes its part from search",
    )
    full_time: float = param(
        0.27, "share", 0.15, 0.53, "ser_jobs: 73% part time after five and a half years; ukr_emp_hours",
        "jobs of a full week",
    )  # fmt: skip
    hours: int = param(
        24, "hours/week", 12, 34, "assumption: with `full_time` a mean of about 28", "mean hours of a part-time job"
    )
    hours_spread: int = param(
        10, "hours/week", 0, 20, "assumption: a third under 20 hours; half of them in ukr_emp_hours (July 2022)",
        "largest deviation of a part-time job from the mean hours",
    )  # fmt: skip
    at_level: float = param(
        -0.6, "log odds", -2, 1, "assumption: a third of the jobs (bakker_mismatch: sign)",
        "job at the level of schooling, at B1 and without a recognised diploma",
    )  # fmt: skip
    level_language: float = param(
        0.3, "log odds/level", 0, 0.6, "E010: sign; size an assumption, as for finding a job",
        "job at the level of schooling, for one more level of Dutch",
    )  # fmt: skip
    level_recognised: float = param(
        0.8, "log odds", 0, 1.6, "E035|bakker_mismatch: sign; size an assumption",
        "job at the level of schooling, for a recognised diploma",
    )  # fmt: skip
    matched_wage: float = param(
        1.2, "ratio", 1, 1.6, "E033: full recognition raised hourly wages by a fifth; taken for a job at the level",
        "wage of a job at the level of secondary school or more, relative to another job",
    )  # fmt: skip


@once_for_params
def weights(params: Params) -> job_search.Odds:
    """Coefficients of the log odds of a job."""
    return job_search.Odds(
        params.level, params.idleness, params.experience, params.ageing, params.woman, params.selection,
        params.in_reception, params.at_scale * params.coaching, params.regulated, params.recognised,
        params.support, params.agency,
    )  # fmt: skip


def rules(state: State, params: Params) -> job_search.Rules:
    """Numbers of access, search and expected job duration that hold this month."""
    before, months = params.with_permit if params.work_permit else 1.0, months_allowed(params)
    return job_search.Rules(
        params.barred_months, before, params.work_permit, months, params.lock_in, params.lock_in_dual,
        params.full_week * WEEKS_PER_MONTH, params.separation, params.settled, float(state.nation.expected_moves.sum()),
        params.expected_duration, params.tax_elasticity, params.tax_reference, params.mood,
    )  # fmt: skip


@once_for_params
def terms(params: Params) -> job_terms.Terms:
    """Numbers of the hours, level and wage of jobs."""
    return job_terms.Terms(
        params.over_minimum, params.full_week, params.full_time, params.hours, params.hours_spread, params.at_level,
        params.level_language, params.level_recognised, params.matched_wage,
    )  # fmt: skip


def months_allowed(params: Params) -> float:
    """Months of work that the cap allows in twelve; without work permits there is no cap."""
    return job_spells.months_allowed(params.weeks_cap if params.work_permit else job_spells.NO_CAP)


def odds_of_person(state: State, params: Params, rows: np.ndarray) -> np.ndarray:
    """Personal part of z, (n,) log odds."""
    return job_search.odds_each(rows, state.newcomers, state.households, state.clock.month, weights(params))


def probability_of_match(state: State, params: Params, rows: np.ndarray, z: np.ndarray) -> np.ndarray:
    """Probability of a job where there is a vacancy, (n,): access x search x logistic(z)."""
    return job_search.probability_each(
        rows, z, state.newcomers, state.households, free_since(state), state.clock.month, rules(state, params)
    )


def local_odds(state: State, params: Params) -> np.ndarray:
    """Regional part of z, (regions, sectors + 1) log odds; the last column is for adults without a sector."""
    unemployment = PER_CENT * unemployment_by_region(state) + params.slack - params.reference_unemployment
    regional = params.base + params.unemployment * unemployment
    return regional[:, None] + params.trust * trust_met(state, params.own_sector)


def unemployment_by_region(state: State) -> np.ndarray:
    """Unemployment of each region, (regions,) share: that of one year, scaled to the national series."""
    region = state.inputs.regional_unemployment
    weight = state.regions.population_share
    country = (region * weight).sum() / weight.sum()
    return region / country * state.inputs.series_at("unemployment", state.clock.month)


def trust_met(state: State, share: float) -> np.ndarray:
    """Mean trust of the employers that seekers meet, weighted by jobs within reach, (regions, sectors + 1)."""
    return job_matching.trust_met(state.inputs.commuting, state.employers, len(state.inputs.sectors), float(share))


def step(state: State, params: Params, draws: Draws) -> dict[str, np.ndarray]:
    """End jobs and fill vacancies; update the experience of adults and employers."""
    people, free, now = state.newcomers, free_since(state), rules(state, params)
    working, seeking = parted(adults(state), people.employed)
    capped, lost = jobs_ended(state, working, followed(state, params, draws, working, free, ends=True))
    hired, where, employer, by_agency = find_jobs(state, params, draws, seeking, free, now)
    follow_minimum_wage(state, working)
    end_jobs(people, lost)
    end_jobs(people, capped)
    people.by_agency[hired] = by_agency
    begin_jobs(state, terms(params), draws, hired, where, employer)
    record_month(state, params, working, seeking, free)
    end_jobs(people, np.flatnonzero(people.employed > people.adult))  # left the country or reached pension age
    state.households.may_work[:] = job_search.may_work(state.households, free, state.clock.month, now)
    with_permit = params.work_permit & (free[people.household[hired]] == NEVER)
    return {"hired": hired, "job_lost": lost, "job_capped": capped, "hired_with_work_permit": hired[with_permit]}


def record_month(state: State, params: Params, working: np.ndarray, seeking: np.ndarray, free: np.ndarray) -> None:
    """Update experience, months of work without a residence permit and idle months of all adults."""
    people, applied, month = state.newcomers, state.households.applied, state.clock.month
    job_spells.live_a_month(working, people, applied, free, month, 1.0, 1 / MONTHS, YOUNGEST)
    job_spells.live_a_month(seeking, people, applied, free, month, 1 - params.experience_fading, 0.0, YOUNGEST)


def followed(
    state: State, params: Params, draws: Draws, working: np.ndarray, free: np.ndarray, ends: bool = False
) -> np.ndarray:
    """What happens to each job, (n,) flags of job_spells: by rule, and at random too if `ends`.

    Also counts the jobs that have just lasted.
    """
    month, cap, people = state.clock.month, draws.address("cap", lifelong=True), state.newcomers
    terms = job_spells.Terms(month, months_allowed(params), month - params.lasting)
    jobs = job_spells.follow(working, people, state.households, places(state, free), terms, cap, state.employers.lasted)
    if ends:
        most = max(params.agency_separation, params.separation)  # the rate is highest without experience
        few, u = job_spells.at_risk(working, people.identity, most, draws.address("ends"))
        rows = working[few]
        rate = np.where(people.by_agency[rows], params.agency_separation, params.separation)
        jobs[few[u < rate * np.exp(-params.settled * people.experience[rows])]] |= job_spells.ENDED
    return jobs


def places(state: State, free: np.ndarray) -> job_spells.Places:
    """Right to work of households and regions of their places."""
    return job_spells.Places(free, state.locations.region, state.municipalities.region)


def jobs_ended(state: State, working: np.ndarray, jobs: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Rows of the adults whose job ends by the cap, and at random or by a move; jobs: flags of job_spells, (n,).

    For employers it counts the jobs in reception, and those that a move in reception ended.
    """
    employers = state.employers
    capped, lost, inside = job_spells.ended(working, jobs, state.newcomers.employer, employers.pulled_out)
    state.nation.jobs_in_reception[:] = inside
    return capped, lost


def find_jobs(
    state: State, params: Params, draws: Draws, seeking: np.ndarray, free: np.ndarray, now: job_search.Rules
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Rows of the seekers who find a job this month, their region, their employer, and whether by an agency, (h,) each.

    Seekers who find two jobs take the one that is not through an agency. free: see free_since; now: rules of the month.
    """
    seekers = job_search.seek(
        seeking, state, free, weights(params), now, local_odds(state, params), params.match,
        draws.address("cap", lifelong=True), lambda who: subsidy(params, draws, who),
    )  # fmt: skip
    there = job_matching.meet(state, params.own_sector, seekers.met, seekers.met_by_agency)
    finding = job_matching.Finding(*(getattr(seekers, field) for field in job_matching.Finding._fields))
    addresses = draws.addresses("finds", "agency", "employer", "employer by agency")
    found, employer, alone = job_matching.hires(finding, there, draws.month, addresses)
    return seekers.row[found], seekers.where[found], employer, np.arange(len(found)) >= alone


def subsidy(params: Params, draws: Draws, who: np.ndarray) -> np.ndarray | float:
    """Log odds that a wage subsidy adds, (n,), or 0 where nobody has one; who: identities (n,)."""
    if not params.subsidised_share:
        return 0.0
    return params.subsidy * (draws.once("subsidised", who) < params.subsidised_share)
