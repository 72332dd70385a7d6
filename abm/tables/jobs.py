"""The data dictionary of the labour market: employers, and how well the jobs of a region suit people."""

import numpy as np

from abm.engine.table import Table, column


class Matches(Table):
    """How well the jobs of a region suit people of a schooling and sector: one row for each of these three."""

    schooling = column(np.int8, doc="schooling of a person")
    sector = column(np.int8, doc="sector in which a person can work best, as in state.inputs.sectors")
    region = column(np.int8, unit="row of regions", doc="labour market region")
    match = column(np.float64, unit="SD", doc="mean 0 and standard deviation 1 over the regions")


class Employers(Table):
    """Employers of a sector in a region."""

    region = column(np.int8, unit="row of regions", doc="labour market region")
    sector = column(np.int8, doc="row of the sectors in state.inputs")
    jobs = column(np.float64, unit="jobs", doc="jobs, 2017")
    vacancies = column(np.float64, unit="jobs", doc="vacancies that are open to newcomers this month")
    experience = column(np.float64, unit="jobs", doc="jobs of newcomers that lasted, fading")
    trust = column(np.float64, unit="share", doc="trust that this experience gave")
    lasted = column(np.float64, unit="jobs", doc="jobs of newcomers that lasted, last month, at the scale of the run")
    pulled_out = column(np.float64, unit="jobs", doc="jobs that a move in reception ended, the same")
