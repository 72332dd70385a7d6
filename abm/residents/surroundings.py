"""What residents of a neighbourhood have in common this month: contacts with newcomers, and what moves their support.

Rules are functions of numbers, and loops over locations, municipalities and neighbourhoods use them. Plain versions in
tests/residents/test_surroundings.py check them; the formulas are in the process `support`.
"""

from math import exp
from typing import NamedTuple

import numpy as np

from abm.engine.compiled import njit
from abm.engine.kernels import kernel
from abm.engine.table import UNSET
from abm.residents.support_kernels import BAD, COLLEAGUES, INSIDE, NEAR, PUSH, SHARED, TENANTS, UNFAIR
from abm.tables.country import MAKESHIFT

TENTH = 0.1  # ten percentage points of lettings, the unit of the weight of fairness
PERCENT, THOUSAND = 100, 1000
EVEN = 4  # times share times rest is 1 at an even mix
_EMERGENCY, _MUNICIPAL = (int(kind) for kind in MAKESHIFT)  # compiled code wants ints


class Locations(NamedTuple):
    """Reception locations."""

    neighbourhood: np.ndarray
    municipality: np.ndarray
    kind: np.ndarray
    places: np.ndarray
    opened: np.ndarray
    ends: np.ndarray
    voice: np.ndarray
    incidents: np.ndarray


class Hosts(NamedTuple):
    """What stands in a neighbourhood."""

    places: np.ndarray
    opened: np.ndarray


class Towns(NamedTuple):
    """Municipalities."""

    population: np.ndarray
    vacancies: np.ndarray
    pool: np.ndarray
    let_share: np.ndarray
    accustomed: np.ndarray


class Where(NamedTuple):
    """Neighbourhoods."""

    municipality: np.ndarray
    population: np.ndarray
    residents: np.ndarray
    urban: np.ndarray
    social_rent: np.ndarray
    newcomers: np.ndarray
    opened: np.ndarray
    tenants: np.ndarray
    regulars: np.ndarray
    management: np.ndarray


class Counts(NamedTuple):
    """Newcomers, homes and scale."""

    housed: np.ndarray  # persons at home per municipality
    adults: np.ndarray  # adults among them
    employed: np.ndarray  # adults at work among them
    nation: float  # share of all of these adults who work
    inside: np.ndarray  # persons in reception locations per municipality
    let: np.ndarray  # homes let to newcomers by pool, weighted by rule
    scale: float


class Of(NamedTuple):
    """What the locations of each neighbourhood give it, (neighbourhoods,) each."""

    reception: np.ndarray  # persons in them
    crowded: np.ndarray  # those in emergency places
    trouble: np.ndarray  # incidents, fading
    heard: np.ndarray  # largest share of neighbours who had a say
    threat: np.ndarray  # in units of a new location of the reference size


class Shared(NamedTuple):
    """What a municipality gives its neighbourhoods, (municipalities,) each."""

    colleagues: np.ndarray  # contacts a month of a resident at work
    work: np.ndarray  # raises support by newcomers at work [SD]
    rise: np.ndarray  # newcomers above the accustomed number [share of inhabitants]
    unfair: np.ndarray  # lowers the support of home seekers [SD]


class TownNumbers(NamedTuple):
    """Numbers that hold for every municipality; see Params of `support`."""

    colleagues: float
    team: float
    workers_share: float
    accustoming: float
    judged_over: float
    unfairness: float
    perceived: float
    fair_share: float
    work: float
    work_reference: float
    work_known: float


class Numbers(NamedTuple):
    """Numbers that hold for every neighbourhood; see Params of `support`."""

    contacts: float
    crowded_share: float
    mixing: float
    negative: float
    most_negative: float
    crowding: float
    grouping: float
    building: float
    building_fading: float
    management: float
    threat: float
    urbanity: float
    regulars: float
    stock: float
    voice_effect: float
    incident: float


@njit(inline="always")
def nearby(share, regulars, p):
    """Contacts a month in the neighbourhood: rising with the share of newcomers at first, then falling."""
    return p.contacts * share * exp(-share / p.crowded_share) * (1 + p.mixing * regulars)


@njit(inline="always")
def in_building(regulars, managed, months, p):
    """Contacts a month in the own building, `months` after its opening: most at an even mix; management keeps them."""
    if regulars == 0:
        return 0.0
    lasting = managed + (1 - managed) * exp(-months / p.building_fading)
    return p.building * EVEN * regulars * (1 - regulars) * lasting


@njit(inline="always")
def bad_share(reception, crowded, newcomers, managed, p):
    """Negative share of contacts."""
    worse = p.crowding * crowded / max(newcomers, 1) + p.grouping * reception / THOUSAND
    return min(max(p.negative * (1 + worse - managed), 0), p.most_negative)


@njit(inline="always")
def lost_to_threat(new, rise, urban, regulars, p):
    """Support lost to new locations and to a growing number of newcomers [SD]."""
    felt = new * ((1 - p.urbanity * urban) * (1 - p.regulars * regulars))
    return p.threat * felt + p.stock * (PERCENT * rise * (1 - urban))


