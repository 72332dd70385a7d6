"""How runs are made: checked once, whether it comes as one thing or as keywords."""

import numpy as np
import pytest

from abm.engine.errors import InputError
from experiments import Execution, compare, dry_run, extend, sweep
from experiments.store.store import Store
from experiments.sweeps import machine, ray_workers
from experiments.sweeps.execution import execution_of
from experiments.validation.published_experiments import replicate
from tests.helpers.runs import CURRENT

TINY = {"name": "tiny", "scenarios": CURRENT, "until": "2015-02", "scale": 0.005}
CALLS = {
    "sweep": lambda *how, **options: sweep(TINY, *how, **options),
    "extend": lambda *how, **options: extend(TINY, *how, **options),
    "dry_run": lambda *how, **options: dry_run(TINY, *how, **options),
    "compare": lambda *how, **options: compare(CURRENT, CURRENT, *how, **options),
    "replicate": lambda *how, **options: replicate(*how, **options),
}


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"workers": 0}, "--workers: 0 is not possible: give 1 or more, or omit it for one per core"),
        ({"budget": -1.0}, "--budget: -1 is not a number of hours: give 0 or more"),
        ({"history": -1}, "--history: -1 is not a size: give 0 bytes or more"),
        ({"history": float("nan")}, "--history: nan is not a size: give 0 bytes or more"),
        ({"budget": float("nan")}, "--budget: nan is not a number of hours: give 0 or more"),
        ({"store": " "}, "--store: is empty: give a folder or a URI like s3://BUCKET/PREFIX"),
    ],
)
@pytest.mark.parametrize("call", CALLS)
def test_what_cannot_be_is_refused_before_anything_is_written(call, options, said, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError) as error:
        CALLS[call](**options)
    assert str(error.value) == said
    assert list(tmp_path.iterdir()) == []


def test_an_execution_knows_its_store_workers_and_seconds(tmp_path):
    how = Execution(workers=3, store=tmp_path, budget=0.5)
    assert isinstance(how.store, Store)
    assert how.store.files.place == str(tmp_path)
    assert (how.count(), how.seconds) == (3, 1800)
    assert (Execution().count(), Execution().seconds) == (machine.cores(), None)
    assert Execution(store=how.store).store.files.place == str(tmp_path)


def test_one_job_takes_one_worker_and_no_ray():
    with Execution(workers=8).pool(1) as do:
        assert do is ray_workers.serial
    with Execution(workers=1).pool(1000) as do:
        assert do is ray_workers.serial


def test_keywords_or_an_execution_and_not_both(tmp_path):
    how = Execution(workers=1, store=tmp_path)
    assert execution_of(how, {}) is how
    assert execution_of(None, {"workers": 2, "budget": 1.0}).workers == 2
    with pytest.raises(TypeError, match="give an Execution or workers, not both"):
        execution_of(how, {"workers": 2})
    with pytest.raises(TypeError, match="worker"):
        sweep(TINY, worker=2)


def test_one_execution_serves_several_calls(tmp_path):
    how = Execution(workers=1, store=tmp_path)
    assert len(sweep(TINY, how).missing()) == 0
    assert len(extend(TINY, how, replicates=2).runs) == 2
    assert dry_run(TINY | {"replicates": 2}, how).missing == 0


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"workers": "2"}, "--workers: '2' is not possible: give 1 or more"),
        ({"workers": 2.0}, "--workers: 2.0 is not possible"),
        ({"workers": True}, "--workers: True is not possible"),
        ({"workers": np.array([2])}, "--workers: array([2]) is not possible"),
        ({"budget": "1"}, "--budget: '1' is not a number of hours: give 0 or more"),
        ({"budget": True}, "--budget: True is not a number"),
        ({"address": 6379}, "--address: 6379 is not an address: give auto"),
        ({"store": 3}, "--store: int is not a place"),
        ({"store": None}, "--store: NoneType is not a place"),
    ],
)
def test_a_value_of_another_type_is_one_line(options, said):
    with pytest.raises(InputError) as error:
        Execution(**options)
    assert str(error.value).startswith(said)
    assert "\n" not in str(error.value)


def test_numbers_of_numpy_are_taken(tmp_path):
    how = Execution(workers=np.int64(1), budget=np.float32(0.5), store=tmp_path)
    assert (how.workers, how.budget, how.seconds) == (1, 0.5, 1800.0)
    assert type(how.workers) is int
