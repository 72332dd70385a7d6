"""A report is verified: what was edited, is missing or changed is found, and the rest holds."""

import html as markup
import re
import shutil
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pytest

from abm.engine.errors import InputError
from experiments.analysis.comparison import first_difference
from experiments.designs.design import from_dict
from experiments.report import council, paired_runs, quantities, recipe, swept, verified
from experiments.report.council import Pair
from experiments.report.words import LANGUAGES, Numeral, Words
from experiments.store import outcomes as tables
from experiments.store.store import Store
from experiments.sweeps import api
from experiments.sweeps.execution import Execution
from tests.helpers.runs import CURRENT, small

SCALE, LEVER, WORLD = 0.005, "policy.decision.capacity_factor", "world.decision.appeal_share"
CELL = re.compile(r'<td class="number" data-key="([^"]+)" data-value="([^"]+)">([^<]+)</td>')
IN_WORLDS = {
    "scenarios": CURRENT,
    "until": "2015-03",
    "scale": SCALE,
    "replicates": 2,
    "measures": ["summary"],
    "levers": {"method": "grid", "from": "2015-02", "parameters": {LEVER: [1, 2]}},
    "uncertainties": {"method": "list", "points": [{}, {WORLD: 0.5}]},
}


@pytest.fixture(scope="module")
def store(tmp_path_factory) -> Store:
    return Store(tmp_path_factory.mktemp("verified"))


@pytest.fixture(scope="module")
def pair(store) -> Pair:
    """Two pairs of runs, in which B decides faster from July 2015 on: one whole year after that."""
    one = replace(small("2016-12", scale=SCALE), name="current", title="Law and practice of today, going on")
    other = replace(one.with_values({LEVER: {"2015-07": 3}}), name="faster", title='Three times "as" fast & more')
    asked = quantities.asked(quantities.carried(council.QUANTITIES, SCALE))
    runs = paired_runs.made(one, other, 2, asked, Execution(workers=1, store=store))
    return Pair(one, other, first_difference(one, other), runs)


@pytest.fixture(scope="module")
def page(store, pair) -> str:
    return council.html(store, pair, "en")


@pytest.fixture
def copied(store, tmp_path) -> Store:
    """A store of the same runs, which may be damaged."""
    shutil.copytree(store.files.root, tmp_path / "copied")
    return Store(tmp_path / "copied")


def wrong(store: Store, page: str) -> list[str]:
    """What does not hold of a page."""
    return verified.verify(store, page, "mine.html").wrong


def refused(store: Store, page: str) -> str:
    """The line with which a page is refused."""
    with pytest.raises(InputError) as error:
        verified.verify(store, page, "mine.html")
    return str(error.value)


def edited(page: str, before: str, after: str) -> str:
    """A page in which one thing was edited, with the digest that belongs to it: by somebody who knows how."""
    assert before in page
    changed = page.replace(before, after, 1)
    return changed.replace(recipe.digest(page), recipe.digest(changed))


def described(page: str, **about) -> str:
    """A page that says something else of itself."""
    found = recipe.read(page, "mine.html").model_copy(update=about)
    content = markup.escape(found.model_dump_json(exclude_none=True))
    return recipe.ELEMENT.sub(lambda _: f'<meta name="{recipe.META}" content="{content}">\n', page)


def with_run_twice(page: str) -> str:
    """A page that names one run for two pairs."""
    runs = recipe.read(page, "mine.html").runs
    return described(page, runs=(*runs[:-1], runs[-1].model_copy(update={"run": runs[1].run})))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_report_as_it_was_made_holds(store, pair, language):
    found = verified.verify(store, council.html(store, pair, language), "mine.html")
    assert (found.wrong, found.notes) == ([], [])
    assert found.compared > 200


