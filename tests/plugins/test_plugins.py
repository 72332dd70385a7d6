"""Plug-ins: what they are is refused or run in one way, and the name of a run covers their source and no other's."""

import copy
import json
import pickle
from importlib import import_module
from pathlib import Path

import pytest

from abm import measures, scenario
from abm.agents.model import Model
from abm.engine.errors import InputError
from abm.homes import leases
from abm.plugins import assembly
from abm.plugins.plugin import Plugin
from abm.plugins.process import Process
from abm.scenario_file import PARAMS
from experiments.report import page
from experiments.store import store as stores
from experiments.store.store import Store
from experiments.sweeps import api
from tests.helpers.plugins import COUNT, SHARE, STEP, plugin, with_text
from tests.helpers.refusals import refused
from tests.helpers.runs import difference, real, recorded, small

# --- its place, its columns, its neighbours


def test_plugins_follow_one_another_by_name_and_take_the_place_of_others(tmp_path):
    texts = dict.fromkeys("ba", "AFTER = 'learning'\n") | {"c": "AFTER = 'b'\n", "e": "AFTER = 'leases'\n"}
    texts |= {"d": f"INSTEAD_OF = 'leases'\nEVENTS = {leases.EVENTS!r}\n", "f": "AFTER = 'd'\n"}
    files = [
        plugin(tmp_path, text + "def step(state, params, draws):\n    return {}\n", n) for n, text in texts.items()
    ]
    plugins = small("2015-01").with_plugins(*files).plugins
    assert plugins == small("2015-01").with_plugins(*reversed(files)).plugins
    names = [each.__name__.rpartition(".")[2] for each in assembly.chain(plugins)]
    at = names.index("learning")
    assert names[at : at + 5] == ["learning", "a", "b", "c", "guidance"]
    at = names.index("seeking")
    assert names[at : at + 5] == ["seeking", "d", "e", "f", "parting"]
    assert "leases" not in names


def test_a_plugin_that_does_nothing_moves_nothing(tmp_path):
    assert (
        difference(
            recorded(small("2015-02", scale=0.002)), recorded(with_text(tmp_path, STEP + "return {}", until="2015-02"))
        )
        == []
    )


def test_columns_are_kept_with_their_rows(tmp_path):
    text = (
        "import numpy as np\nfrom abm.engine.table import column\nfrom abm.engine.kernels import kernel\n"
        "COLUMNS = {'newcomers.seen': column(np.int16, 7), 'households.seen': column(np.int16, 0)}\n"
        "@kernel(writes=('seen',))\ndef more(seen):\n    for i in range(len(seen)):\n        seen[i] += 1\n"
    )
    head = STEP.replace("WRITES = ()", "WRITES = ('newcomers.seen', 'households.seen')")
    model = Model(with_text(tmp_path, text + head + "more(state.newcomers.seen)\n    return {}"))
    model.step()
    people = model.state.newcomers
    assert set(people.seen.tolist()) == {8}
    with pytest.raises(AttributeError, match="write into the column in place"):
        people.seen = 3
    for other in (copy.deepcopy(model), pickle.loads(pickle.dumps(model))):
        other.step()
        assert set(other.state.newcomers.seen.tolist()) <= {8, 9}
        assert other.state.newcomers.seen.max() == 9
        assert other.chain[-1] is model.chain[-1]  # modules of the model are not copied
        assert [type(each) for each in other.chain] == [type(each) for each in model.chain]
    assert set(people.seen.tolist()) == {8}
    assert not hasattr(Model(small("2015-01", scale=0.002)).state.newcomers, "seen")


@pytest.mark.parametrize(
    "line", ["import statistics as it", "from . import statistics as it", "from statistics import ONE\nit = None"]
)
def test_a_file_beside_it_comes_first_and_counts(tmp_path, line):
    beside = plugin(tmp_path, "ONE = 1.5\n", "statistics")
    text = f"{line}\n{COUNT}it.ONE if it else ONE\n"
    one = with_text(tmp_path, text)
    assert recorded(one).frame("counted")["all"].to_list() == [1.5]
    beside.write_text("ONE = 2.5\n")
    other = small("2015-01", scale=0.002).with_plugins(tmp_path / "mine.py")
    assert recorded(other).frame("counted")["all"].to_list() == [2.5]
    assert recorded(one).frame("counted")["all"].to_list() == [1.5]  # both live in one session
    assert one.plugins[0].digest != other.plugins[0].digest
    assert "ONE" not in vars(import_module("statistics"))


def test_a_module_is_the_same_as_its_path(tmp_path, monkeypatch):
    file = plugin(tmp_path, STEP + "return {}", "imported_by_a_test")
    monkeypatch.syspath_prepend(tmp_path)
    module = import_module("imported_by_a_test")
    assert small("2015-01").with_plugins(module) == small("2015-01").with_plugins(file)
    assert Model(small("2015-01", scale=0.002), plugins=[module]).plugins == small("2015-01").with_plugins(file).plugins
    assert isinstance(assembly.chain(small("2015-01").with_plugins(module).plugins)[-1], type(assembly.chain(())[-1]))


