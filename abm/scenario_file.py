"""The form of a scenario file: what it may hold, with the meaning, unit, bounds and source of every parameter.

The parameters are those that the processes declare: levers under `policy:`, all others under `world:`. The JSON Schema
for editors is made of the same form.
"""

from collections.abc import Mapping
from functools import cache, partial
from typing import Annotated, Any, ClassVar

from pydantic import (
    BeforeValidator,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    Strict,
    create_model,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import core_schema

from abm.chain import CHAIN, name
from abm.engine.dated import Dated, Month
from abm.engine.forms import Form, Takes, Text, mistake
from abm.engine.needs import needed
from abm.engine.numerals import certain
from abm.engine.params import ProcessParams, about, allowed, as_written, section
from abm.engine.together import Ordered, Whole, described
from abm.engine.yaml_input import nearest
from abm.facts.mergers import BASE
from abm.plugins import assembly
from abm.plugins.assembly import Plugins
from abm.start import Params as StartParams

PARAMS: dict[str, type[ProcessParams]] = {"start": StartParams} | {name(process): process.Params for process in CHAIN}
SECTIONS = {"world": False, "policy": True}  # section -> whether it holds levers
SMALLEST_SCALE, LARGEST_SEED = 0.001, 2**64 - 1

RENAMED = {  # process -> old name of a parameter -> its name now: an old key is refused with the new one
    "reception": {
        "regular_pace": "regular_rate",
        "emergency_pace": "emergency_rate",
        "closing_pace": "closing_rate",
    },
    "placement": {"price_pace": "price_rate"},
    "leaving": {
        "alone_pace": "alone_rate",
        "family_pace": "family_rate",
        "vanishing_pace": "vanishing_rate",
        "closed_pace": "closed_rate",
    },
    "integration": {"pace": "rate"},
    "participation": {"teachers_pace": "teachers_rate"},
    "wellbeing": {"pace": "rate", "luck": "shock"},
    "work": {"tenure": "expected_duration"},
    "interim": {"pace": "rate", "cost": "cost_factor, over the cost of the place that interim.place names"},
    "joining": {"hotel_cost": "hotel_cost_factor, over the series cost_hotel"},
    "starter_homes": {"middle_pace": "middle_rent_rate"},
    "onward": {"rent_pace": "middle_rent_rate", "buying_pace": "buying_rate"},
    "support": {"kernel": "decay", "pace": "rate"},
}

_OF_SEED = Takes("a whole number from 0 to 2**64 - 1", "a seed", number=True)
Seed = Annotated[int, Strict(), Field(ge=0, le=LARGEST_SEED), _OF_SEED]
Scale = Annotated[
    float,
    Strict(),
    Field(ge=SMALLEST_SCALE, le=1),
    Takes(f"a number from {SMALLEST_SCALE} to 1", "a share", number=True),
    BeforeValidator(partial(certain, low=SMALLEST_SCALE, high=1)),
]
LAYOUTS = range(2023, 2051)  # years; municipalities have been those of the facts since 2023
Layout = Annotated[
    int,
    Strict(),
    Field(ge=LAYOUTS[0], le=LAYOUTS[-1]),
    Takes(f"a year from {LAYOUTS[0]} to {LAYOUTS[-1]}, which holds for the whole run", "a year of municipalities"),
]
Extended = Annotated[str, Field(min_length=1), Takes("one path, relative to this file", "a file")]
Plugged = Annotated[str, Field(min_length=1), Takes("the path of a Python file, relative to this one", "a plug-in")]
Models = Mapping[str, type[ProcessParams]]


@cache
def params_of(plugins: Plugins = ()) -> Models:
    """The numbers by process, those of plug-ins included."""
    return PARAMS | assembly.params(plugins)


@cache
def together_of(plugins: Plugins = ()) -> tuple[tuple[str, Whole | Ordered], ...]:
    """What belongs together, with its process."""
    return tuple((process, rule) for process, model in params_of(plugins).items() for rule in model.TOGETHER)


TOGETHER = together_of()


def section_of(process: str, parameter: str, models: Models = PARAMS) -> str:
    """The section of a parameter: 'policy' for a lever, else 'world'."""
    return section(models[process].model_fields[parameter])


class Parameters(Form):
    """Parameters of a process that belong in one section."""

    section: ClassVar[str]
    process: ClassVar[str]
    numbers: ClassVar[type[ProcessParams]]

    @classmethod
    def refuse(cls, key: Any) -> None:
        """Raise an error that names the section or the new name of a parameter, or the nearest one."""
        known = cls.numbers.model_fields
        if now := RENAMED.get(cls.process, {}).get(key):
            raise mistake(f"is now {now}", key)
        if key not in known:
            raise mistake(f"no such parameter{nearest(key, list(known))}", key)
        where = section_of(cls.process, key, {cls.process: cls.numbers})
        raise mistake(f"is {'' if SECTIONS[where] else 'not '}a lever: put it under '{where}:'", key)

    @classmethod
    def refuse_content(cls, content: Any) -> None:
        """Raise that parameters are wanted."""
        raise ValueError("must hold parameters, like 'parameter: value'")


@cache
def parameters_of(section: str, process: str, model: type[ProcessParams]) -> type[Parameters]:
    """The form of the parameters of a process in a section, of which there may be none."""
    own: dict[str, Any] = {
        parameter: (
            # pyrefly: ignore[invalid-annotation] (a type that is made here, of what is declared)
            Dated[as_written(declared)],
            Field(default=declared.default, description=_described(model, parameter)),
        )
        for parameter, declared in model.model_fields.items()
        if section_of(process, parameter, {process: model}) == section
    }
    made = create_model(process, __base__=Parameters, __doc__=(model.__doc__ or "").strip(), **own)
    made.section, made.process, made.numbers = section, process, model
    return made


def _described(model: type[ProcessParams], parameter: str) -> str:
    """Meaning, what it needs, default with dates, what is allowed also with others, unit and source of a parameter."""
    declared = model.model_fields[parameter]
    facts, others = about(declared), described(model.TOGETHER, parameter)
    dated = "".join(f", from {month} {later}" for month, later in facts["dated"].items())
    unit = "" if facts["low"] is None else f" [{facts['unit']}]"
    today = f"Default {declared.default}{dated}; {allowed(declared)}{unit}{f'; {others}' * bool(others)}."
    acts = f" Acts only with {needed(facts['needs'])}." if facts["needs"] else ""
    return f"{declared.description}.{acts} {today} Source: {facts['source']}."


class _InSection:
    """Processes with the parameters that belong in a section.

    The form of each is made when a file first names it: there are hundreds of parameters, and a file names few.
    """

    def __init__(self, section: str, models: Models = PARAMS):
        self.section, self.models = section, models

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        forms = {
            process: core_schema.no_info_plain_validator_function(partial(self._read, process))
            for process in self.models
        }
        fields = {process: core_schema.typed_dict_field(form, required=False) for process, form in forms.items()}
        return core_schema.no_info_before_validator_function(self._known, core_schema.typed_dict_schema(fields))

    def __get_pydantic_json_schema__(
        self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        forms = {process: parameters_of(self.section, process, model) for process, model in self.models.items()}
        named = {
            process: handler(form.__pydantic_core_schema__) for process, form in forms.items() if form.model_fields
        }
        return {"type": ["object", "null"], "properties": named, "additionalProperties": False}

    def _known(self, content: Any) -> Any:
        if content is None:  # a section without content
            return {}
        if not isinstance(content, Mapping):
            raise ValueError("must hold processes, like 'housing:', with their parameters")
        for process in content:
            if process not in self.models:
                raise mistake(f"no such process{nearest(process, list(self.models))}", process)
        return content

    def _read(self, process: str, content: Any) -> Parameters:
        return parameters_of(self.section, process, self.models[process]).model_validate(content)


class Heading(Form):
    """Name, period, seed, scale and layout."""

    name: Text = Field("", description="Short name; by default that of the file.")
    title: Text = Field("", description="The question of this scenario, in a sentence.")
    until: Month = Field("2035-12", description="Last month.")
    seed: Seed = Field(1, description="Seed of all draws; scenarios with the same seed share them person by person.")
    scale: Scale = Field(1.0, description="Share of the people that is simulated.")
    layout: Layout = Field(
        BASE, description="Year: municipalities and regions of the whole run are those of its 1 January."
    )


Given = dict[str, Parameters]


class File(Heading):
    """What differs from the defaults, or from the scenario that this one extends."""

    model_config = ConfigDict(title="Scenario", json_schema_extra={"type": ["object", "null"]})
    extends: Extended | None = Field(None, description="Scenario to start from, relative to this.")
    plugins: tuple[Plugged, ...] = Field(
        (), description="Python files, relative to this, with processes, measures and agents: their code is run."
    )
    world: Annotated[Given, _InSection("world")] = Field({}, description="What we assume about the world.")
    policy: Annotated[Given, _InSection("policy")] = Field({}, description="What policy chooses: the levers.")


@cache
def file_of(plugins: Plugins = ()) -> type[File]:
    """The form of a scenario file with the parameters of plug-ins."""
    if not plugins:
        return File
    sections: dict[str, Any] = {
        section: (Annotated[Given, _InSection(section, params_of(plugins))], File.model_fields[section])
        for section in SECTIONS
    }
    return create_model("File", __base__=File, **sections)
