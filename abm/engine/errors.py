"""Errors: bad input, which the user can correct, and books that do not balance, which is a fault of the model.

What a person wrote is shown short and on one line, whatever it is: `shown`, `brief`, `listed`.
"""

import reprlib
from collections.abc import Collection
from itertools import islice
from math import log10
from typing import Any

LONGEST = 4_000  # characters of a message: the names of all measures fit
WIDEST = 60  # characters of a value in it
MOST_NAMES, WIDEST_LIST = 40, 240  # names, characters of a list of names
MOST_DIGITS = 40  # of a whole number


class InputError(ValueError):
    """Bad input: the message is one line that names the file, the key and the way out."""

    def __init__(self, message: object):
        super().__init__(cut(escaped(str(message)), LONGEST))


class BooksError(AssertionError):
    """The books of the model do not balance: the message names the process or the rule, and the rows."""


def escaped(text: str) -> str:
    """Text on one line that no terminal obeys: line ends, control codes and lone surrogates as \\n, \\x1b, \\ud800."""
    return text if text.isprintable() else "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)


def cut(text: str, most: int = WIDEST) -> str:
    """Text of at most so many characters: the middle of a longer one makes way for three points."""
    ends = (most - 3) // 2
    return text if len(text) <= most else f"{text[: most - 3 - ends]}...{text[-ends:]}"


def shown(value: Any) -> str:
    """A value as Python writes it, short and on one line; text in quotes."""
    return cut(escaped(_SHORT.repr(value)), 2 * WIDEST)


def brief(name: Any) -> str:
    """A name as it is, short and on one line; anything else as a value."""
    return cut(escaped(name[: 4 * WIDEST])) if isinstance(name, str) else shown(name)


def listed(names: Collection[str]) -> str:
    """Names one after the other; of many the first, and how many more there are."""
    found, length = [], 0
    for name in islice(names, MOST_NAMES):
        found.append(brief(name))
        length += len(found[-1]) + 2
        if length > WIDEST_LIST:
            break
    more = len(names) - len(found)
    return ", ".join(found) + (f" and {more:,} more" if more else "")


class _Short(reprlib.Repr):
    """Python's own short form, also of whole numbers that Python does not print."""

    def repr_int(self, x: int, level: int) -> str:
        digits = round(x.bit_length() * log10(2))
        return repr(x) if digits <= MOST_DIGITS else f"a number of about {digits:,} digits"


_SHORT = _Short(maxlevel=3, maxdict=4, maxlist=6, maxtuple=6, maxset=6, maxstring=WIDEST, maxother=WIDEST)
