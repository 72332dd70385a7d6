"""Formats numbers, sizes, times and periods for people, in English or Dutch, by the conventions of Babel (CLDR)."""

import datetime
import decimal
import math

ENGLISH, DUTCH = "en", "nl"
NOTHING = "–"  # in place of a missing number
WHOLE = 100  # from here on without decimals
DIGITS = 3  # significant digits of a rounded number
INTEGER = "#,##0"  # a pattern of Unicode's CLDR
ALL_DIGITS = f"{INTEGER}.{'#' * 15}"
MINUTE, HOUR = 60.0, 3600.0  # seconds
KILO = 1e3
BYTES = ("kilobyte", "megabyte", "gigabyte", "terabyte")
HALVES = {
    ENGLISH: {"I": "the first half of {}", "II": "the second half of {}"},
    DUTCH: {"I": "de eerste helft van {}", "II": "de tweede helft van {}"},
}

# Babel is imported where it is needed, so that `abm --help` does not wait for it


def number(value: float, *, sign: bool = False, language: str = ENGLISH) -> str:
    """A number without decimals from 100 on, and with three digits below: 12,345, 3.46, 0.0123; a dash for NaN."""
    if abs(value) >= WHOLE:
        return _decimal(value, INTEGER, sign, language)
    return _decimal(_rounded(value), ALL_DIGITS, sign, language)


def brief(value: float, *, language: str = ENGLISH) -> str:
    """A number rounded to three digits: 65731 -> '65,700'; a dash for NaN."""
    return _decimal(_rounded(value), ALL_DIGITS, False, language)


def fixed(value: float, decimals: int, *, sign: bool = False, language: str = ENGLISH) -> str:
    """A number with a fixed number of decimals, as in a column: '0.120'; a dash for NaN."""
    return _decimal(value, f"{INTEGER}.{'0' * decimals}", sign, language)


def rounded(value: float, decimals: int, *, sign: bool = False, language: str = ENGLISH) -> str:
    """A number rounded to decimals, below 0 to tens (-1) and hundreds (-2): 1,234 -> '1,200'; a dash for NaN."""
    found = round(float(value), decimals) if math.isfinite(value) else value
    return _decimal(found, f"{INTEGER}.{'0' * decimals}" if decimals > 0 else INTEGER, sign, language)


def share(value: float, decimals: int = 0, *, sign: bool = False, language: str = ENGLISH) -> str:
    """A share as a percentage: 0.123 -> '12%'."""
    return _decimal(value, f"{INTEGER}.{'0' * decimals}%" if decimals else f"{INTEGER}%", sign, language)


def points(value: float, *, language: str = ENGLISH) -> str:
    """A difference between shares in percentage points: 0.012 -> '+1.2 pp'."""
    return f"{fixed(100 * value, 1, sign=True, language=language)} pp"


def interval(low: float, high: float, decimals: int = 2) -> str:
    """An interval: '+0.10 to +0.20', 'at least +0.10', 'at most +0.20'."""
    least, most = (fixed(bound, decimals, sign=True) for bound in (low, high))
    if math.isinf(high):
        return f"at least {least}"
    return f"at most {most}" if math.isinf(low) else f"{least} to {most}"


def size(value: float, *, language: str = ENGLISH) -> str:
    """A number of bytes: 1388000 -> '1.39 MB'."""
    power = max(sum(value >= KILO**each for each in range(1, len(BYTES) + 1)), 1)
    return _with_unit(_rounded(value / KILO**power), BYTES[power - 1], ALL_DIGITS, language)


def duration(seconds: float, *, language: str = ENGLISH) -> str:
    """A duration: '7 sec', '12 min', '3.4 hr'."""
    if seconds < MINUTE:
        return _with_unit(seconds, "second", INTEGER, language)
    if seconds < HOUR:
        return _with_unit(seconds / MINUTE, "minute", INTEGER, language)
    return _with_unit(seconds / HOUR, "hour", f"{INTEGER}.0", language)


def period(text: str, *, language: str = ENGLISH) -> str:
    """A month, half-year or year: '2015-12' -> 'December 2015', '2015-II' -> 'the second half of 2015'."""
    from babel.dates import format_skeleton

    year, _, part = text.partition("-")
    if not part.isdigit():
        return HALVES[language].get(part, "{}").format(year)
    return format_skeleton("yMMMM", datetime.date(int(year), int(part), 1), locale=language)


def ceiled(value: float) -> str:
    """A number rounded up to two digits, without separators: 0.7401 -> '0.75'."""
    return f"{_rounded(value, 2, decimal.ROUND_CEILING):f}"


def plain(value: object) -> str:
    """A value as it is written in YAML: 1 for 1.0, true for True."""
    return str(value).lower() if isinstance(value, bool) else f"{value:g}" if isinstance(value, float) else str(value)


def _rounded(value: float, digits: int = DIGITS, rounding: str = decimal.ROUND_HALF_EVEN) -> decimal.Decimal:
    """A number rounded to significant digits. Babel's own patterns for this lose a decimal of 0.0999."""
    return decimal.Context(prec=digits, rounding=rounding).create_decimal(str(value))


def _decimal(value: float | decimal.Decimal, pattern: str, sign: bool, language: str) -> str:
    """A number in a pattern, with its sign if wanted."""
    from babel.numbers import format_decimal

    if math.isnan(value):
        return NOTHING
    return format_decimal(value or 0, f"+{pattern};-{pattern}" if sign else pattern, locale=language)  # no minus zero


def _with_unit(value: float | decimal.Decimal, unit: str, pattern: str, language: str) -> str:
    """A number with its unit in short form."""
    from babel.units import format_unit

    return format_unit(value, unit, length="short", format=pattern, locale=language)
