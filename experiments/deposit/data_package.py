"""The observed data as a Data Package (Frictionless, version 1): tables, columns with units, sources and licences."""

import csv
import hashlib
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from abm.facts import csv_tables, facts

DESCRIPTION = "datapackage.json"
SOURCES = "sources.yaml"
SPDX = MappingProxyType(  # identifiers of the licences of sources; what is not here has none
    {
        "CC BY 4.0": "CC-BY-4.0",
        "as this repository": "Apache-2.0",
        "MIT (repository); figures public": "MIT",
    }
)
OWN = "LicenseRef-figures"  # single figures and facts, of which no text is copied
KINDS = ("integer", "number")  # from narrow to wide; else text


def description(folder: Path = facts.FOLDER) -> dict[str, Any]:
    """The description of the tables of a folder, as it stands in datapackage.json."""
    known = csv_tables.read_sources(folder)
    return {
        "profile": "tabular-data-package",
        "name": "reception-facts",
        "title": "Observed data on reception, homes and work in the Netherlands",
        "description": f"What the model starts from and follows. {SOURCES} says how each column was derived.",
        "licenses": _licences({each["licence"] for each in known["sources"].values()}),
        "resources": [_table(folder / name, columns, known["sources"]) for name, columns in known["tables"].items()],
    }


def _table(path: Path, columns: dict[str, dict], sources: dict[str, dict]) -> dict[str, Any]:
    content = path.read_bytes()
    rows = list(csv.DictReader(content.decode("utf-8").splitlines()))
    keys = sorted({key for each in columns.values() for key in str(each["source"]).split("|") if key in sources})
    return {
        "profile": "tabular-data-resource",
        "name": path.stem.replace("_", "-"),
        "path": path.name,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": len(content),
        "hash": f"sha256:{hashlib.sha256(content).hexdigest()}",
        "schema": {"fields": [_field(name, about, [row[name] for row in rows]) for name, about in columns.items()]},
        "sources": [_source(sources[key]) for key in keys],
        "licenses": _licences({sources[key]["licence"] for key in keys}),
    }


def _field(name: str, about: dict, values: list[str]) -> dict[str, Any]:
    """A column. Its type is the narrowest that all its values have; an empty value is a missing one."""
    found = {"name": name, "type": _kind(tuple(values)), "unit": about["unit"], "year": str(about["year"])}
    return found | {"source": str(about["source"])} | ({"description": about["derived"]} if about["derived"] else {})


@cache
def _kind(values: tuple[str, ...]) -> str:
    for kind, read in zip(KINDS, (int, float), strict=True):
        try:
            [read(each) for each in values if each]
        except ValueError:
            continue
        return kind
    return "string"


def _source(about: dict) -> dict[str, str]:
    address = str(about["url"] or "")
    return {"title": f"{about['publisher']}: {about['title']}"} | ({"path": address} if "://" in address else {})


def _licences(texts: set[str]) -> list[dict[str, str]]:
    return [{"name": SPDX.get(each, OWN), "title": each} for each in sorted(texts)]
