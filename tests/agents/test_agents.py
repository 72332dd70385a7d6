"""Agents are views of rows: they read and write the columns, and sets of people operate on columns."""

import copy
import pickle

import numpy as np
import pytest

from abm import Household, Location, Model, Municipality, Neighbourhood, Newcomer, Region, Resident
from abm.engine.table import NO_ROW
from abm.tables.country import Kind
from abm.tables.people import Role, Stage


@pytest.fixture(scope="module")
def model():
    started = Model(scale=0.01, until="2016-12")
    started.run_for(4)
    return started


def waiting(household):
    return household.stage == Stage.AWAITING_HOME


# --- views


def test_a_view_reads_its_row(model):
    columns = model.state.households
    row = int(np.flatnonzero(columns.municipality != NO_ROW)[0])
    household = Household(model, row)
    assert household.size == columns.size[row]
    assert household.stage is Stage(columns.stage[row])
    assert household.origin == model.state.inputs.origins["origin"][columns.origin[row]]
    assert household.municipality is model.agents_by_type[Municipality].to_list()[columns.municipality[row]]
    assert household.unique_id == columns.identity[row]
    assert [member.household for member in household.members] == [household] * household.size
    assert [member.role for member in household.members].count(Role.LEAD) == 1


def test_a_view_of_nowhere_is_none(model):
    housed = model.households.select(stage=Stage.HOUSED).to_list()[0]
    assert housed.location is None
    assert housed.sponsor is None or isinstance(housed.sponsor, Household)


def test_plain_values_are_python_values(model):
    household, town = Household(model, 0), Municipality.at(model, 0)
    values = (household.size, household.medical, town.homes, town.population)
    assert [type(value) for value in values] == [int, bool, float, int]


def test_facts_come_from_the_inputs(model):
    town = Municipality.at(model, 0)
    assert (town.name, town.code, town.region.name) == ("Groningen", "GM0014", "Groningen")
    with pytest.raises(AttributeError, match="fact"):
        town.name = "Grunn"


def test_a_newcomer_shows_age_and_stage_of_the_household(model):
    state = model.state
    newcomer = Newcomer(model, 5)
    assert newcomer.age == (state.clock.month - int(state.newcomers.born[5])) // 12
    assert newcomer.stage == newcomer.household.stage
    with pytest.raises(AttributeError, match="follows from"):
        newcomer.stage = Stage.HOUSED


def test_views_write_through_also_after_the_table_grew():
    model = Model(scale=0.01)
    household, place = Household(model, 0), Location.at(model, 3)
    before = model.state.households.size
    model.state.households.add(500)
    household.location = place
    household.track = 1
    household.origin = "syria"
    assert model.state.households.size.base is not before.base
    assert model.state.households.location[0] == 3
    assert model.state.households.track[0] == 1
    assert household.origin == "syria"
    household.location = None
    assert model.state.households.location[0] == NO_ROW


def test_a_reference_takes_only_its_own_kind_and_model(model):
    household = Household(model, 0)
    for wrong in (3, Municipality.at(model, 0), Location.at(Model(scale=0.01), 3)):
        with pytest.raises(TypeError, match="locations of the same model"):
            household.location = wrong


def test_a_choice_takes_only_its_members(model):
    with pytest.raises(ValueError, match="99"):
        Household(model, 0).stage = 99


def test_people_keep_nothing_of_their_own_but_institutions_do(model):
    with pytest.raises(AttributeError, match="keep it in a dict"):
        Household(model, 0).mood = 3
    Municipality.at(model, 7).mood = 3
    assert Municipality.at(model, 7).mood == 3


def test_views_are_equal_by_row(model):
    assert Household(model, 3) == Household(model, 3)
    assert len({Household(model, 3), Household(model, 3), Household(model, 4), Newcomer(model, 3)}) == 3
    assert Household(model, 3) != Household(copy.deepcopy(model), 3)


def test_attributes_are_described():
    assert Household.since.__doc__ == "month in which the stage began [month]"
    assert Newcomer.age.__doc__ == "age [years]"


def test_every_column_is_an_attribute(model):
    for view in (Newcomer, Household, Municipality, Region, Location):
        table = getattr(model.state, view.table)
        for name in table.columns():
            assert getattr(view, name).name == name


def test_a_view_alone_is_not_copied_and_pickles_with_its_model(model):
    town = Municipality.at(model, 7)
    assert copy.deepcopy(town) is town
    again = pickle.loads(pickle.dumps(town))
    assert again in again.model.agents_by_type[Municipality]
    assert again.homes == town.homes


# --- sets of people


def test_people_are_counted_and_found(model):
    state = model.state
    assert len(model.newcomers) == len(state.newcomers) == len(list(model.newcomers))
    assert Newcomer(model, 0) in model.newcomers
    assert Household(model, 0) not in model.newcomers
    assert Household(model, 0) not in model.households.select(np.arange(len(model.households)) > 0)


def test_get_returns_columns(model):
    assert model.newcomers.get("born").tolist() == model.state.newcomers.born.tolist()
    assert model.newcomers.get("age").tolist() == [n.age for n in model.newcomers]
    assert model.households.get("origin").tolist() == [h.origin for h in model.households]
    assert model.households.get("municipality") == [h.municipality for h in model.households]
    assert model.households.get(["size", "since"])[3] == [Household(model, 3).size, Household(model, 3).since]
    assert model.households.get("mood", "default", 0) == [0] * len(model.households)
    with pytest.raises(AttributeError, match="mood"):
        model.households.get("mood")


