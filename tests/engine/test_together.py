"""Parameters that belong together: what is declared, that nothing is forgotten, and what is refused."""

import ast
import sys
from pathlib import Path

import pytest
from pydantic import ValidationError

from abm.engine.params import about
from abm.engine.together import Ordered, Whole, described
from abm.scenario_file import PARAMS, TOGETHER, section_of

WHOLES = [(process, rule) for process, rule in TOGETHER if isinstance(rule, Whole)]
PAIRS = [(process, rule) for process, rule in TOGETHER if isinstance(rule, Ordered)]
SIZES = Whole("homes by size", ("small", "middle"), "large ones")
HOURS = Ordered("usual", "most")
APART = {  # process -> shares that stand together in the code, each of a whole of its own
    "start": [{"lower_schooling", "young_share"}],  # of residents without higher schooling, of all residents
    "protection": [{"female_alone", "female_lead"}],  # of those alone, of families
    "seeking": [
        {"stopping", "becoming_urgent"},  # hazards a year, which compete
        {"search_part", "urgent_homes", "usual_lottery"},  # the first of the time registered
    ],
    "reunion": [{"female_lead", "partner_share"}],  # of leads, of families
    "leaving": [{"alone_rate", "family_rate"}],  # of those alone, of families
    "integration": [{"hardest_none", "hardest_primary", "hardest_secondary", "hardest_higher"}],  # of each schooling
    "participation": [{"lost_on_dual_track", "lost_to_work"}],  # of those on a dual track, of others
    "activities": [{"share", "other_share", "training_share"}],  # of those offered one, exempt, on the fast track
    "learning": [{"activity", "idle_allowed"}],  # factors of one rate
    "work": [{"separation", "tax_reference"}, {"agency_separation", "separation"}],  # of jobs, of wages; of two kinds
    "support": [
        {"programme", "rate", "talk"},  # of neighbours, of distances to a level
        {"halo", "threat_size"},
        {"calm_accepting", "worried_accepting"},  # of those who hold no nuisance, of those who do
        {"fair_share", "work_reference", "workers_share"},  # of lettings, newcomers, residents; handed to one loop
        {"crowded_share", "negative", "most_negative"} | {"management", "regulars", "urbanity"},  # the same
    ],
}


def named(rules):
    return pytest.mark.parametrize(
        ("process", "rule"), rules, ids=[f"{process}.{rule.parameters[0]}" for process, rule in rules]
    )


def bounds(process, parameter):
    facts = about(PARAMS[process].model_fields[parameter])
    return facts["low"], facts["high"]


def split(process, parts, total):
    """Values of shares that add up to a total, each as high as it can be in turn."""
    found = {}
    for part in parts:
        found[part] = min(bounds(process, part)[1], total - sum(found.values()))
    return found


# --- by hand


def test_shares_of_a_whole():
    assert SIZES.fault({"small": 0.6, "middle": 0.4}) == ""
    assert SIZES.fault({"small": 0.7 + 0.2, "middle": 0.1 + 1e-12}) == ""  # rounding
    assert SIZES.fault({"small": 0.6, "middle": 0.5}, " in 2027-01") == (
        "small 0.6 + middle 0.5 = 1.1 in 2027-01 is more than the whole (homes by size; the rest: large ones): "
        "lower one, to at most 1 together"
    )


def test_pairs_in_order():
    assert HOURS.fault({"usual": 2, "most": 2}) == ""
    assert HOURS.fault({"usual": 3, "most": 2}) == "usual 3 is above most 2: lower the first, or raise the second"


def test_words_for_a_parameter():
    assert described((SIZES, HOURS), "middle") == "with small at most 1 (homes by size; the rest: large ones)"
    assert described((SIZES, HOURS), "usual") == "at most most"
    assert described((SIZES, HOURS), "most") == "at least usual"
    assert described((SIZES, HOURS), "another") == ""


# --- what is declared


@named(TOGETHER)
def test_what_belongs_together_is_declared_once_and_lies_in_one_section(process, rule):
    fields = PARAMS[process].model_fields
    assert set(rule.parameters) <= set(fields)
    assert (
        len({section_of(process, parameter) for parameter in rule.parameters}) == 1
    )  # a design varies it in one block
    assert len({about(fields[parameter])["unit"] for parameter in rule.parameters}) == 1
    others = [other for owner, other in TOGETHER if owner == process and other is not rule]
    assert all(set(other.parameters).isdisjoint(rule.parameters) for other in others)


@named(WHOLES)
def test_a_whole_is_accepted_at_one_and_refused_above(process, rule):
    most = sum(bounds(process, part)[1] for part in rule.parts)
    assert PARAMS[process](**split(process, rule.parts, min(most, 1)))
    if most > 1:
        with pytest.raises(ValidationError, match="more than the whole"):
            PARAMS[process](**split(process, rule.parts, 1.0001))


@named(PAIRS)
def test_a_pair_is_accepted_when_equal_and_refused_beyond(process, rule):
    equal = bounds(process, rule.low)[1]
    assert PARAMS[process](**{rule.low: equal, rule.high: equal})
    with pytest.raises(ValidationError, match="is above"):
        PARAMS[process](**{rule.low: equal, rule.high: equal - 1e-3})


def test_shares_that_the_code_adds_up_or_hands_over_together_are_declared():
    """Where two shares of a process are added, subtracted or listed side by side they are parts of one whole,
    unless `APART` says why not."""
    found = {}
    for process, model in PARAMS.items():
        shares = {name for name, field in model.model_fields.items() if about(field)["unit"].startswith("share")}
        files = {sys.modules[each.__module__].__file__ for each in model.__mro__ if each.__module__.startswith("abm.")}
        for file in files:
            for node in ast.walk(ast.parse(Path(file).read_text(encoding="utf-8"))):
                names = {each.attr for each in side_by_side(node) if isinstance(each, ast.Attribute)} & shares
                if len(names) > 1:
                    found.setdefault(process, []).append(names)
    assert {"start", "protection", "housing", "building", "seeking", "lettings", "profile"} <= set(found)
    for process, groups in found.items():
        declared = [set(rule.parameters) for rule in PARAMS[process].TOGETHER]
        for names in groups:
            known = names in APART.get(process, []) or any(names <= whole for whole in declared)
            assert known, f"declare {sorted(names)} of {process} as a whole, or say in APART why they are none"


def side_by_side(node):
    """Expressions that stand side by side in a sum, a list, a tuple, a dict or a call."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub):
        return [part for end in (node.left, node.right) for part in side_by_side(end) or [end]]
    if isinstance(node, ast.List | ast.Tuple):
        return node.elts
    if isinstance(node, ast.Dict):
        return node.values
    return [*node.args, *(word.value for word in node.keywords)] if isinstance(node, ast.Call) else []
