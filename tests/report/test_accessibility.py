"""Everybody can read the page: language, headings, names of what is not text, contrast."""

import re
from pathlib import Path

import pytest

from experiments.report import page
from experiments.sweeps import runner
from tests.helpers.pages import LARGE, TEXT, contrast
from tests.helpers.runs import small

TEMPLATE = Path(page.__file__).with_name(page.TEMPLATE).read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def html(tmp_path_factory):
    return page.html(runner.run(small("2015-12", scale=0.005), tmp_path_factory.mktemp("page"))[0])


def palettes() -> list[dict[str, str]]:
    """The colours by name, on light and on dark screens."""
    rules = re.findall(r":root \{([^}]*--paper[^}]*)\}", TEMPLATE)
    return [dict(re.findall(r"--(\w+): (#[0-9a-f]{6});", rule)) for rule in rules]


def test_contrast_is_that_of_the_definition():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)  # the grey that just fails


def test_text_has_contrast_on_light_and_dark_screens():
    light, dark = palettes()
    assert light.keys() == dark.keys()
    for colours in (light, dark):
        for text in ("ink", "soft", "link"):
            for ground in ("paper", "tint"):
                assert contrast(colours[text], colours[ground]) >= TEXT, (text, ground, colours)
        assert contrast(colours["link"], colours["paper"]) >= LARGE


def test_the_page_has_a_language_a_title_and_one_heading_of_its_own(html):
    assert re.search(r'<html lang="(en|nl)">', html)
    assert len(re.search(r"<title>(.*?)</title>", html)[1]) > 20
    assert html.count("<h1>") == html.count("<main>") == 1
    assert 'name="viewport" content="width=device-width, initial-scale=1"' in html


def test_what_is_not_text_has_a_name_and_parts_of_a_picture_have_none(html):
    pictures = re.findall(r"<svg.*?</svg>", html, re.DOTALL)
    assert len(pictures) == 14
    for picture in pictures:
        head, _, parts = picture.partition(">")
        assert re.search(r'role="img" aria-label="[^"]{50,}"', head)
        assert not re.search(r"\b(role|aria-\w+)=", parts)
    for region in re.findall(r"<[^>]*role=\"region\"[^>]*>", html):
        name = re.search(r'aria-label="[^"]+"|aria-labelledby="([^"]+)"', region)
        assert name, region
        assert not name[1] or f'id="{name[1]}"' in html, region
        assert 'tabindex="0"' in region  # it scrolls, so the keyboard must reach it


def test_every_cell_has_its_heading(html):
    for table in re.findall(r"<table>.*?</table>", html, re.DOTALL):
        head, body = table.split("<tbody>")
        columns = len(re.findall(r'<th scope="col">', head))
        for row in re.findall(r"<tr>.*?</tr>", body, re.DOTALL):
            assert row.count('<th scope="row">') == 1
            assert row.count("<td>") == columns - 1
