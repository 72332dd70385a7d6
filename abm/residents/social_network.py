"""Network of who talks with whom: neighbours, people of the same schooling in the municipality, and kin elsewhere.

A small world (Watts and Strogatz 1998): near ties that close triangles and far ties that shorten paths. Residents are
placed on a ring with their neighbours, street by street through the municipality, and tied to a number of them on
either side; on a ring of random order with residents of the same schooling in the municipality; and on another with kin
in the labour market region or, for some, anywhere in the country. Ties go both ways. The random order belongs to the
residents and not to a run: like homes and schools it is part of the country, and runs with other seeds share it.
"""

import hashlib
import os
import sys
import tempfile
from dataclasses import dataclass
from functools import cache
from inspect import getfile
from pathlib import Path

import numpy as np

from abm.engine import cache_place
from abm.engine import draws as draws_module
from abm.engine.compiled import digest
from abm.engine.draws import ORDER_BITS, Draws
from abm.engine.kernels import kernel
from abm.tables.residents import Ties

RANKS = 20  # bits for the rank of a resident in the neighbourhood
KEPT_FROM = 1_000_000  # residents: smaller networks are built in less time than it takes to find them on disk


@dataclass(frozen=True)
class Widths:
    """Number of ties of a resident to either side on each ring, and the share of kin that lives anywhere."""

    neighbours: int
    schooling: int
    kin: int
    far: float  # [share]


def identities(residents: np.ndarray) -> np.ndarray:
    """Lasting address of the draws of each resident, (n,) uint64: neighbourhood and rank; residents: per neighbourhood.

    A larger sample adds ranks, so residents of a smaller one keep their draws.
    """
    number = np.arange(residents.sum()) - np.repeat(np.cumsum(residents) - residents, residents)
    return (np.repeat(np.arange(len(residents)), residents) << RANKS | number).astype(np.uint64)


def build(
    neighbourhood: np.ndarray, municipality: np.ndarray, region: np.ndarray, schooling: np.ndarray, widths: Widths,
    draws: Draws,
) -> Ties:  # fmt: skip
    """The network; neighbourhood, schooling: (n,) of residents; municipality, region: of neighbourhoods."""
    who = identities(np.bincount(neighbourhood, minlength=len(municipality)))
    town = municipality[neighbourhood].astype(np.uint64)
    kinds = np.uint64(int(schooling.max(initial=0)) + 1)
    far = draws.once("far", who) < widths.far
    rings = (
        ("street", neighbourhood.astype(np.uint64), town, widths.neighbours),
        ("schooling", town * kinds + schooling.astype(np.uint64), None, widths.schooling),
        (
            "kin",
            np.where(far, int(region.max(initial=0)) + 1, region[neighbourhood]).astype(np.uint64),
            None,
            widths.kin,
        ),
    )
    found = np.empty((len(who), 2 * (widths.neighbours + widths.schooling + widths.kin)), np.int32)
    at = 0
    for label, order_by, ring, width in rings:
        key = order_by << np.uint64(ORDER_BITS - 1) | draws.order(label, who) >> np.uint64(1)
        order = np.argsort(key)
        del key
        _tie(order, order_by if ring is None else ring, width, found, at)
        at += 2 * width
    starts = np.zeros(len(who) + 1, np.int32)
    count = _distinct(found, starts)
    return Ties(starts, found.reshape(-1)[:count])


@kernel(writes=("found",))
def _tie(order, ring, width, found, at):
    """Tie residents to those up to `width` places before and after them in their ring; fills columns from `at` on.

    order: (n,) rows, those of a ring together; ring: (n,) of residents; found: (n, ties). A ring that is too small
    gives some ties more than once, or to oneself.
    """
    begin = 0
    while begin < len(order):
        end = begin
        while end < len(order) and ring[order[end]] == ring[order[begin]]:
            end += 1
        many = end - begin
        for k in range(begin, end):
            for step in range(1, width + 1):
                found[order[k], at + 2 * step - 2] = order[begin + (k - begin + step) % many]
                found[order[k], at + 2 * step - 1] = order[begin + (k - begin + step * many - step) % many]
        begin = end


