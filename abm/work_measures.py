"""The indicators of language and work: persons of working age, by origin, sex, schooling, region, time since permit."""

from collections.abc import Callable
from functools import cached_property

import numpy as np

from abm.adults import adults, regions_of
from abm.clock import MONTHS
from abm.measuring import PERMIT_YEARS, Measure, Month, level
from abm.populations import NEVER, Stage

SPLITS = ("total", "origin", "sex", "schooling", "since_permit", "region")
COHORT = range(-MONTHS, 0)  # permits of 2014, whom statistics followed


class Grown:
    """Persons of working age in a month, with what several measures share."""

    def __init__(self, month: Month):
        self.month, self.state = month, month.state
        self.rows = adults(month.state, month.number)
        self.household = month.state.newcomers.household[self.rows]
        self._codes: dict[str, np.ndarray] = {}

    def codes(self, by: str) -> np.ndarray:
        """Group of each person, (n,)."""
        if by not in self._codes:
            self._codes[by] = getattr(self, f"_{by}")()
        return self._codes[by]

    def counted(self, who: np.ndarray, by: str, weights: np.ndarray | None = None) -> np.ndarray:
        """Persons for whom `who` holds (or what they weigh) per group, at the scale of the run."""
        if by == "total":
            return np.array([who.sum() if weights is None else weights[who].sum()])
        return np.bincount(self.codes(by)[who], None if weights is None else weights[who], self.month.group_sizes[by])

    def _origin(self) -> np.ndarray:
        return self.state.households.origin[self.household]

    def _sex(self) -> np.ndarray:
        return self.state.newcomers.female[self.rows].astype(np.int8)

    def _schooling(self) -> np.ndarray:
        return np.maximum(self.state.newcomers.schooling[self.rows], 0)  # nobody is counted before the profile

    def _region(self) -> np.ndarray:
        return regions_of(self.state, self.rows)

    def _since_permit(self) -> np.ndarray:
        return np.minimum((self.month.number - self.granted) // MONTHS, PERMIT_YEARS - 1)

    @cached_property
    def granted(self) -> np.ndarray:
        """Month of the permit, (n,); NEVER without one."""
        return self.state.households.granted[self.household].astype(np.int64)

    @cached_property
    def permit(self) -> np.ndarray:
        """Permit holders."""
        return self.granted != NEVER

    @cached_property
    def cohort(self) -> np.ndarray:
        """Permit holders of 2014."""
        return self.permit & (self.granted >= COHORT.start) & (self.granted < COHORT.stop)

    @cached_property
    def employed(self) -> np.ndarray:
        """Persons with a job."""
        return self.state.newcomers.employed[self.rows]

    @cached_property
    def assisted(self) -> np.ndarray:
        """Members of households on social assistance."""
        return self.state.households.assisted[self.household]

    @cached_property
    def applicant(self) -> np.ndarray:
        """Asylum seekers: no permit, and not refused for good."""
        return ~self.permit & (self.state.households.stage[self.household] != Stage.DEPARTING)

    @cached_property
    def in_class(self) -> np.ndarray:
        """Persons who had class this month."""
        return self.state.newcomers.class_hours[self.rows] > 0

    @cached_property
    def awaiting_class(self) -> np.ndarray:
        """Persons whom civic integration asks for, without class this month."""
        return self.state.newcomers.integrating[self.rows] & ~self.in_class

    @cached_property
    def coached(self) -> np.ndarray:
        """Persons for whom coaching still works."""
        return self.state.newcomers.coaching[self.rows] > 0


def grown(month: Month) -> Grown:
    """The persons of working age of a month, looked up once."""
    if "grown" not in vars(month):
        vars(month)["grown"] = Grown(month)
    return vars(month)["grown"]


def of_working_age(name: str, label: str, label_nl: str, *tests: str, by: tuple[str, ...] = SPLITS) -> Measure:
    """A measure of persons of working age for whom all tests hold (names of Grown), at full size."""

    def values(month: Month, wanted: tuple[str, ...]) -> dict[str, np.ndarray]:
        people = grown(month)
        who = np.logical_and.reduce([getattr(people, test) for test in tests])
        return {group: people.counted(who, group) / month.state.scale for group in wanted}

    return Measure(name, "persons", label, label_nl, by, values)


def mean_level(month: Month, wanted: tuple[str, ...]) -> dict[str, np.ndarray]:
    """Mean level of Dutch of permit holders of working age per group; NaN where there is nobody."""
    people, found = grown(month), {}
    level_of = month.state.newcomers.language[people.rows].astype(np.float64)
    for by in wanted:
        many = people.counted(people.permit, by).astype(float)
        many[many == 0] = np.nan
        found[by] = people.counted(people.permit, by, level_of) / many
    return found


def happened(*names: str) -> Callable[[Month], float]:
    """Persons to whom an event happened this month."""
    return lambda month: len(month.event(*names)) / month.state.scale


EVERYONE, PLACE, WITH_REGION = ("total", "origin"), ("total", "region"), ("total", "origin", "region")
WITH_WORK = ("Of these, with paid work", "Daarvan met betaald werk")
ON_ASSISTANCE = ("Of these, on social assistance", "Daarvan met bijstand")
LEVEL = ("Mean level of Dutch of permit holders", "Gemiddeld taalniveau van statushouders")
COHORT_LABEL = ("Permit holders of 2014, of 18 to 65", "Statushouders van 2014, van 18 tot 66 jaar")
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
)
