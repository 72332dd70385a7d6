"""A sweep as the source of a report: its pairs, its worlds, and what is refused."""

import re

import pandas as pd
import pytest

from abm.engine.errors import InputError
from abm.facts import facts
from experiments.designs.design import from_dict
from experiments.report import council, factsheets, places, swept
from experiments.report.sheets import Sheets
from experiments.report.words import Words
from experiments.store import holds
from experiments.store.store import Store
from experiments.sweeps import api, replicates, sweep
from experiments.sweeps.execution import Execution
from tests.helpers.runs import CURRENT

LEVER, WORLD = "policy.decision.capacity_factor", "world.decision.appeal_share"
DESIGN = {
    "title": "Faster decisions in two worlds",
    "scenarios": CURRENT,
    "until": "2015-03",
    "scale": 0.002,
    "replicates": 2,
    "measures": ["summary"],
    "levers": {"method": "grid", "from": "2015-02", "parameters": {LEVER: [1, 2]}},
    "uncertainties": {"method": "list", "points": [{}, {WORLD: 0.5}]},
}


@pytest.fixture(scope="module")
def how(tmp_path_factory) -> Execution:
    return Execution(workers=1, store=Store(tmp_path_factory.mktemp("swept")))


@pytest.fixture(scope="module")
def made(how):
    """A kept sweep of two policies, two worlds and two replicates."""
    return api.sweep(from_dict(DESIGN, "worlds", "."), how)


def index(*rows) -> pd.DataFrame:
    """An index of rows (run, scenario, policy, world, replicate, seed)."""
    return pd.DataFrame(rows, columns=["run", "scenario", "policy", "world", "replicate", "seed"])


def test_pairs_share_a_world_and_a_seed_and_the_first_side_is_a():
    found = swept.sides(
        index(
            ("p", "now", 0, 0, 0, 1), ("q", "now", 0, 0, 1, 2), ("r", "now", 0, 1, 0, 1),
            ("x", "plan", 0, 0, 0, 1), ("y", "plan", 0, 0, 1, 2), ("z", "plan", 0, 2, 0, 1),
        ),
        "s",
    )  # fmt: skip
    assert found.to_numpy().tolist() == [["p", "x", 0], ["q", "y", 0]]


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([("p", "now", 0, 0, 0, 1)], "sweep 's': has 1 scenarios and policies: a report sets two beside each other"),
        (
            [("p", "now", 0, 0, 0, 1), ("q", "now", 1, 0, 0, 1), ("r", "now", 2, 0, 0, 1)],
            "sweep 's': has 3 scenarios and policies: a report sets two beside each other",
        ),
        (
            [("p", "now", 0, 0, 0, 1), ("q", "now", 1, 0, 0, 1)],
            "sweep 's': has 1 pairs of runs: a report needs at least 2, better 8 or more",
        ),
        (
            [("p", "now", 0, 0, 0, 1), ("q", "now", 1, 0, 0, 7)],
            "sweep 's': its points have random numbers of their own: a report needs common ones, "
            "'random_numbers: common' in its design",
        ),
    ],
)
def test_a_sweep_without_two_sides_in_pairs_is_refused(rows, said):
    with pytest.raises(InputError) as refused:
        swept.sides(index(*rows), "s")
    assert str(refused.value) == said


