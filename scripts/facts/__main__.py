"""`python -m scripts.facts TABLE --INPUT FILE ...` rebuilds a table of abm/facts/data, or checks it (--check).

Without inputs it tells what a table is made of. `python -m scripts.facts all LIST.yaml --check` does it for every
table of a list: {table: {input: file}}; documents go under `documents`: {source: file}.
"""

import argparse
import sys
from collections import Counter
from pathlib import Path
from typing import Any

from abm.engine.errors import InputError
from abm.engine.yaml_input import read_yaml
from abm.facts.csv_tables import FOLDER, read_sources
from scripts.facts import asylum, homes, maps, merged, national, places, work
from scripts.facts.table import STATUS, Finding, Given, Table, as_csv, compare

TABLES: dict[str, Table] = {
    table.name: table for module in (asylum, homes, maps, merged, national, places, work) for table in module.TABLES
}


def rebuild(table: Table, given: Given, check: bool) -> bool:
    """Rebuild or check one table and say what came out; whether all is as it should be."""
    if not (table.findings or table.build) or (table.inputs and not given.files and not given.documents):
        print(made_of(table, given))
        return True
    good = True
    if table.build and (given.files or not table.inputs):
        try:
            made = table.build(given)
        except InputError:
            raise
        except (KeyError, ValueError, TypeError, AttributeError) as error:
            files = ", ".join(str(path) for path in given.files.values())
            words = f"{type(error).__name__} {error}"
            raise InputError(f"{files}: not as published: compare with docs/facts.md ({words})") from error
        if check:
            good, words = compare(table.name, made, given)
            print(f"{table.name}.csv: {words}")
        else:
            lacking = [column for column in given.standing(table.name).columns if column not in made]
            if lacking:
                raise InputError(
                    f"{table.name}.csv: no file gives {', '.join(lacking)}: give one, or --check what there is"
                )
            (given.folder / f"{table.name}.csv").write_text(as_csv(made), "utf-8")
            print(f"{table.name}.csv: written to {given.folder}")
    findings = table.findings(given) if table.findings else []
    if findings:
        good &= told(table.name, findings)
    return good


def made_of(table: Table, given: Given) -> str:
    """What a table is made of: inputs, and the sources that sources.yaml names for its columns."""
    described = read_sources(given.folder)
    columns = described["tables"].get(f"{table.name}.csv", {})
    keys = dict.fromkeys(key for column in columns.values() for key in column["source"].split("|"))
    lines = [f"{table.name}.csv is made of:"]
    lines += [f"  --{name.replace('_', '-')} FILE  {what}" for name, what in table.inputs.items()]
    lines += [f"  {table.remark}"] if table.remark else []
    addresses = {key: described["sources"][key]["url"] for key in keys}
    lines += [f"  source {key}: {address}" for key, address in addresses.items() if address]
    return "\n".join(lines)


def told(name: str, findings: list[Finding]) -> bool:
    """Say which transcriptions are confirmed; whether none was looked for in vain."""
    counted = Counter(finding.status for finding in findings)
    words = ", ".join(f"{counted[status]} {status}" for status in STATUS if counted[status])
    print(f"{name}: {len(findings)} rows or figures looked up: {words}")
    for finding in findings:
        if finding.status == "not found":
            lacking = f" (looked for {finding.missing})" if finding.missing else ""
            print(f"  not found: {finding.row} in {finding.source}{lacking}")
    return not counted["not found"]


def parser() -> argparse.ArgumentParser:
    """The command line: a command per table."""
    main = argparse.ArgumentParser(
        prog="python -m scripts.facts", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = main.add_subparsers(dest="table", required=True, metavar="TABLE")
    for name, table in TABLES.items():
        lacking = "looked up in documents" if table.findings else "nothing: an assumption"
        command = commands.add_parser(name, help=", ".join(table.inputs) or lacking, description=table.remark)
        for each, what in table.inputs.items():
            command.add_argument(f"--{each.replace('_', '-')}", type=Path, metavar="FILE", help=what.replace("%", "%%"))
        for option, choices in table.options.items():
            command.add_argument(f"--{option}", choices=choices or None, default=choices[0] if choices else None)
        command.add_argument(
            "--document",
            action="append",
            default=[],
            metavar="SOURCE=FILE",
            help="text or HTML of the document of a source in sources.yaml",
        )
        _common(command)
    every = commands.add_parser("all", help="every table of a list of files")
    every.add_argument("list", type=Path, metavar="LIST.yaml")
    _common(every)
    return main


def _common(command: argparse.ArgumentParser) -> None:
    command.add_argument("--check", action="store_true", help="compare with the table that stands, write nothing")
    command.add_argument("--folder", type=Path, default=FOLDER, help="folder of the tables, by default abm/facts/data")


def jobs(asked: argparse.Namespace) -> list[tuple[Table, Given]]:
    """The tables to rebuild, each with what is given for it. Raises InputError."""
    if asked.table == "all":
        return of_list(asked.list, asked.folder)
    table = TABLES[asked.table]
    given = {name: getattr(asked, name) for name in (*table.inputs, *table.options) if getattr(asked, name)}
    documents = dict(each.partition("=")[::2] for each in asked.document)
    return [(table, given_for(table, given, documents, Path(), asked.folder))]


def of_list(path: Path, folder: Path) -> list[tuple[Table, Given]]:
    """The same of a list of files; paths in it are seen from its folder. Raises InputError."""
    listed = read_yaml(path)
    if not isinstance(listed, dict) or not all(isinstance(given, dict | None) for given in listed.values()):
        raise InputError(f"{path}: is no list of tables: give a YAML file {{table: {{input: file}}}}")
    documents, found = listed.pop("documents", None) or {}, []
    for name, given in listed.items():
        if name not in TABLES:
            raise InputError(f"{path}: {name}: no such table: choose from {', '.join(TABLES)}")
        table = TABLES[name]
        known = (*table.inputs, *table.options)
        for each in sorted(set(given or {}) - set(known)):
            raise InputError(f"{path}: {name}.{each}: no such input: it has {', '.join(known) or 'none'}")
        found.append((table, given_for(table, given or {}, documents, path.parent, folder)))
    return found


def given_for(table: Table, given: dict[str, Any], documents: dict[str, str], start: Path, folder: Path) -> Given:
    """What is given for a table, with paths seen from a folder. Raises InputError."""
    sources = read_sources(folder)["sources"]
    for source, file in documents.items():
        if source not in sources or not file:
            raise InputError(f"--document {source}: give SOURCE=FILE, with a source of sources.yaml")
    files = {name: start / str(file) for name, file in given.items() if name in table.inputs}
    options = {name: str(value) for name, value in given.items() if name in table.options}
    return Given(files, {source: start / str(file) for source, file in documents.items()}, options, folder)


def main(words: list[str] | None = None) -> int:
    """Run a command; 0 where everything is as it stands, 1 where something differs, 2 where something is wrong."""
    asked = parser().parse_args(words)
    try:
        good = [rebuild(table, given, asked.check) for table, given in jobs(asked)]
    except InputError as error:
        print(error, file=sys.stderr)
        return 2
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(main())
