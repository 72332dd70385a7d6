"""Months, the only unit of time: month 0 is January 2015."""

import re
from dataclasses import dataclass

import numpy as np

from abm.engine.errors import InputError, brief

FIRST_YEAR = 2015
MONTHS = 12
WEEKS_PER_MONTH = 365.25 / 12 / 7
NEVER = -(2**14)  # stands for no month: before anybody was born, and differences to it fit in 16 bits
EARLIEST = -1024  # earliest month that a waiting list can sort: September 1929
ENDLESS = np.iinfo(np.int16).max  # a month that never comes
_LABEL = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])")


def label(month: int) -> str:
    """Name of a month index: 0 -> '2015-01'."""
    return f"{FIRST_YEAR + month // MONTHS}-{month % MONTHS + 1:02d}"


def index(text: str) -> int:
    """Month index of a name: '2015-01' -> 0. Raises InputError where it is not a month."""
    found = _LABEL.fullmatch(text if isinstance(text, str) else brief(text))
    if not found:
        raise InputError(f"'{brief(text)}' is not a month: write it as YYYY-MM, like 2027-01")
    return (int(found[1]) - FIRST_YEAR) * MONTHS + int(found[2]) - 1


def year(month: int) -> int:
    """Calendar year of a month index: 13 -> 2016."""
    return FIRST_YEAR + month // MONTHS


def half_year(month: int) -> int:
    """Half-years since January 2015: 0 for 2015-I, 1 for 2015-II."""
    return month // (MONTHS // 2)


def starts_half_year(month: int) -> bool:
    """Whether a month is January or July, when a new housing task begins."""
    return month % (MONTHS // 2) == 0


@dataclass
class Clock:
    """The clock of a run: the month that the next turn will simulate."""

    month: int = 0

    @property
    def label(self) -> str:
        """The month as YYYY-MM."""
        return label(self.month)

    @property
    def year(self) -> int:
        """The calendar year."""
        return year(self.month)


def whole_months(weeks: float, u: np.ndarray) -> np.ndarray:
    """Weeks as whole months, (n,) int64: rounded up or down by uniform draws u so that the mean is exact."""
    return np.floor(weeks / WEEKS_PER_MONTH + u).astype(np.int64)
