"""A design of experiments: the scenarios to run, with the values of their parameters and their seeds.

Runs = scenarios x lever points x uncertainty points x replicates: levers and uncertainties vary separately, so that
every policy meets the same worlds with the same random numbers. Points are ordered by world: all policies in the first
world, then all in the second. Where only the levers are a sample, they are ordered by policy; so a larger sample begins
with the points of the smaller one, in the order that the method of analysis expects.
"""

import copy
import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np

from abm import measures, scenario
from abm.engine import forms
from abm.engine.dated import LAST_MONTH
from abm.engine.errors import InputError, brief, shown
from abm.engine.text_files import beside
from abm.engine.yaml_input import read_yaml
from abm.measures import Asked
from abm.scenario import Scenario
from abm.scenario_file import LARGEST_SEED
from experiments.designs import blocks, design_file, factors, together
from experiments.designs.blocks import Block

STRIDE = 1_000_000  # seeds between points with independent random numbers, so that more replicates change no seed
WORDS = ("name", "title", "scenarios", "most_runs", "measures")  # keys that change no run by themselves


@dataclass(frozen=True)
class Point:
    """One row of a design."""

    scenario: str  # name of the base scenario
    values: Mapping[str, Any]  # parameter -> value, or {month: value}; others are as in the scenario
    label: str = ""  # for people; empty where the values are enough
    policy: int = 0  # number of the lever point
    world: int = 0  # number of the uncertainty point


@dataclass(frozen=True)
class Design:
    """All runs of an experiment, in order."""

    name: str
    title: str
    source: str
    folder: Path  # to which paths of scenario files are relative
    scenarios: tuple[Scenario, ...]
    seed: int
    replicates: int
    random_numbers: str  # 'common' or 'independent', between points
    points: tuple[Point, ...]
    factors: tuple[str, ...]  # parameters that vary: levers, then uncertainties
    asked: Asked | None  # measures to take; None: all
    given: dict[str, Any]  # the content of the file as plain JSON, defaults filled in

    def __len__(self) -> int:
        return len(self.points) * self.replicates

    def seed_of(self, point: int, replicate: int) -> int:
        """Seed of a run: that of its replicate, or one of its own with independent random numbers."""
        return self.seed + replicate + (point * STRIDE if self.random_numbers == "independent" else 0)

    def scenario_of(self, point: int, replicate: int) -> Scenario:
        """Scenario of a run."""
        row = self.points[point]
        base = next(base for base in self.scenarios if base.name == row.scenario)
        # the base may hold months after the end of these runs, which only the longest run accepts
        moved = base.changed(until=LAST_MONTH).with_values(row.values, self.source)
        return moved.changed(until=base.until, seed=self.seed_of(point, replicate))

    def unit(self, block: str) -> np.ndarray:
        """Coordinates of a sampled block ('levers' or 'uncertainties') in the unit cube, [points, parameters].

        Morris' analysis needs them, since whole numbers and choices do not show the size of a step. Raises InputError.
        """
        form = getattr(forms.read(design_file.File, self.given, self.source), block)
        if not isinstance(form, design_file.Sample):
            method = form.method if form else None
            raise InputError(f"{self.source}: {block}: method: {method} draws no sample: choose another method")
        return form.unit(len(form.parameters))

    def canonical(self) -> dict[str, Any]:
        """Everything that determines its runs, as plain JSON: the file, the scenarios, and a digest of the points."""
        points = [[point.scenario, point.values] for point in self.points]
        return {
            "given": {key: value for key, value in self.given.items() if key not in WORDS},
            "scenarios": {base.name: base.changed(seed=self.seed).canonical() for base in self.scenarios},
            "points": _sha256(points),
        }

    def digest(self) -> str:
        """SHA-256 of the canonical form."""
        return _sha256(self.canonical())


def load(path: str | Path) -> Design:
    """Read a design file. Raises InputError."""
    content = read_yaml(Path(path))
    return from_dict({} if content is None else content, str(path), Path(path).parent)


def from_dict(content: Any, source: str, folder: str | Path) -> Design:
    """A design from the content of a file; errors name `source`, scenario files are relative to `folder`.

    Raises InputError.
    """
    folder = Path(folder)
    if isinstance(content, Mapping):
        content = {"name": Path(source).stem} | dict(content)
    file = forms.read(design_file.File, content, source)
    bases = tuple(_base(source, folder, path, file) for path in file.scenarios)
    names = [base.name for base in bases]
    for name in names:
        if names.count(name) > 1:
            raise InputError(
                f"{source}: scenarios: two are named '{brief(name)}': give each another 'name:' in its file"
            )
    levers, uncertainties = (
        blocks.read(source, block, getattr(file, block), bases, folder) for block in factors.BLOCKS
    )
    _refuse_too_many(source, file, levers.count, uncertainties.count)
    levers, uncertainties = (
        _made(source, block, found, bases) for block, found in zip(factors.BLOCKS, (levers, uncertainties), strict=True)
    )
    given = file.model_dump(mode="json", exclude_none=True, exclude=set(factors.BLOCKS))
    given |= {"levers": levers.given} if levers.given else {}
    given |= {"uncertainties": uncertainties.given} if uncertainties.given else {}
    return Design(
        name=file.name,
        title=file.title,
        source=source,
        folder=folder,
        scenarios=bases,
        seed=file.seed,
        replicates=file.replicates,
        random_numbers=file.random_numbers,
        points=tuple(_points(names, levers, uncertainties)),
        factors=levers.factors + uncertainties.factors,
        asked=_asked(source, file, bases),
        given=given,
    )


