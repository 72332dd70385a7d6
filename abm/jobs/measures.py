"""The indicators of work: employment, jobs found and lost, their level, hours and income, gaps between groups."""

import numpy as np

from abm.engine.clock import NEVER
from abm.engine.kernels import kernel
from abm.observe.adult_crosstab import (
    adult_counts,
    asylum_adults,
    count_outside_protection,
    mean_of_working_age,
    of_working_age,
    share_of_working_age,
)
from abm.observe.breakdowns import DIMENSIONS, DURATIONS, SINCE
from abm.observe.measure import Month, event, level, measure, once_a_month

SMALL = 0.01  # share of the permit holders below which a group does not count for the gap between groups
EVERYONE, PLACE, WITH_REGION = ("total", "origin"), ("total", "region"), ("total", "origin", "region")
ARRIVED, PERMITTED = ("total", "since_arrival"), ("total", "since_permit")

HIRED, HIRED_WITH_WORK_PERMIT = event("hired"), event("hired_with_work_permit")
JOB_LOST, JOB_CAPPED = event("job_lost"), event("job_capped")
RECOGNISED, COACH_AWAITED = event("recognised"), event("coach_awaited")

_LONGEST = DURATIONS - 1


@of_working_age(en="Permit holders of 18 to 65", nl="Statushouders van 18 tot 66 jaar")
def working_age() -> tuple[str, ...]:
    """Permit holders of working age."""
    return ("permit",)


@of_working_age(en="Permit holders of 18 to 65 with paid work", nl="Statushouders van 18 tot 66 jaar met betaald werk")
def employed() -> tuple[str, ...]:
    """Permit holders of working age with paid work."""
    return "permit", "employed"


@of_working_age(
    en="Permit holders of 18 to 65 on social assistance", nl="Statushouders van 18 tot 66 jaar met bijstand"
)
def assisted() -> tuple[str, ...]:
    """Permit holders of working age on social assistance."""
    return "permit", "assisted"


@share_of_working_age(
    among=("permit",),
    en="Share of permit holders of 18 to 65 with paid work",
    nl="Deel van de statushouders van 18 tot 66 jaar met betaald werk",
    by=PERMITTED,
)
def employed_share() -> tuple[str, ...]:
    """Share of permit holders of working age with paid work; NaN where there is nobody."""
    return ("employed",)


@share_of_working_age(
    among=("permit",),
    en="Share of permit holders of 18 to 65 on social assistance",
    nl="Deel van de statushouders van 18 tot 66 jaar met bijstand",
    by=PERMITTED,
)
def assisted_share() -> tuple[str, ...]:
    """Share of permit holders of working age on social assistance; NaN where there is nobody."""
    return ("assisted",)


@of_working_age(en="Asylum seekers of 18 to 65", nl="Asielzoekers van 18 tot 66 jaar", by=WITH_REGION)
def applicants() -> tuple[str, ...]:
    """Asylum seekers of working age whose application is not refused for good."""
    return ("applicant",)


@of_working_age(
    en="Asylum seekers of 18 to 65 with paid work",
    nl="Asielzoekers van 18 tot 66 jaar met betaald werk",
    by=WITH_REGION,
)
def applicants_employed() -> tuple[str, ...]:
    """Asylum seekers of working age with paid work."""
    return "applicant", "employed"


@of_working_age(en="Newcomers with a job coach", nl="Nieuwkomers met een jobcoach", by=PLACE)
def coached() -> tuple[str, ...]:
    """Adults of working age with a job coach."""
    return ("coached",)


@of_working_age(en="Permit holders of 2014, of 18 to 65", nl="Statushouders van 2014, van 18 tot 66 jaar", by=EVERYONE)
def cohort_2014() -> tuple[str, ...]:
    """Adults of working age who got their permit in 2014."""
    return ("cohort",)


@of_working_age(
    en="Permit holders of 2014, of 18 to 65, with paid work",
    nl="Statushouders van 2014, van 18 tot 66 jaar, met betaald werk",
    by=EVERYONE,
)
def cohort_2014_employed() -> tuple[str, ...]:
    """Adults of working age who got their permit in 2014, with paid work."""
    return "cohort", "employed"


@of_working_age(
    en="Permit holders of 2014, of 18 to 65, on social assistance",
    nl="Statushouders van 2014, van 18 tot 66 jaar, met bijstand",
    by=EVERYONE,
)
def cohort_2014_assisted() -> tuple[str, ...]:
    """Adults of working age who got their permit in 2014, on social assistance."""
    return "cohort", "assisted"


