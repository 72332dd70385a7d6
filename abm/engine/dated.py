"""Values that may change during a run: one for all months, or one from each of some months on."""

from collections.abc import Mapping
from typing import Annotated, Any, get_args

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler, PlainValidator, WithJsonSchema
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import core_schema

from abm.engine import clock

FIRST_MONTH, LAST_MONTH = clock.label(0), "2050-12"  # that a run may have
PATTERN = "^20(1[5-9]|[2-4][0-9]|50)-(0[1-9]|1[0-2])$"  # the same months


def month(given: Any, last: str = LAST_MONTH) -> str:
    """The month itself ('2027-01'), if it lies in a run up to the last one. Raises InputError, or ValueError."""
    if not 0 <= clock.index(given) <= clock.index(last):
        raise ValueError(f"{given} is outside the run: give a month from {FIRST_MONTH} to {last}")
    return str(given)


Month = Annotated[str, PlainValidator(month), WithJsonSchema({"type": "string", "pattern": PATTERN})]


class Dated[T]:
    """A value, or values by the month from which each holds, as it was written: 5000 or {2027-01: 5000}."""

    __slots__ = ("written",)

    def __init__(self, written: T | Mapping[str, T]):
        self.written = written

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Dated) and self.written == other.written

    def __repr__(self) -> str:
        return f"Dated({self.written!r})"

    @property
    def steps(self) -> dict[int, T]:
        """Values by the index of the month from which each holds."""
        if isinstance(self.written, Mapping):
            return {clock.index(label): value for label, value in self.written.items()}
        return {0: self.written}

    def after(self, earlier: Mapping[int, T]) -> dict[int, T]:
        """These steps, behind those of the earlier ones that begin before them."""
        steps = self.steps
        first = min(steps)
        return {begin: value for begin, value in earlier.items() if begin < first} | steps

    def since(self, label: str | None) -> T | Mapping[str, T]:
        """As written, but a plain value holds from a month on (None: all months)."""
        return self.written if label is None or isinstance(self.written, Mapping) else {label: self.written}

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        value = handler.generate_schema(*get_args(source))
        months = core_schema.dict_schema(core_schema.no_info_plain_validator_function(month), value)
        filled = core_schema.no_info_before_validator_function(_filled, months)
        either = core_schema.tagged_union_schema({"value": value, "months": filled}, _kind)
        return core_schema.no_info_after_validator_function(cls, either)

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: Any, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        value = handler(schema["schema"]["choices"]["value"])
        months = {"type": "object", "patternProperties": {PATTERN: value}, "minProperties": 1}
        return {"anyOf": [value, months | {"additionalProperties": False}]}


def _kind(content: Any) -> str:
    return "months" if isinstance(content, Mapping) else "value"


def _filled(content: Mapping) -> Mapping:
    if not content:
        raise ValueError("holds no months: write a value, or {2027-01: value}")
    return content