def test_every_number_stands_under_a_key_of_its_own_and_its_value_is_what_is_shown(store, pair, page):
    cells = CELL.findall(page)
    assert len(cells) > 200
    assert len({key for key, _, _ in cells}) == len(cells)
    assert len(cells) == page.count('<td class="number"')
    for key, value, shown in cells:
        numbers = [float(each) for each in value.split()]
        said = [float(each.replace(",", "")) for each in shown.split(" to ")] if shown != "–" else []
        for number, each in zip(numbers, said, strict=bool(said)):
            assert each == pytest.approx(number, rel=0.5, abs=100), key
    assert {key.split("/")[0] for key, _, _ in cells} >= {"reception", "work", "chart-reception", "chart-work"}
    values = quantities.read(store, pair.runs, frozenset({("in_reception", "total")}))
    wanted = values.table([council.TABLES["reception"][0]], quantities.window(pair.since, 24))
    (given,) = [value for key, value, _ in cells if key == "reception/in_reception/difference"]
    assert float(given) == wanted["difference"].iloc[0]


def test_no_number_is_left_without_a_key(page):
    """Names, titles, years and what the plan itself says aside."""
    left = [words for _, words in verified.Contents(page).words if re.search(r"\d", words)]
    title = [each for each in left if "simulated" in each or "pairs" in each]
    assert title == []
    of_plan, of_tables = r"18,000|466|71 euros", r"\d+ years?\b|95%|Means of \d{4}|B less A|all since|18 to 65"
    named = rf"{of_plan}|{of_tables}|^\d{{4}}$|^[12]$|[0-9a-f]{{16}}"  # years, pairs, runs
    assert [each for each in left if not re.search(named, each)] == []


@pytest.mark.parametrize("number", [0, 40, -1])
def test_an_edited_number_is_found_and_named(store, page, number):
    key, value, shown = CELL.findall(page)[number]
    cell = f'data-key="{key}" data-value="{value}">{shown}<'
    only_shown = edited(page, cell, cell.replace(f">{shown}<", ">123,456<"))
    assert wrong(store, only_shown) == [f"{key}: the page says 123,456, and {shown} comes out"]
    both = edited(page, cell, f'data-key="{key}" data-value="123456.0">123,456<')
    (line,) = wrong(store, both)
    assert line.startswith(f"{key}: the page says 123,456 (value 123456.0), and {shown} (value ")


def test_a_number_that_was_taken_out_or_put_in_is_found(store, page):
    key, value, shown = CELL.findall(page)[0]
    cell = f'<td class="number" data-key="{key}" data-value="{value}">{shown}</td>'
    assert f"{key}: is not in the page, and {shown} comes out" in wrong(store, edited(page, cell, "<td>9</td>"))
    twice = wrong(store, edited(page, cell, cell + cell))
    assert f"{key}: stands in the page more than once" in twice
    more = wrong(store, edited(page, cell, cell + cell.replace(key, "made up")))
    assert f"made up: the page says {shown}, and nothing of this comes out" in more


def test_an_edited_verdict_or_sentence_is_found(store, page):
    said = re.search(r'<td class="text (\w+)" data-key="(reception/[^"]+)" data-value="(\w+)">([^<]+)<', page)
    cell = said[0]
    (line,) = wrong(store, edited(page, cell, cell.replace(f'data-value="{said[3]}"', 'data-value="certain"')))
    assert line.startswith(f"{said[2]}: the page says")
    (line,) = wrong(store, edited(page, cell, cell.replace(f">{said[4]}<", ">sure<")))
    assert line == f"{said[2]}: the page says sure, and {said[4]} comes out"
    (line,) = wrong(store, edited(page, "Scale 0.005: each", "Scale 0.5: each"))
    assert line.startswith("scale: the page says")
    (line,) = wrong(
        store, edited(page, "not what will happen", "what will happen").replace("not what will", "what will")
    )
    assert line.startswith("under 'How far to trust it': the page says")


