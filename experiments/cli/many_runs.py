"""The commands about many runs: sweep, extend, status, compare, repeat."""

from pathlib import Path
from typing import Annotated

import typer
from rich import box
from rich.console import Console
from rich.table import Table

from abm import scenario as scenarios
from abm.engine.errors import InputError
from abm.facts import facts
from experiments.store import store as stores
from experiments.store.filesystem import public
from experiments.store.store import Store
from experiments.sweeps import machine, progress, runner
from experiments.sweeps import sweep as sweeps
from experiments.sweeps.execution import Execution
from experiments.text import brief, duration, number

STOPPED, INCOMPLETE = 130, 1
SHORT = {  # verdicts in a table
    "B is higher": "B higher",
    "B is lower": "B lower",
    "the same in every pair": "same",
    "cannot tell A from B": "?",
}
SHOWN = 5  # failed runs that are listed

console = Console()
DesignFile = Annotated[Path, typer.Argument(metavar="DESIGN", help="YAML file, like configs/designs/smoke.yaml.")]
Place = Annotated[
    str, typer.Option("--store", metavar="PLACE", help="Folder or URI (s3://BUCKET/PREFIX) that holds the runs.")
]
Workers = Annotated[
    int | None, typer.Option(metavar="N", help="Processes: one per core if not given; 1 does without Ray.")
]
Address = Annotated[str | None, typer.Option(metavar="ADDRESS", help="A Ray cluster: auto or ray://HOST:10001.")]
Budget = Annotated[float | None, typer.Option(metavar="HOURS", help="Stop before starting what takes longer.")]
Shard = Annotated[str | None, typer.Option(metavar="I/N", help="Only the I-th of N parts, for an array of jobs.")]


def sweep(
    design: DesignFile,
    workers: Workers = None,
    address: Address = None,
    store: Place = stores.DEFAULT,
    budget: Budget = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Time a few runs, tell what all take, write nothing.")
    ] = False,
    shard: Shard = None,
) -> None:
    """Make the runs of a design that are not there yet; the same command goes on where it was stopped."""
    from experiments.sweeps import api

    how, part, found = Execution(workers, address, store, budget), api.shard_of(shard), api.read(design)
    if dry_run:
        plan = api.dry_run(found, how, shard=part)
        tell_plan(plan)
        plan.check(how.store.files.named, budget)
        return
    finish(lambda: api.sweep(found, how, shard=part, console=console), found.name, how.store, part)


def extend(
    design: DesignFile,
    replicates: Annotated[int | None, typer.Option(metavar="N", help="Replicates of each point, in all.")] = None,
    samples: Annotated[int | None, typer.Option(metavar="N", help="Samples or trajectories, in all.")] = None,
    workers: Workers = None,
    address: Address = None,
    store: Place = stores.DEFAULT,
    budget: Budget = None,
) -> None:
    """Add runs to a sweep: more replicates, more samples, or what was added to its design file."""
    from experiments.sweeps import api

    how, found = Execution(workers, address, store, budget), api.read(design)
    more = {"replicates": replicates, "samples": samples}
    finish(lambda: api.extend(found, how, **more, console=console), found.name, how.store)


def status(
    name: Annotated[
        str | None, typer.Argument(metavar="SWEEP", help="Name of a sweep; all of them if not given.")
    ] = None,
    store: Place = stores.DEFAULT,
) -> None:
    """Tell how far sweeps are: runs kept, failed and missing, and the pace of those under way."""
    where = Store(store)
    known = [name] if name else sweeps.names(where)
    if not known:
        raise InputError(f"{public(store)}: holds no sweeps: make one with 'abm sweep DESIGN'")
    shown = Table("sweep", "runs", "kept", "failed", "missing", "under way", box=box.SIMPLE_HEAD)
    done, failed = where.done(), where.failed()
    for each in known:
        runs = set(sweeps.find(each, where).index["run"])
        kept, wrong = len(runs & done), len(runs & failed)
        shown.add_row(each, *(f"{n:,}" for n in (len(runs), kept, wrong, len(runs) - kept - wrong)), pace(where, each))
    console.print(shown)
    if name:
        tell_failures(sweeps.find(name, where))


