"""Sentences that follow a difference: as strong as its interval allows, in words of their own for each strength."""

import math
from dataclasses import dataclass
from typing import Any, Protocol

import pandas as pd

from experiments.report.quantities import CLEARLY, NOTHING, PROBABLY, SAME, UNKNOWN, Quantity, Unit
from experiments.report.words import Numeral, Words, decimals, msg

SHOWN, PROBABLE, OPEN, ABSENT = "shown", "probable", "open", "absent"  # lights
LIGHTS = {
    SHOWN: msg("shown"),
    PROBABLE: msg("probable"),
    OPEN: msg("cannot be told"),
    ABSENT: msg("not in the model"),
}
VERDICTS = {  # sure, whether higher -> words in a table
    (CLEARLY, True): msg("clearly higher"),
    (CLEARLY, False): msg("clearly lower"),
    (PROBABLY, True): msg("probably higher"),
    (PROBABLY, False): msg("probably lower"),
    (UNKNOWN, True): msg("cannot be told"),
    (UNKNOWN, False): msg("cannot be told"),
    (SAME, True): msg("the same in every pair"),
    (SAME, False): msg("the same in every pair"),
    (NOTHING, True): msg("too few pairs have a value"),
    (NOTHING, False): msg("too few pairs have a value"),
}


@dataclass(frozen=True)
class Shown:
    """A row as it is shown, by the name of its quantity: numbers rounded by the width of the interval, as text."""

    label: str
    unit: str
    a: Numeral
    b: Numeral
    difference: Numeral
    interval: Numeral
    verdict: str
    sure: str
    higher: bool
    name: str = ""


class Labelled(Protocol):
    """What a row is about: a quantity of the country, or an outcome of a place."""

    @property
    def name(self) -> str:
        """What tells it from others."""
        ...

    @property
    def unit(self) -> Unit:
        """Its unit."""
        ...

    def said(self, words: Words) -> str:
        """Its label in a language."""
        ...


def shown(quantity: Labelled, row: Any, words: Words) -> Shown:
    """A row of a table of outcomes in a language."""
    unit = quantity.unit
    a, b, difference, low, high = (unit.factor * row[key] for key in ("a", "b", "difference", "low", "high"))
    digits = _beside_nothing(decimals(high - low, a, b, difference), low, high)
    said = words.say(unit.words)
    if unit.of_difference:
        said = words.say(msg("%(unit)s, difference in %(points)s"), unit=said, points=words.say(unit.of_difference))
    higher = bool(row["difference"] > 0)
    return Shown(
        label=quantity.said(words),
        unit=said,
        a=words.number(a, digits),
        b=words.number(b, digits),
        difference=words.number(difference, digits, sign=True),
        interval=words.between(low, high, digits),
        verdict=words.say(VERDICTS[row["sure"], higher]),
        sure=row["sure"],
        higher=higher,
        name=quantity.name,
    )


def _beside_nothing(digits: int | None, low: float, high: float) -> int | None:
    """Digits with which neither end of an interval that leaves out 0 is shown as 0."""
    if digits is None or not low * high > 0:
        return digits
    nearest = min(abs(low), abs(high))
    return digits if round(nearest, digits) else math.ceil(-math.log10(nearest))


@dataclass(frozen=True)
class Told:
    """A sentence with its light."""

    light: str
    text: str


@dataclass(frozen=True)
class Phrases:
    """Messages about one outcome, by how sure its difference is; each has %(size)s, %(interval)s and %(years)s."""

    clearly_more: str
    clearly_less: str
    probably_more: str
    probably_less: str
    unknown: str
    same: str

    def message(self, sure: str, higher: bool) -> str:
        """The message that fits."""
        if sure == CLEARLY:
            return self.clearly_more if higher else self.clearly_less
        if sure == PROBABLY:
            return self.probably_more if higher else self.probably_less
        return self.same if sure == SAME else self.unknown


