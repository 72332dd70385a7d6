"""How well the numbers of the model are known: the level of evidence of a parameter, by what its source says."""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

ASSUMED, UNGRADED, PART, SERIES = "assumption", "not graded", "in part", "series"
GRADES = ("low", UNGRADED, "medium", "high")  # from weak to strong
ONLY_SIGN = re.compile(r"\b(sign|guess|assumption)\b")
LEVELS: Mapping[str, str] = MappingProxyType(
    {
        "high": "has a source, whose confidence is high in `sources.yaml`",
        "medium": "has a source of medium confidence; of several sources the weakest counts",
        UNGRADED: "has a source without a grade of confidence",
        "low": "has a source of low confidence",
        SERIES: "is taken from a series of the data, whose columns have their own sources",
        PART: "a source gives the sign, the form or a part, and the size is assumed",
        ASSUMED: "has no source: a choice, with its reason where there is one",
    }
)


def level(source: str, known: Mapping[str, Mapping[str, Any]]) -> str:
    """The level of a parameter by its source, 'KEY|KEY: remark'; known: the entries of the sources file by key.

    Of several sources the weakest counts; one beside an assumption gives a part.
    """
    keys, _, remark = source.partition(":")
    named = keys.split("|")
    if set(named) == {ASSUMED}:
        return ASSUMED
    if ASSUMED in named or ONLY_SIGN.search(remark):
        return PART
    grades = [known[key].get("confidence") or UNGRADED for key in named if key in known]
    return min(grades, key=GRADES.index) if grades else SERIES
