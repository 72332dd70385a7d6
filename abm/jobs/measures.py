"""The indicators of work: who works, jobs found and lost, their level, hours and income, gaps between groups."""

from collections.abc import Callable

import numpy as np
from numba import njit

from abm.engine.clock import NEVER
from abm.engine.kernels import read_only
from abm.observe.adult_crosstab import SPLITS, asylum_adults, grown, happened, of_working_age
from abm.observe.breakdowns import DIMENSIONS, DURATIONS, SINCE
from abm.observe.measure import Measure, Month, level

SMALL = 0.01  # share of the permit holders below which a group does not count for the gap between groups
Values = Callable[[Month, tuple[str, ...]], dict[str, np.ndarray]]

_LONGEST = DURATIONS - 1


def mean(name: str, *tests: str) -> Values:
    """Mean of what adults have for whom the tests hold, per group; NaN where there is nobody."""
    return lambda month, wanted: {by: grown(month).mean(name, by, *tests) for by in wanted}


def number(*tests: str) -> Values:
    """Adults for whom the tests hold, per group, at full size."""
    return lambda month, wanted: {by: grown(month).counted(tests, by) / month.state.scale for by in wanted}


@njit(cache=True)
def jobs_by_sector(employed, employer, sector_of, sectors):
    """Persons with a job per sector, (sectors,); employed, employer: whole columns; sector_of: of employers."""
    found, rows, count = np.zeros(sectors, np.int64), np.empty(len(employed) + 1, np.int32), 0
    for i in range(len(employed)):  # without branches, as in abm/engine/kernels.py
        rows[count] = i
        count += employed[i]
    for i in rows[:count]:
        if employer[i] >= 0:
            found[sector_of[employer[i]]] += 1
    return found


def in_sectors(month: Month, wanted: tuple[str, ...]) -> dict[str, np.ndarray]:
    """Newcomers with a job per sector of the employer, at full size."""
    people, sectors = month.state.newcomers, month.state.employers.sector.astype(np.int64)
    columns = (read_only(each) for each in (people.employed, people.employer))
    each = jobs_by_sector(*columns, sectors, month.group_sizes["sector"]) / month.state.scale
    return {"sector": each, "total": np.array([each.sum()])}


def shares(month: Month, by: str) -> tuple[np.ndarray, np.ndarray]:
    """Share of the permit holders of each group who work, and how many of them there are, (groups,)."""
    many = grown(month).counted(("permit",), by)
    return grown(month).counted(("permit", "employed"), by) / np.maximum(many, 1), many


def gap(share: np.ndarray, many: np.ndarray) -> float:
    """Highest minus lowest share among groups that are not small; NaN where there are fewer than two."""
    large = share[many >= max(SMALL * many.sum(), 1)]
    return float(np.ptp(large)) if len(large) > 1 else np.nan


def spread(share: np.ndarray, many: np.ndarray) -> float:
    """Standard deviation of shares over groups, weighted by persons; NaN where there is nobody."""
    if not many.sum():
        return np.nan
    centre = np.average(share, weights=many)
    return float(np.sqrt(np.average((share - centre) ** 2, weights=many)))


def between(rule: Callable[[np.ndarray, np.ndarray], float]) -> Callable[[Month], list[float]]:
    """What a rule makes of the shares who work over origins, sexes, schoolings and regions."""
    return lambda month: [rule(*shares(month, by)) for by in DIMENSIONS]


@njit(cache=True)
def by_month(rows, month, household, employed, applied, granted):
    """Persons, without and with work, by months since arrival and since the permit: (2 starts, 2, DURATIONS + 1).

    household, employed: whole columns of persons; applied, granted [month]: of households. The longest durations are
    counted together; the last column holds who has no permit.
    """
    found = np.zeros((2, 2, DURATIONS + 1), np.int64)
    for row in rows:
        i = np.uint64(row)  # unsigned: no check for a negative index
        of, works = np.uint64(household[i]), np.uint64(employed[i])
        found[0, works, min(max(month - applied[of], 0), _LONGEST)] += 1
        since = min(max(month - granted[of], 0), _LONGEST)
        found[1, works, since if granted[of] != NEVER else DURATIONS] += 1
    return found


def durations(month: Month) -> dict[str, np.ndarray]:
    """Persons without and with work by duration, (2, DURATIONS) at full size, by start; looked up once a month."""
    if "durations" not in vars(month):
        people, households = month.state.newcomers, month.households
        columns = (people.household, people.employed, households.applied, households.granted)
        found = by_month(asylum_adults(month), month.number, *(read_only(each) for each in columns))
        vars(month)["durations"] = dict(zip(SINCE, found[:, :, :-1] / month.state.scale, strict=True))
    return vars(month)["durations"]