def changed(design: Design, *, replicates: int | None = None, samples: int | None = None) -> Design:
    """The same design with more replicates or samples (trajectories) in total; it begins with the same points.

    A Latin hypercube is extended by a second one. Raises InputError.
    """
    given = copy.deepcopy(design.given)
    if replicates is not None:
        given["replicates"] = _more(design.source, "replicates", replicates, design.replicates)
    if samples is not None:
        file = forms.read(design_file.File, given, design.source)
        drawn = {block: getattr(file, block) for block in factors.BLOCKS}
        drawn = {block: form for block, form in drawn.items() if isinstance(form, design_file.Sample)}
        if len(drawn) != 1:
            which = "both blocks draw" if drawn else "no block draws"
            raise InputError(f"{design.source}: samples: {which} a sample: change the file, and its 'name:'")
        ((block, form),) = drawn.items()
        now = np.sum(getattr(form, form.size))
        if _more(design.source, f"{block}: {form.size}", samples, int(now)) > now:
            given[block][form.size] = form.larger(samples)
    larger = from_dict(given, design.source, design.folder)
    if larger.scenarios != design.scenarios or larger.points[: len(design.points)] != design.points:
        raise InputError(f"{design.source}: its scenario files have changed: give the design another 'name:'")
    return larger


def _more(source: str, key: str, wanted: Any, now: int) -> int:
    """The wanted number, if it is a whole number of at least `now`. Raises InputError."""
    if isinstance(wanted, bool) or not isinstance(wanted, int) or wanted < now:
        raise InputError(f"{source}: {key}: {shown(wanted)} is not more than {now}: give a larger whole number")
    return wanted


def _base(source: str, folder: Path, path: str, file: design_file.File) -> Scenario:
    """A scenario with the period and scale of the design."""
    found = scenario.load(beside(f"{source}: scenarios", folder, path))
    base = replace(found, source=source).changed(until=file.until, scale=file.scale)  # an error names the design
    return replace(base, source=found.source)


def _asked(source: str, file: design_file.File, bases: Sequence[Scenario]) -> Asked | None:
    """The measures to take, of those that all scenarios have; None: all. Raises InputError."""
    if measures.ALL in file.measures:
        return None
    shared = [plugin for plugin in bases[0].plugins if all(plugin in base.plugins for base in bases)]
    more = [each for plugin in shared for each in plugin.measures]
    try:
        return measures.asked_of(file.measures, more, min(base.scale for base in bases))
    except InputError as error:
        raise InputError(f"{source}: measures: {error}") from None


def _refuse_too_many(source: str, file: design_file.File, levers: int, uncertainties: int) -> None:
    """Raise InputError where there are more runs than allowed, or their seeds would be too large."""
    points = len(file.scenarios) * levers * uncertainties
    runs = points * file.replicates
    if runs > file.most_runs:
        product_of = f"{len(file.scenarios)} x {levers:,} x {uncertainties:,} x {file.replicates:,}"
        raise InputError(
            f"{source}: most_runs: {runs:,} runs (scenarios x levers x uncertainties x replicates = {product_of}) are "
            f"more than {file.most_runs:,}: write 'most_runs: {runs}' to allow them"
        )
    independent = file.random_numbers == "independent"
    if independent and file.replicates > STRIDE:
        wrong = f"{file.replicates:,} are too many with independent random numbers"
        raise InputError(f"{source}: replicates: {wrong}: give {STRIDE:,} at most")
    most = LARGEST_SEED - (file.replicates - 1) - (STRIDE * (points - 1) if independent else 0)
    if file.seed > most:
        raise InputError(f"{source}: seed: {file.seed} is too large for {runs:,} runs: give {most} at most")


def _made(source: str, block: str, found: Block, bases: Sequence[Scenario]) -> Block:
    """The block with its points made, if every scenario allows them. Raises InputError."""
    points = list(found.make())
    together.check_points(f"{source}: {block}", points, found.factors, bases)
    return replace(found, make=lambda: points)


def _points(names: list[str], levers: Block, uncertainties: Block) -> Iterator[Point]:
    """All points in order; a sampled block varies slowest, the uncertainties if both are sampled."""
    policies = list(enumerate(levers.make()))
    worlds = list(enumerate(uncertainties.make()))
    if levers.sample and not uncertainties.sample:
        rows = ((name, policy, world) for policy, name, world in product(policies, names, worlds))
    else:
        rows = ((name, policy, world) for world, name, policy in product(worlds, names, policies))
    policy_is, world_is = (" policy", " world") if levers.given and uncertainties.given else ("", "")
    for name, (policy, (chosen, label)), (world, (assumed, other)) in rows:
        labels = label + policy_is * (label == blocks.BASE), other + world_is * (other == blocks.BASE)
        yield Point(name, chosen | assumed, ", ".join(filter(None, labels)), policy, world)


def _sha256(content: Any) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True, allow_nan=False).encode()).hexdigest()
