"""The sheets and their index: that everybody can read them, that links lead somewhere, and what is refused."""

import csv
import io
import re
from dataclasses import replace
from pathlib import Path

import pytest

from abm.engine.errors import InputError
from experiments.report import council, factsheets, own_place, sheet_charts, sheets
from experiments.report.own_place import Wanted
from experiments.report.places import COUNTRY, REGION, TOWN
from experiments.report.words import LANGUAGES, Words
from experiments.store.store import Store
from tests.helpers import axe, browser
from tests.helpers.pages import LARGE, TEXT, Elements, contrast
from tests.helpers.places import tiny_pair
from tests.helpers.runs import real, small

BYTES = 150e3  # of a sheet
LINKS = {"a"}


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    return Store(tmp_path_factory.mktemp("factsheets"))


@pytest.fixture(scope="module")
def pair(store):
    return tiny_pair(store, pairs=2)


@pytest.fixture(scope="module", params=LANGUAGES)
def made(store, pair, request) -> sheets.Sheets:
    return sheets.Sheets(store, pair, Words(request.param))


@pytest.fixture(scope="module")
def pages(made) -> dict[str, str]:
    """All files, by name."""
    return dict(factsheets.pages(made))


@pytest.fixture(scope="module")
def sheet(pages) -> str:
    return pages["westerwolde.html"]


@pytest.fixture(scope="module")
def index(pages) -> str:
    return pages[factsheets.INDEX]


