"""The page of two scenarios: what it shows of tiny pairs of runs, and that everybody can read it."""

import re
from dataclasses import replace

import pytest

from abm import scenario
from abm.engine.errors import InputError
from experiments.analysis.comparison import first_difference
from experiments.report import council, paired_runs, plan, quantities
from experiments.report.council import Pair
from experiments.report.words import LANGUAGES, Words
from experiments.store.store import Store
from experiments.sweeps.execution import Execution
from tests.helpers.pages import LARGE, TEXT, Elements, contrast
from tests.helpers.runs import small

MARKUP = '<script>alert("x")</script> & more'
BYTES = 5e6
ASKED = quantities.asked(quantities.carried(council.QUANTITIES, 0.005))


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    return Store(tmp_path_factory.mktemp("council"))


@pytest.fixture(scope="module")
def pair(store) -> Pair:
    """Two pairs of runs, in which B decides faster from July 2015 on: one whole year after that."""
    one = replace(small("2016-12", scale=0.005), name="current", title="Law and practice of today, going on")
    other = one.with_values({"policy.decision.capacity_factor": {"2015-07": 3}})
    other = replace(other, name="faster", title=MARKUP)
    return made(store, one, other)


def made(store, one, other, pairs=2) -> Pair:
    runs = paired_runs.made(one, other, pairs, ASKED, Execution(workers=1, store=store))
    return Pair(one, other, first_difference(one, other), runs)


@pytest.fixture(scope="module", params=LANGUAGES)
def html(store, pair, request) -> str:
    return council.html(store, pair, request.param)


@pytest.fixture(scope="module")
def english(store, pair) -> str:
    return council.html(store, pair, "en")


@pytest.fixture(scope="module")
def of_plan(store) -> Pair:
    """Two pairs of runs of the plan itself, under another name, beside today: the first two months of it."""
    files = [plan.SCENARIOS / f"{name}.yaml" for name in ("current", "plan")]
    one, other = (scenario.load(file).changed(scale=0.005, until="2027-02") for file in files)
    return made(store, one, replace(other, name="mine"))


