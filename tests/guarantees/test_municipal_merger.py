"""Two municipalities merge in 2027: a row in municipal_mergers.csv, and `layout: 2027` in a scenario."""

import csv
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from abm.agents.agents import Municipality
from abm.agents.model import Model
from abm.facts import facts
from abm.scenario import load, restored
from tests.helpers.refusals import refused
from tests.helpers.runs import difference, real, recorded, small

UNTIL, SCALE = "2015-09", 0.02
SCENARIO = "until: 2015-09\nscale: 0.02\nlayout: 2027\n"
ASSEN, EMMEN = "GM0106", "GM0114"


@pytest.fixture(scope="module")
def declared(tmp_path_factory):
    """The facts with a merger of our own: Assen and Emmen become Drentestad in 2027."""
    folder = Path(shutil.copytree(facts.FOLDER, tmp_path_factory.mktemp("facts") / "data"))
    rows = "".join(
        f"2027,{old},GM2001,{name},Drentestad,1,1,assumption,what if\n"
        for old, name in ((ASSEN, "Assen"), (EMMEN, "Emmen"))
    )
    path = folder / "municipal_mergers.csv"
    path.write_text(path.read_text(encoding="utf-8") + rows, encoding="utf-8")
    return facts.load(folder)


@pytest.fixture(scope="module")
def merged(declared):
    """A run on the municipalities of 2027; the books are checked every month."""
    return recorded(small(UNTIL, scale=SCALE, layout=2027), declared)


def expected() -> int:
    """Municipalities of 2027 as counted in the rows of the file: 342 less those that end, and those that begin."""
    with (facts.FOLDER / "municipal_mergers.csv").open(encoding="utf-8", newline="") as lines:
        rows = [row for row in csv.DictReader(lines) if row["year"] == "2027"]
    return 342 - len({row["gm_from"] for row in rows}) + len({row["gm_to"] for row in rows if row["new"] == "1"})


def town(inputs, code):
    return inputs.municipalities.set_index("gm_code").loc[code]


def test_the_merged_municipality_has_what_both_had(declared):
    before, after = (declared.on_layout(year) for year in (2026, 2027))
    for column in ("population", "households", "regular_places_2025", "spread_law_places_2024", "area_km2"):
        both = town(before, ASSEN)[column] + town(before, EMMEN)[column]
        assert town(after, "GM2001")[column] == pytest.approx(both)
    assert (len(before.municipalities), len(after.municipalities)) == (342, expected() - 2 + 1)


def test_national_totals_are_unchanged(declared):
    before, after = (declared.on_layout(year) for year in (2026, 2027))
    for column in ("population", "households", "indicative_places_2026", "regular_places_2025", "task_balance_2015"):
        assert after.municipalities[column].sum() == before.municipalities[column].sum()
    np.testing.assert_array_equal(after.corporation_homes.sum(axis=1), before.corporation_homes.sum(axis=1))
    np.testing.assert_array_equal(after.tasks, before.tasks)
    assert after.jobs.sum() == pytest.approx(before.jobs.sum())
    assert after.locations["places"].sum() == before.locations["places"].sum()


def test_assen_and_emmen_lie_in_two_regions_so_jobs_move(declared):
    """Assen is in AM01 and the smaller; its share of the inhabitants of AM01 takes that share of the jobs to AM03."""
    before, after = (declared.on_layout(year) for year in (2026, 2027))
    groningen, drenthe = (before.regions["region_code"].tolist().index(code) for code in ("AM01", "AM03"))
    here = before.municipalities.groupby("region_code")["population"].sum()["AM01"]
    moved = before.jobs[groningen] * town(before, ASSEN).population / here
    np.testing.assert_allclose(after.jobs[groningen], before.jobs[groningen] - moved)
    np.testing.assert_allclose(after.jobs[drenthe], before.jobs[drenthe] + moved)


def test_a_run_on_them_closes_its_books_and_tells_them_by_name(merged):
    waiting = merged.frame("awaiting_home", "municipality")
    assert waiting.shape == (9, expected() - 1)
    assert "Drentestad" in waiting
    assert not {"Assen", "Emmen", "Wijdemeren"} & set(waiting)
    assert np.isfinite(waiting.to_numpy()).all()
    assert waiting.sum(axis=1).to_numpy() == pytest.approx(merged.frame("awaiting_home")["all"].to_numpy())


def test_who_comes_to_the_country_does_not_depend_on_its_municipalities(merged):
    usual = recorded(small(UNTIL, scale=SCALE))
    for name in ("applications", "permits"):
        pd.testing.assert_frame_equal(merged.frame(name), usual.frame(name))


def test_a_declared_merger_that_is_not_asked_for_changes_nothing(declared):
    assert difference(recorded(small("2015-03"), declared), recorded(small("2015-03"))) == []
    assert declared.on_layout(2026) is declared
    assert real().on_layout(2023).municipalities is real().municipalities


def test_agents_are_the_municipalities_of_the_layout():
    model = Model(scale=SCALE, until=UNTIL, layout=2027)
    by_code = {each.code: each for each in model.agents_by_type[Municipality]}
    assert len(by_code) == expected() < 342
    assert "GM1696" not in by_code
    assert by_code["GM0402"].name == "Hilversum"
    assert by_code["GM0402"].population == 94_393 + 24_670
    assert "Amsterdam" in {each.name for each in by_code["GM0402"].neighbours}


def test_the_command_line_runs_it_and_its_page_has_the_new_map(abm, tmp_path):
    path = tmp_path / "merged.yaml"
    path.write_text(SCENARIO.replace("2015-09", "2015-03"), encoding="utf-8")
    code, out, _ = abm("run", str(path), "--store", str(tmp_path / "store"))
    assert code == 0
    page = next((tmp_path / "store" / "pages").rglob("page.html")).read_text(encoding="utf-8")
    assert "Hilversum" in page
    assert "Wijdemeren" not in page
    assert "those of 1 January 2027" in page


@pytest.mark.parametrize(
    ("layout", "said"),
    [
        ("2022", ("layout: 2022 is not a year of municipalities", "a year from 2023 to 2050")),
        ("2051", ("layout: 2051 is not a year", "a year from 2023 to 2050")),
        ("true", ("layout: True is not a year",)),
        ("{2027-01: 2027}", ("merged.yaml: layout: ", "which holds for the whole run")),
    ],
)
def test_a_layout_that_cannot_be_is_refused(abm, tmp_path, layout, said):
    path = tmp_path / "merged.yaml"
    path.write_text(SCENARIO.replace("layout: 2027", f"layout: {layout}"), encoding="utf-8")
    refused(abm("run", str(path), "--store", str(tmp_path / "store")), *said)


def test_a_scenario_keeps_its_layout(tmp_path):
    path = tmp_path / "merged.yaml"
    path.write_text(SCENARIO, encoding="utf-8")
    found = load(path)
    assert found.layout == 2027
    assert restored(found.canonical()).canonical() == found.canonical()
    assert found.digest() != found.changed(layout=2026).digest()
    assert "layout" not in found.changed(layout=2026).canonical()  # as in records made before there were layouts
    assert restored(found.changed(layout=2026).canonical()).layout == 2026
