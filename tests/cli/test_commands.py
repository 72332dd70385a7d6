"""The command line as a person meets it: results where it says, and one clear line when something is wrong."""

import io
import signal
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest

from abm.engine.errors import InputError
from abm.facts import facts as inputs
from experiments.store import store
from experiments.store.store import Run
from experiments.sweeps import runner
from tests.helpers.refusals import refused
from tests.helpers.runs import CURRENT, small
from tests.helpers.stores import files_of

SMALL = ["--scale", "0.01", "--until", "2015-06"]


@pytest.fixture(scope="module")
def finished(tmp_path_factory) -> Run:
    """A finished run, the only one of its store."""
    return runner.run(small("2015-06", scale=0.01), tmp_path_factory.mktemp("store"))[0]


def at(kept: Run) -> tuple[str, str]:
    """Where a run is, for the command line."""
    return "--store", kept.store.files.place


def test_a_reform_that_does_nothing_yet_is_shown_under_its_own_title(abm, finished, tmp_path):
    later = tmp_path / "later.yaml"
    kept = finished.about()["name"]
    later.write_text("title: Faster later\n")
    code, out, err = abm("run", str(later), *SMALL, *at(finished))
    assert (code, err) == (0, "")
    assert "Faster later (seed 1" in out
    assert f"Up to 2015-06 later is the same as {kept}" in out


def test_table_prints_month_group_value_as_csv(abm, finished):
    code, out, _ = abm("table", finished.name, "in_reception", "--by", "status", "--csv", *at(finished))
    lines = out.splitlines()
    assert code == 0
    assert lines[0] == "month,group,value"
    assert lines[1].startswith("2015-01,asylum seeker,")
    assert len(lines) == 1 + 6 * 3


def test_table_by_the_beginning_of_a_name(abm, finished):
    code, out, _ = abm("table", finished.name[:6], "permits", *at(finished))
    assert code == 0
    assert "2015-06" in out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("in_recepton",), ("did you mean 'in_reception'",)),
        (("in_reception", "--by", "sex"), ("choose from total, kind, status",)),
        (("municipalities_met",), ("municipalities_met: says nothing below scale 1",)),
    ],
)
def test_table_names_what_there_is(abm, finished, words, said):
    refused(abm("table", finished.name, *words, *at(finished)), *said)


def test_a_run_that_is_not_there(abm, tmp_path):
    refused(abm("table", "abc", "permits", "--store", str(tmp_path)), "abc", "no such run", "abm run SCENARIO")


def test_a_damaged_run_is_named_with_the_way_out(abm, tmp_path):
    kept, _ = runner.run(small("2015-06", scale=0.01), tmp_path)
    key = kept.keys[0]
    (tmp_path / key).write_text("x")
    refused(abm("table", kept.name, "permits", *at(kept)), key, "make the run again with the command")
    files_of(tmp_path, kept.name)[0].write_text("{")
    with pytest.raises(InputError, match="make the run again with the command that made it, 'abm run' or"):
        kept.about()
    again, simulated = runner.run(small("2015-06", scale=0.01), tmp_path)
    assert (again.name, simulated, again.about()["run"]) == (kept.name, True, kept.name)


def test_levers_and_parameters_say_unit_default_bounds_source_and_meaning(abm):
    code, out, _ = abm("parameters", "--csv")
    assert code == 0
    header, *rows = out.splitlines()
    assert {"parameter", "unit", "default", "low", "high", "source", "meaning"} <= set(header.split(","))
    assert any(row.startswith("policy.decision.capacity_factor,ratio") for row in rows)
    code, out, _ = abm("levers")
    assert code == 0
    assert "policy.decision.capacity_factor = 1" in out
    assert not any(line.startswith("world.") for line in out.splitlines())


