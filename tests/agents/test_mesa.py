"""The model works as a Mesa model: collectors, agent sets, copies and appended processes."""

import copy
import inspect
import pickle
import subprocess
import sys
from types import SimpleNamespace

import mesa
import numpy as np
import pytest
from mesa.agentset import AgentSet

from abm import Employer, Household, Location, Model, Municipality, Region, Scenario
from abm.chain import CHAIN, turn
from abm.engine.errors import InputError
from abm.facts import facts
from abm.scenario import default
from abm.start import begin
from abm.tables.people import Stage
from tests.helpers.collected import Collected

SCALE = 0.01


@pytest.fixture(scope="module")
def model():
    started = Model(scale=SCALE, until="2015-12")
    started.run_for(2)
    return started


def columns(state):
    return {(t, c): getattr(table, c).tolist() for t, table in state.tables.items() for c in table.columns()}


# --- the run


def test_steps_are_turns_of_the_chain():
    model = Model(scale=SCALE, seed=5)
    scenario = default().changed(scale=SCALE, seed=5)
    state = begin(facts.load(), scenario.params_at(0), 5, SCALE)
    model.run_for(14)  # over a month in which parameters change
    for month in range(14):
        events = turn(state, scenario.params_at(month), 5)
    assert columns(model.state) == columns(state)
    assert {k: v.tolist() for k, v in model.events.items()} == {k: v.tolist() for k, v in events.items()}


def test_time_counts_months():
    model = Model(scale=SCALE)
    assert (model.time, model.month, model.running) == (0, "2015-01", True)
    model.step()
    model.run_for(2)
    model.run_until(12)
    assert (model.time, model.month, model.steps) == (12, "2016-01", 12)


def test_the_run_ends_with_its_last_month():
    model = Model(scale=SCALE, until="2015-03")
    model.run_model()
    assert (model.time, model.month, model.running) == (3, "2015-04", False)
    model.run_for(2)
    assert (model.time, model.month, model.running) == (5, "2015-06", False)


def test_the_scenario_is_kept_and_fixed(tmp_path):
    file = tmp_path / "fast.yaml"
    file.write_text("policy:\n  decision:\n    capacity_factor: 2\n")
    model = Model(str(file), scale=SCALE, seed=np.int64(3), until="2016-01")
    assert isinstance(model.scenario, Scenario)
    assert (model.scenario.name, model.scenario.seed, model.scenario.scale, model.scenario.months) == (
        "fast", 3, SCALE, 13,
    )  # fmt: skip
    assert model.scenario.params_at(0)["decision"].capacity_factor == 2
    assert Model(model.scenario).scenario == model.scenario == pickle.loads(pickle.dumps(model.scenario))
    assert next(iter(model.agents)).scenario is model.scenario
    with pytest.raises(AttributeError, match="start another Model"):
        model.scenario = default()


def test_rng_is_a_synonym_of_seed():
    assert Model(scale=SCALE, rng=9).scenario.seed == 9
    with pytest.raises(InputError, match="give only one of them"):
        Model(scale=SCALE, rng=9, seed=9)
    with pytest.raises(InputError, match="seed"):
        Model(scale=SCALE, rng=np.random.default_rng(9))


def test_the_model_draws_nothing_from_mesas_generators():
    one, other = Model(scale=SCALE), Model(scale=SCALE)
    other.random.random()
    other.rng.random(10)
    one.run_for(3)
    other.run_for(3)
    assert columns(one.state) == columns(other.state)


def test_models_share_no_state():
    one, other = Model(scale=SCALE), Model(scale=SCALE)
    before = columns(other.state)
    one.run_for(2)
    one.agents_by_type[Municipality].set("homes", 1.0)
    one.households.set("moves", 3)
    assert columns(other.state) == before
    assert len(other.agents_by_type[Location]) == len(other.state.locations) < len(one.agents_by_type[Location])


def test_abm_imports_without_mesa():
    code = "import sys, abm; assert 'mesa' not in sys.modules; assert not hasattr(abm, 'Robot')"
    subprocess.run([sys.executable, "-c", code], check=True)


# --- institutions