@level("persons/month", en="Jobs found by newcomers", nl="Banen gevonden door nieuwkomers")
def hires(month: Month) -> float:
    """Persons who found a job, at full size."""
    return count_outside_protection(month, HIRED(month))


@level("persons/month", en="Jobs lost by newcomers", nl="Banen verloren door nieuwkomers")
def jobs_lost(month: Month) -> float:
    """Persons who lost their job, at full size."""
    return count_outside_protection(month, JOB_LOST(month))


@level("permits/month", en="Work permits for asylum seekers", nl="Tewerkstellingsvergunningen voor asielzoekers")
def work_permits(month: Month) -> float:
    """Asylum seekers whose new employer got a work permit for them, at full size."""
    return count_outside_protection(month, HIRED_WITH_WORK_PERMIT(month))


@level("persons/month", en="Diplomas of newcomers recognised", nl="Erkende diploma's van nieuwkomers")
def diplomas_recognised(month: Month) -> float:
    """Persons whose diploma was recognised, at full size."""
    return count_outside_protection(month, RECOGNISED(month))


@of_working_age(en="Newcomers of 18 to 65", nl="Nieuwkomers van 18 tot 66 jaar", by=ARRIVED)
def adults() -> tuple[str, ...]:
    """Adults of working age of the asylum chain."""
    return ()


@of_working_age(
    en="Newcomers of 18 to 65 with paid work", nl="Nieuwkomers van 18 tot 66 jaar met betaald werk", by=ARRIVED
)
def adults_employed() -> tuple[str, ...]:
    """Adults of working age of the asylum chain with paid work."""
    return ("employed",)


@of_working_age(
    en="Permit holders of 18 to 65, by years since arrival",
    nl="Statushouders van 18 tot 66 jaar, naar verblijfsduur",
    by=("since_arrival",),
)
def holders() -> tuple[str, ...]:
    """Permit holders of working age, by years since arrival."""
    return ("permit",)


@of_working_age(
    en="Permit holders of 18 to 65 with paid work, by years since arrival",
    nl="Statushouders van 18 tot 66 jaar met betaald werk, naar verblijfsduur",
    by=("since_arrival",),
)
def holders_employed() -> tuple[str, ...]:
    """Permit holders of working age with paid work, by years since arrival."""
    return "permit", "employed"


@mean_of_working_age(
    "share",
    of="level_matched",
    en="Jobs of permit holders at the level of their schooling",
    nl="Banen van statushouders op opleidingsniveau",
)
def level_match() -> tuple[str, ...]:
    """Share of permit holders with a job whose job is at the level of their schooling."""
    return "permit", "employed"


@mean_of_working_age(
    "hours/week",
    of="work_hours",
    en="Mean hours of jobs of permit holders",
    nl="Gemiddelde uren van banen van statushouders",
)
def work_hours() -> tuple[str, ...]:
    """Mean hours a week of permit holders with a job."""
    return "permit", "employed"


@mean_of_working_age(
    "EUR/month", of="income", en="Mean net income of permit holders", nl="Gemiddeld netto-inkomen van statushouders"
)
def income() -> tuple[str, ...]:
    """Mean net income of permit holders of working age."""
    return ("permit",)


@mean_of_working_age(
    "months",
    of="months_idle",
    en="Mean months of newcomers without work, class or activity",
    nl="Gemiddeld aantal maanden van nieuwkomers zonder werk, les of activiteit",
    by=("total", "status", "origin", "sex"),
)
def months_idle() -> tuple[str, ...]:
    """Mean of the months that adults of working age have spent without work, class or activity."""
    return ()


@kernel
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


@measure(
    "persons",
    en="Newcomers with work, by sector of the employer",
    nl="Nieuwkomers met werk, naar sector van de werkgever",
    by=("total", "sector"),
)
def jobs_held(month: Month, wanted: tuple[str, ...]) -> dict[str, np.ndarray]:
    """Newcomers with a job per sector of the employer, at full size."""
    people, sectors = month.state.newcomers, month.state.employers.sector.astype(np.int64)
    each = jobs_by_sector(people.employed, people.employer, sectors, month.group_sizes["sector"]) / month.state.scale
    return {"sector": each, "total": np.array([each.sum()])}


