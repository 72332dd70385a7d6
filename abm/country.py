"""The data dictionary of the country: groups of origins, and what is left of each national capacity."""

import numpy as np

from abm.table import Table, column


class Origins(Table):
    """Groups of countries of origin, as in abm/data/origins.csv."""

    safe = column(np.bool_, False, doc="whether applications are clearly unpromising")
    male_share = column(np.float64, unit="share", doc="men and boys among applicants")
    family_share = column(np.float64, unit="share", doc="applying households of two or more")
    language = column(np.int8, doc="main language, by first place in the list of origins; -1: none that most share")
    due = column(np.float64, unit="persons", doc="first applicants still due (negative: ahead, households are whole)")
    due_resettled = column(np.float64, unit="persons", doc="resettled people still due")
    due_repeated = column(np.float64, unit="persons", doc="repeat applicants still due")


class Nation(Table):
    """One row: what is left of each national capacity when a household does not fit into it any more."""

    screening = column(np.float64, unit="persons", doc="screening capacity carried over")
    decision_fast = column(np.float64, unit="persons", doc="decision capacity carried over, fast track")
    decision_repeated = column(np.float64, unit="persons", doc="decision capacity carried over, repeat applications")
    decision_regular = column(np.float64, unit="persons", doc="decision capacity carried over, regular track")
    closing = column(np.float64, unit="persons", doc="capacity to close applications carried over")
    appeal = column(np.float64, unit="persons", doc="court capacity carried over")
    reunion = column(np.float64, unit="persons", doc="reunification capacity carried over")
    reception = column(np.float64, unit="persons", doc="smoothed need for reception that the capacity plan follows")
    jobs_in_reception = column(np.float64, unit="jobs", doc="jobs of who lived in reception last month, at that scale")
    job_months = column(np.float64, unit="months", doc="the same over the months, fading")
    jobs_pulled = column(np.float64, unit="jobs", doc="jobs that a move in reception ended, over the months, fading")
    expected_moves = column(np.float64, unit="share/month", doc="of jobs in reception, expected to end by a move")
    task_arrivals = column(np.float64, unit="persons", doc="people with a permit since the last task was set")
    protected_due = column(np.float64, unit="persons", doc="people still due who come for temporary protection")
