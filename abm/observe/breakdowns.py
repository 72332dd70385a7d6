"""Breakdowns of indicators: their names, and the labels of their groups in the order of the codes."""

import numpy as np

from abm.facts.facts import Inputs
from abm.tables.country import Kind
from abm.tables.homes import Form, Group, Halt, Rule, Tenure
from abm.tables.money import Purpose
from abm.tables.people import STATUS_HOLDERS, Activity, Route, Schooling, Stage, Track
from abm.tables.residents import NEARNESS, PHASES, SITE_SIZES

STATISTICS = ("mean", "median", "p90")
SEXES = ("men", "women")
PERMIT_YEARS = 11  # groups of years since the permit, the last one open
SINCE = ("months_since_arrival", "months_since_permit")
DURATIONS = 121  # groups of months since these, the last one open
DIMENSIONS = ("origin", "sex", "schooling", "region")  # breakdowns whose groups are compared
TENANTS = ("newcomers", "other home seekers")  # of starter homes
WAYS = (
    "next home by queue",
    "middle rent",
    "other municipality",
    "found elsewhere",
    "building closed",
)  # out of a starter home
STATUSES = ("asylum seeker", "status holder", "leaving")
BREAKDOWNS = (
    "total",
    "kind",
    "stage",
    "status",
    "track",
    "purpose",
    "statistic",
    "sex",
    "schooling",
    "route",
    "activity",
    "since_permit",
    "since_arrival",
    *SINCE,
    "dimension",
    "sector",
    "form",
    "halt",
    "tenant",
    "way",
    "rule",
    "tenure",
    "seeker",
    "origin",
    "region",
    "municipality",
    "nearness",
    "site_size",
    "phase",
)  # names, as in `labels`, which needs inputs
STATUS_OF_STAGE = np.array(
    [1 if stage in STATUS_HOLDERS else 2 if stage == Stage.DEPARTING else 0 for stage in Stage], dtype=np.int64
)


def words(enum) -> list[str]:
    """Names of an enum as words: AWAITING_HOME -> 'awaiting home'."""
    return [member.name.lower().replace("_", " ") for member in enum]


def labels(inputs: Inputs) -> dict[str, list[str]]:
    """The labels of the groups of each breakdown, in the order of their codes."""
    return {
        "total": ["all"],
        "kind": words(Kind),
        "stage": words(Stage),
        "status": list(STATUSES),
        "track": words(Track),
        "purpose": words(Purpose),
        "statistic": list(STATISTICS),
        "sex": list(SEXES),
        "schooling": words(Schooling),
        "route": words(Route),
        "activity": words(Activity),
        "since_permit": [f"{year} years" for year in range(PERMIT_YEARS - 1)] + [f"{PERMIT_YEARS - 1} years and more"],
        "since_arrival": [f"{year} years" for year in range(PERMIT_YEARS - 1)] + [f"{PERMIT_YEARS - 1} years and more"],
        **{each: [*map(str, range(DURATIONS - 1)), f"{DURATIONS - 1} and more"] for each in SINCE},
        "dimension": list(DIMENSIONS),
        "sector": list(inputs.sectors),
        "form": words(Form),
        "halt": ["built", *words(Halt)[1:]],
        "tenant": list(TENANTS),
        "way": list(WAYS),
        "rule": words(Rule),
        "tenure": words(Tenure),
        "seeker": [*words(Group), "newcomer"],
        "origin": list(inputs.origins["origin"]),
        "region": list(inputs.regions["name"]),
        "municipality": list(inputs.municipalities["name"]),
        "nearness": list(NEARNESS),
        "site_size": list(SITE_SIZES),
        "phase": list(PHASES),
    }
