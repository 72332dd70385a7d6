"""No number hides from `abm parameters`: what is assumed of the world is a parameter, or data with a source.

Read from the syntax tree of the rooms of the domains. In a function only neutral numbers are written. A constant of a
module is a definition (a unit, an age or a level at which a coefficient is given, a bit field), a tolerance or a size
of computing, and is listed here with which of these it is; anything else is a number to declare.
"""

import ast
from pathlib import Path

import pytest

import abm

ROOMS = ("people", "asylum", "civic", "jobs", "homes", "residents", "finance")
FREE = {0, 1, 2, -1, 0.5}  # neutral numbers, the two of pairs and squares, and halves
UNIT, REFERENCE, LAW, BITS, TOLERANCE, COMPUTING, FORMULA = (
    "a unit",
    "where a coefficient or a count is given",
    "a definition of law or of statistics",
    "fields of a packed number",
    "far below what is reported",
    "a size that suits the computer, and no result",
    "part of a formula",
)
DEFINITIONS = {
    "asylum.arrival": {"LONGEST": REFERENCE},
    "asylum.placement": {"_FIRST": COMPUTING, "_BELOW": COMPUTING, "_TIED": COMPUTING, "_AIMED": COMPUTING},
    "asylum.placement_algorithms": {"_LEAST": TOLERANCE, "_PLACED": COMPUTING, "_ROUNDS": COMPUTING},
    "asylum.protection": {"WAY": BITS},
    "asylum.protection_measures": {"YOUNGEST": LAW, "OLDEST": LAW},
    "civic.activities": {"LONGEST": COMPUTING},
    "civic.integration": {"YOUNG": LAW},
    "civic.learning": {"TOP": REFERENCE, "YOUNG": REFERENCE, "OLD": REFERENCE},
    "civic.wellbeing": {"UNIFORM": FORMULA, "_BATCH": COMPUTING},
    "finance.contribution": {"WEEKS": LAW, "LARGE": LAW, "MIDDLE": LAW},
    "finance.money": {"DAYS_PER_MONTH": UNIT},
    "homes.deaths": {"_YEARS": REFERENCE, "_DEAD": BITS},
    "homes.dwellings": {"FIT_MIDDLE": LAW},
    "homes.letting_rules": {"_CELL": BITS},
    "homes.lettings": {"_ROUNDING": TOLERANCE},
    "homes.building": {"_TOWN": BITS, "_MOVED": BITS, "_ROUNDING": TOLERANCE},
    "homes.moving": {"SCHOOL": LAW, "MARGIN": TOLERANCE, "HUNDRED": UNIT},
    "homes.queue_kernels": {"_HIGHEST": COMPUTING},
    "homes.queue_steady_state": {
        "_STEPS": COMPUTING,
        "_ROUNDS": COMPUTING,
        "_TINY": TOLERANCE,
        "_SMALL": TOLERANCE,
        "_LEADS": COMPUTING,
        "_GRID": COMPUTING,
    },
    "homes.seeking": {"_MUNICIPALITY": BITS, "_MONTH": BITS, "MIDDLE": REFERENCE, "LARGE": REFERENCE},
    "jobs.employers": {"THOUSAND": UNIT, "HUNDRED": UNIT},
    "jobs.guidance": {"PER_INHABITANTS": UNIT, "FAINT": TOLERANCE},
    "jobs.job_matching": {"_NOTHING": TOLERANCE},
    "jobs.job_search": {"PRIME": REFERENCE, "DECADE": UNIT, "_BOUND": BITS},
    "jobs.job_spells": {"PLACED": BITS, "ENDED": BITS, "NO_CAP": LAW, "_S32": BITS, "_BATCH": COMPUTING},
    "jobs.measures": {"SMALL": LAW},
    "jobs.job_terms": {"B1": REFERENCE},
    "jobs.work": {"PER_CENT": UNIT},
    "people.naturalisation": {"_ADULT": LAW},
    "people.archive": {"WORTH": COMPUTING},
    "people.household_formation": {
        "_GENERATION": BITS,
        "_WAY": BITS,
        "_RANK": BITS,
        "_MONTH": BITS,
        "_ORIGIN": BITS,
        "ADULT": LAW,
        "MINOR_ALONE": REFERENCE,
        "OLDEST": REFERENCE,
    },
    "people.profile": {"REFERENCE_AGE": REFERENCE, "DECADE": UNIT, "_BATCH": COMPUTING, "MOST_EXEMPT": TOLERANCE},
    "people.working_age": {"YOUNGEST": LAW, "OLDEST": LAW},
    "residents.exposure": {"_FAINT": TOLERANCE, "_FEW": COMPUTING},
    "residents.newcomers_nearby": {"_HALF": BITS, "_COUNTS": BITS},
    "residents.support_means": {"_MEANS": BITS},
    "residents.social_network": {"RANKS": BITS, "KEPT_FROM": COMPUTING},
    "residents.surroundings": {"TENTH": UNIT, "PERCENT": UNIT, "THOUSAND": UNIT, "EVEN": FORMULA},
    "residents.support_kernels": {
        "TENANTS": BITS,
        "BAD": BITS,
        "PUSH": BITS,
        "UNFAIR": BITS,
        "SHARED": BITS,
        "SUMMED": BITS,
        "MANY": COMPUTING,
        "_WORDS": BITS,
        "_FOURTH": BITS,
        "_WORD": FORMULA,
        "_UNIFORM": FORMULA,
        "_MOST": TOLERANCE,
        "_SQUARINGS": COMPUTING,
        "_SERIES": FORMULA,
        "_ERFC": FORMULA,
        "_ERFC_SLOPE": FORMULA,
        "_ROWS": COMPUTING,
        "_BATCH": COMPUTING,
        "_USUAL": COMPUTING,
    },
    "residents.synthetic_residents": {
        "_PHI": FORMULA,
        "_STEPS": FORMULA,
        "_GOLDEN": FORMULA,
        "_KM_PER_DEGREE": UNIT,
        "_LATITUDE": REFERENCE,
        "_CLASSES": LAW,
        "_EDGE": TOLERANCE,
    },
}
FUNCTIONS = {  # numbers that are the definition of the function that holds them
    "asylum.measures": {("status_holders", 0.2)},  # least scales, which docs/scale.md finds
    "finance.measures": {("reception_cost", 0.2)},
    "homes.measures": {("homes_let", 0.2)},
    "homes.queue_steady_state": {("searched", 6)},  # of a series
    "residents.measures": {
        ("support_bimodality", 3),
        ("support_bimodality", 4),
        ("support_bimodality", 6),
    },  # moments of a distribution
    "residents.social_network": {("kept", 32), ("clustering", 100_000)},  # digits of a hash; residents in a sample
    "residents.support_kernels": {("_words", 32), ("_words", 3), ("_of_batch", 3)},  # bits, places
    "residents.synthetic_residents": {("neighbourhoods", 12), ("_traits", 3)},  # bits of an address; traits
}
FILES = {
    ".".join(path.relative_to(Path(abm.__file__).parent).with_suffix("").parts): path
    for room in ROOMS
    for path in sorted((Path(abm.__file__).parent / room).glob("*.py"))
}


