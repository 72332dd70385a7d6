"""Designs that cannot be meant are refused in one line with file, key and way out."""

import time

import numpy as np
import pytest

from abm.engine.errors import InputError
from experiments.designs import design
from tests.helpers.designs import THEN

# --- what is refused

GRID = "levers: {method: grid, parameters: {policy.decision.capacity_factor: %s}}"
ADD = "uncertainties: {method: %s, parameters: {world.arrival.mix_years: , world.arrival.family_size: }, %s}"
TO = "levers: {method: ladder, to: then.yaml, groups: %s}"
BAD = [  # content of bad.yaml beside now.yaml, and what its one line must hold
    ("polcy: 1", "unknown key 'polcy': choose from name, title"),
    ("replicate: 1", "unknown key 'replicate': did you mean 'replicates'?"),
    ("1: 2", "unknown key '1': choose from"),
    ("scenarios: nwo.yaml", "scenarios: there is no file", "did you mean 'now.yaml'?"),
    ("scenarios: 3", "scenarios: 3 is not allowed: give text"),
    ("scenarios: []", "scenarios: [] is not allowed: give at least one"),
    ("scenarios: [now.yaml, now.yaml]", "scenarios: two are named 'now': give each another 'name:' in its file"),
    ("scenarios: broken.yaml", "broken.yaml: unknown key 'polcy': did you mean 'policy'?"),
    ("name: My Design", "name: 'My Design' is not allowed: give a folder name of lower-case letters, digits,"),
    ("name: ../x", "name: '../x' is not allowed: give a folder name"),
    ("name: ..", "name: '..' is not allowed: give a folder name"),
    ("name: 3", "name: 3 is not allowed: give a folder name"),
    ("title: [a]", "title: ['a'] is not allowed: give text"),
    ("until: 2035", "bad.yaml: until: '2035' is not a month: write it as YYYY-MM"),
    ("until: 2051-01", "bad.yaml: until: 2051-01 is outside the run: give a month from 2015-01 to 2050-12"),
    ("scale: 2", "bad.yaml: scale: 2 is not a share: give a number from 0.001 to 1"),
    ("scale: a", "bad.yaml: scale: 'a' is not a share: give a number from 0.001 to 1"),
    ("seed: -1", "seed: -1 is not a seed: give a whole number from 0 to 2**64 - 1"),
    ("seed: 18446744073709551616", "seed: 18446744073709551616 is not a seed: give a whole number from 0 to 2**64 - 1"),
    ("seed: one", "seed: 'one' is not a seed: give a whole number"),
    ("seed: true", "seed: True is not a seed: give a whole number"),
    ("seed: 18446744073709551615\nreplicates: 2", "seed: 18446744073709551615 is too large for 2 runs: give 184"),
    (f"{GRID % '[1, 2]'}\nseed: 18446744073709550000\nrandom_numbers: independent", "is too large for 2 runs: give"),
    ("replicates: 1000001\nrandom_numbers: independent\nmost_runs: 2000000", "give 1,000,000 at most"),
    ("replicates: 0", "replicates: 0 is not allowed: give a whole number of at least 1"),
    ("replicates: 1.5", "replicates: 1.5 is not allowed: give a whole number"),
    ("random_numbers: shared", "random_numbers: 'shared' is not allowed: give 'common' or 'independent'"),
    ("luck: common", "luck: is now random_numbers"),
    ("most_runs: 0", "most_runs: 0 is not allowed: give a whole number of at least 1"),
    ("replicates: 10001", "most_runs: 10,001 runs", "write 'most_runs: 10001' to allow them"),
    ("levers: {method: grid, parameters: {policy.*_factor: {levels: 10000}}}", "10,000,000,000,000,000 runs", "write"),
    (GRID % "{levels: 10001}", "capacity_factor: levels: 10001 is not allowed: give a whole number of at most 10000"),
    (f"replicates: {'9' * 4000}", "line 2: 99999", "is a number of 4,000 characters: write a shorter one"),
    (f"replicates: {'9' * 90}", "replicates: a number of about 9", "digits is not allowed: give a whole number of at"),
    (ADD % ("sobol_indices", "samples: 1073741824"), "4,294,967,296 runs", "write 'most_runs: 4294967296'"),
    (ADD % ("latin_hypercube", "samples: 10001"), "10,001 runs", "1 x 1 x 10,001 x 1", "write 'most_runs: 10001'"),
    # blocks
    ("levers: 3", "levers: has no 'method:': choose from list, grid"),
    ("levers: {}", "levers: has no 'method:': choose from list, grid"),
    ("levers: {method: gird}", "levers: method: 'gird' is not a method: did you mean 'grid'?"),
    ("levers: {method: [grid]}", "levers: method: ['grid'] is not a method: did you mean 'grid'?"),
    ("levers: {method: grid}", "levers: has no 'parameters:': write it"),
    ("levers: {method: grid, parameters: {}}", "levers: parameters: {} is not allowed: give at least one"),
    ("levers: {method: grid, parameters: 3}", "levers: parameters: 3 is not allowed: give a mapping"),
    ("levers: {method: grid, parameters: {}, samples: 3}", "unknown key 'samples': it belongs to latin_hypercube, sob"),
    ("levers: {method: grid, parameters: {}, parm: 3}", "levers: unknown key 'parm': did you mean 'parameters'?"),
    (ADD % ("sobol", "trajectories: 8"), "unknown key 'trajectories': it belongs to morris: remove it"),
    (ADD % ("sobol", ""), "uncertainties: has no 'samples:': write it"),
    (ADD % ("sobol", "samples: 100"), "uncertainties: samples: 100 is not a power of two: give 64 or 128"),
    (ADD % ("sobol", "samples: 0"), "samples: 0 is not allowed: give a whole number of at least 1"),
    (ADD % ("sobol_indices", "samples: 3"), "samples: 3 is not a power of two: give 2 or 4"),
    (ADD % ("sobol_indices", "samples: 4, second_order: 1"), "second_order: 1 is not allowed: give true or false"),
    (ADD % ("latin_hypercube", "samples: -4"), "samples: -4 is not allowed: give a whole number of at least 1"),
    (ADD % ("latin_hypercube", "samples: many"), "samples: 'many' is not allowed: give a whole number"),
    (ADD % ("latin_hypercube", "samples: []"), "samples: [] is not allowed: give at least one"),
    (ADD % ("latin_hypercube", "samples: [4, 0]"), "samples: 0 is not allowed: give a whole number of at least 1"),
    (ADD % ("latin_hypercube", "samples: 4, seed: -1"), "uncertainties: seed: -1 is not a seed: give a whole number"),
    (ADD % ("morris", "trajectories: 4, num_levels: 5"), "num_levels: 5 is odd: give an even number of levels, like 6"),
    (ADD % ("morris", "trajectories: 4, num_levels: 0"), "num_levels: 0 is not allowed: give a whole number of at le"),
    ("levers: {method: morris, trajectories: 4, parameters: {policy.coupling.rule: }}", "morris needs 2: add another"),
    # parameters
    ("levers: {method: grid, parameters: {policy.decision.capacity_facter: }}", "did you mean 'policy.decision.capac"),
    ("levers: {method: grid, parameters: {zzz: }}", "levers: zzz: no such parameter: 'abm levers' lists them"),
    ("uncertainties: {method: grid, parameters: {3: }}", "3: no such parameter: 'abm parameters' lists them"),
    ("levers: {method: grid, parameters: {world.arrival.mix_years: }}", "is not a lever", "under 'uncertainties:'"),
    ("levers: {method: grid, parameters: {policy.arrival.mix_years: }}", "write world.arrival.mix_years under 'unce"),
    ("uncertainties: {method: grid, parameters: {policy.coupling.rule: }}", "is a lever: write", "under 'levers:'"),
    ("uncertainties: {method: list, points: [{world.coupling.rule: task}]}", "write policy.coupling.rule under 'lev"),
    ("levers: {method: grid, parameters: {policy.decison.*: }}", "levers: policy.decison.*: matches no parameter: wri"),
    (GRID % "[]", "capacity_factor: is an empty list: list levels"),
    (GRID % "[1, 2, 1.0]", "capacity_factor: 1.0 appears twice: give each level once"),
    (GRID % "[1, 5]", "levers: policy.decision.capacity_factor: 5 is not allowed: give a number from 0.25 to 4"),
    (GRID % "[fast]", "'fast' is not allowed: give a number from 0.25 to 4 [ratio]"),
    (GRID % "[.nan]", "nan is not allowed: give a number from 0.25 to 4"),
    (GRID % "[{2027-01: 1}]", "is not one value: give the month with 'from:'"),
    (GRID % "2", "capacity_factor: 2 is neither levels nor a range: give a list like [1, 1.5]"),
    (GRID % "{low: 2, high: 1}", "capacity_factor: low 2 is above high 1: exchange them"),
    (GRID % "{low: 1, high: 1}", "capacity_factor: low and high are both 1: give different bounds"),
    (GRID % "{low: 0.1}", "capacity_factor: 0.1 is not allowed: give a number from 0.25 to 4 [ratio]"),
    (GRID % "{high: lots}", "capacity_factor: 'lots' is not allowed: give a number from 0.25 to 4 [ratio]"),
    (GRID % "{hgih: 2}", "capacity_factor: unknown key 'hgih': did you mean 'high'?"),
    (GRID % "{levels: 1}", "capacity_factor: levels: 1 is not allowed: give a whole number of at least 2"),
    (GRID % "{levels: x}", "capacity_factor: levels: 'x' is not allowed: give a whole number"),
    ("levers: {method: grid, parameters: {policy.coupling.rule: {low: 1}}}", "rule: {'low': 1} is not allowed: give a"),
    ("levers: {method: grid, parameters: {policy.coupling.rule: [best]}}", "'best' is not allowed: give one of task,"),
    ("levers: {method: grid, parameters: {policy.placement.ties_first: [1]}}", "1 is not allowed: give true or false"),
    ("levers: {method: grid, parameters: {policy.money.decision_term: {low: 1.5}}}", "give a whole number from 1 to"),
    (
        "levers: {method: grid, parameters: {policy.money.decision_term: {low: 2, high: 4, levels: 9}}}",
        "there are 3 whole numbers from 2 to 4: give at most 3",
    ),
    ("levers: {method: one_at_a_time, parameters: {policy.coupling.rule: [task]}}", "its only level is the value"),
    ("levers: {method: sobol, samples: 4, parameters: {policy.coupling.rule: [task]}}", "rule: has one level, a samp"),
    ("levers: {method: list, points: []}", "levers: points: [] is not allowed: give at least one"),
    ("levers: {method: list, points: [3]}", "levers: points: 3 is not allowed: give a mapping"),
    ("levers: {method: list, points: [{}, {}]}", "levers: points: {} appears twice: give each point once"),
    ("levers: {method: list, points: [{policy.coupling.rule: {}}]}", "rule: holds no months: write a value"),
    ("levers: {method: list, points: [{policy.coupling.rule: {2031-01: task}}]}", "2031-01 is outside the run: give a"),
    ("levers: {method: list, points: [{policy.coupling.rule: {soon: task}}]}", "rule: 'soon' is not a month: write"),
    ("levers: {method: list, points: [{policy.coupling.rule: 3}]}", "rule: 3 is not allowed: give one of task, region"),
    # from
    (f"levers: {{from: 2031-01, {GRID[9:] % '[1]'}", "levers: from: 2031-01 is outside the run: give a month from 201"),
    (f"levers: {{from: 2014-12, {GRID[9:] % '[1]'}", "levers: from: 2014-12 is outside the run: give a month from 201"),
    (f"until: 2020-12\nlevers: {{from: 2027-01, {GRID[9:] % '[1]'}", "give a month from 2015-01 to 2020-12"),
    (f"levers: {{from: 2027, {GRID[9:] % '[1]'}", "levers: from: '2027' is not a month: write it as YYYY-MM"),
    # ladder
    ("levers: {method: ladder}", "levers: has no 'to:': write it"),
    ("levers: {method: ladder, to: tehn.yaml}", "levers: to: there is no file", "did you mean 'then.yaml'?"),
    ("levers: {method: ladder, to: 3}", "levers: to: 3 is not allowed: give text"),
    ("levers: {method: ladder, to: then.yaml, from: 2027-01}", "unknown key 'from': it belongs to list, grid"),
    ("levers: {method: ladder, to: now.yaml}", "now.yaml has the same policy. parameters as 'now' until 2030-12"),
    ("until: 2015-12\nlevers: {method: ladder, to: late.yaml}", "as 'now' until 2015-12: give another"),
    ("levers: {method: ladder, to: both.yaml}", "differs from 'now' also in world.arrival.mix_years", "the same value"),
    ("uncertainties: {method: ladder, to: then.yaml}", "also in policy.decision.capacity_factor: a ladder under 'un"),
    ("scenarios: [now.yaml, late.yaml]\nlevers: {method: ladder, to: then.yaml}", "from one scenario, and there ar"),
    (TO % "{a: [policy.reception.*]}", "levers: groups: a: 'policy.reception.*' matches no parameter that differs"),
    (TO % "{a: [policy.decisoin.capacity_factor]}", "did you mean 'policy.decision.capacity_factor'?"),
    (TO % "{a: [policy.*], b: [policy.money.*]}", "groups: b: policy.money.decision_term is also in 'a': keep it in"),
    (TO % "{policy.coupling.rule: [policy.decision.*]}", "has the name of a parameter: give the group another name"),
    (TO % "[a]", "levers: groups: ['a'] is not allowed: give a mapping"),
    (TO % "{a: []}", "levers: groups: a: [] is not allowed: give at least one"),
    # numbers and words
    (GRID % "[1, yes]", "'yes' is not allowed: give a number from 0.25 to 4 [ratio]"),
    (GRID % "{low: 0,5}", "line 2: 0,5 is two values: write 0.5, or a space after the comma"),
    (GRID % "{low: '0,5'}", "'0,5' is not allowed: give a number from 0.25 to 4 [ratio] (write 0.5)"),
    ("uncertainties: {method: grid, parameters: {world.arrival.first_applications: {high: 38.000}}}", "38 or 38000"),
    ("uncertainties: {method: list, points: [{world.arrival.first_applications: 38.000}]}", "38 or 38000: write"),
    ("replicates: 1.000", "replicates: 1.000 is not allowed: give a whole number"),
    ("replicates: 1_0", "replicates: '1_0' is not allowed: give a whole number (write 10)"),
    ('title: "\\ud800"', "bad.yaml"),
    ("scenarios: now.yaml\n<<: {seed: 2}", "line 2: '<<' is not taken: write the keys out"),
    ("scenarios: ['a\x7f']", "line 1: is not valid YAML: holds the control character '\\x7f'"),
    (f"scenarios: {'x' * 300}", "scenarios: there is no file"),
    ("scenarios: /dev/zero", "scenarios: there is no file /dev/zero"),
    # not a design at all
    ("- a", "holds no keys: write a mapping with name, title, scenarios"),
    ("just text", "holds no keys: write a mapping"),
    ("seed: 1\nseed: 2", "line 3: is not valid YAML: key 'seed' appears twice"),
]  # fmt: skip


