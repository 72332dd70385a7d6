"""The words of the report in Dutch and English: messages, numbers, and how sure a difference is.

Messages are English and stand in the code under `msg`, or in a template under `_`. The files report.po under locale/
have them in both languages; `python -m scripts.messages` renews these.
"""

import gettext
import io
import math
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Self

from abm.engine.errors import InputError, brief
from experiments import text

LANGUAGES = (text.DUTCH, text.ENGLISH)  # the first one if none is named
LOCALE, DOMAIN = Path(__file__).with_name("locale"), "report"
SIGNIFICANT, MOST_DIGITS = 2, 4  # digits of the width of an interval that are shown; of a number at most


def msg(words: str) -> str:
    """Words that are translated where they are shown."""
    return words


def catalogue(language: str) -> Path:
    """The file of the messages in a language."""
    return LOCALE / language / "LC_MESSAGES" / f"{DOMAIN}.po"


@cache
def translations(language: str) -> gettext.GNUTranslations:
    """The messages in a language, compiled in memory."""
    from babel.messages import mofile, pofile

    with catalogue(language).open("rb") as file:
        found = pofile.read_po(file, locale=language)
    compiled = io.BytesIO()
    mofile.write_mo(compiled, found)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


class Numeral(str):
    """A number, or the ends of an interval, as it is shown; `values` are the numbers before they were rounded."""

    values: tuple[float, ...]

    def __new__(cls, words: str, *values: float) -> Self:
        """Words with the numbers that they show."""
        found = super().__new__(cls, words)
        found.values = tuple(float(each) for each in values)
        return found


@dataclass(frozen=True)
class Words:
    """The words of a language. Raises InputError for a language that the report does not have."""

    language: str

    def __post_init__(self) -> None:
        if self.language not in LANGUAGES:
            known = ", ".join(LANGUAGES)
            raise InputError(f"--lang: '{brief(self.language)}' is not a language of the report: choose from {known}")

    @cached_property
    def other(self) -> str:
        """The other language."""
        return next(each for each in LANGUAGES if each != self.language)

    def say(self, words: str, **values: object) -> str:
        """A message in this language, with values in it; a per cent sign is written twice in messages."""
        return translations(self.language).gettext(words) % values

    def number(self, value: float, decimals: int | None = None, *, sign: bool = False) -> Numeral:
        """A number rounded to decimals (below 0: to tens), or to three digits where none are given."""
        if decimals is None:
            found = text.brief(value, language=self.language)
            return Numeral(f"+{found}" if sign and value > 0 else found, value)
        nothing = math.isfinite(value) and round(float(value), decimals) == 0
        return Numeral(text.rounded(value, decimals, sign=sign and not nothing, language=self.language), value)

    def between(self, low: float, high: float, decimals: int | None) -> Numeral:
        """An interval of a difference: '-1,200 to -300'; a dash where there is none."""
        if math.isnan(low) or math.isnan(high):
            return Numeral(text.NOTHING, low, high)
        ends = (self.number(end, decimals, sign=True) for end in (low, high))
        return Numeral(self.say(msg("%(low)s to %(high)s"), **dict(zip(("low", "high"), ends, strict=True))), low, high)

    def period(self, month: str) -> str:
        """A month or year in words."""
        return text.period(month, language=self.language)

    def several(self, parts: list[str]) -> str:
        """Some things after one another, as a list ends in this language."""
        from babel.lists import format_list

        return format_list(parts, locale=self.language) if parts else ""


def decimals(width: float, *values: float) -> int | None:
    """Decimals to which the numbers beside an interval are rounded: its width has two digits, and the largest of some
    values at most five. None where there is no interval, or one without width: three digits then.
    """
    if not (width > 0 and math.isfinite(width)):
        return None
    found = SIGNIFICANT - 1 - math.floor(math.log10(width))
    largest = max((abs(value) for value in values if math.isfinite(value)), default=0.0)
    return min(found, MOST_DIGITS - math.floor(math.log10(largest))) if largest > 0 else found