def test_chain_lists_the_processes_in_order_with_what_they_write(abm):
    code, out, _ = abm("chain")
    places = [out.index(f" {name} ") for name in ("arrival", "screening", "placement", "decision", "housing", "money")]
    assert code == 0
    assert places == sorted(places)
    assert "households.stage" in out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("no-such.yaml",), ("no-such.yaml", "cannot be read")),
        ((CURRENT, "--set", "policy.decision.capacity_facto=2"), ("--set", "did you mean 'capacity_factor'")),
        ((CURRENT, "--set", "policy.decision.capacity_factor=99"), ("0.25 to 4", "ratio")),
        ((CURRENT, "--set", "world.decision.capacity_factor=1"), ("lever", "policy")),
        ((CURRENT, "--set", "policy.decision.capacity_factor"), ("has no value",)),
        ((CURRENT, "--set", "policy.decision.capacity_factor={2040-01: 2}"), ("2040-01", "outside the run")),
        ((CURRENT, "--set", "policy.decision.capacity_factor=.nan"), ("capacity_factor", "0.25 to 4")),
        ((CURRENT, "--until", "2014-12"), ("2014-12", "outside the run")),
        ((CURRENT, "--scale", "2"), ("scale", "0.001 to 1")),
        ((CURRENT, "--seed", "-1"), ("seed",)),
    ],
)
def test_bad_input_is_one_line_with_the_way_out(abm, tmp_path, words, said):
    refused(abm("run", *words, "--store", str(tmp_path)), *said)
    assert list(tmp_path.iterdir()) == []


def test_an_output_folder_that_can_not_be_written(abm, tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    refused(abm("run", CURRENT, *SMALL, "--store", str(blocked)), str(blocked), "cannot be written", "--store")


def test_a_run_that_is_stopped_leaves_nothing(tmp_path):
    def stop(done: int, months: int) -> None:
        if done == 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        runner.run(small("2015-06", scale=0.01), tmp_path, progress=stop)
    assert [file.name for file in tmp_path.iterdir() if file.is_file()] == [store.MARK]
    assert not (tmp_path / "runs").exists()


def test_a_run_is_kept_once_and_named_by_what_made_it(finished):
    again, simulated = runner.run(small("2015-06", scale=0.01), finished.store)
    assert (again.name, simulated) == (finished.name, False)
    other, simulated = runner.run(small("2015-06", scale=0.01, seed=2), finished.store)
    assert other.name != finished.name
    assert simulated


def test_a_repeat_gives_the_same_bytes_also_in_place_of_damaged_ones(tmp_path):
    wanted = small("2015-06", scale=0.01)
    kept, _ = runner.run(wanted, tmp_path)
    outcomes = tmp_path / kept.keys[0]
    before = outcomes.read_bytes()
    assert runner.run(wanted, tmp_path, again=True)[1]
    assert outcomes.read_bytes() == before
    for again in (True, False):
        outcomes.write_bytes(before[:-9] + b"x" * 9)
        assert runner.run(wanted, tmp_path, again=again)[1]
        assert outcomes.read_bytes() == before


def test_the_record_says_how_to_repeat_the_run(finished):
    facts = finished.about()
    assert facts["seed"] == 1
    assert facts["scenario"]["params"]["decision.capacity_factor"] == {"2015-01": 1}
    assert {"mesa", "numpy", "numba"} <= facts["packages"].keys()
    assert len(facts["data_digest"]) == len(facts["model"]["code"]) == len(facts["outcomes_sha256"]) == 64


def test_months_are_an_ordered_category(finished):
    month = finished.outcomes("in_reception", "total")["month"]
    assert month.cat.ordered
    assert list(month.cat.categories) == [f"2015-0{number}" for number in range(1, 7)]
    assert (month >= "2015-04").sum() == 3
    assert month.max() == "2015-06"


def test_outcomes_are_tidy(finished):
    frame = pd.read_parquet(finished.store.files.path(finished.keys[0]))
    assert list(frame.columns) == ["run", "measure", "unit", "by", "group", "month", "value"]
    assert not frame.duplicated(["measure", "by", "group", "month"]).any()
    assert set(frame["run"]) == {finished.name}
    assert frame[frame.measure == "reception_cost"]["unit"].unique().tolist() == ["EUR/month"]
    stages = frame[(frame.measure == "in_reception") & (frame.by == "stage") & (frame.month == "2015-03")]
    total = frame[(frame.measure == "in_reception") & (frame.by == "total") & (frame.month == "2015-03")]
    assert stages.value.sum() == pytest.approx(total.value.item())


@pytest.mark.slow
def test_ctrl_c_in_the_middle_of_a_run(tmp_path):
    runner.warm_up(inputs.load())
    words = [sys.executable, "-m", "experiments", "run", CURRENT, "--store", str(tmp_path)]
    process = subprocess.Popen(words, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)
    deadline = time.monotonic() + 60
    while not (tmp_path / store.MARK).exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    time.sleep(0.5)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert err == "abm: stopped: nothing of this run is kept\n"
    assert [file.name for file in tmp_path.iterdir() if file.name[0] != "."] == [store.MARK]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (
            (CURRENT, "--set", "policy.decision.capacity_factor=1", "--set", "policy.decision.capacity_factor=1"),
            "twice",
        ),
        ((CURRENT, "--set", "policy.decision.capacity_factor=1,5"), "(write 1.5)"),
        ((CURRENT, "--set", "policy.decision.capacity_factor=[1"), "is not valid YAML"),
        ((CURRENT, "--set", "a\nb\x1b[2J" + "c" * 100_000), "--set: 'a\\nb\\x1b[2Jccc"),
        ((CURRENT, "--set", "\udcff=1"), "--set: '\\udcff' is not a parameter"),
        (("\udcff.yaml",), "\\udcff.yaml: cannot be read"),
        (("a\x1b[2J.yaml",), "a\\x1b[2J.yaml: cannot be read"),
        (("x" * 300,), "cannot be read (File name too long)"),
        ((CURRENT, "--seed", "\u0663"), "--seed"),
        ((CURRENT, "--sede\x1b[2J", "3"), "\\x1b[2J"),
    ],
    ids=lambda value: ascii(value)[:30],
)
def test_whatever_is_typed_is_refused_in_one_short_line(abm, words, said):
    result = abm("run", *words)
    refused(result, said)
    assert result[2].rstrip("\n").isprintable()
    assert len(result[2]) < 600


