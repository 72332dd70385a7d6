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
from abm.tables.residents import Age

# columns of `shared`, one row per neighbourhood
NEAR, COLLEAGUES, INSIDE = range(3)  # contacts a month: nearby, per worker at work, in the own building
TENANTS = 3  # residents who share that building: those with the lowest ranks
BAD = 4  # negative share of contacts
PUSH = 5  # raises the support of all [SD]: sociotropic and voice, less threat and incidents
UNFAIR = 6  # lowers the support of home seekers [SD]
SHARED = 7
# rows of the sums over the residents of a neighbourhood
SUM, SQUARE, CUBE, FOURTH, NEAR_ACCEPTED, OWN_ACCEPTED, SEEKERS, SEEKING, NUISANCE = range(9)
SUMMED = 9
MANY = 1_000_000  # residents from which threads are worth their start

_WORKING = int(Age.OLD)  # classes below it work
_WORDS = 4  # random numbers of 32 bits that one call gives
_NEXT, _THIRD, _FOURTH = np.uint64(1), np.uint64(2), np.uint64(3)  # places after the first of them
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
    sums: np.ndarray  # (SUMMED, neighbourhoods)


class Room(NamedTuple):
    """Working memory of a batch of neighbourhoods."""

    rows: np.ndarray  # (4, residents)
    calls: np.ndarray  # (5, residents) uint64


Persons = namedtuple("Persons", "age seeking anchor support positive negative nuisance")
Links = namedtuple("Links", "starts targets")  # of Ties


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
def _words(found, batch, bounds, address, calls):
    """One random word per resident of a batch, into `found`; four ranks of a neighbourhood share one call.

    The last call of a neighbourhood may write up to three words more, which the next one overwrites. The calls are made
    side by side; calls: (5, residents) of working memory.
    """
    month, stream, k0, k1 = address
    first, second, third, fourth, who, many = calls[0], calls[1], calls[2], calls[3], calls[_WORDS], 0
    for n in batch:
        for rank in range(0, bounds[n + 1] - bounds[n], _WORDS):
            who[many] = np.uint64(n << RANKS | rank)
            many += 1
    for k in range(many):
        first[k], second[k], third[k], fourth[k] = philox(who[k], who[k] >> np.uint64(32), month, stream, k0, k1)
    at, k = 0, 0
    for n in batch:
        count = bounds[n + 1] - bounds[n]
        for rank in range(0, count, _WORDS):
            to = np.uint64(at + rank)
            found[to], found[to + _NEXT] = first[k], second[k]
            found[to + _THIRD], found[to + _FOURTH] = third[k], fourth[k]
            k += 1
        at += count


@njit(error_model="numpy")
def _joining(found, terms):
    """Replace support by the probability to take part in a programme, which follows from it."""
    for i in range(len(found)):
        odds = min(max(terms.joining + terms.selection * found[i], -_LIKELY), _LIKELY)
        found[i] = 1.0 / (1.0 + _UNLIKELY * decaying(odds + _LIKELY))


@njit
def _remembered(joins, good, ill, batch, blocks, people, terms):
    """Update remembered contacts of a batch: last month's fade, and this month's are added, in two parts.

    joins: probability to take part in a programme; the stocks also go to `good` and `ill`.
    """
    bounds, shared, at = blocks.bounds, blocks.shared, 0
    for n in batch:
        first, count = bounds[n], bounds[n + 1] - bounds[n]
        near, inside, tenants, bad = shared[n, NEAR], shared[n, INSIDE], int(shared[n, TENANTS]), shared[n, BAD]
        more, colleagues = near * terms.programme * (terms.multiplier - 1.0), shared[n, COLLEAGUES]
        for k in range(count):
            i, j = np.uint64(first + k), np.uint64(at + k)
            contacts = near + more * joins[j] + colleagues * (people.age[i] < _WORKING)
            contacts += inside * (k < tenants)
            one = np.float32(terms.fading * people.positive[i] + (1.0 - bad) * contacts)  # as it is stored
            other = np.float32(terms.fading * people.negative[i] + bad * contacts)
            people.positive[i] = good[j] = one
            people.negative[i] = ill[j] = other
        at += count


@njit
def _decayed(values):
    """exp(-x) in place of x."""
    for i in range(len(values)):
        values[i] = decaying(values[i])


@njit
def _pulled(found, no_good, no_ill, batch, blocks, people, terms):
    """Support of a batch after the pull to its level; no_good, no_ill: exp(-contacts)."""
    bounds, shared, at = blocks.bounds, blocks.shared, 0
    for n in batch:
        first, count, push, unfair = bounds[n], bounds[n + 1] - bounds[n], shared[n, PUSH], shared[n, UNFAIR]
        for k in range(count):
            i, j = np.uint64(first + k), np.uint64(at + k)
            full, before = 1.0 - no_good[j], people.support[i]
            gain = terms.contact * (full - terms.ratio * (1.0 - no_ill[j]))
            gain -= terms.convergence * (before - terms.middle) * full
            drawn = min(max(gain + push - unfair * people.seeking[i], -terms.limit), terms.limit)
            found[j] = before + terms.rate * (people.anchor[i] + drawn - before)
        at += count


