"""The index of scenarios: `python -m scripts.scenarios` writes docs/scenarios.md from the scenario files."""

from pathlib import Path

from experiments.cli import catalogue

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "scenarios.md"
INTRODUCTION = """# Scenarios

The files of `configs/scenarios/`: what each asks, which file it extends and what it changes. `abm scenarios WORD`
searches them, `abm compare A B` compares two. This page is made of the files: `make docs` renews it.
"""


def index(rows: list[catalogue.Row]) -> str:
    """The page: a row per scenario, its changes as code."""
    lines = [INTRODUCTION, "| scenario | title | extends | changes |", "|---|---|---|---|"]
    for row in rows:
        extends = f"`{row['extends']}`" if row["extends"] else "the defaults"
        changes = "<br>".join(f"`{change}`" for change in row["changes"]) or "nothing"
        link = f"[{row['scenario']}](../configs/scenarios/{Path(row['file']).name})"
        lines.append(f"| {link} | {row['title'].replace('|', '&#124;')} | {extends} | {changes} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    PAGE.write_text(index(catalogue.scenarios(ROOT / catalogue.SCENARIOS)), encoding="utf-8")
