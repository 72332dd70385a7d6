"""Luck that is addressed, never consumed.

A draw belongs to (seed, process, label, month, person): who else is present, in which order rows stand and who
observes change nothing, so two scenarios share their luck person by person (common random numbers).

Source: philox4x32-10, Salmon et al. 2011, doi 10.1145/2063384.2063405; its published known answers are a test.
"""

from functools import cache
from hashlib import blake2b

import numpy as np
from numba import njit
from numba.extending import register_jitable

ORDER_BITS = 52  # identities and lottery numbers stay below 2**52: month and lottery then fit one 64-bit key
_LOW = np.uint64(0xFFFFFFFF)
_M0, _M1 = np.uint64(0xD2511F53), np.uint64(0xCD9E8D57)
_W0, _W1 = np.uint64(0x9E3779B9), np.uint64(0xBB67AE85)
_S5, _S6, _S32 = np.uint64(5), np.uint64(6), np.uint64(32)
_2P26, _2P53 = 67108864.0, 9007199254740992.0
_LIFELONG = 0xFFFFFFFF  # the month of draws that belong to no month


@njit(cache=True, inline="always")
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


@njit(cache=True, inline="always")
def unit(a, b):
    """A float in [0, 1) with 53 random bits from two 32-bit words."""
    return ((a >> _S5) * _2P26 + (b >> _S6)) / _2P53


@njit(cache=True)
def fill_uniform(out, who, month, stream, k0, k1):
    """Write one uniform per identity of `who` (uint64) to `out` (float64, same length)."""
    for i in range(len(who)):
        a, b, _, _ = philox(who[i], who[i] >> _S32, month, stream, k0, k1)
        out[i] = unit(a, b)


@cache
def stream(*path: str) -> int:
    """The 32-bit address of a label, the same on every machine."""
    return int.from_bytes(blake2b("/".join(path).encode(), digest_size=4).digest(), "little")


def mixed(who: np.ndarray, salt: int) -> np.ndarray:
    """A permutation of 0..2**52-1 applied to identities: random order without ties.

    Bijective (xor, odd multiplication, xor-shift, all modulo 2**52), so two people never share a number and the
    row order cannot leak into a waiting list.
    """
    mask = np.uint64((1 << ORDER_BITS) - 1)
    number = (np.asarray(who, np.uint64) ^ np.uint64(salt)) & mask
    for factor in (np.uint64(0x9E3779B97F4A7C15), np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)):
        number ^= number >> np.uint64(ORDER_BITS // 2)
        number = (number * factor) & mask
    return number ^ (number >> np.uint64(ORDER_BITS // 2))


@register_jitable
def normal(chance: np.ndarray, angle: np.ndarray) -> np.ndarray:
    """Standard normal numbers, (n,), from two uniforms each (Box and Muller 1958)."""
    return np.sqrt(-2 * np.log1p(-chance)) * np.cos(2 * np.pi * angle)


class Draws:
    """The luck of one process in one month."""

    def __init__(self, seed: int, process: str, month: int):
        self.seed, self.process, self.month = int(seed), process, int(month)
        self._k0, self._k1 = np.uint64(self.seed & 0xFFFFFFFF), np.uint64(self.seed >> 32 & 0xFFFFFFFF)

    def uniform(self, label: str, who: np.ndarray) -> np.ndarray:
        """One number in [0, 1) per identity and month; shape of `who` (integers), float64."""
        return self._fill(who, self.address(label))

    def once(self, label: str, who: np.ndarray) -> np.ndarray:
        """One number in [0, 1) per identity for what happens once in a life: the same in whatever month it comes.

        So a faster queue changes when somebody is decided, not how.
        """
        return self._fill(who, self.address(label, lifelong=True))

    def address(self, label: str, lifelong: bool = False) -> tuple[np.uint64, np.uint64, np.uint64, np.uint64]:
        """Month, stream and key of `uniform(label, ...)`, or `once`, for kernels that call fill_uniform themselves."""
        month = np.uint64(_LIFELONG if lifelong else self.month)
        return month, np.uint64(stream(self.process, label)), self._k0, self._k1

    def _fill(self, who: np.ndarray, address: tuple) -> np.ndarray:
        who = np.ascontiguousarray(who, dtype=np.uint64)
        out = np.empty(len(who))
        fill_uniform(out, who, *address)
        return out

    def order(self, label: str, who: np.ndarray) -> np.ndarray:
        """A lottery number below 2**52 per identity, no two alike; the same in every month."""
        return mixed(who, self.salt(label))

    def salt(self, label: str) -> int:
        """A number below 2**48 that belongs to a label in every month: which permutation `order` uses."""
        digest = blake2b(f"{self.seed}/{self.process}/{label}".encode(), digest_size=6).digest()
        return int.from_bytes(digest, "little")
