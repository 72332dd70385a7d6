"""The index of scenarios is current, and has every file once, with all that it changes."""

import re

from abm import scenario
from experiments.cli import catalogue
from scripts.scenarios import PAGE, ROOT, index

FOLDER = ROOT / catalogue.SCENARIOS


def test_the_index_is_current():
    assert PAGE.read_text(encoding="utf-8") == index(catalogue.scenarios(FOLDER)), "run make docs"


def test_every_scenario_is_in_it_once_with_its_title():
    pattern = r"^\| \[[^]]+\]\(\.\./configs/scenarios/([^)]+)\) \| (.*?) \|"
    rows = re.findall(pattern, PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert [file for file, _ in rows] == sorted(file.name for file in FOLDER.glob("*.yaml"))
    for file, title in rows:
        assert title == scenario.load(FOLDER / file).title != ""


def test_what_is_listed_is_what_differs_from_the_file_that_is_extended():
    for row in catalogue.scenarios(FOLDER):
        path = FOLDER / row["file"].rpartition("/")[2]
        base = scenario.load(path.parent / row["extends"]) if row["extends"] else scenario.default()
        found = scenario.load(path)
        differing = {key for key in base.values if base.values[key] != found.values[key]}
        listed = {tuple(change.split(" = ")[0].split(".")[1:]) for change in row["changes"]}
        assert differing <= listed, path
        assert len(listed) == len(row["changes"])
