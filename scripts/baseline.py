"""The years ahead of the baseline: `python -m scripts.baseline RUN` writes docs/baseline.md and the README's picture.

RUN is a kept run of `current` at scale 1 to 2035. The page shows each headline series, how far it goes and why; a
series that hardly moves, or that ends at an edge, is marked, so that none is flat or empty by accident.
"""

from pathlib import Path
from typing import Annotated

import pandas as pd
import typer

from abm.engine.errors import InputError
from abm.measures import HEADLINES, MEASURES
from experiments.report import figures
from experiments.report.page import counted
from experiments.store.store import DEFAULT, Run, Store
from experiments.text import number, share

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "baseline.md"
FIRST, LAST = 2025, 2035
STILL = 0.03  # of the mean: a series that moves less is marked as flat
LABELS = {measure.name: (measure.label, measure.unit.partition("/")[0]) for measure in MEASURES}
WHY = {
    "in_reception": (
        "Follows the queue for a decision, which shrinks as capacity grows, and the status holders who wait."
    ),
    "status_holders": (
        "More permits, as grant rates come back and children are born; homes follow the task, which follows "
        "permits, up to a ceiling of vacancies."
    ),
    "awaiting_decision": (
        "Decision capacity follows the queue with a lag of 18 months and grows by 8.5% a year at most; inflow stays "
        "at the level of 2025. The queue shrinks until the wait is the one that is aimed at."
    ),
    "awaiting_home": (
        "The status holders who are tied to a municipality: as many as the ceiling of vacancies leaves waiting."
    ),
    "relatives_queueing": (
        "Reunification capacity follows its queue in the same way; more permits bring more applications."
    ),
    "applications": (
        "An assumption: the level of 2025 goes on (`world.arrival.first_applications`). It is flat on "
        "purpose; inflow-low, -middle, -high and -wave are other worlds."
    ),
    "permits": (
        "Grant rates go half of the way back to those of 2021 to 2024 by 2028, decisions rise with capacity, "
        "and births rise with the number of permit holders."
    ),
    "housed": "Follows the housing task, and families that join their sponsors.",
    "homes_let": "The task over the persons to a home, at most a share of the vacancies of each municipality.",
    "municipalities_met": (
        "A lead or backlog is carried on from half-year to half-year; who makes more effort stays ahead."
    ),
    "reception_cost": (
        "People in reception by kind of place, at prices that grow by 2% a year; emergency places stay, "
        "because contracts of regular ones end and few open."
    ),
    "penalty_payments": (
        "Seven in ten of the cases that are decided late claim, and more are decided while the wait is still long."
    ),
}


def yearly(run: Run) -> pd.DataFrame:
    """Headline series by year, (years, headlines). Raises InputError where the run is of less than the country."""
    if run.about()["scenario"]["scale"] != 1:
        raise InputError(f"{run.name}: is not of scale 1: docs/baseline.md shows the country")
    found = {}
    for measure, how in HEADLINES:
        values = run.outcomes(measure, "total").astype({"month": str}).set_index("month")["value"]
        by_year = values.groupby(values.index.str[:4])
        found[measure] = by_year.sum() if how == "sum" else by_year.last()
    return pd.DataFrame(found).rename(index=int).loc[FIRST:LAST]


def mark(values: pd.Series) -> str:
    """What is remarkable about a series of the years ahead, or nothing."""
    ahead = values.loc[FIRST + 1 :]
    if not ahead.any() or ahead.iloc[-1] == 0:
        return "ends at nothing"
    return "flat" if ahead.max() - ahead.min() < STILL * ahead.mean() else ""


def page(run: Run) -> str:
    """The page, with a row for each headline series."""
    table = yearly(run)
    years = list(range(FIRST, LAST + 1, 2)) + ([LAST] if (LAST - FIRST) % 2 else [])
    lines = [
        "# The baseline to 2035",
        "",
        f"Law and practice of today, going on: one run of `configs/scenarios/current.yaml` (seed "
        f"{run.about()['scenario']['seed']}, scale 1). What follows from these assumptions is no forecast. "
        "`python -m scripts.baseline RUN` makes this page from a kept run.",
        "",
        "| | " + " | ".join(str(year) for year in years) + f" | {FIRST} to {LAST} | |",
        "|---|" + "---|" * (len(years) + 2),
    ]
    for measure, _ in HEADLINES:
        label, unit = LABELS[measure]
        values = table[measure]
        change = share(values.loc[LAST] / values.loc[FIRST] - 1, sign=True) if values.loc[FIRST] else "-"
        numbers = " | ".join(number(values.loc[year]) for year in years)
        lines.append(f"| {label} [{unit}] | {numbers} | {change} | {mark(values)} |")
    lines += ["", "## Why they go as they go", ""]
    lines += [f"- **{LABELS[measure][0]}**: {WHY[measure]}" for measure, _ in HEADLINES]
    return "\n".join(lines) + "\n"


def main(run: Annotated[str, typer.Argument(help="Name of a run.")], store: str = str(DEFAULT)) -> None:
    """Write docs/baseline.md, and the picture of the README, from a kept run of the baseline."""
    kept = Store(store).find(run)
    PAGE.write_text(page(kept), encoding="utf-8")
    figures.reception(kept.outcomes(), counted()).keep(PAGE.parent)


if __name__ == "__main__":
    typer.run(main)
