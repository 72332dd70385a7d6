"""Numbers as people write them: those of YAML 1.2, and those that a Dutch reader would read otherwise."""

import re
from math import inf, isfinite

MOST_LETTERS = 100  # of a number; more cannot be meant
_WHOLE = re.compile(r"[-+]?[0-9]+")
_BASES = {8: re.compile(r"0o[0-7]+"), 16: re.compile(r"0x[0-9a-fA-F]+")}
_POINTED = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_ENDLESS = {f"{sign}.{word}": float(f"{sign}inf") for sign in ("", "+", "-") for word in ("inf", "Inf", "INF")}
_NO_NUMBER = dict.fromkeys((".nan", ".NaN", ".NAN"), float("nan"))
_GROUPED = re.compile(r"[-+]?[1-9][0-9]{0,2}\.[0-9]{3}")
_MARKS = re.compile(r"[\s_'\u2019]")  # that people put between thousands
_WAYS = (  # how a number may be written that YAML takes for text -> how it is brought back
    (re.compile(r"[-+]?([0-9]+|[0-9]{1,3}(\.[0-9]{3})+)(,[0-9]+)?"), str.maketrans(",", ".", ".")),
    (re.compile(r"[-+]?([0-9]+|[0-9]{1,3}(,[0-9]{3})+)(\.[0-9]+)?"), str.maketrans("", "", ",")),
)


class Grouped(float):
    """A number with three decimals, like 38.000, in which the point may stand between thousands."""

    text: str

    def __new__(cls, text: str):
        made = super().__new__(cls, text)
        made.text = str(text)
        return made

    def __repr__(self) -> str:
        return self.text

    @property
    def thousands(self) -> int:
        """What it is to somebody who writes a point between thousands."""
        return round(self * 1000)


def number(text: str) -> int | float | None:
    """The number of a plain word in YAML 1.2's core schema (010 is 10, 0o10 is 8); None where it is none.

    Raises ValueError for a number that is longer or larger than anybody means.
    """
    if not text or text[0] not in "+-.0123456789":
        return None
    if text in _ENDLESS or text in _NO_NUMBER:
        return (_ENDLESS | _NO_NUMBER)[text]
    base = next((base for base, form in _BASES.items() if form.fullmatch(text)), 10)
    if base == 10 and not _POINTED.fullmatch(text):
        return None
    if len(text) > MOST_LETTERS:
        raise ValueError(f"is a number of {len(text):,} characters")
    if base != 10 or _WHOLE.fullmatch(text):
        return int(text.removeprefix("0o"), base) if base != 10 else int(text)
    if not isfinite(float(text)):
        raise ValueError("is a number that is too large to count with")
    return Grouped(text) if _GROUPED.fullmatch(text) else float(text)


def certain(value: object, low: float = -inf, high: float = inf) -> object:
    """The value, if it has one meaning: 38.000 has two where 38000 is from `low` to `high`. Raises ValueError."""
    if not isinstance(value, Grouped):
        return value
    if not low <= value.thousands <= high:
        return float(value)
    raise ValueError(
        f"{value!r} may be {_plain(float(value))} or {value.thousands}: write {value.thousands}, or {_sure(value)}"
    )


def advice(text: str) -> str:
    """How to write a number that YAML takes for text: '1,5' -> ' (write 1.5)'; empty where it is no number."""
    bare = _MARKS.sub("", text) if len(text) <= MOST_LETTERS else ""
    ways = dict.fromkeys(_plain(float(bare.translate(back))) for form, back in _WAYS if form.fullmatch(bare))
    return f" (write {' or '.join(ways)})" if ways else ""


def _plain(value: float) -> str:
    return str(int(value)) if value.is_integer() else str(value)


def _sure(value: float) -> str:
    """The decimal number in a form that has one meaning: 38.0, 1.1250."""
    text = str(float(value))
    return f"{text}0" if _GROUPED.fullmatch(text) else text