# --- scenario files


def scenarios(folder: Path) -> Path:
    """A file that extends another one, each with a plug-in."""
    plugin(folder / "rules", SHARE + STEP + "return {}", "one")
    plugin(folder / "own", SHARE + STEP + "return {}", "two")
    (folder / "rules" / "base.yaml").write_text(
        "plugins: [one.py]\nscale: 0.002\nuntil: '2015-02'\npolicy: {one: {share: 0.1}}\n"
    )
    file = folder / "more.yaml"
    file.write_text(
        "extends: rules/base.yaml\nplugins: [own/two.py]\npolicy: {one: {share: {2015-02: 0.2}}, two: {share: 0.3}}\n"
    )
    return file


def test_extends_adds_up(tmp_path):
    found = scenario.load(scenarios(tmp_path))
    assert [(each.name, each.source.path) for each in found.plugins] == [("one", "one.py"), ("two", "own/two.py")]
    assert [found.params_at(month)["one"].share for month in (0, 1)] == [0.1, 0.2]
    assert found.params_at(0)["two"].share == 0.3
    assert found.with_values({"policy.two.share": 0.9}).params_at(0)["two"].share == 0.9
    assert found.canonical()["plugins"] == {each.name: each.digest for each in found.plugins}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("plugins: [rules/on.py]", "plugins: there is no file {folder}/rules/on.py: did you mean 'one.py'?"),
        ("plugins: rules/one.py", "plugins: 'rules/one.py' is not allowed: give a list"),
        ("plugins: [3]", "plugins: 3 is not a plug-in: give the path of a Python file"),
        ("plugins: [rules/base.yaml]", "'base.yaml' cannot be the name of a plug-in"),
        ("plugins: [rules/one.py]\npolicy: {one: {share: 2}}", "policy.one.share: 2 is not allowed"),
        ("plugins: [rules/one.py]\npolicy: {one: {shar: 0.2}}", "policy.one.shar: no such parameter: did you mean"),
        ("plugins: [rules/one.py]\nworld: {one: {share: 0.2}}", "is a lever: put it under 'policy:'"),
        ("policy: {one: {share: 0.2}}", "no such process"),
        ("plugins: [rules/one.py]\npolicy: {one: {share: {2015-05: 0.2}}}\nuntil: 2015-02", "is outside the run"),
    ],
)
def test_what_a_file_cannot_say(tmp_path, words, said):
    scenarios(tmp_path)
    file = tmp_path / "wrong.yaml"
    file.write_text(words)
    with pytest.raises(InputError) as told:
        scenario.load(file)
    assert said.format(folder=tmp_path) in str(told.value)


def test_the_way_back_needs_the_same_source_and_runs_no_other(tmp_path):
    file = plugin(tmp_path, SHARE + STEP + "return {}")
    found = small("2015-02", scale=0.002).with_plugins(file).with_values({"policy.mine.share": 0.2})
    back = scenario.restored(found.canonical(), plugins=[file])
    assert back.canonical() == found.canonical()
    with pytest.raises(InputError, match="plugins: mine: is missing"):
        scenario.restored(found.canonical())
    with pytest.raises(InputError, match="plugins: mine: has no part in it"):
        scenario.restored(small("2015-02").canonical(), plugins=[file])
    file.write_text("raise RuntimeError('this must not run')\n")
    with pytest.raises(InputError, match="has changed since"):
        scenario.restored(found.canonical(), plugins=[file])


# --- names of runs

FILES = sorted((Path(__file__).parents[2] / "configs" / "scenarios").glob("*.yaml"))


def test_a_scenario_without_plugins_is_named_by_what_it_always_was():
    for path in FILES:
        found = scenario.load(path).canonical()
        assert found.keys() - {"layout"} == {"until", "seed", "scale", "params"}
        assert {key.partition(".")[0] for key in found["params"]} == PARAMS.keys()


def test_the_name_of_a_run_covers_its_plugins_and_only_those(tmp_path):
    plain = small("2015-02", scale=0.002)
    one = with_text(tmp_path, STEP + "return {}", until="2015-02")
    other = with_text(tmp_path, STEP + "return {}  # edited", until="2015-02")
    names = {stores.run_name(each, "data") for each in (plain, one, other)}
    assert len(names) == 3
    assert "plugins" not in plain.canonical()
    assert stores.run_name(plain, "data") == stores.name_of(plain.canonical(), "data")
    moved = plugin(tmp_path / "elsewhere", STEP + "return {}  # edited")
    assert plain.with_plugins(moved).digest() == other.digest()  # what counts is what it says, not where it is


