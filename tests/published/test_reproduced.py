"""A question is published and made again, of tiny runs; what is damaged or has changed is said in one line."""

import json
import shutil
from pathlib import Path

import pytest

from experiments.published import contrasts, question_file, results, tables
from experiments.report import quantities
from experiments.store.store import Store
from tests.helpers.runs import CURRENT

FASTER = "extends: {current}\nname: faster\npolicy: {{decision: {{capacity_factor: {{2015-02: 3}}}}}}\n"
QUESTION = """# A tiny question.
question: {nl: 'Wat doet sneller beslissen?', en: 'What do faster decisions do?'}
scenarios: {a: CURRENT, b: ../scenarios/faster.yaml}
scale: 0.005
until: 2015-04
pairs: 2
outcomes: [in_reception, awaiting_decision, wait_decision statistic mean]
"""
ON_DESIGN = QUESTION.replace("scenarios: {a: CURRENT, b: ../scenarios/faster.yaml}", "design: ../designs/grid.yaml")


@pytest.fixture(scope="module")
def kept(tmp_path_factory) -> Path:
    """A project with a question that has no results yet, and a store beside it."""
    root = tmp_path_factory.mktemp("project")
    for name in ("published", "scenarios", "designs"):
        (root / "configs" / name).mkdir(parents=True)
    (root / "configs" / "scenarios" / "faster.yaml").write_text(FASTER.format(current=CURRENT), encoding="utf-8")
    points = "levers: {method: list, points: [{}, {policy.decision.capacity_factor: {2015-02: 2}}]}\n"
    (root / "configs" / "designs" / "grid.yaml").write_text(f"scenarios: {CURRENT}\n{points}", encoding="utf-8")
    for name, text in (("tiny", QUESTION), ("points", ON_DESIGN)):
        (root / "configs" / "published" / f"{name}.yaml").write_text(text.replace("CURRENT", CURRENT), encoding="utf-8")
    return root


@pytest.fixture
def project(abm, kept, tmp_path) -> Path:
    """A copy of the project with published results, which may be damaged."""
    if not (kept / "results" / "published" / "tiny").exists():
        code, out, err = call(abm, kept, "--publish")
        assert (code, err) == (0, "")
        assert out.splitlines() == [
            "4 of 4 runs are missing and are made now",
            f"Published: {kept.resolve() / 'results' / 'published' / 'tiny'}",
        ]
    shutil.copytree(kept, tmp_path / "project")
    return tmp_path / "project"


def call(abm, root: Path, *more: str, name: str = "tiny") -> tuple[int, str, str]:
    """`abm reproduce` of a question of a project."""
    file = root / "configs" / "published" / f"{name}.yaml"
    return abm("reproduce", str(file), "--store", str(root / "store"), "--workers", "1", *more)


def of(project: Path, name: str) -> Path:
    """A file of the published results."""
    return project / "results" / "published" / "tiny" / name


def republished(project: Path, text: str, **about) -> None:
    """Put other results in place of the published ones, with checksums that agree."""
    of(project, tables.OUTCOMES).write_text(text, encoding="utf-8")
    manifest = json.loads(of(project, results.MANIFEST).read_text()) | about
    manifest["tables"][tables.OUTCOMES] = results.sha256(text)
    of(project, results.MANIFEST).write_text(json.dumps(manifest), encoding="utf-8")
    file = project / "configs" / "published" / "tiny.yaml"
    keys = {key: manifest[key] for key in ("version", "code", "data", "tables")}
    file.write_text(question_file.with_made(file.read_text(), question_file.Made(**keys)), encoding="utf-8")


def test_a_published_question_comes_out_exactly(abm, project):
    assert call(abm, project) == (0, "tiny: exact: all 3 rows are as published\n", "")


def test_runs_that_are_missing_are_made_again_and_give_the_same(abm, project, tmp_path):
    shutil.rmtree(project / "store")
    out = tmp_path / "mine.csv"
    code, said, err = call(abm, project, "--out", str(out))
    assert (code, err) == (0, "")
    assert said == "4 of 4 runs are missing and are made now\ntiny: exact: all 3 rows are as published\n"
    assert out.read_bytes() == of(project, tables.OUTCOMES).read_bytes()


def test_the_table_holds_what_the_runs_say(project):
    file = project / "configs" / "published" / "tiny.yaml"
    question, store = question_file.load(file), Store(project / "store")
    manifest, texts = results.load(file, question)
    table = tables.from_csv(texts[tables.OUTCOMES], "published").set_index("outcome")
    assert set(table["compared"]) == {"faster beside current"}
    assert set(table["years"]) == {"February 2015 to April 2015"}
    assert set(table["runs"]) == {4}
    assert list(table["group"]) == ["", "", "statistic mean"]
    found = contrasts.of(question, file, manifest.data)
    assert manifest.runs == tuple(sorted(found.of[0].runs["run"]))
    read = quantities.read(store, found.of[0].runs, frozenset({("awaiting_decision", "total")}))
    for side in "ab":
        months = [read.months(("awaiting_decision", "total", "all"), side, seed)[1:4] for seed in (1, 2)]
        mean = sum(each.mean() for each in months) / 2
        assert table.loc["awaiting_decision", side] == pytest.approx(mean, rel=1e-8)
    assert table.loc["awaiting_decision", "difference"] < 0  # thrice the decisions, a shorter queue


