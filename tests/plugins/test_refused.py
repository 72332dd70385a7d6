"""What is no plug-in, and what goes wrong in one, is told in one line; of a run that it ends nothing is kept."""

import sys

import pytest

from abm.engine.errors import BooksError, InputError
from experiments.store.store import Store
from experiments.sweeps import runner
from tests.helpers.plugins import COUNT, HEAD, PARAMS, SHARE, STEP, plugin, with_text
from tests.helpers.runs import recorded, small

# --- what is no plug-in


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("x = 1\n", "holds no process"),
        ("def f(:\n", "line 1: is no valid Python: invalid syntax"),
        ("x = '\0'\n", "null bytes"),
        ("x = 1\n1 / 0\n", "line 2: ZeroDivisionError: division by zero"),
        ("import sys\nsys.exit(3)\n", "line 2: SystemExit"),
        ("import no_such_package\n", "line 1: ModuleNotFoundError"),
        ("def step(state, params, draws):\n    return {}\n", "does not say where it stands"),
        (STEP + "return {}\nINSTEAD_OF = 'housing'\n", "says twice where it stands"),
        ("AFTER = 'learnin'\n" + STEP.partition("\n")[2] + "return {}\n", "did you mean 'learning'?"),
        ("INSTEAD_OF = 'housin'\n" + STEP.partition("\n")[2] + "return {}\n", "did you mean 'housing'?"),
        ("INSTEAD_OF = 'leases'\ndef step(s, p, d):\n    return {}\n", "EVENTS: lacks "),
        ("AFTER = 3\nstep = print\n", "AFTER: 3 is no name of a process"),
        ("AFTER = 'mine'\nstep = print\n", "no process 'mine' in the chain"),
        ("AFTER = 'learning'\nstep = 3\n", "step: 3 is no function"),
        ("AFTER = 'learning'\nWRITES = ('newcomers.borm',)\nstep = print\n", "did you mean 'newcomers.born'?"),
        ("AFTER = 'learning'\nWRITES = 'newcomers.born'\nstep = print\n", "write a tuple of columns"),
        ("AFTER = 'learning'\nEVENTS = {'e': 'newcomer'}\nstep = print\n", "did you mean 'newcomers'?"),
        ("AFTER = 'learning'\nEVENTS = {'housed': 'newcomers'}\nstep = print\n", "happens to rows of households"),
        (HEAD + "step = print\nCOLUMNS = {'newcomers.x': 3}\n", "3 is no column"),
        (HEAD + "step = print\nCOLUMNS = {'newcomers.born': 3}\n", "newcomers has a 'born' already"),
        (HEAD + "step = print\nCOLUMNS = {'x': 3}\n", "write 'table.column'"),
        (HEAD + "step = print\nParams = 3\n", "Params: is no ProcessParams"),
        (HEAD + "step = print\n" + PARAMS + "x: int = 3\n", "Params.x: has no unit, bounds and source"),
        (HEAD + "step = print\n" + PARAMS + "x: int = param(3, '', 0, 2, 's', 'm')\n", "3 is not allowed"),
        (HEAD + "step = print\n" + PARAMS + "x: list = param(3, '', 0, 2, 's', 'm')\n", "make it an int or float"),
        (
            HEAD + "step = print\n" + PARAMS + "x: int = param(1, '', 0, 2, 's', 'm', dated={'2020-13': 2})\n",
            "'2020-13' is not a month",
        ),
        (
            HEAD + "step = print\n" + PARAMS + "x: int = param(1, '', 0, 2, 's', 'm', needs=('policy.a.b',))\n",
            "needs: 'policy.a.b' is not allowed: write Need(...)",
        ),
        (
            "from abm.engine.needs import Need\n"
            + HEAD
            + "step = print\n"
            + PARAMS
            + "x: int = param(1, '', 0, 2, 's', 'm', needs=(Need('policy.work.work_permits', one_of=(True,)),))\n",
            "did you mean 'policy.work.work_permit'?",
        ),
        (
            HEAD + "step = print\n" + SHARE + "    TOGETHER = (Whole('all', ('share', 'other'), 'rest'),)\n",
            "TOGETHER: 'other': there is no such parameter",
        ),
        (COUNT.replace("counted", "in_reception") + "1\n", "the model has a measure in_reception already"),
        (COUNT.replace('"A count."', "pass") + "1\n", "say in its docstring what it counts"),
        (COUNT.replace("\n@", "\nE = event('housd')\n@").replace("level\n", "event, level\n", 1) + "1\n", "'housed'?"),
        (
            HEAD + "from abm import Household\nclass Mine(Household):\n    def decide(self, p, d): ...\n",
            "no institution",
        ),
        (
            STEP + "return {}\nfrom abm import Region\nclass Mine(Region):\n    def decide(self, p, d): ...\n",
            "give the step another file",
        ),
    ],
)
def test_what_is_no_plugin_is_told_in_one_line(tmp_path, text, said):
    with pytest.raises(InputError) as told:
        with_text(tmp_path, text)
    assert str(told.value).startswith(f"{tmp_path / 'mine.py'}")
    assert said in str(told.value)
    assert "\n" not in str(told.value)


