"""The form of a design file: keys, types and defaults of the file and of each method of a block.

A method also knows how many points it has, without making them.
"""

import math
from collections.abc import Mapping, Sequence
from reprlib import repr as shortened
from typing import Annotated, Any, ClassVar, Literal

import numpy as np
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictBool,
    StrictInt,
    ValidationError,
)

from abm.engine.errors import InputError
from abm.engine.yaml_input import nearest
from abm.scenario_file import LARGEST_SEED
from experiments.designs import sampling

MOST_RUNS = 10_000  # more than these must be allowed in the file
MOST_LEVELS = 10_000  # of one parameter; more cannot be meant
FOLDER_NAME = r"^[a-z0-9]([a-z0-9._-]{0,98}[a-z0-9])?$"
WAYS_OUT = {  # kind of mistake, as pydantic calls it -> what to give
    "int_type": "a whole number",
    "bool_type": "true or false",
    "string_type": "text",
    "string_pattern_mismatch": "a folder name of lower-case letters, digits, '-', '_' and '.'",
    "literal_error": "{expected}",
    "greater_than_equal": "a whole number of at least {ge}",
    "less_than_equal": "a whole number of at most {le}",
    "too_short": "at least one",
    "tuple_type": "a list",
    "dict_type": "a mapping, like 'key: value'",
}


def _listed(value: Any) -> Any:
    """A list as it is, anything else as the only one of its list."""
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


Seed = Annotated[StrictInt, Field(ge=0, le=LARGEST_SEED)]
Count = Annotated[StrictInt, Field(ge=1, le=sampling.MOST_SAMPLES)]
PowerOfTwo = Annotated[Count, AfterValidator(_power_of_two)]
Several = Annotated[StrictInt, Field(ge=2, le=MOST_LEVELS)]
Names = Annotated[tuple[str, ...], BeforeValidator(_listed), Field(min_length=1)]