def test_institutions_are_registered(model):
    state = model.state
    assert isinstance(model.agents_by_type[Municipality], mesa.agentset.AbstractAgentSet)
    assert len(model.agents_by_type[Municipality]) == len(state.municipalities)
    assert len(model.agents_by_type[Region]) == len(state.regions)
    assert len(model.agents_by_type[Employer]) == len(state.employers) == 35 * 10
    housing = (state.corporations, state.complexes)
    institutions = (state.municipalities, state.regions, state.locations, state.employers, *housing)
    assert len(model.agents) == sum(len(table) for table in institutions)
    ids = [agent.unique_id for agent in model.agents]
    assert sorted(set(ids)) == sorted(ids)
    assert min(ids) > 0
    assert set(model.agent_types) == set(model.agents_by_type)


def test_a_location_that_opens_becomes_an_agent():
    model = Model(scale=SCALE)
    before = len(model.agents_by_type[Location])
    model.step()
    opened = model.agents_by_type[Location].to_list()[before:]
    assert [agent.row for agent in opened] == model.events["opened"].tolist() != []
    assert all(agent.opened >= 1 and agent.municipality in model.agents for agent in opened)
    row = model.state.locations.add(1, places=50, municipality=3)[0]
    household = model.households.to_list()[0]
    model.state.households.location[household.row] = row
    assert household.location.places == 50  # also before the model looked for new locations


def test_agent_sets_of_mesa_work(model):
    towns, table = model.agents_by_type[Municipality], model.state.municipalities
    large = towns.select(lambda town: town.population > 200_000)
    assert isinstance(large, AgentSet)
    assert len(large) == (table.population > 200_000).sum() > 0
    assert towns.agg("population", sum) == table.population.sum()
    assert towns.get("homes") == table.homes.tolist()
    assert (
        towns.groupby("region").agg("population", sum)[towns.to_list()[0].region]
        == table.population[table.region == table.region[0]].sum()
    )
    assert towns.sort("population").to_list()[0].name == "Amsterdam"
    assert len(towns.shuffle()) == len(towns)


def test_agent_sets_of_mesa_write():
    model = Model(scale=SCALE)
    towns = model.agents_by_type[Municipality]
    towns.set("vacancies", 2.0).do(double_vacancies)
    assert model.state.municipalities.vacancies.tolist() == [4.0] * len(towns)


def double_vacancies(town):
    town.vacancies *= 2


# --- collecting


def test_data_collector_collects_models_and_agents():
    model = Collected(scale=SCALE)
    model.run_for(3)
    of_model = model.datacollector.get_model_vars_dataframe()
    assert of_model["month"].tolist() == ["2015-02", "2015-03", "2015-04"]
    assert of_model["reception"].iloc[-1] == (model.state.households.location >= 0).sum()
    towns = model.datacollector.get_agenttype_vars_dataframe(Municipality)
    assert towns["let"].xs(3.0, level="Step").tolist() == model.state.municipalities.let.tolist()
    people = model.datacollector.get_agenttype_vars_dataframe(Household)
    assert people["stage"].xs(3.0, level="Step").tolist() == model.state.households.stage.tolist()


def places(agent):
    return agent.places if isinstance(agent, Location) else None


def test_data_collector_collects_every_agent(model):
    collector = mesa.DataCollector(agent_reporters={"places": places, "region": region_name, "id": "unique_id"})
    collector.collect(model)
    frame = collector.get_agent_vars_dataframe()
    assert len(frame) == len(model.agents)
    assert frame["places"].sum() == model.state.locations.places.sum()


def region_name(agent):
    region = agent if isinstance(agent, Region) else getattr(agent, "region", None)
    return region and region.name  # a corporation may work in several


def pickled(model):
    return pickle.loads(pickle.dumps(model))


# --- copies


@pytest.mark.parametrize("duplicate", [copy.deepcopy, pickled])
def test_a_copy_continues_identically(duplicate):
    model = Collected(scale=SCALE)
    model.run_for(2)
    model.agents_by_type[Municipality].to_list()[3].mood = ["fine"]
    twin, before = duplicate(model), columns(model.state)
    twin.run_for(12)
    assert columns(model.state) == before
    model.run_for(12)
    assert columns(model.state) == columns(twin.state)
    assert model.datacollector.model_vars == twin.datacollector.model_vars
    assert (twin.time, twin.month, twin.chain) == (14, "2016-03", CHAIN)