@pytest.mark.parametrize("case", BAD, ids=[f"{number} {case[1][:50]}" for number, case in enumerate(BAD)])
def test_bad_input_is_refused_in_one_line(write, case):
    content, *words = case
    write("now.yaml", "until: 2030-12\nscale: 0.5")
    write("then.yaml", THEN)
    write("late.yaml", "policy: {decision: {capacity_factor: {2027-01: 2}}}")
    write("both.yaml", "policy: {placement: {ties_first: false}}\nworld: {arrival: {mix_years: 3}}")
    write("broken.yaml", "polcy: 1")
    design_like = content[:1] != "-" and ":" in content
    text = content if "scenarios:" in content or not design_like else f"scenarios: now.yaml\n{content}"
    path = write("bad.yaml", text)
    began = time.perf_counter()
    with pytest.raises(InputError) as error:
        design.load(path)
    message = str(error.value)
    assert message.startswith(str(path)) or "broken.yaml" in content
    assert [word for word in words if word not in message] == []
    assert "\n" not in message
    assert len(message.replace(str(path.parent), "")) < 400
    assert time.perf_counter() - began < 1  # before anything large is made


def test_a_design_needs_scenarios(write):
    with pytest.raises(InputError, match="empty.yaml: has no 'scenarios:': write it"):
        design.load(write("empty.yaml", ""))


def test_a_missing_file_is_named_with_the_nearest_one(write):
    path = write("smoke.yaml", "")
    with pytest.raises(InputError, match=r"smok.yaml: cannot be read .*did you mean .*smoke.yaml"):
        design.load(path.with_name("smok.yaml"))


def test_the_name_of_a_file_must_be_a_folder_name_too(write):
    write("now.yaml", "")
    with pytest.raises(InputError, match="name: 'My Design' is not allowed: give a folder name"):
        design.load(write("My Design.yaml", "scenarios: now.yaml"))
    assert design.load(write("My Design.yaml", "scenarios: now.yaml\nname: mine")).name == "mine"


def test_numbers_from_python_are_checked_too(made):
    with pytest.raises(InputError, match="replicates: np.int64"):
        made(replicates=np.int64(3))