def compare(
    a: Annotated[Path, typer.Argument(metavar="A", help="Scenario file.")],
    b: Annotated[Path, typer.Argument(metavar="B", help="Scenario file to set beside it.")],
    until_width: Annotated[
        str | None,
        typer.Option(metavar="X", help="Add pairs until the interval is narrower than X, or X% of A."),
    ] = None,
    measure: Annotated[str | None, typer.Option(help="One measure; those of the summary if not given.")] = None,
    by: Annotated[str | None, typer.Option(metavar="GROUPS", help="How it is split, like region.")] = None,
    group: Annotated[str | None, typer.Option(metavar="GROUP", help="The one of them to compare.")] = None,
    take: Annotated[str | None, typer.Option(metavar="HOW", help="end, sum or mean of the months that differ.")] = None,
    pairs: Annotated[int, typer.Option(help="Pairs to begin with.")] = 8,
    seed: Annotated[int, typer.Option(help="Seed of the first pair.")] = 1,
    scale: Annotated[float | None, typer.Option(help="Share of people simulated one to one.")] = None,
    until: Annotated[str | None, typer.Option(metavar="YYYY-MM", help="Last month.")] = None,
    budget: Budget = None,
    workers: Workers = None,
    address: Address = None,
    store: Place = stores.DEFAULT,
) -> None:
    """Compare two scenarios under the same luck: difference, its 95% interval, or that they cannot be told apart."""
    from experiments.analysis import comparison

    try:
        found = comparison.compare(
            a, b, Execution(workers, address, store, budget), measure=measure, by=by, group=group, take=take,
            pairs=pairs, until_width=until_width, scale=scale, until=until, seed=seed,
        )  # fmt: skip
    except KeyboardInterrupt:
        typer.echo("abm: stopped: the runs that were made are kept; the same command goes on from there", err=True)
        raise typer.Exit(STOPPED) from None
    tell_comparison(found, until_width)


def repeat(
    run: Annotated[str, typer.Argument(metavar="RUN", help="Name of a run, or its beginning; also one that failed.")],
    store: Place = stores.DEFAULT,
) -> None:
    """Simulate a run again, from its record: the outcomes must be the same bytes, and a failure shows itself."""
    where, inputs = Store(store), facts.load()
    failed = where.failed()
    name = where.find(run, failed).name
    record = where.failure(name) if name in failed else where.run(name).about()
    here = stores.made_with(inputs.digest)
    if (record["model"]["code"], record["data_digest"]) != (here["model"]["code"], here["data_digest"]):
        made = f"commit {record['commit'][:12]}" if record["commit"] else f"version {record['model']['version']}"
        raise InputError(f"{name}: was made with another model or other data: repeat it with {made}")
    for key, version in runner.flat(record).items():
        if version != runner.flat(here)[key]:
            console.print(f"Made with {key} {version}; here it is {runner.flat(here)[key]}.", highlight=False)
    scenario = scenarios.restored(record["scenario"], record["name"], record["title"], f"record of run {name}")
    table = runner.simulate(scenario, inputs)[0].table()
    before = where.has(name)
    where.keep(name, {key: record[key] for key in record if key not in ("traceback", "repeat")}, table)
    console.print(f"Run {name}: {'the same bytes again' if before else 'made now, and kept'}", highlight=False)


def replicate(
    seeds: Annotated[int, typer.Option(metavar="N", help="Pairs of runs for each.")] = 4,
    scale: Annotated[float, typer.Option(help="Share of people simulated one to one.")] = 0.1,
    draws: Annotated[int, typer.Option(metavar="N", help="Draws from the priors, for those on support.")] = 32,
    workers: Workers = None,
    address: Address = None,
    store: Place = stores.DEFAULT,
) -> None:
    """Do published experiments again inside the model: the effect that it gives beside the one that was found."""
    from experiments.validation import published_experiments

    how = Execution(workers, address, store)
    found = published_experiments.replicate(how, seeds=seeds, scale=scale, draws=draws)
    published_experiments.show(found, console)


