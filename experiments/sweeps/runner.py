"""Runs scenarios and keeps them: one run here, or one job of many wherever a worker takes it."""

import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from shlex import quote

from abm import start
from abm.chain import turn
from abm.engine.errors import InputError
from abm.facts import facts
from abm.facts.facts import Inputs
from abm.people.archive import put_away
from abm.recorder import Recorder
from abm.scenario import Scenario
from experiments.store import store as stores
from experiments.store.store import Run, Store
from experiments.sweeps import machine, machine_lock

Progress = Callable[[int, int], None]  # months done, months in all


def simulate(scenario: Scenario, inputs: Inputs, progress: Progress | None = None) -> tuple[Recorder, dict[str, float]]:
    """Simulate all months; the recorder, and seconds per process."""
    began = time.perf_counter()
    params, changes = scenario.params_at(0), set(scenario.changes())
    inputs = inputs.on_layout(scenario.layout)
    state = start.begin(inputs, params, scenario.seed, scenario.scale)
    spent = {"start": time.perf_counter() - began, "recorder": 0.0, "archive": 0.0}
    recorder = Recorder(inputs, scenario.months)
    for month in range(scenario.months):
        if month in changes:
            params = scenario.params_at(month)
        events = turn(state, params, scenario.seed, spent=spent)
        began = time.perf_counter()
        recorder.keep(state, events)
        spent["recorder"] += time.perf_counter() - began
        began = time.perf_counter()
        put_away(state)
        spent["archive"] += time.perf_counter() - began
        if progress:
            progress(month + 1, scenario.months)
    return recorder, spent


def warm_up(inputs: Inputs) -> None:
    """Compile the kernels, or load them from disk where they are compiled."""
    simulate(Scenario(until="2015-12", scale=0.01), inputs)


def run(
    scenario: Scenario, place: stores.Place | Store = stores.DEFAULT, *, again: bool = False, progress=None
) -> tuple[Run, bool]:
    """The kept run of a scenario, and whether it was simulated now (False: it was there already).

    Raises InputError; a run that is stopped leaves nothing behind.
    """
    inputs, store = facts.load(), Store(place)
    name = stores.run_name(scenario, inputs.digest)
    if store.has(name) and not again:
        return store.run(name), False
    store.check()
    recorder, _ = simulate(scenario, inputs, progress)
    store.keep(name, stores.provenance(scenario, inputs.digest), recorder.table())
    return store.run(name), True


@dataclass(frozen=True)
class Job:
    """A run to make."""

    name: str
    scenario: Scenario


@dataclass(frozen=True)
class Shared:
    """What all jobs of a sweep share: facts, where to keep runs, and what they must be made with."""

    inputs: Inputs
    store: Store
    record: dict  # made_with() and commit of the driver


@dataclass(frozen=True)
class Done:
    """The small record of a job that goes back to the driver."""

    name: str
    status: str  # kept, there (it was already), failed
    seconds: float = 0.0  # of simulating and keeping
    memory: int = 0  # most that the process was seen to hold [bytes]
    reason: str = ""  # last line of the traceback


def work(job: Job, shared: Shared) -> Done:
    """Make one run and keep it, or keep why it failed. Raises InputError where the store cannot be written."""
    if shared.store.has(job.name):
        return Done(job.name, "there")
    began, most = time.perf_counter(), machine.Most()
    try:
        table = simulate(job.scenario, shared.inputs, most)[0].table()
    except Exception as error:
        shared.store.keep_failure(job.name, failure(job, shared, traceback.format_exc()))
        return Done(job.name, "failed", time.perf_counter() - began, reason=f"{type(error).__name__}: {error}")
    shared.store.keep(job.name, stores.provenance(job.scenario, shared.inputs.digest) | shared.record, table)
    most()
    return Done(job.name, "kept", time.perf_counter() - began, most.bytes)


def failure(job: Job, shared: Shared, reason: str) -> dict:
    """What is kept of a run that failed."""
    record = stores.provenance(job.scenario, shared.inputs.digest) | shared.record
    return record | {"traceback": reason, "repeat": f"abm repeat {job.name} --store {quote(shared.store.files.named)}"}


def prepare(shared: Shared) -> None:
    """Make this process ready for jobs: check what it runs on, and have the kernels compiled once per machine."""
    check_machine(shared)
    machine_lock.on_this_machine(f"kernels-{shared.record['model']['code']}", lambda: warm_up(shared.inputs))


def check_machine(shared: Shared) -> None:
    """Raise InputError where this machine would make other runs than the driver's, or does not see its store."""
    here, there = (flat(made) for made in (stores.made_with(shared.inputs.digest), shared.record))
    for key in here:
        if here[key] != there[key]:
            raise InputError(
                f"a worker has {key} {here[key]}, the driver has {there[key]}: install the same versions on every node"
            )
    shared.store.check_seen()


def flat(made: dict) -> dict[str, str]:
    """Versions by name."""
    return {"Python": made["python"], "model": made["model"]["code"][: stores.NAME_LENGTH]} | made["packages"]
