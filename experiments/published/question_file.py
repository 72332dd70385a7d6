"""The form of a published question: what is asked of which runs, and of which version the kept answer is."""

import json
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import AfterValidator, Field, StrictInt, model_validator

from abm.engine import forms
from abm.engine.dated import Month
from abm.engine.errors import InputError
from abm.engine.forms import Form, Number, Text, mistake
from abm.engine.text_files import siblings
from abm.engine.yaml_input import nearest, read_yaml
from abm.parameters import Plain
from abm.scenario_file import Scale, Seed
from experiments.report import council, paired_runs, plan
from experiments.report.quantities import YEARS, Quantity

ROOT = plan.CONFIGS.parent
FOLDER, ENDING = plan.CONFIGS / "published", ".yaml"
KNOWN: dict[str, Quantity] = {each.name: each for each in council.QUANTITIES}
DIGEST = Field(pattern="^[0-9a-f]{64}$")
MARK = "made:"  # the last key of a file, which publishing writes


def _known(name: str) -> str:
    if name not in KNOWN:
        raise mistake(f"no such outcome of a report{nearest(name, list(KNOWN))}", name)
    return name


Outcome = Annotated[str, AfterValidator(_known)]  # the name of a quantity of the report
Most = Annotated[Number, Field(ge=0.0)]


class Sides(Form):
    """Two scenarios, by their files."""

    a: Text
    b: Text


class Tolerance(Form):
    """How far numbers may be from the published ones and still count as the same.

    interval: a share of half the width of the published interval; outcomes: for some, in the unit of the table.
    """

    interval: Most = 0.1
    outcomes: dict[Outcome, Most] = {}


class Made(Form):
    """With what the published tables were made, and what they must be."""

    version: Text
    code: Annotated[str, DIGEST]  # of the source that simulates
    data: Annotated[str, DIGEST]  # of the facts
    tables: dict[str, Annotated[str, DIGEST]]  # file -> SHA-256


class Question(Form):
    """A published question."""

    question: plan.Words
    scenarios: Sides | None = None
    design: Text | None = None  # whose points are set beside its base
    scale: Scale
    until: Month | None = None
    seed: Seed = 1  # of the first pair
    pairs: Annotated[StrictInt, Field(ge=paired_runs.FEWEST, le=paired_runs.MOST)]
    years: Annotated[StrictInt, Field(ge=1)] = YEARS  # over which means are taken
    outcomes: tuple[Outcome, ...] = ()  # all that the scale carries, if none are named
    tolerance: Tolerance = Tolerance()
    made: Made | None = None

    @model_validator(mode="after")
    def _of_one_kind(self) -> Self:
        """Refuse a question about two scenarios and a design, or neither."""
        if (self.scenarios is None) == (self.design is None):
            raise ValueError("write either 'scenarios:' with a and b, or 'design:'")
        return self

    def asked(self) -> dict[str, Any]:
        """All that decides which numbers answer it, as plain JSON: not its words, and not what came out."""
        return self.model_dump(mode="json", exclude={"question", "tolerance", "made"})


def find(name: str) -> Path:
    """The file of a question, by its name or its path. Raises InputError."""
    if name.endswith(ENDING):
        return Path(name)
    known = [file.removesuffix(ENDING) for file in siblings(FOLDER)]
    if not known:
        raise InputError(f"{name}: the published questions are not here: work in a copy of the project, or give a file")
    if name not in known:
        raise InputError(f"{name}: no such published question{nearest(name, known)}")
    return FOLDER / f"{name}{ENDING}"


def load(path: Path) -> Question:
    """A question from its file. Raises InputError."""
    return forms.read(Question, read_yaml(path), str(path))


def with_made(text: str, made: Made) -> str:
    """The text of a file with what was published at its end, in place of what was there."""
    kept = text.split(f"\n{MARK}", 1)[0].rstrip("\n")
    tables = "".join(f"    {name}: {digest}\n" for name, digest in made.tables.items())
    lines = f"  version: '{made.version}'\n  code: '{made.code}'\n  data: '{made.data}'\n  tables:\n"
    return f"{kept}\n{MARK}  # by 'abm reproduce --publish'\n{lines}{tables}"


def json_schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of published questions, for editors, with the names of all outcomes."""
    found: dict[str, Any] = {"$schema": Plain.schema_dialect} | Question.model_json_schema(schema_generator=Plain)
    names = {"enum": list(KNOWN)}
    found["properties"]["outcomes"]["items"] = names
    found["$defs"]["Tolerance"]["properties"]["outcomes"]["propertyNames"] = names
    return found


if __name__ == "__main__":
    print(json.dumps(json_schema(), indent=1))
