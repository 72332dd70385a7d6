"""Files that people write: regular ones of a bounded size; nothing else is waited for."""

import os
import signal

import pytest

from abm.engine.errors import InputError
from abm.engine.text_files import MOST_BYTES, beside, read_text, siblings


@pytest.fixture(autouse=True)
def _impatient():
    """A file that is waited for fails its test after a few seconds."""
    before = signal.signal(signal.SIGALRM, lambda *_: pytest.fail("waited for a file"))
    signal.alarm(5)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


def refusal(act, *arguments):
    with pytest.raises(InputError) as error:
        act(*arguments)
    assert str(error.value).isprintable()
    return str(error.value)


def test_text_is_read_without_the_mark_of_its_encoding(tmp_path):
    (tmp_path / "a").write_bytes(b"\xef\xbb\xbfa: \xc3\xa9\r\n")
    assert read_text(tmp_path / "a") == "a: é\r\n"


def test_a_file_may_be_as_large_as_the_bound(tmp_path):
    (tmp_path / "a").write_bytes(b"x" * MOST_BYTES)
    assert len(read_text(tmp_path / "a")) == MOST_BYTES
    (tmp_path / "b").write_bytes(b"x" * (MOST_BYTES + 1))
    assert (
        refusal(read_text, tmp_path / "b") == f"{tmp_path / 'b'}: is larger than 1 MB: give a file that a person wrote"
    )


def test_a_pipe_and_a_device_are_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    assert "pipe: cannot be read (not a regular file)" in refusal(read_text, tmp_path / "pipe")
    (tmp_path / "zeros").symlink_to("/dev/zero")
    assert "zeros: cannot be read (not a regular file)" in refusal(read_text, tmp_path / "zeros")


def test_what_is_no_file_is_named_with_the_reason(tmp_path):
    (tmp_path / "loop").symlink_to("loop")
    assert "loop: cannot be read (Too many levels of symbolic links)" in refusal(read_text, tmp_path / "loop")
    assert "cannot be read (Is a directory)" in refusal(read_text, tmp_path)
    assert "cannot be read (File name too long)" in refusal(read_text, tmp_path / ("x" * 300))
    for odd in ("a\0b", "\ud800"):
        assert "is no path that a file can have" in refusal(read_text, tmp_path / odd)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read(tmp_path):
    (tmp_path / "a").touch(mode=0)
    assert "cannot be read (Permission denied)" in refusal(read_text, tmp_path / "a")


def test_the_line_that_is_not_utf_8_is_named(tmp_path):
    (tmp_path / "a").write_bytes(b"a: 1\nb: \xe9\n")
    assert refusal(read_text, tmp_path / "a").startswith(f"{tmp_path / 'a'} line 2: cannot be read (not UTF-8)")
    (tmp_path / "b").write_bytes("a: 1\n".encode("utf-16"))
    assert "line 1: cannot be read (not UTF-8)" in refusal(read_text, tmp_path / "b")


def test_a_file_whose_name_is_not_utf_8_is_read(tmp_path):
    (tmp_path / "caf\udce9.yaml").write_text("x")
    assert read_text(tmp_path / "caf\udce9.yaml") == "x"
    assert "caf\\udcea.yaml: cannot be read (No such file" in refusal(read_text, tmp_path / "caf\udcea.yaml")


def test_a_file_beside_another(tmp_path):
    (tmp_path / "base.yaml").touch()
    os.symlink("nobody@host.1", tmp_path / ".#base.yaml")  # what an editor leaves
    assert beside("top.yaml: extends", tmp_path, "base.yaml") == tmp_path / "base.yaml"
    assert beside("top.yaml: extends", tmp_path, str(tmp_path / "base.yaml")) == tmp_path / "base.yaml"
    message = refusal(beside, "top.yaml: extends", tmp_path, "bsae.yaml")
    assert message == f"top.yaml: extends: there is no file {tmp_path / 'bsae.yaml'}: did you mean 'base.yaml'?"
    for odd in ("a\0b", "x" * 300, "\ud800", "q/" * 3_000, "."):
        message = refusal(beside, "top.yaml: extends", tmp_path, odd)
        assert message.startswith("top.yaml: extends: there is no file")
        assert len(message) < 400 + len(str(tmp_path))
    assert siblings(tmp_path) == ["base.yaml"]
    assert siblings(tmp_path / "nowhere") == []
