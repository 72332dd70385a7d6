"""The pass over residents equals its plain twin, however many threads work at it."""

import math

import numpy as np
import pytest

from abm.engine.draws import Draws, philox
from abm.residents import social_network
from abm.residents import support_kernels as kernels
from abm.residents.social_network import RANKS, Widths
from abm.residents.support_kernels import Blocks, Links, Persons, Renewed, Terms

TERMS = Terms(
    fading=0.95, programme=0.4, multiplier=2.5, joining=-1.0, selection=1.2, follows=True, contact=0.3, ratio=1.5,
    convergence=0.1, middle=0.2, limit=0.5, rate=0.2, talk=0.05, confidence=0.8, noise=0.1, near=-0.2, own=0.1,
    worry=0.9,
)  # fmt: skip
SIZES = np.array([1, 7, 1030, 12])  # residents of four neighbourhoods: in ORDER, a batch of one and a batch of three
BOUNDS = np.append(0, np.cumsum(SIZES)).astype(np.int64)
ORDER = np.array([2, 0, 3, 1])  # any
DRAWS = Draws(5, "support", 20)


def country(seed=2):
    """Columns of residents, their ties, and what neighbourhoods share."""
    rng, n = np.random.default_rng(seed), SIZES.sum()
    age, seeking = rng.integers(0, 3, n).astype(np.int8), rng.random(n) < 0.3
    anchor, support = (rng.normal(size=n).astype(np.float32) for _ in range(2))
    good, ill = (rng.exponential(2, n).astype(np.float32) for _ in range(2))
    where = np.repeat(np.arange(4), SIZES)
    net = social_network.build(
        where, np.zeros(4, int), np.zeros(4, int), age, Widths(2, 1, 1, 0), Draws(1, "residents", 0)
    )
    shared = rng.random((4, kernels.SHARED)) * 0.3
    shared[:, kernels.TENANTS] = [0, 3, 5.5, 20]
    nuisance = rng.random(n) < 0.4
    return Persons(age, seeking, anchor, support, good, ill, nuisance), Links(net.starts, net.targets), shared


def did(function, people, net, shared, terms=TERMS):
    """New support, good and bad contacts and sums after one month."""
    people, blocks = Persons(*(column.copy() for column in people)), Blocks(ORDER, BOUNDS, shared)
    into = Renewed(np.empty(len(people.age), np.float32), np.empty((kernels.SUMMED, len(shared))))
    function(blocks, people, net, terms, DRAWS.address("month"), into)
    return into.support, people.positive, people.negative, into.sums


