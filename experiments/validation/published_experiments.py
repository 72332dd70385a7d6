"""Replicates published experiments inside the model: the simulated effect beside the published one.

Each is two scenarios with common random numbers and one outcome, close to the design of the study. No published effect
is a parameter: the mechanisms together reproduce it, or they do not.
"""

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Unpack

import numpy as np
import pandas as pd
from rich.console import Console
from rich.table import Table

from abm import measures
from abm import scenario as scenarios
from abm.engine.errors import InputError
from experiments import terminal, text
from experiments.analysis.compared import interval
from experiments.store import store as stores
from experiments.store.store import Store
from experiments.sweeps import branches, loading, replicates, sweep
from experiments.sweeps.execution import Execution, Options, execution_of
from experiments.sweeps.runner import Job
from experiments.validation import support_studies
from experiments.validation.support_studies import is_within

SINCE, UNTIL = "2015-01", "2025-12"  # treated from the start; the years whose inputs were observed
SCALE, SEEDS, DRAWS = 0.1, 4, 32
UKRAINE = slice("2022-07", "2024-10")  # between the first and the last count of people from Ukraine at work
ASKED = measures.asked_of(
    (
        "employed by since_permit", "working_age by since_permit", "language by since_permit",
        "hours_followed by since_permit", "wait_decision by statistic",
        "protected_hires", "protected_jobs_lost", "protected_of_age", "protected_employed",
    )
)  # fmt: skip
WINDOW = "2021-01"  # first month with people in all groups of years since the permit
Values = Mapping[str, Any]
Outcome = Callable[[pd.DataFrame], float]  # of the outcomes of one run


@dataclass(frozen=True)
class Replication:
    """A study: the treatment that it compared, the effect that it found, and the corresponding outcome of the model."""

    id: str
    title: str
    source: str
    control: Values
    treated: Values
    outcome: Outcome
    published: tuple[float, float]  # from, to
    unit: str
    per: Callable[[pd.DataFrame, pd.DataFrame], float] = field(default=lambda control, treated: 1.0)  # size of the dose
    overlap: bool = False  # judged by overlap with the interval over seeds: published without an interval of its own


def log_odds(share: float) -> float:
    """Log odds of a share."""
    return math.log(share / (1 - share))


def series(frame: pd.DataFrame, measure: str, groups: list[str]) -> float:
    """Sum of a measure over months of the window and groups of years since the permit."""
    mine = frame[(frame["measure"] == measure) & frame["group"].isin(groups) & (frame["month"] >= WINDOW)]
    return float(mine["value"].sum())


def employment(*years: int) -> Outcome:
    """Log odds of work of permit holders, in the given years after the permit."""
    groups = [f"{year} years" for year in years]
    return lambda frame: log_odds(series(frame, "employed", groups) / series(frame, "working_age", groups))


def fluency(year: int) -> Outcome:
    """Log of the mean level of Dutch, in the given year after the permit."""

    def outcome(frame: pd.DataFrame) -> float:
        mine = frame[
            (frame["measure"] == "language") & (frame["group"] == f"{year} years") & (frame["month"] >= WINDOW)
        ]
        return math.log(mine["value"].mean())

    return outcome


def hours_of_class(year: int) -> Outcome:
    """Mean hours of class that permit holders have followed, in the given year after the permit."""

    def outcome(frame: pd.DataFrame) -> float:
        mine = frame[(frame["measure"] == "hours_followed") & (frame["group"] == f"{year} years")]
        return float(mine.loc[mine["month"] >= WINDOW, "value"].mean())

    return outcome


def waited(frame: pd.DataFrame) -> float:
    """Mean months from application to first decision, averaged over the months of the run."""
    mine = frame[(frame["measure"] == "wait_decision") & (frame["group"] == "mean")]
    return float(mine["value"].mean())


def monthly(frame: pd.DataFrame, event: str, among: Callable[[pd.Series], pd.Series]) -> float:
    """Mean monthly share of those `among` the protected persons of 15 to 65 who have an event, over UKRAINE."""
    total = frame[frame["group"] == "all"].set_index(["measure", "month"])["value"]
    before = among(total).sort_index().shift()  # at the end of the month before
    return float((total[event] / before).loc[UKRAINE].mean())


def finding(frame: pd.DataFrame) -> float:
    """Share of the protected persons without work who find it in a month."""
    return monthly(frame, "protected_hires", lambda total: total["protected_of_age"] - total["protected_employed"])


def losing(frame: pd.DataFrame) -> float:
    """Share of the protected persons with work who lose it in a month."""
    return monthly(frame, "protected_jobs_lost", lambda total: total["protected_employed"])


