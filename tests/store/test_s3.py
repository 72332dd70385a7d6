"""A store on an object store that speaks S3: the same bytes as in a folder, resumed, listed and read."""

from contextlib import suppress

import pytest

from abm.engine.errors import InputError
from experiments.store.store import OUTCOMES, RUNS, Store
from experiments.sweeps import api, loading, sweep
from tests.helpers.clusters import driver, soon
from tests.helpers.objects import SECRET, environment, objects
from tests.helpers.runs import CURRENT

pytestmark = pytest.mark.slow
DESIGN = {
    "name": "remote",
    "scenarios": CURRENT,
    "until": "2016-06",
    "scale": 0.05,
    "replicates": 12,
    "levers": {"method": "grid", "parameters": {"policy.decision.capacity_factor": [1, 2]}},
}
YAML = f"""\
name: remote
scenarios: {CURRENT}
until: 2016-06
scale: 0.05
replicates: 12
levers: {{method: grid, parameters: {{policy.decision.capacity_factor: [1, 2]}}}}
"""


@pytest.fixture(scope="module")
def bucket(tmp_path_factory):
    """The URI of a store in a bucket."""
    with objects(tmp_path_factory.mktemp("objects")) as uri:
        yield uri


def files(store: Store, folder: str, ending: str) -> dict[str, bytes]:
    """Content of the files of a folder of a store."""
    return {name: store.files.read(f"{folder}/{name}{ending}") for name in store.files.names(folder, ending)}


def test_a_sweep_in_a_bucket_is_resumed_and_is_that_of_a_folder(bucket, tmp_path):
    design = tmp_path / "remote.yaml"
    design.write_text(YAML)
    remote = Store(bucket)
    words = ("sweep", str(design), "--store", bucket, "--workers", "2")
    with driver(*words, env=environment(), log=tmp_path / "killed.log") as process:
        soon(lambda: len(remote.done()) >= 3, what="three runs")
        process.end()
    kept = remote.done()
    assert 3 <= len(kept) < 24
    with driver(*words, env=environment(), log=tmp_path / "again.log") as process:
        assert process.wait(300) == 0, process.said()
    local = api.sweep(DESIGN, store=tmp_path / "folder", workers=1).store
    for folder, ending in ((RUNS, ".json"), (OUTCOMES, ".parquet"), ("sweeps/remote", ".parquet")):
        found, wanted = files(remote, folder, ending), files(local, folder, ending)
        assert found == wanted
        assert found
    with driver("status", "--store", bucket, env=environment(), log=tmp_path / "status.log") as process:
        assert process.wait(60) == 0
        assert "24" in process.said()
    frame = loading.load("remote", "in_reception", store=bucket)
    assert frame.equals(loading.load("remote", "in_reception", store=tmp_path / "folder"))
    assert SECRET not in (tmp_path / "again.log").read_text()


def test_more_objects_than_a_page_holds_are_listed(bucket):
    store = Store(bucket.replace("/store?", "/many?"))
    for number in range(1_200):
        store.files.write(f"{RUNS}/{number:016x}.json", b"{}")
    assert len(store.files.names(RUNS, ".json")) == 1_200


def test_a_wrong_key_and_a_bucket_that_is_not_there_are_one_line(bucket):
    with pytest.raises(InputError, match="SIGNATURE_DOES_NOT_MATCH") as raised:
        Store(bucket.replace(SECRET, "anothersecret")).check()
    with pytest.raises(InputError, match="no such sweep") as absent:
        sweep.find("remote", Store(bucket.replace("@runs/", "@nowhere/")))
    for message in (str(raised.value), str(absent.value)):
        assert "\n" not in message
        assert "secret" not in message


def test_nothing_is_shown_of_a_write_that_failed(bucket):
    store = Store(bucket.replace("/store?", "/partial?"))
    with suppress(InputError), pytest.MonkeyPatch.context() as patch:
        patch.setattr(type(store.files), "_put", lambda self, path, content: (_ for _ in ()).throw(OSError("gone")))
        store.files.write("runs/a.json", b"{}")
    assert store.done() == set()
    assert sweep.names(store) == []
