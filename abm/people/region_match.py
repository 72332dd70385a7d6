"""The match between persons and the jobs of a region, and how it is observed when a household gets a place.

The match compares the schooling and sector of a person with the jobs per inhabitant of a region: those in the person's
own sector, and those in any sector that require that level of schooling, both in logs. For each person it has mean 0
and standard deviation 1 over the regions, so it says where that person fits better, not who finds work.

Source: a term for person and region E021, E024, E026; jobs, abm/facts/data/jobs.csv; the schooling that they require,
schooling_of_jobs.csv, an assumption. No measured match of Dutch regions is public.
"""

import numpy as np

from abm.engine.draws import ORDER_BITS, Draws, normal
from abm.engine.kernels import kernel, members_of, numbered
from abm.engine.products import product
from abm.engine.table import NO_ROW
from abm.state import State
from abm.tables.people import Role, Schooling

_COLUMN = {Schooling.NONE: 0, Schooling.PRIMARY: 0, Schooling.SECONDARY: 1, Schooling.HIGHER: 2}


def jobs_by_schooling(asked: np.ndarray) -> np.ndarray:
    """Share of the jobs of each sector that require a level of schooling, (schoolings, sectors).

    asked: (sectors, 3) share of jobs that require primary school at most, secondary school and higher education.
    """
    return asked.T[[_COLUMN[level] for level in Schooling]]


def sector_shares(jobs: np.ndarray, asked: np.ndarray) -> np.ndarray:
    """Distribution of people over sectors by schooling, (schoolings, sectors) shares: as the jobs of the country."""
    found = jobs.sum(axis=0) * jobs_by_schooling(asked)
    return found / found.sum(axis=1, keepdims=True)


def sectors_of(u: np.ndarray, schooling: np.ndarray, shares: np.ndarray) -> np.ndarray:
    """Sector of each person, (n,) int8, from a uniform draw and schooling each; shares: (schoolings, sectors)."""
    passed = u[:, None] >= np.cumsum(shares, axis=1)[schooling, :-1]
    return passed.sum(axis=1).astype(np.int8)


def standardised(values: np.ndarray) -> np.ndarray:
    """The values, standardised to mean 0 and standard deviation 1 over the last axis; 0 where all are equal."""
    away = values - values.mean(axis=-1, keepdims=True)
    spread = away.std(axis=-1, keepdims=True)
    return np.divide(away, spread, out=np.zeros_like(away), where=spread > np.finfo(float).eps)


def matches(jobs: np.ndarray, inhabitants: np.ndarray, asked: np.ndarray, own: float) -> np.ndarray:
    """The match [SD over regions], (schoolings, sectors, regions).

    jobs (regions, sectors); inhabitants (regions,); asked: as in `jobs_by_schooling`; own: weight of
    jobs in the person's own sector; the remaining weight is on all jobs at that level of schooling.
    """
    density = np.maximum(jobs, 1) / inhabitants[:, None]
    same = standardised(np.log(density).T)[None, :, :]
    level = standardised(np.log(product(density, jobs_by_schooling(asked).T)).T)[:, None, :]
    return standardised(own * same + (1 - own) * level)


def match_rows(jobs: np.ndarray, inhabitants: np.ndarray, asked: np.ndarray, own: float) -> dict[str, np.ndarray]:
    """The columns of the table of matches, (schoolings x sectors x regions,) each."""
    match = matches(jobs, inhabitants, asked, own)
    numbers = [number.ravel() for number in np.indices(match.shape)]
    return dict(zip(("schooling", "sector", "region"), numbers, strict=True)) | {"match": match.ravel()}


def by_profile(state: State) -> np.ndarray:
    """The table of matches as (schoolings, sectors, regions)."""
    return state.matches.match.reshape(len(Schooling), -1, len(state.regions))


def matched(state: State, rows: np.ndarray, where: np.ndarray) -> np.ndarray:
    """The match of each person with a region [SD], (n,); 0 before the person has a profile."""
    people, table = state.newcomers, by_profile(state)
    return in_table(rows, people.schooling, people.sector, where, table)


def profiled(state: State, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Members with a profile of households (rows): their rows, (n,) ascending, and the index of each in `rows`."""
    people, number = state.newcomers, numbered(rows, len(state.households))
    persons = members_of(rows, people.household)
    persons = persons[people.sector[persons] != NO_ROW]
    return persons, number[people.household[persons]]


def household_match(state: State, rows: np.ndarray, judged: str) -> np.ndarray:
    """The true match of households with each region [SD], (n, regions); 0 where no adult has a profile.

    judged: `mean` of the members who have a profile, `best` of them for each region, or the `lead` only.
    """
    people, (persons, of) = state.newcomers, profiled(state, rows)
    if judged == "lead":
        leads = people.role[persons] == Role.LEAD
        persons, of = persons[leads], of[leads]
    each = by_profile(state)[people.schooling[persons], people.sector[persons]]
    many = np.bincount(of, minlength=len(rows))[:, None]
    if judged == "best":
        found = np.full((len(rows), len(state.regions)), -np.inf)
        np.maximum.at(found, of, each)
        return np.where(many > 0, found, 0)
    found = np.zeros((len(rows), len(state.regions)))
    np.add.at(found, of, each)
    return found / np.maximum(many, 1)


def per_region(draws: Draws, label: str, who: np.ndarray, regions: int) -> np.ndarray:
    """A lifelong uniform draw for each identity and region, (n, regions)."""
    both = who[:, None] | np.arange(regions, dtype=np.uint64) << np.uint64(ORDER_BITS)
    return draws.once(label, both.ravel()).reshape(both.shape)


def observation_errors(draws: Draws, who: np.ndarray, regions: int) -> np.ndarray:
    """Standard normal errors in the observed match of each household with each region, (n, regions)."""
    u, angle = (per_region(draws, label, who, regions) for label in ("error", "error angle"))
    return normal(u, angle)


def wishes(u: np.ndarray, population_share: np.ndarray, tie: np.ndarray, pull: float) -> np.ndarray:
    """Random utility of each region for each household, (n, regions); the highest is its first choice.

    The first choice is a region with probability proportional to its inhabitants, times exp(pull) where relatives live,
    and so is the next one among those left (Plackett and Luce). u: (n, regions) uniform draws; tie (region or NO_ROW).
    """
    wish = np.log(population_share) - np.log(-np.log1p(-u))
    tied = np.flatnonzero(tie != NO_ROW)
    wish[tied, tie[tied]] += pull
    return wish


@kernel
def in_table(rows, schooling, sector, where, table):
    """Values of a table (schoolings, sectors, regions) for rows, (n,); 0 for persons without a sector yet.

    schooling, sector (negative: not known): whole columns of persons; where (n,): region of each of rows.
    """
    found = np.empty(len(rows), table.dtype)
    for k in range(len(rows)):
        i = np.uint64(rows[k])
        found[k] = table[schooling[i], sector[i], where[k]] if sector[i] >= 0 else 0.0
    return found
