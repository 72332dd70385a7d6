"""Reads files as their publishers give them: StatLine, Eurostat, UNHCR, the Electoral Council, maps."""

import csv
import json
import re
from pathlib import Path
from typing import Any

import pandas as pd

from abm.engine.errors import InputError

NETHERLANDS = ("NLD", "NL")


def table(path: Path) -> pd.DataFrame:
    """A CSV file as text: comma, semicolon or tab, UTF-8 or Latin-1, with or without a byte order mark."""
    try:
        content = path.read_bytes()
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = content.decode("latin-1")
        head = text.partition("\n")[0]
        separator = "\t" if "\t" in head else max(";,", key=head.count)  # names before tabs may hold commas
        rows = list(csv.reader(text.splitlines(), delimiter=separator))
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror}): give the downloaded file") from error
    if len(rows) < 2:
        raise InputError(f"{path}: holds no rows: give a CSV file with a line of column names")
    width = len(rows[0])
    return pd.DataFrame([(row + [""] * width)[:width] for row in rows[1:] if any(row)], columns=rows[0], dtype=str)


def chosen(found: pd.DataFrame, path: Path, **wanted: str) -> pd.DataFrame:
    """Columns under other names: `new="pattern of the old name"`; the first that matches as a whole, in any case."""
    columns = {}
    for new, pattern in wanted.items():
        old = next((name for name in found.columns if re.fullmatch(pattern, name.strip(), re.IGNORECASE)), None)
        if old is None:
            raise InputError(
                f"{path}: has no column like '{pattern}': it has {', '.join(map(str, found.columns))[:200]}"
            )
        columns[new] = found[old]
    return pd.DataFrame(columns)


def numbers(values: pd.Series) -> pd.Series:
    """Text as numbers: 1234, 1234.5 or 1234,5; NaN for an empty value, a point or a dash."""
    plain = values.str.strip().str.replace(",", ".", regex=False)
    return pd.to_numeric(plain.where(~plain.isin(["", ".", "-", "x", ":"])), errors="coerce")


def coded(path: Path) -> pd.DataFrame:
    """A StatLine table with codes, as CSV or as JSON of the open data service, as text without spaces around it."""
    if path.suffix.lower() == ".json":
        found = pd.DataFrame(content(path, "value")).astype("string").fillna("")
    else:
        found = table(path)
    return found.apply(lambda column: column.str.strip())


def statline(path: Path, **topics: str) -> pd.DataFrame:
    """A StatLine table with codes, as CSV or as JSON of its open data service: region, year and the wanted topics.

    topics: `new="name in StatLine"`, a pattern without the number that CBS puts behind it; regions are codes such as
    GM0014, PV20 or NL01, without spaces; a table without periods has year 0. Other columns are dimensions, kept as
    text under their own names.
    """
    found = coded(path)
    region = chosen(found, path, region="RegioS|WijkenEnBuurten|Codering_?\\d*")["region"]
    made = pd.DataFrame({"region": region, "year": 0})
    if any(name.strip() == "Perioden" for name in found.columns):
        period = chosen(found, path, period="Perioden")["period"].str.extract(r"^\s*(\d{4})")[0]
        made["year"] = pd.to_numeric(period).fillna(0).astype(int)
    for new, topic in topics.items():
        made[new] = numbers(chosen(found, path, value=rf"(?:{topic})(?:_\d+)?")["value"])
    dimensions = {name: found[name] for name in found.columns if not re.search(r"_\d+$|^ID$|^Perioden$", name)}
    return made.assign(**{name: values for name, values in dimensions.items() if name not in made})


def codes(path: Path, **patterns: str) -> pd.DataFrame:
    """Codes of areas of each municipality, by its own code: `name="pattern of the codes"`.

    The tables 'Gebieden in Nederland' number their columns differently each year, so a column is known by its codes.
    """
    found, kinds = coded(path), {}
    for name, pattern in {"gm_code": r"GM\d{4}", **patterns}.items():
        fits = [column for column in found if found[column].str.fullmatch(pattern).any()]
        if not fits:
            raise InputError(f"{path}: no column has codes like {pattern}: give 'Gebieden in Nederland' with codes")
        kinds[name] = found[fits[0]]
    whole = pd.DataFrame(kinds)
    return whole[whole["gm_code"].str.startswith("GM")].drop_duplicates("gm_code").set_index("gm_code")


