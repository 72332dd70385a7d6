"""One pass over residents and their ties: contacts, support and what residents accept, neighbourhood by neighbourhood.

Everything that residents of a neighbourhood share comes in as a row of `shared`; what they differ in, as columns of
residents. Support of last month is read, support of this month written, so the order of residents does not count and
neighbourhoods can be done side by side: the same bytes for any number of threads. The plain twin is in
tests/test_support_kernels.py.
"""

from math import exp, factorial
from typing import NamedTuple

import numpy as np
from numba import get_num_threads, literal_unroll, njit, prange

from abm.draws import philox
from abm.residents import Age
from abm.ties import RANKS

# columns of `shared`, one row per neighbourhood
NEAR, COLLEAGUES, INSIDE = range(3)  # contacts a month: nearby, per worker at work, in the own building
TENANTS = 3  # residents who share that building: those with the lowest ranks
BAD = 4  # negative share of contacts
PUSH = 5  # what lifts the support of all [SD]: sociotropic and voice, less threat and incidents
UNFAIR = 6  # what lowers that of those who seek a home [SD]
SHARED = 7
# columns of what is summed over the residents of a neighbourhood
SUM, SQUARE, CUBE, FOURTH, NEAR_ACCEPTED, OWN_ACCEPTED, SEEKERS, SEEKING = range(8)
SUMMED = 8
MANY = 1_000_000  # residents from which threads are worth their start

_WORKING = int(Age.OLD)  # classes below it work
_WORDS = 4  # random numbers of 32 bits that one call gives
_WORD = 2.0**-32
_UNIFORM = 12**0.5  # a uniform number times this has a standard deviation of one
_MOST = 40.0  # exp(-40) is nothing beside a float32
_SQUARINGS = 6
_SERIES = tuple((-1.0) ** k / factorial(k) for k in range(11, -1, -1))  # of exp(-x), the highest power first
_ERFC = (1.061405429, -1.453152027, 1.421413741, -0.284496736, 0.254829592, 0.0)  # Abramowitz and Stegun 7.1.26
_ERFC_SLOPE = 0.3275911
_ROOT = 2**0.5
_ROWS = 4  # of room for what is worked out on the way
_LIKELY, _UNLIKELY = _MOST / 2, exp(_MOST / 2)  # log odds beyond which a chance is as good as 0 or 1


class Terms(NamedTuple):
    """The numbers of a month that hold for everybody."""

    fading: float  # part of contacts that is still felt a month later
    programme: float  # share of those nearby to whom a programme is offered
    multiplier: float  # contacts of a participant over those of others
    joining: float  # log odds to take part at support 0
    selection: float  # log odds to take part per SD
    follows: bool  # whether taking part follows support as it is now, rather than the anchor
    contact: float  # SD at full good contact
    ratio: float  # weight of bad contacts over that of good ones
    convergence: float  # pull to the middle at full good contact, per SD
    middle: float  # where that is [SD]
    limit: float  # how far from the anchor support can be drawn [SD]
    pace: float  # part of the gap closed each month
    talk: float  # part of the difference with those tied to oneself taken over each month
    confidence: float  # difference beyond which nobody is listened to [SD]
    noise: float  # [SD a month]
    near: float  # support at which half accept a location nearby [SD]
    own: float  # the same in the municipality


@njit(cache=True, inline="always")
def falling(x):
    """exp(-x) for x of 0 and more, to 1e-9: a series and squarings, which a processor does for many at once."""
    z = min(x, _MOST) / 2**_SQUARINGS
    found = 0.0
    for term in literal_unroll(_SERIES):
        found = found * z + term
    for _ in range(_SQUARINGS):
        found *= found
    return found


@njit(cache=True, inline="always", error_model="numpy")
def accepting(support, threshold):
    """Chance that a resident accepts, Phi(support - threshold), to 1e-7."""
    x = (support - threshold) / _ROOT
    size = abs(x)
    u, tail = 1.0 / (1.0 + _ERFC_SLOPE * size), 0.0
    for term in literal_unroll(_ERFC):
        tail = tail * u + term
    tail *= 0.5 * falling(size * size)
    return tail if x < 0.0 else 1.0 - tail


