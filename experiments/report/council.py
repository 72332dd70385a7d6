"""Assembles the report of two scenarios: what B changes beside A, as one HTML page without scripts or requests."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import pandas as pd

from abm import parameters
from abm import scenario as scenarios
from abm.engine import cache_place, clock
from abm.facts import csv_tables
from abm.scenario import Scenario
from abm.scenario_file import PARAMS, section_of
from experiments import text
from experiments.report import chapters, claims, evidence, ladder, page, plan, recipe, sentences, templates
from experiments.report.quantities import (
    FEWEST,
    YEARS,
    Quantity,
    Window,
    asked,
    carried,
    left_out,
    read,
    weakest,
    window,
)
from experiments.report.sentences import Shown, Told, shown
from experiments.report.words import Numeral, Words, decimals, msg, translations
from experiments.store.store import Store

if TYPE_CHECKING:
    from experiments.report import own_place

WIDTH = 380  # at which charts are drawn [pixels]: they grow and shrink with the page
TEMPLATE, STYLE = "council.html.j2", "council.css.j2"
FEW_PAIRS = 4  # below it the page says that there are few
QUANTITIES = tuple(dict.fromkeys((*chapters.EVERY, *claims.TESTED)))
BY_WORLD = (chapters.RECEPTION[0], chapters.SOONER, chapters.OTHERS)
UNCHANGED = msg("as both scenarios have it")
TITLES = (msg("Law and practice of today, going on"),)  # of scenarios, in both languages
LEVEL_TITLES = {
    "reception": msg("Reception"),
    "work": msg("At work, by years since the permit"),
    "groups": msg("At work by sex, schooling and origin"),
    "assistance": msg("On social assistance, by years since the permit"),
    "lettings": msg("Corporation homes let, by kind of home seeker"),
    "waits": msg("Registration time of those housed by registration"),
    "starter": msg("Starter homes"),
    "money": msg("Payments by purpose, a year"),
    "support": msg("Support and acceptance, near locations and far from them"),
    "families": msg("Families and children"),
}
TABLES: dict[str, tuple[Quantity, ...]] = {
    "reception": chapters.RECEPTION,
    "work": chapters.AT_WORK,
    "groups": chapters.BY_GROUP,
    "assistance": chapters.ON_ASSISTANCE,
    "lettings": (*chapters.LETTINGS, chapters.OTHERS),
    "waits": chapters.REGISTRATION,
    "starter": chapters.STARTER,
    "money": chapters.SPENDING,
    "support": chapters.SUPPORT,
    "families": chapters.FAMILIES,
}


@dataclass(frozen=True)
class Table:
    """A table of outcomes as it is shown."""

    name: str
    title: str
    rows: list[Shown]
    sums: list[Numeral] = field(default_factory=list)  # per row: the difference over all months, for money


@dataclass(frozen=True)
class Tested:
    """A promise as it is shown."""

    promise: str
    paragraph: str
    row: Shown
    outcome: str
    sign: str
    why: str


@dataclass(frozen=True)
class Pair:
    """What is compared: two scenarios of one scale and period, and the runs of both by seed."""

    a: Scenario
    b: Scenario
    since: int  # first month in which they differ
    runs: pd.DataFrame  # run, side, seed (the number of the pair), and world where there are several
    parts: pd.DataFrame | None = None  # of a ladder: run, side (the label of its point), seed
    sweep: str | None = None  # that the runs are of

    @property
    def scale(self) -> float:
        """The scale of both."""
        return self.b.scale


class Report:
    """The numbers of a report, in a language."""

    def __init__(self, store: Store, pair: Pair, words: Words, years: int = YEARS):
        self.pair, self.words = pair, words
        self.window: Window = window(pair.since, pair.b.months, years)
        large = carried(QUANTITIES, pair.scale)
        self.outcomes = read(store, pair.runs, asked(large))
        ends = self.window.first, self.window.last
        self.said = [each for each in large if self.outcomes.simulated(each, *ends, pair.scale) >= FEWEST]
        self.thin = [each for each in large if each not in self.said]
        self.frames = {name: self._frame(of) for name, of in TABLES.items()}
        self.tested = self._frame(claims.TESTED)
        self.rows = self._rows()
        self.parts = None if pair.parts is None else ladder.Parts(store, pair.parts, self.window, words)
        self.by_part: list[ladder.PartTable] = []
        if self.parts:
            self.by_part = self.parts.tables(self._carried(ladder.BY_PART), called(words))

    def _carried(self, quantities: Sequence[Quantity]) -> list[Quantity]:
        return [each for each in quantities if each in self.said]

    def _frame(self, quantities: Sequence[Quantity]) -> pd.DataFrame:
        return self.outcomes.table(self._carried(quantities), self.window)

    def _rows(self) -> dict[str, Shown]:
        """Every quantity as it is shown, by name."""
        found = {
            each.name: shown(each, self.tested.loc[each.name], self.words) for each in self._carried(claims.TESTED)
        }
        for name, of in TABLES.items():
            frame = self.frames[name]
            found |= {each.name: shown(each, frame.loc[each.name], self.words) for each in self._carried(of)}
        return found

    def table(self, name: str) -> Table:
        """A table of outcomes; of money, without what is nothing on both sides."""
        frame, of = self.frames[name], self._carried(TABLES[name])
        title = self.words.say(LEVEL_TITLES[name])
        if name != "money":
            return Table(name, title, [shown(each, frame.loc[each.name], self.words) for each in of])
        kept = [each for each in of if frame.loc[each.name, "a"] or frame.loc[each.name, "b"]]
        rows = [shown(each, frame.loc[each.name], self.words) for each in kept]
        return Table(name, title, rows, [self._sum(each) for each in kept])

    def _sum(self, quantity: Quantity) -> Numeral:
        """The difference of a yearly flow over all months since the scenarios differ, as it is shown."""
        months = self.pair.b.months - self.pair.since
        whole = Window(self.pair.since, self.pair.b.months - 1, whole=False)
        row: Any = self.outcomes.table([quantity], whole).loc[quantity.name]
        times = quantity.unit.factor * months / clock.MONTHS
        digits = decimals(times * (row["high"] - row["low"]), times * row["difference"])
        return self.words.number(times * row["difference"], digits, sign=True)

    def promises(self) -> list[Tested]:
        """Each promise of the plan that this scale carries, with what comes out."""
        return [
            Tested(
                self.words.say(each.promise),
                each.paragraph,
                shown(each.outcome, self.tested.loc[each.outcome.name], self.words),
                self.words.say(claims.OUTCOMES[claims.judged(each, self.tested.loc[each.outcome.name])]),
                claims.judged(each, self.tested.loc[each.outcome.name]).replace(" ", "-"),
                each.because(self.rows, self.words),
            )
            for each in claims.CLAIMS
            if each.outcome in self.said
        ]

    def lights(self) -> list[Told]:
        """The three sentences of the title."""
        years = self.window.said(self.words)
        first, second = chapters.RECEPTION[0], chapters.TWO_YEARS
        absent = self.words.several([self.words.say(each) for each in chapters.NOT_COUNTED.values()])
        return [
            sentences.told(sentences.IN_RECEPTION, first, self.frames["reception"], years, self.words),
            sentences.told(sentences.AT_WORK, second, self._as_sure(second, chapters.SOONER), years, self.words),
            Told(sentences.ABSENT, self.words.say(sentences.PAYS_FOR_ITSELF, absent=absent)),
        ]

    def _as_sure(self, quantity: Quantity, tested: Quantity) -> pd.DataFrame:
        """The row of a difference at work, as sure as the weaker of its table and of the promises."""
        frame = self.frames["work"]
        if quantity.name not in frame.index:
            return frame
        several = (str(frame.loc[quantity.name, "sure"]), str(self.tested.loc[tested.name, "sure"]))
        return frame.loc[[quantity.name]].assign(sure=weakest(*several))

    def charted(self) -> list[ladder.PartTable]:
        """The outcomes by part that have a chart."""
        return [each for each in self.by_part if each.name in ladder.CHARTED]

    def decisions(self) -> list[ladder.Decision]:
        """What each part brings in the whole."""
        return self.parts.decisions(self.by_part) if self.parts and self.by_part else []

    def worlds(self) -> list[Table]:
        """What comes out in each world, where the pairs are of several with two pairs or more."""
        if not 1 < self.outcomes.units < len(self.outcomes.seeds):
            return []
        found = []
        for number, each in enumerate(self._carried(BY_WORLD), 1):
            rows = [
                replace(shown(each, row, self.words), name=str(world), label=str(world) or self.words.say(UNCHANGED))
                for world, row in self.outcomes.by_world(each, self.window).iterrows()
            ]
            title = self.words.say(msg("%(outcome)s, by world"), outcome=each.said(self.words))
            found.append(Table(f"world-{number}", title, rows))
        return found

    def untested(self) -> list[str]:
        """The promises whose outcome these runs do not carry."""
        return [self.words.say(each.promise) for each in claims.CLAIMS if each.outcome not in self.said]

    def left_out(self) -> list[tuple[str, list[str]]]:
        """The outcomes that this scale does not carry, by the least scale that does."""
        found: dict[float, list[str]] = {}
        for each, least in left_out(QUANTITIES, self.pair.scale):
            found.setdefault(least, []).append(each.said(self.words))
        return [(self.words.number(least), said) for least, said in sorted(found.items())]


def called(words: Words) -> dict[str, str]:
    """The names of the parts of the plan, by their names in its ladder; of all of them together as well."""
    known = plan.load().parts if plan.PLAN.exists() else ()
    whole = {ladder.WHOLE: words.say(msg("All parts: added up, and together"))}
    return {each.rung: getattr(each.name, words.language) for each in known} | whole


def sides(words: Words, pair: Pair) -> tuple[str, str]:
    """The names of both sides, for the heads of tables."""
    return f"A ({pair.a.name})", f"B ({pair.b.name})"


def is_of(scenario: Scenario, of: plan.Plan | None) -> bool:
    """Whether a scenario is that of the plan, whatever its name and its world: it sets the same policy."""
    if of is None:
        return False
    own = scenarios.load(plan.SCENARIOS / f"{of.scenario}.yaml").changed(until=scenario.until)
    return scenario.until >= of.since and policy(scenario) == policy(own)


def policy(scenario: Scenario) -> dict[str, Any]:
    """The policy of a scenario: parameter -> month -> value."""
    every = scenario.canonical()["params"].items()
    names = {
        f"{process}.{name}": section_of(process, name) for process in PARAMS for name in PARAMS[process].model_fields
    }
    return {key: steps for key, steps in every if names.get(key) == "policy"}


def title(scenario: Scenario, of: plan.Plan | None, words: Words) -> tuple[str, str]:
    """The title of a scenario and its language: that of the page where it is known in both, else English."""
    if of and is_of(scenario, of):
        return getattr(of.title, words.language), words.language
    ours = scenario.title or scenario.name
    known = translations(words.language).gettext(ours) if ours in TITLES else ours
    return known, words.language if ours in TITLES else text.ENGLISH


def assumed() -> tuple[int, int]:
    """Number of parameters whose source is an assumption, and of all."""
    known = csv_tables.read_sources(csv_tables.FOLDER)["sources"]
    every = [evidence.level(row["source"], known) for row in parameters.rows()]
    return every.count(evidence.ASSUMED), len(every)


def html(store: Store, pair: Pair, language: str, years: int = YEARS, own: "own_place.Wanted | None" = None) -> str:
    """The report as HTML; the same runs give the same text. own: the places that it has a chapter on. Raises InputError
    for another language.
    """
    from experiments.report import own_place

    words = Words(language)
    with cache_place.some_home():  # altair fails without one when it is imported
        from experiments.report import council_figures

    report = Report(store, pair, words, years)
    known = plan.load() if plan.PLAN.exists() else None  # it is no part of an installed package
    figures = council_figures.of(report)
    chapter = own_place.chapter(store, pair, words, years, own) if own else None
    template = templates.engine(language).get_template(TEMPLATE)
    content = template.render(_context(report, known, figures) | {"own": chapter})
    measures = asked(carried(QUANTITIES, pair.scale)) | (own.asked(pair.b) if own else frozenset())
    return recipe.added(content, report, years, measures, own.names(pair.b) if own else {})


def keep(store: Store, runs: pd.DataFrame, language: str, content: str) -> str:
    """Keep a report in the store, beside the page of its last run; returns its path or URI. Raises InputError."""
    key = f"{page.PAGES}/{runs['run'].iloc[-1]}/report-{language}.html"
    store.files.write(key, content.encode())
    return store.files.shown(key)


def _context(report: Report, known: plan.Plan | None, figures: Mapping[str, Any]) -> dict[str, Any]:
    words, pair = report.words, report.pair
    sourceless, every = assumed()
    return {
        "language": words.language,
        "style": STYLE,
        "plan": known if is_of(pair.b, known) else None,
        "titles": [title(each, known, words) for each in (pair.a, pair.b)],
        "names": (pair.a.name, pair.b.name),
        "sides": sides(words, pair),
        "lights": report.lights(),
        "lamps": {light: words.say(said) for light, said in sentences.LIGHTS.items()},
        "tables": {name: report.table(name) for name in TABLES},
        "promises": report.promises(),
        "by_world": report.worlds(),
        "by_part": report.by_part,
        "decisions": (decisions := report.decisions()),
        "by_accident": ladder.Parts.by_accident(decisions),
        "figures": figures,
        "values": lambda shown: " ".join(map(repr, shown.values)),
        "inline": lambda figure: page.inline(figure, WIDTH, "chart"),
        "window": report.window.said(words),
        "whole": report.window.whole,
        "since": words.period(clock.label(pair.since)),
        "until": words.period(pair.b.until),
        "scale": words.number(pair.scale),
        "full": pair.scale == 1,
        "each": words.number(1 / pair.scale),
        "left_out": report.left_out(),
        "thin": [each.said(words) for each in report.thin],
        "fewest": FEWEST,
        "untested": report.untested(),
        "not_counted": [words.say(each) for each in chapters.NOT_COUNTED.values()],
        "pairs": len(report.outcomes.seeds),
        "worlds": report.outcomes.units if report.outcomes.worlds else 0,
        "few": report.outcomes.units < FEW_PAIRS,
        "assumed": words.number(sourceless),
        "parameters": words.number(every),
        "assumed_share": words.number(100 * sourceless / every, 0),
        "runs": [(row["seed"], row["side"].upper(), row["run"]) for row in pair.runs.to_dict("records")],
    }
