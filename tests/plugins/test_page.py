"""The examples of docs/plugins.md do what the page says: a process with lever and measure, and agents that decide."""

import json
from pathlib import Path

import numpy as np
import pytest

from abm import Municipality, scenario
from abm.agents.model import Model
from abm.parameters import rows
from experiments.sweeps import runner
from tests.helpers.recipes import written
from tests.helpers.refusals import refused
from tests.helpers.runs import difference, real, recorded

PAGE = Path(__file__).parents[2] / "docs" / "plugins.md"


@pytest.fixture(scope="module")
def page(tmp_path_factory) -> Path:
    """A folder with the files of the page."""
    folder = tmp_path_factory.mktemp("page")
    written(PAGE, folder)
    return folder


def test_children_go_to_school_faster_from_the_month_of_the_lever(page):
    faster = scenario.load(page / "faster-schools.yaml")
    usual = faster.with_values({"policy.pupils.rate": 0.4})
    one, other = recorded(usual), recorded(faster)
    before, after = (each.frame("pupils")["all"].to_numpy() for each in (one, other))
    assert before[0] == after[0] > 0
    assert (before[1:] < after[1:]).all()
    assert set(difference(one, other)) == {"pupils by total", "pupils_started by total"}  # nothing else reads it


def test_all_children_of_these_ages_are_at_school_where_everyone_finds_one(page):
    model = Model(scenario.load(page / "faster-schools.yaml").with_values({"policy.pupils.rate": 1}))
    model.step()
    people = model.state.newcomers
    age = 0 - people.born.astype(int)  # in January 2015
    expected = (age >= 60) & (age < 216)
    assert expected.any()
    assert people.schoolchild.tolist() == expected.tolist()
    assert model.measure("pupils") == expected.sum() / model.state.scale


def test_its_lever_is_listed_with_those_of_the_model(page):
    plugins = scenario.load(page / "faster-schools.yaml").plugins
    assert [row["parameter"] for row in rows(True, plugins)][-1] == "policy.pupils.rate"
    assert [row["parameter"] for row in rows(True)] == [row["parameter"] for row in rows(True, plugins)][:-1]


def test_the_command_lists_it_only_with_the_scenario(page, abm):
    code, out, _ = abm("levers", "pupils", "--csv", "--scenario", str(page / "faster-schools.yaml"))
    assert (code, out.splitlines()[1].partition(",")[0]) == (0, "policy.pupils.rate")
    refused(abm("levers", "policy.pupils.rate"), "stands in none of the")


def test_measures_chain_and_schemas_know_it_only_with_the_scenario(page, abm):
    named = ("--scenario", str(page / "faster-schools.yaml"))
    measures = [json.loads(abm("measures", "--json", *words)[1]) for words in ((), named)]
    assert measures[1][: len(measures[0])] == measures[0]
    assert [row["name"] for row in measures[1][len(measures[0]) :]] == ["pupils", "pupils_started"]

    chains = [abm("chain", *words)[1].splitlines() for words in ((), named)]
    assert not any("pupils" in line for line in chains[0])
    orders = [[cell.strip() for cell in line.split("│")[2:3]] for line in chains[1] if "│" in line]
    names = [name for found in orders for name in found if name]
    assert names.index("pupils") == names.index("learning") + 1

    usual, wider = (json.loads(abm("schema", *words)[1]) for words in ((), named))
    assert "pupils" not in json.dumps(usual)
    assert "children without a school who get one" in json.dumps(wider)
    usual, wider = (json.dumps(json.loads(abm("schema", "design", *words)[1])) for words in ((), named))
    assert ("policy.pupils.rate" in usual, "policy.pupils.rate" in wider) == (False, True)


def test_municipalities_decide_by_their_own_rule(page):
    own = scenario.load(page / "willing-towns.yaml")
    run, model = recorded(own), Model(own)
    opened = run.frame("opened_by_own_rule")["all"].to_list()
    towns = model.agents_by_type[type(model.institutions["municipalities"][0])]
    assert all(isinstance(town, Municipality) for town in towns)
    waited, mine = np.zeros(len(towns), int), []
    for _ in range(own.months):
        before = model.state.municipalities.interim_places.copy()
        model.step()
        mine.append(len(model.events["opened_by_own_rule"]))
        assert (np.flatnonzero(model.state.municipalities.interim_places > before)).tolist() == (
            model.events["opened_by_own_rule"].tolist()
        )
        behind = np.array([town.waited > 0 for town in towns])
        waited = np.where(behind, waited + 1, 0)
        assert [town.waited for town in towns] == waited.tolist()
    assert opened == mine  # in a run as in a model of Mesa
    assert opened[0] == 0  # nobody loses patience in the first month
    assert opened[1] > 0
    assert run.frame("in_interim")["all"].to_numpy()[-1] > 0


def test_without_the_plugin_nobody_opens_a_location(page):
    without = scenario.default().changed(scale=0.01, until="2015-04")
    same = without.with_values({"policy.interim.most": 20000, "policy.interim.grant": 0})
    assert runner.simulate(same, real())[0].frame("in_interim")["all"].to_numpy().max() == 0