def everybody(month: Month, wanted: tuple[str, ...]) -> dict[str, np.ndarray]:
    """Adults of the asylum chain; since the permit: those who have one."""
    return {by: durations(month)[by].sum(axis=0) for by in wanted}


def at_work(month: Month, wanted: tuple[str, ...]) -> dict[str, np.ndarray]:
    """Of these, the ones with paid work."""
    return {by: durations(month)[by][1] for by in wanted}


EVERYONE, PLACE, WITH_REGION = ("total", "origin"), ("total", "region"), ("total", "origin", "region")
WITH_WORK = ("Of these, with paid work", "Daarvan met betaald werk")
ON_ASSISTANCE = ("Of these, on social assistance", "Daarvan met bijstand")
COHORT_LABEL = ("Permit holders of 2014, of 18 to 65", "Statushouders van 2014, van 18 tot 66 jaar")


WORKING = ("Of these, with paid work", "Daarvan met betaald werk")
ADULTS = ("Newcomers of 18 to 65", "Nieuwkomers van 18 tot 66 jaar")
HOLDERS = ("Permit holders of 18 to 65, by years since arrival", "Statushouders van 18 tot 66 jaar, naar verblijfsduur")
MATCHED = ("Jobs of permit holders at the level of their schooling", "Banen van statushouders op opleidingsniveau")
IDLE = ("Mean months without work, class or activity", "Gemiddeld aantal maanden zonder werk, les of activiteit")
GAP = ("Highest minus lowest share with work between groups", "Hoogste min laagste aandeel met werk tussen groepen")
SPREAD = ("Spread of the share with work between groups", "Spreiding van het aandeel met werk tussen groepen")
MEASURES: tuple[Measure, ...] = (
    of_working_age("working_age", "Permit holders of 18 to 65", "Statushouders van 18 tot 66 jaar", "permit"),
    of_working_age("employed", *WITH_WORK, "permit", "employed"),
    of_working_age("assisted", *ON_ASSISTANCE, "permit", "assisted"),
    of_working_age(
        "applicants", "Asylum seekers of 18 to 65", "Asielzoekers van 18 tot 66 jaar", "applicant", by=WITH_REGION
    ),
    of_working_age("applicants_employed", *WITH_WORK, "applicant", "employed", by=WITH_REGION),
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
    Measure("adults", "persons", *ADULTS, ("total", "since_arrival"), number()),
    Measure("adults_employed", "persons", *WORKING, ("total", "since_arrival"), number("employed")),
    Measure("holders", "persons", *HOLDERS, ("since_arrival",), number("permit")),
    Measure("holders_employed", "persons", *WORKING, ("since_arrival",), number("permit", "employed")),
    Measure("level_match", "share", *MATCHED, SPLITS, mean("level_matched", "permit", "employed")),
    Measure(
        "work_hours", "hours/week", "Mean hours of jobs of permit holders",
        "Gemiddelde uren van banen van statushouders", SPLITS, mean("work_hours", "permit", "employed"),
    ),
    Measure(
        "income", "EUR/month", "Mean net income of permit holders", "Gemiddeld netto-inkomen van statushouders",
        SPLITS, mean("income", "permit"),
    ),
    Measure("months_idle", "months", *IDLE, ("total", "status", "origin", "sex"), mean("months_idle")),
    Measure(
        "jobs_held", "persons", "Newcomers with work, by sector of the employer",
        "Nieuwkomers met werk, naar sector van de werkgever", ("total", "sector"), in_sectors,
    ),
    level(
        "awaiting_coach", "persons", "Waiting for a job coach", "Wachtend op een jobcoach", "total",
        happened("coach_awaited"),
    ),
    level(
        "jobs_capped", "persons/month", "Jobs ended by the cap on weeks of work", "Banen beëindigd door de wekeneis",
        "total", happened("job_capped"),
    ),
    level("employment_gap", "share", *GAP, "dimension", between(gap)),
    level("employment_spread", "share", *SPREAD, "dimension", between(spread)),
    Measure(
        "by_duration", "persons", "Newcomers of 18 to 65, by months since arrival or permit",
        "Nieuwkomers van 18 tot 66 jaar, naar maanden sinds aankomst of vergunning", SINCE, everybody,
    ),
    Measure(
        "by_duration_employed", "persons", "Of these, with paid work", "Daarvan met betaald werk", SINCE, at_work
    ),
)  # fmt: skip
