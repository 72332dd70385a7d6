"""Employers of a region and sector have vacancies, and trust newcomers more the more of them settled in.

    vacancies = vacancies of the country x jobs here / jobs of the country, of which a part is open to newcomers
    experience = experience x 2^(-1 / half-life) + jobs that lasted some months - weight x jobs that a move ended
    trust = 1 - exp(-experience per thousand jobs / what it takes)

Vacancies of the country follow the series of tightness and unemployment. What crosses to `work` is last month's trust.

Source: jobs by region and sector, abm/data/jobs.csv; tightness, unemployment, abm/data/national_series.csv; E044.
"""

import numpy as np

from abm.draws import Draws
from abm.params import ProcessParams, param

WRITES = ("employers.vacancies", "employers.experience", "employers.trust", "employers.lasted", "employers.pulled_out")
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


def vacancies(state, params: Params) -> np.ndarray:
    """Vacancies open to newcomers, (employers,) at full scale."""
    inputs, month = state.inputs, state.clock.month
    unemployed = inputs.series_at("unemployment", month) * inputs.labour_force
    country = inputs.series_at("tightness", month) / HUNDRED * unemployed
    return params.open_share * country * state.employers.jobs / state.employers.jobs.sum()


def step(state, params: Params, draws: Draws) -> dict[str, np.ndarray]:
    """Open vacancies, and learn from what happened last month."""
    employers = state.employers
    employers.vacancies[:] = vacancies(state, params)
    fresh = (employers.lasted - params.pulled_weight * employers.pulled_out) / state.scale
    employers.experience[:] = np.maximum(employers.experience * 2 ** (-1 / params.half_life) + fresh, 0)
    per_thousand = THOUSAND * employers.experience / np.maximum(employers.jobs, 1)
    employers.trust[:] = 1 - np.exp(-per_thousand / params.takes)
    employers.lasted[:] = employers.pulled_out[:] = 0
    return {}
