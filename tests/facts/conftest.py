"""Fixtures of the tests of facts."""

import shutil
from pathlib import Path

import pytest

from abm.facts import facts as inputs


@pytest.fixture
def folder(tmp_path):
    """A copy of the facts that a test may damage."""
    return Path(shutil.copytree(inputs.FOLDER, tmp_path / "data"))
