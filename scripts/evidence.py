"""How well the numbers of the model are known: the level of evidence of a parameter, by what its source says."""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

ASSUMED, UNGRADED, SIGN, SERIES = "assumption", "not graded", "sign", "series"
GRADES = ("low", UNGRADED, "medium", "high")  # from weak to strong
ONLY_SIGN = re.compile(r"\b(sign|guess|assumption)\b")
LEVELS: Mapping[str, str] = MappingProxyType(
    {
        "high": "has a source, whose confidence is high in `sources.yaml`",
        "medium": "has a source of medium confidence; of several sources the weakest counts",
        UNGRADED: "has a source without a grade of confidence",
        "low": "has a source of low confidence",
        SERIES: "is taken from a series of the data, whose columns have their own sources",
        SIGN: "a study gives the sign or the form, the size is assumed",
        ASSUMED: "has no source: a choice, with its reason where there is one",
    }
)


def level(source: str, known: Mapping[str, Mapping[str, Any]]) -> str:
    """The level of a parameter by its source, 'KEY|KEY: remark'; known: the entries of the sources file by key.

    Of several sources the weakest counts.
    """
    keys, _, remark = source.partition(":")
    named = keys.split("|")
    if ASSUMED in named:
        return ASSUMED
    if ONLY_SIGN.search(remark):
        return SIGN
    grades = [known[key].get("confidence") or UNGRADED for key in named if key in known]
    return min(grades, key=GRADES.index) if grades else SERIES