@njit(error_model="numpy")
def _heard(found, runs, support, ties, confidence):
    """Mean difference from ties whose support is within `confidence` of a resident's own [SD].

    A loop of known length is fast, so the usual number of ties has its own. Ties are counted by a product with 0 or 1:
    there is no branch, which a processor could not predict.
    """
    starts, targets, nothing, at = ties.starts, ties.targets, np.float32(0.0), 0
    for first, count in runs:
        begin = np.uint64(starts[np.uint64(first)])
        for i in range(count):
            end = np.uint64(starts[np.uint64(first + i + 1)])
            own, total, listened = support[np.uint64(first + i)], nothing, nothing
            if end - begin == _USUAL:
                for k in range(_USUAL):
                    apart = support[np.uint32(targets[begin + np.uint64(k)])] - own
                    near_enough = np.float32(abs(apart) < confidence)
                    total += apart * near_enough
                    listened += near_enough
            else:
                for k in range(begin, end):
                    apart = support[np.uint32(targets[np.uint64(k)])] - own
                    near_enough = np.float32(abs(apart) < confidence)
                    total += apart * near_enough
                    listened += near_enough
            begin = end
            found[np.uint64(at + i)] = total / max(listened, np.float32(1.0))
        at += count


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
def _summed(sums, support, near, own, batch, bounds, people):
    """Sums over the residents of each neighbourhood of a batch, into its column of `sums`."""
    at = 0
    for n in batch:
        first_row, count = bounds[n], bounds[n + 1] - bounds[n]
        first = second = third = fourth = nearby = in_town = of_seekers = 0.0
        seekers = worried = 0
        for k in range(count):
            i, j = np.uint64(first_row + k), np.uint64(at + k)
            s = support[j]
            first += s
            second += s * s
            third += s * s * s
            fourth += s * s * s * s
            nearby += near[j]
            in_town += own[j]
            of_seekers += s * people.seeking[i]
            seekers += people.seeking[i]
            worried += people.nuisance[i]
        of = np.uint64(n)  # unsigned: no check for a negative index
        sums[SUM, of], sums[SQUARE, of], sums[CUBE, of], sums[FOURTH, of] = first, second, third, fourth
        sums[NEAR_ACCEPTED, of], sums[OWN_ACCEPTED, of], sums[NUISANCE, of] = nearby, in_town, worried
        sums[SEEKERS, of], sums[SEEKING, of] = of_seekers, seekers
        at += count


@njit
def _runs(batch, bounds):
    """Rows of residents of a batch as runs without a gap: first and number of each, (runs, 2)."""
    found, last = np.zeros((len(batch), 2), np.int64), -1
    for n in batch:
        if last < 0 or found[last, 0] + found[last, 1] != bounds[n]:
            last += 1
            found[last, 0] = bounds[n]
        found[last, 1] += bounds[n + 1] - bounds[n]
    return found[: last + 1]


@njit
def _gathered(to, values, runs):
    """Copy the values of the residents of a batch, of any type, to the beginning of `to`; how many."""
    at = 0
    for first, count in runs:
        for k in range(count):
            to[np.uint64(at + k)] = values[np.uint64(first + k)]
        at += count
    return at


@njit
def _of_batch(batch, blocks, people, ties, terms, address, into, room):
    """Simulate a month for a batch of neighbourhoods; see `renewed`.

    Small loops compile to fast code, and in long ones the remainder hardly counts: so each step is a loop over the
    whole batch, and one that depends on the neighbourhood has the loop over neighbourhoods inside, because a call for
    each would cost more than the step.
    """
    bounds, runs = blocks.bounds, _runs(batch, blocks.bounds)
    a, b, c, words = room.rows[0], room.rows[1], room.rows[2], room.rows[3]
    end = _gathered(a, people.support if terms.follows else people.anchor, runs)
    _joining(a[:end], terms)
    _remembered(a, b, c, batch, blocks, people, terms)
    _decayed(b[:end])
    _decayed(c[:end])
    _pulled(a, b, c, batch, blocks, people, terms)
    _words(words, batch, bounds, address, room.calls)
    if terms.talk > 0.0:
        _heard(b, runs, people.support, ties, np.float32(terms.confidence))
    else:
        b[:end] = 0.0
    _moved(c[:end], a[:end], b[:end], words[:end], terms)
    _gathered(words, people.nuisance, runs)
    _acceptance(a[:end], b[:end], c[:end], words[:end], terms)
    _summed(into.sums, c, a, b, batch, bounds, people)
    at = 0
    for first, count in runs:
        for k in range(count):
            into.support[np.uint64(first + k)] = c[np.uint64(at + k)]
        at += count


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
    room = Room(np.empty((_ROWS, most + _WORDS)), np.empty((_WORDS + 1, most), np.uint64))
    for k in range(len(starts) - 1):
        batch = blocks.order[starts[k] : starts[k + 1]]
        _of_batch(batch, blocks, people, ties, terms, address, into, room)


@kernel(writes=("people.positive", "people.negative", "into.support", "into.sums"), parallel=True)
def renewed_together(blocks: Blocks, people: Persons, ties: Links, terms: Terms, address: Address, into: Renewed):
    """The same on all threads."""
    starts, most = _batches(blocks.order, blocks.bounds)
    for k in compiled.prange(len(starts) - 1):
        room = Room(np.empty((_ROWS, most + _WORDS)), np.empty((_WORDS + 1, most), np.uint64))
        batch = blocks.order[starts[k] : starts[k + 1]]
        _of_batch(batch, blocks, people, ties, terms, address, into, room)


def renew(blocks: Blocks, people, ties, terms: Terms, address: Address) -> Renewed:
    """The pass over residents, on all threads where there are many residents and several threads."""
    count = int(blocks.bounds[-1])
    into = Renewed(np.empty(count, np.float32), np.empty((SUMMED, len(blocks.order))))
    many = count >= MANY and compiled.threads() > 1
    (renewed_together if many else renewed)(blocks, people, ties, terms, address, into)
    return into
