"""Uniform draws that are addressed, not consumed from a stream: common random numbers for every person.

A draw is a function of (seed, process, label, month, identity). Other people, the order of rows and what is observed
do not change it, so two scenarios share their random numbers person by person.

Source: philox4x32-10, Salmon et al. 2011, doi 10.1145/2063384.2063405; its published known answers are a test.
"""

from functools import cache, lru_cache
from hashlib import blake2b
from typing import NamedTuple

import numpy as np

from abm.engine.compiled import compiled, njit

COUNTRY = 2015  # in place of the seed of a run, where what is drawn belongs to the country and is the same in every run
ORDER_BITS = 52  # identities and lottery numbers stay below 2**52: month and lottery then fit one 64-bit key
_LOW = np.uint64(0xFFFFFFFF)
_M0, _M1 = np.uint64(0xD2511F53), np.uint64(0xCD9E8D57)
_W0, _W1 = np.uint64(0x9E3779B9), np.uint64(0xBB67AE85)
_S5, _S6, _S32 = np.uint64(5), np.uint64(6), np.uint64(32)
_MASK, _HALF = np.uint64((1 << ORDER_BITS) - 1), np.uint64(ORDER_BITS // 2)
_FACTORS = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
_2P26, _2P53 = 67108864.0, 9007199254740992.0
_LIFELONG = np.uint64(0xFFFFFFFF)  # stands for the month in lifelong draws


@njit(inline="always")
def philox(c0, c1, c2, c3, k0, k1):
    """Ten rounds of philox4x32: four 32-bit words (held in uint64) from a counter and a key.

    Only the low half of each uint64 counts. It is cut out where it is multiplied, which lets the compiler multiply
    32-bit words side by side, and at the end; xor and addition keep the halves apart by themselves.
    """
    for _ in range(10):
        p0, p1 = (c0 & _LOW) * _M0, (c2 & _LOW) * _M1
        c0, c1, c2, c3 = (p1 >> _S32) ^ c1 ^ k0, p1, (p0 >> _S32) ^ c3 ^ k1, p0
        k0, k1 = k0 + _W0, k1 + _W1
    return c0 & _LOW, c1 & _LOW, c2 & _LOW, c3 & _LOW


@njit(inline="always")
def unit(a, b):
    """A float in [0, 1) with 53 random bits from two 32-bit words."""
    return ((a >> _S5) * _2P26 + (b >> _S6)) / _2P53


@njit(inline="always")
def drawn(who, address):
    """The uniform draw of one identity, for compiled code; address (4,): a row of `Draws.addresses`."""
    a, b, _, _ = philox(who, who >> _S32, address[0], address[1], address[2], address[3])
    return unit(a, b)


@njit(inline="always")
def drawn_in(who, month, address):
    """The same in a month, as `Draws.uniform` gives it for the label of that address."""
    a, b, _, _ = philox(who, who >> _S32, np.uint64(month), address[1], address[2], address[3])
    return unit(a, b)


@compiled
def fill_uniform(out, who, month, stream, k0, k1):
    """Write one uniform per identity of `who` (uint64) to `out` (float64, same length); both writable.

    Python calls it a hundred times a month, so it does without the checks of a kernel (abm/engine/kernels.py).
    """
    for i in range(len(who)):
        a, b, _, _ = philox(who[i], who[i] >> _S32, month, stream, k0, k1)
        out[i] = unit(a, b)


@cache
def stream(*path: str) -> int:
    """The 32-bit stream number of a label, the same on every machine."""
    return int.from_bytes(blake2b("/".join(path).encode(), digest_size=4).digest(), "little")


@cache
def _stream(process: str, label: str) -> np.uint64:
    """The stream number as a word of the generator."""
    return np.uint64(stream(process, label))


@lru_cache
def _key(seed: int) -> tuple[np.uint64, np.uint64]:
    """The two words of the key of a seed."""
    return np.uint64(seed & 0xFFFFFFFF), np.uint64(seed >> 32 & 0xFFFFFFFF)


def mixed(identity: np.ndarray, salt: int) -> np.ndarray:
    """A pseudorandom permutation of 0..2**52-1 applied to identities: random order without ties.

    It is bijective (xor, odd multiplication, xor-shift, all modulo 2**52), so two people never share a number and the
    order of rows cannot leak into a waiting list.
    """
    who = np.asarray(identity, np.uint64)
    found = np.empty(len(who), np.uint64)
    fill_mixed(found, who if who.flags.writeable else who.copy(), np.uint64(salt))
    return found


@compiled
def fill_mixed(out, who, salt):
    """Write `mixed` of each identity of `who` to `out`; (n,) uint64, both writable."""
    for i in range(len(who)):
        number = (who[i] ^ salt) & _MASK
        for factor in _FACTORS:
            number ^= number >> _HALF
            number = (number * factor) & _MASK
        out[i] = number ^ (number >> _HALF)


def normal(u: np.ndarray, angle: np.ndarray) -> np.ndarray:
    """Standard normal draws, (n,), from two uniform draws each (Box and Muller 1958)."""
    return np.sqrt(-2 * np.log1p(-u)) * np.cos(2 * np.pi * angle)


normal_in_loops = njit(normal)  # one draw, for compiled code


class Address(NamedTuple):
    """Address of draws: month, stream of their label, and key from the seed."""

    month: np.uint64
    stream: np.uint64
    k0: np.uint64
    k1: np.uint64


@lru_cache(256)
def _addresses(seed: int, process: str, labels: tuple[str, ...]) -> np.ndarray:
    """Month, stream and key of the lifelong draws of some labels, (labels, 4)."""
    found = np.array([Address(_LIFELONG, _stream(process, label), *_key(seed)) for label in labels])
    found.flags.writeable = False
    return found


class Draws:
    """The random draws of one process in one month."""

    __slots__ = ("month", "process", "seed")

    def __init__(self, seed: int, process: str, month: int):
        self.seed, self.process, self.month = int(seed), process, int(month)

    def of_country(self) -> "Draws":
        """The draws of the same process and month for what belongs to the country: the same whatever the seed."""
        return Draws(COUNTRY, self.process, self.month)

    def uniform(self, label: str, identity: np.ndarray) -> np.ndarray:
        """A uniform draw in [0, 1) for each identity in this month; shape of `identity` (integers), float64."""
        return self._fill(identity, np.uint64(self.month), label)

    def once(self, label: str, identity: np.ndarray) -> np.ndarray:
        """A lifelong uniform draw in [0, 1) for each identity: the same in every month.

        For what happens once in a life: a faster queue changes when an application is decided, not the outcome.
        """
        return self._fill(identity, _LIFELONG, label)

    def address(self, label: str, lifelong: bool = False) -> Address:
        """Month, stream and key of `uniform(label, ...)`, or of `once`, for kernels that call fill_uniform."""
        month = _LIFELONG if lifelong else np.uint64(self.month)
        return Address(month, _stream(self.process, label), *_key(self.seed))

    def addresses(self, *labels: str) -> np.ndarray:
        """Addresses of lifelong draws, (labels, 4) uint64 read-only, for kernels that make several with `drawn`."""
        return _addresses(self.seed, self.process, labels)

    def _fill(self, identity: np.ndarray, month: np.uint64, label: str) -> np.ndarray:
        who = np.ascontiguousarray(identity, dtype=np.uint64)
        if not who.flags.writeable:  # a second variant of fill_uniform would cost more than the copy
            who = who.copy()
        out = np.empty(len(who))
        fill_uniform(out, who, month, _stream(self.process, label), *_key(self.seed))
        return out

    def order(self, label: str, identity: np.ndarray) -> np.ndarray:
        """A lottery number below 2**52 for each identity, all different; the same in every month."""
        return mixed(identity, self.salt(label))

    def salt(self, label: str) -> int:
        """A number below 2**48 for each label, the same in every month: it selects the permutation of `order`."""
        digest = blake2b(f"{self.seed}/{self.process}/{label}".encode(), digest_size=6).digest()
        return int.from_bytes(digest, "little")
