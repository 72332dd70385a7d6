"""Settings of all tests: the examples that are drawn are the same every time. And the command line, to be called."""

import os
import sys

import pytest
from hypothesis import settings

# A console keeps the size that it finds when its module is imported: each test says its own.
for size in ("COLUMNS", "LINES"):
    os.environ.pop(size, None)

from experiments.__main__ import main  # noqa: E402

pytest_plugins = ["tests.helpers.designs"]  # its fixtures
settings.register_profile("repeatable", derandomize=True, deadline=None, max_examples=60)
settings.load_profile("repeatable")


@pytest.fixture
def abm(monkeypatch, capsys):
    """Call the command line in this process: exit status, standard output, standard error."""

    def call(*words: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["abm", *words])
        monkeypatch.setenv("COLUMNS", "160")
        code = 0
        try:
            main()
        except SystemExit as ended:
            code = ended.code or 0
        shown = capsys.readouterr()
        return code, shown.out, shown.err

    return call