@kernel(writes=("found", "starts"))
def _distinct(found, starts):
    """Put the ties of each resident in ascending order, once each and without oneself, one after the other in place.

    The result never overtakes what is still to be read. Returns the number of ties.
    """
    flat, width, count = found.reshape(-1), found.shape[1], 0
    row = np.empty(width, found.dtype)
    for i in range(len(starts) - 1):
        row[:] = flat[i * width : (i + 1) * width]
        row.sort()
        last = -1
        for other in row:
            if other != last and other != i:
                flat[count] = other
                count += 1
            last = other
        starts[i + 1] = count
    return count


@cache
def rules() -> str:
    """Digest of the rules by which a network is built, so that none that was built by older rules is used."""
    made_by = digest(build)
    for module in (sys.modules[__name__], draws_module):  # methods of Draws are not among what `build` calls by name
        made_by += hashlib.sha256(Path(getfile(module)).read_bytes()).hexdigest()
    return made_by


def kept(
    neighbourhood: np.ndarray, municipality: np.ndarray, region: np.ndarray, schooling: np.ndarray, widths: Widths,
    draws: Draws, kept_from: int = KEPT_FROM,
) -> Ties:  # fmt: skip
    """The network of `build`; a large one is read from disk, or put there, under the hash of all its inputs.

    It is mapped into memory, so several runs on a machine share one copy. A file that is damaged is built again.
    """
    if len(neighbourhood) < kept_from:
        return build(neighbourhood, municipality, region, schooling, widths, draws)
    mark = hashlib.sha256(f"{rules()}/{widths}/{draws.seed}/{draws.process}".encode())
    for array in (neighbourhood, municipality, region, schooling):
        mark.update(np.ascontiguousarray(array))
    place = cache_place.folder() / f"ties-{mark.hexdigest()[:32]}.npy"
    found = _read(place)
    if found is None:
        made = build(neighbourhood, municipality, region, schooling, widths, draws)
        found = np.concatenate((made.starts, made.targets))
        try:
            _write(place, found)
        except OSError:  # no room: then each run builds its own
            return made
    residents = len(neighbourhood)
    return Ties(found[: residents + 1], found[residents + 1 :])


def _read(place: Path) -> np.ndarray | None:
    """An array on disk, mapped into memory; None where it, or the checksum beside it, is missing or does not fit."""
    try:
        expected = place.with_suffix(".sha256").read_text(encoding="ascii")
        found = np.load(place, mmap_mode="r")
    except (OSError, ValueError, EOFError):
        return None
    return np.asarray(found) if _checksum(found) == expected else None


def _write(place: Path, array: np.ndarray) -> None:
    """Put an array on disk, then its checksum: whatever is interrupted between does not fit. Raises OSError."""
    contents = ((place, lambda file: np.save(file, array)),
                (place.with_suffix(".sha256"), lambda file: file.write(_checksum(array).encode())))  # fmt: skip
    for path, write in contents:
        with tempfile.NamedTemporaryFile(dir=place.parent, delete=False) as unfinished:
            try:
                write(unfinished)
            except OSError:
                os.unlink(unfinished.name)
                raise
        os.replace(unfinished.name, path)


def _checksum(array: np.ndarray) -> str:
    return hashlib.sha256(np.ascontiguousarray(array)).hexdigest()


def degrees(ties: Ties) -> np.ndarray:
    """Number of ties of each resident, (n,)."""
    return np.diff(ties.starts)


@kernel
def _closed(starts, targets, rows):
    """Mean over residents with two or more ties of the share of pairs of those tied to them that are tied as well."""
    total, counted = 0.0, 0
    for i in rows:
        mine = targets[starts[i] : starts[i + 1]]
        if len(mine) < 2:
            continue
        closed = 0
        for one in mine:
            theirs = targets[starts[one] : starts[one + 1]]
            for other in mine:
                found = np.searchsorted(theirs, other)
                closed += found < len(theirs) and theirs[found] == other
        total += closed / (len(mine) * (len(mine) - 1))
        counted += 1
    return total / max(counted, 1)


def clustering(ties: Ties, most: int = 100_000) -> float:
    """Mean local clustering coefficient (Watts and Strogatz 1998), of `most` residents spread evenly over all."""
    count = len(ties.starts) - 1
    rows = np.arange(0, count, max(count // most, 1))
    return float(_closed(ties.starts, ties.targets, rows))
