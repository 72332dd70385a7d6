"""The books: every way in which people, places, homes or money could be lost is noticed and named."""

import re

import numpy as np
import pytest

from abm.chain import CHAIN, gathered, name, turn
from abm.engine import clock
from abm.engine.clock import EARLIEST, ENDLESS, NEVER
from abm.engine.dated import LAST_MONTH
from abm.engine.draws import Draws
from abm.engine.errors import BooksError
from abm.engine.params import ProcessParams
from abm.engine.queues import waiting_key
from abm.engine.table import NO_ROW, UNSET
from abm.homes import housing
from abm.scenario import PARAMS
from abm.state import illegal
from abm.tables.country import Kind
from abm.tables.money import Purpose
from abm.tables.people import IN_RECEPTION, MOVES, STATUS_HOLDERS, Stage
from tests.helpers.runs import small, state_after
from tests.helpers.village import B, locations, people, village_state

BOTH = {"small_share": 1.0, "middle_share": 1.0}  # of homes; no scenario may have it
PARAMETERS = {process: model() for process, model in PARAMS.items()}


@pytest.fixture
def state():
    """A family in reception, one at home, one registering, one who left."""
    found = village_state()
    people(found, Stage.AWAITING_HOME, size=4)
    people(found, Stage.HOUSED, size=3)
    people(found, Stage.REGISTERING, size=2)
    people(found, Stage.RETURNED)
    return found


def test_sound_books_are_accepted(state):
    state.check()
    assert state.households.size.sum() == len(state.newcomers) == 10


def test_the_books_of_an_empty_country_are_sound():
    village_state().check()


@pytest.mark.parametrize("stage", Stage)
def test_each_stage_has_sound_books(stage):
    found = village_state()
    people(found, stage, count=3, size=2)
    found.check()


def test_homes_are_counted_without_their_sizes():
    """Of a hundred homes that fall vacant, sizes that add up to two make two hundred."""
    state = village_state()
    params = housing.Params.model_construct(**(PARAMETERS["housing"].model_dump() | BOTH))
    housing.step(state, params, Draws(1, "housing", state.clock.month))
    kept = state.municipalities.small + state.municipalities.middle
    assert (kept.sum(), state.municipalities.vacated.sum()) == pytest.approx((200, 100))
    with pytest.raises(BooksError, match="every home let once or still vacant"):
        state.check()


# --- one broken book after the other: what is done, and the line that it must give


def lose_a_person(state):
    state.households.size[0] -= 1


def invent_a_person(state):
    state.newcomers.add(1)


def lose_a_place(state):
    state.households.location[2] = NO_ROW


def keep_a_place_after_moving_out(state):
    state.households.location[1] = 0


def keep_a_place_after_leaving(state):
    state.households.location[3] = 0


def overfill_a_regular_location(state):
    people(state, Stage.IN_DECISION, count=197)  # 4 are in B, which has 200 places


def overfill_an_emergency_location(state):
    row = state.locations.add(1, kind=Kind.EMERGENCY, places=3)
    state.households.location[0] = row[0]


def let_more_than_offered(state):
    state.municipalities.offered[B] = 1.5
    state.municipalities.let[B] = 2


def let_a_home_that_is_not_there(state):
    state.municipalities.vacant_middle[B] = -0.5


def lose_a_home(state):
    state.municipalities.vacated[B] += 3
    state.municipalities.vacant_small[B] += 1


def house_nowhere(state):
    state.households.municipality[1] = NO_ROW


def protect_nowhere(state):
    people(state, Stage.PROTECTED, municipality=NO_ROW)


def protect_in_reception(state):
    people(state, Stage.PROTECTED, location=0)


def pay_a_negative_amount(state):
    state.ledger.month[Purpose.PENALTIES] = -1.0


@pytest.mark.parametrize(
    ("broken", "line"),
    [
        (lose_a_person, "persons: households hold 9, newcomers are 10"),
        (invent_a_person, "persons: households hold 10, newcomers are 11"),
        (lose_a_place, "a place for exactly those in reception; rows [2] (1 in all)"),
        (keep_a_place_after_moving_out, "a place for exactly those in reception; rows [1] (1 in all)"),
        (keep_a_place_after_leaving, "a place for exactly those in reception; rows [3] (1 in all)"),
        (overfill_a_regular_location, "no more people than places (locations); rows [1] (1 in all)"),
        (overfill_an_emergency_location, "no more people than places (locations); rows [9] (1 in all)"),
        (let_more_than_offered, "homes let within homes offered (municipalities); rows [1] (1 in all)"),
        (house_nowhere, "a municipality for everyone housed or protected; rows [1] (1 in all)"),
        (protect_nowhere, "a municipality for everyone housed or protected; rows [4] (1 in all)"),
        (protect_in_reception, "a place for exactly those in reception; rows [4] (1 in all)"),
        (let_a_home_that_is_not_there, "no more tenants than homes (municipalities); rows [1] (1 in all)"),
        (lose_a_home, "every home let once or still vacant (pools); rows [1] (1 in all)"),
        (pay_a_negative_amount, "payments that are not negative (ledger); rows [6] (1 in all)"),
    ],
)
def test_a_broken_book_is_named(state, broken, line):
    broken(state)
    with pytest.raises(BooksError, match=re.escape(line)):
        state.check()


