"""Many runs by Mesa's batch_run: what each gives, and that no two are one."""

import multiprocessing

import mesa
import pytest

from abm import Model
from abm.engine.errors import InputError
from tests.helpers.collected import Collected, in_reception

SCALE = 0.01


@pytest.fixture
def start_method():
    """Restore the start method of processes, which batch runs change."""
    before = multiprocessing.get_start_method(allow_none=True)
    yield
    multiprocessing.set_start_method(before, force=True)


class Counted(Collected):
    """Without agents, a batch run gives one row per run."""

    def __init__(self, scale=SCALE, seed=None, until="2015-03"):
        super().__init__(scale=scale, seed=seed, until=until)
        self.datacollector = mesa.DataCollector(model_reporters={"reception": in_reception})


@pytest.mark.usefixtures("start_method")
def test_batch_runs_equal_direct_runs():
    scales, seeds = [0.005, 0.01], [1, 2]
    rows = mesa.batch_run(Counted, {"scale": scales}, rng=seeds, number_processes=1, display_progress=False)
    found = {(row["scale"], row["seed"]): row["reception"] for row in rows}
    for (scale, seed), reception in found.items():
        direct = Model(scale=scale, seed=seed, until="2015-03")
        direct.run_model()
        assert in_reception(direct) == reception
    assert len(found) == len(rows) == 4
    assert len(set(found.values())) > 2


@pytest.mark.usefixtures("start_method")
@pytest.mark.filterwarnings("ignore:The `iterations` keyword argument is deprecated")
@pytest.mark.parametrize("how", [{"iterations": 2}, {"rng": [None, None]}])
def test_a_repetition_without_a_seed_of_its_own_is_refused(how):
    with pytest.raises(InputError, match=r"runs seed 1 again: give it seeds, like rng=\[1, 2, 3\]"):
        mesa.batch_run(Counted, {"until": "2015-01"}, **how, number_processes=1, display_progress=False)


@pytest.mark.usefixtures("start_method")
def test_one_run_without_a_seed_is_that_of_the_scenario():
    (row,) = mesa.batch_run(Counted, {"until": "2015-01"}, number_processes=1, display_progress=False)
    direct = Model(scale=SCALE, until="2015-01")
    direct.run_model()
    assert row["reception"] == in_reception(direct)
