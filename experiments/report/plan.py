"""The form of a plan in its parts: what of it is in the model, with the scenario and the measure of each part, and what
is not, with the reason.
"""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from abm.engine.dated import Month
from abm.engine.forms import Form, Text, mistake, read
from abm.engine.yaml_input import nearest, read_yaml
from abm.measures import MEASURES, breakdown_of

CONFIGS = Path(__file__).parents[2] / "configs"
PLAN, SCENARIOS = CONFIGS / "plan.yaml", CONFIGS / "scenarios"
NAMES = [measure.name for measure in MEASURES]


def _measure(text: str) -> str:
    """A measure, or one of its groups as 'measure/breakdown/group'."""
    name, *within = text.split("/")
    if name not in NAMES:
        raise mistake(f"no such measure{nearest(name, NAMES)}")
    if within:
        breakdown_of(name, within[0])
    return text


class Words(Form):
    """A text in both languages."""

    nl: Text
    en: Text


class Part(Form):
    """A part of the plan that is in the model."""

    rung: Text  # its name in the ladder
    scenario: Text  # name of the scenario file that has this part alone
    name: Words
    paragraphs: Annotated[tuple[Text, ...], Field(min_length=1)]  # headings of the plan
    assumed: Words
    moves: Annotated[str, AfterValidator(_measure)]
    direction: Literal["up", "down"]


class Kept(Form):
    """What the plan keeps as it is."""

    what: Words
    paragraphs: Annotated[tuple[Text, ...], Field(min_length=1)]


class Missing(Form):
    """What of the plan is not in the model."""

    what: Words
    paragraphs: Annotated[tuple[Text, ...], Field(min_length=1)]
    why: Words
    takes: Text  # the parameter that would have to exist


class Plan(Form):
    """A plan: its scenario, the design that takes it apart, its parts, and what is not in the model."""

    title: Words
    scenario: Text
    ladder: Text
    since: Month
    parts: Annotated[tuple[Part, ...], Field(min_length=1)]
    stays: tuple[Kept, ...] = ()
    not_in_model: tuple[Missing, ...] = ()
    other_levers: dict[str, tuple[Text, ...]] = {}  # process -> levers of which the plan asks nothing


def load(path: Path = PLAN) -> Plan:
    """A plan from its file. Raises InputError."""
    return read(Plan, read_yaml(Path(path)), str(path))