def test_only_the_first_rows_are_listed():
    found = village_state()
    rows = people(found, Stage.IN_APPEAL, count=30)
    found.households.location[rows] = NO_ROW
    with pytest.raises(BooksError, match=re.escape("rows [0, 1, 2, 3, 4] (30 in all)")):
        found.check()


def test_full_is_not_too_full():
    found = village_state()
    people(found, Stage.IN_DECISION, count=200)
    found.check()
    assert locations(found, Kind.REGULAR).tolist() == [1, 2]


def test_registration_and_municipal_places_take_everyone():
    found = village_state()
    people(found, Stage.REGISTERING, count=150)  # 100 places
    people(found, Stage.IN_DECISION, count=50, location=locations(found, Kind.MUNICIPAL)[0])  # 0 places
    found.check()


def test_places_are_counted_at_the_scale_of_the_run():
    found = village_state(scale=0.1)
    people(found, Stage.IN_DECISION, count=20)  # a tenth of 200
    found.check()
    people(found, Stage.IN_DECISION)
    with pytest.raises(BooksError, match="no more people than places"):
        found.check()


# --- moves


@pytest.mark.parametrize("origin", Stage)
@pytest.mark.parametrize("target", Stage)
def test_only_legal_moves_pass(origin, target):
    found = village_state()
    row = people(found, origin, count=2)[1]
    before = found.households.stage.copy()
    found.households.stage[row] = target
    if target == origin or target in MOVES[origin]:
        found.check_moves("decision", before)
    else:
        expected = f"decision: illegal move {origin.name} -> {target.name} in households [1] (1 in all)"
        with pytest.raises(BooksError, match=re.escape(expected)):
            found.check_moves("decision", before)


def test_illegal_moves_as_numpy_finds_them():
    draws, legal = np.random.default_rng(1), np.zeros((len(Stage), len(Stage)), bool)
    for origin, targets in MOVES.items():
        legal[origin, list(targets)] = True
    for count in (0, 1, 63, 64, 65, 1_000):
        before = draws.integers(0, len(Stage), count).astype(np.int8)
        after = np.where(draws.random(count) < 0.1, draws.integers(0, len(Stage), count), before).astype(np.int8)
        longer = np.append(after, np.int8(1))
        wrong = (before != after) & ~legal[before, after]
        assert illegal(before, longer, legal).tolist() == np.flatnonzero(wrong).tolist()


def test_new_households_made_no_move():
    found = village_state()
    before = found.households.stage.copy()
    people(found, Stage.AWAITING_REGISTRATION)
    found.check_moves("reunion", before)


def test_every_stage_leads_out_of_reception_and_nobody_comes_back():
    assert set(MOVES) == set(Stage)
    ends = {stage for stage in Stage if not MOVES[stage]}
    assert ends == {Stage.RETURNED, Stage.UNKNOWN, Stage.DIED}
    assert ends | {Stage.HOUSED, Stage.PROTECTED} == set(Stage) - set(IN_RECEPTION)
    assert not any(Stage.PROTECTED in targets for targets in MOVES.values())  # nobody of the asylum chain
    assert set(STATUS_HOLDERS) < set(IN_RECEPTION)
    for stage in Stage:
        reached, frontier = set(), {stage}
        while frontier:
            reached |= frontier
            frontier = {target for each in frontier for target in MOVES[each]} - reached
        assert reached & ends
        assert not any(stage in MOVES[target] for target in reached)


# --- the turn names the process


class Shortcut:
    """A process that breaks a rule, as somebody might write it."""

    __name__ = "abm.asylum.shortcut"
    WRITES = ("households.stage",)
    Params = ProcessParams

    def __init__(self, act):
        self.act = act

    def step(self, state, params, draws):
        """Do the wrong thing."""
        self.act(state)
        return {}


def jump(state):
    state.households.stage[2] = Stage.HOUSED


def trespass(state):
    state.households.since[2] = 5


def test_a_turn_names_the_process_that_made_an_illegal_move(state):
    with pytest.raises(BooksError, match=r"^shortcut: illegal move REGISTERING -> HOUSED in households \[2\]"):
        turn(state, PARAMETERS, seed=1, chain=(Shortcut(jump),))


