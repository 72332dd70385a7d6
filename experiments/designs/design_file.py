"""The form of a design file: keys, types and defaults of the file and of each method of a block.

A method also counts its points without generating them.
"""

import json
import math
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, ClassVar, Literal, get_args

import numpy as np
from pydantic import (
    AfterValidator,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    StrictBool,
    StrictInt,
    Tag,
    WithJsonSchema,
    model_validator,
)

from abm import measures
from abm.engine.dated import Dated, Month
from abm.engine.errors import brief, shown
from abm.engine.forms import Form, Number, Takes, Text, mistake
from abm.engine.yaml_input import nearest
from abm.parameters import Plain, rows
from abm.plugins.assembly import Plugins
from abm.scenario_file import LARGEST_SEED, Scale, Seed
from experiments.designs import distributions, sampling

MOST_RUNS = 10_000  # more must be allowed in the file
RENAMED = {"luck": "random_numbers"}  # old key -> new key
MOST_LEVELS = 10_000  # of one parameter; more would be a mistake


def _listed(value: Any) -> Any:
    """A list as it is, anything else as a list of one."""
    return value if isinstance(value, list | tuple) else [value]


def _power_of_two(samples: int) -> int:
    lower = 1 << (samples.bit_length() - 1)
    if samples != lower:
        raise ValueError(f"{samples} is not a power of two: give {lower} or {2 * lower}")
    return samples


def _even(levels: int) -> int:
    if levels % 2:
        raise ValueError(f"{levels} is odd: give an even number of levels, like {levels + 1}")
    return levels


def _levels(content: Any) -> Any:
    if content is not None and not isinstance(content, Mapping | list | tuple):
        way_out = "give a list like [1, 1.5], or {low: 1, high: 1.5}"
        raise ValueError(f"{shown(content)} is neither levels nor a range: {way_out}")
    return content


Name = Annotated[
    str,
    Field(pattern=r"^[a-z0-9]([a-z0-9._-]{0,98}[a-z0-9])?$"),
    Takes("a folder name of lower-case letters, digits, '-', '_' and '.'", quoted=True),
]
Count = Annotated[StrictInt, Field(ge=1, le=sampling.MOST_SAMPLES)]
PowerOfTwo = Annotated[Count, AfterValidator(_power_of_two)]
Several = Annotated[StrictInt, Field(ge=2, le=MOST_LEVELS)]
_NAME = {"type": "string"}
Names = Annotated[
    tuple[str, ...],
    BeforeValidator(_listed),
    Field(min_length=1),
    WithJsonSchema({"anyOf": [_NAME, {"type": "array", "items": _NAME, "minItems": 1}]}),
]
_SIZE = {"type": "integer", "minimum": 1, "maximum": sampling.MOST_SAMPLES}


class Range(Form):
    """From low to high (None: the bound of the parameter), in steps of equal size if `levels` is given."""

    low: Any = None
    high: Any = None
    levels: Several | None = None


class Distribution(Form):
    """A continuous distribution of scipy.stats by its name, with its shapes; between low and high (None: the bounds of
    the parameter) if it is truncated.
    """

    # pyrefly: ignore[bad-override] (pydantic's way to give extra keys a type)
    __pydantic_extra__: dict[str, Number] = Field(init=False)
    model_config = ConfigDict(extra="allow")  # the shapes, whose names depend on the distribution
    distribution: str
    loc: Number = 0.0
    scale: Number = 1.0
    low: Any = None
    high: Any = None

    @classmethod
    def refuse(cls, key: Any) -> None:
        """Nothing: which keys are known is seen when the distribution is."""

    @model_validator(mode="after")
    def _is_one(self) -> "Distribution":
        distributions.check(self.distribution, self.model_extra or {}, self.scale)
        return self

    @property
    def numbers(self) -> dict[str, float]:
        """loc, scale and shapes."""
        return {"loc": self.loc, "scale": self.scale} | (self.model_extra or {})


def _kind(content: Any) -> str:
    if isinstance(content, Distribution) or (isinstance(content, Mapping) and "distribution" in content):
        return "of scipy"
    return "nothing" if content is None else "listed" if isinstance(content, list | tuple) else "range"


Levels = Annotated[  # of a parameter; None: its bounds
    Annotated[Range, Tag("range")]
    | Annotated[tuple[Any, ...], Tag("listed")]
    | Annotated[Distribution, Tag("of scipy")]
    | Annotated[None, Tag("nothing")],
    Discriminator(_kind),
    BeforeValidator(_levels),
]


class Method(Form):
    """A method that generates the points of a block."""

    method: str

    @classmethod
    def refuse(cls, key: Any) -> None:
        """Raise an error that names the methods that have this key, or the nearest known key."""
        owners = [name for name, form in METHODS.items() if key in form.written()]
        if owners:
            raise mistake(f"unknown key '{brief(key)}': it belongs to {', '.join(owners)}: remove it")
        super().refuse(key)


class Ladder(Method):
    """Steps from the scenario to a target scenario."""

    method: Literal["ladder"]
    to: str
    groups: dict[str, Names] = {}


class Since(Method):
    """A method whose values may apply from a month on."""

    since: Month | None = Field(None, alias="from")


class Listed(Since):
    """Points as they are listed."""

    method: Literal["list"]
    points: Annotated[tuple[dict[Any, Dated[Any]], ...], Field(min_length=1)]