def text_of(page: str) -> str:
    """The text of a page without markup and style."""
    plain = re.sub(r"<style.*?</style>", " ", page, flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", plain).split())


def test_there_is_a_sheet_for_each_municipality_an_index_and_the_numbers(pages):
    sheets = [name for name in pages if name not in (factsheets.INDEX, factsheets.NUMBERS)]
    assert len(sheets) == len(real().municipalities)
    for name in real().municipalities["name"]:
        page = pages[factsheets.file_of(name)]
        assert name.replace("'", "&#39;") in re.search(r"<h1>(.*?)</h1>", page)[1]


def test_sheets_and_index_are_well_formed_and_small(sheet, index):
    for page in (sheet, index):
        assert Elements(page).wrong == []
        assert page.lstrip().startswith("<!doctype html>")
    assert len(sheet.encode()) < BYTES
    assert len(index.encode()) < 5e6


def test_they_ask_for_nothing_and_run_nothing(sheet, index):
    for page in (sheet, index):
        tags = Elements(page).tags
        assert not {"script", "link", "img", "iframe", "object", "image", "input"} & {tag for tag, _ in tags}
        assert [attrs for _, attrs in tags if any(key.startswith("on") or key == "src" for key in attrs)] == []
        assert {tag for tag, attrs in tags if "href" in attrs} <= LINKS
        assert "url(" not in page
        assert "@import" not in page
        assert '<script>alert("x")' not in page  # the title of B
        assert "&lt;script&gt;alert(&#34;x&#34;)" in page


def test_every_link_leads_to_a_file_or_a_place_on_the_page(pages, sheet, index):
    for page in (sheet, index):
        ids = re.findall(r' id="([^"]+)"', page)
        assert len(ids) == len(set(ids))
        for link in re.findall(r'href="([^"]+)"', page):
            assert link.removeprefix("#") in ids if link.startswith("#") else link in pages


def test_a_sheet_alone_has_no_link_to_an_index_that_is_not_there(made):
    page = factsheets.sheet(made, made.places.names(TOWN).index("Westerwolde"), indexed=False)
    assert "href" not in page


def test_the_map_has_a_link_with_a_name_for_each_municipality(index):
    drawn = re.search(r'<svg class="tiles" role="group".*?</svg>', index, re.DOTALL)[0]
    links = re.findall(r'<a href="([^"]+)" aria-label="([^"]+)">', drawn)
    assert len({link for link, _ in links}) == len(links) == len(real().municipalities)
    places = re.findall(r'<rect class="tile \w+" x="(\d+)" y="(\d+)"', drawn)
    assert len(set(places)) == len(places) == len(links)
    assert all(len(name.partition(": ")[2]) > 10 for _, name in links)


def test_only_clear_differences_have_a_colour(made, index):
    of = made.places.of_level[TOWN]
    row = of.at("in_reception")
    clear = {"more": 0, "less": 0}
    for sure, difference in zip(of.sure[row], of.difference[row], strict=True):
        if sure == "clearly":
            clear["more" if difference > 0 else "less"] += 1
    for kind, number in clear.items():
        assert index.count(f'class="tile {kind}"') == number
    assert index.count('class="tile plain"') == len(real().municipalities) - sum(clear.values())


def test_every_table_has_a_caption_and_every_chart_a_table(sheet, index):
    for page in (sheet, index):
        for table in re.findall(r"<table>.*?</table>", page, re.DOTALL):
            assert len(re.search(r"<caption[^>]*><span>(.*?)</span></caption>", table, re.DOTALL)[1]) > 10
        assert 1 <= page.count("<svg") <= 4
        for figure in re.findall(r"<figure.*?</figure>", page, re.DOTALL):
            assert re.search(r'<svg role="img" aria-label="[^"]{40,}"', figure)
            assert re.search(r"<details>\s*<summary>.*<table>", figure, re.DOTALL)
        for region in re.findall(r"<[^>]*role=\"region\"[^>]*>", page):
            assert 'tabindex="0"' in region
        levels = [int(level) for level in re.findall(r"<h([1-6])[ >]", page)]
        assert levels.count(1) == 1
        assert all(after <= before + 1 for before, after in zip(levels, levels[1:], strict=False))


def test_the_sheet_says_that_it_is_one_of_many(made, sheet, index):
    many = {"en": "There are 342 sheets", "nl": "Er zijn 342 bladen"}[made.words.language]
    assert many in text_of(sheet)
    assert many in text_of(index)


def test_no_english_is_left_in_dutch_pages(made, sheet, index):
    if made.words.language == "nl":
        for page in (sheet, index):
            said = text_of(re.sub(r'<span lang="en">.*?</span>', "", page, flags=re.DOTALL)).lower()
            words = set(re.findall(r"[a-z]+", said))
            assert words & {"the", "and", "with", "people", "cannot", "difference", "which", "year", "fewer"} == set()


def test_numbers_in_csv_are_those_of_the_sheets_and_small_counts_are_not_there(made, pages):
    rows = list(csv.DictReader(io.StringIO(pages[factsheets.NUMBERS])))
    levels = {level: sum(row["level"] == level for row in rows) for level in ("municipality", "region", "country")}
    assert levels == {
        "municipality": 342 * len(made.places.of_level[TOWN].lines),
        "region": 35 * len(made.places.of_level[REGION].lines),
        "country": len(made.places.of_level[COUNTRY].lines),
    }
    counted = ("places", "persons", "persons a year", "persons a half-year", "homes", "homes a year")
    hidden = 0
    for row in rows:
        for side in ("a", "b"):
            assert row["unit"] not in counted or row[side] == "" or float(row[side]) >= 5
        if row["not_shown"]:
            hidden += 1
            assert (row["difference"], row["low"], row["high"]) == ("", "", "")
    assert hidden
    share = next(row for row in rows if row["name"] == "Apeldoorn" and row["outcome"] == "accepting_near")
    assert 1 < float(share["a"]) < 100  # per cent, as its unit says


def test_the_law_is_beside_places_per_inhabitant(made):
    town = made.places.names(TOWN).index("Apeldoorn")
    rows = made.law(made.around(town)).rows
    towns = real().municipalities
    asked, people = (towns[name].iloc[town] for name in ("indicative_places_2026", "population"))
    assert rows[0][1] == made.words.number(asked)
    assert rows[0][4] == made.words.number(10_000 * asked / people, 1)
    assert rows[2][1] == made.words.number(towns["indicative_places_2026"].sum())


def test_one_municipality_may_have_no_numbers_to_draw(made):
    of = made.places.of_level[TOWN]
    hidden = (of.small[0] | of.small[1])[[at for at, line in enumerate(of.lines) if line.unit.words != "months"]]
    charts = [made.charts(town) for town in range(5)]
    assert all("law" in each for each in charts)
    assert hidden.any()


def test_ticks_are_round_and_hold_the_ends():
    assert sheet_charts.ticks(0, 1) == pytest.approx([0, 0.5, 1])
    assert sheet_charts.ticks(-32, 68) == pytest.approx([0, 50])
    assert sheet_charts.ticks(0, 350) == pytest.approx([0, 100, 200, 300])
    assert sheet_charts.ticks(3, 3) == [3]


def test_signs_on_tiles_have_contrast():
    style = Path(factsheets.__file__).with_name("sheet.css.j2").read_text(encoding="utf-8")
    for rule in re.findall(r":root \{([^}]*--more[^}]*)\}", style):
        colours = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", rule))
        paper = "#ffffff" if colours["b"] == "#0072b2" else "#15181c"
        for kind in ("more", "less"):
            assert contrast(colours[kind], colours[f"on-{kind}"]) >= TEXT
        for line in ("a", "b", "law"):
            assert contrast(colours[line], paper) >= LARGE


@pytest.mark.parametrize(
    ("scale", "pairs", "said"),
    [
        (0.5, 8, "scale 0.5: says nothing of one municipality: below scale 1 "),
        (1, 7, "7 pairs of runs are too few: no municipality is named from fewer than 8: "),
    ],
)
def test_what_cannot_carry_a_sheet_is_refused_in_one_line(scale, pairs, said):
    with pytest.raises(InputError) as refused:
        factsheets.check(*[small("2016-12", scale=scale)] * 2, pairs)
    assert str(refused.value).startswith(said)
    assert "\n" not in str(refused.value)
    factsheets.check(*[small("2016-12", scale=1)] * 2, 8)


def test_two_years_of_municipalities_are_not_set_beside_each_other():
    with pytest.raises(InputError, match=r"layout: has the municipalities of 2027 and .* those of 2026: give both the"):
        factsheets.check(small("2016-12", scale=1), small("2016-12", scale=1, layout=2027), 8)


def test_small_runs_are_refused_also_where_they_are_kept(store, pair):
    with pytest.raises(InputError, match=r"^scale 0\.005: "):
        factsheets.made(store, pair, "en")
    with pytest.raises(InputError, match="^2 pairs of runs are too few"):
        factsheets.made(store, replace(pair, a=replace(pair.a, scale=1), b=replace(pair.b, scale=1)), "en")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_chapter_of_a_report_says_why_it_is_left_out(store, pair, language):
    words = Words(language)
    town = real().municipalities["name"].tolist().index("Apeldoorn")
    left = own_place.chapter(store, pair, words, 8, Wanted(town, None))
    assert left.name == "Apeldoorn"
    assert "0.005" in left.why.replace(",", ".")
    large = replace(pair, a=replace(pair.a, scale=1), b=replace(pair.b, scale=1))
    few = own_place.chapter(store, large, words, 8, Wanted(town, 3))
    assert few.tables == []
    assert {"2", "8"} <= set(re.findall(r"\d+", few.why))


def test_the_chapter_has_the_tables_of_the_sheet_where_the_runs_carry_it(store, pair):
    words, town = Words("en"), real().municipalities["name"].tolist().index("Apeldoorn")
    runs = pair.runs.assign(pair_of=0)
    eight = runs.loc[runs.index.repeat(4)].assign(seed=[1 + at // 2 for at in range(16)])  # as if there were eight
    eight["side"] = ["a", "b"] * 8
    large = replace(pair, a=replace(pair.a, scale=1), b=replace(pair.b, scale=1), runs=eight)
    found = own_place.chapter(store, large, words, 8, Wanted(town, 0))
    assert found.why == ""
    titles = [table.title for table in found.tables]
    assert titles[0] == "Outcomes in Apeldoorn"
    assert titles[2:] == ["Outcomes in Groningen", "Outcomes in the Netherlands"]
    assert [row[0] for row in found.law.rows][0] == "Apeldoorn"
    assert len({table.name for table in found.tables}) == len(found.tables)


def test_a_report_takes_the_measures_of_places_only_where_it_can_say_them():
    assert own_place.Wanted(1).asked(small("2016-12", scale=0.5)) == frozenset()
    assert own_place.Wanted(1).asked(small("2016-12", scale=1))
    assert own_place.wanted(None, None, small("2016-12")) is None
    with pytest.raises(InputError, match=r"^--region: "):
        own_place.wanted(None, "Zeland", small("2016-12"))
    assert council.TEMPLATE


SEEN = [(browser.NARROW, False), (browser.PHONE, True), (browser.WIDE, False), (browser.WIDE, True)]


@pytest.fixture
def written(sheet, index, tmp_path) -> list[Path]:
    """A sheet and the index, as files."""
    found = [tmp_path / "sheet.html", tmp_path / "index.html"]
    for path, page in zip(found, (sheet, index), strict=True):
        path.write_text(page, encoding="utf-8")
    return found


@pytest.mark.slow
@browser.needed
@pytest.mark.parametrize(("width", "dark"), SEEN)
def test_in_a_browser_they_ask_nothing_and_fit_their_window(written, tmp_path, width, dark):
    for path in written:
        with browser.opened(path, tmp_path, width, dark) as shown:
            assert shown.logged == []
            assert shown.asked == [path.as_uri()]
            assert shown.evaluate("document.documentElement.scrollWidth") <= width
            least = (
                "Math.min(...[...document.querySelectorAll('.tile')].map(each => each.getBoundingClientRect().width))"
            )
            if path.stem == "index":
                assert shown.evaluate(least) >= 24  # least size of what is pressed (WCAG 2.2, 2.5.8)


@pytest.mark.slow
@axe.needed
@pytest.mark.parametrize(("width", "dark"), SEEN)
def test_axe_finds_nothing(written, tmp_path, width, dark):
    for path in written:
        with browser.opened(path, tmp_path, width, dark) as shown:
            assert axe.violations(shown) == []


@pytest.mark.slow
@browser.needed
def test_the_keyboard_passes_over_the_map_and_reaches_a_tile(written, tmp_path):
    with browser.opened(written[1], tmp_path) as shown:
        shown.evaluate("document.querySelector('a[href=\"#list\"]').focus()")
        shown.press("Tab")  # the region that scrolls
        shown.press("Tab")
        assert shown.evaluate("document.activeElement.closest('svg.tiles') !== null")
        assert shown.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"
        shown.evaluate("document.querySelector('a[href=\"#list\"]').focus()")
        shown.press("Enter")
        shown.press("Tab")
        assert shown.evaluate("document.activeElement.closest('svg.tiles') === null")


@pytest.mark.slow
@browser.needed
def test_in_print_every_table_is_there(written, tmp_path):
    for path in written:
        with browser.opened(path, tmp_path, media="print") as shown:
            heights = shown.evaluate("[...document.querySelectorAll('table')].map(each => each.clientHeight)")
            assert min(heights) > 0
