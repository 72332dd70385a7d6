"""municipal_mergers.csv and municipal_memberships.csv, compared with lists and tables of a year."""

from collections.abc import Hashable, Mapping

from abm.engine.errors import InputError
from abm.facts import mergers
from scripts.facts import published
from scripts.facts.places import STATLINE, areas
from scripts.facts.table import Finding, Given, Table
from scripts.facts.transcription import missing, near, quoted, text_of

CHANGES, YEARLY = "cbs_municipal_changes", "cbs_areas_by_year"
REACH = 400  # characters between the names of two municipalities that a page puts together


def on_mergers(given: Given) -> list[Finding]:
    """Whether lists of two consecutive years differ as the table says, and whether pages have its rows."""
    between = _between(given) if "before" in given or "after" in given else []
    return between + [_on_merger(row, given) for row in given.text("municipal_mergers").to_dict("records")]


def _year(given: Given) -> int:
    year = given.options.get("year", "")
    if not year.isdigit():
        raise InputError("--year: is needed: the year of the list or table that is given, such as 2023")
    return int(year)


def _between(given: Given) -> list[Finding]:
    before, after = (_listed(given, name) for name in ("before", "after"))
    year = _year(given)
    moves = mergers.moves(given.tables(), year, year).get(year, [])
    ended, begun = {move.gm_from for move in moves}, {move.gm_to for move in moves if move.new}
    found = [("ended", code, code in ended) for code in sorted(before - after)]
    found += [("began", code, code in begun) for code in sorted(after - before)]
    found += [("ends in the table only", code, False) for code in sorted(ended - (before - after))]
    found += [("begins in the table only", code, False) for code in sorted(begun - (after - before))]
    return [
        Finding(f"{year} {code} {what}", CHANGES, "confirmed" if right else "not found") for what, code, right in found
    ]


def _listed(given: Given, name: str) -> set[str]:
    """Codes of a list of municipalities of CBS."""
    path = given[name]
    found = published.chosen(published.table(path), path, code="gemeentecode ?GM|gemeentecode|gm_code|RegioS")
    codes = found["code"].str.strip()
    return {code if code.startswith("GM") else f"GM{code:0>4}" for code in codes if code}


def _on_merger(row: Mapping[Hashable, str], given: Given) -> Finding:
    """A whole merger is confirmed where a page has both names together, a part where it has the figures of the note."""
    words, sources = f"{row['year']} {row['gm_from']} {row['gm_to']}", row["source"]
    documents = [given.documents[source] for source in sources.split("|") if source in given.documents]
    if not documents:
        return Finding(words, sources, "no document")
    text = " \n ".join(text_of(document) for document in documents)
    if float(row["share"]) < 1:
        parts = quoted(row["note"])
        lacking = missing(parts, text) if parts else [row["share"]]
    else:
        together = any(near(row["name_to"], window, 0) for window in near(row["name_from"], text, REACH))
        lacking = [] if together else [f"{row['name_from']} with {row['name_to']}"]
    return Finding(words, sources, "not found" if lacking else "confirmed", ", ".join(lacking))


def on_memberships(given: Given) -> list[Finding]:
    """Whether each municipality of a year belongs where 'Gebieden in Nederland' of that year says."""
    if "areas" not in given:
        return []
    year = _year(given)
    there = areas(given["areas"])
    stands = mergers.memberships(given.tables(), year)
    found = []
    for code in sorted(set(there.index) | set(stands.index)):
        both = code in there.index and code in stands.index
        differ = [
            f"{column} is {there.at[code, column]} there and {stands.at[code, column]} here"
            for column in there.columns
            if both and there.at[code, column] != stands.at[code, column]
        ]
        lacking = differ if both else ["is in the file only" if code in there.index else "is not in the file"]
        found.append(Finding(f"{year} {code}", YEARLY, "not found" if lacking else "confirmed", ", ".join(lacking)))
    return found


LIST = "https://www.cbs.nl/nl-nl/onze-diensten/methoden/classificaties/overig/gemeentelijke-indelingen-per-jaar"
YEAR: dict[str, tuple[str, ...]] = {"year": ()}
TABLES = [
    Table(
        "municipal_mergers",
        {
            "before": f"list of municipalities on 1 January of the year before --year, saved as CSV: {LIST}",
            "after": "the same of --year",
        },
        None,
        on_mergers,
        "Shares of the municipalities that were parted are sums over villages: their pages are looked up.",
        YEAR,
    ),
    Table(
        "municipal_memberships",
        {"areas": f"StatLine 'Gebieden in Nederland' of --year, with codes, for 2022: {STATLINE}85067NED"},
        None,
        on_memberships,
        "Only municipalities that belong, or belonged, elsewhere than municipalities.csv says have a row; the rows of "
        "2015 were read from the decision of the employee insurance agency (UWV).",
        YEAR,
    ),
]
