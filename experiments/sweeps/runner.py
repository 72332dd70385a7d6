"""Simulates scenarios and keeps their runs: a single run, or a job of a sweep in a worker."""

import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from shlex import quote

from abm import checkpoint, start
from abm.chain import turn
from abm.engine.errors import InputError
from abm.facts import facts
from abm.facts.facts import Inputs
from abm.measures import Asked
from abm.people.archive import put_away
from abm.plugins import assembly
from abm.recorder import Recorder
from abm.scenario import Scenario
from abm.state import State
from experiments.store import checkpoints as states
from experiments.store import records, versions
from experiments.store import store as stores
from experiments.store.checkpoints import Checkpoints
from experiments.store.store import Run, Store
from experiments.sweeps import branches, machine, machine_lock

Progress = Callable[[int, int], None]  # months done, months in total


def simulate(
    scenario: Scenario,
    inputs: Inputs,
    progress: Progress | None = None,
    checkpoints: Checkpoints | None = None,
    keeps: tuple[int, ...] = (),
    asked: Asked | None = None,
) -> tuple[Recorder, dict[str, float]]:
    """Simulate all months; returns the recorder of the measures asked for (None: all), and seconds per process.

    It begins at the latest of the checkpoints that has its history, and keeps its state at the months `keeps`; the
    outcomes are the same bytes.
    """
    began = time.perf_counter()
    chain = assembly.chain(scenario.plugins)
    inputs = inputs.on_layout(scenario.layout)
    state, recorders = begun(scenario, inputs, checkpoints, keeps, asked)
    changes, params = set(scenario.changes()), scenario.params_at(state.clock.month)
    spent = {"start": time.perf_counter() - began, "recorder": 0.0, "archive": 0.0, "checkpoint": 0.0}
    for month in range(state.clock.month, scenario.months):
        if checkpoints and month in keeps:
            began = time.perf_counter()
            keep(checkpoints, scenario, state, recorders)
            spent["checkpoint"] += time.perf_counter() - began
        if month in changes:
            params = scenario.params_at(month)
        events = turn(state, params, scenario.seed, chain, spent)
        began = time.perf_counter()
        recorders.of(month).keep(state, events)
        spent["recorder"] += time.perf_counter() - began
        began = time.perf_counter()
        put_away(state)
        spent["archive"] += time.perf_counter() - began
        if progress:
            progress(month + 1, scenario.months)
    return recorders.whole(), spent


@dataclass
class Recorders:
    """What records a run: all measures while its history may be that of others, then those that are asked for."""

    asked: Recorder
    every: bool  # whether all measures are asked for
    history: Recorder | None = None  # of all measures, and of the months before the run keeps its last state

    def before(self, month: int) -> Recorder | None:
        """A recorder of all measures that has all months before this one; None: there is none."""
        if self.every:
            return self.asked
        return self.history if self.history and month <= self.history.months else None

    def of(self, month: int) -> Recorder:
        """The recorder of a month."""
        return self.history if self.history and month < self.history.months else self.asked

    def whole(self) -> Recorder:
        """The recorder of the measures that are asked for, with all months until now."""
        if self.history:
            self.asked.take_over(self.history.values, self.history.months)
        return self.asked


def begun(
    scenario: Scenario, inputs: Inputs, checkpoints: Checkpoints | None, keeps: tuple[int, ...], asked: Asked | None
) -> tuple[State, Recorders]:
    """The state from which a run goes on: of a checkpoint, or of January 2015; and what records it, with what was
    recorded before.
    """
    measures, tables = assembly.measures(scenario.plugins), assembly.tables(scenario.plugins)
    recorders = Recorders(Recorder(inputs, scenario.months, measures, asked), asked is None or asked >= every(scenario))
    found = checkpoints.latest(scenario) if checkpoints else None
    first = found.month if found else 0
    if checkpoints and checkpoints.most and not recorders.every:
        until = max((month for month in keeps if month > first and not checkpoints.has(scenario, month)), default=0)
        recorders.history = Recorder(inputs, until, measures) if until else None
    if found is None:
        return start.begin(inputs, scenario.params_at(0), scenario.seed, scenario.scale, tables), recorders
    found.recorded(recorders.of(first))
    return found.state(inputs, tables), recorders


def keep(checkpoints: Checkpoints, scenario: Scenario, state: State, recorders: Recorders) -> None:
    """Keep the state between two months, unless it is kept already, or cannot be: the run goes on without."""
    recorder = recorders.before(state.clock.month)
    if recorder and checkpoints.most and not checkpoints.has(scenario, state.clock.month):
        with suppress(InputError):
            checkpoints.keep(scenario, state.clock.month, checkpoint.pack(state, recorder))


def warm_up(inputs: Inputs) -> None:
    """Compile the kernels, or load them from disk where they were compiled before."""
    simulate(Scenario(until="2015-12", scale=0.01), inputs)  # with all measures: their kernels, too


