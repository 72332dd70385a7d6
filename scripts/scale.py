"""What a smaller scale says: `python -m scripts.scale` makes the runs that are missing and writes docs/scale.md."""

import argparse
from pathlib import Path

import pandas as pd

from abm.measures import HEADLINES, MEASURES, refusal
from experiments.analysis import scales
from experiments.store import store as stores
from experiments.store.store import Store
from experiments.text import number, share

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "scale.md"
FILES = [ROOT / "configs" / "scenarios" / f"{name}.yaml" for name in ("current", "regional-coupling", "starter-homes")]
SMALLER = (0.2, 0.1)
SEEDS = 5
INTRODUCTION = """# What a smaller scale says

`--scale 0.1` simulates a tenth of the people, of home seekers and of residents, in all 342 municipalities, and every
measure is given at full size. A value of a smaller scale is said where its mean over {seeds} seeds differs from that of
scale 1 by at most 5%, or by less than the 95% interval of that difference over seeds, whichever is more. The interval
holds for the five years of a measure together. A measure that does not agree is refused below its scale, in one line:
by `abm table`, `compare`, `validate`, the summary, `load` and `Model.measure`. Its floor stands where it is declared
(`scale=` under `@measure`, see abm/observe/measure.py); `abm measures` lists it.

Below scale 1 municipalities of one labour market region share queues of homes (a share `scale` of them, at least one
per region), and a person stands for several. So what is counted per municipality is said at scale 1 only where small
numbers decide: municipalities without a backlog, and the backlog of each.

The tables show per measure the year, of 2015, 2020, 2025, 2030 and 2035, in which a scale is furthest off: the value at
scale 1, the deviation of the smaller scale, what is allowed, and whether it agrees. `python -m scripts.scale` makes the
runs and this page.
"""


def table(rows: pd.DataFrame, scale: tuple[float, ...]) -> list[str]:
    """Lines of the table of a scenario: a row per measure, columns per smaller scale."""
    heads = "".join(f" {each:g}: year | scale 1 | deviation | allowed | agrees |" for each in scale)
    lines = [f"| measure |{heads}", "|---|" + "---|---:|---:|---:|---|" * len(scale)]
    for name, _ in HEADLINES:
        about = next(each for each in MEASURES if each.name == name)
        million = 1e6 if about.unit.startswith("EUR") else 1
        cells = []
        for each in scale:
            (row,) = rows[(rows["measure"] == name) & (rows["scale"] == each)].to_dict("records")
            full, gap = row["full"], row["value"] - row["full"]
            by = f" ({share(gap / abs(full), 1, sign=True)})" if full else ""
            words = "refused" if refusal(name, "total", each) else "yes" if row["agrees"] else "no"
            period = row["period"] if row["period"] in scales.YEARS else ""
            deviation = f"{number(gap / million, sign=True)}{by}"
            cells += [period, number(full / million), deviation, number(row["allowed"] / million), words]
        unit = " [million euros]" if million > 1 else ""
        lines.append(f"| {name}{unit} | " + " | ".join(cells) + " |")
    return lines


def page(found: pd.DataFrame, seeds: int) -> str:
    """The page: a table per scenario and per comparison, and how many values agree."""
    every = scales.agreement(found)
    scale = tuple(sorted(every["scale"].unique(), reverse=True))
    lines = [INTRODUCTION.format(seeds=seeds)]
    for name, rows in scales.worst(every).groupby("scenario", sort=False):
        title = f"Difference {name}, as `abm compare` says it" if " - " in str(name) else f"Summary of {name}"
        lines += [f"## {title}", "", *table(rows, scale), ""]
    wrong, count = scales.off(every), int(scales.said(every).sum())
    lines.append(f"{count - len(wrong)} of {count} values that are said agree.")
    for row in wrong.to_dict("records"):
        lines.append(f"- off: {row['scenario']}, {row['measure']}, {row['period']}, scale {row['scale']:g}")
    return "\n".join(lines) + "\n"


def main() -> None:
    """Make what is missing of the runs, and write the page."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--store", default=stores.DEFAULT, help="folder of the runs")
    words.add_argument("--seeds", type=int, default=SEEDS, help="seeds from 1 on")
    given = words.parse_args()
    found = scales.values(FILES, (scales.FULL, *SMALLER), range(1, given.seeds + 1), Store(given.store), print)
    PAGE.write_text(page(found, given.seeds), encoding="utf-8")


if __name__ == "__main__":
    main()