@pytest.mark.parametrize("duplicate", [copy.deepcopy, pickled])
def test_a_copy_has_agents_of_its_own(duplicate, model):
    town = model.agents_by_type[Municipality].to_list()[3]
    town.mood = ["fine"]
    twin = duplicate(model)
    towns = twin.agents_by_type[Municipality]
    assert all(agent.model is twin and agent in twin.agents for agent in towns)
    assert Municipality.at(twin, 3) is towns.to_list()[3]
    towns.to_list()[3].mood.append("now")
    towns.to_list()[3].homes = 1.0
    assert town.mood == ["fine"]
    assert town.homes > 1.0


# --- appended processes and subclasses


class Welcome:
    """A process written with Mesa agents: towns with homes left offer one more. It is appended to the chain."""

    __name__ = "welcome"
    WRITES = ("municipalities.offered",)

    def __init__(self, model):
        self.model = model

    def step(self, state, params, draws):
        keen = self.model.agents_by_type[Municipality].select(lambda town: town.small > 0)
        for town in keen:
            town.offered += 1
        return {"welcomed": np.array([town.row for town in keen], dtype=int)}


class Meddling(Welcome):
    """A process that writes a column that it does not declare."""

    def step(self, state, params, draws):
        self.model.households.to_list()[0].stage = Stage.HOUSED
        return {}


@pytest.mark.parametrize("duplicate", [lambda model: model, copy.deepcopy, pickled])
def test_an_appended_process_runs(duplicate):
    plain, model = Model(scale=SCALE), Model(scale=SCALE)
    model.chain += (Welcome(model),)
    model = duplicate(model)
    plain.step()
    model.step()
    assert len(model.events["welcomed"]) > 0
    more = model.state.municipalities.offered - plain.state.municipalities.offered
    assert np.flatnonzero(more).tolist() == model.events["welcomed"].tolist()
    assert set(more.round(9)) == {0.0, 1.0}


def test_a_process_may_be_given_from_the_start():
    def step(state, params, draws):
        return {"greeted": np.flatnonzero(draws.uniform("greet", state.households.identity) < 0.5)}

    model = Model(scale=SCALE, chain=(*CHAIN, SimpleNamespace(__name__="greeting", WRITES=(), step=step)))
    model.step()
    assert 0 < len(model.events["greeted"]) < len(model.households)


def test_an_appended_process_writes_declared_columns_only():
    model = Model(scale=SCALE)
    model.chain += (Meddling(model),)
    with pytest.raises(ValueError, match="read-only"):
        model.step()


class Generous(Model):
    """A subclass that extends `step`, as usual in Mesa."""

    def step(self):
        super().step()
        for town in self.agents_by_type[Municipality]:
            town.asked_places += 1


def test_a_subclass_may_extend_step():
    model, plain = Generous(scale=SCALE), Model(scale=SCALE)
    model.run_for(2)
    plain.run_for(2)
    assert set(model.state.municipalities.asked_places - plain.state.municipalities.asked_places) == {2.0}


def test_agents_of_mesa_may_join():
    model = Model(scale=SCALE)
    mesa.Agent(model)
    model.step()
    assert len(model.agents_by_type[mesa.Agent]) == 1
    assert len({agent.unique_id for agent in model.agents}) == len(model.agents)


# --- what SolaraViz needs


def test_solara_can_reset_step_and_stop():
    model = Collected(scale=SCALE, until="2015-02", seed=4)
    parameters = {"scale": 0.005, "until": "2015-01", "seed": 2, "scenario": default()}
    assert parameters.keys() <= inspect.signature(Model).parameters.keys()
    assert not model.scenario  # else it would put a scenario of Mesa's kind in the place of ours, and fail
    again = type(model)(**parameters)
    assert (again.time, again.steps, again.running) == (0, 0, True)
    again.step()
    assert (again.time, again.steps, again.running) == (1, 1, False)
    assert model.time == 0
