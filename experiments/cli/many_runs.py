"""The commands for many runs: sweep, extend, status, repeat, experiments."""

from functools import wraps
from pathlib import Path
from typing import Annotated

import typer
from rich import box
from rich.table import Table

from abm.engine.errors import InputError
from abm.facts import facts
from experiments import terminal
from experiments.cli import usage
from experiments.cli.interrupts import STOPPED
from experiments.cli.options import (
    HISTORY,
    Address,
    Budget,
    DesignFile,
    History,
    Place,
    Plugins,
    Shard,
    Workers,
    execution,
)
from experiments.designs import alone
from experiments.store import store as stores
from experiments.store import versions
from experiments.store.place import public
from experiments.store.records import Damaged
from experiments.store.store import Store
from experiments.sweeps import machine, progress, replicates, runner
from experiments.sweeps import sweep as sweeps
from experiments.sweeps.execution import Execution
from experiments.text import duration

INCOMPLETE = 1  # exit status
CURRENT = "configs/scenarios/current.yaml"  # in examples
SHOWN = 5  # number of failed runs that are listed

console = terminal.console()


def sweep(
    design: DesignFile,
    workers: Workers = None,
    address: Address = None,
    store: Place = stores.DEFAULT,
    budget: Budget = None,
    history: History = HISTORY,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Time a few runs, print the cost of all, write nothing.")
    ] = False,
    shard: Shard = None,
) -> None:
    """Make the missing runs of a design. The same command continues after an interruption."""
    from experiments.sweeps import api

    how = execution(workers, address, store, budget, history)
    part, found = api.shard_of(shard), api.read(design)
    usage.say_alone(alone.lines(found))
    if dry_run:
        plan = api.dry_run(found, how, shard=part)
        print_plan(plan)
        plan.check(how.store.files.named, budget)
        return
    finish(lambda: api.sweep(found, how, shard=part, console=console), found.name, how.store, part)


def extend(
    design: DesignFile,
    seeds: Annotated[
        int | None,
        typer.Option(
            "--seeds-per-point", metavar="N", help="Seeds (replicates) of each point, in total, present ones included."
        ),
    ] = None,
    samples: Annotated[
        int | None, typer.Option(metavar="N", help="Samples or trajectories, in total, present ones included.")
    ] = None,
    workers: Workers = None,
    address: Address = None,
    store: Place = stores.DEFAULT,
    budget: Budget = None,
    history: History = HISTORY,
    replicates: Annotated[int | None, typer.Option(hidden=True)] = None,
) -> None:
    """Add runs to a sweep: more seeds, more samples, or points added to its design file."""
    from experiments.sweeps import api

    how = execution(workers, address, store, budget, history)
    found = api.read(design)
    usage.say_alone(alone.lines(found))
    if replicates is not None:
        usage.say_renamed("--replicates", "--seeds-per-point")
    totals = {"replicates": replicates if seeds is None else seeds, "samples": samples}
    finish(lambda: api.extend(found, how, **totals, console=console), found.name, how.store)


def status(
    name: Annotated[
        str | None, typer.Argument(metavar="SWEEP", help="Name of a sweep; all sweeps if not given.")
    ] = None,
    quick: Annotated[
        bool, typer.Option("--quick", help="Count the files of kept runs without reading them, so miss damaged ones.")
    ] = False,
    store: Place = stores.DEFAULT,
) -> None:
    """Print the progress of sweeps: runs kept, failed and missing, and the rate of those under way. A run counts as
    kept if it is whole: all that is kept is read.
    """
    where = Store(store)
    known = [name] if name else sweeps.names(where)
    if not known:
        raise InputError(f"{public(store)}: holds no sweeps: make one with 'abm sweep DESIGN'")
    shown = Table("sweep", "runs", "kept", "failed", "missing", "under way", box=box.SIMPLE_HEAD)
    failed, damaged = where.failed(), []
    for each in known:
        try:
            runs = set(sweeps.find(each, where).index["run"])
        except Damaged as error:  # the others are shown first
            damaged.append(error)
            continue
        kept, wrong = len(runs & where.done() if quick else where.whole(runs)), len(runs & failed)
        counts = (len(runs), kept, wrong, len(runs) - kept - wrong)
        shown.add_row(each, *(f"{n:,}" for n in counts), under_way(where, each))
    if shown.rows:
        console.print(shown)
    for error in damaged[:1]:
        raise error
    if name:
        print_failures(sweeps.find(name, where))


