"""Places as they are said: without credentials, whatever the form of the URI and the way of printing."""

import json
from urllib.parse import quote

import pytest

from abm.engine.errors import InputError
from experiments.store.checkpoints import Checkpoints
from experiments.store.filesystem import Files
from experiments.store.place import public, reason
from experiments.store.store import Store
from experiments.sweeps import runner
from tests.helpers.refusals import refused
from tests.helpers.runs import CURRENT, real, small

SECRET = "Hush4Hush/With?Oddity#Signs"
KEY = "AKIAHUSHHUSH"
ESCAPED = quote(SECRET, safe="")
URIS = (
    f"s3://{KEY}:{SECRET}@bucket/prefix",
    f"s3://{KEY}:{ESCAPED}@bucket/prefix?region=here",
    f"s3://{KEY}@bucket/prefix?region=here",
    f"s3://bucket/prefix?secret_key={ESCAPED}",
    f"s3://bucket/prefix?region=here&access_key={KEY}&secret_key={SECRET}",
    f"s3://bucket/prefix?region=here&{ESCAPED}",
    f"s3://bucket/prefix?endpoint_override=http://{KEY}:{ESCAPED}@server:9000&scheme=odd",
    f"s3://bucket/prefix?region=here#{ESCAPED}",
    f"gs://{KEY}:{SECRET}@bucket/prefix",
    f"az://container:{SECRET}@account/prefix",
    f"abfss://container:{ESCAPED}@account.dfs.core.windows.net/prefix?sas_token={ESCAPED}",
    f"https://{KEY}:{SECRET}@server/prefix",
    f"hdfs://name:{ESCAPED}@server/prefix",
    f"ftp://{KEY}:{ESCAPED}@server:21/prefix?password={SECRET}",
    f"s3:/{KEY}:{SECRET}@bucket/prefix",
    f"s3:{KEY}:{SECRET}@bucket",
)
PIECES = ("Hush", "AKIA", "Odd", "Signs", "HUSH")


@pytest.mark.parametrize(
    ("place", "named"),
    [
        ("s3://key:secret@bucket/prefix?region=x", "s3://bucket/prefix?region=x"),
        ("s3://key:sec/ret@bucket/prefix", "s3://bucket/prefix"),
        ("s3://key:sec?ret@bucket/prefix?scheme=http", "s3://bucket/prefix?scheme=http"),
        ("s3://bucket/prefix?secret_key=abcd&region=x", "s3://bucket/prefix?secret_key=...&region=x"),
        ("s3://b?endpoint_override=http%3A%2F%2Fu%3Asecret%40host", "s3://b?endpoint_override=...host"),
        ("s3://b?endpoint_override=localhost:9000&scheme=http", "s3://b?endpoint_override=localhost:9000&scheme=http"),
        ("s3://bucket/a@b", "s3://bucket/a@b"),
        ("s3://bucket/a#secret", "s3://bucket/a"),
        ("s3://bucket/a?region=x#secret", "s3://bucket/a?region=x"),
        ("gs://anonymous@bucket", "gs://anonymous@bucket"),
        ("gs://somebody@bucket", "gs://bucket"),
        ("abfss://container@account.dfs.core.windows.net/a", "abfss://container@account.dfs.core.windows.net/a"),
        ("abfss://container:secret@account.dfs.core.windows.net/a", "abfss://container@account.dfs.core.windows.net/a"),
        ("hdfs://name@server:8020/a", "hdfs://name@server:8020/a"),
        ("a@b/c", "a@b/c"),
        ("/home/me/run?secret_key=1", "/home/me/run?secret_key=1"),
    ],
)
def test_a_place_is_said_without_what_is_secret(place, named):
    assert public(place) == named


@pytest.mark.parametrize("uri", URIS)
def test_no_part_of_a_secret_is_said_of_a_place_that_cannot_be_used(abm, uri):
    for words in (
        ("run", CURRENT),
        ("table", "abc", "in_reception"),
        ("status",),
        ("sweep", "configs/designs/smoke.yaml", "--workers", "1", "--dry-run"),
        ("compare", CURRENT, CURRENT),
        ("validate", "abc"),
        ("repeat", "abc"),
    ):
        if words[0] != "status" and uri not in (URIS[0], URIS[3], URIS[-1]):
            continue  # all commands open a place in one way
        if _opens(uri):
            continue
        result = abm(*words, "--store", uri)
        refused(result, "--store: ")
        assert not any(piece in "".join(result[1:]) for piece in PIECES), result


def _opens(uri: str) -> bool:
    """Whether pyarrow takes a place without reaching for it: then the next test says what becomes of it."""
    try:
        Files(uri)
    except InputError:
        return False
    return True


@pytest.mark.parametrize("uri", [each for each in URIS if "://" in each])
def test_no_part_of_a_secret_is_kept_or_said_by_what_uses_a_place(tmp_path, uri):
    store = Store(tmp_path)
    files = store.files
    files.place, files.local, files.named = uri, False, public(uri)
    job = runner.Job("abc", small("2015-01", scale=0.01))
    record = runner.failure(job, runner.Shared(real(), store, {}, Checkpoints(store, real().digest)), "a reason")
    error = OSError(f"while reading '{uri}': {SECRET} of {KEY} or {ESCAPED} is wrong, see {KEY}:{ESCAPED[:9]}")
    said = [files.named, files.shown("runs/a.json"), json.dumps(record), files.why(error), repr(store), repr(files)]
    with pytest.raises(InputError) as not_there:
        store.find("nothing")
    said.append(str(not_there.value))
    (tmp_path / "runs").mkdir()
    (tmp_path / "runs" / "a.json").mkdir()
    with pytest.raises(InputError) as unread:
        files.read("runs/a.json")
    said.append(str(unread.value))
    for words in said:
        leaked = [piece for piece in PIECES if piece in words and piece in uri]
        assert not leaked, words


def test_the_reason_of_an_error_stays_one_short_line():
    assert reason(ValueError("first\nsecond")) == "first second"
    assert len(reason(ValueError("x" * 999))) < 210
    assert reason(FileNotFoundError(2, "No such file or directory")) == "No such file or directory"


@pytest.mark.parametrize("place", ["s3:/bucket/prefix", "gs:/bucket"])
def test_a_uri_that_lacks_a_slash_is_no_folder(abm, tmp_path, monkeypatch, place):
    monkeypatch.chdir(tmp_path)
    refused(abm("status", "--store", place), "--store", f"{place[:2]}://")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_with_a_colon_may_be_written_out(tmp_path):
    Files(tmp_path / "s3:" / "bucket").write("a", b"x")
    assert (tmp_path / "s3:" / "bucket" / "a").read_bytes() == b"x"


@pytest.mark.parametrize("place", ["~nobody-of-this-name/store", "~"])
def test_a_home_folder_that_is_not_known_makes_no_folder(abm, tmp_path, monkeypatch, place):
    monkeypatch.chdir(tmp_path)
    if place == "~":
        monkeypatch.setenv("HOME", "~")  # what expanduser leaves where nobody knows the user
    refused(abm("status", "--store", place), "--store", "home folder", "/")
    assert list(tmp_path.iterdir()) == []
