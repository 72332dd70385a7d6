"""Reading YAML that people write: what cannot be meant is refused, in one line with file, place and way out."""

from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import yaml

from abm.engine.errors import InputError


def read_yaml(path: Path) -> Any:
    """Content of a YAML file (None: empty); double keys are refused. Raises InputError."""
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise InputError(f"{path}: cannot be read (not UTF-8): save it as UTF-8 text") from None
    except OSError as error:
        near = get_close_matches(path.name, [p.name for p in path.parent.glob("*.y*ml")], 1)
        hint = f"did you mean {path.parent / near[0]}?" if near else "give the path of a YAML file"
        raise InputError(f"{path}: cannot be read ({error.strerror}): {hint}") from None
    try:
        return yaml.load(text, _Strict)
    except RecursionError:
        raise InputError(f"{path}: is nested too deeply: a scenario has four levels") from None
    except (yaml.YAMLError, TypeError, ValueError) as error:  # the last two: lists as keys, 30 February
        mark = getattr(error, "problem_mark", None)
        place = f" line {mark.line + 1}" if mark else ""
        reason = " ".join(str(getattr(error, "problem", None) or error).split())
        raise InputError(f"{path}{place}: is not valid YAML: {reason}: correct it there") from None


def read_value(text: str) -> Any:
    """One value as YAML has it: '0.5', 'true', '{2027-01: 5000}'; text that is no YAML stays text."""
    try:
        return yaml.load(text, _Strict)
    except (yaml.YAMLError, TypeError, ValueError, RecursionError):
        return text


def nearest(word: object, known: Sequence[str]) -> str:
    """The way out after an unknown word: the known one that is most like it, or all of them."""
    near = get_close_matches(str(word), known, 1, 0.5)
    return f": did you mean '{near[0]}'?" if near else f": choose from {', '.join(known)}"


class _Strict(yaml.SafeLoader):
    """YAML that refuses double keys, of which the reader would silently keep the last."""


def _mapping(loader: _Strict, node: yaml.MappingNode) -> dict:
    found: dict = {}
    for key_node, value_node in node.value:
        key = loader.construct_object(key_node, deep=True)
        if key in found:
            raise yaml.MarkedYAMLError(problem=f"key '{key}' appears twice", problem_mark=key_node.start_mark)
        found[key] = loader.construct_object(value_node, deep=True)
    return found


_Strict.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)
