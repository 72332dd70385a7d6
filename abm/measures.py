"""The catalogue of indicators: each with unit, label in English and Dutch, and the groups that break it down.

A new measure is one function under `@measure` in the measures.py of its room; the recorder, the command line and the
page pick it up.
"""

from collections.abc import Iterable
from difflib import get_close_matches
from types import ModuleType
from typing import NamedTuple

from abm.asylum import measures as asylum
from abm.asylum import protection_measures as protection
from abm.asylum import task_measures as task
from abm.chain import EVENTS
from abm.civic import measures as civic
from abm.engine.errors import InputError, brief
from abm.finance import measures as finance
from abm.homes import country_measures as country
from abm.homes import measures as homes
from abm.homes import starter_measures as starter_homes
from abm.jobs import measures as jobs
from abm.observe.measure import DECLARED, READ, Measure
from abm.residents import measures as residents

Asked = frozenset[tuple[str, str]]  # measures that are asked for: (name, breakdown)
ALL, SUMMARY, BY = "all", "summary", " by "
ROOMS = (asylum, task, protection, civic, jobs, homes, country, starter_homes, residents, finance)


def gathered(modules: tuple[ModuleType, ...]) -> tuple[Measure, ...]:
    """The measures that some modules declare, in order. Raises TypeError for an event that no process has."""
    names = [module.__name__ for module in modules]
    for module in names:
        if unknown := READ.get(module, set()) - EVENTS.keys():
            raise TypeError(f"{module}: event '{min(unknown)}': no process of the chain has it among its EVENTS")
    return tuple(each for name in names for module, each in DECLARED.values() if module == name)


MEASURES = gathered(ROOMS)


HEADLINES = (  # measure, how a year is made of its months
    ("in_reception", "end"),
    ("status_holders", "end"),
    ("awaiting_decision", "end"),
    ("awaiting_home", "end"),
    ("relatives_queueing", "end"),
    ("applications", "sum"),
    ("permits", "sum"),
    ("housed", "sum"),
    ("homes_let", "sum"),
    ("municipalities_met", "end"),
    ("reception_cost", "sum"),
    ("penalty_payments", "sum"),
)


class Said(NamedTuple):
    """A row of the summary: a measure or one of its groups, and how a year, or the months compared, are one number."""

    measure: str
    take: str  # of the months: end, sum, mean
    by: str = "total"
    group: str = "all"
    en: str = ""  # words for the group, after the label of the measure
    nl: str = ""

    @property
    def name(self) -> str:
        """What tells the row from others: 'housed', or 'lettings, regular'."""
        return self.measure if self.by == "total" else f"{self.measure}, {self.group}"


AFTER = [(f"{years} years", f"{years} years after the permit", f"{years} jaar na de vergunning") for years in (2, 5)]
SUBJECT = (  # the whole subject, as the summary of a run, its page and a comparison have it
    *(Said(*each) for each in HEADLINES),
    Said("children_in_reception", "end"),
    Said("wait_decision", "mean", "statistic", "mean", "mean", "gemiddelde"),
    Said("wait_home", "mean", "statistic", "mean", "mean", "gemiddelde"),
    *(Said("employed_share", "end", "since_permit", *each) for each in AFTER),
    *(Said("assisted_share", "end", "since_permit", *each) for each in AFTER),
    Said("language", "end", "since_permit", *AFTER[0]),
    Said("registration_time", "mean", "seeker", "regular", "regular home seekers", "gewone woningzoekenden"),
    Said("registration_time", "mean", "seeker", "young", "young home seekers", "jonge woningzoekenden"),
    Said("lettings", "sum", "seeker", "regular", "to regular home seekers", "aan gewone woningzoekenden"),
    Said("lettings", "sum", "seeker", "urgent", "to urgent home seekers", "aan urgente woningzoekenden"),
    Said("lettings", "sum", "seeker", "newcomer", "to newcomers", "aan nieuwkomers"),
    Said("support", "end", "nearness", "near", "near a location", "vlak bij een locatie"),
    Said("support", "end", "nearness", "far", "far from any", "ver van een locatie"),
)


def refusal(measure: str, by: str, scale: float, more: Iterable[Measure] = ()) -> str:
    """One line on why a measure is not said at the scale of a run, or nothing where it is; more: those of plug-ins."""
    least = next((m.floors.get(by, 0.0) for m in (*MEASURES, *more) if m.name == measure), 0.0)
    if scale >= least:
        return ""
    what = measure if by == "total" else f"{measure} by {by}"
    return f"{what}: says nothing below scale {least:g} (docs/scale.md), and this is scale {scale:g}: run it larger"


def breakdown_of(measure: str, by: str | None, more: Iterable[Measure] = (), scale: float = 1.0) -> str:
    """The breakdown `by` of a measure, or its total if None; more: measures of plug-ins; scale: of the run.

    Raises InputError for an unknown name, no total, or a scale below that at which the measure says something.
    """
    known = {m.name: m for m in (*MEASURES, *more)}
    if measure not in known:
        near = get_close_matches(measure, known, 1)
        hint = f"did you mean '{near[0]}'?" if near else f"choose from {', '.join(known)}"
        raise InputError(f"'{brief(measure)}' is not a measure: {hint}")
    if by is None and "total" not in known[measure].by:
        raise InputError(f"{measure} has no total: name a breakdown with 'by' (--by): {', '.join(known[measure].by)}")
    by = "total" if by is None else by
    if by not in known[measure].by:
        raise InputError(
            f"{measure} cannot be broken down by '{brief(by)}': choose from {', '.join(known[measure].by)}"
        )
    if refused := refusal(measure, by, scale, more):
        raise InputError(refused)
    return by


def asked_of(words: Iterable[str], more: Iterable[Measure] = (), scale: float = 1.0) -> Asked:
    """The measures that words ask for: 'all', 'summary', the name of a measure (its total), or 'housed by region'.

    more: measures of plug-ins; scale: of the run. Raises InputError, as `breakdown_of`.
    """
    known, found = (*MEASURES, *more), set()
    for each in words:
        name, _, by = " ".join(each.split()).partition(BY)
        if name == ALL and not by:
            found |= {(measure.name, by) for measure in known for by in measure.by}
        elif name == SUMMARY and not by:
            found |= {(each.measure, each.by) for each in SUBJECT}
        else:
            found.add((name, breakdown_of(name, by or None, known, scale)))
    return frozenset(found)


def caption(measure: str, more: Iterable[Measure] = ()) -> str:
    """Label and unit of a measure; more: measures of plug-ins."""
    found = next(m for m in (*MEASURES, *more) if m.name == measure)
    return f"{found.label} [{found.unit}]"
