"""Employers of a region and sector have vacancies, and trust newcomers more the more of them settled in.

    vacancies = part open to newcomers x vacancies of the country x simple jobs here / simple jobs of the country
    simple jobs = jobs x share of them in the sector that ask primary school at most
    experience = experience x 2^(-1 / half-life) + jobs that lasted some months - weight x jobs that a move ended
    trust = 1 - exp(-experience per thousand jobs / what it takes)
    expected moves = (jobs that a move ended + prior x weight) / (months of jobs in reception + weight), both fading

Vacancies of the country follow the series of tightness and unemployment. What crosses to `work` is last month's trust
and how often employers expect that a move in reception ends a job.

Source: jobs by region and sector, abm/facts/data/jobs.csv; which schooling they ask,
schooling_of_jobs.csv; tightness and unemployment, national_series.csv; E044, E007.
"""

import numpy as np

from abm.engine.draws import Draws
from abm.engine.params import ProcessParams, param
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
    """What employers offer and how they learn."""

    open_share: float = param(
        0.25, "share", 0.02, 1, "assumption: work that asks no Dutch diploma", "vacancies that are open to newcomers"
    )
    half_life: float = param(24, "months", 6, 60, "E044: hires of the last 24 months", "half-life of experience")
    takes: float = param(
        5, "jobs", 1, 50, "assumption", "lasting jobs per thousand jobs that bring two thirds of full trust"
    )
    pulled_weight: float = param(
        2, "ratio", 0, 5, "E007: short jobs and moves kept employers away; size an assumption",
        "a job that a move in reception ended, over one that lasted",
    )  # fmt: skip
    moves_prior: float = param(
        0.03, "share/month", 0.01, 0.1, "assumption: prior of rho_0",
        "jobs in reception that employers expect a move to end, before they see any",
    )  # fmt: skip
    moves_weight: float = param(
        2000, "months", 100, 20_000, "assumption", "months of work in reception that weigh as much as that"
    )


def expect_moves(state: State, params: Params) -> None:
    """Learn how often a move in reception ends a job."""
    nation, fading, weight = state.nation, 2 ** (-1 / params.half_life), params.moves_weight * state.scale
    nation.job_months[:] = nation.job_months * fading + nation.jobs_in_reception
    nation.jobs_pulled[:] = nation.jobs_pulled * fading + state.employers.pulled_out.sum()
    nation.expected_moves[:] = (nation.jobs_pulled + params.moves_prior * weight) / (nation.job_months + weight)


def vacancies(state: State, params: Params) -> np.ndarray:
    """Vacancies open to newcomers, (employers,) at full scale."""
    inputs, month = state.inputs, state.clock.month
    unemployed = inputs.series_at("unemployment", month) * inputs.labour_force
    country = inputs.series_at("tightness", month) / HUNDRED * unemployed
    asked = jobs_by_schooling(inputs.jobs_schooling)[Schooling.PRIMARY]
    simple = state.employers.jobs * asked[state.employers.sector]
    return params.open_share * country * simple / simple.sum()


def step(state: State, params: Params, draws: Draws) -> dict[str, np.ndarray]:
    """Open vacancies, and learn from what happened last month."""
    employers = state.employers
    employers.vacancies[:] = vacancies(state, params)
    expect_moves(state, params)
    fresh = (employers.lasted - params.pulled_weight * employers.pulled_out) / state.scale
    employers.experience[:] = np.maximum(employers.experience * 2 ** (-1 / params.half_life) + fresh, 0)
    per_thousand = THOUSAND * employers.experience / np.maximum(employers.jobs, 1)
    employers.trust[:] = 1 - np.exp(-per_thousand / params.takes)
    employers.lasted[:] = employers.pulled_out[:] = 0
    return {}
