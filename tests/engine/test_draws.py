"""Random draws: the published answers of the generator, and draws that depend on their address and nothing else."""

import ast
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import abm
from abm import chain
from abm.engine.draws import ORDER_BITS, Draws, drawn, drawn_in, mixed, philox, stream
from abm.people.household_formation import identities, relatives

CODE = {path.stem: ast.parse(path.read_text(encoding="utf-8")) for path in Path(abm.__file__).parent.rglob("*.py")}
KINDS = ("uniform", "once", "order")
IN_LOOPS = "addresses"  # of several labels, for compiled code
WHO = np.arange(1_000, dtype=np.uint64)
MASK, WIDE = 2**32 - 1, 2**ORDER_BITS - 1
whole_numbers = st.integers(0, WIDE)


def slow_philox(counter, key):
    """The same ten rounds, written from the paper with whole numbers of Python."""
    (a, b, c, d), (k, m) = counter, key
    for _ in range(10):
        low, high = 0xD2511F53 * a, 0xCD9E8D57 * c
        a, b, c, d = (high >> 32) ^ b ^ k, high & MASK, (low >> 32) ^ d ^ m, low & MASK
        k, m = (k + 0x9E3779B9) & MASK, (m + 0xBB67AE85) & MASK
    return a, b, c, d


def slow_uniform(seed, process, label, month, who):
    """The uniform draw of one person, from its address."""
    counter = (who & MASK, who >> 32, month, stream(process, label))
    first, second, _, _ = slow_philox(counter, (seed & MASK, seed >> 32))
    return ((first >> 5) * 2**26 + (second >> 6)) / 2**53


# --- the generator


@pytest.mark.parametrize(
    ("counter", "key", "answer"),
    [
        ("00000000 00000000 00000000 00000000", "00000000 00000000", "6627e8d5 e169c58d bc57ac4c 9b00dbd8"),
        ("ffffffff ffffffff ffffffff ffffffff", "ffffffff ffffffff", "408f276d 41c83b0e a20bc7c6 6d5451fd"),
        ("243f6a88 85a308d3 13198a2e 03707344", "a4093822 299f31d0", "d16cfe09 94fdcceb 5001e420 24126ea1"),
    ],
    ids=["zeros", "ones", "pi"],
)
def test_published_known_answers(counter, key, answer):
    words = [int(word, 16) for word in (counter + " " + key).split()]
    expected = tuple(int(word, 16) for word in answer.split())
    assert tuple(int(word) for word in philox(*(np.uint64(word) for word in words))) == expected
    assert slow_philox(words[:4], words[4:]) == expected


@given(st.integers(0, 2**64 - 1), st.integers(0, 431), st.lists(st.integers(0, 2**64 - 1), min_size=1, max_size=5))
def test_uniform_equals_the_slow_twin(seed, month, who):
    draws = Draws(seed, "decision", month)
    people = np.array(who, dtype=np.uint64)
    assert draws.uniform("grant", people).tolist() == [slow_uniform(seed, "decision", "grant", month, w) for w in who]
    assert draws.once("grant", people).tolist() == [slow_uniform(seed, "decision", "grant", MASK, w) for w in who]


@given(st.integers(0, 2**64 - 1), st.integers(0, 431), st.lists(st.integers(0, 2**64 - 1), min_size=1, max_size=5))
def test_compiled_code_draws_the_same(seed, month, who):
    draws, people = Draws(seed, "decision", month), np.array(who, dtype=np.uint64)
    address = draws.addresses("grant", "appeal")
    assert [drawn(one, address[1]) for one in people] == draws.once("appeal", people).tolist()
    assert [drawn(one, draws.address("grant")) for one in people] == draws.uniform("grant", people).tolist()
    assert [drawn_in(one, draws.month, address[1]) for one in people] == draws.uniform("appeal", people).tolist()


def test_address_of_a_label_is_fixed_for_ever():
    # b2sum -l 32 of 'arrival/family', as a little-endian number; runs of different versions compare by it
    assert stream("arrival", "family") == int.from_bytes(bytes.fromhex("981f0287"), "little")
    assert stream("a", "b/c") == stream("a/b", "c")  # so no process or label may hold a slash; see below


@pytest.mark.parametrize(
    "who",
    [
        np.arange(100_000, dtype=np.uint64),
        identities(np.repeat(np.arange(10), 10_000), 7, np.tile(np.arange(10_000), 10), way=0),
        np.arange(100_000, dtype=np.uint64) << np.uint64(32),
    ],
    ids=["consecutive", "identities", "high words"],
)
def test_numbers_are_even_and_unrelated(who):
    numbers = Draws(20150101, "arrival", 3).uniform("size", who)
    assert numbers.min() >= 0
    assert numbers.max() < 1
    counts = np.bincount((numbers * 100).astype(int), minlength=100)
    # chi-square with 99 degrees of freedom: below 57 or above 161 once in ten thousand
    assert 57 < ((counts - 1_000) ** 2 / 1_000).sum() < 161
    assert abs(np.corrcoef(numbers[:-1], numbers[1:])[0, 1]) < 4 / np.sqrt(len(who))


# --- the address


def test_once_does_not_depend_on_the_month_and_uniform_does():
    first, second = Draws(1, "decision", 0), Draws(1, "decision", 1)
    assert np.array_equal(first.once("grant", WHO), second.once("grant", WHO))
    assert not np.isin(first.uniform("grant", WHO), second.uniform("grant", WHO)).any()
    assert not np.isin(first.uniform("grant", WHO), first.once("grant", WHO)).any()
    assert np.array_equal(first.order("lottery", WHO), second.order("lottery", WHO))


