"""The data dictionary of the labour market: employers, and the match between people and regions."""

import numpy as np

from abm.engine.table import Table, column


class Matches(Table):
    """Match of people with the jobs of a region: one row for each schooling, sector and region."""

    schooling = column(np.int8, doc="schooling of a person")
    sector = column(np.int8, doc="sector in which a person can work best, as in state.inputs.sectors")
    region = column(np.int8, unit="row of regions", doc="labour market region")
    match = column(np.float64, unit="SD", doc="mean 0 and standard deviation 1 over the regions")


class Employers(Table):
    """Employers of a sector in a region."""

    region = column(np.int8, unit="row of regions", doc="labour market region")
    sector = column(np.int8, doc="row of the sectors in state.inputs")
    jobs = column(np.float64, unit="jobs", doc="jobs, 2017")
    vacancies = column(np.float64, unit="jobs", doc="vacancies open to newcomers this month")
    experience = column(np.float64, unit="jobs", doc="jobs of newcomers that lasted, decaying over time")
    trust = column(np.float64, unit="share", doc="trust in newcomers that this experience built")
    lasted = column(np.float64, unit="jobs", doc="jobs of newcomers that lasted, last month, at the scale of the run")
    pulled_out = column(
        np.float64, unit="jobs", doc="jobs that a move in reception ended last month, at the scale of the run"
    )