def text_of(page: str) -> str:
    """The text of a page without markup, style and charts."""
    plain = re.sub(r"<(style|svg).*?</\1>", " ", page, flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", plain).split())


def test_the_page_is_well_formed(html):
    assert Elements(html).wrong == []
    assert html.lstrip().startswith("<!doctype html>")


def test_the_check_of_form_finds_what_is_not_closed():
    assert Elements("<p><b>x</p></b>").wrong
    assert Elements("<p>x").wrong == ["p"]


def test_it_asks_for_nothing_and_runs_nothing(html):
    tags = Elements(html).tags
    assert not {"script", "link", "img", "iframe", "object", "image"} & {tag for tag, _ in tags}
    assert [attrs for _, attrs in tags if any(key.startswith("on") or key in ("src", "href") for key in attrs)] == []
    assert "url(" not in html
    assert "@import" not in html
    assert len(html.encode()) < BYTES


def test_markup_in_a_title_is_text(html):
    assert MARKUP not in html
    assert "&lt;script&gt;alert(&#34;x&#34;)&lt;/script&gt; &amp; more" in html


def test_the_same_runs_give_the_same_text(store, pair, english):
    assert council.html(store, pair, "en") == english


def test_language_is_said_of_the_page_and_of_what_is_in_the_other(store, pair, of_plan):
    pages = {each: council.html(store, of_plan, each) for each in LANGUAGES}
    assert all(f'<html lang="{each}">' in page for each, page in pages.items())
    heading = plan.load().parts[0].paragraphs[0]
    assert f'<span lang="nl">{heading}</span>' in pages["en"]
    assert 'lang="nl"' not in pages["nl"].replace('<html lang="nl">', "")
    assert '<span lang="en">&lt;script' in council.html(store, pair, "nl")  # a title that is not known in Dutch
    assert "Wet en praktijk van nu gaan door" in pages["nl"]


def test_no_english_is_left_in_the_dutch_page(store, of_plan):
    page = re.sub(r'<span lang="en">.*?</span>', "", council.html(store, of_plan, "nl"), flags=re.DOTALL)
    words = set(re.findall(r"[a-z]+", text_of(page).lower()))
    assert words & {"the", "and", "with", "their", "people", "cannot", "difference", "which", "year", "years"} == set()
    assert {"de", "en", "het", "verschil", "niet"} <= words


def test_the_parts_of_the_plan_are_there_only_for_the_plan(store, of_plan, english):
    parts = plan.load()
    page = council.html(store, of_plan, "en")
    for part in parts.parts:
        assert part.name.en in page
    for missing in parts.not_in_model:
        assert missing.why.en.replace("'", "&#39;") in page
    assert "The plan in its parts" not in english
    assert "Promises put to the test" in english


def test_a_scenario_of_that_name_alone_is_not_the_plan(store, pair):
    other = replace(pair, b=replace(pair.b, name=plan.load().scenario))
    page = council.html(store, other, "en")
    assert "The plan in its parts" not in page
    assert "B is not that plan" in page


def test_the_plan_is_known_by_what_it_sets(of_plan):
    known = plan.load()
    assert council.is_of(of_plan.b, known)
    assert council.is_of(of_plan.b.with_values({"world.arrival.first_applications": {"2026-01": 30000}}), known)
    assert not council.is_of(of_plan.b.with_values({"policy.decision.capacity_factor": {"2027-01": 1.4}}), known)
    assert not council.is_of(of_plan.a, known)
    assert not council.is_of(of_plan.b.changed(until="2026-12"), known)  # nothing of it has begun
    assert not council.is_of(of_plan.b, None)


def test_every_table_has_a_caption_and_every_cell_its_heading(html):
    tables = re.findall(r"<table>.*?</table>", html, re.DOTALL)
    assert len(tables) >= 12
    for table in tables:
        assert len(re.search(r"<caption[^>]*><span>(.*?)</span></caption>", table, re.DOTALL)[1]) > 10
        head = table.split("<tbody>")[0]
        columns = len(re.findall(r"<th scope=\"col\"", head))
        for each in re.findall(r"<tr>.*?</tr>", table.partition("</thead>")[2], re.DOTALL):
            assert each.count('<th scope="row">') == 1
            assert len(re.findall(r"<td", each)) == columns - 1


def test_every_chart_has_a_name_and_a_table_behind_it(html):
    charts = re.findall(r"<figure.*?</figure>", html, re.DOTALL)
    assert 1 <= len(charts) == html.count("<svg") <= 4
    for chart in charts:
        assert re.search(r'<svg class="chart" role="img" aria-label="[^"]{40,}"', chart)
        assert re.search(r"<details>\s*<summary>.*<table>", chart, re.DOTALL)
    assert "details::details-content" in html  # they are open in print


def test_numbers_of_charts_are_those_of_the_language(store, pair):
    for language, thousands in (("en", "20,000"), ("nl", "20.000")):
        figure = re.search(r'id="chart-reception".*?</svg>', council.html(store, pair, language), re.DOTALL)[0]
        assert f">{thousands}</text>" in figure


def test_what_scrolls_can_be_reached_and_has_a_name(html):
    ids = re.findall(r' id="([^"]+)"', html)
    assert len(ids) == len(set(ids))
    regions = re.findall(r"<[^>]*role=\"region\"[^>]*>", html)
    assert len(regions) >= 12
    for region in regions:
        assert 'tabindex="0"' in region
        assert re.search(r'aria-labelledby="([^"]+)"', region)[1] in ids


def test_headings_come_in_order(html):
    levels = [int(level) for level in re.findall(r"<h([1-6])[ >]", html)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in zip(levels, levels[1:], strict=False))


def test_text_has_contrast_on_light_and_dark_screens(html):
    rules = re.findall(r":root \{([^}]*--paper[^}]*)\}", html)
    light, dark = (dict(re.findall(r"--(\w+): (#[0-9a-f]{6});", rule)) for rule in rules)
    assert light.keys() == dark.keys()
    for colours in (light, dark):
        for ground in ("paper", "tint"):
            assert min(contrast(colours[each], colours[ground]) for each in ("ink", "soft", "link")) >= TEXT
    assert contrast("#0072b2", light["paper"]) >= LARGE
    assert contrast("#4aa3df", dark["paper"]) >= LARGE


def test_it_says_what_few_pairs_and_a_small_scale_cannot_tell(english):
    said = text_of(english)
    assert "There are only 2 pairs of runs, or worlds:" in said
    assert "Scale 0.005: each simulated person stands for 200." in said
    left = re.search(r"Left out, because only scale 0.2 or more carries it: (.*?)\.", said)[1].split("; ")
    assert {"Status holders in reception", "Cost of reception", "Cost of empty places"} <= set(left)
    assert '<th scope="row">Status holders in reception' not in english
    assert "Not tested, because these runs do not carry it: 18,000 status holders leave reception; " in said
    assert "Means of 2016;" in said


def test_the_numbers_are_those_of_the_runs(store, pair, english):
    values = quantities.read(store, pair.runs, ASKED).pairs([council.TABLES["reception"][1]], 12, 23)
    wanted = Words("en").number((values["b"] - values["a"]).mean() / 1000, 0, sign=True)  # in thousands
    row = re.search(r'<th scope="row">Asylum seekers waiting for a first decision.*?</tr>', english, re.DOTALL)[0]
    numbers = re.findall(r'<td class="number"[^>]*>([^<]*)</td>', row)
    assert round(float(numbers[2].replace(",", "")) / 1000) == int(wanted)
    assert numbers[2].startswith("-")  # thrice the decisions, a shorter queue


def test_the_runs_are_named(english, pair):
    for name in pair.runs["run"]:
        assert f"<code>{name}</code>" in english


def test_without_a_whole_year_the_page_says_so(store):
    one = small("2015-03", scale=0.005)
    found = made(store, one, replace(one.with_values({"policy.decision.capacity_factor": {"2015-02": 2}}), name="b"))
    page = council.html(store, found, "en")
    assert "The runs hold no whole year after the first difference." in page
    assert "The numbers are of February 2015 to March 2015" in page
    assert Elements(page).wrong == []
    assert {"reception", "money"} & set(re.findall(r'id="chart-(\w+)"', page)) == set()


def test_what_rests_on_few_people_is_left_out_and_named(english):
    said = text_of(english)
    thin = re.search(r"rests on fewer than 30 simulated people or homes: (.*?)\. ", said)[1].split("; ")
    assert "Let to students" in thin  # some 5,000 a year in the country, of which 1 in 200 is simulated
    assert '<th scope="row">Let to students' not in english
    assert '<th scope="row">Let to regular home seekers' in english


@pytest.mark.parametrize("pairs", [0, 1, 1001, True])
def test_too_few_or_too_many_pairs_are_refused(store, pair, pairs):
    with pytest.raises(InputError, match=r"^--pairs: \w+ is too few or too many: give 2 to 1000, better 8 or more$"):
        paired_runs.made(pair.a, pair.b, pairs, ASKED, Execution(workers=1, store=store))


def test_missing_runs_are_said_before_they_are_made_and_kept_ones_are_not(store, pair, tmp_path):
    lines = []
    here = Execution(workers=1, store=tmp_path)
    short = [each.changed(until="2015-08") for each in (pair.a, pair.b)]
    runs = paired_runs.made(*short, 2, ASKED, here, lines.append)
    assert lines == ["4 of 4 runs are missing and are made now"]
    again = paired_runs.made(*short, 2, ASKED, here, lines.append)
    assert len(lines) == 1
    assert again.equals(runs)
    assert runs["side"].tolist() == ["a", "b", "a", "b"]
    assert runs["seed"].tolist() == [1, 1, 2, 2]


@pytest.mark.slow
def test_of_several_missing_runs_one_is_timed(pair, tmp_path):
    lines = []
    short = [each.changed(until="2015-08") for each in (pair.a, pair.b)]
    paired_runs.made(*short, 3, ASKED, Execution(workers=1, store=tmp_path), lines.append)
    assert re.fullmatch(r"6 of 6 runs are missing and are made now: about .* with 1 workers, by the .*", lines[0])