def test_what_has_changed_is_named(abm, project):
    text = of(project, tables.OUTCOMES).read_text()
    first = tables.from_csv(text, "published").iloc[0]
    republished(project, text.replace(f"{first['a']:.10g}", f"{2 * first['a']:.10g}", 1))
    code, out, err = call(abm, project)
    assert (code, err) == (1, "")
    assert out.splitlines() == [
        f"Changed: faster beside current, in_reception: a: published {2 * first['a']:.10g}, now {first['a']:.10g}",
        "tiny: changed: 1 rows; 2 rows hold",
    ]


def test_what_is_within_tolerance_is_no_change(abm, project):
    text = of(project, tables.OUTCOMES).read_text()
    first = tables.from_csv(text, "published").iloc[0]
    off = first["a"] + 0.05 * (first["high"] - first["low"]) / 2
    republished(project, text.replace(f"{first['a']:.10g}", f"{off:.10g}", 1))
    assert call(abm, project) == (
        0, "tiny: within tolerance: 2 rows are as published, 1 within tolerance\n", "",
    )  # fmt: skip


def test_another_version_of_the_model_is_said_in_one_line(abm, project):
    republished(project, of(project, tables.OUTCOMES).read_text(), code="f" * 64, commit="0123456789abcdef")
    code, out, _ = call(abm, project)
    assert code == 0
    note, last = out.splitlines()
    assert note.startswith("Note: published with another version of the model (")
    assert "ffffffffffff of commit 0123456789ab; here " in note
    assert last == "tiny: exact: all 3 rows are as published"


def test_other_measures_and_another_processor_are_said_in_a_line_each(abm, project):
    text, kind = of(project, tables.OUTCOMES).read_text(), {"machine": "pdp11", "avx_512": False}
    republished(project, text, measures="0" * 16, processor=kind)
    code, out, _ = call(abm, project)
    assert code == 0
    assert out.splitlines()[0] == "Note: published with other code of measures: changes may be due to that"
    assert out.splitlines()[1].startswith("Note: published on pdp11, here ")


def test_scenarios_that_have_changed_are_said_in_one_line(abm, project):
    file = project / "configs" / "scenarios" / "faster.yaml"
    file.write_text(file.read_text().replace("2015-02: 3", "2015-02: 1.5"), encoding="utf-8")
    code, out, _ = call(abm, project)
    assert code == 1
    lines = out.splitlines()
    assert (
        "Note: its scenarios or design have changed since: some runs are others than those that were published" in lines
    )
    assert any(line.startswith("Changed: faster beside current, awaiting_decision: b: published ") for line in lines)


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (
            lambda p: of(p, tables.OUTCOMES).write_text("x"),
            "outcomes.csv: has another checksum than manifest.json says",
        ),
        (lambda p: of(p, tables.OUTCOMES).unlink(), "outcomes.csv: cannot be read (No such file or directory)"),
        (lambda p: of(p, results.MANIFEST).unlink(), "holds no published results: make them with 'abm reproduce tiny"),
        (lambda p: of(p, results.MANIFEST).write_text("{"), "manifest.json: is not JSON: restore the files"),
        (lambda p: of(p, results.MANIFEST).write_text("{}"), "manifest.json: has no 'name:': write it"),
        (
            lambda p: of(p, results.MANIFEST).write_text(
                json.dumps(json.loads(of(p, results.MANIFEST).read_text()) | {"code": "f" * 64})
            ),
            "tiny.yaml: made: does not agree with ",
        ),
        (
            lambda p: (p / "configs" / "published" / "tiny.yaml").write_text(
                (p / "configs" / "published" / "tiny.yaml").read_text().replace("pairs: 2", "pairs: 3")
            ),
            "tiny.yaml: asks something else than its published results answer",
        ),
    ],
)
def test_damaged_results_are_one_line_before_any_run_is_made(abm, project, damage, said):
    damage(project)
    shutil.rmtree(project / "store")
    code, out, err = call(abm, project)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert said in err
    assert not (project / "store" / "runs").exists()


def test_points_of_a_design_are_set_beside_its_base(abm, kept):
    code, out, err = call(abm, kept, "--publish", name="points")
    assert (code, err) == (0, "")
    place = Path(out.splitlines()[-1].removeprefix("Published: "))
    table = tables.from_csv((place / tables.OUTCOMES).read_text(), "published")
    assert table["outcome"].tolist() == ["in_reception", "awaiting_decision", "wait_decision statistic mean"]
    assert table["compared"].nunique() == 1
    made = question_file.load(kept / "configs" / "published" / "points.yaml").made
    assert made.tables == json.loads((place / results.MANIFEST).read_text())["tables"]
    assert call(abm, kept, name="points")[:2] == (0, "points: exact: all 3 rows are as published\n")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["ladderr"], "ladderr: no such published question: did you mean 'ladder'?"),
        (["none.yaml"], "none.yaml: cannot be read (No such file or directory)"),
        (["ladder", "--publish", "--out", "x.csv"], "--out: --publish writes to results/published: give one of both"),
        (["ladder", "--out", "none/x.csv"], "--out: none: no such folder: make it, or name another file"),
    ],
)
def test_bad_input_is_one_line(abm, tmp_path, monkeypatch, words, said):
    monkeypatch.chdir(tmp_path)
    code, out, err = abm("reproduce", *words)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert err.startswith(f"abm: {said}")