# --- records, pages, tables, sweeps


@pytest.mark.slow  # makes pages
def test_records_tables_and_pages_need_no_source(tmp_path, abm, monkeypatch):
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "rules"
    plugin(folder, SHARE + STEP + "return {}" + COUNT + "month.number\n")
    Path("mine.yaml").write_text(
        "plugins: [rules/mine.py]\nscale: 0.002\nuntil: '2015-02'\npolicy: {mine: {share: 0.2}}\n"
    )
    code, out, err = abm("run", "mine.yaml", "--store", "st")
    assert code == 0
    assert err.startswith("abm: runs the code of plug-in rules/mine.py (")
    (name,) = Store("st").done()
    record = Store("st").run(name).about()
    assert record["plugins"]["mine"]["path"] == "rules/mine.py"
    assert record["plugins"]["mine"]["digest"] == record["scenario"]["plugins"]["mine"]
    assert str(tmp_path) not in json.dumps(record)
    code, out, _ = abm("repeat", name, "--store", "st")
    assert (code, "the outcomes are the same" in out) == (0, True)
    (folder / "mine.py").rename(tmp_path / "kept.py")
    code, out, _ = abm("table", name, "counted", "--csv", "--store", "st")
    assert (code, out.splitlines()[1:]) == (0, ["2015-01,all,0.0", "2015-02,all,1.0"])
    assert "policy.mine.share" in page.html(Store("st").run(name))
    assert "rules/mine.py" in page.html(Store("st").run(name))
    refused(abm("repeat", name, "--store", "st"), "no file rules/mine.py", "--plugins")
    (folder / "mine.py").write_text("raise RuntimeError('this must not run')\n")
    refused(abm("repeat", name, "--store", "st"), "rules/mine.py: has changed since")


DESIGN = {
    "name": "shares",
    "scenarios": ["mine.yaml"],
    "levers": {"method": "grid", "parameters": {"policy.mine.share": [0.25, 0.75]}},
}
SHOWN = (
    "from abm.engine.table import column\nimport numpy as np\nCOLUMNS = {'nation.share': column(np.float64, 0.0)}\n"
    + SHARE
    + (STEP.replace("()", "('nation.share',)", 1) + "state.nation.share[:] = params.share\n    return {}\n")
)


def shares(design, folder: Path, workers: int = 1) -> list[float]:
    """The measure of the plug-in in each run of a sweep."""
    made = api.sweep(design, workers=workers, store=folder / "st")
    frame = made.load("counted")
    assert frame.attrs["units"]["policy.mine.share"] == "share"
    return frame["value"].to_list()


def sweep_files(folder: Path) -> None:
    plugin(folder, SHOWN + COUNT + "month.state.nation.share[0]\n")
    (folder / "mine.yaml").write_text("plugins: [mine.py]\nscale: 0.002\nuntil: '2015-01'\n")


def test_a_design_varies_its_parameters(tmp_path):
    sweep_files(tmp_path)
    design = {**DESIGN, "scenarios": [str(tmp_path / "mine.yaml")]}
    assert shares(design, tmp_path) == [0.25, 0.75]
    plugin(tmp_path, SHOWN + COUNT + "2 * month.state.nation.share[0]\n")
    with pytest.raises(InputError, match="differs from the design that sweep 'shares'"):
        shares(design, tmp_path)
    assert shares(design | {"name": "edited"}, tmp_path) == [0.5, 1.5]


def test_a_design_varies_what_all_its_scenarios_have(tmp_path):
    sweep_files(tmp_path)
    (tmp_path / "plain.yaml").write_text("scale: 0.002\nuntil: '2015-01'\n")
    both = DESIGN | {"scenarios": [str(tmp_path / each) for each in ("mine.yaml", "plain.yaml")]}
    with pytest.raises(InputError, match=r"policy\.mine\.share: no such parameter"):
        api.read(both)


@pytest.mark.slow
def test_workers_get_the_source_and_need_no_file(tmp_path):
    sweep_files(tmp_path)
    design = api.read({**DESIGN, "scenarios": [str(tmp_path / "mine.yaml")]})
    (tmp_path / "mine.py").unlink()
    assert shares(design, tmp_path, 2) == [0.25, 0.75]


def test_a_plugin_that_was_sent_is_the_same(tmp_path):
    sent = with_text(tmp_path, SHARE + STEP + "return {}")
    (tmp_path / "mine.py").unlink()
    got = pickle.loads(pickle.dumps(sent))
    assert got == sent
    assert got.canonical() == sent.canonical()
    assert isinstance(got.plugins[0], Plugin)
    assert isinstance(next(each for each in assembly.chain(got.plugins) if isinstance(each, Process)), Process)
    assert "counted" not in {each.name for each in measures.MEASURES}
    assert recorded(got, real()).months == 1
