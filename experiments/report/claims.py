"""What the plan of the municipalities promises, put to the test: each promise beside the difference that comes out."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from abm.engine import clock
from experiments import text
from experiments.report import chapters
from experiments.report.quantities import (
    EUROS_A_YEAR,
    NOTHING,
    PROBABLY,
    SAME,
    UNKNOWN,
    Quantity,
    mean,
)
from experiments.report.sentences import Shown
from experiments.report.words import Words, msg

PEOPLE_OUT, EUROS_A_DAY, DAYS = 18_000, 71, 365  # of the plan, "Doorstroom naar (opstart)woningen"
UP, DOWN, NO_LESS, NO_MORE = "up", "down", "no less", "no more"
KEPT, PROBABLY_KEPT, IN_PART, NOT_KEPT = "kept", "probably kept", "in part", "not kept"
CONTRARY, PROBABLY_CONTRARY, OPEN, NO_VALUE = "contrary", "probably contrary", "open", "no value"
OUTCOMES = {
    KEPT: msg("comes out"),
    PROBABLY_KEPT: msg("probably comes out"),
    IN_PART: msg("comes out in part"),
    NOT_KEPT: msg("does not come out"),
    CONTRARY: msg("the opposite comes out"),
    PROBABLY_CONTRARY: msg("probably the opposite"),
    OPEN: msg("cannot be told"),
    NO_VALUE: msg("too few pairs have a value"),
}


@dataclass(frozen=True)
class Claim:
    """A promise: its words, the heading of the plan that makes it, the outcome that it is about, and where that goes.

    why: a message in which `%(NAME_a)s`, `_b` and `_d` are the sides and the difference of the quantities in `rows`;
    size: the difference that the plan names, in the unit of the outcome before it is shown, or None.
    """

    promise: str
    paragraph: str
    outcome: Quantity
    direction: str
    why: str
    size: float | None = None
    rows: Mapping[str, str] = field(default_factory=dict)

    def because(self, rows: Mapping[str, Shown], words: Words) -> str:
        """One sentence on why, from rows as they are shown; nothing where one of them is not there or has no value."""
        if not set(self.rows.values()) <= rows.keys():
            return ""
        of = {name: rows[quantity] for name, quantity in self.rows.items()}
        values = {f"{name}_{key}": value for name, row in of.items() for key, value in _sides(row).items()}
        return "" if text.NOTHING in values.values() else words.say(self.why, **values)


def _sides(row: Shown) -> dict[str, str]:
    return {"a": row.a, "b": row.b, "d": row.difference}


def judged(claim: Claim, row: Any) -> str:
    """What becomes of a promise, of a row with difference, low, high and how sure it is.

    A promise with a size comes out in part where the whole interval falls short of it. That something is no less, or no
    more, comes out where it is clearly the other way or the same in every pair: not finding a difference shows nothing.
    """
    sure, limit = row["sure"], claim.direction in (NO_LESS, NO_MORE)
    if sure in (NOTHING, UNKNOWN):
        return NO_VALUE if sure == NOTHING else OPEN
    if sure == SAME:
        return KEPT if limit else NOT_KEPT
    wanted = bool(row["difference"] > 0) == (claim.direction in (UP, NO_LESS))
    if sure == PROBABLY:
        return PROBABLY_KEPT if wanted else PROBABLY_CONTRARY
    if not wanted:
        return CONTRARY
    size = claim.size
    short = size is not None and (row["low"] > size if size < 0 else row["high"] < size)
    return IN_PART if short else KEPT


def by_the_plan(status_holders: np.ndarray) -> float:
    """Euros a year for status holders in reception, as the plan works it out: 365 days of 71 euros each."""
    return mean(status_holders) * EUROS_A_DAY * DAYS


def at_own_cost(status_holders: np.ndarray, cost: np.ndarray, people: np.ndarray) -> float:
    """Euros a year for status holders in reception, at what a person in reception costs on average in the model."""
    return mean(status_holders) * chapters.per_day(cost, people) * chapters.DAYS_A_MONTH * clock.MONTHS


STATUS_HOLDERS = next(each for each in chapters.RECEPTION if each.name == "status_holders")
EMERGENCY = next(each for each in chapters.RECEPTION if each.name == "in_reception kind emergency")
BY_THE_PLAN = Quantity(
    "status holders at 71 euros", EUROS_A_YEAR, (("status_holders", "total", "all"),), by_the_plan,
    msg("Status holders in reception at 71 euros a day"),
)  # fmt: skip
AT_OWN_COST = Quantity(
    "status holders at own cost",
    EUROS_A_YEAR,
    (("status_holders", "total", "all"), *chapters.COST_A_DAY.parts),
    at_own_cost,
    msg("Status holders in reception at the cost per person of the model"),
)
NEWCOMERS_LET = chapters.LETTINGS[-1]
NEAR, ACCEPTING = chapters.SUPPORT[0], chapters.SUPPORT[2]
CLAIMS = (
    Claim(
        msg("18,000 status holders leave reception"),
        "Doorstroom naar (opstart)woningen",
        STATUS_HOLDERS,
        DOWN,
        msg("No more can leave than are there: %(held_a)s on average without the change, and %(held_b)s with it."),
        -PEOPLE_OUT,
        {"held": STATUS_HOLDERS.name},
    ),
    Claim(
        msg("That saves 466 million euros a year, at 71 euros a day"),
        "Doorstroom naar (opstart)woningen",
        BY_THE_PLAN,
        DOWN,
        msg("The sum of the plan, with the difference in people that comes out: %(held_d)s instead of -18,000."),
        -PEOPLE_OUT * EUROS_A_DAY * DAYS,
        {"held": STATUS_HOLDERS.name},
    ),
    Claim(
        msg("The same people, at what a person in reception costs in the model"),
        "Doorstroom naar (opstart)woningen",
        AT_OWN_COST,
        DOWN,
        msg(
            "A person in reception costs %(day_a)s euros a day without the change and %(day_b)s with it, empty places "
            "included; the plan counts 71."
        ),
        -PEOPLE_OUT * EUROS_A_DAY * DAYS,
        {"day": chapters.COST_A_DAY.name},
    ),
    Claim(
        msg("Reception costs 466 million euros a year less"),
        "Doorstroom naar (opstart)woningen",
        chapters.COST,
        DOWN,
        msg(
            "All that the model books for reception: each kind of place at its own cost, empty places and hotels. "
            "People in reception: %(people_a)s without the change and %(people_b)s with it."
        ),
        -PEOPLE_OUT * EUROS_A_DAY * DAYS,
        {"people": chapters.RECEPTION[0].name},
    ),
    Claim(
        msg("Stable reception is cheaper: a person in reception costs less a day"),
        "Stabiele AZC-capaciteit (ook bij dalende instroom)",
        chapters.COST_A_DAY,
        DOWN,
        msg(
            "In emergency places live %(emergency_a)s people without the change and %(emergency_b)s with it; empty "
            "places cost %(empty_a)s and %(empty_b)s million euros a year."
        ),
        rows={"emergency": EMERGENCY.name, "empty": "paid places empty"},
    ),
    Claim(
        msg("Newcomers are at work sooner"),
        "Bij kansrijke aanvraag snel aan het werk",
        chapters.SOONER,
        UP,
        msg(
            "Of permit holders %(now_a)s per cent work two years after the permit without the change and %(now_b)s "
            "per cent with it; at five years %(later_a)s and %(later_b)s."
        ),
        rows={"now": chapters.SOONER.name, "later": chapters.FIVE_YEARS.name},
    ),
    Claim(
        msg("Other home seekers are not crowded out: no fewer homes for them"),
        "Realistisch én noodzakelijk",
        chapters.OTHERS,
        NO_LESS,
        msg("Newcomers rent %(new_a)s homes of corporations a year without the change and %(new_b)s with it."),
        rows={"new": NEWCOMERS_LET.name},
    ),
    Claim(
        msg("Other home seekers are not crowded out: they wait no longer"),
        "Realistisch én noodzakelijk",
        chapters.REGISTRATION[0],
        NO_MORE,
        msg(
            "Of regular home seekers housed by registration: %(wait_a)s months without the change, %(wait_b)s with it."
        ),
        rows={"wait": chapters.REGISTRATION[0].name},
    ),
    Claim(
        msg("Support near locations grows"),
        "Een menswaardige aanpak voor sterke buurten",
        NEAR,
        UP,
        msg(
            "Near a location %(accept_a)s per cent of residents accept it without the change, and %(accept_b)s with it."
        ),
        rows={"accept": ACCEPTING.name},
    ),
)
TESTED = tuple(dict.fromkeys(claim.outcome for claim in CLAIMS))
