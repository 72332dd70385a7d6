"""One pass over residents and their ties: contacts, support and what residents accept, neighbourhood by neighbourhood.

What residents of a neighbourhood have in common is a row of `shared`; what differs between them, columns of residents.
Last month's support is read and this month's written, so the order of residents does not matter and neighbourhoods can
be computed in parallel: the same bytes for any number of threads. The plain twin is in
tests/residents/test_support_kernels.py.
"""

from collections import namedtuple
from math import exp, factorial
from typing import NamedTuple

import numpy as np

from abm.engine import compiled
from abm.engine.compiled import njit
from abm.engine.draws import Address, philox
from abm.engine.kernels import kernel
from abm.residents.social_network import RANKS
from abm.tables.residents import Age, Neighbourhoods

# columns of `shared`, one row per neighbourhood
NEAR, COLLEAGUES, INSIDE = range(3)  # contacts a month: nearby, per worker at work, in the own building
TENANTS = 3  # residents who share that building: those with the lowest ranks
BAD = 4  # negative share of contacts
PUSH = 5  # raises the support of all [SD]: sociotropic and voice, less threat and incidents
UNFAIR = 6  # lowers the support of home seekers [SD]
SHARED = 7
# columns of the sums over the residents of a neighbourhood
SUM, SQUARE, CUBE, FOURTH, NEAR_ACCEPTED, OWN_ACCEPTED, SEEKERS, SEEKING, NUISANCE = range(9)
SUMMED = 9
MANY = 1_000_000  # residents from which threads are worth their start

_WORKING = int(Age.OLD)  # classes below it work
_WORDS = 4  # random numbers of 32 bits that one call gives
_WORD = 2.0**-32
_UNIFORM = 12**0.5  # a uniform number times this has a standard deviation of one
_MOST = 40.0  # exp(-40) is nothing beside a float32
_SQUARINGS = 6
_SERIES = np.array([(-1.0) ** k / factorial(k) for k in range(11, -1, -1)])  # of exp(-x), the highest power first
# Abramowitz and Stegun 7.1.26
_ERFC = np.array([1.061405429, -1.453152027, 1.421413741, -0.284496736, 0.254829592, 0.0])
_ERFC_SLOPE = 0.3275911
_ROOT = 2**0.5
_ROWS = 4  # of working memory
_BATCH = 1024  # residents of a batch, at least
_HALF, _ODD = 32, np.uint64(1)  # bits of half a number; the last bit
_USUAL = 8  # ties of nearly everybody, by default
_LIKELY, _UNLIKELY = _MOST / 2, exp(_MOST / 2)  # log odds beyond which a probability is as good as 0 or 1


class Terms(NamedTuple):
    """The numbers of a month that are the same for all residents."""

    fading: float  # part of contacts remembered a month later
    programme: float  # share of neighbours to whom a programme is offered
    multiplier: float  # contacts of a participant over those of others
    joining: float  # log odds to take part at support 0
    selection: float  # log odds to take part per SD
    follows: bool  # whether taking part follows support as it is now, rather than the anchor
    contact: float  # SD at full good contact
    ratio: float  # weight of bad contacts over that of good ones
    convergence: float  # pull to the middle at full good contact, per SD
    middle: float  # [SD]
    limit: float  # how far from the anchor support can be drawn [SD]
    rate: float  # part of the gap closed each month
    talk: float  # part of the difference with those tied to oneself taken over each month
    confidence: float  # difference beyond which a tie has no influence [SD]
    noise: float  # [SD a month]
    near: float  # support at which half of those who expect no nuisance accept a location nearby [SD]
    worry: float  # how much more it takes of those who expect or meet nuisance [SD]
    own: float  # support at which half accept one in the municipality [SD]


class Blocks(NamedTuple):
    """Neighbourhoods."""

    order: np.ndarray  # (neighbourhoods,) of computing, for speed only; see `renewed`
    bounds: np.ndarray  # (neighbourhoods + 1,) rows of residents
    shared: np.ndarray  # (neighbourhoods, SHARED)


class Renewed(NamedTuple):
    """Results of a month."""

    support: np.ndarray  # (residents,) float32
    sums: np.ndarray  # (neighbourhoods, SUMMED)


Persons = namedtuple("Persons", "age seeking anchor support positive negative nuisance")
Links = namedtuple("Links", "starts targets")  # of Ties
Households = namedtuple("Households", "stage size location municipality")
Newcomers = namedtuple("Newcomers", "adult employed household")