IN_RECEPTION = Phrases(
    msg("Clearly more people are in reception: %(size)s more on average in %(years)s (95%% interval %(interval)s)."),
    msg("Clearly fewer people are in reception: %(size)s fewer on average in %(years)s (95%% interval %(interval)s)."),
    msg("Probably more people are in reception: %(size)s more on average in %(years)s (95%% interval %(interval)s)."),
    msg("Probably fewer people are in reception: %(size)s fewer on average in %(years)s (95%% interval %(interval)s)."),
    msg("Whether more or fewer people are in reception in %(years)s cannot be told (95%% interval %(interval)s)."),
    msg("As many people are in reception in %(years)s, in every pair of runs."),
)
AT_WORK = Phrases(
    msg(
        "Permit holders are clearly more often at work two years after the permit: %(size)s percentage points more in "
        "%(years)s (95%% interval %(interval)s)."
    ),
    msg(
        "Permit holders are clearly less often at work two years after the permit: %(size)s percentage points less in "
        "%(years)s (95%% interval %(interval)s)."
    ),
    msg(
        "Permit holders are probably more often at work two years after the permit: %(size)s percentage points more in "
        "%(years)s (95%% interval %(interval)s)."
    ),
    msg(
        "Permit holders are probably less often at work two years after the permit: %(size)s percentage points less in "
        "%(years)s (95%% interval %(interval)s)."
    ),
    msg(
        "Whether permit holders are more often at work two years after the permit in %(years)s cannot be told (95%% "
        "interval %(interval)s)."
    ),
    msg("As many permit holders are at work two years after the permit in %(years)s, in every pair of runs."),
)
SAVES = msg("Added up, B has cost less than A at the end of %(years)s.")
NEVER_SAVES = msg("In no year to %(last)s has B cost less than A, added up since %(since)s.")
SURELY_LESS = msg("The whole interval is below 0 at the end of %(years)s.")
SURELY_MORE = msg("The whole interval is above 0 at the end of %(years)s.")
NOT_CARRIED = msg("These runs are too small to say anything of this: %(outcome)s.")
PAYS_FOR_ITSELF = msg(
    "Whether it pays for itself: the model books what reception and starter homes cost, and none of these: %(absent)s."
)


def breaks_even(years: pd.DataFrame, since: str, words: Words) -> str:
    """At the end of which years B has cost less; years: index of years, difference, low and high, added up."""
    less = _spans(years["difference"] < 0, words)
    found = [words.say(SAVES, years=less) if less else words.say(NEVER_SAVES, last=str(years.index[-1]), since=since)]
    for said, sure in ((SURELY_LESS, years["high"] < 0), (SURELY_MORE, years["low"] > 0)):
        if spans := _spans(sure, words):
            found.append(words.say(said, years=spans))
    return " ".join(found)


def _spans(holds: pd.Series, words: Words) -> str:
    """The years in which something holds, in words: '2027 to 2034 and 2036'; nothing where there is none."""
    runs = (holds != holds.shift()).cumsum()
    spans = [list(each.index) for _, each in holds[holds].groupby(runs[holds])]
    said = [
        str(span[0]) if len(span) == 1 else words.say(msg("%(first)s to %(last)s"), first=span[0], last=span[-1])
        for span in spans
    ]
    return words.several(said)


def told(phrases: Phrases, quantity: Quantity, frame: pd.DataFrame, years: str, words: Words) -> Told:
    """The sentence on an outcome of a table, with its light; where the runs do not carry it, that."""
    if quantity.name not in frame.index:
        return Told(OPEN, words.say(NOT_CARRIED, outcome=quantity.said(words)))
    row: Any = frame.loc[quantity.name]
    found = shown(quantity, row, words)
    size = found.difference.lstrip("+-")
    text = words.say(phrases.message(found.sure, found.higher), size=size, interval=found.interval, years=years)
    light = {CLEARLY: SHOWN, SAME: SHOWN, PROBABLY: PROBABLE}.get(found.sure, OPEN)
    return Told(light, text)