def test_what_cannot_be_read_is_found_too(store, page):
    hidden = edited(page, '<ul class="lights"', '<ul hidden class="lights"')
    assert wrong(store, hidden) == [
        "the page is marked up otherwise than it was made, though its words and numbers hold"
    ]
    drawn = page.replace("<svg", "<svg data-mine", 1)
    (line,) = wrong(store, drawn)
    assert line.startswith("chart 1: is drawn otherwise")
    found = verified.verify(store, edited(page, "<svg", "<svg data-mine"), "mine.html")
    assert found.wrong == []
    assert found.notes == [verified.DRAWN.format(1)]  # other fonts do that, on another machine


def test_of_a_page_of_another_writer_numbers_count_and_not_words(store, page):
    other = edited(described(page, writer="0" * 64), "not what will happen", "never what will happen")
    found = verified.verify(store, other, "mine.html")
    assert (found.wrong, found.notes) == ([], [verified.OTHER_WRITER])
    key, value, shown = CELL.findall(page)[3]
    (line,) = wrong(store, edited(other, f'data-value="{value}">{shown}<', f'data-value="{value}">7<'))
    assert line == f"{key}: the page says 7, and {shown} comes out"
    unsigned = described(page.replace("not what will happen", "never what"), writer="0" * 64)
    assert wrong(store, unsigned) == ["the page was changed after it was made, though each of its numbers holds"]


def test_an_outcome_that_changed_is_found(copied, page, pair):
    name = pair.runs["run"][1]
    (of_set,) = copied.sets()[name]
    record, table = copied.record(of_set)[1], tables.whole(copied, of_set)
    place = table.column_names.index("value")
    grown = table.set_column(place, "value", pa.array(1.01 * table["value"].to_numpy()))
    Path(copied.files.path(tables.key_of(of_set))).write_bytes(b"")
    copied.keep(name, record, grown.drop_columns("run"))  # a record that agrees with it
    lines = wrong(Store(copied.files.root), page)
    assert any(line.startswith("reception/in_reception/b: the page says ") for line in lines)
    assert not any(line.startswith("reception/in_reception/a:") for line in lines)


def test_a_damaged_outcome_is_one_line(copied, page, pair):
    file = Path(copied.files.path(tables.key_of(copied.sets()[pair.runs["run"][0]][0])))
    file.write_bytes(file.read_bytes()[:-100] + bytes(100))
    assert refused(copied, page).endswith(f"is missing or damaged: {tables.WAY_OUT}")


def test_a_missing_run_is_one_line(copied, page, pair):
    name = pair.runs["run"][2]
    for each in (copied.files.path(f"runs/{copied.sets()[name][0]}.json"),):
        Path(each).unlink()
    assert refused(copied, page) == (
        f"mine.html: 1 of its 4 runs, like {name}, are not in {copied.files.named}: name the store that has them with "
        "--store, or make them with 'abm report'"
    )


def test_runs_that_are_not_pairs_are_found(store, page):
    runs = recipe.read(page, "mine.html").runs
    swapped = [
        runs[0],
        runs[3].model_copy(update={"pair": runs[1].pair}),
        runs[2],
        runs[1].model_copy(update={"pair": 2}),
    ]
    lines = wrong(store, described(page, runs=tuple(swapped)))
    assert f"pair {runs[0].pair}: its runs have other seeds, 1 and 2" in lines
    mixed = [runs[0], runs[1], runs[3].model_copy(update={"side": "a"}), runs[2].model_copy(update={"side": "b"})]
    lines = wrong(store, described(page, runs=tuple(mixed)))
    assert f"run {runs[3].run}: is of another scenario than the other runs of side A" in lines


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda page: "<p>something</p>", recipe.NO_REPORT),
        (
            lambda page: page.replace("&quot;pairs&quot;", "&quot;pairrs&quot;"),
            "unknown key 'pairrs': did you mean 'pairs'?",
        ),
        (lambda page: page.replace('content="{&quot;form', 'content="{{&quot;form'), recipe.NOT_WHOLE),
        (
            lambda page: page.replace("&quot;side&quot;:&quot;b&quot;", "&quot;side&quot;:&quot;a&quot;", 1),
            "not in pairs",
        ),
        (lambda page: page.replace("&quot;pairs&quot;:2", "&quot;pairs&quot;:3"), "fewer or more than its pairs"),
        (with_run_twice, "one of its runs is in more than one place"),
        (lambda page: described(page, data_digest="0" * 64), "was made with another version of the data (000000000000"),
        (
            lambda page: described(page, model=recipe.Model(version="1", code="f" * 64)),
            "was made with another version of the model (ffffffffffff",
        ),
    ],
)
def test_what_is_no_report_of_this_version_is_one_line(store, page, change, said):
    line = refused(store, change(page))
    assert line.startswith("mine.html: ")
    assert said in line


