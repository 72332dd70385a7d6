"""What is measured of the housing market, by hand in the village."""

import numpy as np
import pytest

from abm.measures import MEASURES
from abm.observe.measure import Month
from abm.tables.homes import Group, Rule, Search, Tenure
from abm.tables.people import Stage
from tests.helpers.village import ALPHA, BETA, A, B, D, people, village_state

MEASURE = {measure.name: measure for measure in MEASURES}
YOUNG, STUDENT, URGENT, REGULAR = Group
NEWCOMER = len(Group)


def after(scale=1.0):
    """January 2016 is over: six homes were let, and three people still look for one."""
    state = village_state(scale=scale)
    let = state.seekers.add(
        4, municipality=[A, A, B, D], group=[YOUNG, REGULAR, REGULAR, URGENT], registered=[0, -12, 2, 12],
        began=[6, 6, 12, 12], search=Search.HOUSED, rule=[Rule.REGISTRATION] * 3 + [Rule.URGENCY],
    )  # fmt: skip
    state.seekers.add(2, municipality=[A, D], group=[STUDENT, REGULAR])
    first = people(state, Stage.HOUSED, municipality=D, rule=Rule.PRIORITY)
    in_line = people(state, Stage.HOUSED, municipality=A, rule=Rule.REGISTRATION, registered=-6)
    people(state, Stage.AWAITING_HOME, municipality=B, priority=False)
    state.clock.month = 13
    return Month(state, {"let": let, "housed": np.concatenate([first, in_line])})


def value(name, by, month):
    return MEASURE[name].values(month, (by,))[by].tolist()


def test_homes_let_by_rule_and_kind_of_seeker():
    month = after()
    assert value("lettings", "total", month) == [6]
    rules = value("lettings", "rule", month)
    assert (rules[Rule.PRIORITY], rules[Rule.URGENCY], rules[Rule.REGISTRATION]) == (1, 1, 4)
    assert value("lettings", "seeker", month) == [1, 0, 1, 2, 2]
    assert value("lettings", "region", month) == [4, 2]
    assert value("lettings", "municipality", month) == [3, 1, 0, 2, 0]
    assert value("lettings", "total", after(scale=0.5)) == [12]


def test_registration_of_who_was_housed_in_its_order():
    month = after()  # 12, 24 and 10 months, and 18 of a newcomer; the urgent one is not counted
    assert value("registration_time", "statistic", month)[:2] == pytest.approx([16, 15])
    assert value("registration_time", "region", month) == pytest.approx([16, np.nan], nan_ok=True)
    assert value("registration_time", "municipality", month) == pytest.approx(
        [18, 10, np.nan, np.nan, np.nan], nan_ok=True
    )
    by_kind = value("registration_time", "seeker", month)
    assert (by_kind[YOUNG], by_kind[REGULAR], by_kind[NEWCOMER]) == (12, 17, 18)
    assert value("registration_median", "region", month)[ALPHA] == 15
    assert np.isnan(value("registration_median", "region", month)[BETA])
    assert value("search_time", "statistic", month)[0] == pytest.approx((6 + 6 + 0) / 3)


def test_who_looks_for_a_home():
    month = after()
    assert value("seekers", "total", month) == [3]
    assert value("seekers", "seeker", month) == [0, 1, 0, 1, 1]
    assert value("seekers", "municipality", month) == [1, 1, 0, 1, 0]
    assert value("seekers", "region", month) == [2, 1]


def test_flows_and_vacant_homes():
    month = after(scale=0.5)
    month.events |= {"seeking": np.arange(3), "stopped": np.arange(2)}
    month.state.municipalities.vacant_small[A], month.state.municipalities.large[B] = 2.5, 1
    assert value("seekers_begun", "total", month) == [6]
    assert value("seekers_stopped", "total", month) == [4]
    assert value("homes_vacant", "total", month) == [7]


def test_who_lives_too_small_and_moves_on():
    month = after()
    rows = people(month.state, Stage.HOUSED, 2, municipality=D, crowded=True, rule=Rule.LOTTERY, registered=1)
    assert value("crowded", "total", month) == [2]
    assert value("crowded", "region", month) == [0, 2]
    assert value("seekers", "municipality", month) == [1, 1, 0, 3, 0]
    month.events["moved_on"] = rows[:1]
    assert value("moved_on", "total", month) == [1]
    assert value("lettings", "seeker", month)[NEWCOMER] == 3


def test_homes_found_outside_corporations_are_no_lettings():
    month = after()
    private = people(month.state, Stage.HOUSED, municipality=B, rule=Rule.PRIVATE, tenure=Tenure.PRIVATE)
    month.events["housed"] = np.append(month.events["housed"], private)
    month.events["found"] = private
    assert value("private_homes", "total", month) == [1]
    assert value("lettings", "total", month) == [6]
    assert value("homes_let", "municipality", month) == [1, 0, 0, 1, 0]
    assert value("seekers", "municipality", month) == [1, 2, 0, 1, 0]  # its tenant looks for one of a corporation
    month.events["moved_on"] = people(month.state, Stage.HOUSED, municipality=B, rule=Rule.REGISTRATION)
    assert value("homes_let", "municipality", month) == [1, 1, 0, 1, 0]


def test_a_month_without_lettings():
    state = village_state()
    state.clock.month = 13
    month = Month(state, {})
    assert value("lettings", "total", month) == [0]
    assert np.isnan(value("registration_time", "statistic", month)).all()
    assert np.isnan(value("registration_median", "seeker", month)).all()