def repeat(
    run: Annotated[
        str, typer.Argument(metavar="RUN", help="Name of a kept or failed run, or the first characters of it.")
    ],
    plugins: Plugins = Path(),
    store: Place = stores.DEFAULT,
) -> None:
    """Repeat a run from its record: check that its outcomes are the same, or reproduce its failure."""
    where, inputs = Store(store), facts.load()
    failed = where.failed()
    name = where.find(run, failed).name
    record = where.failure(name) if name in failed else where.run(name).about()
    asked = None if name in failed else where.run(name).holds() or None  # all, where other code took all that it holds
    here = stores.made_with(inputs.digest)
    if (record["model"]["code"], record["data_digest"]) != (here["model"]["code"], here["data_digest"]):
        made = f"commit {record['commit'][:12]}" if record["commit"] else f"version {record['model']['version']}"
        raise InputError(f"{name}: was made with another version of the model or the data: repeat it with {made}")
    for key, version in runner.flat(record).items():
        if version != runner.flat(here)[key]:
            console.print(f"Made with {key} {version}; here it is {runner.flat(here)[key]}.")
    scenario = replicates.restored(record, f"record of run {name}", plugins)
    table = runner.simulate(scenario, inputs, asked=asked)[0].table()
    dropped = ("traceback", "repeat", "outcomes", "outcomes_sha256", "holds")
    again = {key: record[key] for key in record if key not in dropped} | {"processor": versions.processor()}
    console.print(terminal.line(f"Run {name}: {where.keep(name, again, table)}"), soft_wrap=True)


def experiments(
    seeds: Annotated[int, typer.Option(metavar="N", help="Number of pairs of runs for each experiment.")] = 4,
    scale: Annotated[float, typer.Option(help="Share of the people that is simulated.")] = 0.1,
    draws: Annotated[
        int, typer.Option(metavar="N", help="Number of draws from the priors, for experiments on support.")
    ] = 32,
    workers: Workers = None,
    address: Address = None,
    store: Place = stores.DEFAULT,
) -> None:
    """Repeat published experiments inside the model: simulated effects beside published ones."""
    from experiments.validation import published_experiments

    how = Execution(workers, address, store)
    found = published_experiments.replicate(how, seeds=seeds, scale=scale, draws=draws)
    published_experiments.show(found, console)


@wraps(experiments)
def replicate(**given) -> None:
    """The old name of `experiments`."""
    usage.say_renamed("replicate", "experiments")
    experiments(**given)


def register(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    for command, *lines in (
        (
            sweep,
            "abm sweep configs/designs/smoke.yaml --dry-run",
            "abm sweep configs/designs/smoke.yaml --workers 2",
            "abm sweep configs/designs/smoke.yaml --shard 1/2",
        ),
        (extend, "abm extend configs/designs/smoke.yaml --seeds-per-point 8"),
        (status, "abm status", "abm status smoke"),
        (repeat, "abm repeat RUN"),
        (experiments, "abm experiments --seeds 2 --draws 8"),
    ):
        app.command(cls=usage.Command, rich_help_panel=usage.MANY_RUNS, epilog=usage.examples(*lines))(command)
    app.command("replicate", hidden=True)(replicate)


def finish(make, name: str, store: Store, part: tuple[int, int] | None = None) -> None:
    """Make a sweep, or a shard of it, and report the result, also when it is interrupted."""
    try:
        made = make()
    except KeyboardInterrupt:
        found = sweeps.find(name, store) if name in sweeps.names(store) else None
        kept = (
            f"{len(found.runs) - len(found.missing()):,} of {len(found.runs):,} runs are kept" if found else "no runs"
        )
        typer.echo(f"abm: stopped: {kept}; the same command continues from there", err=True)
        raise typer.Exit(STOPPED) from None
    missing, place = made.missing(), store.files.named
    kept = f"{name}: {len(made.runs) - len(missing):,} of {len(made.runs):,} runs are kept in {place}"
    console.print(terminal.line(kept), soft_wrap=True)
    words = f"In Python: from experiments import load; load({name!r}, 'in_reception', store={place!r})"
    console.print(terminal.line(words), soft_wrap=True)
    print_failures(made)
    if len(sweeps.sharded(made, part)):
        raise typer.Exit(INCOMPLETE)


def under_way(store: Store, sweep: str) -> str:
    """Number of running drivers of a sweep, their rate, and the time left."""
    found = progress.drivers(store, sweep)
    per_minute = sum(each["per_minute"] for each in found)
    left = [each["seconds_left"] for each in found if each["seconds_left"] is not None]
    words = f", {per_minute:.0f} per minute, {duration(max(left))} left" if left else ""
    return f"{len(found)} driver{'s' * (len(found) > 1)}{words}" if found else ""


def print_failures(made: sweeps.Sweep) -> None:
    """Print failed runs, each with the command that repeats it."""
    failed = made.failed()
    for name in failed["run"].head(SHOWN):
        try:
            failure = made.store.failure(name)
        except Damaged as error:
            console.print(terminal.line(f"Failed: {error}"), soft_wrap=True)
            continue
        reason = failure["traceback"].strip().splitlines()[-1]
        console.print(terminal.line(f"Failed: {reason}"), soft_wrap=True)
        console.print(terminal.line(f"  {failure['repeat']}"), soft_wrap=True)
    if len(failed) > SHOWN:
        console.print(f"and {len(failed) - SHOWN:,} more, see failed/ in the store")


def print_plan(plan) -> None:
    """Print the cost of a sweep."""
    shown = Table(box=None, show_header=False)
    for what, words in plan.lines(machine.memory()):
        shown.add_row(what, words)
    console.print(shown)