def plain(blocks, people, net, terms, address, into):
    """The same in plain Python, resident by resident and term by term."""
    (order, bounds, shared), new, sums = blocks, into.support, into.sums.T
    age, seeking, anchor, support, good, ill, nuisance = people
    month, stream, k0, k1 = address
    for n in order:
        sums[n] = 0
        for j in range(bounds[n], bounds[n + 1]):
            rank, s, row = j - bounds[n], float(support[j]), shared[n]
            outlook = s if terms.follows else float(anchor[j])
            joins = 1 / (1 + math.exp(-(terms.joining + terms.selection * outlook)))
            contacts = row[kernels.NEAR] * (1 + terms.programme * (terms.multiplier - 1) * joins)
            contacts += row[kernels.COLLEAGUES] * (age[j] < 2)
            contacts += row[kernels.INSIDE] * (rank < int(row[kernels.TENANTS]))
            good[j] = terms.fading * good[j] + contacts * (1 - row[kernels.BAD])
            ill[j] = terms.fading * ill[j] + contacts * row[kernels.BAD]
            full = 1 - math.exp(-good[j])
            gain = terms.contact * (full - terms.ratio * (1 - math.exp(-ill[j])))
            gain -= terms.convergence * (s - terms.middle) * full
            gain += row[kernels.PUSH] - row[kernels.UNFAIR] * seeking[j]
            drawn = min(max(gain, -terms.limit), terms.limit)
            apart = support[net[1][net[0][j] : net[0][j + 1]]] - support[j]
            apart = apart[np.abs(apart) < np.float32(terms.confidence)]
            heard = float(apart.mean()) if len(apart) and terms.talk else 0.0
            who = np.uint64(n << RANKS | rank // 4 * 4)
            word = philox.py_func(who, who >> np.uint64(32), month, stream, k0, k1)[rank % 4]
            shock = (int(word) / 2**32 - 0.5) * 12**0.5
            new[j] = s + terms.rate * (anchor[j] + drawn - s) + terms.talk * heard + terms.noise * shock
            near = terms.near + terms.worry * nuisance[j]
            accepts = [0.5 * (1 + math.erf((new[j] - at) / 2**0.5)) for at in (near, terms.own)]
            powers = [float(new[j]) ** power for power in (1, 2, 3, 4)]
            sums[n] += [*powers, *accepts, new[j] * seeking[j], seeking[j], nuisance[j]]


VARIANTS = {
    "all": TERMS,
    "no talk": TERMS._replace(talk=0.0),
    "no programme": TERMS._replace(programme=0.0),
    "by the anchor": TERMS._replace(follows=False),
    "wide limit": TERMS._replace(limit=2.0, confidence=0.1),
}


def test_the_case_has_batches_and_all_numbers_of_ties():
    starts, most = kernels._batches(ORDER, BOUNDS)
    assert starts.tolist() == [0, 1, 4]
    assert most == SIZES.max()
    assert set(np.diff(country()[1][0])) >= {kernels._USUAL - 1, kernels._USUAL}


@pytest.mark.filterwarnings("ignore:overflow:RuntimeWarning")
@pytest.mark.parametrize("variant", VARIANTS)
def test_the_pass_equals_its_plain_twin(variant):
    for one, other in zip(
        did(kernels.renewed, *country(), VARIANTS[variant]), did(plain, *country(), VARIANTS[variant]), strict=True
    ):
        assert one == pytest.approx(other, rel=1e-6, abs=2e-5)


@pytest.mark.slow  # compiles the loops once more, for threads
def test_all_threads_give_the_same_bytes():
    for one, other in zip(did(kernels.renewed, *country()), did(kernels.renewed_together, *country()), strict=True):
        assert one.tobytes() == other.tobytes()


def test_threads_are_used_where_there_are_many_residents(monkeypatch):
    called = []
    monkeypatch.setattr(kernels, "renewed_together", lambda *given: called.append("together"))
    monkeypatch.setattr(kernels, "renewed", lambda *given: called.append("alone"))
    for most, threads in ((10, 2), (10_000, 2), (10, 1)):
        monkeypatch.setattr(kernels, "MANY", most)
        monkeypatch.setattr(kernels.compiled, "threads", lambda threads=threads: threads)
        people, net, shared = country()
        kernels.renew(Blocks(ORDER, BOUNDS, shared), people, net, TERMS, DRAWS.address("month"))
    assert called == ["together", "alone", "alone"]


def test_shocks_are_addressed_by_person():
    people, net, shared = country()
    still = TERMS._replace(talk=0.0)
    before = did(kernels.renewed, people, net, shared, still)[0]
    other = people._replace(support=people.support.copy())
    other.support[BOUNDS[2] :] += 1.0  # all residents of the third and fourth neighbourhood are others
    after = did(kernels.renewed, other, net, shared, still)[0]
    assert np.array_equal(before[: BOUNDS[2]], after[: BOUNDS[2]])
    assert not np.isclose(before[BOUNDS[2] :], after[BOUNDS[2] :]).any()


def test_shocks_have_mean_0_and_standard_deviation_1():
    shock = np.empty(40_000)
    bounds, calls = np.array([0, 0, 0, 0, len(shock)]), np.empty((5, len(shock)), np.uint64)
    kernels._words(shock, np.array([3]), bounds, DRAWS.address("month"), calls)
    shock = (shock * kernels._WORD - 0.5) * kernels._UNIFORM
    assert shock.mean() == pytest.approx(0, abs=0.02)
    assert shock.std() == pytest.approx(1, abs=0.01)
    assert np.corrcoef(shock[:-1], shock[1:])[0, 1] == pytest.approx(0, abs=0.02)


def test_the_exponential_and_the_normal_distribution_are_close_enough():
    x = np.linspace(0, 39, 500)
    assert np.array([kernels.decaying(each) for each in x]) == pytest.approx(np.exp(-x), rel=1e-7)
    s = np.linspace(-6, 6, 500)
    exact = [0.5 * (1 + math.erf((each - 0.3) / 2**0.5)) for each in s]
    assert np.array([kernels.accepting(each, 0.3) for each in s]) == pytest.approx(np.array(exact), abs=2e-7)
