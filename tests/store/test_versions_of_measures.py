"""A run is named after the source that simulates it, and each measure goes by the source that takes it."""

import shutil
from pathlib import Path

import pytest

import abm
from experiments.store import versions


@pytest.fixture
def source(tmp_path, monkeypatch) -> Path:
    """A copy of the model's source, which versions are made of."""
    place = tmp_path / "abm"
    shutil.copytree(Path(abm.__file__).parent, place, ignore=shutil.ignore_patterns("__pycache__", "data"))
    monkeypatch.setattr(versions, "MODEL", place)
    return place


def said(*names: str) -> tuple[dict, list[str], str]:
    """What versions say now of the model, of some measures, and of all of them."""
    for each in (versions.model_version, versions.measures_version, versions._code_of_module):
        each.cache_clear()
    return versions.model_version(), [versions.code_of(name) for name in names], versions.measures_version()


@pytest.fixture(autouse=True)
def forget():
    """What was said of the copy."""
    yield
    said()


MEASURES = ("in_reception", "employed")  # of rooms of their own
CHANGED = {  # module -> whether the runs, each of the two measures, and all measures together have another version
    "asylum/arrival.py": (True, (False, False), False),
    "engine/draws.py": (True, (False, False), False),
    "asylum/measures.py": (False, (True, False), True),
    "jobs/measures.py": (False, (False, True), True),
    "homes/starter_measures.py": (False, (False, False), True),
    "observe/measure.py": (False, (True, True), True),
    "recorder.py": (False, (True, True), True),
    "measures.py": (False, (False, False), True),
}


@pytest.mark.parametrize("module", CHANGED)
def test_an_edit_changes_the_version_of_what_it_makes(source, module):
    model, codes, every = said(*MEASURES)
    path = source / module
    path.write_text(path.read_text() + "\n# edited\n")
    model_now, codes_now, every_now = said(*MEASURES)
    found = (model_now != model, tuple(a != b for a, b in zip(codes, codes_now, strict=True)), every_now != every)
    assert found == CHANGED[module]


def test_a_measure_of_a_plugin_goes_by_its_source():
    plugins = {"late": {"digest": "0123456789abcdef0123", "measures": {"late_trains": {}}}}
    assert versions.code_of("late_trains", plugins) == "0123456789abcdef"
    assert versions.code_of("late_trains") == ""  # nobody declares it
    assert len(versions.code_of("in_reception", plugins)) == versions.NAME_LENGTH
