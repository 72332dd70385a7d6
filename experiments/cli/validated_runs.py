"""The runs that `abm validate` is asked for: of one scenario and scale, by name, by seeds, or of a sweep."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from abm.engine.errors import InputError, brief
from abm.measures import Asked
from experiments.store.store import NAME_LENGTH, Run, Store
from experiments.sweeps import api, replicates, sweep
from experiments.sweeps.execution import Execution

ENDINGS = (".yaml", ".yml")  # of design files


@dataclass(frozen=True)
class Chosen:
    """Runs of one scenario, and what they are in words."""

    runs: list[Run]
    about: str
    until: str


def chosen(
    how: Execution, given: Sequence[str], seeds: int | None, scenario: str | None, plugins: Path, asked: Asked
) -> Chosen:
    """The runs that are meant, with the measures asked for as far as this model can take them. Raises InputError where
    they are not of one scenario.
    """
    swept = [each for each in given if each.endswith(ENDINGS) or each in sweep.names(how.store)]
    if swept:
        if len(given) > 1 or seeds is not None:
            raise InputError(f"{brief(swept[0])}: is a sweep: name it alone, without --seeds")
        runs = of_sweep(swept[0], how.store, scenario)
    else:
        if scenario is not None:
            raise InputError("--scenario: chooses among those of a sweep: omit it for runs")
        if seeds is not None and len(given) > 1:
            raise InputError("--seeds: is for the scenario of one run: name one")
        runs = list({run.name: run for run in (how.store.find(each) for each in given)}.values())
        if seeds is not None:
            runs = replicates.replicates(runs[0], seeds, how, plugins, asked=asked)
    every = {run.name: run.about() for run in runs}
    refuse_mixed(every, may_differ=bool(swept))
    replicates.completed(runs, asked, how, plugins)
    records = list(every.values())
    return Chosen(runs, in_words(records), records[0]["scenario"]["until"])


def of_sweep(given: str, store: Store, scenario: str | None) -> list[Run]:
    """The runs of a sweep, or those of one of its scenarios; all must be kept, and of one policy. Raises InputError."""
    if given.endswith(ENDINGS):
        found = sweep.begin(api.read(given), store, sweep.shared(store).inputs.digest, keep=False)
    else:
        found = sweep.find(given, store)
    rows, name = found.runs, f"sweep '{found.name}'"
    known = list(rows["scenario"].unique())
    if scenario is None and len(known) > 1:
        raise InputError(f"{name}: has {len(known)} scenarios: choose one with --scenario: {', '.join(known)}")
    rows = rows[rows["scenario"] == (known[0] if scenario is None else scenario)]
    if rows.empty:
        raise InputError(f"--scenario: {name} has no '{brief(str(scenario))}': choose from {', '.join(known)}")
    if (policies := rows["policy"].nunique()) > 1:
        raise InputError(f"{name}: has {policies} policies, which are not one scenario: name the runs of one of them")
    names = rows["run"].tolist()
    if missing := len(set(names) - store.whole(names)):
        raise InputError(f"{name}: {missing:,} of {len(names):,} runs are missing: make them with 'abm sweep'")
    return [store.run(each) for each in names]


def refuse_mixed(every: Mapping[str, dict[str, Any]], may_differ: bool) -> None:
    """Refuse records, by run, that are not alike in all but the seed; may_differ: in parameters too, as worlds of a
    sweep do. Raises InputError.
    """
    (name, record), *others = every.items()
    first = _flat(record, may_differ)
    for other, its in ((run, _flat(about, may_differ)) for run, about in others):
        for key in sorted(first.keys() | its.keys()):
            if first.get(key) != its.get(key):
                raise InputError(f"{other}: differs from {name} in {key}: name runs that differ in their seed alone")


def in_words(every: Sequence[dict[str, Any]]) -> str:
    """What runs are: 'current: 4 runs, seeds 1 to 4, scale 1, to 2035-12, by model 0.1.0 (source 84a1772583a5dcdf)'."""
    about, scenario, model = every[0], every[0]["scenario"], every[0]["model"]
    seeds = sorted({record["seed"] for record in every})
    worlds = len({json.dumps(record["scenario"]["params"], sort_keys=True) for record in every})
    return (
        f"{about['name']}: {len(every)} run{'s' * (len(every) > 1)}, "
        + (f"seed {seeds[0]}" if len(seeds) == 1 else f"seeds {seeds[0]} to {seeds[-1]}")
        + f", {worlds} worlds" * (worlds > 1)
        + f", scale {scenario['scale']:g}, to {scenario['until']}, "
        + f"by model {model['version']} (source {model['code'][:NAME_LENGTH]})"
    )


def _flat(record: dict[str, Any], may_differ: bool) -> dict[str, Any]:
    """What must be the same, by name."""
    scenario = record["scenario"]
    found = {key: value for key, value in scenario.items() if key not in ("seed", "params")}
    found |= {} if may_differ else scenario["params"]
    return found | {"version": record["model"], "data": record["data_digest"]}
