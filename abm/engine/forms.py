"""Forms of what people write: frozen models, whose mistakes are told in one line: key, what is wrong, way out."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    GetCoreSchemaHandler,
    Strict,
    ValidationError,
    model_validator,
)
from pydantic_core import PydanticCustomError, core_schema

from abm.engine.errors import InputError, brief, escaped, shown
from abm.engine.numerals import advice, certain
from abm.engine.yaml_input import UNFIT, nearest

WAYS_OUT = {  # kind of mistake, as pydantic calls it -> what to give
    "bool_type": "true or false",
    "dict_type": "a mapping, like 'key: value'",
    "float_parsing": "a number",
    "float_type": "a number",
    "finite_number": "a number",
    "greater_than": "{number} above {gt}",
    "greater_than_equal": "{number} of at least {ge}",
    "int_type": "a whole number",
    "less_than_equal": "{number} of at most {le}",
    "list_type": "a list",
    "literal_error": "{expected}",
    "string_type": "text, in quotes",
    "too_short": "at least one",
    "tuple_type": "a list",
}
OF_A_KEY = "[key]"  # how pydantic ends the place of a mistake in a key itself


class Form(BaseModel):
    """What may be written: frozen, unknown keys are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, defer_build=True)

    @classmethod
    def written(cls) -> list[str]:
        """Keys as they are written in a file."""
        return [declared.alias or name for name, declared in cls.model_fields.items()]

    @classmethod
    def refuse(cls, key: Any) -> None:
        """Raise the error for an unknown key."""
        raise mistake(f"unknown key '{brief(key)}'{nearest(key, cls.written())}")

    @classmethod
    def refuse_content(cls, content: Any) -> None:
        """Raise the error for content without keys."""
        raise ValueError(f"{shown(content)} holds no keys: write a mapping with {', '.join(cls.written()[:4])}")

    @model_validator(mode="before")
    @classmethod
    def _known(cls, content: Any) -> Any:
        """First of all the keys: one that is misspelt is missing elsewhere."""
        if isinstance(content, cls):
            return content
        if not isinstance(content, Mapping):
            cls.refuse_content(content)
        known = cls.written()
        for key in content:
            if key not in known:
                cls.refuse(key)
        return dict(content)


@dataclass(frozen=True)
class Takes:
    """Describes the values that a type takes, for errors: 'X is not allowed: give a number'."""

    words: str
    what: str = "allowed"
    quoted: bool = False  # text that YAML may read as something else
    number: bool = False  # of which people have other ways to write it

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        return core_schema.no_info_wrap_validator_function(self._checked, handler(source))

    def _checked(self, value: Any, inner: Callable[[Any], Any]) -> Any:
        try:
            return inner(value)
        except ValidationError:
            words = f"{shown(value)} is not {self.what}: give {self.words}"
            if self.quoted and isinstance(value, int | float):
                words += " in quotes"
            elif self.number and isinstance(value, str):
                words += advice(value)
            raise ValueError(words) from None


def _kept(text: str) -> str:
    if unfit := UNFIT.search(text):
        raise ValueError(f"{shown(text)} holds {shown(unfit[0])}, which cannot be kept: remove it")
    return text


Text = Annotated[str, AfterValidator(_kept)]  # that records and pages can hold
Number = Annotated[float, Strict(), BeforeValidator(certain)]


def mistake(words: str, key: Any = None) -> PydanticCustomError:
    """A mistake in the content of a form; `key`: under which of its keys."""
    key = None if key is None else brief(key)
    return PydanticCustomError("mistake", "{words}", {"words": escaped(words), "key": key})


def read[Model: BaseModel](model: type[Model], content: Any, source: str, between: str = ": ") -> Model:
    """Content in its form. Raises InputError of one line: source, keys with `between` them, what is wrong, way out."""
    try:
        if isinstance(content, str | list | tuple):  # not told: it may be a file that nobody meant to show
            kind = "text" if isinstance(content, str) else "a list"
            known = model.written() if issubclass(model, Form) else list(model.model_fields)
            raise InputError(f"{source}: {kind} holds no keys: write a mapping with {', '.join(known[:4])}")
        return model.model_validate(content)
    except ValidationError as error:
        raise InputError(f"{source}: {first_mistake(error, content, between)}") from None


def first_mistake(error: ValidationError, content: Any, between: str = ": ") -> str:
    """The first mistake in one line: keys, what is wrong, way out."""
    first = error.errors(include_url=False)[0]
    kind, about, place = first["type"], first.get("ctx", {}), first["loc"]
    keys = list(_keys(content, place[:-2] if place[-1:] == (OF_A_KEY,) else place))
    if kind == "mistake":
        keys += [about["key"]] if about["key"] is not None else []
        said = about["words"]
    elif kind == "value_error":
        said = str(about["error"])
    elif kind == "missing":
        said = f"has no '{place[-1]}:': write it"
    else:
        given, way_out = first["input"], _way_out(kind, about)
        hint = advice(given) if isinstance(given, str) and "number" in way_out else ""
        said = f"{shown(given)} is not allowed: give {way_out or first['msg']}{hint}"
    return ": ".join(filter(None, (between.join(keys), said)))


def _way_out(kind: str, about: Mapping[str, Any]) -> str:
    """What to give instead, from pydantic's description of a mistake; empty for other kinds of mistakes."""
    whole = all(isinstance(bound, int) for bound in about.values())
    bounds = {name: f"{bound:g}" if isinstance(bound, float) else bound for name, bound in about.items()}
    return WAYS_OUT.get(kind, "").format(**bounds, number="a whole number" if whole else "a number")


def _keys(content: Any, place: tuple[str | int, ...]) -> Iterator[str]:
    """Keys that lead to a place in the content; for an entry of a list its id, if it has one. Positions and
    discriminators of unions, which pydantic also names, are left out: nobody wrote them.
    """
    for part in place:
        if isinstance(content, Mapping) and part in content:
            content = content[part]
            yield brief(part)
        elif isinstance(content, list | tuple) and isinstance(part, int) and part < len(content):
            content = content[part]
            if isinstance(content, Mapping) and "id" in content:
                yield brief(content["id"])