@pytest.mark.parametrize("name", ["housing", "start"])
def test_a_name_that_a_process_has(tmp_path, name):
    with pytest.raises(InputError, match=f"the model has a process {name} already"):
        with_text(tmp_path, STEP + "return {}\n", name)


@pytest.mark.parametrize("name", ["Mine", "my-rule", "1st"])
def test_a_name_that_no_parameter_could_have(tmp_path, name):
    with pytest.raises(InputError, match="cannot be the name of a plug-in"):
        with_text(tmp_path, STEP + "return {}\n", name)


@pytest.mark.parametrize("given", ["none.py", 3, None, sys])
def test_what_is_no_file(given):
    with pytest.raises(InputError, match=r"cannot be read|is no plug-in|has no file"):
        small("2015-01").with_plugins(given)


def test_two_of_one_name(tmp_path):
    one, other = (plugin(tmp_path / each, STEP + f"return {{}}  # {each}\n") for each in ("a", "b"))
    with pytest.raises(InputError, match=r"a/mine.py and .*b/mine.py are two plug-ins of one name"):
        small("2015-01").with_plugins(one, other)
    same = plugin(tmp_path / "c", one.read_text())
    assert small("2015-01").with_plugins(one, same) == small("2015-01").with_plugins(same)


# --- what goes wrong in a run


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (STEP + "state.newcomers.born[:] = 3", "line 5: ValueError: assignment destination is read-only: WRITES has "),
        (STEP + "state.newcomers.add(3)", "line 5: ValueError: Newcomers is read-only here"),
        (STEP + "1 / 0", "line 5: ZeroDivisionError"),
        (STEP + "return None", "step: returns None"),
        (STEP + "return {'f': []}", "'f' happened and is not among its EVENTS"),
        (STEP + "return {'e': [-1]}", "'e' happened to [-1]"),
        (STEP + "return {'e': [0.5]}", "'e' happened to [0.5]"),
        (COUNT + "1 / 0\n", "ZeroDivisionError: division by zero (measure counted)"),
        (COUNT + "[1, 2]\n", "measure counted: gives (2,) by total, which has 1 groups"),
        (COUNT + "month.households.size.fill(0)\n", "read-only (measure counted)"),
        (
            "from abm import Region\nAFTER = 'learning'\nclass Mine(Region):\n"
            "    def decide(self, params, draws):\n        self.jobs = 3\n",
            "line 5: ValueError: assignment destination is read-only",
        ),
    ],
)
def test_a_mistake_ends_the_run_with_file_and_line_and_nothing_is_kept(tmp_path, text, said):
    wrong = with_text(tmp_path, text)
    with pytest.raises(InputError) as told:
        runner.run(wrong, tmp_path / "store")
    assert str(told.value).startswith(f"{tmp_path / 'mine.py'}")
    assert said in str(told.value)
    assert Store(tmp_path / "store").done() == set()
    assert not list((tmp_path / "store").rglob("*.parquet"))


@pytest.mark.parametrize(
    ("column", "rule", "said"), [("stage", "= 0", "mine: illegal move"), ("size", "+= 1", "persons")]
)
def test_the_books_hold_for_it(tmp_path, column, rule, said):
    text = f"WRITES = ('households.{column}',)\nstate.households.{column}[0] {rule}\n    return {{}}"
    head, body = text.split("\n", 1)
    with pytest.raises(BooksError, match=said):
        recorded(with_text(tmp_path, STEP.replace("WRITES = ()", head) + body))
