"""Headline numbers of one small run, to be read by people, and the digest of its whole outcome table.

`python -m tests.guarantees.headline` writes both anew: the values in headline.csv, whose other columns say which
numbers these are, and headline.sha256. A change here needs a line in CHANGELOG.md under "Results change".

A number per year is the sum of its months where the unit is per year, and the value of December otherwise. The run is
the current situation until 2026, with starter homes from 2027 on.
"""

import csv
import hashlib
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np

from abm import scenario
from abm.engine import clock
from abm.recorder import Recorder
from tests.helpers.runs import recorded

SCENARIO = Path(__file__).parents[2] / "configs" / "scenarios" / "starter-homes.yaml"
FILE, DIGEST = (Path(__file__).with_name(f"headline.{ending}") for ending in ("csv", "sha256"))
SCALE, SEED = 0.025, 11  # a person stands for 40, so that counts are whole
DIGITS, TOLERANCE = 10, 1e-9  # digits that are written; relative difference that counts as none
MILLION = 1e6
NO_HEADLINE = (
    "The digest of the whole table differs, while every headline number is the same to 1e-9. Either results moved "
    "where no headline looks, or this is another kind of processor or other versions of libraries, which round sums "
    "differently in the last digit: compare with a run of the commit before on this machine."
)
MOVED = "If this is meant, say why in CHANGELOG.md under 'Results change', then python -m tests.guarantees.headline"


class Headline(NamedTuple):
    """One number: a measure, 'all' or 'kind: regular', a year, its value and the unit."""

    name: str
    group: str
    year: int
    value: float
    unit: str


@cache
def run() -> Recorder:
    """The run that is looked at, made once."""
    return recorded(base())


def base() -> scenario.Scenario:
    """The scenario of that run."""
    return scenario.load(SCENARIO).changed(scale=SCALE, seed=SEED)


def written(file: Path = FILE) -> list[Headline]:
    """The numbers of the file."""
    with file.open(encoding="utf-8", newline="") as lines:
        return [
            Headline(row["name"], row["group"], int(row["year"]), float(row["value"]), row["unit"])
            for row in csv.DictReader(lines)
        ]


def value(recorder: Recorder, wanted: Headline) -> float:
    """The number of a run that a headline asks for. Raises ValueError for a wrong name, group or unit."""
    units = {measure.name: measure.unit for measure in recorder.measures}
    by, _, group = ("total", "", "all") if wanted.group == "all" else wanted.group.partition(": ")
    if (wanted.name, by) not in recorder.values or group not in list(recorder.labels[by]):
        raise ValueError(f"headline.csv: {wanted.name}, {wanted.group}: there is no such measure or group")
    plain = wanted.unit.removeprefix("million ")
    if units[wanted.name] not in (plain, plain.replace("/year", "/month")):
        raise ValueError(f"headline.csv: {wanted.name}: is in {units[wanted.name]}, not in {wanted.unit}")
    december = clock.index(f"{wanted.year}-12")
    months = recorder.values[wanted.name, by][december - 11 : december + 1, list(recorder.labels[by]).index(group)]
    found = months.sum() if plain != units[wanted.name] else months[-1]
    return float(found) / (MILLION if wanted.unit != plain else 1)


def digest(recorder: Recorder) -> str:
    """SHA-256 over every value of the outcome table, in the order of names."""
    found = hashlib.sha256()
    for measure, by in sorted(recorder.values):
        found.update(f"{measure}|{by}|".encode())
        found.update(np.ascontiguousarray(recorder.values[measure, by], dtype="<f8").tobytes())
    return found.hexdigest()


def report(old: list[Headline], now: list[float], same_digest: bool) -> str:
    """What moved, as a table with the relative change, and what to do; nothing where nothing did."""
    moved = [
        (each, new) for each, new in zip(old, now, strict=True) if not np.isclose(new, each.value, TOLERANCE, atol=0)
    ]
    if not moved:
        return "" if same_digest else f"{NO_HEADLINE}\n{MOVED}"
    lines = [f"{len(moved)} of {len(old)} headline numbers moved:"]
    lines.append(f"{'name':24} {'group':28} {'year':4} {'old':>12} {'new':>12} {'change':>9}  unit")
    for each, new in moved:
        change = f"{new / each.value - 1:+.2%}" if each.value else "from 0"
        values = f"{each.value:12,.6g} {new:12,.6g} {change:>9}"
        lines.append(f"{each.name:24} {each.group:28} {each.year} {values}  {each.unit}")
    return "\n".join([*lines, MOVED])


def write(file: Path = FILE, sums: Path = DIGEST) -> None:
    """Write values and digest of the run to the files."""
    rows = [each._replace(value=f"{value(run(), each):.{DIGITS}g}") for each in written(file)]
    with file.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.writer(lines, lineterminator="\n")
        writer.writerow(Headline._fields)
        writer.writerows(rows)
    sums.write_text(digest(run()) + "\n", encoding="utf-8")


if __name__ == "__main__":
    write()
