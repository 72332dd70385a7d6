"""What a validation prints and writes: lines that fit, plain rows, and a page with everything on it."""

import csv
import io

import pytest
from rich.console import Console

from experiments.validation import printing, targets, validation_page, verdicts
from experiments.validation.targets import Key
from tests.helpers.observed import RECEPTION, target, tiny
from tests.helpers.printed import ROOT

LISTED = [Key("C1", "", "2015-12"), Key("C1", "", "2015-01"), Key("C9", "", "2015")]
ABOUT = "current: 3 runs, seeds 1 to 3"
WHY = "leaves out *both* <kinds>"


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    place = tmp_path_factory.mktemp("runs")
    return [tiny(place, str(seed), seed, persons) for seed, persons in ((1, 100), (2, 110), (3, 90))]


def compared(runs):
    more = {"discrepancy": {"below": 1000, "reason": WHY}}
    return verdicts.compare(
        runs,
        [
            target(RECEPTION, ("2015-12", 2200), ("2015-01", 100), ("2014-12", 3), value=0.07, **more),
            target(RECEPTION, ("2015-12", 10), value=0.07, id="C2", miss="It counts | more."),
            target(None, ("2015", 0.4), kind="points", value=3, needs="learning", id="V11", role="validate"),
        ],
    )


def shown(rows, number, width):
    console = Console(width=width, quiet=True, force_terminal=False)
    console.quiet = False
    with console.capture() as found:
        printing.show(rows, number, console)
        for words in printing.counts(rows, LISTED):
            console.print(words, soft_wrap=True)
    return found.get()


@pytest.mark.parametrize("width", [80, 100])
@pytest.mark.parametrize("number", [1, 3])
def test_the_table_tells_all_without_a_terminal(runs, number, width):
    text = shown(compared(runs[:number]), number, width)
    assert "\x1b" not in text
    assert "…" not in text
    lines = [" ".join(line.split()) for line in text.splitlines()]
    assert max(map(len, text.partition("Fit: ")[0].splitlines())) <= width
    assert "C1 t: within with the discrepancy [7%]" in lines
    assert f"may be 1,000 below: {WHY}" in lines
    end = {1: "1,200 -45% (ok)", 3: "1,200 1,080 1,320 -45% (ok)"}
    assert f"2015-12 2,200 {end[number]}" in lines
    assert "2014-12 3 no value" in lines
    assert "V11 t (needs learning): not yet [3 pp]" in lines
    medians = " (1 by the median alone)" * (number > 1)
    assert lines[-4:] == [
        "Fit: 0 of 2 targets within, 1 more with the discrepancy; "
        "1 of 3 points within, 1 more with the discrepancy, 1 not judged.",
        "Unseen: 0 of 0 targets within, 1 not judged; 0 of 0 points within, 1 not judged.",
        "Together: 0 of 2 targets within, 1 more with the discrepancy, 1 not judged; "
        "1 of 3 points within, 1 more with the discrepancy, 2 not judged.",
        f"1 of the 3 points that were judged in November 2026 are within{medians}, 1 more with the discrepancy; "
        "1 of them is not judged here.",
    ]


def test_fit_goes_before_unseen(runs):
    roles = {"V1": "validate", "C1": "calibrate"}
    made = [target(RECEPTION, ("2015-01", 1), id=name, role=role) for name, role in roles.items()]
    text = shown(verdicts.compare(runs, made), 3, 80)
    assert text.index("Fit (role calibrate") < text.index("C1 ") < text.index("Unseen (role") < text.index("V1 ")


def test_rows_have_every_column_and_full_numbers(runs):
    rows = compared(runs)
    found = list(csv.DictReader(io.StringIO(printing.as_csv(rows))))
    assert len(found) == 5
    assert found[0] == {
        "id": "C1", "role": "calibrate", "title": "t", "what": "", "period": "2015-12", "observed": "2200.0",
        "tolerance": "7%", "discrepancy": "1,000 below", "median": "1200.0", "low": "1080.0", "high": "1320.0",
        "runs": "3", "verdict": "within with the discrepancy",
    }  # fmt: skip
    assert [each["verdict"] for each in found[1:]] == ["within", "outside the run", "off", "not yet"]
    assert (found[2]["median"], found[2]["runs"]) == ("", "0")
    assert [each["verdict"] for each in printing.records(rows)] == [each["verdict"] for each in found]


def test_what_runs_do_not_measure_is_one_line(runs):
    made = [target({"measure": name, "take": "sum"}, ("2015", 1), ("2016", 1)) for name in ("permits", "housed")]
    text = shown(verdicts.compare(runs, made), 3, 80)
    assert text.count("permits by total: the model that made these runs has it not") == 1


def test_the_page_has_counts_tables_and_causes(runs):
    text = validation_page.page(compared(runs), ABOUT, 3, LISTED)
    for words in (
        f"Runs: {ABOUT}.",
        "| Fit | 0 | 1 | 1 | 0 | 1 | 1 | 1 | 1 |",
        "| Unseen | 0 | 0 | 0 | 1 | 0 | 0 | 0 | 1 |",
        "| Together | 0 | 1 | 1 | 1 | 1 | 1 | 1 | 2 |",
        "1 of the 3 points that were judged in November 2026 are within",
        r"It may be 1,000 below: leaves out \*both\* \<kinds\>.",
        r"It counts \| more.",
        "|  | 2015-12 | 2,200 | 1,200 | 1,080 | 1,320 | -45% | within with the discrepancy |",
        "|  | 2014-12 | 3 | no value |  |  |  | outside the run |",
        "Not yet (3 pp). It needs learning.",
    ):
        assert words in text, words
    assert "lowest to highest of the runs, or of more than 19 runs" in " ".join(text.split())
    assert "\n\n\n" not in text
    assert text.endswith("\n")
    assert not text.endswith("\n\n")
    for line in text.splitlines():
        assert len(line) <= 120 or line.startswith("|")


def test_a_cause_is_printed_only_where_the_target_is_missed(runs):
    made = [target(RECEPTION, ("2015-01", observed), miss="Because.") for observed in (100, 1)]
    texts = [validation_page.page(verdicts.compare(runs, [each]), ABOUT, 3, LISTED) for each in made]
    assert ["Because." in text for text in texts] == [False, True]


def test_the_page_in_the_repository_has_every_target_by_role():
    page = (ROOT / "docs" / "validation.md").read_text(encoding="utf-8")
    fit, unseen = page.partition("\n## Fit\n")[2].split("\n## Unseen\n")
    for one in targets.load():
        mine = fit if one.role == "calibrate" else unseen
        assert f"\n### {one.id} {one.title}\n" in mine, f"{one.id}: make the page again"
