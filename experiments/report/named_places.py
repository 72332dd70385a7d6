"""Municipalities and regions by the names that people write: today's, those in common use, and those of before."""

from collections.abc import Sequence
from difflib import get_close_matches

from abm.engine.errors import InputError, brief
from abm.facts import mergers
from abm.facts.facts import Inputs

OTHER_NAMES = {"'s-Gravenhage": "Den Haag", "'s-Hertogenbosch": "Den Bosch"}  # in daily use for the official ones
NEAREST, ALIKE = 3, 0.6  # number of names that are offered, and how like the given one they are at least


def town(name: str, inputs: Inputs) -> int:
    """The row of a municipality. Raises InputError with the nearest names, or with what it is part of by now."""
    known = inputs.municipalities["name"].tolist()
    official = {_plain(daily): each for each, daily in OTHER_NAMES.items()}
    found = _row(official.get(_plain(name), name), known)
    if found is not None:
        return found
    if today := became(name, inputs):
        year, names = today
        several = " and ".join(f"'{each}'" for each in names)
        raise InputError(f"--town: '{brief(name)}' is part of {several} since {year}: give that name")
    raise InputError(f"--town: '{brief(name)}' is not a municipality{offered(name, known)}")


def region(name: str, inputs: Inputs) -> int:
    """The row of a labour market region. Raises InputError with the nearest names."""
    known = inputs.regions["name"].tolist()
    found = _row(name, known)
    if found is None:
        raise InputError(f"--region: '{brief(name)}' is not a labour market region{offered(name, known)}")
    return found


def became(name: str, inputs: Inputs) -> tuple[int, list[str]] | None:
    """The year in which a municipality of before ended and those of today that it is part of; None for another name."""
    rows = inputs.tables[mergers.MERGERS]
    rows = rows[rows["year"] <= inputs.layout]
    ended = rows[rows["name_from"].map(_plain) == _plain(name)]
    if ended.empty:
        return None
    last = ended[ended["year"] == ended["year"].max()]
    codes, names = inputs.municipalities["gm_code"].tolist(), inputs.municipalities["name"].tolist()
    todo, found = last["gm_to"].tolist(), []
    for code in todo:
        if code in codes:
            found.append(names[codes.index(code)])
        todo.extend(rows.loc[(rows["gm_from"] == code) & (code not in codes), "gm_to"].tolist())
    return (int(last["year"].iloc[0]), list(dict.fromkeys(found))) if found else None


def offered(name: str, known: Sequence[str]) -> str:
    """The way out after an unknown name: those most like it, or where all are."""
    plain = {_plain(each): each for each in known}
    near = [plain[each] for each in get_close_matches(_plain(brief(name)), plain, NEAREST, ALIKE)]
    if not near:
        return f": give one of the {len(known)} names, like '{known[0]}'"
    *first, last = [f"'{each}'" for each in near]
    return f": did you mean {', '.join(first)} or {last}?" if first else f": did you mean {last}?"


def _row(name: str, known: Sequence[str]) -> int | None:
    plain = [_plain(each) for each in known]
    return plain.index(_plain(name)) if _plain(name) in plain else None


def _plain(name: str) -> str:
    """A name without what people write in different ways: capitals, spaces, apostrophes."""
    return " ".join(name.casefold().replace("’", "'").split())