def literals(node: ast.AST) -> list:
    """Numbers other than neutral ones that are written in a node."""
    each = (part.value for part in ast.walk(node) if isinstance(part, ast.Constant))
    return [number for number in each if type(number) in (int, float, complex) and number not in FREE]


def constants(tree: ast.Module) -> dict[str, list]:
    """Numbers written in the constants of a module, by name."""
    found = {}
    for node in tree.body:
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names = [part.id for target in targets for part in ast.walk(target) if isinstance(part, ast.Name)]
            pairs = [(names[0], node.value)] if len(names) == 1 else []
            numbering = isinstance(node.value, ast.Call) and getattr(node.value.func, "id", "") == "range"
            if len(names) > 1 and isinstance(node.value, ast.Tuple):
                pairs = list(zip(names, node.value.elts, strict=True))
            elif len(names) > 1 and not numbering:
                pairs = [(name, node.value) for name in names]
            found |= {name: literals(value) for name, value in pairs if literals(value)}
    return found


def in_functions(tree: ast.Module) -> list[tuple[str, object]]:
    """Numbers written in functions, as (function, number)."""
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    return [(each.name, number) for each in functions for number in literals(each)]


@pytest.mark.parametrize("module", FILES)
def test_a_constant_is_a_definition_and_says_which(module):
    tree = ast.parse(FILES[module].read_text(encoding="utf-8"))
    assert constants(tree).keys() == DEFINITIONS.get(module, {}).keys()


@pytest.mark.parametrize("module", FILES)
def test_no_number_is_written_in_a_function(module):
    found = set(in_functions(ast.parse(FILES[module].read_text(encoding="utf-8"))))
    assert found <= FUNCTIONS.get(module, set())


def test_the_next_one_is_found():
    tree = ast.parse("FADING = 0.02\nLOW, HIGH = 1, 7\nPAIR = 0\ndef f(x):\n    return 3 * x[0]")
    assert constants(tree) == {"FADING": [0.02], "HIGH": [7]}
    assert in_functions(tree) == [("f", 3)]