def test_every_part_of_the_address_matters():
    addresses = [(1, "decision", "grant", 0), (2, "decision", "grant", 0), (1, "leaving", "grant", 0)]
    addresses += [(1, "decision", "appeal", 0), (1, "decision", "grant", 1), (1 + 2**32, "decision", "grant", 0)]
    numbers = [Draws(seed, process, month).uniform(label, WHO) for seed, process, label, month in addresses]
    for one, other in combinations(numbers, 2):
        assert not np.isin(one, other).any()
        assert abs(np.corrcoef(one, other)[0, 1]) < 4 / np.sqrt(len(WHO))
    orders = [Draws(seed, process, 0).order(label, WHO) for seed, process, label, _ in addresses[:4] + addresses[5:]]
    for one, other in combinations(orders, 2):
        assert not np.array_equal(np.argsort(one), np.argsort(other))


@given(st.lists(whole_numbers, max_size=30, unique=True), st.randoms(use_true_random=False))
def test_neither_order_nor_company_matters(who, random):
    draws, people = Draws(5, "reunion", 40), np.array(who, dtype=np.uint64)
    alone = {name: [getattr(draws, name)("travel", people[i : i + 1])[0] for i in range(len(people))] for name in KINDS}
    shuffled = random.sample(range(len(people)), random.randint(0, len(people)))  # some of them, in any order
    for name in KINDS:
        together = getattr(draws, name)("travel", people[shuffled])
        assert together.tolist() == [alone[name][i] for i in shuffled]


def test_shape_is_kept_for_nobody_and_for_signed_numbers():
    draws = Draws(1, "reception", 0)
    assert draws.uniform("regular", np.arange(0)).shape == (0,)
    assert np.array_equal(draws.uniform("regular", np.arange(1_000)), draws.uniform("regular", WHO))
    every_second = np.arange(2_000, dtype=np.uint64)[::2]  # not contiguous in memory
    assert np.array_equal(draws.uniform("regular", every_second), draws.uniform("regular", every_second.copy()))


# --- lotteries without ties


def unmixed(number, salt):
    """The identity behind a lottery number: each step of `mixed` taken back, with whole numbers of Python."""
    number ^= number >> 26  # 26 is half of 52 bits, so doing it twice undoes it
    for factor in (0x94D049BB133111EB, 0xBF58476D1CE4E5B9, 0x9E3779B97F4A7C15):
        number = number * pow(factor, -1, 2**52) % 2**52
        number ^= number >> 26
    return number ^ (salt & WIDE)


@given(whole_numbers, st.integers(0, 2**48 - 1))
def test_mixing_can_be_taken_back_so_no_two_share_a_number(who, salt):
    number = int(mixed(np.array([who]), salt)[0])
    assert 0 <= number <= WIDE
    assert unmixed(number, salt) == who


@pytest.mark.parametrize("step", [1, 2**4, 2**7, 2**27, 2**35])
def test_lottery_numbers_have_no_ties_and_no_order(step):
    who = np.arange(100_000, dtype=np.uint64) * np.uint64(step)
    numbers = Draws(1, "composition", 0).order("lottery", who)
    assert len(np.unique(numbers)) == len(who)
    assert numbers.max() < 2**52
    tenths = np.bincount((numbers // (2**52 // 10 + 1)).astype(int), minlength=10)
    assert tenths.min() > 9_000
    assert tenths.max() < 11_000
    assert abs(np.corrcoef(np.arange(len(who)), numbers.astype(float))[0, 1]) < 0.05


def test_identities_fit_the_lottery_and_never_meet():
    origin, rank = (grid.ravel() for grid in np.meshgrid([0, 14], [0, 1, 2**20 - 1]))
    made = [identities(origin, month, rank, way) for month in (-1, 0, 431) for way in range(4)]
    everyone = np.concatenate([*made, *(relatives(identity) for identity in made)])
    members = (everyone[:, None] + np.arange(15, dtype=np.uint64)).ravel()
    assert len(np.unique(members)) == len(members)
    assert members.max() < 2**ORDER_BITS


# --- the labels in use


def labels():
    """(module, label) of every draw whose label is written where it is drawn."""
    for module, tree in CODE.items():
        for node in ast.walk(tree):
            called = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
            if called and node.func.attr in (*KINDS, IN_LOOPS):
                for label in node.args if node.func.attr == IN_LOOPS else node.args[:1]:
                    if isinstance(label, ast.Constant):
                        yield module, label.value


def test_no_label_serves_two_purposes():
    found = list(labels())
    assert len(found) > 25
    assert sorted(found) == sorted(set(found))


def test_every_label_has_a_stream_of_its_own():
    processes = [chain.name(process) for process in chain.CHAIN] + ["start", "composition"]
    # labels that are handed on are text like any other, so all short text of the code counts as one
    text = {node.value for tree in CODE.values() for node in ast.walk(tree) if isinstance(node, ast.Constant)}
    words = {word for word in text if isinstance(word, str) and 0 < len(word) < 20 and "/" not in word}
    assert {label for _, label in labels()} | {"claims", "claims family", "emergency"} <= words
    addresses = [stream(process, word) for process in processes for word in sorted(words)]
    assert len(set(addresses)) == len(addresses)
