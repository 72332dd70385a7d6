"""The indicators of language and work: persons of working age, by origin, sex, schooling, region, time since permit."""

from collections.abc import Callable

import numpy as np

from abm.grown import SPLITS, grown, protected
from abm.matching import matched, profiled
from abm.measuring import Measure, Month, level
from abm.populations import NEVER, Role


def of_working_age(name: str, label: str, label_nl: str, *tests: str, by: tuple[str, ...] = SPLITS) -> Measure:
    """A measure of persons of working age for whom all tests hold (names in FLAGS), at full size."""

    def values(month: Month, wanted: tuple[str, ...]) -> dict[str, np.ndarray]:
        return {group: grown(month).counted(tests, group) / month.state.scale for group in wanted}

    return Measure(name, "persons", label, label_nl, by, values)


def mean_level(month: Month, wanted: tuple[str, ...]) -> dict[str, np.ndarray]:
    """Mean level of Dutch of permit holders of working age per group; NaN where there is nobody."""
    return {by: grown(month).mean("language", by, "permit") for by in wanted}


def placement_match(month: Month, wanted: tuple[str, ...]) -> dict[str, np.ndarray]:
    """Mean true match of the households that left the registration centre this month, per group; NaN where none.

    Sex and schooling are those of the lead; households whose lead has no profile are not counted.
    """
    people, households, locations = month.state.newcomers, month.households, month.state.locations
    rows = month.event("placed")
    rows = rows[households.location[rows] != NEVER]  # not housed since
    persons, of = profiled(month.state, rows)
    leads = people.role[persons] == Role.LEAD
    lead = np.full(len(rows), NEVER)
    lead[of[leads]] = persons[leads]
    region = locations.region[households.location[rows]].astype(np.int64)
    many = np.bincount(of, minlength=len(rows))
    match = np.bincount(of, matched(month.state, persons, region[of]), len(rows)) / np.maximum(many, 1)
    known = lead != NEVER
    match, lead, region = match[known], lead[known], region[known]
    codes = {
        "total": np.zeros(len(lead), np.int64),
        "schooling": people.schooling[lead],
        "sex": people.female[lead].astype(np.int64),
        "region": region,
    }
    found = {}
    for by in wanted:
        many = np.bincount(codes[by], minlength=month.group_sizes[by]).astype(float)
        many[many == 0] = np.nan
        found[by] = np.bincount(codes[by], match, month.group_sizes[by]) / many
    return found


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
