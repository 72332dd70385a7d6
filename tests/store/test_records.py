"""Records: read back as they were written, and refused in one line where they are anything else."""

import json

import pytest

from abm.engine.errors import InputError
from experiments.store import records
from experiments.store.records import Damaged, Driver, Kept

TOLD = {"driver": "a-1", "began": 1.0, "at": 2.5, "total": 3, "counts": {"kept": 1}, "per_minute": 1e-3}
TOLD |= {"seconds_left": None}


def read(content: bytes) -> dict:
    return records.read(Driver, content, "place/a.json", "remove it")[1]


def test_what_was_written_is_read_in_its_order():
    content = records.written(TOLD)
    assert list(read(content).items()) == list(TOLD.items())
    plain = json.loads(content)
    assert (plain["version"], list(plain)[-1], len(plain["sha256"])) == (records.VERSION, "sha256", 64)


def test_every_single_bit_counts():
    content = records.written(TOLD)
    for bit in range(8 * len(content)):
        changed = bytearray(content)
        changed[bit // 8] ^= 1 << bit % 8
        with pytest.raises(Damaged, match=r"^place/a.json: is missing or damaged: remove it$"):
            read(bytes(changed))


@pytest.mark.parametrize(
    "content",
    [b"", b"{}", b"[]", b"null", b"1", b'"x"', b"{", b"\xff", b"[" * 100_000, b'{"version": 2}', b'{"driver": 1}',
     b'{"version": true}', b'{"version": "2"}', b"9" * 6_000, b'{"sha256": "0"}'],
)  # fmt: skip
def test_other_json_is_no_record(content):
    for kind in (Driver, Kept):
        with pytest.raises(Damaged, match="is missing or damaged") as raised:
            records.read(kind, content, "place/a.json", "remove it")
        assert "\n" not in str(raised.value)


def test_a_record_without_a_version_has_no_key_of_a_later_one():
    assert read(records.as_json(TOLD)) == TOLD
    for more in ({"version": 2}, {"sha256": "0" * 64}, {"other": 1}):
        with pytest.raises(Damaged):
            read(records.as_json(TOLD | more))


def test_a_later_version_says_so():
    with pytest.raises(Damaged, match=r"place/a.json: was written by a later version \(record 3\): use that one"):
        read(records.written(TOLD | {"version": 3}))


@pytest.mark.parametrize(
    ("value", "said"),
    [("half \ud800", r"'\\ud800' cannot be kept"), (float("nan"), "cannot be kept"), ({1, 2}, "cannot be kept")],
)
def test_what_cannot_be_kept_is_refused_in_a_line(value, said):
    with pytest.raises(InputError, match=said) as raised:
        records.written(TOLD | {"driver": value})
    assert "\n" not in str(raised.value)
    assert str(raised.value).isascii()
