"""A run of the whole model in a process of its own: `python -m tests.benchmarks.full_run WHAT SCALE`, see the end.

Prints one line of JSON: seconds, seconds per process of the chain, and the most memory that was held [bytes].
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping
from hashlib import sha256
from importlib.util import find_spec
from resource import RUSAGE_SELF, getrusage
from types import MappingProxyType


def fresh(what: str, scale: float, threads: int | None = None) -> dict:
    """Measurements by a new Python process; `start`: seconds from its start to the end of its work."""
    began = time.time()
    command = [sys.executable, "-m", "tests.benchmarks.full_run", what, str(scale)]
    limited = {} if threads is None else {"NUMBA_NUM_THREADS": str(threads)}
    result = subprocess.run(command, check=True, capture_output=True, text=True, env=os.environ | limited)
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
    measures = {"first": first, "full": full, "recorded": recorded, "country": country, "mesa": mesa}
    measured = measures[sys.argv[1]](float(sys.argv[2]))
    held = getrusage(RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    print(json.dumps(measured | {"ended": time.time(), "bytes": held}))