PACKAGE = {
    "policy.participation.dual_share": 1,
    "policy.participation.hours_a_week": 20,
    "policy.integration.start_weeks": 0,
    "policy.guidance.coaches": 20,
    "policy.guidance.caseload": 42,
    "world.work.at_scale": 1,
}
REPLICATIONS: tuple[Replication, ...] = (
    Replication(
        "R1",
        "One more year in the queue: work 1 to 3 years after the permit",
        "E000|E001",
        {},
        {"policy.decision.capacity_factor": 0.7},
        employment(1, 2, 3),
        (-0.39, 0.09),
        "log odds per year of waiting",
        lambda control, treated: (waited(treated) - waited(control)) / 12,
    ),
    Replication(
        "R2",
        "Work barred until the permit, against free from arrival: work 2 to 6 years after the permit",
        "E004|E005",
        {"policy.work.barred_months": 0, "policy.work.work_permit": False},
        {"policy.work.barred_months": 36},
        employment(2, 3, 4, 5, 6),
        (-0.66, -0.06),
        "log odds",
    ),
    Replication(
        "R3",
        "One point more unemployment: work 2 to 4 years after the permit",
        "E031|E032",
        {},
        {"world.work.slack": 1},
        employment(2, 3, 4),
        (-0.08, -0.04),
        "log odds per point",
    ),
    Replication(
        "R4a",
        "Dual track, coach and full-time classes: work 1 year after the permit",
        "E036",
        {},
        PACKAGE,
        employment(1),
        (0.40, 1.38),
        "log odds",
    ),
    Replication(
        "R4b", "The same 5 years after the permit", "E036", {}, PACKAGE, employment(5), (-0.29, 0.49), "log odds"
    ),
    Replication(
        "R5",
        "Plans and coaches for all, nationally: work 2 and 3 years after the permit",
        "E039",
        {},
        {"policy.guidance.coaches": 8, "policy.guidance.caseload": 80},
        employment(2, 3),
        (0.08, 0.10),
        "log odds",
        overlap=True,
    ),
    Replication(
        "R7",
        "100 more hours of class: Dutch 3 years after the permit",
        "E011",
        {},
        {"policy.participation.hours_a_week": 16},
        fluency(3),
        (0.077, 0.086),
        "log of level",
        lambda control, treated: (hours_of_class(3)(treated) - hours_of_class(3)(control)) / 100,  # those followed
    ),
    Replication(
        "R9a",
        "People from Ukraine, free to work: finding it, July 2022 to November 2024",
        "E008",
        {"policy.protection.free_work": False},
        {},
        finding,
        (0.08, 0.10),
        "share a month, the level itself",
    ),
    Replication(
        "R9b",
        "The same: losing it",
        "E008",
        {"policy.protection.free_work": False},
        {},
        losing,
        (0.05, 0.07),
        "share a month, the level itself",
    ),  # fmt: skip
)
LEVELS = {"R9a", "R9b"}  # levels, not differences; published as about .09 and .06, taken as plus or minus .01


def replicate(
    execution: Execution | None = None,
    *,
    seeds: int = SEEDS,
    scale: float = SCALE,
    draws: int = DRAWS,
    **options: Unpack[Options],
) -> pd.DataFrame:
    """Effect of each replication beside the published one, with its interval over seeds; for those on support (see
    support_studies.py), over `draws` from the priors. execution: an `Execution`, or its fields as keywords. Raises
    InputError.
    """
    if draws < 1 or seeds < 1:
        raise InputError(f"--draws: {draws} and --seeds: {seeds}: give 1 or more of each")
    how = execution_of(execution, options)
    how.store.check()
    shared = sweep.shared(how.store)
    base = scenarios.default().changed(until=UNTIL, scale=scale)
    jobs: dict[str, Job] = {}

    def named(values: Values, seed: int) -> str:
        wanted = base.with_values(values, "replication").changed(seed=seed)
        name = stores.run_name(wanted, shared.inputs.digest)
        jobs[name] = Job(name, wanted, asked=ASKED)
        return name

    pairs = {
        each.id: [(named(each.control, seed), named(each.treated, seed)) for seed in range(1, seeds + 1)]
        for each in REPLICATIONS
    }
    todo = branches.planned(replicates.still(how.store, jobs.values()))
    with sweep.stopping(), how.pool(len(todo)) as do:
        sweep.make(do, shared, todo, lambda done: None)
    frames = {name: of_run(how.store, name) for name in jobs}
    rows = [row(each, [(frames[a], frames[b]) for a, b in pairs[each.id]]) for each in REPLICATIONS]
    return pd.DataFrame(rows + support_studies.over_priors(draws))


def of_run(store: Store, name: str) -> pd.DataFrame:
    """Outcomes of a run, in the breakdowns that replications use."""
    parts = [loading.outcomes(store, [name], None, by) for by in ("total", "since_permit", "statistic")]
    return pd.concat(parts).astype({"measure": str, "group": str, "month": str})


def row(each: Replication, pairs: list[tuple[pd.DataFrame, pd.DataFrame]]) -> dict[str, Any]:
    """Mean effect per dose over the pairs, with its interval."""
    found = []
    for control, treated in pairs:
        effect = each.outcome(treated) - (0.0 if each.id in LEVELS else each.outcome(control))
        found.append(effect / each.per(control, treated))
    low, high = interval(np.array(found)) if len(found) > 1 else (math.nan, math.nan)
    mean = float(np.mean(found))
    return {
        "id": each.id, "title": each.title, "unit": each.unit, "source": each.source,
        "published_from": each.published[0], "published_to": each.published[1],
        "model": mean, "low": low, "high": high,
        "within": is_within(each.published, mean, (low, high) if each.overlap else (math.nan, math.nan)),
    }  # fmt: skip


def show(found: pd.DataFrame, console: Console) -> None:
    """Print effects and published intervals side by side."""
    shown = Table("", "experiment", "published", "model", "spread", "", box=None, pad_edge=False)
    rows: Iterable[Any] = found.itertuples()
    for each in rows:
        verdict = "within" if each.within else "outside"
        shown.add_row(
            each.id, terminal.line(f"{each.title} [{each.unit}] ({each.source})"),
            text.interval(each.published_from, each.published_to), text.fixed(each.model, 3, sign=True),
            "" if math.isnan(each.low) else text.interval(each.low, each.high), verdict,
        )  # fmt: skip
    console.print(shown, highlight=False)
    console.print(f"{int(found['within'].sum())} of {len(found)} within.", highlight=False)
    console.print(
        "Spread: 95% interval of the mean over seeds; from R10 on, 10% to 90% over the priors of support (the model's "
        "value is the median).",
        highlight=False,
    )
