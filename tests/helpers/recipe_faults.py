"""Does what docs/recipes.md warns of, where its recipes were followed, and prints what is said, as a list in JSON.

`python -m tests.helpers.recipe_faults FOLDER`; the folder is for tables that are made wrong.
"""

import json
import shutil
import sys
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import MISSING, fields
from pathlib import Path
from types import ModuleType, SimpleNamespace

import numpy as np

from abm import chain, measures, start
from abm.civic import school
from abm.engine.draws import Draws
from abm.engine.table import NO_ROW
from abm.facts import facts
from abm.facts.facts import Inputs
from abm.finance import money
from abm.observe.measure import level
from abm.scenario import default
from abm.state import State
from abm.tables import civic
from abm.tables.country import Kind
from abm.tables.money import Purpose
from abm.tables.people import Stage
from tests.helpers.village import A, people, village, village_state


def wrong_table(folder: Path, file: str, old: str, new: str) -> Callable[[], object]:
    """Load facts of which one file has something else than it should."""

    def load() -> object:
        data = Path(shutil.copytree(facts.FOLDER, folder / "data", dirs_exist_ok=True))
        text = (facts.FOLDER / file).read_text(encoding="utf-8")
        (data / file).write_text(text.replace(old, new), encoding="utf-8")
        return facts.load(data)

    return load


def process(**parts) -> SimpleNamespace:
    """A process called school that does nothing, with other parts."""
    nothing = {"__name__": "school", "WRITES": ("newcomers.schoolchild",), "EVENTS": {}, "step": lambda *_: {}}
    return SimpleNamespace(**nothing | parts)


def unlisted_column() -> None:
    """A process writes a column that WRITES does not have."""
    state = village_state()
    people(state, Stage.IN_DECISION)
    state.newcomers.born[:] = state.clock.month - 120
    with state.writing(("newcomers.exempt",)):
        school.step(state, school.Params(rate=1), Draws(1, "school", 0))


def unlisted_event() -> None:
    """A process returns an event that EVENTS does not have."""
    happened = process(step=lambda *_: {"started": np.zeros(0, np.int64)})
    chain.turn(village_state(), {}, 1, chain=(happened,))


def unknown_event() -> None:
    """A module of measures reads an event that no process gives."""
    module = ModuleType("measures_of_school")
    text = "from abm.observe.measure import event\nARRIVED = event('unaccompanied_arrived')"
    exec(compile(text, "measures_of_school.py", "exec"), vars(module))
    measures.gathered((module,))


def without_docstring() -> None:
    """A measure that does not say what it counts."""
    level("persons", en="Minors", nl="Minderjarigen", name="minors")(lambda month: 0)


def unknown_breakdown() -> None:
    """A measure by something that is no breakdown."""

    def minors(month):
        """Minors."""

    level("persons", en="Minors", nl="Minderjarigen", by="age")(minors)


def without_new_fact() -> None:
    """Inputs are made without the new field."""
    given = [field.name for field in fields(Inputs) if field.default is MISSING and field.default_factory is MISSING]
    Inputs(**dict.fromkeys(set(given) - {"scripts"}))


def closed_table() -> None:
    """Rows are added to a table of which only columns may be written."""
    state = State(village())
    with state.writing(("teams.helped",)):
        state.teams.add(1)


def crowded_location() -> None:
    """A family location holds more people than it has places."""
    state = village_state()
    location = state.locations.add(1, kind=Kind.FAMILY, places=3)[0]
    people(state, Stage.DEPARTING, 2, size=2, location=location)
    state.check()


def lost_place() -> None:
    """A household in reception has no place."""
    state = village_state()
    rows = people(state, Stage.DEPARTING)
    state.households.location[rows] = NO_ROW
    state.check()


@contextmanager
def lacking(table: dict, key: object):
    """A table of constants without one of its keys."""
    kept = table.pop(key)
    try:
        yield
    finally:
        table[key] = kept


def without_parties() -> None:
    """A purpose has neither payer nor payee."""
    with lacking(money.PARTIES, Purpose.PLACES_FAMILY):
        start.initialise_country(State(village()), start.Params(), Draws(1, "start", 0))


def said(folder: Path) -> list[str]:
    """What each fault says. Raises AssertionError where nothing is said."""
    mergers = "municipal_mergers.csv"
    faults = (
        lambda: default().with_values({"policy.money.penalty_facter": 1}),
        lambda: default().with_values({"world.money.penalty_factor": 1}),
        unlisted_column,
        unlisted_event,
        lambda: chain.gathered((process(EVENTS={"started_school": "pupils"}),)),
        without_docstring,
        unknown_breakdown,
        unknown_event,
        wrong_table(folder, "sources.yaml", "source: cldr_scripts, derived", "source: cldr_script, derived"),
        without_new_fact,
        closed_table,
        lambda: civic.Teams().add(1, town=A),
        crowded_location,
        without_parties,
        lost_place,
        wrong_table(folder, mergers, "2027,GM1730,GM2002", "2027,GM1739,GM2002"),
        wrong_table(folder, mergers, "Tynaarlo,Noord-Drenthe,1,1", "Tynaarlo,Noord-Drenthe,0.5,1"),
        wrong_table(folder, mergers, "GM2002", "GM1680"),
        lambda: default().changed(layout=2022),
    )
    found = []
    for fault in faults:
        try:
            fault()
        except Exception as error:
            found.append(f"{type(error).__name__}: {error}")
        else:
            raise AssertionError(f"{fault.__name__}: nothing was said")
    return found


if __name__ == "__main__":
    print(json.dumps(said(Path(sys.argv[1]))))
