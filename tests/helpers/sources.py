"""Small files as their publishers give them, and a country of a few municipalities to rebuild."""

from pathlib import Path

from scripts.facts.table import Given

TOWNS = """gm_code,name,province,region_code,population,longitude,latitude
GM0001,Aldorp,Drenthe,AM01,1000,6.0,53.0
GM0002,Bedorp,Drenthe,AM01,3000,6.2,53.2
GM0003,Cedorp,Zeeland,AM02,2000,4.0,51.5
"""
MERGERS = """year,gm_from,gm_to,name_from,name_to,share,new,source,note
2019,GM0004,GM0002,Dedorp,Bedorp,1,0,cbs_municipal_changes,
2019,GM0005,GM0003,Edorp,Cedorp,1,1,cbs_municipal_changes,
2019,GM0006,GM0003,Fedorp,Cedorp,1,1,cbs_municipal_changes,
2023,GM0007,GM0001,Gedorp,Aldorp,0.25,0,cbs_municipal_changes,25 of 100 inhabitants
2023,GM0007,GM0002,Gedorp,Bedorp,0.75,0,cbs_municipal_changes,75 of 100 inhabitants
"""
MEMBERSHIPS = """gm_code,from,until,province,region_code,source,note
GM0006,2015,2018,Zeeland,AM01,cbs_areas_by_year,
"""


def kept(path: Path, text: str) -> Path:
    """A file with a text, and its path."""
    path.write_text(text, encoding="utf-8")
    return path


def given(folder: Path, *, tables: dict[str, str] | None = None, **inputs: str) -> Given:
    """Files of text as inputs, `name=text`, beside tables of a country of three municipalities.

    A name ends with the kind of file where that matters: `places__json` is the input places, a JSON file.
    """
    stand = {"municipalities": TOWNS, "municipal_mergers": MERGERS, "municipal_memberships": MEMBERSHIPS}
    for name, text in (stand | (tables or {})).items():
        kept(folder / f"{name}.csv", text)
    files = {}
    for each, text in inputs.items():
        name, _, kind = each.partition("__")
        files[name] = kept(folder / f"given_{name}.{kind or 'csv'}", text)
    return Given(files, folder=folder)
