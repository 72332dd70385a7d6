"""The quantities of each chapter of the report: reception, work, homes, money, support, families."""

from dataclasses import replace

import numpy as np

from abm.chain import CHAIN
from abm.engine import clock
from abm.observe.breakdowns import PERMIT_YEARS
from abm.tables.money import Account, Purpose
from experiments.report.quantities import (
    DEVIATIONS,
    EUROS_A_DAY,
    EUROS_A_YEAR,
    HOMES,
    HOMES_A_YEAR,
    MONTHS,
    MOVES,
    SHARE,
    Part,
    Quantity,
    a_year,
    flow,
    mean,
    stock,
)
from experiments.report.words import msg

DAYS_A_MONTH = 365.25 / clock.MONTHS
CARRIED_AS = "reception_cost"  # the measure whose least scale holds for what places in reception cost

RECEPTION = (
    stock("in_reception"),
    stock("awaiting_decision"),
    stock("status_holders"),
    stock("in_reception", "status", "leaving", msg("Refused applicants still in reception")),
    stock("in_reception", "kind", "regular", msg("People in regular places")),
    stock("in_reception", "kind", "emergency", msg("People in emergency places")),
    stock("in_reception", "kind", "municipal", msg("People in crisis places of municipalities")),
    stock("wait_decision", "statistic", "mean", msg("Mean wait from application to first decision"), MONTHS),
    stock("wait_home", "statistic", "mean", msg("Mean wait from permit to home"), MONTHS),
    stock("relatives_queueing"),
)

YEARS_SINCE = [f"{year} years" for year in range(PERMIT_YEARS - 1)] + [f"{PERMIT_YEARS - 1} years and more"]
WORK_LABELS = (
    msg("In the first year since the permit"),
    msg("1 year since the permit"),
    msg("2 years since the permit"),
    msg("3 years since the permit"),
    msg("4 years since the permit"),
    msg("5 years since the permit"),
    msg("6 years since the permit"),
    msg("7 years since the permit"),
    msg("8 years since the permit"),
    msg("9 years since the permit"),
    msg("10 years since the permit and more"),
)


def by_years(measure: str) -> tuple[Quantity, ...]:
    """A share by years since the permit, (PERMIT_YEARS,) quantities."""
    return tuple(
        replace(stock(measure, "since_permit", group, label, SHARE), rests=("working_age", "since_permit", group))
        for group, label in zip(YEARS_SINCE, WORK_LABELS, strict=True)
    )


def share_of(part: np.ndarray, whole: np.ndarray) -> float:
    """People over people, of means of months; NaN where there is nobody."""
    return mean(part) / mean(whole) if mean(whole) > 0 else float("nan")


GROUPS = {  # of permit holders of working age, in the order of the table
    ("sex", "women"): msg("Women at work"),
    ("sex", "men"): msg("Men at work"),
    ("schooling", "none"): msg("At work, who cannot read and write"),
    ("schooling", "primary"): msg("At work, with primary school"),
    ("schooling", "secondary"): msg("At work, with secondary school"),
    ("schooling", "higher"): msg("At work, with higher education"),
    ("origin", "syria"): msg("At work, from Syria"),
    ("origin", "eritrea"): msg("At work, from Eritrea"),
    ("origin", "afghanistan"): msg("At work, from Afghanistan"),
    ("origin", "iraq"): msg("At work, from Iraq"),
    ("origin", "iran"): msg("At work, from Iran"),
    ("origin", "somalia"): msg("At work, from Somalia"),
    ("origin", "turkey"): msg("At work, from Turkey"),
}
BY_GROUP = tuple(
    Quantity(
        f"at work {by} {group}",
        SHARE,
        (("employed", by, group), ("working_age", by, group)),
        share_of,
        label,
        rests=("working_age", by, group),
    )
    for (by, group), label in GROUPS.items()
)
AT_WORK, ON_ASSISTANCE = by_years("employed_share"), by_years("assisted_share")
TWO_YEARS, FIVE_YEARS = AT_WORK[2], AT_WORK[5]
SOONER = replace(TWO_YEARS, name="at work after two years", label=msg("At work two years after the permit"))

