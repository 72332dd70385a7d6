"""Looks for figures in the text of a document: a press page, a letter, the text of a PDF.

A figure counts as found where it stands as a number of its own, in any of the ways in which Dutch and English texts
write it: 14000, 14.000, 14,000, 14 000, 14 duizend, 0,96, 96%, 96 procent.
"""

import html
import re
from collections.abc import Iterable
from html.parser import HTMLParser
from pathlib import Path

from abm.engine.errors import InputError

THOUSAND, MILLION, HUNDRED = 1000, 1_000_000, 100
NUMBER = re.compile(r"\d{1,3}(?:[ .,\u00a0\u202f]\d{3})+(?![\d])|\d+(?:[.,]\d+)?")
DUTCH = (
    "één|een", "twee", "drie", "vier", "vijf", "zes", "zeven", "acht", "negen", "tien", "elf", "twaalf", "dertien",
    "veertien", "vijftien", "zestien", "zeventien",
)  # fmt: skip
ENGLISH = (
    "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen",
    "fourteen", "fifteen", "sixteen", "seventeen",
)  # fmt: skip
SMALL = 20  # whole numbers below this are in every text (dates, counts of months) and say nothing


class _Words(HTMLParser):
    """Collects the text of a page, without scripts and styles."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.hidden = 0

    def handle_starttag(self, tag: str, attrs: list) -> None:
        self.hidden += tag in ("script", "style")

    def handle_endtag(self, tag: str) -> None:
        self.hidden -= tag in ("script", "style") and self.hidden > 0

    def handle_data(self, data: str) -> None:
        if not self.hidden:
            self.words.append(data)


def text_of(path: Path) -> str:
    """The text of a document kept as text or HTML."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror}): give the text of the document") from error
    if content.startswith(b"%PDF"):
        raise InputError(f"{path}: is a PDF: save its text, for instance with pdftotext, and give that")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("latin-1")
    if re.search(r"<(?:html|body|p|div|td)\b", text, re.IGNORECASE):
        parser = _Words()
        parser.feed(text)
        text = " ".join(parser.words)
    return re.sub(r"[\u00a0\u202f\u2009]", " ", html.unescape(text))


def spellings(value: float) -> set[str]:
    """Patterns of the ways in which a number may be written."""
    ways = {decimal(value)}
    if value in range(1, len(DUTCH) + 1):
        ways |= {rf"(?i:\b(?:{words[int(value) - 1]})\b)" for words in (DUTCH, ENGLISH)}
    if value >= THOUSAND:
        groups = f"{value:,.0f}".split(",")
        if float(value).is_integer():
            ways.add(r"[ .,]".join(groups))
        ways |= {decimal(value / THOUSAND) + r"\s*(?:duizend|thousand|dzd|k\b)"}
    if value >= MILLION:
        ways.add(decimal(value / MILLION) + r"\s*(?:miljoen|million|mln)")
    if 0 < value < 1:
        ways.add(decimal(round(value * HUNDRED, 6)) + r"\s*(?:%|procent|percent|per cent)")
    return ways


def decimal(value: float) -> str:
    """Pattern of a number with a decimal point or comma; 14.5 also as 14,50, and 20 as 20,0."""
    text = f"{value:.6f}".rstrip("0").rstrip(".")
    whole, _, part = text.partition(".")
    return rf"{whole}[.,]{part}0?" if part else rf"{whole}(?:[.,]00?)?"


def near(name: str, text: str, reach: int = 160) -> list[str]:
    """The parts of a text around a name, `reach` characters to both sides."""
    found = re.finditer(rf"(?<!\w){re.escape(name)}(?!\w)", text)
    return [text[max(each.start() - reach, 0) : each.end() + reach] for each in found]


def stands(value: float, text: str) -> bool:
    """Whether a number stands in a text by itself, not as part of a longer one."""
    return any(re.search(rf"(?<![\d])(?<!\d[.,])(?:{way})(?![\d])(?![.,]\d)", text) for way in spellings(value))


def quoted(note: str) -> list[float]:
    """Figures that a note quotes, in order; not years, nor numbers too small to say anything."""
    found = []
    for word in NUMBER.findall(note):
        grouped = re.fullmatch(r"\d{1,3}(?:[ .,]\d{3})+", word)
        value = float(re.sub(r"[ .,]", "", word) if grouped else word.replace(",", "."))
        year = value.is_integer() and 1990 <= value <= 2060
        if not year and (value >= SMALL or not value.is_integer()):
            found.append(value)
    return found


def missing(figures: Iterable[float], text: str) -> list[str]:
    """The figures that do not stand in a text."""
    return [f"{value:.10g}" for value in figures if not stands(value, text)]
