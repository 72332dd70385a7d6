"""The pairs of a sweep: the runs of its two scenarios or policies that share a world and a seed.

Where worlds differ, the mean of the pairs of each is one value, and intervals are over worlds. Of a ladder the first
and the last point are the two sides, and its other points tell what each part does.
"""

from collections.abc import Callable
from pathlib import Path

import pandas as pd
from rich.console import Console

from abm.engine.errors import InputError
from abm.measures import Asked
from abm.scenario import Scenario
from experiments import text
from experiments.analysis.comparison import first_difference
from experiments.report import council, ladder, quantities
from experiments.report.council import Pair
from experiments.sweeps import replicates, sweep
from experiments.sweeps.execution import Execution

SIDES = ["scenario", "policy"]  # columns of an index that tell sides from one another
ASSUMED = "world."  # how columns of assumptions begin
KEYS = ["world", "replicate"]


def pair(
    name: str,
    how: Execution,
    pairs: int | None = None,
    plugins: Path = Path(),
    console: Console | None = None,
    taken: Callable[[Scenario], Asked] | None = None,
    check: Callable[[Scenario, Scenario, int], None] = lambda a, b, pairs: None,
    with_parts: bool = True,
) -> Pair:
    """What a kept sweep compares: the first of its two sides is A, the second B; the first `pairs` pairs, or all.

    Measures that its runs lack are taken: those that `taken` says of a scenario, or those of the report. plugins: the
    folder to which the paths of its plug-ins are relative. check: may refuse the scenarios and the number of pairs
    before that. with_parts: whether the steps of a ladder are wanted besides its ends. Raises InputError where it has
    not two sides, runs are missing, or the two runs of a world and replicate differ in seed.
    """
    found = sweep.find(name, how.store)
    is_ladder = ladder.is_one(found.index, name)
    of = sides(ladder.ends(found.index) if is_ladder else found.index, name)
    if pairs is not None and not 2 <= pairs <= len(of):
        raise InputError(f"--pairs: sweep '{name}' has {len(of)} pairs: give 2 to {len(of)}, or omit it for all")
    of = of.head(len(of) if pairs is None else pairs)
    names = [*of["a"], *of["b"]]
    _check_whole(names, name, how)
    records = [how.store.run(of.iloc[0][side]).about() for side in "ab"]
    a, b = (replicates.restored(record, f"sweep '{name}'", plugins) for record in records)
    check(a, b, len(of))
    asked = taken(a) if taken else quantities.asked(quantities.carried(council.QUANTITIES, a.scale))
    _complete(names, asked, how, name, plugins, console)
    names_of = worlds(found.index)
    of = of.assign(world=of["world"].map(names_of))
    every = of.assign(seed=range(1, len(of) + 1)).melt(["seed", "world"], ["a", "b"], "side", "run")
    runs = every[["run", "side", "seed", "world"]].sort_values(["seed", "side"], ignore_index=True)
    if of["world"].nunique() == 1:
        runs = runs.drop(columns="world")
    parts = None
    if is_ladder and with_parts:
        parts = ladder.points(found.index, of)
        _check_whole(parts["run"].tolist(), name, how)
        _complete(parts["run"].tolist(), quantities.asked(ladder.carried(a.scale)), how, name, plugins, console)
    return Pair(a, b, first_difference(a, b), runs, parts, name)


def _check_whole(names: list[str], name: str, how: Execution) -> None:
    if missing := len(set(names) - how.store.whole(names)):
        raise InputError(f"sweep '{name}': {missing:,} of {len(names):,} runs are missing: make them with 'abm sweep'")


def sides(index: pd.DataFrame, name: str) -> pd.DataFrame:
    """The pairs of an index: a and b, the names of runs, and their world. Raises InputError."""
    known = index[SIDES].drop_duplicates()
    if len(known) != 2:
        raise InputError(
            f"sweep '{name}': has {len(known)} scenarios and policies: a report sets two beside each other"
        )
    parts = [
        index[(index[SIDES] == side).all(axis=1)].drop_duplicates(KEYS)[[*KEYS, "run", "seed"]]
        for side in known.to_numpy()
    ]
    both = parts[0].merge(parts[1], on=KEYS, suffixes=("_a", "_b"))
    if (both["seed_a"] != both["seed_b"]).any():
        raise InputError(
            f"sweep '{name}': its points have random numbers of their own: a report needs common ones, "
            "'random_numbers: common' in its design"
        )
    if len(both) < 2:
        raise InputError(f"sweep '{name}': has {len(both)} pairs of runs: a report needs at least 2, better 8 or more")
    return both.rename(columns={"run_a": "a", "run_b": "b"})[["a", "b", "world"]]


def worlds(index: pd.DataFrame) -> dict[object, str]:
    """The names of the worlds of an index: what each assumes, like 'world.decision.appeal_share 0.5'; nothing for the
    one of the scenarios themselves, and a number where two would have one name.
    """
    columns = [str(each) for each in index.columns if str(each).startswith(ASSUMED)]
    rows = index.drop_duplicates("world")
    found: dict[object, str] = {}
    for row in rows.to_dict("records"):
        parts = [f"{each} {text.plain(row[each])}" for each in columns if not pd.isna(row[each])]
        name = ", ".join(parts)
        found[row["world"]] = f"{name} ({row['world']})".strip() if name in found.values() else name
    return found


def _complete(
    names: list[str], taken: Asked, how: Execution, name: str, plugins: Path, console: Console | None
) -> None:
    """Take what runs lack of the measures of the report. Raises InputError where this model cannot."""
    runs = [how.store.run(each) for each in names]
    replicates.completed(runs, taken, how, plugins, console)
    if lacking := [run.name for run in runs if replicates.lacks(run, taken)]:
        raise InputError(
            f"sweep '{name}': {len(lacking):,} of its runs, like {lacking[0]}, are of another version of the model and "
            "lack measures of the report: make the sweep again"
        )