class Form(BaseModel):
    """Frozen; unknown keys are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    @classmethod
    def written(cls) -> list[str]:
        """Keys as they are written."""
        return [declared.alias or name for name, declared in cls.model_fields.items()]


class Range(Form):
    """From low to high (None: the own bound of the parameter), in steps of equal size if `levels` is given."""

    low: Any = None
    high: Any = None
    levels: Several | None = None


class Method(Form):
    """How a block makes its points."""

    fewest: ClassVar[int] = 1  # parameters
    method: str
    since: Any = Field(None, alias="from")  # month from which the values hold


class Listed(Method):
    """Points as they are written."""

    points: Annotated[tuple[dict[Any, Any], ...], Field(min_length=1)]


class Ladder(Form):
    """Steps from the scenario to another one."""

    method: str
    to: str
    groups: dict[str, Names] = {}


class Varied(Method):
    """Points from the levels or ranges of parameters."""

    parameters: dict[Any, Any] = Field(min_length=1)


class Grid(Varied):
    """All combinations of levels."""

    def count(self, levels: Sequence[int]) -> int:
        """Points, from the number of levels of each parameter."""
        return math.prod(levels)


class OneAtATime(Varied):
    """The base, and one parameter moved at a time."""


class Sample(Varied):
    """Points drawn with a seed."""

    size: ClassVar[str] = "samples"  # the key that makes it larger
    seed: Seed = 1

    def count(self, levels: Sequence[int]) -> int:
        """Points, of which the levels tell how many parameters there are."""
        raise NotImplementedError

    def unit(self, dimensions: int) -> np.ndarray:
        """Points in the unit cube, [points, dimensions]."""
        raise NotImplementedError

    def larger(self, wanted: int) -> Any:
        """What to write under the key of the size for `wanted` samples."""
        return wanted


class LatinHypercube(Sample):
    """One Latin hypercube, or several one after the other (samples: [64, 64])."""

    samples: Annotated[tuple[Count, ...], BeforeValidator(_listed), Field(min_length=1)]

    def count(self, levels: Sequence[int]) -> int:
        return sum(self.samples)

    def unit(self, dimensions: int) -> np.ndarray:
        return sampling.latin_hypercube(dimensions, self.samples, self.seed)

    def larger(self, wanted: int) -> Any:
        return [*self.samples, wanted - sum(self.samples)]


class Sobol(Sample):
    """A scrambled Sobol sequence."""

    samples: PowerOfTwo

    def count(self, levels: Sequence[int]) -> int:
        return self.samples

    def unit(self, dimensions: int) -> np.ndarray:
        return sampling.sobol(dimensions, self.samples, self.seed)


class Morris(Sample):
    """Screening by trajectories."""

    fewest: ClassVar[int] = 2
    size: ClassVar[str] = "trajectories"
    trajectories: Count
    num_levels: Annotated[Several, AfterValidator(_even)] = 4

    def count(self, levels: Sequence[int]) -> int:
        return self.trajectories * (len(levels) + 1)

    def unit(self, dimensions: int) -> np.ndarray:
        return sampling.morris(dimensions, self.trajectories, self.num_levels, self.seed)


class SobolIndices(Sample):
    """The scheme of Saltelli for indices of Sobol."""

    fewest: ClassVar[int] = 2
    samples: PowerOfTwo
    second_order: StrictBool = False

    def count(self, levels: Sequence[int]) -> int:
        return self.samples * sampling.rows_of_indices(len(levels), self.second_order)

    def unit(self, dimensions: int) -> np.ndarray:
        return sampling.sobol_indices(dimensions, self.samples, self.second_order, self.seed)


METHODS: dict[str, type[Form]] = {
    "list": Listed,
    "grid": Grid,
    "one_at_a_time": OneAtATime,
    "ladder": Ladder,
    "latin_hypercube": LatinHypercube,
    "sobol": Sobol,
    "morris": Morris,
    "sobol_indices": SobolIndices,
}


class File(Form):
    """A design file."""

    name: str = Field(pattern=FOLDER_NAME)
    title: str = ""
    scenarios: Names
    until: Any = None
    scale: Any = None
    seed: Seed = 1
    replicates: Annotated[StrictInt, Field(ge=1, le=LARGEST_SEED)] = 1
    luck: Literal["common", "independent"] = "common"
    most_runs: Annotated[StrictInt, Field(ge=1, le=LARGEST_SEED)] = MOST_RUNS
    levers: Any = None
    uncertainties: Any = None


def read[Model: Form](place: str, model: type[Model], content: Any) -> Model:
    """The content in its form. Raises InputError with one line that begins with `place`."""
    keys = model.written()
    if not isinstance(content, Mapping):
        raise InputError(f"{place}: {shortened(content)} holds no keys: write a mapping with {', '.join(keys[:4])}")
    for key in content:
        if key not in keys:
            owners = [name for name, form in METHODS.items() if model in METHODS.values() and key in form.written()]
            way_out = f": it belongs to {', '.join(owners)}: remove it" if owners else nearest(key, keys)
            raise InputError(f"{place}: unknown key '{key}'{way_out}")
    try:
        return model.model_validate(dict(content))
    except ValidationError as error:
        raise InputError(f"{place}: {_line(error)}") from None


def method(place: str, content: Any) -> Form:
    """The method of a block, in its form. Raises InputError."""
    names = list(METHODS)
    if not isinstance(content, Mapping) or "method" not in content:
        raise InputError(f"{place}: has no 'method:': choose from {', '.join(names)}")
    if not isinstance(content["method"], str) or content["method"] not in METHODS:
        wrong = content["method"]
        raise InputError(f"{place}: method: {shortened(wrong)} is not a method{nearest(wrong, names)}")
    return read(place, METHODS[content["method"]], content)


def _line(error: ValidationError) -> str:
    """The first mistake as 'key: what is wrong: way out'."""
    first = error.errors()[0]
    key = ".".join(str(part) for part in first["loc"] if not isinstance(part, int))
    about = first.get("ctx", {})
    if first["type"] == "missing":
        return f"has no '{key}:': write it"
    if first["type"] == "value_error":
        return f"{key}: {about['error']}"
    way_out = WAYS_OUT.get(first["type"], first["msg"]).format(**about)
    return f"{key}: {shortened(first['input'])} is not allowed: give {way_out}"