def test_get_returns_copies_of_the_state(model):
    for name in ("identity", "born", "female"):
        assert not np.shares_memory(model.newcomers.get(name), getattr(model.state.newcomers, name))


def test_select_by_mask_function_and_value_agree(model):
    by_value = model.households.select(stage=Stage.AWAITING_HOME)
    by_mask = model.households.select(model.state.households.stage == Stage.AWAITING_HOME)
    by_function = model.households.select(waiting)
    assert by_value.rows.tolist() == by_mask.rows.tolist() == by_function.rows.tolist()
    assert 0 < len(by_value) < len(model.households)
    assert len(model.households.select(waiting, at_most=2)) == 2
    assert len(model.households.select(stage=Stage.AWAITING_HOME, at_most=0.0)) == 0
    assert len(model.households.select(at_most=0.5)) == len(model.households) // 2
    assert len(model.newcomers.select(stage=Stage.HOUSED, role=Role.LEAD)) > 0
    assert len(model.households.select(agent_type=Newcomer)) == 0


def test_select_by_reference(model):
    town = next(h.municipality for h in model.households if h.municipality)
    found = model.households.select(municipality=town)
    assert found.to_list() == [h for h in model.households if h.municipality is town]


def test_aggregates_are_wide_enough(model):
    big = model.households.get("size").sum()
    assert model.households.agg("size", np.sum) == model.households.agg("size", sum) == big == len(model.newcomers)
    assert big > np.iinfo(np.int8).max
    assert model.households.agg("size", [min, max]) == [1, model.state.households.size.max()]


def test_groups_by_column_and_by_function_agree(model):
    by_column = model.households.groupby("origin")
    by_function = model.households.groupby(lambda h: h.origin)
    assert by_column.count() == by_function.count()
    assert list(by_column.groups) == list(by_function.groups)
    assert by_column.agg("size", sum) == by_function.map("agg", "size", np.sum)
    lists = model.households.groupby("stage", result_type="list").groups
    assert lists[Stage.HOUSED] == model.households.select(stage=Stage.HOUSED).to_list()


def test_sort_is_stable_both_ways(model):
    for ascending in (True, False):
        expected = sorted(model.households, key=lambda h: h.size, reverse=not ascending)
        assert model.households.sort("size", ascending).to_list() == expected
        assert model.households.sort(lambda h: h.size, ascending).to_list() == expected


def test_do_set_map_and_shuffle_reach_all_agents():
    model = Model(scale=0.01)
    waiters = model.households.select(stage=Stage.IN_APPEAL)
    waiters.set("moves", 7).do(move_again)
    waiters.shuffle_do(move_again)
    assert waiters.map(lambda h: h.moves) == [9] * len(waiters)
    assert model.households.agg("moves", np.sum) == 9 * len(waiters)
    assert sorted(waiters.shuffle().rows) == waiters.rows.tolist()
    with pytest.raises(AttributeError, match="no column 'mood'"):
        waiters.set("mood", 1)


def move_again(household):
    household.moves += 1


def test_nobody_is_added_or_removed_by_hand(model):
    for change in (model.households.add, model.households.remove, model.households.discard):
        with pytest.raises(TypeError, match="cannot be added or removed"):
            change(Household(model, 0))
    with pytest.raises(TypeError, match="rows are permanent"):
        Household(model, 0).remove()


def test_sets_combine(model):
    waiters, big = model.households.select(waiting), model.households.select(lambda h: h.size > 1)
    assert set(waiters & big) == set(waiters) & set(big)
    assert set(waiters - big) == set(waiters) - set(big)


def test_empty_sets(model):
    nobody = model.households.select(size=100)
    assert (len(nobody), nobody.to_list(), nobody.agg("size", sum), len(nobody.groupby("stage"))) == (0, [], 0, 0)
    assert len(nobody.sort("size")) == len(nobody.shuffle()) == 0


def test_kinds_of_location(model):
    kinds = model.agents_by_type[Location].groupby("kind").count()
    assert kinds[Kind.MUNICIPAL] == len(model.state.regions)


def test_neighbours_share_a_border_a_tunnel_or_a_ferry(model):
    town = {each.name: each for each in model.agents_by_type[Municipality]}
    assert [other.name for other in town["Texel"].neighbours] == ["Den Helder"]
    assert town["Texel"] in town["Den Helder"].neighbours
    assert "Borsele" in {other.name for other in town["Terneuzen"].neighbours}


# --- residents


def test_residents_and_neighbourhoods_are_views_too(model):
    resident = Resident(model, 7)
    home = resident.neighbourhood
    assert isinstance(home, Neighbourhood)
    assert home.first.row <= 7 < home.first.row + home.residents
    assert home.municipality is Municipality.at(model, int(model.state.neighbourhoods.municipality[home.row]))
    assert resident in resident.tied[0].tied
    assert resident.support == pytest.approx(model.state.residents.support[7])
    assert len(model.residents) == len(model.state.residents)
    assert len(model.agents_by_type[Neighbourhood]) == len(model.neighbourhoods) == len(model.state.neighbourhoods)
    seekers = model.residents.select(seeking=True)
    assert seekers.agg("anchor", np.mean) == pytest.approx(
        model.state.residents.anchor[model.state.residents.seeking].mean()
    )


def test_a_location_stands_in_a_neighbourhood(model):
    place = Location.at(model, 0)
    assert place.neighbourhood.municipality is place.municipality
