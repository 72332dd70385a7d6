"""Every figure of the model says what it is, from which year, from whom, and under which licence."""

import csv
import pickle
import re

import pytest
import yaml

from abm.chain import CHAIN
from abm.engine.params import about
from abm.facts import csv_tables, facts
from abm.scenario import PARAMS
from experiments.validation import targets

DESCRIBED = yaml.safe_load((facts.FOLDER / "sources.yaml").read_text(encoding="utf-8"))
SOURCES, TABLES = DESCRIBED["sources"], DESCRIBED["tables"]
SOURCED = [f"{table}.csv" for table in csv_tables.SOURCED]
FILES = sorted(path.name for path in facts.FOLDER.glob("*.csv"))


def rows(file):
    with (facts.FOLDER / file).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def test_tables_and_files_are_the_same_set():
    assert sorted(TABLES) == FILES == sorted(f"{table}.csv" for table in facts.KEYS)


def test_no_key_stands_twice():
    """PyYAML keeps the last of two equal keys without a word."""
    nodes = [yaml.compose((facts.FOLDER / "sources.yaml").read_text(encoding="utf-8"))]
    while nodes:
        node = nodes.pop()
        if isinstance(node, yaml.MappingNode):
            keys = [key.value for key, _ in node.value]
            assert len(keys) == len(set(keys)), max(keys, key=keys.count)
            nodes += [value for _, value in node.value]


@pytest.mark.parametrize("file", FILES)
def test_every_column_has_unit_year_source_and_licence(file):
    assert list(TABLES[file]) == list(rows(file)[0])
    for column, entry in TABLES[file].items():
        assert set(entry) == {"unit", "year", "source", "derived"}, column
        assert entry["unit"], column
        assert re.search(r"20\d\d", entry["year"]), column
        for key in entry["source"].split("|"):
            assert SOURCES[key]["licence"], f"{column}: {key}"


@pytest.mark.parametrize("key", sorted(SOURCES))
def test_every_source_is_complete(key):
    source = SOURCES[key]
    assert {"title", "publisher", "url", "year", "licence", "note"} <= set(source)
    assert source["title"]
    assert source["publisher"]
    assert source["url"] is None or re.fullmatch(r"https?://\S+\.\S+", source["url"])
    assert source.get("confidence", "high") in {"high", "medium", "low"}


@pytest.mark.parametrize("file", SOURCED)
def test_every_row_names_a_source(file):
    for row in rows(file):
        assert set(row["source"].split("|")) <= set(SOURCES), row


def test_every_filled_task_says_how():
    for row in rows("housing_tasks.csv"):
        assert row["rule"]
        if "assumption" in row["source"]:
            assert row["rule"] != "observed"


def test_every_check_has_a_source():
    for name, check in DESCRIBED["checks"].items():
        assert check["source"] in SOURCES, name


def test_no_source_is_unused():
    used = {key for table in TABLES.values() for entry in table.values() for key in entry["source"].split("|")}
    used |= {check["source"] for check in DESCRIBED["checks"].values()}
    used |= {key for file in SOURCED for row in rows(file) for key in row["source"].split("|")}
    used |= {key for target in targets.load() for key in target.source}
    numbers = [about(field)["source"] for model in PARAMS.values() for field in model.model_fields.values()]
    numbers += [process.__doc__ for process in CHAIN]
    used |= {word for source in numbers for word in re.findall(r"\w+", source)} & set(SOURCES)
    assert set(SOURCES) == used


def test_files_are_plain_and_sorted():
    for file in FILES:
        content = (facts.FOLDER / file).read_bytes()
        assert b"\r" not in content
        assert content.endswith(b"\n")
        table = rows(file)
        first = list(table[0])[: len(facts.KEYS[file.removesuffix(".csv")])]
        keys = [tuple(row[column] for column in first) for row in table]
        assert keys == sorted(keys), file


def test_a_damaged_description_is_refused_with_its_file_and_line(tmp_path):
    for content, said in (
        (b"sources:\n  a: [1\n", "line 2: is not valid YAML"),
        (b"sources: {}\nsources: {}\n", "line 2: is not valid YAML: key 'sources' appears twice"),
        (b"sources: \xff\n", "line 1: cannot be read (not UTF-8)"),
    ):
        (tmp_path / "sources.yaml").write_bytes(content)
        with pytest.raises(facts.DataError) as error:
            facts.read_sources(tmp_path)
        assert f"{tmp_path / 'sources.yaml'} {said}" in str(error.value)
        assert str(pickle.loads(pickle.dumps(error.value))) == str(error.value)
