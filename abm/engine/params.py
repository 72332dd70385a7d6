"""Parameters: each number declared once, with default, unit, bounds, source and meaning."""

from collections.abc import Callable, Mapping
from functools import partial, wraps
from typing import Annotated, Any, ClassVar, Self, get_args

from annotated_types import Ge, Le
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, Strict, model_validator

from abm.engine.forms import Takes
from abm.engine.needs import Need
from abm.engine.numerals import certain
from abm.engine.together import Together


class ProcessParams(BaseModel):
    """The numbers of one process: frozen, unknown names and more than a whole refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=False, allow_inf_nan=False)
    TOGETHER: ClassVar[Together] = ()  # which of them belong together

    @model_validator(mode="after")
    def _together(self) -> Self:
        """The parameters themselves, if those that belong together allow it."""
        for rule in self.TOGETHER:
            if fault := rule.fault(vars(self)):
                raise ValueError(fault)
        return self


def params_of[P: ProcessParams](params: Mapping[str, ProcessParams], process: str, kind: type[P]) -> P:
    """The params of a process, whose class that is."""
    found = params[process]
    assert isinstance(found, kind)
    return found


def once_for_params[P: ProcessParams, R](find: Callable[[P], R]) -> Callable[[P], R]:
    """Decorator of a function of params alone: what it found for those of the last call is kept, not found again.

    Params are frozen, and the same ones hold for many months; what is found must not be changed either.
    """
    last: tuple = (None, None)

    @wraps(find)
    def kept(params: P) -> R:
        nonlocal last
        known, found = last
        if known is not params:
            found = find(params)
            last = params, found
        return found

    return kept


def param(
    default: Any,
    unit: str,
    low: float | None,
    high: float | None,
    source: str,
    meaning: str,
    *,
    lever: bool = False,
    dated: Mapping[str, Any] | None = None,
    needs: tuple[Need, ...] = (),
) -> Any:
    """Declare a parameter.

    `default` holds from the first month; `dated` gives later values by month ({'2022-10': 15}). `low` and `high` are
    bounds and prior range (None for choices and switches). `source` is a key of abm/facts/data/sources.yaml, an
    evidence id, or the word 'assumption', with a remark after a colon where the number was derived. A lever is a number
    that policy chooses; any other describes the world. `needs`: other parameters without which it does nothing.
    """
    about: dict[str, Any] = {"unit": unit, "source": source, "lever": lever, "dated": dict(dated or {})}
    about |= {"low": low, "high": high, "needs": needs}
    return Field(default=default, ge=low, le=high, description=meaning, json_schema_extra=about)


def about(field) -> dict[str, Any]:
    """Unit, source, lever, dated, low, high and needs of a declared parameter."""
    return dict(field.json_schema_extra)


def section(field) -> str:
    """Where a scenario gives a parameter: 'policy' for a lever, else 'world'."""
    return "policy" if about(field)["lever"] else "world"


def allowed(field) -> str:
    """What a parameter takes, in words: 'a number from 0 to 1', 'one of free, quota', 'true or false'."""
    facts = about(field)
    if facts["low"] is not None:
        kind = "a whole number" if field.annotation is int else "a number"
        return f"{kind} from {facts['low']:.12g} to {facts['high']:.12g}"
    choices = get_args(field.annotation)
    return f"one of {', '.join(choices)}" if choices else "true or false"


def as_written(field) -> Any:
    """The type of a parameter as people may write it: 'true', 1 and "1" are three things."""
    facts, choices = about(field), get_args(field.annotation)
    if choices:
        return Annotated[field.annotation, Takes(allowed(field), quoted=True)]
    if facts["low"] is None:
        return Annotated[bool, Strict(), Takes(allowed(field))]
    number = Annotated[field.annotation, Strict(), Ge(facts["low"]), Le(facts["high"])]
    whole = Annotated[number, BeforeValidator(_whole)] if field.annotation is int else number
    takes = Takes(f"{allowed(field)} [{facts['unit']}]", number=True)
    return Annotated[whole, takes, BeforeValidator(partial(certain, low=facts["low"], high=facts["high"]))]


def _whole(value: Any) -> Any:
    """A whole number that was written as 3.0, as 3."""
    return int(value) if isinstance(value, float) and value.is_integer() else value
