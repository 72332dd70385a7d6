"""Where runs branch, by hand; and what branches has the bytes of what does not, whatever the order."""

import numpy as np
import pytest

from abm import Model
from abm.chain import turn
from abm.engine.errors import InputError
from experiments import model_at
from experiments.analysis import comparison
from experiments.store.checkpoints import Checkpoints
from experiments.store.store import Store
from experiments.sweeps import api, branches, cost, runner
from experiments.sweeps import sweep as sweeps
from experiments.sweeps.jobs import Jobs
from tests.helpers.runs import CURRENT, real, small
from tests.helpers.stores import content

CAPACITY, REUNION = "policy.decision.capacity_factor", "policy.reunion.capacity_factor"
BASE = small("2015-08", scale=0.005)
DESIGN = {
    "name": "branching",
    "scenarios": CURRENT,
    "until": "2015-06",
    "scale": 0.005,
    "replicates": 2,
    "levers": {"method": "grid", "from": "2015-04", "parameters": {CAPACITY: [0.5, 1, 2]}},
}


def changed(**months):
    """The base with values from a month on: changed(capacity='2015-03', reunion='2015-05')."""
    names = {"capacity": CAPACITY, "reunion": REUNION}
    return BASE.with_values({names[name]: {month: 2} for name, month in months.items()})


@pytest.fixture
def turns(monkeypatch):
    """The months that are simulated, with their seeds."""
    found = []

    def counted(state, params, seed, *rest):
        if state.scale == BASE.scale:  # not what warms up the kernels
            found.append((seed, state.clock.month))
        return turn(state, params, seed, *rest)

    monkeypatch.setattr(runner, "turn", counted)
    return found


# --- where


def test_runs_branch_where_one_begins_to_differ():
    first, second, third = changed(capacity="2015-03"), changed(capacity="2015-03", reunion="2015-05"), BASE
    months = [[month for month, _ in each] for each in branches.branches([first, second, third])]
    assert months == [[2, 4], [2, 4], [2]]
    numbers = branches.branches([first, second, third])
    assert numbers[0] == numbers[1]
    assert numbers[0][0] == numbers[2][0]


def test_worlds_that_differ_from_the_first_month_share_nothing():
    worlds = [BASE, BASE.with_values({CAPACITY: 2}), BASE.with_values({CAPACITY: 3, REUNION: {"2015-04": 2}})]
    assert branches.branches(worlds) == [(), (), ()]
    assert branches.branches([BASE, BASE.changed(scale=0.01), BASE.changed(layout=2024)]) == [(), (), ()]
    assert branches.branches([BASE]) == [()]
    assert branches.branches([BASE, BASE]) == [(), ()]  # one run


def test_a_value_that_is_set_again_is_no_difference():
    assert branches.branches([BASE, BASE.with_values({CAPACITY: {"2015-03": 1}})]) == [(), ()]


def test_leaders_come_first_and_then_those_of_one_state_together():
    a, b = (2, 0), (4, 7)
    runs = [(1, (a,)), (2, (a,)), (1, (a, b)), (2, (a,)), (1, (a, b)), (1, (a,)), (2, ())]
    order, leaders = branches.order(runs)
    assert order[:leaders] == [0, 1, 2, 6]  # 2 is the first with the second state; 6 shares nothing
    assert order[leaders:] == [5, 4, 3]


def test_points_of_a_design_branch_among_those_that_share_their_world():
    worlds = {"method": "grid", "parameters": {"world.arrival.first_applications": [20000, 30000]}}
    design = api.read(DESIGN | {"uncertainties": worlds})
    found = branches.of_points(design, range(6))
    assert {point: [month for month, _ in each] for point, each in found.items()} == dict.fromkeys(range(6), [3])
    assert len(set(found.values())) == 2
    assert branches.of_points(design, [0, 1, 5])[5] == ()


def test_runs_with_random_numbers_of_their_own_keep_nothing(tmp_path):
    design = api.read(DESIGN | {"random_numbers": "independent"})
    begun = sweeps.begin(design, Store(tmp_path), real().digest)
    assert {job.keeps for job in Jobs(design, begun.runs)} == {()}
    shared = api.read(DESIGN)
    one = sweeps.begin(shared, Store(tmp_path / "shared"), real().digest).runs
    assert {job.keeps for job in Jobs(shared, one)} == {(3,)}
    assert [job.keeps for job in Jobs(shared, one.iloc[:1])] == [()]  # the only one that is left of its seed


def test_a_run_on_its_own_keeps_the_month_in_which_it_leaves_the_law_of_today():
    assert branches.usual(changed(capacity="2015-05")) == (4,)
    assert branches.usual(BASE) == ()
    assert branches.usual(BASE.changed(until="2030-12")) == (144,)
    assert branches.usual(BASE.with_values({CAPACITY: 2}).changed(until="2030-12")) == (144,)


# --- what comes out


def made(place, design=DESIGN, **options):
    return api.sweep(design, workers=1, store=place, **options)


def outcomes(place):
    return {key: each for key, each in content(place).items() if not key.startswith("checkpoints/")}