@kernel(writes=("locations.incidents", "where.places", "where.opened"))
def of_locations(locations: Locations, where: Hosts, inside, serious, kept, towns, month):
    """What locations give their neighbourhoods: persons, those in emergency places, incidents, and the largest say.

    Updates incidents, of which a part is `kept` in memory and the serious ones of this month are added, and places and
    openings of neighbourhoods. inside: persons per location; also returns them per municipality, (towns,).
    """
    many = len(where.places)
    reception, crowded, trouble, heard, in_town = (
        np.zeros(many),
        np.zeros(many),
        np.zeros(many),
        np.zeros(many),
        np.zeros(towns),
    )
    where.places[:] = 0
    for k in range(len(inside)):
        n = np.uint64(locations.neighbourhood[k])  # unsigned: no check for a negative index
        locations.incidents[k] = kept * locations.incidents[k] + serious[k]
        trouble[n] += locations.incidents[k]
        if inside[k] > 0:
            reception[n] += inside[k]
            in_town[locations.municipality[k]] += inside[k]
            if locations.kind[k] == _EMERGENCY or locations.kind[k] == _MUNICIPAL:
                crowded[n] += inside[k]
        if locations.ends[k] > month:
            where.places[n] += locations.places[k]
            heard[n] = max(heard[n], locations.voice[k])
            if locations.opened[k] == month:
                where.opened[n] = month
    return reception, crowded, trouble, heard, in_town


@kernel(writes=("towns.let_share", "towns.accustomed"), error_model="numpy")
def of_towns(towns: Towns, counts: Counts, p: TownNumbers):
    """What residents of a municipality share; updates what they are accustomed to, and lettings of about a year."""
    many, pool = len(towns.population), towns.pool
    colleagues, work, rise, unfair = np.empty(many), np.empty(many), np.empty(many), np.empty(many)
    vacancies = np.zeros(many)
    for m in range(many):
        vacancies[pool[m]] += towns.vacancies[m]
    for m in range(many):
        colleagues[m] = p.colleagues * p.team * (counts.employed[m] / (p.workers_share * towns.population[m]))
        working = (counts.employed[m] + p.work_known * counts.nation) / (counts.adults[m] + p.work_known)
        work[m] = p.work * (working - p.work_reference)

        stock = (counts.housed[m] + counts.inside[m]) / towns.population[m]
        known = stock if towns.accustomed[m] == UNSET else towns.accustomed[m]
        towns.accustomed[m] = known + (stock - known) / p.accustoming
        rise[m] = stock - known

        offered = vacancies[pool[m]] * counts.scale
        share = counts.let[pool[m]] / offered if offered > 0 else 0.0
        seen = p.fair_share if towns.let_share[m] == UNSET else towns.let_share[m]
        towns.let_share[m] = seen + (share - seen) / p.judged_over
        unfair[m] = p.unfairness * p.perceived * (towns.let_share[m] - p.fair_share) / TENTH
    return colleagues, work, rise, unfair


@kernel(writes=("where.newcomers",), error_model="numpy")
def of_neighbourhoods(where: Where, of: Of, towns: Shared, housed, p: Numbers, month):
    """Conditions that residents of a neighbourhood share, (neighbourhoods, SHARED) as in support_kernels.

    Updates the newcomers who live there: those of its locations, and part of those at home in the municipality
    (housed), where corporations have homes.
    """
    many, found = len(where.population), np.empty((len(where.population), SHARED))
    homes, managed = np.zeros(len(housed)), np.empty(many)
    for n in range(many):
        homes[where.municipality[n]] += where.population[n] * where.social_rent[n]
    for n in range(many):  # loops of few lines: so many neighbourhoods are computed at once
        m = np.uint64(where.municipality[n])  # unsigned: no check for a negative index
        part = where.population[n] * where.social_rent[n] / (homes[m] if homes[m] > 0 else 1.0)
        where.newcomers[n] = of.reception[n] + housed[m] * part
        managed[n] = max(where.management[n], p.management * (of.reception[n] > 0))
    for n in range(many):
        share = where.newcomers[n] / (where.newcomers[n] + where.population[n])
        found[n, NEAR] = nearby(share, where.regulars[n], p)
        found[n, INSIDE] = in_building(where.regulars[n], managed[n], max(month - where.opened[n], 0), p)
    for n in range(many):
        found[n, TENANTS] = min(where.tenants[n] / where.population[n], 1) * where.residents[n]
        found[n, BAD] = bad_share(of.reception[n], of.crowded[n], where.newcomers[n], managed[n], p)
    for n in range(many):
        m = np.uint64(where.municipality[n])
        experienced = p.voice_effect * of.heard[n] - p.incident * of.trouble[n]
        lost = lost_to_threat(of.threat[n], towns.rise[m], where.urban[n], where.regulars[n], p)
        found[n, COLLEAGUES], found[n, UNFAIR] = towns.colleagues[m], towns.unfair[m]
        found[n, PUSH] = towns.work[m] + (experienced - lost)
    return found