class Varied(Since):
    """Points from the levels or ranges of parameters."""

    fewest: ClassVar[int] = 1  # parameters
    parameters: dict[Any, Levels] = Field(min_length=1)


class Grid(Varied):
    """All combinations of levels."""

    method: Literal["grid"]

    def count(self, levels: Sequence[int]) -> int:
        """Number of points, from the number of levels of each parameter."""
        return math.prod(levels)


class OneAtATime(Varied):
    """The base, and one parameter changed at a time."""

    method: Literal["one_at_a_time"]


class Sample(Varied):
    """Points that are drawn with a seed."""

    size: ClassVar[str] = "samples"  # the key of the sample size
    seed: Seed = 1

    def count(self, levels: Sequence[int]) -> int:
        """Number of points, from the number of levels of each parameter."""
        raise NotImplementedError

    def unit(self, dimensions: int) -> np.ndarray:
        """Points in the unit cube, [points, dimensions]."""
        raise NotImplementedError

    def larger(self, wanted: int) -> Any:
        """Value of the key `size` for `wanted` samples in total."""
        return wanted


class LatinHypercube(Sample):
    """One Latin hypercube, or several one after the other (samples: [64, 64])."""

    method: Literal["latin_hypercube"]
    samples: Annotated[
        tuple[Count, ...],
        BeforeValidator(_listed),
        Field(min_length=1),
        WithJsonSchema({"anyOf": [_SIZE, {"type": "array", "items": _SIZE, "minItems": 1}]}),
    ]

    def count(self, levels: Sequence[int]) -> int:
        return sum(self.samples)

    def unit(self, dimensions: int) -> np.ndarray:
        return sampling.latin_hypercube(dimensions, self.samples, self.seed)

    def larger(self, wanted: int) -> Any:
        return [*self.samples, wanted - sum(self.samples)]


class Sobol(Sample):
    """A scrambled Sobol sequence."""

    method: Literal["sobol"]
    samples: PowerOfTwo

    def count(self, levels: Sequence[int]) -> int:
        return self.samples

    def unit(self, dimensions: int) -> np.ndarray:
        return sampling.sobol(dimensions, self.samples, self.seed)


class Morris(Sample):
    """Trajectories for the screening method of Morris."""

    method: Literal["morris"]
    fewest: ClassVar[int] = 2
    size: ClassVar[str] = "trajectories"
    trajectories: Count
    num_levels: Annotated[Several, AfterValidator(_even)] = 4

    def count(self, levels: Sequence[int]) -> int:
        return self.trajectories * (len(levels) + 1)

    def unit(self, dimensions: int) -> np.ndarray:
        return sampling.morris(dimensions, self.trajectories, self.num_levels, self.seed)


class SobolIndices(Sample):
    """The scheme of Saltelli for Sobol indices."""

    method: Literal["sobol_indices"]
    fewest: ClassVar[int] = 2
    samples: PowerOfTwo
    second_order: StrictBool = False

    def count(self, levels: Sequence[int]) -> int:
        return self.samples * sampling.rows_of_indices(len(levels), self.second_order)

    def unit(self, dimensions: int) -> np.ndarray:
        return sampling.sobol_indices(dimensions, self.samples, self.second_order, self.seed)


AnyMethod = Listed | Grid | OneAtATime | Ladder | LatinHypercube | Sobol | Morris | SobolIndices
METHODS: dict[str, type[Method]] = {
    name: form for form in get_args(AnyMethod) for name in get_args(form.model_fields["method"].annotation)
}


def _has_method(content: Any) -> Any:
    if not isinstance(content, Mapping) or "method" not in content:
        raise ValueError(f"has no 'method:': choose from {', '.join(METHODS)}")
    method = content["method"]
    if not isinstance(method, str) or method not in METHODS:
        raise mistake(f"{shown(method)} is not a method{nearest(method, list(METHODS))}", "method")
    return content


Block = Annotated[AnyMethod, Field(discriminator="method"), BeforeValidator(_has_method)]


class File(Form):
    """A design file."""

    name: Name
    title: Text = ""
    scenarios: Names
    until: Month | None = None
    scale: Scale | None = None
    seed: Seed = 1
    replicates: Annotated[StrictInt, Field(ge=1, le=LARGEST_SEED)] = 1
    random_numbers: Literal["common", "independent"] = "common"
    most_runs: Annotated[StrictInt, Field(ge=1, le=LARGEST_SEED)] = MOST_RUNS
    measures: Names = (measures.ALL,)
    levers: Block | None = None
    uncertainties: Block | None = None

    @classmethod
    def refuse(cls, key: Any) -> None:
        """Raise an error that names the new name of an old key, or the nearest known key."""
        if key in RENAMED:
            raise mistake(f"is now {RENAMED[key]}", key)
        super().refuse(key)


def json_schema(plugins: Plugins = ()) -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of design files, for editors, with the names of all parameters."""
    found: dict[str, Any] = {"$schema": Plain.schema_dialect} | File.model_json_schema(schema_generator=Plain)
    found["required"].remove("name")  # that of the file, where it is left out
    names = {
        "anyOf": [{"enum": [row["parameter"] for row in rows(plugins=plugins)]}, {"pattern": r"^(policy|world)\..*\*"}]
    }
    for form in found["$defs"].values():
        if "parameters" in form.get("properties", {}):
            form["properties"]["parameters"]["propertyNames"] = names
    return found


if __name__ == "__main__":
    print(json.dumps(json_schema(), indent=1))
