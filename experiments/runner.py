"""Runs a scenario once and keeps it."""

import json
import time
from collections.abc import Callable
from pathlib import Path

import pyarrow.parquet as pq

from abm import inputs as facts
from abm import start
from abm.chain import turn
from abm.inputs import Inputs
from abm.recorder import Recorder
from abm.scenario import Scenario
from experiments import store

Progress = Callable[[int, int], None]  # months done, months in all


def simulate(scenario: Scenario, inputs: Inputs, progress: Progress | None = None) -> tuple[Recorder, dict[str, float]]:
    """Simulate all months; the recorder, and seconds per process."""
    began = time.perf_counter()
    params, changes = scenario.params_at(0), set(scenario.changes())
    state = start.begin(inputs, params, scenario.seed, scenario.scale)
    spent = {"start": time.perf_counter() - began, "recorder": 0.0}
    recorder = Recorder(inputs, scenario.months)
    for month in range(scenario.months):
        if month in changes:
            params = scenario.params_at(month)
        events = turn(state, params, scenario.seed, spent=spent)
        began = time.perf_counter()
        recorder.keep(state, events)
        spent["recorder"] += time.perf_counter() - began
        if progress:
            progress(month + 1, scenario.months)
    return recorder, spent


def run(
    scenario: Scenario, out: Path = store.DEFAULT, *, again: bool = False, progress: Progress | None = None
) -> tuple[Path, bool]:
    """Folder of the finished run, and whether it was simulated now (False: it was there already).

    Raises InputError; a run that is stopped leaves nothing behind.
    """
    inputs = facts.load()
    folder = out / "runs" / store.run_name(scenario, inputs.digest)
    if (folder / store.ABOUT).exists() and not again:
        return folder, False
    with store.written_aside(folder) as aside:
        began = time.perf_counter()
        recorder, spent = simulate(scenario, inputs, progress)
        pq.write_table(recorder.table(), aside / store.OUTCOMES, compression="zstd")
        record = store.provenance(scenario, inputs.digest)
        record["seconds"] = {name: round(seconds, 4) for name, seconds in spent.items()}
        record["seconds"]["total"] = round(time.perf_counter() - began, 4)
        text = json.dumps(record, indent=1, sort_keys=True, ensure_ascii=False)
        (aside / store.ABOUT).write_text(text + "\n", encoding="utf-8")
        store.compare(aside, folder)
    return folder, True
