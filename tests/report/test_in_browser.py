"""The pages in a real browser: narrow and wide, dark and print, by keyboard; what they log, ask for and show."""

from dataclasses import replace
from pathlib import Path

import pytest

from experiments.analysis.comparison import first_difference
from experiments.designs.design import from_dict
from experiments.report import council, page, paired_runs, quantities, swept
from experiments.report.council import Pair
from experiments.report.words import LANGUAGES
from experiments.store.store import Store
from experiments.sweeps import api, runner
from experiments.sweeps.execution import Execution
from tests.helpers import axe, browser
from tests.helpers.runs import CURRENT, small

pytestmark = [pytest.mark.slow, browser.needed]
LEAST = 20  # red pixels of a chart whose marks are red
MARKS = "figure svg [role=graphics-symbol], figure svg path, figure svg line, figure svg circle"
ALL_RED = f"{MARKS} {{ fill: {browser.RED} !important; stroke: {browser.RED} !important; opacity: 1 !important; }}"
NUMBERED = """
[...document.querySelectorAll('figure svg')].filter(each => each.getBoundingClientRect().width > 0)
  .map((each, at) => each.setAttribute('data-chart', at)).length
"""
PAGES = ("run", *(f"{kind}-{language}" for kind in ("report", "ladder") for language in LANGUAGES))
SHOWN = [(browser.NARROW, False), (browser.PHONE, True), (browser.WIDE, False), (browser.WIDE, True)]
IDS = [f"{width}-{'dark' if dark else 'light'}" for width, dark in SHOWN]


@pytest.fixture(scope="module")
def pages(tmp_path_factory) -> dict[str, Path]:
    """The pages by name: of a run, of two scenarios, and of a ladder."""
    folder = tmp_path_factory.mktemp("pages")
    store = Store(folder / "store")
    how = Execution(workers=1, store=store)
    found = {"run": page.html(runner.run(small("2015-12", scale=0.005), folder / "store")[0])}
    one = replace(small("2016-12", scale=0.005), name="current", title="Law and practice of today, going on")
    other = replace(one.with_values({"policy.decision.capacity_factor": {"2015-07": 3}}), name="faster")
    asked = quantities.asked(quantities.carried(council.QUANTITIES, one.scale))
    runs = paired_runs.made(one, other, 2, asked, how)
    pair = Pair(one, other, first_difference(one, other), runs)
    target = folder / "target.yaml"
    target.write_text(
        f"extends: {CURRENT}\nname: target\npolicy:\n  decision:\n    capacity_factor: {{2015-02: 3}}\n"
        "  status:\n    brp_weeks: {2015-02: 1}\n",
        encoding="utf-8",
    )
    groups = {"decisions": "policy.decision.capacity_factor", "registration": "policy.status.brp_weeks"}
    levers = {"method": "ladder", "to": str(target), "groups": groups}
    design = {"scenarios": CURRENT, "until": "2016-12", "scale": 0.005, "replicates": 2, "measures": ["summary"]}
    api.sweep(from_dict(design | {"levers": levers}, "ladder", "."), how)
    ladder = swept.pair("ladder", how)
    for language in LANGUAGES:
        found[f"report-{language}"] = council.html(store, pair, language)
        found[f"ladder-{language}"] = council.html(store, ladder, language)
    written = {}
    for name, text in found.items():
        written[name] = folder / f"{name}.html"
        written[name].write_text(text, encoding="utf-8")
    return written


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize(("width", "dark"), SHOWN, ids=IDS)
def test_it_says_and_asks_nothing_and_fits_its_window(pages, tmp_path, name, width, dark):
    with browser.opened(pages[name], tmp_path, width, dark) as shown:
        assert shown.logged == []
        assert shown.asked == [pages[name].as_uri()]
        assert shown.evaluate("innerWidth") == width
        assert shown.evaluate("document.documentElement.scrollWidth") <= width
        assert shown.evaluate("matchMedia('(prefers-color-scheme: dark)').matches") == dark


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize(("width", "dark"), SHOWN, ids=IDS)
@axe.needed
def test_axe_finds_nothing(pages, tmp_path, name, width, dark):
    with browser.opened(pages[name], tmp_path, width, dark) as shown:
        assert axe.violations(shown) == []


@axe.needed
def test_axe_finds_what_is_wrong(tmp_path):
    body = '<main><h1>x</h1><svg role="img"></svg></main>'
    wrong = tmp_path / "wrong.html"
    wrong.write_text(f"<!doctype html><html><head><title>x</title></head><body>{body}</body></html>", encoding="utf-8")
    with browser.opened(wrong, tmp_path) as shown:
        assert {each["rule"] for each in axe.violations(shown)} >= {"html-has-lang", "svg-img-alt"}


def add_style(shown: browser.Page, rules: str) -> None:
    """Add rules of style to a page."""
    shown.evaluate(f"document.head.append(Object.assign(document.createElement('style'), {{textContent: `{rules}`}}))")


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("width", [browser.NARROW, browser.WIDE])
def test_every_chart_shows_its_marks(pages, tmp_path, name, width):
    with browser.opened(pages[name], tmp_path, width) as shown:
        charts = shown.evaluate(NUMBERED)  # of those that are drawn twice, the one that this window shows
        assert charts >= 2
        assert charts == shown.evaluate("document.querySelectorAll('figure').length")
        add_style(shown, ALL_RED)
        for chart in range(charts):
            assert shown.red(f"[data-chart='{chart}']") > LEAST, chart
        shown.evaluate("document.querySelector('[data-chart]').replaceChildren()")
        assert shown.red("[data-chart]") == 0  # a chart without marks is seen


@pytest.mark.parametrize("name", PAGES)
def test_the_keyboard_reaches_all_that_scrolls_or_opens(pages, tmp_path, name):
    focusable = "document.querySelectorAll('a[href], summary, [tabindex=\"0\"]')"
    with browser.opened(pages[name], tmp_path) as shown:
        wanted = shown.evaluate(f"[...{focusable}].filter(each => each.checkVisibility()).length")
        assert wanted > 2
        seen = set()
        for _ in range(wanted):
            shown.press("Tab")
            seen.add(shown.evaluate(f"[...{focusable}].indexOf(document.activeElement)"))
            style = "getComputedStyle(document.activeElement)"
            assert shown.evaluate(f"{style}.outlineStyle") != "none"  # it is seen where the keyboard is
        assert len(seen) == wanted
        assert -1 not in seen
        shown.evaluate("document.querySelector('summary').focus()")
        shown.press("Enter")
        assert shown.evaluate("document.querySelector('summary').parentElement.open")


@pytest.mark.parametrize("name", PAGES)
def test_in_print_every_table_is_there(pages, tmp_path, name):
    with browser.opened(pages[name], tmp_path, media="print") as shown:
        heights = shown.evaluate("[...document.querySelectorAll('figure table')].map(each => each.clientHeight)")
        assert heights
        assert min(heights) > 0
