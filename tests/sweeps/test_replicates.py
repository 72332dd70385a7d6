"""More seeds of a run: missing ones are made once, kept ones are found, and versions are not mixed."""

import pytest

from abm.engine.errors import InputError
from experiments.store import versions
from experiments.store.store import Store
from experiments.sweeps import runner
from experiments.sweeps.execution import Execution
from experiments.sweeps.replicates import replicates
from tests.helpers.observed import tiny
from tests.helpers.runs import real, small
from tests.helpers.stores import content

SCENARIO = small("2015-02", scale=0.005, seed=3)


@pytest.fixture
def how(tmp_path):
    return Execution(workers=1, store=tmp_path)


def test_the_seeds_that_follow_are_made_and_kept(how, tmp_path):
    first, _ = runner.run(SCENARIO, how.store)
    found = replicates(first, 3, how)
    assert [run.about()["seed"] for run in found] == [3, 4, 5]
    assert found[0].name == first.name
    for run in found:  # the same run as one that is made alone
        again = SCENARIO.changed(seed=run.about()["seed"])
        assert run.name == versions.run_name(again, real().digest)
        assert run.about()["scenario"] == again.canonical()
        assert run.about()["title"] == SCENARIO.title
    before = content(tmp_path)
    assert [run.name for run in replicates(first, 2, how)] == [run.name for run in found[:2]]
    assert content(tmp_path) == before


def test_seeds_of_another_version_are_found_but_not_made(how):
    name = "ofanother"
    first = tiny(how.store, name)  # its record says other data
    assert replicates(first, 1, how) == [first]
    with pytest.raises(InputError, match=f"{name}: was made with another version .* and 1 of its 2 seeds are not kept"):
        replicates(first, 2, how)
    record = first.about()
    second = versions.name_by(record["model"], record["scenario"] | {"seed": 2}, record["data_digest"])
    tiny(how.store, second, seed=2)
    assert [run.name for run in replicates(first, 2, how)] == [name, second]


@pytest.mark.parametrize("seeds", [0, -1, 1001, True])
def test_impossible_numbers_are_refused(how, seeds):
    with pytest.raises(InputError, match="--seeds: .* is too few or too many: give 1 to 1000"):
        replicates(Store(how.store).run("any"), seeds, how)