@njit(inline="always")
def decaying(x):
    """exp(-x) for x of 0 and more, to 1e-9: a series and squarings, which a processor does for many at once."""
    z = min(x, _MOST) / 2**_SQUARINGS
    found = 0.0
    for k in range(len(_SERIES)):
        found = found * z + _SERIES[k]
    for _ in range(_SQUARINGS):
        found *= found
    return found


@njit(inline="always", error_model="numpy")
def accepting(support, threshold):
    """Probability that a resident accepts, Phi(support - threshold), to 1e-7."""
    x = (support - threshold) / _ROOT
    size = abs(x)
    u, tail = 1.0 / (1.0 + _ERFC_SLOPE * size), 0.0
    for k in range(len(_ERFC)):
        tail = tail * u + _ERFC[k]
    tail *= 0.5 * decaying(size * size)
    return tail if x < 0.0 else 1.0 - tail


@njit
def _words(found, n, address):
    """One random word per rank in neighbourhood n; four ranks share one call."""
    month, stream, k0, k1 = address
    for call in range(len(found) // _WORDS):
        who = np.uint64(n << RANKS | call * _WORDS)
        a, b, c, d = philox(who, who >> np.uint64(32), month, stream, k0, k1)
        at = call * _WORDS
        found[at], found[at + 1], found[at + 2], found[at + 3] = a, b, c, d


@njit
def _copied(to, values):
    """Copy values, (n,), of any type."""
    for i in range(len(values)):
        to[i] = values[i]


@njit(error_model="numpy")
def _joining(found, terms):
    """Replace support by the probability to take part in a programme, which follows from it."""
    for i in range(len(found)):
        odds = min(max(terms.joining + terms.selection * found[i], -_LIKELY), _LIKELY)
        found[i] = 1.0 / (1.0 + _UNLIKELY * decaying(odds + _LIKELY))


@njit
def _contacts(found, age, near, colleagues, terms):
    """Replace the probability to take part in a programme by contacts this month: nearby, in the programme, at work."""
    more = near * terms.programme * (terms.multiplier - 1.0)
    for i in range(len(found)):
        found[i] = near + more * found[i] + colleagues * (age[i] < _WORKING)


@njit
def _remembered(stock, felt, contacts, fading, part):
    """Update remembered contacts: last month's fade, and part of this month's are added; also into `felt`."""
    for i in range(len(stock)):
        stock[i] = fading * stock[i] + part * contacts[i]
        felt[i] = stock[i]


@njit
def _decayed(values):
    """exp(-x) in place of x."""
    for i in range(len(values)):
        values[i] = decaying(values[i])


@njit
def _pulled(found, no_good, no_ill, own, push, unfair, terms):
    """Support after the pull to its level; no_good, no_ill: exp(-contacts); own: last support, anchor, seeking."""
    before, anchor, seeking = own
    for i in range(len(before)):
        full = 1.0 - no_good[i]
        gain = terms.contact * (full - terms.ratio * (1.0 - no_ill[i]))
        gain -= terms.convergence * (before[i] - terms.middle) * full
        drawn = min(max(gain + push - unfair * seeking[i], -terms.limit), terms.limit)
        found[i] = before[i] + terms.rate * (anchor[i] + drawn - before[i])


@njit(error_model="numpy")
def _heard(found, first, support, starts, targets, confidence):
    """Mean difference from ties whose support is within `confidence` of a resident's own [SD].

    A loop of known length is fast, so the usual number of ties has its own.
    """
    nothing = np.float32(0.0)
    begin = np.uint64(starts[first])
    for i in range(len(found)):
        end = np.uint64(starts[np.uint64(first + i + 1)])
        own, total, listened = support[np.uint64(first + i)], nothing, 0
        if end - begin == _USUAL:
            for k in range(_USUAL):
                apart = support[np.uint32(targets[begin + np.uint64(k)])] - own
                near_enough = abs(apart) < confidence
                total += apart if near_enough else nothing  # no branch, which a processor could not predict
                listened += near_enough
        else:
            for k in range(begin, end):
                apart = support[np.uint32(targets[np.uint64(k)])] - own
                near_enough = abs(apart) < confidence
                total += apart if near_enough else nothing
                listened += near_enough
        begin = end
        found[i] = total / np.float32(max(listened, 1))


@njit
def _moved(found, pulled, heard, words, terms):
    """Support this month, rounded as it is stored; random words become shocks of mean 0 and standard deviation 1."""
    for i in range(len(found)):
        shock = (words[i] * _WORD - 0.5) * _UNIFORM
        found[i] = np.float32(pulled[i] + terms.talk * heard[i] + terms.noise * shock)


@njit(error_model="numpy")
def _acceptance(near, own, support, nuisance, terms):
    """Probabilities to accept a location nearby and in the municipality, into `near` and `own`; (n,) each."""
    for i in range(len(support)):
        near[i] = accepting(support[i], terms.near + terms.worry * nuisance[i])
    for i in range(len(support)):
        own[i] = accepting(support[i], terms.own)


@kernel
def acceptance(support, nuisance, terms: Terms):
    """Probabilities to accept a location nearby and in the municipality, (n,) each; nuisance (n,) as of residents."""
    near, own = np.empty(len(support)), np.empty(len(support))
    _acceptance(near, own, support, nuisance, terms)
    return near, own


@njit
def _summed(support, seeking, nuisance, near, own, total):
    """Sums over the residents of a neighbourhood, into `total`."""
    first = second = third = fourth = nearby = in_town = of_seekers = 0.0
    seekers = worried = 0
    for i in range(len(support)):
        s = support[i]
        first += s
        second += s * s
        third += s * s * s
        fourth += s * s * s * s
        nearby += near[i]
        in_town += own[i]
        of_seekers += s * seeking[i]
        seekers += seeking[i]
        worried += nuisance[i]
    total[SUM], total[SQUARE], total[CUBE], total[FOURTH] = first, second, third, fourth
    total[NEAR_ACCEPTED], total[OWN_ACCEPTED], total[SEEKERS], total[SEEKING] = nearby, in_town, of_seekers, seekers
    total[NUISANCE] = worried


@njit
def _of_batch(batch, blocks, people, ties, terms, address, into, room):
    """Simulate a month for a batch of neighbourhoods; see `renewed`.

    Steps that depend on the neighbourhood are done one by one; the costly ones in between, for the whole batch: small
    loops compile to fast code, and in long ones the remainder hardly counts. room: (4, residents) of working memory.
    """
    age, seeking, anchor, before, good, ill, nuisance = people
    bounds, shared = blocks.bounds, blocks.shared
    outlook, confidence = before if terms.follows else anchor, np.float32(terms.confidence)
    a, b, c, words = room[0], room[1], room[2], room[3]
    end = 0
    for n in batch:
        first, last, at = bounds[n], bounds[n + 1], end
        end += last - first
        _copied(a[at:end], outlook[first:last])
    _joining(a[:end], terms)
    end = 0
    for n in batch:
        first, last, row, at = bounds[n], bounds[n + 1], shared[n], end
        end += last - first
        contacts = a[at:end]
        _contacts(contacts, age[first:last], row[NEAR], row[COLLEAGUES], terms)
        contacts[: int(row[TENANTS])] += row[INSIDE]
        _remembered(good[first:last], b[at:end], contacts, terms.fading, 1.0 - row[BAD])
        _remembered(ill[first:last], c[at:end], contacts, terms.fading, row[BAD])
    _decayed(b[:end])
    _decayed(c[:end])
    end = 0
    for n in batch:
        first, last, row, at = bounds[n], bounds[n + 1], shared[n], end
        end += last - first
        own = (before[first:last], anchor[first:last], seeking[first:last])
        _pulled(a[at:end], b[at:end], c[at:end], own, row[PUSH], row[UNFAIR], terms)
        b[at:end] = 0.0
        if terms.talk > 0.0:
            _heard(b[at:end], first, before, ties[0], ties[1], confidence)
        whole = -(-(end - at) // _WORDS) * _WORDS  # whole calls; the next neighbourhood overwrites the surplus
        _words(words[at : at + whole], n, address)
    _moved(c[:end], a[:end], b[:end], words[:end], terms)
    end = 0
    for n in batch:
        first, last, at = bounds[n], bounds[n + 1], end
        end += last - first
        _copied(words[at:end], nuisance[first:last])
    _acceptance(a[:end], b[:end], c[:end], words[:end], terms)
    end = 0
    for n in batch:
        first, last, at = bounds[n], bounds[n + 1], end
        end += last - first
        _copied(into.support[first:last], c[at:end])
        _summed(c[at:end], seeking[first:last], nuisance[first:last], a[at:end], b[at:end], into.sums[n])


@njit
def _batches(order, bounds):
    """Positions in `order` at which batches begin, and the end, (batches + 1,); residents of the largest batch."""
    starts, count, most, residents = np.zeros(len(order) + 1, np.int64), 0, 0, 0
    for at in range(len(order)):
        residents += bounds[order[at] + 1] - bounds[order[at]]
        most = max(most, residents)
        if residents >= _BATCH or at == len(order) - 1:
            count, residents = count + 1, 0
            starts[count] = at + 1
    return starts[: count + 1], most


@kernel(writes=("people.positive", "people.negative", "into.support", "into.sums"))
def renewed(blocks: Blocks, people: Persons, ties: Links, terms: Terms, address: Address, into: Renewed):
    """Write this month's support of residents and sums over each neighbourhood to `into`; update contacts in place.

    Neighbourhoods with many ties to each other are best computed together, while their residents are in the cache.
    address: of this month's draws.
    """
    starts, most = _batches(blocks.order, blocks.bounds)
    room = np.empty((_ROWS, most + _WORDS))
    for k in range(len(starts) - 1):
        batch = blocks.order[starts[k] : starts[k + 1]]
        _of_batch(batch, blocks, people, ties, terms, address, into, room)


@kernel(writes=("people.positive", "people.negative", "into.support", "into.sums"), parallel=True)
def renewed_together(blocks: Blocks, people: Persons, ties: Links, terms: Terms, address: Address, into: Renewed):
    """The same on all threads."""
    starts, most = _batches(blocks.order, blocks.bounds)
    for k in compiled.prange(len(starts) - 1):
        room = np.empty((_ROWS, most + _WORDS))
        batch = blocks.order[starts[k] : starts[k + 1]]
        _of_batch(batch, blocks, people, ties, terms, address, into, room)


def renew(blocks: Blocks, people, ties, terms: Terms, address: Address) -> Renewed:
    """The pass over residents, on all threads where there are many residents and several threads."""
    count = int(blocks.bounds[-1])
    into = Renewed(np.empty(count, np.float32), np.empty((len(blocks.order), SUMMED)))
    many = count >= MANY and compiled.threads() > 1
    (renewed_together if many else renewed)(blocks, people, ties, terms, address, into)
    return into


@kernel
def present(households: Households, people: Newcomers, housed, locations, municipalities):
    """Newcomers by where they live: persons per location; persons, adults and employed adults at home per municipality.

    Counted without branches, which a processor could not predict: persons without a home count for an extra
    municipality. Two tables take rows in turn, because rows next to each other are often in one municipality and would
    wait for each other.
    """
    stage, size, location, municipality = households
    adult, employed, household = people
    inside, town = np.zeros(locations), np.empty(len(stage), np.int32)
    persons, adults = np.zeros((2, municipalities + 1), np.int64), np.zeros((2, municipalities + 1), np.int64)
    for i in range(len(stage)):
        town[i] = municipality[i] if (stage[i] == housed) & (location[i] < 0) else municipalities
    for i in range(len(stage)):
        if location[i] >= 0:
            inside[location[i]] += size[i]
    for i in range(len(stage)):
        persons[np.uint64(i) & _ODD, town[i]] += size[i]
    for i in range(len(adult)):  # employed adults are counted in the upper half of the same number
        at = town[np.uint64(household[i])]
        adults[np.uint64(i) & _ODD, at] += adult[i] + ((adult[i] & employed[i]) << _HALF)
    home = np.empty((municipalities, 3))
    for m in range(municipalities):
        both = adults[0, m] + adults[1, m]
        home[m, 0] = persons[0, m] + persons[1, m]
        home[m, 1], home[m, 2] = both & (2**_HALF - 1), both >> _HALF
    return inside, home


def keep(where: Neighbourhoods, sums: np.ndarray) -> None:
    """Write the means of neighbourhoods; without home seekers in the sample, theirs is the mean of all residents.

    sums: (neighbourhoods, SUMMED), as `renew` gives them.
    """
    names = (("support", SUM), ("square", SQUARE), ("cube", CUBE), ("fourth", FOURTH))
    for name, at in (*names, ("near", NEAR_ACCEPTED), ("own", OWN_ACCEPTED), ("nuisance", NUISANCE)):
        getattr(where, name)[:] = sums[:, at] / where.residents
    seeking = sums[:, SEEKING]
    where.seekers[:] = np.where(seeking > 0, sums[:, SEEKERS] / np.maximum(seeking, 1), where.support)