def municipal(found: pd.DataFrame) -> pd.DataFrame:
    """The rows of municipalities."""
    return found[found["region"].str.fullmatch(r"GM\d{4}")]


def eurostat(path: Path) -> pd.DataFrame:
    """A Eurostat table, TSV or CSV (SDMX), as one row per value: dimensions in lower case, `time` and `value`."""
    found = table(path)
    if "OBS_VALUE" in found:
        found = found.rename(columns={"TIME_PERIOD": "time", "OBS_VALUE": "value"})
        return found.rename(columns=str.lower).assign(value=numbers(found["value"]))
    head = found.columns[0]
    names = head.split("\\")[0].split(",")
    dimensions = found[head].str.split(",", expand=True)
    if dimensions.shape[1] != len(names):
        raise InputError(f"{path}: is no Eurostat table: give the TSV, or the CSV with OBS_VALUE")
    dimensions.columns = [name.strip().lower() for name in names]
    wide = pd.concat([dimensions, found.drop(columns=head)], axis=1)
    long = wide.melt(id_vars=list(dimensions.columns), var_name="time", value_name="value")
    value = numbers(long["value"].str.replace(r"[a-z: ]+$", "", regex=True))  # flags such as 'p' stand behind values
    return long.assign(time=long["time"].str.strip(), value=value).dropna(subset="value")


def unhcr(path: Path, stage: str, **figures: str) -> pd.DataFrame:
    """A table of the Refugee Data Finder for asylum in the Netherlands: year, origin (ISO 3), stage and figures.

    stage: pattern of the column that says of which stage of the procedure a row is.
    """
    found = table(path)
    asylum = next((name for name in found if name in ("coa_iso", "Country of asylum (ISO)")), None)
    if asylum:
        found = found[found[asylum].isin(NETHERLANDS)]
    made = chosen(found, path, year="year", origin=r"coo_iso|Country of origin \(ISO\)", stage=stage, **figures)
    return made.assign(year=made["year"].astype(int), **{name: numbers(made[name]).fillna(0) for name in figures})


def votes(path: Path) -> pd.DataFrame:
    """A result of the Electoral Council by municipality: gm_code, party and votes; other regions are left out.

    It has three forms: rows of one kind of value (VeldType), rows of a region and a party, a column per party.
    """
    found = table(path)
    if "VeldType" in found:
        lists = found[found["VeldType"] == "LijstAantalStemmen"]
        made = chosen(lists, path, region="RegioCode", party="LijstNaam", votes="Waarde")
    elif any(name.strip().lower() == "partij" for name in found.columns):
        made = chosen(found, path, region="RegioCode", party="Partij", votes="AantalStemmen|Aantal stemmen")
    elif "GeldigeStemmen" in found:
        parties = found[found.columns[list(found.columns).index("GeldigeStemmen") + 1 :]]
        region = chosen(found, path, region="RegioCode")["region"]
        made = parties.assign(region=region).melt(id_vars="region", var_name="party", value_name="votes")
    else:
        raise InputError(f"{path}: has neither a column 'Partij' nor 'GeldigeStemmen': give a result by municipality")
    made = made[made["region"].str.fullmatch(r"G\d{4}")]
    count = numbers(made["votes"]).fillna(0)
    return pd.DataFrame({"gm_code": "GM" + made["region"].str[1:], "party": made["party"], "votes": count})


def content(path: Path, part: str) -> Any:
    """A part of a JSON file, such as the features of a map."""
    try:
        return json.loads(path.read_text("utf-8-sig"))[part]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(f"{path}: is no JSON with '{part}': give the file as it is published") from error