def test_table_of_one_group_and_some_months(abm, finished):
    words = ("table", finished.name, "in_reception", "--by", "status", "--csv", *at(finished))
    everything = pd.read_csv(io.StringIO(abm(*words)[1]))
    code, out, _ = abm(*words, "--group", "status holder", "--from", "2015-02", "--to", "2015-04")
    wanted = everything[(everything["group"] == "status holder") & everything["month"].between("2015-02", "2015-04")]
    assert code == 0
    assert len(wanted) == 3
    pd.testing.assert_frame_equal(pd.read_csv(io.StringIO(out)), wanted.reset_index(drop=True))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("in_reception", "--by", "status", "--group", "status holders"), "did you mean 'status holder'"),
        (("in_reception", "--group", "men"), "in_reception has no total 'men': choose from all"),
        (("in_reception", "--from", "2015-5"), "--from: '2015-5' is not a month"),
        (("in_reception", "--to", "2014-12"), "--to: 2014-12 is outside the run"),
        (("in_reception", "--from", "2015-07"), "leave no month of the run: it has 2015-01 to 2015-06"),
        (("in_reception", "--from", "2015-03", "--to", "2015-02"), "leave no month"),
        (("wait_home",), "wait_home has no total: name a breakdown with 'by' (--by): statistic"),
        (("employment_gap",), "name a breakdown with 'by' (--by): dimension"),
    ],
)
def test_table_refuses_what_is_not_there(abm, finished, words, said):
    refused(abm("table", finished.name, *words, *at(finished)), said)


def test_the_page_of_a_kept_run_is_made_again(abm, finished):
    place = Path(finished.store.files.shown(f"pages/{finished.name}/page.html"))
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text("damaged")
    code, out, _ = abm("page", finished.name[:6], *at(finished))
    assert (code, out) == (0, f"Page with figures: {place}\n")
    assert place.read_text(encoding="utf-8").endswith("</html>")
    refused(abm("page", "none", *at(finished)), "no such run")
