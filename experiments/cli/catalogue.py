"""What there is, as plain rows: measures, runs, scenarios, sources, parameters. Lists and indexes are made of it.

Every row has its name in the first column; a word is looked for in the columns of WORDS.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from abm import parameters as declared
from abm.engine.errors import InputError, shown
from abm.engine.yaml_input import read_yaml
from abm.plugins import assembly
from abm.plugins.assembly import Plugins
from abm.scenario import load
from experiments.store.store import Store
from experiments.text import plain

Row = dict[str, Any]
SCENARIOS = Path("configs/scenarios")
WORDS = ("name", "parameter", "run", "scenario", "source", "label", "label_nl", "title", "meaning", "note", "publisher")


def plugins(scenario: Path | None) -> Plugins:
    """The plug-ins of a scenario file; none without a file. Raises InputError."""
    return load(scenario).plugins if scenario else ()


def measures(scenario: Path | None = None) -> list[Row]:
    """Every measure, with those of the plug-ins of a scenario file: name, unit, labels, breakdowns, meaning, and the
    least scale of breakdowns that have one. Raises InputError.
    """
    return [
        {"name": each.name, "unit": each.unit, "label": each.label, "label_nl": each.label_nl}
        | {
            "by": list(each.by),
            "meaning": each.meaning,
            "least_scale": [f"{by} {least:g}" for by, least in each.floors.items()],
        }
        for each in assembly.measures(plugins(scenario))
    ]


def parameters(only_levers: bool = False, scenario: Path | None = None) -> list[Row]:
    """Every parameter, or those that policy sets, with those of the plug-ins of a scenario file. Raises InputError."""
    return declared.rows(only_levers, plugins(scenario))


def runs(store: Store) -> list[Row]:
    """The kept runs of a store, ordered by scenario, seed and name. Raises InputError for a damaged record."""
    found = []
    for name in sorted(store.done()):
        about = store.run(name).about()
        scenario = about["scenario"]
        found.append(
            {"run": name, "scenario": about["name"], "title": about["title"], "seed": about["seed"]}
            | {"scale": scenario["scale"], "until": scenario["until"], "commit": about["commit"] or ""}
        )
    return sorted(found, key=lambda row: (row["scenario"], row["seed"], row["run"]))


def scenarios(folder: Path = SCENARIOS) -> list[Row]:
    """The scenario files of a folder: name, title, what each extends and changes. Raises InputError."""
    if not folder.is_dir():
        raise InputError(f"{folder}: no such folder: name one that holds scenario files with --folder")
    found = []
    for file in sorted(folder.glob("*.yaml")):
        content = read_yaml(file)
        if not isinstance(content, dict):
            raise InputError(f"{file}: is no scenario: write keys and values, or move it elsewhere")
        heading = {key: str(content.get(key, "")) for key in ("title", "extends", "until")}
        changes = [f"{section}.{path}" for section in ("world", "policy") for path in _flat(content.get(section) or {})]
        found.append({"scenario": content.get("name", file.stem), "file": str(file)} | heading | {"changes": changes})
    return found


def sources() -> list[Row]:
    """Every source of the facts: title, publisher, address, year, licence, and the columns that come from it."""
    from abm.facts import csv_tables

    described = csv_tables.read_sources(csv_tables.FOLDER)
    used: dict[str, list[str]] = {key: [] for key in described["sources"]}
    for table, columns in described["tables"].items():
        for column, entry in columns.items():
            for key in entry["source"].split("|"):
                used[key].append(f"{table} {column} [{entry['unit']}]")
    wanted = ("title", "publisher", "year", "licence", "url", "note")
    return [
        {"source": key} | {name: str(each.get(name, "")) for name in wanted} | {"columns": used[key]}
        for key, each in described["sources"].items()
    ]


def matching(rows: Sequence[Row], word: str | None, what: str) -> list[Row]:
    """The rows with a word in their name, label or meaning, whatever its case. Raises InputError where none has it."""
    if word is None:
        return list(rows)
    found = [row for row in rows if any(word.lower() in str(row.get(key, "")).lower() for key in WORDS)]
    if not found:
        raise InputError(f"{shown(word)} stands in none of the {len(rows):,} {what}: omit it to see all")
    return found


def _flat(content: Any, path: str = "") -> list[str]:
    """The values of nested keys: 'decision.capacity_factor = 2', 'decision.capacity_factor from 2027-01 = 2'."""
    if not isinstance(content, dict):
        return [f"{path} = {plain(content)}"]
    months = [key for key in content if str(key)[:4].isdigit()]
    if months:
        return [path + " = " + ", ".join(f"{plain(value)} from {month}" for month, value in content.items())]
    return [line for key, value in content.items() for line in _flat(value, f"{path}.{key}" if path else str(key))]