def run(
    scenario: Scenario,
    place: stores.Place | Store = stores.DEFAULT,
    *,
    again: bool = False,
    progress=None,
    history: int = states.MOST,
    asked: Asked | None = None,
) -> tuple[Run, bool]:
    """The kept run of a scenario, and whether it was simulated now (False: it was kept already).

    history: bytes that the checkpoints of the store may take up; a run that is made again branches from none. asked:
    the measures to keep (None: all); of a run that is kept, those that it lacks are taken by branching.
    Raises InputError; a run that is interrupted leaves nothing behind but states that others may branch from.
    """
    inputs, store = facts.load(), Store(place)
    name = stores.run_name(scenario, inputs.digest)
    wanted = every(scenario) if asked is None else asked
    record = stores.provenance(scenario, inputs.digest)
    records.written(record)  # what cannot be kept is refused before the first month
    if not store.files.exists(stores.MARK):
        store.check()
    lacking = wanted if again else store.lacking([name], wanted).get(name)
    if not lacking:
        return store.run(name), False
    store.check()
    known = Checkpoints(store, inputs.digest, 0 if again else history)
    recorder, _ = simulate(scenario, inputs, progress, known, branches.usual(scenario), lacking)
    store.keep(name, record, recorder.table())
    return store.run(name), True


@dataclass(frozen=True)
class Job:
    """A run to make."""

    name: str
    scenario: Scenario
    keeps: tuple[int, ...] = ()  # months at the beginning of which it keeps its state, so that others branch
    asked: Asked | None = None  # measures to take, which are not kept yet; None: all

    def wanted(self) -> Asked:
        """The measures to take."""
        return every(self.scenario) if self.asked is None else self.asked


def every(scenario: Scenario) -> Asked:
    """All measures of a run."""
    return frozenset((each.name, by) for each in assembly.measures(scenario.plugins) for by in each.by)


@dataclass(frozen=True)
class Shared:
    """The shared part of all jobs of a sweep: inputs, store, and the versions that every worker must have."""

    inputs: Inputs
    store: Store
    record: dict  # `made_with`, commit and kind of processor of the driver
    checkpoints: Checkpoints  # from which runs branch


@dataclass(frozen=True)
class Done:
    """The record of a finished job that goes back to the driver."""

    name: str
    status: str  # kept, there (kept before), failed, lost
    seconds: float = 0.0  # of simulating and keeping
    memory: int = 0  # peak memory of the process [bytes]
    reason: str = ""  # of a failure: last line of the traceback


def work(job: Job, shared: Shared) -> Done:
    """Make one run and keep it, or the record of its failure. Raises InputError where the store cannot be written."""
    if shared.store.has_set(job.name, job.wanted(), assembly.described(job.scenario.plugins)):
        return Done(job.name, "there")
    began, peak = time.perf_counter(), machine.Peak()
    record = provenance(job, shared)
    records.written(record)  # what cannot be kept is refused before the first month
    try:
        table = simulate(job.scenario, shared.inputs, peak, shared.checkpoints, job.keeps, job.asked)[0].table()
    except Exception as error:
        shared.store.keep_failure(job.name, failure(job, shared, traceback.format_exc()))
        return Done(job.name, "failed", time.perf_counter() - began, reason=f"{type(error).__name__}: {error}")
    shared.store.keep(job.name, record, table)
    peak()
    return Done(job.name, "kept", time.perf_counter() - began, peak.bytes)


def provenance(job: Job, shared: Shared) -> dict:
    """The record of a run: commit and versions are the driver's, the kind of processor is that of this machine."""
    made_by = shared.record | {"processor": versions.processor()}
    return stores.provenance(job.scenario, shared.inputs.digest) | made_by


def failure(job: Job, shared: Shared, reason: str) -> dict:
    """The record of a failed run."""
    return provenance(job, shared) | {
        "traceback": reason,
        "repeat": f"abm repeat {job.name} --store {quote(shared.store.files.named)}",
    }


def prepare(shared: Shared) -> None:
    """Prepare this process for jobs: check its versions and store, and compile the kernels once per machine."""
    check_machine(shared)
    machine_lock.on_this_machine(f"kernels-{shared.record['model']['code']}", lambda: warm_up(shared.inputs))


def check_machine(shared: Shared) -> None:
    """Raise InputError where this machine has other versions than the driver's, or cannot reach its store."""
    here, there = (flat(made) for made in (stores.made_with(shared.inputs.digest), shared.record))
    for key in here:
        if here[key] != there[key]:
            raise InputError(
                f"a worker has {key} {here[key]}, the driver has {there[key]}: install the same versions on every node"
            )
    check_processor(versions.processor(), shared.record["processor"])
    shared.store.check_seen()


def check_processor(here: dict, driver: dict) -> None:
    """Raise InputError where this machine has other last digits than those that the driver counts on. A driver with
    AVX-512 does no harm: it imported NumPy before the model, and its workers do not.
    """
    if here["machine"] != driver["machine"] or here["avx_512"] > driver["avx_512"]:
        raise InputError(
            f"a worker has a processor of kind {versions.shown(here)}, the driver's is {versions.shown(driver)}: "
            "the last digits of their outcomes differ: use nodes of one kind, one sweep and store for each kind"
        )


def flat(made: dict) -> dict[str, str]:
    """Versions by name."""
    code = {"model": made["model"]["code"][: stores.NAME_LENGTH], "measures": made.get("measures", "")}
    return {"Python": made["python"]} | code | made["packages"]
