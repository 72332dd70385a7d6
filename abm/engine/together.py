"""Parameters that belong together: shares of one whole, and pairs of which one is not above the other.

A process declares them once, beside its parameters; they are then checked whenever its parameters are made, in every
month of a scenario and at every point of a design, and samples are drawn within them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

ROUNDING = 1e-9  # by which shares may be more than 1 together: 0.7 + 0.2 + 0.1 is not 1 to the last bit


@dataclass(frozen=True)
class Whole:
    """Shares of one whole: at most 1 together, and the rest is what remains."""

    what: str  # is divided: 'vacancies by size'
    parts: tuple[str, ...]  # parameters
    rest: str  # takes what remains: 'large homes'

    @property
    def parameters(self) -> tuple[str, ...]:
        """The parameters that belong together."""
        return self.parts

    def fault(self, values: Mapping[str, float], when: str = "") -> str:
        """What is wrong with the values of the parameters and the way out, or nothing; `when` they hold, in words."""
        together = sum(values[part] for part in self.parts)
        if together <= 1 + ROUNDING:
            return ""
        added = " + ".join(f"{part} {values[part]:.12g}" for part in self.parts)
        return (
            f"{added} = {together:.12g}{when} is more than the whole ({self.what}; the rest: {self.rest}): lower one, "
            "to at most 1 together"
        )

    def described(self, parameter: str) -> str:
        """What one of the parameters has to do with the others, in words."""
        others = ", ".join(part for part in self.parts if part != parameter)
        return f"with {others} at most 1 ({self.what}; the rest: {self.rest})"


@dataclass(frozen=True)
class Ordered:
    """A pair of which the first is not above the second."""

    low: str
    high: str

    @property
    def parameters(self) -> tuple[str, ...]:
        """The parameters that belong together."""
        return self.low, self.high

    def fault(self, values: Mapping[str, float], when: str = "") -> str:
        """What is wrong with the values of the parameters and the way out, or nothing; `when` they hold, in words."""
        low, high = values[self.low], values[self.high]
        if low <= high:
            return ""
        return f"{self.low} {low:.12g} is above {self.high} {high:.12g}{when}: lower the first, or raise the second"

    def described(self, parameter: str) -> str:
        """What one of the parameters has to do with the other, in words."""
        return f"at most {self.high}" if parameter == self.low else f"at least {self.low}"


Together = tuple[Whole | Ordered, ...]


def described(together: Sequence[Whole | Ordered], parameter: str) -> str:
    """What a parameter has to do with others, in words; empty for most."""
    return "; ".join(rule.described(parameter) for rule in together if parameter in rule.parameters)