@level("persons", en="Newcomers waiting for a job coach", nl="Nieuwkomers wachtend op een jobcoach")
def awaiting_coach(month: Month) -> float:
    """Persons who wait for a job coach, at full size."""
    return count_outside_protection(month, COACH_AWAITED(month))


@level(
    "persons/month",
    en="Jobs of asylum seekers ended by the cap on weeks of work",
    nl="Banen van asielzoekers beëindigd door de wekeneis",
)
def jobs_capped(month: Month) -> float:
    """Asylum seekers whose job ended as they may work no more weeks this year, at full size."""
    return count_outside_protection(month, JOB_CAPPED(month))


def shares(month: Month, by: str) -> tuple[np.ndarray, np.ndarray]:
    """Employment rate of permit holders, and their number, per group, (groups,)."""
    many = adult_counts(month).counted(("permit",), by)
    return adult_counts(month).counted(("permit", "employed"), by) / np.maximum(many, 1), many


def gap(share: np.ndarray, many: np.ndarray) -> float:
    """Highest minus lowest share among groups that are not small; NaN where there are fewer than two."""
    large = share[many >= max(SMALL * many.sum(), 1)]
    return float(np.ptp(large)) if len(large) > 1 else np.nan


def spread(share: np.ndarray, many: np.ndarray) -> float:
    """Standard deviation of shares over groups, weighted by persons; NaN where there is nobody."""
    everyone = many.sum()
    if not everyone:
        return np.nan
    centre = (share * many).sum() / everyone
    return float(np.sqrt(((share - centre) ** 2 * many).sum() / everyone))


@level(
    "share",
    en="Highest minus lowest employment rate of groups of permit holders",
    nl="Hoogste min laagste aandeel met werk tussen groepen statushouders",
    by="dimension",
)
def employment_gap(month: Month) -> list[float]:
    """Highest minus lowest share of permit holders who work, over origins, sexes, schoolings and regions."""
    return [gap(*shares(month, by)) for by in DIMENSIONS]


@level(
    "share",
    en="Spread of the employment rate over groups of permit holders",
    nl="Spreiding van het aandeel met werk tussen groepen statushouders",
    by="dimension",
)
def employment_spread(month: Month) -> list[float]:
    """Spread of the share of permit holders who work over origins, sexes, schoolings and regions."""
    return [spread(*shares(month, by)) for by in DIMENSIONS]


@kernel
def by_month(rows, month, household, employed, applied, granted):
    """Persons, without and with work, by months since arrival and since the permit: (2 starts, 2, DURATIONS + 1).

    household, employed: whole columns of persons; applied, granted [month]: of households. The longest durations are
    counted together; the last column: persons without a permit.
    """
    found = np.zeros((2, 2, DURATIONS + 1), np.int64)
    for row in rows:
        i = np.uint64(row)  # unsigned: no check for a negative index
        of, works = np.uint64(household[i]), np.uint64(employed[i])
        found[0, works, min(max(month - applied[of], 0), _LONGEST)] += 1
        since = min(max(month - granted[of], 0), _LONGEST)
        found[1, works, since if granted[of] != NEVER else DURATIONS] += 1
    return found


@once_a_month
def durations(month: Month) -> dict[str, np.ndarray]:
    """Persons without and with work by duration, (2, DURATIONS) at full size, by start."""
    people, households = month.state.newcomers, month.households
    columns = (people.household, people.employed, households.applied, households.granted)
    found = by_month(asylum_adults(month), month.number, *columns)
    return dict(zip(SINCE, found[:, :, :-1] / month.state.scale, strict=True))


@measure(
    "persons",
    en="Newcomers of 18 to 65, by months since arrival or permit",
    nl="Nieuwkomers van 18 tot 66 jaar, naar maanden sinds aankomst of vergunning",
    by=SINCE,
)
def by_duration(month: Month, wanted: tuple[str, ...]) -> dict[str, np.ndarray]:
    """Adults of the asylum chain by months since arrival; by months since the permit: those who have one."""
    return {by: durations(month)[by].sum(axis=0) for by in wanted}


@measure(
    "persons",
    en="Newcomers of 18 to 65 with paid work, by months since arrival or permit",
    nl="Nieuwkomers van 18 tot 66 jaar met betaald werk, naar maanden sinds aankomst of vergunning",
    by=SINCE,
)
def by_duration_employed(month: Month, wanted: tuple[str, ...]) -> dict[str, np.ndarray]:
    """Adults of the asylum chain with paid work by months since arrival, or since the permit."""
    return {by: durations(month)[by][1] for by in wanted}
