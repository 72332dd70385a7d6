"""What a person gives on the command line, read: values of parameters, months, and names of measures."""

from collections.abc import Sequence

from abm.engine import dated
from abm.engine.errors import InputError, brief
from abm.engine.yaml_input import read_value
from abm.measures import ALL, Asked, asked_of
from abm.scenario import Scenario


def assignments(texts: Sequence[str] | None) -> dict[str, object]:
    """Values of --set by key: 'policy.x.y=1' -> {'policy.x.y': 1}. Raises InputError."""
    found: dict[str, object] = {}
    for text in texts or ():
        key, equals, value = text.partition("=")
        if not equals:
            raise InputError(f"--set: '{brief(text)}' has no value: write section.process.parameter=value")
        if (key := key.strip()) in found:
            raise InputError(f"--set: {brief(key)}: is given twice: give it once")
        found[key] = read_value(value, f"--set: {brief(key)}")
    return found


def month(option: str, text: str | None) -> str | None:
    """A month as YYYY-MM, or None where none is given. Raises InputError."""
    try:
        return None if text is None else dated.month(text)
    except ValueError as error:
        raise InputError(f"{option}: {error}") from None


def measures(option: str, text: str, scenario: Scenario) -> Asked | None:
    """Measures from names between commas: 'summary, housed by region'; None: all of them. Raises InputError."""
    names = [each.strip() for each in text.split(",")]
    if ALL in names:
        return None
    more = [each for plugin in scenario.plugins for each in plugin.measures]
    try:
        return asked_of(names, more, scenario.scale)
    except InputError as error:
        raise InputError(f"{option}: {error}") from None
