"""The commands about many runs: what they say and leave, and one clear line when something is wrong."""

import io
import os
import re
from contextlib import redirect_stderr
from pathlib import Path

import pytest
from rich.console import Console

from abm.facts import facts
from experiments.analysis import comparison
from experiments.store import records, versions
from experiments.store.store import Store
from experiments.sweeps import api, cost, runner, sweep
from experiments.sweeps import progress as reports
from tests.helpers.clusters import import_ray
from tests.helpers.refusals import refused
from tests.helpers.runs import CURRENT, real
from tests.helpers.stores import files_of

CAPACITY = "policy.decision.capacity_factor"
HEAD = f"scenarios: {CURRENT}\nuntil: 2015-02\nscale: 0.005\n"
GRID = "levers: {method: grid, parameters: {policy.decision.capacity_factor: %s}}\n"
DESIGN = HEAD + GRID % "[1, 2]"
HERE = ("--workers", "1", "--store", "out")
OLD = {"version": "9", "code": "c" * 64}


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch) -> Path:
    """A folder of its own with a design, a scenario and another one; the real facts are read once."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.yaml").write_text(DESIGN)
    (tmp_path / "a.yaml").write_text("until: 2015-03\nscale: 0.005\n")
    (tmp_path / "b.yaml").write_text("extends: a.yaml\nname: b\npolicy: {decision: {capacity_factor: 4}}\n")
    inputs = real()
    monkeypatch.setattr(facts, "load", lambda: inputs)
    return tmp_path


@pytest.fixture
def failing(monkeypatch):
    """Let the runs with some capacity factor fail, as long as it is in the list."""
    wrong, simulate = [], runner.simulate

    def checked(scenario, inputs, *how, **more):
        if scenario.params_at(0)["decision"].capacity_factor in wrong:
            raise ValueError("no homes [left]")
        return simulate(scenario, inputs, *how, **more)

    monkeypatch.setattr(runner, "simulate", checked)
    return wrong


def made(**changes) -> sweep.Sweep:
    """The sweep 'mine' in 'out'."""
    return api.sweep("mine.yaml", workers=1, store="out", **changes)


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


# --- good paths


def test_a_sweep_says_what_is_kept_and_how_to_read_it(abm, here):
    code, out, err = abm("sweep", "mine.yaml", *HERE)
    assert (code, err) == (0, "")
    assert out.splitlines() == [
        "mine: 2 of 2 runs are kept in out",
        "In Python: from experiments import load; load('mine', 'in_reception', store='out')",
    ]
    before = contents(here / "out")
    assert abm("sweep", "mine.yaml", *HERE) == (0, out, "")
    assert contents(here / "out") == before


def test_the_parts_of_an_array_end_well(abm):
    code, out, _ = abm("sweep", "mine.yaml", *HERE, "--shard", "1/2")
    assert code == 0  # its own part is complete
    assert "mine: 1 of 2 runs are kept in out" in out
    assert abm("sweep", "mine.yaml", *HERE, "--shard", "1/2")[:2] == (code, out)
    code, out, _ = abm("sweep", "mine.yaml", *HERE, "--shard", "2/2")
    assert code == 0
    assert "mine: 2 of 2 runs are kept in out" in out


def test_status_counts_what_is_there(abm, failing):
    failing.append(2)
    assert len(made().failed()) == 1
    Path("other.yaml").write_text(f"name: other\n{DESIGN}")
    assert len(api.sweep("other.yaml", workers=1, store="out").failed()) == 1
    code, out, _ = abm("status", "--store", "out")
    assert code == 0
    assert [line.split() for line in out.splitlines() if "1" in line] == [
        [name, "2", "1", "1", "0"] for name in ("mine", "other")
    ]
    code, out, _ = abm("status", "mine", "--store", "out")
    assert "Failed: ValueError: no homes [left]" in out
    assert "other" not in out
    Path("out/sweeps/mine/index-1.parquet").write_bytes(b"")
    code, out, err = abm("status", "--store", "out")
    assert (code, "other" in out, err.count("\n")) == (2, True, 1)
    assert "mine/index-1.parquet: is missing or damaged" in err


def test_status_counts_only_what_is_whole_and_a_sweep_makes_the_rest_again(abm, here):
    runs, before = made().index["run"], contents(here / "out")
    file = files_of(here / "out", runs[0])[1]
    file.write_bytes(bytes([file.read_bytes()[0] ^ 1]) + file.read_bytes()[1:])
    files_of(here / "out", runs[1])[0].write_text("{}")
    assert ["mine", "2", "0", "0", "2"] in [line.split() for line in abm("status", "--store", "out")[1].splitlines()]
    quick = abm("status", "--quick", "--store", "out")[1]
    assert ["mine", "2", "2", "0", "0"] in [line.split() for line in quick.splitlines()]
    assert abm("sweep", "mine.yaml", *HERE)[0] == 0
    assert contents(here / "out") == before


def test_extend_adds_replicates(abm):
    made()
    code, out, _ = abm("extend", "mine.yaml", *HERE, "--seeds-per-point", "2")
    assert code == 0
    assert "mine: 4 of 4 runs are kept in out" in out
    assert abm("sweep", "mine.yaml", *HERE)[1] == out


def test_a_dry_run_tells_and_writes_nothing(abm, here, monkeypatch):
    monkeypatch.setattr(cost, "measured", lambda jobs, at_once: cost.measure(jobs))
    before = contents(here)
    code, out, _ = abm("sweep", "mine.yaml", *HERE, "--dry-run")
    assert code == 0
    told = dict(re.split(r" {2,}", line.strip(), maxsplit=1) for line in out.splitlines())
    assert (told["Runs of the design"], told["Kept already"], told["To make"], told["Workers"]) == ("2", "0", "2", "1")
    refused(abm("sweep", "mine.yaml", *HERE, "--dry-run", "--budget", "0"), "--budget 0: 2 runs take about")
    refused(abm("sweep", "mine.yaml", *HERE, "--budget", "0"), "0 of them would fit")
    assert contents(here) == before  # so that a smaller design may take its name


def test_compare_prints_a_table(abm):
    code, out, err = abm("compare", "a.yaml", "b.yaml", "--measure", "awaiting_decision", "--pairs", "3", *HERE)
    assert (code, err) == (0, "")
    lines = [line.split() for line in out.splitlines()]
    assert out.startswith("A: a\nB: b\n2015-01 to 2015-03, with 95% interval\n")
    assert ["A", "B", "B", "-", "A", "from", "to"] in lines
    assert any(line[:4] == ["awaiting", "decision,", "end", "[persons]"] for line in lines)
    assert "3 pairs of runs" in out


def test_a_comparison_that_is_not_narrow_yet_says_so(abm):
    wide = ("--measure", "awaiting_decision", "--pairs", "2", "--until-width", "0.0001", "--budget", "0")
    code, out, _ = abm("compare", "a.yaml", "b.yaml", *wide, *HERE)
    assert code == 0
    assert "The interval is not narrower than 0.0001 yet: give more --budget, or a larger --until-width." in out


# --- repeat


def test_repeat_gives_the_same_bytes(abm, here):
    run = made().index["run"][0]
    before = contents(here / "out")
    assert abm("repeat", run[:8], "--store", "out") == (0, f"Run {run}: the outcomes are the same\n", "")
    assert contents(here / "out") == before
    files_of(here / "out", run)[1].write_bytes(b"x")
    assert abm("repeat", run, "--store", "out") == (0, f"Run {run}: made and kept\n", "")
    assert contents(here / "out") == before


def test_repeat_of_a_failed_run_shows_the_failure_or_makes_it(abm, failing):
    failing.append(2)
    run = made().failed()["run"].item()
    with pytest.raises(ValueError, match="no homes"):
        abm("repeat", run, "--store", "out")
    assert Store("out").failed() == {run}
    failing.clear()
    assert abm("repeat", run, "--store", "out") == (0, f"Run {run}: made and kept\n", "")
    assert (Store("out").failed(), len(Store("out").done())) == (set(), 2)
    record = Store("out").run(run).about()
    assert not {"traceback", "repeat"} & record.keys()


def test_repeat_asks_for_more_where_the_beginning_is_not_enough(abm):
    store = Store("out")
    store.files.write("runs/aa1.json", b"{}")
    for name in ("failed/aa2", "failed/bb1", "failed/bb2"):
        store.files.write(f"{name}.json", b"{}")
    for beginning, number in (("aa", 2), ("bb", 2), ("", 4)):
        refused(abm("repeat", beginning, "--store", "out"), f"{beginning}: matches {number} runs")


def test_repeat_of_another_model_is_refused_and_other_packages_are_told(abm, here):
    run = made().index["run"][0]
    path, _ = files_of(here / "out", run)
    record = Store("out").run(run).about()
    path.write_bytes(records.written(record | {"packages": record["packages"] | {"numpy": "1.0"}}))
    code, out, _ = abm("repeat", run, "--store", "out")
    assert code == 0
    assert out.startswith("Made with numpy 1.0; here it is ")
    path.write_bytes(records.written(record | {"model": OLD, "commit": "d" * 40}))
    refused(
        abm("repeat", run, "--store", "out"),
        "another version of the model or the data: repeat it with commit dddddddddddd",
    )
    path.write_bytes(records.written(record | {"model": OLD, "commit": None}))
    refused(abm("repeat", run, "--store", "out"), "repeat it with version 9")


# --- when runs fail or are stopped


def test_a_sweep_with_failed_runs_ends_with_1_and_says_how_to_see_them(abm, failing):
    failing.append(2)
    code, out, _ = abm("sweep", "mine.yaml", *HERE)
    run = sweep.find("mine", Store("out")).failed()["run"].item()
    assert code == 1
    assert f"Run {run} failed: ValueError: no homes [left]" in out
    assert "mine: 1 of 2 runs are kept in out" in out
    assert f"Failed: ValueError: no homes [left]\n  abm repeat {run} --store out\n" in out


def test_a_sweep_that_is_stopped_says_what_is_kept(abm, monkeypatch):
    simulate, seen = runner.simulate, []

    def stopped(scenario, inputs, *how):
        if scenario.until == "2015-02" and (seen.append(1) or len(seen) == 2):
            raise KeyboardInterrupt
        return simulate(scenario, inputs, *how)

    monkeypatch.setattr(runner, "simulate", stopped)
    code, out, err = abm("sweep", "mine.yaml", *HERE)
    assert (code, out) == (130, "")
    assert err == "abm: stopped: 1 of 2 runs are kept; the same command continues from there\n"
    monkeypatch.setattr(runner, "simulate", simulate)
    assert abm("sweep", "mine.yaml", *HERE)[0] == 0


# --- bad input


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (HEAD + "levers: {method: grid, parameters: {policy.decision.capacity_facter: }}", "did you mean 'policy.deci"),
        (HEAD + GRID % "{low: 2, high: 1}", "low 2 is above high 1: exchange them"),
        (HEAD + GRID % "[]", "is an empty list"),
        (HEAD + GRID % "[1]" + "replicates: 1000000", "write 'most_runs: 1000000' to allow them"),
        ("scenarios: nowhere.yaml", "there is no file"),
        (HEAD + "name: ../up", "name: '../up' is not allowed"),
        ("a: [", "is not valid YAML"),
    ],
)
@pytest.mark.parametrize("command", [("sweep",), ("sweep", "--dry-run"), ("extend", "--seeds-per-point", "3")])
def test_a_bad_design_is_one_line_and_writes_nothing(abm, here, command, content, said):
    (here / "bad.yaml").write_text(content)
    refused(abm(*command, "bad.yaml", *HERE), "bad.yaml", said)
    assert not (here / "out").exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("sweep", "nowhere.yaml"), "cannot be read"),
        (("sweep", "mine.yaml", "--workers", "0"), "--workers: 0 is not possible: give 1 or more"),
        (("sweep", "mine.yaml", "--workers", "-3"), "--workers: -3 is not possible"),
        (("sweep", "mine.yaml", "--budget", "-1"), "--budget: -1 is not a number of hours: give 0 or more"),
        (("sweep", "mine.yaml", "--budget", "nan"), "--budget: nan is not a number of hours"),
        (("sweep", "mine.yaml", "--history", "-1"), "--history: -1 is not a size: give 0 or more, like 4 for 4 GB"),
        (("run", CURRENT, "--history", "nan"), "--history: nan is not a size"),
        (("run", CURRENT, "--history", "inf"), "--history: inf is not a size"),
        (("sweep", "mine.yaml", "--shard", "3"), "--shard: '3' is not a shard: write I/N, like 3/16"),
        (("sweep", "mine.yaml", "--shard", "0/4"), "--shard: '0/4' is not a shard"),
        (("sweep", "mine.yaml", "--shard", "5/4"), "--shard: '5/4' is not a shard"),
        (("sweep", "mine.yaml", "--shard", "-1/4"), "--shard: '-1/4' is not a shard"),
        (("sweep", "mine.yaml", "--shard", "\u00b2/4"), "--shard: '\u00b2/4' is not a shard"),
        (("sweep", "mine.yaml", "--shard", "\u0661/\u0662"), "--shard: '\u0661/\u0662' is not a shard"),
        (("sweep", "mine.yaml", "--shard", "1/" + "9" * 5_000), "--shard: '1/999"),
        (("sweep", "mine.yaml", "--shard", "1/2\n"), "--shard: '1/2\\n' is not a shard"),
        (("sweep", "mine.yaml", "--dry-run", "--workers", "-1"), "--workers: -1 is not possible"),
        (("sweep", "mine.yaml", "--dry-run", "--address", "nonsense"), "--address nonsense: cannot be started"),
        (("extend", "mine.yaml"), "mine: no such sweep in out: make one with 'abm sweep DESIGN'"),
        (("extend", "mine.yaml", "--seeds-per-point", "0"), "replicates: 0 is not more than 1"),
        (("extend", "mine.yaml", "--samples", "8"), "samples: no block draws a sample"),
        (("status",), "out: holds no sweeps: make one with 'abm sweep DESIGN'"),
        (("status", "mine"), "mine: no such sweep in out"),
        (("repeat", "abc"), "abc: no such run in out"),
        (("compare", "a.yaml", "a.yaml"), "is the same as a.yaml up to 2015-03: there is nothing to compare"),
        (("compare", "a.yaml", "nowhere.yaml"), "cannot be read"),
        (("compare", "a.yaml", "b.yaml", "--pairs", "1"), "--pairs: 1 is too few"),
        (("compare", "a.yaml", "b.yaml", "--until-width", "x"), "--until-width: 'x' is not a width"),
        (("compare", "a.yaml", "b.yaml", "--workers", "0"), "--workers: 0 is not possible"),
        (("compare", "a.yaml", "b.yaml", "--measure", "no"), "'no' is not a measure"),
    ],
)  # fmt: skip
def test_bad_input_is_one_line_and_writes_nothing(abm, here, words, said):
    refused(abm(*words, "--store", "out"), said)
    assert not (here / "out").exists()


@pytest.mark.parametrize("command", ["sweep", "extend", "status", "repeat", "compare"])
def test_a_place_that_can_not_be_used_is_one_line(abm, here, command):
    words = {"status": (), "repeat": ("abc",), "compare": ("a.yaml", "b.yaml")}.get(command, ("mine.yaml",))
    (here / "file").write_text("in the way")
    refused(abm(command, *words, "--store", "file"), "file/")
    refused(abm(command, *words, "--store", "s4://bucket"), "s4://bucket: is not a place that can be used")
    assert (here / "file").read_text() == "in the way"


def test_a_store_of_another_model_is_refused(abm, monkeypatch):
    made()
    monkeypatch.setattr(versions, "model_version", lambda: OLD)
    for command in ("sweep", "extend"):
        refused(abm(command, "mine.yaml", *HERE), "was made with another version of the model", "use that version")


def test_a_cluster_that_does_not_answer(abm):
    import_ray()
    before = dict(os.environ)
    refused(abm("sweep", "mine.yaml", "--store", "out", "--address", "127.0.0.1:9"), "--address 127.0.0.1:9", "refused")
    assert {name for name in os.environ if os.environ[name] != before.get(name)} <= {"COLUMNS"}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("sweep", "design.yaml", "--workers", "two"), "--workers"),
        (("swep",), "did you mean 'sweep'"),
        (("sweep",), "design"),
        (("run", "x.yaml", "--sede", "1"), "--seed"),
    ],
)
def test_words_that_are_not_understood_are_one_line(abm, words, said):
    code, _, err = abm(*words)
    assert code == 2
    assert err.startswith("abm: ")
    assert err.count("\n") == 1
    assert said in err.lower()


def test_no_words_at_all_give_the_help(abm):
    code, out, err = abm()
    assert (code, err) == (0, "")
    assert "sweep" in out


def test_compare_changes_b_with_set(abm):
    words = ("--measure", "awaiting_decision", "--pairs", "2", *HERE)
    code, both, _ = abm("compare", "a.yaml", "b.yaml", *words)
    assert code == 0
    code, out, _ = abm("compare", "a.yaml", "--set", "policy.decision.capacity_factor=4", *words)
    assert code == 0
    assert out.startswith("A: a\nB: a\n2015-01 to 2015-03")
    assert out.splitlines()[3:] == both.splitlines()[3:]  # b.yaml sets the same
    refused(abm("compare", "a.yaml", *words), "B is missing", "--set KEY=VALUE")
    refused(abm("compare", "a.yaml", "b.yaml", "--set", "policy.decision.capacity=2", *words), "no such parameter")


def test_progress_is_reported_where_it_is_asked_for(here):
    said = []
    for progress in (None, False, True):
        sink = io.StringIO()
        with redirect_stderr(sink):
            how = {"workers": 1, "store": "out", "pairs": 2, "measure": "permits"}
            comparison.compare("a.yaml", "b.yaml", progress=progress, **how)
            console = reports.console_of(None, progress)
        said.append(console.quiet)
    assert said == [True, True, False]  # standard error is no terminal here
    terminal = Console(file=io.StringIO(), force_terminal=True, width=100)
    comparison.compare("a.yaml", "b.yaml", console=terminal, workers=1, store="out", pairs=2, measure="permits")
    assert "4/4" in terminal.file.getvalue()


def test_compare_writes_csv(abm, here):
    asked = (
        "compare",
        "a.yaml",
        "b.yaml",
        "--measure",
        "permits",
        "--measure",
        "in_reception by status",
        "--pairs",
        "2",
    )
    code, out, _ = abm(*asked, "--csv", "-", *HERE)
    header, *rows = out.splitlines()
    assert (code, len(rows)) == (0, 1 + 3)
    assert header == "outcome,unit,a,b,difference,low,high,pairs,fewer_runs,p,verdict"
    code, table, _ = abm(*asked, "--csv", "rows.csv", *HERE)
    assert (code, (here / "rows.csv").read_text()) == (0, out)
    assert "Verdicts are corrected for 4 outcomes (Holm), intervals are not." in table
    refused(abm(*asked, "--csv", "nowhere/rows.csv", *HERE), "--csv: nowhere: no such folder")
