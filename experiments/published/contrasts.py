"""The runs that answer a published question: pairs of two scenarios, or of each point of a design and its base."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from rich.console import Console

from abm import scenario as scenarios
from abm.engine.errors import InputError
from abm.engine.text_files import beside
from abm.engine.yaml_input import read_yaml
from abm.measures import Asked
from abm.scenario import Scenario
from experiments.analysis import comparison
from experiments.designs import design as designs
from experiments.designs.design import Design
from experiments.published.question_file import KNOWN, Question
from experiments.report import paired_runs, quantities
from experiments.report.quantities import Quantity
from experiments.sweeps import replicates, sweep
from experiments.sweeps.execution import Execution
from experiments.sweeps.runner import Job


@dataclass(frozen=True)
class Contrast:
    """Two scenarios that are set beside each other, by a name, and the runs of both."""

    name: str
    a: Scenario
    b: Scenario
    runs: pd.DataFrame  # run, side, seed


@dataclass(frozen=True)
class Contrasts:
    """All that a question sets beside each other, the outcomes that are read of it, and the jobs of its runs."""

    of: tuple[Contrast, ...]
    since: int  # first month in which any of them differ
    quantities: tuple[Quantity, ...]
    jobs: tuple[Job, ...]  # each run once

    @property
    def months(self) -> int:
        """Number of months of the runs."""
        return self.of[0].b.months


def of(question: Question, source: Path, data_digest: str) -> Contrasts:
    """What a question sets beside each other; paths are relative to its file, `source`. Raises InputError."""
    named = [_two(question, source)] if question.scenarios else _points(question, source)
    scale, wanted = named[0][1].scale, [KNOWN[each] for each in question.outcomes or KNOWN]
    if small := [each for each in wanted if question.outcomes and each.least() > scale]:
        raise InputError(
            f"{source}: outcomes: {small[0].name}: says something from scale {small[0].least():g} on, and not at "
            f"{scale:g}: leave it out"
        )
    kept = quantities.carried(wanted, scale)
    asked: Asked = quantities.asked(kept)
    found, jobs = [], {}
    seeds = range(question.seed, question.seed + question.pairs)
    for name, a, b in named:
        several, runs = comparison.paired(data_digest, (a, b), seeds, asked)
        found.append(Contrast(name, a, b, runs))
        jobs |= {job.name: job for job in several}
    since = min(comparison.first_difference(each.a, each.b) for each in found)
    return Contrasts(tuple(found), since, tuple(kept), tuple(jobs.values()))


def make(
    contrasts: Contrasts, name: str, how: Execution, tell: Callable[[str], None], console: Console | None = None
) -> None:
    """Make the runs that are missing, after a line on how many and roughly how long to `tell`. Raises InputError."""
    how.store.check()
    if todo := replicates.still(how.store, contrasts.jobs):
        tell(paired_runs.told(todo, len(contrasts.jobs), contrasts.since, how))
        replicates.make(todo, len(contrasts.jobs), name, how, console)


def digest_of_data(how: Execution) -> str:
    """Digest of the facts, of which the names of runs are made."""
    return sweep.shared(how.store, how.history).inputs.digest


def _two(question: Question, source: Path) -> tuple[str, Scenario, Scenario]:
    assert question.scenarios  # the question is about two
    files = question.scenarios.a, question.scenarios.b
    paths = [
        beside(f"{source}: scenarios: {side}", source.parent, each) for side, each in zip("ab", files, strict=True)
    ]
    a, b = (scenarios.load(each).changed(scale=question.scale, until=question.until) for each in paths)
    return f"{b.name} beside {a.name}", a, b


def _points(question: Question, source: Path) -> list[tuple[str, Scenario, Scenario]]:
    """Each point of a design beside its base. Raises InputError where there is not one base."""
    assert question.design  # the question is about one
    path = beside(f"{source}: design", source.parent, question.design)
    content = read_yaml(path)
    changes = {"scale": question.scale, "replicates": question.pairs, "seed": question.seed}
    changes |= {"until": question.until} if question.until else {}
    found: Design = designs.from_dict(
        {**content, **changes} if isinstance(content, dict) else content, str(path), path.parent
    )
    points = range(len(found.points))
    bases = [each for each in points if not found.points[each].values]
    worlds = {each.world for each in found.points}
    if len(bases) != 1 or len(found.scenarios) > 1 or len(worlds) > 1 or found.random_numbers != "common":
        raise InputError(
            f"{source}: design: {path.name}: needs one scenario, one world, common random numbers, and one point "
            "that changes nothing, which the others are set beside"
        )
    base = found.scenario_of(bases[0], 0)
    named = [(found.points[each].label, found.scenario_of(each, 0)) for each in points if each != bases[0]]
    return [(label or f"point {number}", base, moved) for number, (label, moved) in enumerate(named, 1)]