def test_a_sweep_that_branches_has_the_bytes_of_one_that_does_not(tmp_path, turns):
    made(tmp_path / "plain", history=0)
    assert len(turns) == 6 * 6
    turns.clear()
    made(tmp_path / "branched")
    assert len(turns) == 2 * (6 + 3 + 3)
    assert [turns.count((seed, month)) for seed in (1, 2) for month in range(6)] == [1, 1, 1, 3, 3, 3] * 2
    assert outcomes(tmp_path / "plain") == outcomes(tmp_path / "branched")
    assert len(list((tmp_path / "branched" / "checkpoints").iterdir())) == 2


def test_another_sweep_a_comparison_and_a_run_use_the_same_history(tmp_path, turns):
    made(tmp_path)
    turns.clear()
    made(
        tmp_path,
        DESIGN
        | {
            "name": "later",
            "replicates": 1,
            "levers": {"method": "grid", "from": "2015-04", "parameters": {REUNION: [2]}},
        },
    )
    assert sorted({month for _, month in turns}) == [3, 4, 5]
    turns.clear()
    small_base = small("2015-06", scale=0.005)
    runner.run(small_base.with_values({REUNION: {"2015-05": 3}}), tmp_path)
    assert [month for _, month in turns] == [3, 4, 5]
    turns.clear()
    other = small_base.with_values({REUNION: {"2015-04": 4}})
    comparison.compare(small_base, other, workers=1, store=tmp_path, pairs=2, measure="permits")
    assert {month for _, month in turns} == {3, 4, 5}


def test_the_order_of_jobs_does_not_matter(tmp_path):
    made(tmp_path / "plain", history=0)
    design = api.read(DESIGN)
    store = Store(tmp_path / "mixed")
    begun = sweeps.begin(design, store, real().digest)
    given = sweeps.shared(store)
    jobs = list(Jobs(design, begun.runs))
    for place in np.random.default_rng(3).permutation(len(jobs)):
        assert runner.work(jobs[place], given).status == "kept"
    there = outcomes(tmp_path / "plain")
    assert {key: each for key, each in outcomes(tmp_path / "mixed").items() if key in there and "runs/" in key} == {
        key: each for key, each in there.items() if "runs/" in key
    }


def test_a_run_that_is_made_again_branches_from_nothing(tmp_path, turns):
    scenario = small("2015-06", scale=0.005).with_values({CAPACITY: {"2015-04": 2}})
    runner.run(scenario, tmp_path)
    turns.clear()
    runner.run(scenario, tmp_path, again=True)
    assert len(turns) == 6


# --- told before


def test_a_dry_run_says_how_many_runs_branch_and_when(tmp_path, monkeypatch):
    monkeypatch.setattr(cost, "measured", lambda jobs, at_once: cost.measure(jobs))  # in this process: quicker
    plan = api.dry_run(DESIGN, workers=1, store=tmp_path)
    assert dict(plan.branches) == {3: 4}
    assert 0 < plan.branch_seconds[3] < plan.each * 1.5
    said = dict(plan.lines(10**10))
    assert said["That branch"].startswith("4 in 2015-04 (")
    assert api.dry_run(DESIGN, workers=1, store=tmp_path, history=0).branches == {}
    made(tmp_path, DESIGN | {"replicates": 1})
    assert dict(api.dry_run(DESIGN | {"name": "more"}, workers=1, store=tmp_path).branches) == {3: 2}
    worlds = {
        "name": "worlds",
        "scenarios": CURRENT,
        "until": "2015-02",
        "scale": 0.005,
        "uncertainties": {"method": "grid", "parameters": {"world.arrival.first_applications": [20000, 30000]}},
    }
    said = dict(api.dry_run(worlds, workers=1, store=tmp_path).lines(10**10))
    assert said["That branch"] == "none: the runs of a seed differ from January 2015 on"


# --- models


def test_a_model_begins_at_a_month(tmp_path):
    whole = model_at("2015-05", BASE, store=tmp_path, history=0)
    assert (whole.month, whole.time, whole.everybody) == ("2015-05", 4, True)
    for _ in range(2):  # made, then read
        model = model_at("2015-05", BASE, store=tmp_path)
        with pytest.raises(InputError, match="no month is simulated yet"):  # what happened before is not in the state
            model.measure("permits")
        assert (model.month, model.time, model.steps, model.everybody) == ("2015-05", 4, 4, False)
        model.run_for(2)
        assert model.month == "2015-07"
    whole.run_for(2)
    for name, by in (("in_reception", "status"), ("support", "region"), ("employed", None)):
        assert np.array_equal(model.measure(name, by), whole.measure(name, by))


def test_a_state_of_another_scale_or_a_later_month_is_refused(tmp_path):
    known = Checkpoints(Store(tmp_path), real().digest)
    runner.simulate(BASE, real(), None, known, (4,))
    for other in (BASE.changed(scale=0.01), BASE.changed(until="2015-04")):
        with pytest.raises(InputError, match="checkpoint: is of another scale, or after the last month"):
            Model(other, checkpoint=known.at(BASE, 4))


@pytest.mark.parametrize(
    ("month", "said"),
    [("2015-01", "is outside the run"), ("2015-09", "is outside the run"), ("May", "is not a month"), (5, "is not a")],
)
def test_a_month_that_cannot_be_is_one_line(tmp_path, month, said):
    with pytest.raises(InputError, match=said) as error:
        model_at(month, BASE, store=tmp_path)
    assert "\n" not in str(error.value)
    assert list(tmp_path.iterdir()) == []
