"""Adults of working age in a month, as measures see them: what holds for each, and their group in each way to split.

One pass over the people counts every combination of what measures ask, in every split; a measure then only adds up the
combinations that it means.
"""

from functools import cache

import numpy as np
from numba import njit

from abm.adults import adults
from abm.clock import MONTHS
from abm.kernels import read_only
from abm.measuring import PERMIT_YEARS, STATUS_OF_STAGE, Month
from abm.populations import NEVER, Stage

SPLITS = ("total", "origin", "sex", "schooling", "since_permit", "region")
CODED = (*SPLITS, "since_arrival", "status")
SUMS = ("language", "wellbeing", "level_matched", "work_hours", "income", "months_idle")
COHORT = range(-MONTHS, 0)  # permits of 2014, whom statistics followed
CUT_OFF = -1.126  # standard deviations below the mean that 13% of the population does not reach (E101: 11-15%)
FLAGS = ("permit", "employed", "assisted", "applicant", "in_class", "awaiting_class", "coached", "cohort", "unwell")
_COMBINATIONS = 1 << len(FLAGS)
_DEPARTING, _FIRST, _LAST = int(Stage.DEPARTING), COHORT.start, COHORT.stop - 1  # compiled code wants ints
_PROTECTED = int(Stage.PROTECTED)
_CUT_OFF = np.float32(CUT_OFF)  # as narrow as the column


@njit(cache=True)
def tallied(
    rows, month, nobody, employed, class_hours, learner, coaching, female, schooling, language, wellbeing,
    level_matched, work_hours, income, months_idle, household, applied, granted, assisted, stage, origin, location,
    municipality, of_location, of_municipality, status,
):  # fmt: skip
    """How often each combination of FLAGS occurs per group of each split, (splits, combinations, groups) int64, and
    SUMS per group, (splits, groups, sums): Dutch [CEFR level] and income [EUR/month] of those with a permit, level and
    hours of their jobs [hours/week], wellbeing [SD] and idle months of all.

    employed to household: whole columns of persons; applied to municipality: of households; of_location,
    of_municipality: region of each; status: of a stage; nobody (splits,): group of who is not counted in a split of
    CODED, which is the case without a permit in years since the permit, and outside reception in status.
    """
    splits, groups = len(nobody), nobody.max() + 1
    found = np.zeros(splits * _COMBINATIONS * groups, np.int64)
    sums, of_person = np.zeros((splits * groups, len(SUMS))), np.zeros(len(SUMS))
    code = np.zeros(splits, np.int64)
    for k in range(len(rows)):
        i = rows[k]
        of, in_class = household[i], class_hours[i] > 0
        when, place = granted[of], location[of]
        permit = when != NEVER
        flags = (
            permit | employed[i] << 1 | assisted[of] << 2 | ((not permit) & (stage[of] != _DEPARTING)) << 3
            | in_class << 4 | (learner[i] & (not in_class)) << 5 | (coaching[i] > 0) << 6
            | (permit & (when >= _FIRST) & (when <= _LAST)) << 7 | (wellbeing[i] < _CUT_OFF) << 8
        )  # fmt: skip
        code[1], code[2] = origin[of], female[i]
        code[3] = max(schooling[i], 0)  # nobody is measured before the profile
        code[4] = min(max((month - when) // MONTHS, 0), PERMIT_YEARS - 1) if permit else nobody[4]
        code[5] = of_location[place] if place >= 0 else of_municipality[municipality[of]]
        code[6] = min((month - applied[of]) // MONTHS, PERMIT_YEARS - 1)
        code[7] = status[stage[of]] if place >= 0 else nobody[7]
        job = permit & employed[i]
        of_person[0], of_person[1], of_person[2] = language[i] * permit, wellbeing[i], level_matched[i] & job
        of_person[3], of_person[4], of_person[5] = work_hours[i] * job, income[i] * permit, max(months_idle[i], 0)
        for split in range(splits):  # innermost, so that the sums of one split need not wait for those of another
            group = np.uint64(split * groups + code[split])  # unsigned: no check for a negative index
            found[np.uint64((split * _COMBINATIONS + flags) * groups + code[split])] += 1
            for each in range(len(of_person)):
                sums[group, each] += of_person[each]
    return found.reshape((splits, _COMBINATIONS, groups)), sums.reshape((splits, groups, len(of_person)))


@cache
def _combinations(tests: tuple[str, ...]) -> np.ndarray:
    """Which combinations of flags have all these set, (combinations,): 1 or 0."""
    holds = np.arange(_COMBINATIONS)[:, None] >> np.arange(len(FLAGS)) & 1 == 1
    return holds[:, [FLAGS.index(test) for test in tests]].all(axis=1).astype(float)


@njit(cache=True)
def asylum_chain(rows, household, stage):
    """Those of rows who are not under temporary protection, (n,): they have measures of their own."""
    found, count = np.empty(len(rows) + 1, np.int64), 0
    for k in range(len(rows)):
        found[count] = rows[k]
        count += stage[household[rows[k]]] != _PROTECTED
    return found[:count]


def asylum_adults(month: Month) -> np.ndarray:
    """Rows of the persons of working age of the asylum chain, (n,)."""
    people, households = month.state.newcomers, month.households
    return asylum_chain(adults(month.state), read_only(people.household), read_only(households.stage))


def protected(month: Month, rows: np.ndarray) -> np.ndarray:
    """Whether persons are under temporary protection, (n,) bool."""
    return month.households.stage[month.state.newcomers.household[rows]] == Stage.PROTECTED


class Grown:
    """Persons of working age of the asylum chain in a month, their Dutch and wellbeing, per group of a split."""

    def __init__(self, month: Month):
        state, sizes = month.state, month.group_sizes
        people, households = state.newcomers, state.households
        columns = (
            people.employed, people.class_hours, people.learner, people.coaching, people.female, people.schooling,
            people.language, people.wellbeing, people.level_matched, people.work_hours, people.income,
            people.months_idle, people.household, households.applied, households.granted, households.assisted,
            households.stage, households.origin, households.location, households.municipality, state.locations.region,
            state.municipalities.region, STATUS_OF_STAGE,
        )  # fmt: skip
        nobody = np.array([sizes[by] for by in CODED])
        found = tallied(asylum_adults(month), month.number, nobody, *(read_only(column) for column in columns))
        self._tallies = {  # without who is not counted
            by: (found[0][split, :, : sizes[by]], found[1][split, : sizes[by]]) for split, by in enumerate(CODED)
        }

    def counted(self, tests: tuple[str, ...], by: str) -> np.ndarray:
        """Persons for whom all tests hold, (groups,), at the scale of the run."""
        return _combinations(tests) @ self._tallies[by][0]

    def mean(self, name: str, by: str, *tests: str) -> np.ndarray:
        """Mean of one of SUMS over those for whom the tests hold, (groups,); NaN where there is nobody."""
        many = self.counted(tests, by)
        return self._tallies[by][1][:, SUMS.index(name)] / np.where(many == 0, np.nan, many)


def grown(month: Month) -> Grown:
    """The persons of working age of a month, looked up once."""
    if "grown" not in vars(month):
        vars(month)["grown"] = Grown(month)
    return vars(month)["grown"]
