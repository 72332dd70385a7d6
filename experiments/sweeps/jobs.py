"""The jobs of a sweep: its runs in the order in which they are made best."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import pandas as pd

from abm.measures import Asked
from experiments.designs.design import Design
from experiments.sweeps import branches
from experiments.sweeps.branches import Branch
from experiments.sweeps.runner import Job


class Turn(NamedTuple):
    """A run of a sweep, where it branches from others, whether another one, made before, keeps that state, and the
    measures to take.
    """

    run: str
    point: int
    replicate: int
    branches: tuple[Branch, ...]
    led: bool
    asked: Asked | None


@dataclass(frozen=True)
class Jobs:
    """The jobs of some rows of the index, in whose column `asked` is what each lacks (without it: all).

    Each is created when its turn comes: those that others branch from first.
    """

    design: Design
    rows: pd.DataFrame

    def __len__(self) -> int:
        return len(self.rows)

    @cached_property
    def order(self) -> list["Turn"]:
        """The runs in the order in which they are made best."""
        names, points, replicates, seeds = (self.rows[name].tolist() for name in ("run", "point", "replicate", "seed"))
        asked = self.rows["asked"].tolist() if "asked" in self.rows else [None] * len(names)
        own = branches.of_points(self.design, set(points))
        runs = branches.shared([(seed, own[point]) for seed, point in zip(seeds, points, strict=True)])
        places, leaders = branches.order(runs)
        return [
            Turn(names[place], points[place], replicates[place], runs[place][1], turn >= leaders, asked[place])
            for turn, place in enumerate(places)
        ]

    def __iter__(self) -> Iterator[Job]:
        for turn in self.order:
            months = tuple(month for month, _ in turn.branches)
            yield Job(turn.run, self.design.scenario_of(turn.point, turn.replicate), months, turn.asked)
