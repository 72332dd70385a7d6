"""The benchmark in short, for the fast tests: a month of the whole model over a fixed piece of work, in processor time.

The work is of the kinds that a month at a small scale consists of (Python, small arrays, a call of a kernel), so the
ratio depends little on the machine and its load. What was measured last stands below; a change that makes it twice as
large is no noise. `python -m tests.benchmarks.short` prints it.
"""

from statistics import median
from time import process_time

import numpy as np

from abm import measures, start
from abm.chain import turn
from abm.engine.kernels import placed
from abm.people.archive import put_away
from abm.recorder import Recorder
from tests.helpers.runs import real, small

SCALE, WARM, MONTHS = 0.02, 6, 18
RECORDED = {"simulated": 9.5, "recorded": 1.1}  # a month, and recording its summary, over `work`


def work() -> float:
    """Processor seconds of a fixed piece of work."""
    rows, column, found = np.arange(500), np.full(500, -1, np.int32), {}
    column[::3] = 1
    began = process_time()
    for number in range(150):
        found[number % 7] = rows[column > 0].sum() + len(placed(column))
        found = {key: value + 1 for key, value in found.items()}
    return process_time() - began


def measured() -> dict[str, float]:
    """A month simulated, and the measures of the summary recorded, over the work; the medians of some months."""
    scenario = small("2020-12", scale=SCALE)
    state = start.begin(real(), scenario.params_at(0), scenario.seed, scenario.scale)
    recorder = Recorder(real(), scenario.months, asked=measures.asked_of(["summary"]))
    ratios: dict[str, list[float]] = {"simulated": [], "recorded": []}
    for month in range(WARM + MONTHS):
        unit = min(work() for _ in range(3))
        began = process_time()
        events = turn(state, scenario.params_at(month), scenario.seed)
        simulated = process_time()
        recorder.keep(state, events)
        recorded = process_time()
        put_away(state)
        if month >= WARM:
            ratios["simulated"].append((simulated - began) / unit)
            ratios["recorded"].append((recorded - simulated) / unit)
    return {name: median(several) for name, several in ratios.items()}


def lines(found: dict[str, float]) -> list[str]:
    """What was measured beside what was recorded."""
    return [
        f"a month {name}: {ratio:.2f} times the work; {RECORDED[name]:.2f} recorded" for name, ratio in found.items()
    ]


if __name__ == "__main__":
    print(*lines(measured()), sep="\n")
