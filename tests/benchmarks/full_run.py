"""A run of the whole model in a process of its own: `python -m tests.benchmarks.full_run WHAT SCALE`, see the end.

Prints one line of JSON: seconds, processor seconds, seconds per process of the chain, and the most memory that was held
[bytes]. It may be that of another commit, in a folder of its own, so that two are measured side by side.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import replace
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from resource import RUSAGE_SELF, getrusage
from statistics import median
from types import MappingProxyType


def fresh(what: str, scale: float, threads: int | None = None, root: Path | None = None) -> dict:
    """Measurements by a new Python process; `start`: seconds from its start to the end of its work.

    root: the folder of the model that is measured, where it is not this one.
    """
    began = time.time()
    command = [sys.executable, "-m", "tests.benchmarks.full_run", what, str(scale)]
    changed = {} if threads is None else {"NUMBA_NUM_THREADS": str(threads)}
    changed |= {} if root is None else {"PYTHONPATH": str(root)}
    env = os.environ | changed
    result = subprocess.run(command, check=True, capture_output=True, text=True, env=env, cwd=root)
    found = json.loads(result.stdout.splitlines()[-1])
    return found | {"start": found["ended"] - began}


def has_mesa_model() -> bool:
    """Whether the model is also a Mesa model."""
    return find_spec("abm.agents.model") is not None


def first(scale: float) -> dict:
    """Simulate the first month only."""
    return _turns(scale, months=1)


def full(scale: float) -> dict:
    """Simulate the default scenario to its end, without recording."""
    return _turns(scale)


def country(scale: float) -> dict:
    """Simulate ten years with one resident per inhabitant, times the scale."""
    return _turns(scale, months=120, values={"world.start.residents_share": 1})


def _turns(scale: float, months: int | None = None, values: Mapping[str, float] = MappingProxyType({})) -> dict:
    from abm import scenario, start
    from abm.chain import turn
    from abm.facts import facts as inputs
    from abm.people.archive import put_away

    chosen = scenario.default().with_values(values).changed(scale=scale)
    began = time.perf_counter()
    state = start.begin(inputs.load(), chosen.params_at(0), chosen.seed, scale)
    initialised = time.perf_counter() - began
    spent: dict[str, float] = {}
    months = months or chosen.months
    rows, began = 0, time.perf_counter()
    for month in range(months):
        turn(state, chosen.params_at(month), chosen.seed, spent=spent)
        rows += len(state.households)
        put_away(state)
    seconds = time.perf_counter() - began
    return {
        "seconds": seconds, "months": months, "rows": rows, "people": len(state.newcomers), "spent": spent,
        "initialised": initialised, "residents": len(state.residents),
        "digest": sha256(state.residents.support).hexdigest(),
    }  # fmt: skip


def recorded(scale: float) -> dict:
    """Simulate the default scenario to its end as `abm run` does, all measures recorded."""
    from abm import scenario
    from abm.facts import facts as inputs
    from experiments.sweeps.runner import simulate

    chosen, facts = scenario.default().changed(scale=scale), inputs.load()
    began = time.perf_counter()
    simulate(chosen, facts)
    return {"seconds": time.perf_counter() - began, "months": chosen.months}


def summary(scale: float) -> dict:
    """Simulate the default scenario to its end with the measures of the summary, after a short run to warm up."""
    from abm import measures, scenario
    from abm.facts import facts as inputs
    from experiments.sweeps import runner

    chosen, facts = scenario.default().changed(scale=scale), inputs.load()
    runner.warm_up(facts)
    began, used = time.perf_counter(), time.process_time()
    _, spent = runner.simulate(chosen, facts, asked=measures.asked_of(["summary"]))
    seconds = time.perf_counter() - began
    return {"seconds": seconds, "used": time.process_time() - used, "months": chosen.months, "spent": spent}


def policy(scale: float) -> dict:
    """Make and keep runs of policies from 2027 on in one process, as a worker does, with the measures of the summary.

    `first`: seconds of the one that simulates the history; `seconds`: median of the others, each of which reads the
    state; `again`: of those for which it is in memory still.
    """
    from abm import scenario
    from abm.engine import clock
    from abm.measures import asked_of
    from experiments.store.checkpoints import Checkpoints
    from experiments.store.store import Store, run_name
    from experiments.sweeps import runner, sweep
    from experiments.sweeps.runner import Job

    with tempfile.TemporaryDirectory() as folder:
        store = Store(folder)
        store.check()
        given = sweep.shared(store)
        runner.prepare(given)
        asked = asked_of(["summary"])

        def seconds(level: float, forget: bool) -> float:
            values = {"policy.decision.capacity_factor": {"2027-01": level}}
            chosen = scenario.default().with_values(values).changed(scale=scale)
            name = run_name(chosen, given.inputs.digest)
            shared = replace(given, checkpoints=Checkpoints(store, given.inputs.digest)) if forget else given
            began = time.perf_counter()
            done = runner.work(Job(name, chosen, (clock.index("2027-01"),), asked), shared)
            assert done.status == "kept", done
            return time.perf_counter() - began

        first = seconds(1.01, forget=True)
        found = {
            forget: [seconds(1.1 + forget / 20 + each / 10, forget) for each in range(5)] for forget in (True, False)
        }
    return {"seconds": median(found[True]), "again": median(found[False]), "first": first}


def mesa(scale: float) -> dict:
    """Simulate the default scenario to its end as a Mesa model."""
    from abm import scenario
    from abm.agents.model import Model

    chosen = scenario.default().changed(scale=scale)
    model = Model(scenario=chosen)
    began = time.perf_counter()
    for _ in range(chosen.months):
        model.step()
    return {"seconds": time.perf_counter() - began, "months": chosen.months}


if __name__ == "__main__":
    ways = (first, full, recorded, summary, policy, country, mesa)
    measured = {way.__name__: way for way in ways}[sys.argv[1]](float(sys.argv[2]))
    held = getrusage(RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    print(json.dumps(measured | {"ended": time.time(), "bytes": held}))
