"""Arguments and options that several commands share."""

import math
from pathlib import Path
from typing import Annotated

import typer

from abm.engine.errors import InputError
from experiments.store import checkpoints
from experiments.sweeps.execution import Execution, execution_of

GB = 1e9  # bytes
HISTORY = checkpoints.MOST / GB
DesignFile = Annotated[
    Path, typer.Argument(metavar="DESIGN", help="Design file (YAML), like configs/designs/smoke.yaml.")
]
Place = Annotated[
    str, typer.Option("--store", metavar="PLACE", help="Folder or URI (s3://BUCKET/PREFIX) that holds the runs.")
]
Values = Annotated[
    list[str] | None,
    typer.Option(
        "--set", metavar="KEY=VALUE", help="Set a parameter, like policy.decision.capacity_factor=1.5; repeatable."
    ),
]
Workers = Annotated[
    int | None, typer.Option(metavar="N", help="Number of processes; one per core if not given; 1 runs without Ray.")
]
Address = Annotated[
    str | None, typer.Option(metavar="ADDRESS", help="Use a Ray cluster: auto, HOST:6379 or ray://HOST:10001.")
]
Budget = Annotated[
    float | None,
    typer.Option(metavar="HOURS", help="Most hours to spend; a sweep estimated to take longer is not begun."),
]
History = Annotated[
    float,
    typer.Option(
        metavar="GB",
        help="Space in the store for states that runs with the same history branch from; 0: each begins in 2015.",
    ),
]
Shard = Annotated[
    str | None, typer.Option(metavar="I/N", help="Make only the I-th of N shards of the runs, for arrays of jobs.")
]
Plugins = Annotated[
    Path,
    typer.Option("--plugins", metavar="FOLDER", help="Folder to which the paths of its plug-ins are relative."),
]

Until = Annotated[str | None, typer.Option(metavar="YYYY-MM", help="Last month of the runs.")]
Against = Annotated[
    Path | None,
    typer.Option("--against", metavar="A", help="Scenario file to set it beside; not for a sweep.", show_default=False),
]
Years = Annotated[int, typer.Option(help="Number of whole years, the last ones, over which means are taken.")]
FirstSeed = Annotated[
    int | None, typer.Option(help="Seed of the first pair; that of the scenario if not given.", show_default=False)
]


def space(history: float) -> int:
    """Space for states [bytes], from GB. Raises InputError."""
    if not 0 <= history < math.inf:
        raise InputError(f"--history: {history:g} is not a size: give 0 or more, like 4 for 4 GB")
    return int(history * GB)


def execution(workers: int | None, address: str | None, store: str, budget: float | None, history: float) -> Execution:
    """How runs are made, as it is given on the command line; history: space for states [GB]."""
    return execution_of(
        None,
        {"workers": workers, "address": address, "store": store, "budget": budget, "history": space(history)},
    )
