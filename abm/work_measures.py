"""The indicators of language and work: persons of working age, by origin, sex, schooling, region, time since permit."""

from collections.abc import Callable
from functools import cached_property

import numpy as np

from abm.adults import adults, regions_of
from abm.clock import MONTHS
from abm.kernels import tallied
from abm.matching import of_households
from abm.measuring import PERMIT_YEARS, Measure, Month, level
from abm.populations import NEVER, Role, Stage

SPLITS = ("total", "origin", "sex", "schooling", "since_permit", "region")
COHORT = range(-MONTHS, 0)  # permits of 2014, whom statistics followed


FLAGS = ("permit", "employed", "assisted", "applicant", "in_class", "awaiting_class", "coached", "cohort")
_BITS = np.arange(1 << len(FLAGS))[:, None] >> np.arange(len(FLAGS)) & 1 == 1  # (combinations, flags)


class Grown:
    """Persons of working age of the asylum chain: what holds for each, and the group in each way to split."""

    def __init__(self, month: Month):
        self.month, self.state = month, month.state
        rows = adults(month.state)
        of = month.state.newcomers.household[rows]
        asylum = ~protected(month, rows)  # the others: protection_measures.py
        self.rows, self.household = rows[asylum], of[asylum]
        self.granted = month.households.granted[self.household].astype(np.int64)
        self._codes: dict[str, np.ndarray] = {}
        self._tallies: dict[str, np.ndarray] = {}

    @cached_property
    def flags(self) -> np.ndarray:
        """What holds for each person, (n,) uint8: a bit per name in FLAGS."""
        people, households, of = self.state.newcomers, self.state.households, self.household
        permit = self.granted != NEVER
        in_class = people.class_hours[self.rows] > 0
        holds = (
            permit,
            people.employed[self.rows],
            households.assisted[of],
            ~permit & (households.stage[of] != Stage.DEPARTING),
            in_class,
            people.integrating[self.rows] & ~in_class,
            people.coaching[self.rows] > 0,
            permit & (self.granted >= COHORT.start) & (self.granted < COHORT.stop),
        )
        return sum(each.astype(np.uint8) << np.uint8(bit) for bit, each in enumerate(holds)).astype(np.uint8)

    def codes(self, by: str) -> np.ndarray:
        """Group of each person, (n,), made once."""
        if by not in self._codes:
            self._codes[by] = self._code(by)
        return self._codes[by]

    def _code(self, by: str) -> np.ndarray:
        people = self.state.newcomers
        if by == "total":
            return np.zeros(len(self.rows), dtype=np.int8)
        if by == "origin":
            return self.state.households.origin[self.household]
        if by == "sex":
            return people.female[self.rows].astype(np.int8)
        if by == "schooling":
            return np.maximum(people.schooling[self.rows], 0)  # nobody is measured before the profile
        if by == "region":
            return regions_of(self.state, self.rows)
        return np.clip((self.month.number - self.granted) // MONTHS, 0, PERMIT_YEARS - 1)  # since_permit

    def counted(self, tests: tuple[str, ...], by: str) -> np.ndarray:
        """Persons for whom all tests hold, per group, at the scale of the run."""
        if by not in self._tallies:
            self._tallies[by] = tallied(self.codes(by), self.flags, self.month.group_sizes[by])
        wanted = _BITS[:, [FLAGS.index(test) for test in tests]].all(axis=1)
        return self._tallies[by][:, wanted].sum(axis=1)


def grown(month: Month) -> Grown:
    """The persons of working age of a month, looked up once."""
    if "grown" not in vars(month):
        vars(month)["grown"] = Grown(month)
    return vars(month)["grown"]


def of_working_age(name: str, label: str, label_nl: str, *tests: str, by: tuple[str, ...] = SPLITS) -> Measure:
    """A measure of persons of working age for whom all tests hold (names in FLAGS), at full size."""

    def values(month: Month, wanted: tuple[str, ...]) -> dict[str, np.ndarray]:
        return {group: grown(month).counted(tests, group) / month.state.scale for group in wanted}

    return Measure(name, "persons", label, label_nl, by, values)


def mean_level(month: Month, wanted: tuple[str, ...]) -> dict[str, np.ndarray]:
    """Mean level of Dutch of permit holders of working age per group; NaN where there is nobody."""
    people, found = grown(month), {}
    holders = np.flatnonzero(people.granted != NEVER)
    level_of = month.state.newcomers.language[people.rows[holders]].astype(np.float64)
    for by in wanted:
        many = people.counted(("permit",), by).astype(float)
        many[many == 0] = np.nan
        found[by] = np.bincount(people.codes(by)[holders], level_of, month.group_sizes[by]) / many
    return found


def placement_match(month: Month, wanted: tuple[str, ...]) -> dict[str, np.ndarray]:
    """Mean true match of the households that left the registration centre this month, per group; NaN where none.

    Sex and schooling are those of the lead; households whose lead has no profile are not counted.
    """
    people, households, locations = month.state.newcomers, month.households, month.state.locations
    rows = month.event("placed")
    rows = rows[households.location[rows] != NEVER]  # not housed since
    lead = np.full(len(households), NEVER)
    leads = np.flatnonzero((people.role == Role.LEAD) & (people.sector != NEVER))
    lead[people.household[leads]] = leads
    rows = rows[lead[rows] != NEVER]
    region = locations.region[households.location[rows]]
    match = of_households(month.state, rows, "mean")[np.arange(len(rows)), region]
    codes = {
        "total": np.zeros(len(rows), np.int64),
        "schooling": people.schooling[lead[rows]],
        "sex": people.female[lead[rows]].astype(np.int64),
        "region": region,
    }
    found = {}
    for by in wanted:
        many = np.bincount(codes[by], minlength=month.group_sizes[by]).astype(float)
        many[many == 0] = np.nan
        found[by] = np.bincount(codes[by], match, month.group_sizes[by]) / many
    return found


def protected(month: Month, rows: np.ndarray) -> np.ndarray:
    """Whether persons are under temporary protection, (n,) bool."""
    return month.households.stage[month.state.newcomers.household[rows]] == Stage.PROTECTED


def happened(*names: str) -> Callable[[Month], float]:
    """Persons of the asylum chain to whom an event happened this month."""
    return lambda month: np.count_nonzero(~protected(month, month.event(*names))) / month.state.scale


EVERYONE, PLACE, WITH_REGION = ("total", "origin"), ("total", "region"), ("total", "origin", "region")
WITH_WORK = ("Of these, with paid work", "Daarvan met betaald werk")
ON_ASSISTANCE = ("Of these, on social assistance", "Daarvan met bijstand")
LEVEL = ("Mean level of Dutch of permit holders", "Gemiddeld taalniveau van statushouders")
COHORT_LABEL = ("Permit holders of 2014, of 18 to 65", "Statushouders van 2014, van 18 tot 66 jaar")
MATCH = (
    "Match with the region of households that were placed",
    "Aansluiting op de regio van geplaatste huishoudens",
)
WORK_MEASURES: tuple[Measure, ...] = (
    of_working_age("working_age", "Permit holders of 18 to 65", "Statushouders van 18 tot 66 jaar", "permit"),
    of_working_age("employed", *WITH_WORK, "permit", "employed"),
    of_working_age("assisted", *ON_ASSISTANCE, "permit", "assisted"),
    Measure("language", "CEFR level", *LEVEL, SPLITS, mean_level),
    of_working_age(
        "applicants", "Asylum seekers of 18 to 65", "Asielzoekers van 18 tot 66 jaar", "applicant", by=WITH_REGION
    ),
    of_working_age("applicants_employed", *WITH_WORK, "applicant", "employed", by=WITH_REGION),
    of_working_age("in_class", "In language class", "Op taalles", "in_class", by=PLACE),
    of_working_age("awaiting_class", "Waiting for language class", "Wachtend op taalles", "awaiting_class", by=PLACE),
    of_working_age("coached", "With a job coach", "Met een jobcoach", "coached", by=PLACE),
    of_working_age("cohort_2014", *COHORT_LABEL, "cohort", by=EVERYONE),
    of_working_age("cohort_2014_employed", *WITH_WORK, "cohort", "employed", by=EVERYONE),
    of_working_age("cohort_2014_assisted", *ON_ASSISTANCE, "cohort", "assisted", by=EVERYONE),
    level("hires", "persons/month", "Jobs found", "Banen gevonden", "total", happened("hired")),
    level("jobs_lost", "persons/month", "Jobs lost", "Banen verloren", "total", happened("job_lost")),
    level(
        "work_permits",
        "permits/month",
        "Work permits for asylum seekers",
        "Tewerkstellingsvergunningen voor asielzoekers",
        "total",
        happened("hired_with_work_permit"),
    ),
    level(
        "diplomas_recognised",
        "persons/month",
        "Diplomas recognised",
        "Erkende diploma's",
        "total",
        happened("recognised"),
    ),
    Measure("placement_match", "SD", *MATCH, ("total", "schooling", "sex", "region"), placement_match),
)