def test_a_sweep_is_a_report_over_its_worlds(made, how):
    assert made.name == "worlds"
    pair = swept.pair("worlds", how)
    assert pair.runs["side"].tolist() == ["a", "b"] * 4
    assert pair.runs["world"].nunique() == 2
    assert set(pair.runs["run"]) == set(made.runs["run"])
    assert (pair.since, pair.scale, pair.b.until) == (1, 0.002, "2015-03")
    page = council.html(how.store, pair, "en")
    assert "The pairs are of 2 worlds with other assumptions; each world counts once" in page
    assert "4 pairs, to March 2015" in page
    assert "not the doubt about its assumptions" not in page
    rows = re.findall(r'<th scope="row">([^<]*)<', page.split('id="worlds"')[1].split('id="trust"')[0])
    assert rows == ["as both scenarios have it", f"{WORLD} 0.5"] * (len(rows) // 2)
    assert len(rows) >= 2


def test_worlds_are_named_by_what_they_assume():
    found = index(*[("p", "now", 0, world, 0, 1) for world in (0, 1, 2, 3)])
    found = found.assign(**{"world.a.b": [None, 2.0, 2.0, None], "world.c.d": [None, None, None, "x"], "policy.e": 1})
    assert swept.worlds(found) == {0: "", 1: "world.a.b 2", 2: "world.a.b 2 (2)", 3: "world.c.d x"}


def test_fewer_pairs_can_be_asked_for(made, how):
    pair = swept.pair("worlds", how, 2)
    assert len(pair.runs) == 4
    assert "world" not in pair.runs  # both are of the first
    for pairs in (1, 5):
        with pytest.raises(InputError, match=r"^--pairs: sweep 'worlds' has 4 pairs: give 2 to 4, or omit it for all$"):
            swept.pair("worlds", how, pairs)


def test_a_small_sweep_gives_no_factsheets(made, how):
    with pytest.raises(InputError, match=r"^scale 0\.002: says nothing of one municipality: .* or a sweep of scale 1$"):
        swept.pair("worlds", how, check=factsheets.check)


def test_factsheets_of_a_sweep_take_what_its_runs_lack(made, how):
    pair = swept.pair("worlds", how, taken=lambda scenario: places.ASKED)
    found = Sheets(how.store, pair, Words("en")).places
    assert (found.pairs, found.units) == (4, 2)


def test_a_sweep_with_missing_runs_is_refused(how):
    sweep.begin(from_dict(DESIGN | {"scale": 0.003}, "begun", "."), how.store, facts.load().digest)
    with pytest.raises(InputError, match=r"^sweep 'begun': 8 of 8 runs are missing: make them with 'abm sweep'$"):
        swept.pair("begun", how)


@pytest.mark.parametrize("shown", [True, False])
def test_runs_of_another_model_that_lack_measures_are_refused(tmp_path, monkeypatch, shown):
    how = Execution(workers=1, store=Store(tmp_path))
    api.sweep(from_dict(DESIGN | {"measures": ["in_reception"]}, "old", "."), how)
    if not shown:  # other code took all that they hold
        monkeypatch.setattr(holds, "shown", lambda record: frozenset())
    monkeypatch.setattr(replicates, "is_of_today", lambda record, digest: False)
    lacking = r"8 of its runs, like \w+, are of another version of the model and lack measures of the report"
    with pytest.raises(InputError, match=f"^sweep 'old': {lacking}: make the sweep again$"):
        swept.pair("old", how)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (("--scale", "0.1"), "abm: --scale: is that of the sweep: omit it\n"),
        (("--until", "2015-02"), "abm: --until: is that of the sweep: omit it\n"),
        (("--seed", "2"), "abm: --seed: is that of the sweep: omit it\n"),
    ],
)
def test_options_that_a_sweep_has_are_refused(made, how, abm, more, said):
    code, out, err = abm("report", "worlds", "--store", str(how.store.files.root), "--workers", "1", *more)
    assert (code, out, err) == (2, "", said)


def test_a_sweep_by_name_makes_a_report(made, how, abm, tmp_path):
    file = tmp_path / "report.html"
    words = ("report", "worlds", "--store", str(how.store.files.root), "--workers", "1", "--out", str(file))
    code, out, err = abm(*words)
    assert (code, out) == (0, f"Report: {file}\n"), err
    assert "van 2 werelden" in file.read_text(encoding="utf-8")


def test_a_scenario_alone_asks_for_what_to_set_it_beside(abm, tmp_path):
    code, _, err = abm("report", CURRENT, "--store", str(tmp_path))
    assert code == 2
    assert err.startswith("abm: --against: is missing: name the scenario file to set B beside, or a sweep by its name")