def test_a_turn_refuses_to_write_what_is_not_declared(state):
    with pytest.raises(ValueError, match="read-only"):
        turn(state, PARAMETERS, seed=1, chain=(Shortcut(trespass),))
    assert state.households.since[2] == -1


def test_an_event_of_two_processes_happens_to_all_of_them(state):
    class Moved(Shortcut):
        def step(self, state, params, draws):
            return {"moved": np.array([self.act])}

    assert turn(state, PARAMETERS, seed=1, chain=(Moved(2), Moved(1)))["moved"].tolist() == [2, 1]


def test_a_turn_simulates_one_month_and_measures_each_process(state):
    spent = {}
    events = turn(state, PARAMETERS, seed=1, spent=spent)
    assert state.clock.month == 1
    assert list(spent) == [name(process) for process in CHAIN]
    assert all(seconds >= 0 for seconds in spent.values())
    # 60, 30 and 10 people apply for the first time; a household that is too large comes a month early
    applied = state.households.size[events["applied"]].sum()
    assert applied == 100 - np.round(state.origins.due.sum())
    assert 100 <= applied < 130


# --- what stands for nothing


def columns():
    return [(table, each) for table, of in village_state().tables.items() for each in of.columns().values()]


@pytest.mark.parametrize(("table", "column"), columns(), ids=lambda each: getattr(each, "name", each))
def test_a_column_says_what_stands_for_nothing(table, column):
    """A month has a value that no month can be, a row number -1; anything else below zero is explained in its doc."""
    if column.unit == "month":
        assert column.default in (NEVER, ENDLESS, 0)
        assert NEVER < EARLIEST < 0 < clock.index(LAST_MONTH) < ENDLESS
        assert column.dtype.type(column.default) == column.default
    elif column.default == NO_ROW == UNSET:
        assert column.unit.startswith("row of ") or "-1: " in column.doc
    else:
        assert column.default not in (NEVER, ENDLESS) or column.unit == "months"


def test_no_month_of_a_run_is_the_one_that_stands_for_never():
    """No month that somebody has, drawn or set, is NEVER or too early for a waiting list, from the first day on."""
    for months in (0, 30):
        tables = state_after(small("2017-12", scale=0.02), months).tables
        for table, of in tables.items():
            for column in (each for each in of.columns().values() if each.unit == "month"):
                found = getattr(of, column.name)
                assert found[found != NEVER].min(initial=0) >= EARLIEST, (table, column.name)


def test_households_with_a_permit_or_home_at_the_start_have_its_month():
    state = state_after(small("2015-12", scale=0.2), 0)
    of = state.households
    holders, housed = np.isin(of.stage, STATUS_HOLDERS), of.stage == Stage.HOUSED
    assert holders.sum() > 100
    tied = of.stage == Stage.AWAITING_HOME  # since they were tied to a municipality
    assert (of.granted[(holders | housed) & ~tied] == of.since[(holders | housed) & ~tied]).all()
    assert (of.granted[tied] < of.since[tied]).all()
    assert (of.coupled[tied] == of.since[tied]).all()
    assert (of.granted[holders] == -1).sum() > 10  # December 2014 is a month like any other
    assert (of.granted[holders | housed] != NEVER).all()
    for month in (of.housed, of.moved_in, of.coupled):
        assert (month[housed] == of.since[housed]).all()


def test_nobody_is_on_a_waiting_list_without_a_month():
    lottery = np.zeros(2, np.uint64)
    with pytest.raises(BooksError, match="a household waits since month -16384, which a waiting list cannot order"):
        waiting_key(np.array([3, NEVER], np.int16), lottery)
    assert len(waiting_key(np.zeros(0, np.int16), lottery[:0])) == 0


class Misspelt(Shortcut):
    """A process that returns an event which it does not declare."""

    EVENTS = {"housed": "households"}

    def step(self, state, params, draws):
        """Spell it another way."""
        return {"housd": np.zeros(0, np.int64)}


def test_an_event_that_is_not_declared_is_named():
    with pytest.raises(BooksError, match="shortcut: 'housd' happened and is not among its EVENTS"):
        turn(village_state(), PARAMETERS, seed=1, chain=(Misspelt(None),))


def test_an_event_of_no_table_or_of_two_is_refused_when_the_chain_is_made():
    odd, other = Shortcut(None), Shortcut(None)
    odd.EVENTS, other.EVENTS = {"housed": "houshold"}, {"housed": "seekers"}
    with pytest.raises(TypeError, match="shortcut: EVENTS: 'housed' happens to rows of 'houshold'"):
        gathered((odd,))
    with pytest.raises(TypeError, match="'housed' happens to rows of 'seekers'"):
        gathered((*CHAIN, other))
