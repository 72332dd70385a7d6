"""Outcomes beside having work: since arrival, level and hours of the job, income, idle months, gaps between groups."""

from collections.abc import Callable

import numpy as np

from abm.clock import MONTHS
from abm.kernels import read_only, totalled
from abm.life_measures import grouped
from abm.measuring import DIMENSIONS, PERMIT_YEARS, Measure, Month, level
from abm.populations import NEVER
from abm.work_measures import SPLITS, Grown, grown, happened

SMALL = 0.01  # share of the permit holders below which a group does not count for the gap between groups
Values = Callable[[Month, tuple[str, ...]], dict[str, np.ndarray]]


def codes(people: Grown, by: str) -> np.ndarray:
    """Group of each adult, (n,), made once: years since the arrival, or as for the measures of work."""
    made = vars(people)["_codes"]
    if by == "since_arrival" and by not in made:
        arrived = people.month.households.applied[people.household]
        made[by] = (np.clip(people.month.number - arrived, 0, PERMIT_YEARS * MONTHS - 1) // MONTHS).astype(np.int8)
    return people.codes(by)


def number(*tests: str) -> Values:
    """Adults for whom all tests hold (names in work_measures.FLAGS), per group, at full size."""

    def values(month: Month, wanted: tuple[str, ...]) -> dict[str, np.ndarray]:
        people, found = grown(month), {}
        for by in wanted:
            codes(people, by)
            found[by] = people.counted(tests, by) / month.state.scale
        return found

    return values


def working(people: Grown) -> np.ndarray:
    """Permit holders with a job: their numbers among the adults, (m,), looked up once."""
    kept = vars(people)
    if "working" not in kept:
        kept["working"] = np.flatnonzero((people.granted != NEVER) & people.state.newcomers.employed[people.rows])
    return kept["working"]


def holding(people: Grown) -> np.ndarray:
    """Permit holders: their numbers among the adults, (m,)."""
    return np.flatnonzero(people.granted != NEVER)


def mean(column: str, who: Callable[[Grown], np.ndarray]) -> Values:
    """Mean of a column over the adults that `who` gives, per group; NaN where there is nobody."""

    def values(month: Month, wanted: tuple[str, ...]) -> dict[str, np.ndarray]:
        people, found = grown(month), {}
        some, each = who(people), read_only(getattr(month.state.newcomers, column))
        for by in wanted:
            sums, many = totalled(some, people.rows, codes(people, by), each, month.group_sizes[by])
            found[by] = np.divide(sums, many, out=np.full(len(many), np.nan), where=many > 0)
        return found

    return values


def mean_idle(month: Month, wanted: tuple[str, ...]) -> dict[str, np.ndarray]:
    """Mean months without paid work, class or activity of adults per group; NaN where there is nobody."""
    found, idle = {}, read_only(month.state.newcomers.months_idle)
    for by in wanted:
        rows, group = grouped(month, by)
        sums, many = totalled(np.arange(len(rows)), rows, group, idle, month.group_sizes[by])
        found[by] = np.divide(sums, many, out=np.full(len(many), np.nan), where=many > 0)
    return found


def in_sectors(month: Month, wanted: tuple[str, ...]) -> dict[str, np.ndarray]:
    """Newcomers with a job per sector of the employer, at full size."""
    people, sectors = month.state.newcomers, month.state.employers.sector
    employer = people.employer[np.flatnonzero(people.employed)]
    each = np.bincount(sectors[employer[employer != NEVER]], minlength=month.group_sizes["sector"]) / month.state.scale
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


WORKING = ("Of these, with paid work", "Daarvan met betaald werk")
ADULTS = ("Newcomers of 18 to 65", "Nieuwkomers van 18 tot 66 jaar")
HOLDERS = ("Permit holders of 18 to 65, by years since arrival", "Statushouders van 18 tot 66 jaar, naar verblijfsduur")
MATCHED = ("Jobs of permit holders at the level of their schooling", "Banen van statushouders op opleidingsniveau")
IDLE = ("Mean months without work, class or activity", "Gemiddeld aantal maanden zonder werk, les of activiteit")
GAP = ("Highest minus lowest share with work between groups", "Hoogste min laagste aandeel met werk tussen groepen")
SPREAD = ("Spread of the share with work between groups", "Spreiding van het aandeel met werk tussen groepen")
OUTCOME_MEASURES: tuple[Measure, ...] = (
    Measure("adults", "persons", *ADULTS, ("total", "since_arrival"), number()),
    Measure("adults_employed", "persons", *WORKING, ("total", "since_arrival"), number("employed")),
    Measure("holders", "persons", *HOLDERS, ("since_arrival",), number("permit")),
    Measure("holders_employed", "persons", *WORKING, ("since_arrival",), number("permit", "employed")),
    Measure("level_match", "share", *MATCHED, SPLITS, mean("level_matched", working)),
    Measure(
        "work_hours", "hours/week", "Mean hours of jobs of permit holders",
        "Gemiddelde uren van banen van statushouders", SPLITS, mean("work_hours", working),
    ),
    Measure(
        "income", "EUR/month", "Mean net income of permit holders", "Gemiddeld netto-inkomen van statushouders",
        SPLITS, mean("income", holding),
    ),
    Measure("months_idle", "months", *IDLE, ("total", "status", "origin", "sex"), mean_idle),
    Measure(
        "jobs_held", "persons", "Newcomers with work, by sector of the employer",
        "Nieuwkomers met werk, naar sector van de werkgever", ("total", "sector"), in_sectors,
    ),
    level(
        "jobs_capped", "persons/month", "Jobs ended by the cap on weeks of work", "Banen beëindigd door de wekeneis",
        "total", happened("job_capped"),
    ),
    level("employment_gap", "share", *GAP, "dimension", between(gap)),
    level("employment_spread", "share", *SPREAD, "dimension", between(spread)),
)  # fmt: skip
