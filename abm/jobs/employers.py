"""Employers by region and sector: their vacancies, and their trust in newcomers, which grows with jobs that lasted.

    vacancies = part open to newcomers x national vacancies x simple jobs here / national simple jobs
    simple jobs = jobs x share of them in the sector that require at most primary school
    experience = experience x 2^(-1 / half-life) + jobs that lasted some months - weight x jobs that a move ended
    trust = 1 - exp(-experience per thousand jobs / takes)
    expected moves = (jobs that a move ended + prior x weight) / (months of jobs in reception + weight), both fading

National vacancies follow the series of tightness and unemployment. `work` uses last month's trust and the rate at which
employers expect a move in reception to end a job.

Source: jobs by region and sector, abm/facts/data/jobs.csv; the schooling that they require,
schooling_of_jobs.csv; tightness and unemployment, national_series.csv; E044, E007.
"""

import numpy as np

from abm.engine.draws import Draws
from abm.engine.params import ProcessParams, param
from abm.facts.facts import Inputs
from abm.people.region_match import jobs_by_schooling
from abm.state import State
from abm.tables.people import Schooling

WRITES = (
    "employers.vacancies",
    "employers.experience",
    "employers.trust",
    "employers.lasted",
    "employers.pulled_out",
    "nation.job_months",
    "nation.jobs_pulled",
    "nation.expected_moves",
)
EVENTS = {}
THOUSAND, HUNDRED = 1000, 100


class Params(ProcessParams):
    """How many vacancies are open to newcomers, and how employers learn from experience."""

    open_share: float = param(
        0.25, "share", 0.02, 1, "assumption: work that asks no Dutch diploma", "vacancies that are open to newcomers"
    )
    half_life: float = param(24, "months", 6, 60, "E044: hires of the last 24 months", "half-life of experience")
    takes: float = param(
        5, "jobs", 1, 50, "assumption",
        "lasting jobs per thousand jobs that bring trust to 63% (1 - 1/e) of its maximum",
    )  # fmt: skip
    pulled_weight: float = param(
        2, "ratio", 0, 5, "E007: short jobs and moves kept employers away; size an assumption",
        "weight of a job that a move in reception ended, relative to one that lasted",
    )  # fmt: skip
    moves_prior: float = param(
        0.03, "share/month", 0.01, 0.1, "assumption: prior of rho_0",
        "jobs of people in reception that employers expect a move to end, before any experience",
    )  # fmt: skip
    moves_weight: float = param(
        2000, "months", 100, 20_000, "assumption", "weight of `moves_prior`, in months of work in reception"
    )


def expect_moves(state: State, params: Params) -> None:
    """Update how often employers expect a move in reception to end a job."""
    nation, fading, weight = state.nation, 2 ** (-1 / params.half_life), params.moves_weight * state.scale
    nation.job_months[:] = nation.job_months * fading + nation.jobs_in_reception
    nation.jobs_pulled[:] = nation.jobs_pulled * fading + state.employers.pulled_out.sum()
    nation.expected_moves[:] = (nation.jobs_pulled + params.moves_prior * weight) / (nation.job_months + weight)


def simple_share(inputs: Inputs) -> np.ndarray:
    """Share of the jobs of each sector that require primary school at most, (sectors,)."""
    return jobs_by_schooling(inputs.jobs_schooling)[Schooling.PRIMARY]


def vacancies(state: State, params: Params) -> np.ndarray:
    """Vacancies open to newcomers at full scale, (employers,)."""
    inputs, month = state.inputs, state.clock.month
    unemployed = inputs.series_at("unemployment", month) * inputs.labour_force
    country = inputs.series_at("tightness", month) / HUNDRED * unemployed
    simple = state.employers.jobs * inputs.kept(simple_share)[state.employers.sector]
    return params.open_share * country * simple / simple.sum()


def step(state: State, params: Params, draws: Draws) -> dict[str, np.ndarray]:
    """Set this month's vacancies, and update experience and trust from last month's jobs."""
    employers = state.employers
    employers.vacancies[:] = vacancies(state, params)
    expect_moves(state, params)
    fresh = (employers.lasted - params.pulled_weight * employers.pulled_out) / state.scale
    employers.experience[:] = np.maximum(employers.experience * 2 ** (-1 / params.half_life) + fresh, 0)
    per_thousand = THOUSAND * employers.experience / np.maximum(employers.jobs, 1)
    employers.trust[:] = 1 - np.exp(-per_thousand / params.takes)
    employers.lasted[:] = employers.pulled_out[:] = 0
    return {}