@njit(cache=True)
def _luck(found, n, address):
    """One number of mean 0 and standard deviation 1 per rank in neighbourhood n; four ranks share one call."""
    month, stream, k0, k1 = address
    for call in range(len(found) // _WORDS):
        who = np.uint64(n << RANKS | call * _WORDS)
        a, b, c, d = philox(who, who >> np.uint64(32), month, stream, k0, k1)
        at = call * _WORDS
        found[at], found[at + 1], found[at + 2], found[at + 3] = a, b, c, d
    for rank in range(len(found)):
        found[rank] = (found[rank] * _WORD - 0.5) * _UNIFORM


@njit(cache=True, error_model="numpy")
def _contacts(found, outlook, age, near, colleagues, terms):
    """Contacts this month: nearby, more for who takes part in a programme, and at work."""
    more = near * terms.programme * (terms.multiplier - 1.0)
    for i in range(len(found)):
        odds = min(max(terms.joining + terms.selection * outlook[i], -_LIKELY), _LIKELY)
        joins = 1.0 / (1.0 + _UNLIKELY * falling(odds + _LIKELY))
        found[i] = near + more * joins + colleagues * (age[i] < _WORKING)


@njit(cache=True)
def _remembered(stock, contacts, fading, part):
    """Contacts as they are felt: what is left of last month's and part of this month's."""
    for i in range(len(stock)):
        stock[i] = fading * stock[i] + part * contacts[i]


@njit(cache=True)
def _drawn(found, good, ill, before, seeking, push, unfair, terms):
    """How far support is drawn from the anchor [SD]."""
    for i in range(len(found)):
        full = 1.0 - falling(good[i])
        gain = terms.contact * (full - terms.ratio * (1.0 - falling(ill[i])))
        gain -= terms.convergence * (before[i] - terms.middle) * full
        found[i] = min(max(gain + push - unfair * seeking[i], -terms.limit), terms.limit)


@njit(cache=True, error_model="numpy")
def _heard(found, first, support, starts, targets, confidence):
    """Mean difference with those tied to a resident who are not too far away in opinion [SD]."""
    nothing = np.float32(0.0)
    for i in range(len(found)):
        own, total, listened = support[first + i], nothing, 0
        for k in range(starts[first + i], starts[first + i + 1]):
            apart = support[np.uint32(targets[k])] - own
            near_enough = abs(apart) < confidence
            total += apart if near_enough else nothing  # no branch, which a processor could not guess
            listened += near_enough
        found[i] = total / np.float32(max(listened, 1))


@njit(cache=True)
def _moved(new, before, anchor, drawn, heard, luck, terms):
    """Support this month."""
    for i in range(len(new)):
        gap = anchor[i] + drawn[i] - before[i]
        new[i] = before[i] + terms.pace * gap + terms.talk * heard[i] + terms.noise * luck[i]


@njit(cache=True, error_model="numpy")
def chances(near, own, support, terms):
    """Chances to accept a location nearby and in the municipality, into `near` and `own`; (n,) each."""
    for i in range(len(support)):
        near[i] = accepting(support[i], terms.near)
        own[i] = accepting(support[i], terms.own)


@njit(cache=True)
def _summed(support, seeking, near, own, total):
    """Add up what is reported of a neighbourhood."""
    first = second = third = fourth = nearby = in_town = of_seekers = 0.0
    seekers = 0
    for i in range(len(support)):
        s = float(support[i])
        first += s
        second += s * s
        third += s * s * s
        fourth += s * s * s * s
        nearby += near[i]
        in_town += own[i]
        of_seekers += s * seeking[i]
        seekers += seeking[i]
    total[SUM], total[SQUARE], total[CUBE], total[FOURTH] = first, second, third, fourth
    total[NEAR_ACCEPTED], total[OWN_ACCEPTED], total[SEEKERS], total[SEEKING] = nearby, in_town, of_seekers, seekers


@njit(cache=True)
def _of_neighbourhood(n, first, last, people, ties, shared, terms, address, new, sums, room):
    """This month of the residents first..last of neighbourhood n; see `renewed`. Small loops compile to fast ones."""
    every, outlook = people[3], people[3] if terms.follows else people[2]
    age, seeking, anchor, before = (
        people[0][first:last],
        people[1][first:last],
        people[2][first:last],
        every[first:last],
    )
    good, ill, after = people[4][first:last], people[5][first:last], new[first:last]
    row, count = shared[n], last - first
    contacts, drawn, heard = room[0, :count], room[1, :count], room[2, :count]
    luck = room[3, : -(-count // _WORDS) * _WORDS]
    _luck(luck, n, address)
    _contacts(contacts, outlook[first:last], age, row[NEAR], row[COLLEAGUES], terms)
    contacts[: int(row[TENANTS])] += row[INSIDE]
    _remembered(good, contacts, terms.fading, 1.0 - row[BAD])
    _remembered(ill, contacts, terms.fading, row[BAD])
    _drawn(drawn, good, ill, before, seeking, row[PUSH], row[UNFAIR], terms)
    heard[:] = 0.0
    if terms.talk > 0.0:
        _heard(heard, first, every, ties[0], ties[1], np.float32(terms.confidence))
    _moved(after, before, anchor, drawn, heard, luck, terms)
    chances(contacts, drawn, after, terms)
    _summed(after, seeking, contacts, drawn, sums[n])


@njit(cache=True)
def renewed(order, bounds, people, ties, shared, terms, address, new, sums):
    """Support of residents this month into `new`, (n,) float32; contacts in place; sums over each neighbourhood.

    order: (neighbourhoods,) in which they are done, for speed only: those with many ties to each other together, while
    their residents are in the cache; bounds: (neighbourhoods + 1,) rows of residents; people: columns age, seeking,
    anchor, support, positive, negative; ties: starts and targets; shared: (neighbourhoods, SHARED); address: luck of
    this month (Draws.address); sums: (neighbourhoods, SUMMED).
    """
    room = np.empty((_ROWS, np.max(bounds[1:] - bounds[:-1]) + _WORDS))
    for n in order:
        _of_neighbourhood(n, bounds[n], bounds[n + 1], people, ties, shared, terms, address, new, sums, room)


@njit(cache=True, parallel=True)
def renewed_together(order, bounds, people, ties, shared, terms, address, new, sums):
    """The same on all threads."""
    most = np.max(bounds[1:] - bounds[:-1]) + _WORDS
    for at in prange(len(order)):
        n = order[at]
        room = np.empty((_ROWS, most))
        _of_neighbourhood(n, bounds[n], bounds[n + 1], people, ties, shared, terms, address, new, sums, room)


def renew(order, bounds, people, ties, shared, terms, address, new, sums):
    """The pass over residents, on all threads where there are many residents and several threads."""
    many = len(new) >= MANY and get_num_threads() > 1
    (renewed_together if many else renewed)(order, bounds, people, ties, shared, terms, address, new, sums)


@njit(cache=True)
def present(stage, size, location, municipality, adult, employed, household, housed, locations, municipalities):
    """Newcomers by where they live: persons per location; persons, adults and employed adults at home per municipality.

    stage, size, location, municipality: of households; adult, employed, household: of newcomers.
    """
    inside, home = np.zeros(locations), np.zeros((municipalities, 3))
    for i in range(len(stage)):
        if location[i] >= 0:
            inside[location[i]] += size[i]
        elif stage[i] == housed:
            home[municipality[i], 0] += size[i]
    for i in range(len(adult)):
        if adult[i]:
            of = household[i]
            if location[of] < 0 and stage[of] == housed:
                home[municipality[of], 1] += 1.0
                home[municipality[of], 2] += employed[i]
    return inside, home