def register(app: typer.Typer) -> None:
    """Add these commands."""
    for command in (sweep, extend, status, compare, repeat, replicate):
        app.command()(command)


def finish(make, name: str, store: Store, part: tuple[int, int] | None = None) -> None:
    """Make a sweep, or a part of it, and say where it stands, also when it is stopped."""
    try:
        made = make()
    except KeyboardInterrupt:
        found = sweeps.find(name, store) if name in sweeps.names(store) else None
        kept = (
            f"{len(found.runs) - len(found.missing()):,} of {len(found.runs):,} runs are kept" if found else "no runs"
        )
        typer.echo(f"abm: stopped: {kept}; the same command goes on from there", err=True)
        raise typer.Exit(STOPPED) from None
    missing, place = made.missing(), store.files.named
    console.print(f"{name}: {len(made.runs) - len(missing):,} of {len(made.runs):,} runs are kept in {place}")
    words = f"In Python: from experiments import load; load({name!r}, 'in_reception', store={place!r})"
    console.print(words, soft_wrap=True, highlight=False)
    tell_failures(made)
    if len(sweeps.sharded(made, part)):
        raise typer.Exit(INCOMPLETE)


def pace(store: Store, sweep: str) -> str:
    """What the drivers of a sweep are at."""
    found = progress.drivers(store, sweep)
    per_minute = sum(each["per_minute"] for each in found)
    left = [each["seconds_left"] for each in found if each["seconds_left"] is not None]
    words = f", {per_minute:.0f} per minute, {duration(max(left))} left" if left else ""
    return f"{len(found)} driver{'s' * (len(found) > 1)}{words}" if found else ""


def tell_failures(made: sweeps.Sweep) -> None:
    """List failed runs with the command that repeats each."""
    failed = made.failed()
    for name in failed["run"].head(SHOWN):
        failure = made.store.failure(name)
        reason = failure["traceback"].strip().splitlines()[-1]
        console.print(f"Failed: {reason}\n  {failure['repeat']}", markup=False, highlight=False, soft_wrap=True)
    if len(failed) > SHOWN:
        console.print(f"and {len(failed) - SHOWN:,} more, see failed/ in the store")


def tell_plan(plan) -> None:
    """Print what a sweep will take."""
    shown = Table(box=None, show_header=False)
    for what, words in plan.lines(machine.memory()):
        shown.add_row(what, words)
    console.print(shown)


def tell_comparison(found, width: str | None) -> None:
    """Print a comparison."""
    from experiments.analysis import comparison

    console.print(f"A: {found.a}\nB: {found.b}\n{found.since} to {found.until}, with 95% interval", highlight=False)
    shown = Table("", "A", "B", "B - A", "from", "to", "", box=None, pad_edge=False)
    for row in found.differences.itertuples():
        million = 1e6 if row.unit.startswith("EUR") else 1.0
        unit = "million EUR" if million > 1 else row.unit
        numbers = (row.a, row.b, row.difference, row.low, row.high)
        label = f"{row.outcome.replace('_', ' ')} \\[{unit}]"
        shown.add_row(label, *(number(value / million) for value in numbers), SHORT.get(row.verdict, ""))
    for column in shown.columns[1:6]:
        column.justify = "right"
        column.no_wrap = True
    console.print(shown, highlight=False)
    first = found.differences.iloc[0]
    saved = (
        f"; common luck does the work of {brief(first['fewer_runs'])} times as many" if first["fewer_runs"] > 1 else ""
    )
    console.print(f"{first['pairs']} pairs of runs{saved}.", highlight=False)
    if (found.differences["verdict"] == comparison.CANNOT_TELL).any():
        console.print("?: these pairs cannot tell A from B.", highlight=False)
    if found.narrow is False:
        console.print(f"The interval is not narrower than {width} yet: give more --budget, or a larger --until-width.")