def test_a_report_over_worlds_holds(tmp_path):
    how = Execution(workers=1, store=tmp_path)
    api.sweep(from_dict(IN_WORLDS, "worlds", "."), how)
    page = council.html(how.store, swept.pair("worlds", how), "nl")
    found = verified.verify(how.store, page, "mine.html")
    assert (found.wrong, found.notes) == ([], [])
    assert recipe.read(page, "").sweep == "worlds"
    key, value, shown = next(cell for cell in CELL.findall(page) if cell[0].startswith(f"world-1/{WORLD}"))
    (line,) = wrong(how.store, edited(page, f'data-value="{value}">{shown}<', f'data-value="{value}">7<'))
    assert line == f"{key}: the page says 7, and {shown} comes out"


def test_a_report_of_a_ladder_holds_with_its_parts(tmp_path):
    target = tmp_path / "target.yaml"
    policy = "policy: {decision: {capacity_factor: {2015-02: 3}}, status: {brp_weeks: {2015-02: 1}}}"
    target.write_text(f"extends: {CURRENT}\nname: target\n{policy}\n", encoding="utf-8")
    groups = {"decisions": LEVER, "registration": "policy.status.brp_weeks"}
    levers = {"method": "ladder", "to": str(target), "groups": groups}
    shared = {key: IN_WORLDS[key] for key in ("scenarios", "until", "scale", "replicates", "measures")}
    how = Execution(workers=1, store=tmp_path / "store")
    api.sweep(from_dict(shared | {"levers": levers}, "steps", "."), how)
    page = council.html(how.store, swept.pair("steps", how), "en")
    found = verified.verify(how.store, page, "mine.html")
    assert (found.wrong, found.notes) == ([], [])
    keys = [cell[0] for cell in CELL.findall(page)]
    assert len(keys) == len(set(keys)) == page.count('<td class="number"')
    for start in ("parts/", "chart-parts-1/"):
        key, value, shown = next(cell for cell in CELL.findall(page) if cell[0].startswith(start))
        cell = f'data-key="{key}" data-value="{value}">{shown}<'
        lines = wrong(how.store, edited(page, cell, cell.replace(f">{shown}<", ">7<")))
        assert lines == [f"{key}: the page says 7, and {shown} comes out"]
    parts = recipe.read(page, "").parts
    assert {each.side for each in parts} == {"base", "only decisions", "only registration", "everything"}
    swapped = {"base": "everything", "everything": "base"}
    others = [each.model_copy(update={"side": swapped.get(each.side, each.side)}) for each in parts]
    lines = wrong(how.store, described(page, parts=tuple(others)))
    base = next(each for each in parts if each.side == "base")
    assert f"run {base.run}: stands for 'everything' of pair {base.pair}, which is another run" in lines


def test_a_number_as_it_is_shown_carries_its_value():
    words = Words("nl")
    assert (words.number(1234.56, 0), words.number(1234.56, 0).values) == ("1.235", (1234.56,))
    assert words.between(-1.5, 2.5, 1) == "-1,5 tot +2,5"
    assert words.between(-1.5, 2.5, 1).values == (-1.5, 2.5)
    assert Numeral("x").values == ()