SEEKERS = ("regular", "young", "student", "urgent", "newcomer")
LETTING_LABELS = (
    msg("Let to regular home seekers"),
    msg("Let to young people"),
    msg("Let to students"),
    msg("Let to urgent home seekers"),
    msg("Let to newcomers"),
)
WAIT_LABELS = (
    msg("Registration time of regular home seekers"),
    msg("Registration time of young people"),
    msg("Registration time of students"),
    msg("Registration time of urgent home seekers"),
)
LETTINGS = tuple(
    flow("lettings", "seeker", each, label, HOMES_A_YEAR) for each, label in zip(SEEKERS, LETTING_LABELS, strict=True)
)
OTHERS = Quantity(
    "let to others",
    HOMES_A_YEAR,
    tuple(("lettings", "seeker", each) for each in SEEKERS[:-1]),
    lambda *months: a_year(np.sum(months, axis=0)),
    msg("Let to all home seekers but newcomers"),
)
REGISTRATION = tuple(
    replace(stock("registration_time", "seeker", each, label, MONTHS), rests=("lettings", "seeker", each))
    for each, label in zip(SEEKERS[:-1], WAIT_LABELS, strict=True)
)
STARTER = (
    flow("starter_planned", label=msg("Starter homes planned"), unit=HOMES_A_YEAR),
    flow("starter_planned", "halt", "built", msg("Starter homes planned that will be built"), HOMES_A_YEAR),
    stock("starter_built", unit=HOMES),
    stock("starter_let", "tenant", "newcomers", msg("Starter homes let to newcomers"), HOMES),
    stock("starter_let", "tenant", "other home seekers", msg("Starter homes let to other home seekers"), HOMES),
)

PURPOSES = {  # what money goes to, in the order of the table
    Purpose.PLACES_REGULAR: msg("Cost of regular places and the registration centre"),
    Purpose.PLACES_EMERGENCY: msg("Cost of emergency places"),
    Purpose.PLACES_MUNICIPAL: msg("Cost of crisis places of municipalities"),
    Purpose.PLACES_EMPTY: msg("Cost of empty places"),
    Purpose.PLACES_HOSTS: msg("Allowance for stays with hosts"),
    Purpose.HOTELS_COA: msg("Hotels for reunited families, paid by the reception agency"),
    Purpose.HOTELS_MUNICIPALITY: msg("Hotels for reunited families, paid by municipalities"),
    Purpose.PENALTIES: msg("Penalties for late decisions"),
    Purpose.STARTER_GRANTS: msg("Grants for starter homes"),
    Purpose.INTERIM_GRANTS: msg("Grants for interim places"),
    Purpose.CONTRIBUTIONS: msg("Own contributions of residents (income)"),
    Purpose.SAVINGS_FORFEITED: msg("Savings that were lost (income)"),
    Purpose.STARTER_BUILDING: msg("Building starter homes, by housing corporations"),
    Purpose.STARTER_RUNNING: msg("Running starter homes, by housing corporations"),
    Purpose.STARTER_RENTS: msg("Rents of starter homes, to housing corporations"),
}
OF_PLACES = (Purpose.PLACES_REGULAR, Purpose.PLACES_EMERGENCY, Purpose.PLACES_MUNICIPAL, Purpose.PLACES_EMPTY)
PUBLIC = (Account.STATE, Account.COA, Account.IND, Account.MUNICIPALITIES)  # accounts of the public
BOOKED_ON = (Account.STATE, Account.COA, Account.IND)  # what municipalities spend grants on is not booked
PARTIES = {
    purpose: pair for process in CHAIN for purpose, pair in getattr(process, "PARTIES", {}).items()
}  # payer and payee
NOT_COUNTED = {  # what no purpose stands for; the name that it would have, so that a test sees when there is one
    "SOCIAL_ASSISTANCE": msg("social assistance and other benefits"),
    "TAXES": msg("taxes and contributions on wages"),
    "CARE": msg("health care"),
    "SCHOOLS": msg("schools and child care"),
    "CLASSES": msg("language classes and civic integration"),
    "COACHES": msg("job coaches and wage subsidies"),
    "STAFF_IND": msg("staff of the immigration service"),
    "ACTIVITIES": msg("activities and work centres"),
    "NEIGHBOURHOODS": msg("programmes in neighbourhoods"),
}


