"""What a lever needs: another parameter without which it does nothing.

It is declared once, at the parameter (`param(..., needs=(Need(...),))`). Lists and schema show it, a scenario or a
design that sets the lever alone gives a line, and the test of levers sets what the declaration says.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from abm.engine.dated import FIRST_MONTH


@dataclass(frozen=True)
class Need:
    """A condition on another parameter: more than a number, or one of some values."""

    parameter: str  # 'policy.building.starter_homes'
    above: float | None = None  # the lever acts where it is more than this
    one_of: tuple[Any, ...] = ()  # the lever acts where it is one of these
    lasts: bool = False  # what it did earlier is still there: homes stand, people stay
    raised: bool = False  # only values above the default need it
    since: str = FIRST_MONTH  # from which month on it needs this

    @property
    def key(self) -> tuple[str, str]:
        """Process and name of the other parameter."""
        _, process, name = self.parameter.split(".")
        return process, name

    def met(self, value: Any) -> bool:
        """Whether the lever acts where the other parameter has a value."""
        return value in self.one_of if self.above is None else value > self.above

    def asked(self, value: Any, default: Any) -> bool:
        """Whether a value of the lever, other than its default, needs it."""
        return value > default if self.raised else value != default

    @property
    def words(self) -> str:
        """The condition in words: 'policy.building.starter_homes above 0'."""
        values = " or ".join(str(value).lower() for value in self.one_of)
        condition = values if self.above is None else f"above {self.above:.12g}"
        return f"{self.parameter} {condition}" + " if it is raised" * self.raised


def needed(needs: Iterable[Need]) -> str:
    """What a lever needs, in words; empty for most."""
    return " and ".join(need.words for need in needs)


def alone(parameter: str, lacking: Iterable[Need]) -> str:
    """The line about a lever that is set without what it needs."""
    return f"{parameter}: acts only with {needed(lacking)}: set that too"
