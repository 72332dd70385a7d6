"""Reading YAML that people write: what cannot be meant is refused, in one line with file, place and way out.

Words are read by the core schema of YAML 1.2: only true and false are switches, 010 is ten, times and dates are text.
Tags and merge keys (<<) are refused; anchors and aliases are read within bounds.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any, NoReturn

import yaml

from abm.engine.errors import InputError, brief, listed, shown
from abm.engine.numerals import number
from abm.engine.text_files import read_text

DEEPEST = 32  # lists and mappings in each other; a scenario has four
MOST_VALUES = 500_000  # that a file stands for, aliases written out
WORDS = dict.fromkeys(("", "~", "null", "Null", "NULL")) | {
    word: word.lower() == "true" for word in ("true", "True", "TRUE", "false", "False", "FALSE")
}
DIGITS = re.compile(r"[0-9]+")
UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")  # for text that is kept
# the C parser is ten times faster but not in every build of PyYAML
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read_yaml(path: Path) -> Any:
    """Content of a YAML file (None: empty). Raises InputError."""
    return _read(read_text(path), lambda line: f"{path} line {line}" if line else str(path))


def read_value(text: str, source: str) -> Any:
    """One value as YAML has it: '0.5', 'true', '{2027-01: 5000}'. Raises InputError, which names the source."""
    return _read(text, lambda line: source)


def _read(text: str, place: Callable[[int | None], str]) -> Any:
    """Content of YAML. Raises InputError, whose place is made of the line, if it is known."""
    try:
        return _Reader(text).content()
    except _Refused as refused:
        line, words = refused.args
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else None
        words = f"is not valid YAML: {getattr(error, 'problem', None) or error}: correct it there"
    last = text.rstrip().count("\n") + 1  # an end that is missed is missed after it
    raise InputError(f"{place(line and min(line, last))}: {words}")


def nearest(word: object, known: Sequence[str]) -> str:
    """The way out after an unknown word: the known one that is most like it, or all of them."""
    near = get_close_matches(brief(word), known, 1, 0.5)
    return f": did you mean '{brief(near[0])}'?" if near else f": choose from {listed(known)}"


class _Refused(Exception):
    """What cannot be meant: line, and words that end with the way out."""


class _Reader:
    """Makes values of the events of a parser, which come one by one: what is too deep or too much ends early."""

    def __init__(self, text: str):
        if unfit := UNFIT.search(text):
            words = f"is not valid YAML: holds the control character {shown(unfit[0])}: remove it"
            raise _Refused(text.count("\n", 0, unfit.start()) + 1, words)
        self.events: Iterator[Any] = yaml.parse(text, _LOADER)
        self.anchors: dict[str, tuple[Any, int]] = {}  # value, and how many values it stands for
        self.count = 0  # values so far

    def content(self) -> Any:
        """The value of the only document."""
        found: list[Any] = []
        for event in self.events:
            if isinstance(event, yaml.DocumentStartEvent):
                self._begin(event, first=not found)
            elif isinstance(event, yaml.NodeEvent):
                found.append(self._value(event, 1))
        return found[0] if found else None

    def _begin(self, event: yaml.DocumentStartEvent, first: bool) -> None:
        if not first:
            _refuse(event, "is not valid YAML: holds another document: remove '---' and what follows")
        if event.version and event.version != (1, 2):
            _refuse(event, "asks for another YAML than 1.2: remove the line '%YAML'")

    def _value(self, event: Any, depth: int) -> Any:
        """The value that begins with an event."""
        before = self.count
        self._more(event, 1)
        if isinstance(event, yaml.AliasEvent):
            if event.anchor not in self.anchors:
                _refuse(event, f"alias *{brief(event.anchor)} stands for nothing before it: write the value")
            value, size = self.anchors[event.anchor]
            self._more(event, size)
            return value
        self.anchors.pop(event.anchor, None)  # what holds itself is not whole
        if event.tag:
            _refuse(event, f"tag {brief(_as_written(event.tag))} is not taken: remove it, and write text in quotes")
        if depth > DEEPEST:
            _refuse(event, f"is nested too deeply: a scenario has four levels, and {DEEPEST} are read")
        if isinstance(event, yaml.ScalarEvent):
            value = _scalar(event)
        elif isinstance(event, yaml.SequenceStartEvent):
            value = [self._value(each, depth + 1) for each in self._up_to(yaml.SequenceEndEvent)]
        else:
            value = self._mapping(depth)
        if event.anchor:
            self.anchors[event.anchor] = value, self.count - before
        return value

    def _mapping(self, depth: int) -> dict[Any, Any]:
        """The mapping whose beginning was read."""
        found: dict[Any, Any] = {}
        last: Any = None
        for event in self._up_to(yaml.MappingEndEvent):
            if isinstance(event, yaml.ScalarEvent) and event.implicit[0] and event.value == "<<":
                _refuse(event, "'<<' is not taken: write the keys out, or give a scenario to start from by 'extends:'")
            key = self._value(event, depth + 1)
            if isinstance(key, dict | list):
                _refuse(event, "is not valid YAML: a list or mapping cannot be a key: write one word")
            if key in found:
                _refuse(event, f"is not valid YAML: key '{brief(key)}' appears twice: remove one")
            value = next(self.events)
            if _one_number(last, event, value):
                both = f"{brief(last.value)},{brief(event.value)}"
                _refuse(event, f"{both} is two values: write {both.replace(',', '.')}, or a space after the comma")
            found[key], last = self._value(value, depth + 1), value
        return found

    def _up_to(self, end: type[yaml.Event]) -> Iterator[Any]:
        while not isinstance(event := next(self.events), end):
            yield event

    def _more(self, event: yaml.Event, size: int) -> None:
        self.count += size
        if self.count > MOST_VALUES:
            _refuse(event, f"stands for more than {MOST_VALUES:,} values: write fewer")


def _scalar(event: yaml.ScalarEvent) -> Any:
    """The value of one word or text."""
    text = event.value
    if not event.implicit[0]:  # in quotes, or a block of text
        if unfit := UNFIT.search(text):
            _refuse(event, f"text holds {shown(unfit[0])}, which cannot be kept: remove it")
        return text
    if text in WORDS:
        return WORDS[text]
    try:
        found = number(text)
    except ValueError as error:
        _refuse(event, f"{brief(text)} {error}: write a shorter one, or text in quotes")
    return text if found is None else found


def _one_number(last: Any, key: Any, value: Any) -> bool:
    """Whether '{rate: 1,5}' was written, in which 5 is a key without a value."""
    if not all(isinstance(event, yaml.ScalarEvent) and event.implicit[0] for event in (last, key, value)):
        return False
    end, begin = last.end_mark, key.start_mark
    digits = DIGITS.fullmatch(key.value) and DIGITS.fullmatch(last.value.lstrip("+-")) and not value.value
    return bool(digits) and (end.line, end.column + 1) == (begin.line, begin.column)


def _as_written(tag: str) -> str:
    core = "tag:yaml.org,2002:"
    return f"!!{tag.removeprefix(core)}" if tag.startswith(core) else tag


def _refuse(event: Any, words: str) -> NoReturn:
    raise _Refused(event.start_mark.line + 1, words)