def _purpose(purpose: Purpose) -> Part:
    return "spending", "purpose", purpose.name.lower().replace("_", " ")


def paid(purpose: Purpose) -> Quantity:
    """What is paid for a purpose in a year."""
    part, needs = _purpose(purpose), (CARRIED_AS,) if purpose in OF_PLACES else ()
    return Quantity(f"paid {part[2]}", EUROS_A_YEAR, (part,), a_year, PURPOSES[purpose], needs)


def _signs() -> dict[Purpose, int]:
    """Of payments between the public and others: 1 where the public pays, -1 where it is paid.

    A grant to municipalities counts as paid, since what they spend it on is not booked.
    """
    crossing = {purpose: (payer in PUBLIC) - (payee in BOOKED_ON) for purpose, (payer, payee) in PARTIES.items()}
    return {purpose: sign for purpose, sign in crossing.items() if sign}


SIGNS = _signs()


def net_of_public(*months: np.ndarray) -> float:
    """Mean yearly payments of the public to others less those of others to the public; months in the order of SIGNS."""
    signed = [sign * each for sign, each in zip(SIGNS.values(), months, strict=True)]
    return a_year(np.sum(signed, axis=0))


def per_day(cost: np.ndarray, people: np.ndarray) -> float:
    """Euros a person a day, of euros a month and people by month."""
    return mean(cost) / (mean(people) * DAYS_A_MONTH) if mean(people) > 0 else float("nan")


COST = flow("reception_cost", unit=EUROS_A_YEAR)
PUBLIC_PAYS = Quantity(
    "public pays",
    EUROS_A_YEAR,
    tuple(_purpose(purpose) for purpose in SIGNS),
    net_of_public,
    msg("All public payments that are counted, less income"),
    (CARRIED_AS,),
)
COST_A_DAY = Quantity(
    "cost a day",
    EUROS_A_DAY,
    (("reception_cost", "total", "all"), ("in_reception", "total", "all")),
    per_day,
    msg("Cost of reception per person per day"),
)
SPENDING = (*(paid(purpose) for purpose in PURPOSES), COST, PUBLIC_PAYS)

SUPPORT = (
    stock("support", "nearness", "near", msg("Support of residents near a location"), DEVIATIONS),
    stock("support", "nearness", "far", msg("Support of residents far from locations"), DEVIATIONS),
    stock("accepting_near", "nearness", "near", msg("Residents near a location who accept it"), SHARE),
    stock("accepting_near", "nearness", "far", msg("Residents far from locations who would accept one"), SHARE),
    stock("nuisance", "nearness", "near", msg("Residents near a location who expect or meet nuisance"), SHARE),
    stock("objections"),
)
FAMILIES = (
    stock("children_in_reception"),
    stock("families_waiting"),
    stock("in_hotels"),
    stock("time_apart", "statistic", "mean", msg("Mean time of families until they live together"), MONTHS),
    stock("moves_per_person", unit=MOVES),
)
EVERY = (
    *RECEPTION,
    *AT_WORK,
    *BY_GROUP,
    *ON_ASSISTANCE,
    *LETTINGS,
    OTHERS,
    *REGISTRATION,
    *STARTER,
    *SPENDING,
    COST_A_DAY,
    *SUPPORT,
    *FAMILIES,
)
