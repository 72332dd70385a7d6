"""The chapter of the report on one municipality or region: the tables of its factsheet, or why it is left out."""

from dataclasses import dataclass, field

from abm.facts import facts
from abm.measures import Asked
from abm.scenario import Scenario
from experiments.report import factsheets, named_places, places
from experiments.report.council import Pair
from experiments.report.places import COUNTRY, REGION
from experiments.report.sheets import Chart, Rows, Sheets
from experiments.report.words import Words, msg
from experiments.store.store import Store


@dataclass(frozen=True)
class Wanted:
    """The places that a report has a chapter on: rows of municipalities and regions."""

    town: int | None = None
    region: int | None = None

    def asked(self, scenario: Scenario) -> Asked:
        """The measures that it takes, where the scale carries it."""
        return places.ASKED if scenario.scale == 1 else frozenset()

    def names(self, scenario: Scenario) -> dict[str, str]:
        """Their names in the municipalities of a scenario: 'town', 'region'."""
        inputs = facts.load(layout=scenario.layout)
        found = {} if self.town is None else {"town": str(inputs.municipalities["name"].iloc[self.town])}
        return found | ({} if self.region is None else {"region": str(inputs.regions["name"].iloc[self.region])})


@dataclass(frozen=True)
class Chapter:
    """The chapter; why: why it is left out, or nothing."""

    name: str
    why: str = ""
    tables: list[Rows] = field(default_factory=list)
    law: Chart | None = None


def wanted(town: str | None, region: str | None, scenario: Scenario) -> Wanted | None:
    """What is wanted by name, None where nothing is. Raises InputError for names that are none."""
    if town is None and region is None:
        return None
    inputs = facts.load(layout=scenario.layout)
    return Wanted(
        None if town is None else named_places.town(town, inputs),
        None if region is None else named_places.region(region, inputs),
    )


def chapter(store: Store, pair: Pair, words: Words, years: int, of: Wanted) -> Chapter:
    """The chapter on some places: the municipality and its region, the region that was named, and the country."""
    named = list(dict.fromkeys(of.names(pair.b).values()))
    name, pairs = words.several(named), pair.runs["seed"].nunique()
    if pair.scale != 1:
        why = msg(
            "Left out: these runs are of scale %(scale)s, and a municipality or region is only named at scale 1. Give "
            "--scale 1."
        )
        return Chapter(name, words.say(why, scale=words.number(pair.scale)))
    if pairs < factsheets.FEWEST_PAIRS:
        why = msg(
            "Left out: there are %(pairs)s pairs of runs, and a municipality or region is only named from %(least)s or "
            "more."
        )
        return Chapter(name, words.say(why, pairs=pairs, least=factsheets.FEWEST_PAIRS))
    if pair.a.layout != pair.b.layout:
        return Chapter(name, words.say(msg("Left out: both sides have municipalities of another year.")))
    sheets = Sheets(store, pair, words, years)
    around = [] if of.town is None else sheets.around(of.town)[:-1]
    around += [] if of.region is None else [(REGION, of.region)]
    around = list(dict.fromkeys([*around, (COUNTRY, 0)]))
    tables = [sheets.table(*each) for each in around]
    numbered = [Rows(f"{table.name}-{at}", table.title, table.rows) for at, table in enumerate(tables)]
    return Chapter(name, "", numbered, sheets.law(around))
