"""The own contribution (eigen bijdrage) of households that work while living in reception, and its saved part.

    kept  = min(share x net wage, maximum)                               per person with a job
    due   = min(sum of (net wage - kept), value of what is provided)     per household
    value = 4.33 x (food and personal money of all members + min(housing of first, second, further members, maximum))

Law: Regeling eigen bijdrage asielzoekers met inkomen en vermogen 2008 (Reba 2008, BWBR0024733), articles 3 to 5, text
valid from 26 November 2008 to 31 December 2015; money for food and persons by the Rva 2005 as of 1 January 2015. Later
texts were not found: later amounts are dated only where a source gives them. In emergency reception nobody pays, and
elsewhere only a share of the households does.

Policy can let part of the contribution go to a savings account of the household instead (`saved_share`, none by law).
Savings are paid out when the household moves into a home or returns demonstrably; households that leave with unknown
destination lose theirs to the reception agency after a month. The contribution on a new job, less the value of its
savings, is the tax on work that people take into account when they look for a job, whether or not the rule is enforced
on them.

Source: reba_rate, reba_value, rule_rva_2014, rule_rva_later, reba_revenue; E088; minimum wage, national_series.csv.
"""

from collections import namedtuple
from typing import NamedTuple

import numpy as np

from abm.engine.compiled import njit
from abm.engine.draws import Draws
from abm.engine.kernels import kernel
from abm.engine.needs import Need
from abm.engine.params import ProcessParams, param
from abm.engine.table import NO_ROW, UNSET
from abm.people.working_age import YOUNGEST
from abm.state import State
from abm.tables.country import MAKESHIFT, Kind
from abm.tables.money import Account, Purpose
from abm.tables.people import Stage

WRITES = ("households.savings", "households.tax_on_work", "ledger")
EVENTS = {"contributed": "households", "savings_released": "households"}
WEEKS = 4.33  # weeks in a month, by article 3 of the Reba
_EVERYWHERE = np.ones(len(Kind), bool)  # kinds of location where a contribution is due
_LASTING = ~np.isin(np.arange(len(Kind)), MAKESHIFT)
LARGE, MIDDLE = 4, 3  # household sizes [persons] from which food money per person is lower
PARTIES = {
    Purpose.CONTRIBUTIONS: (Account.NEWCOMERS, Account.COA),
    Purpose.SAVED: (Account.NEWCOMERS, Account.SAVINGS),
    Purpose.RELEASED_HOME: (Account.SAVINGS, Account.NEWCOMERS),
    Purpose.RELEASED_RETURN: (Account.SAVINGS, Account.NEWCOMERS),
    Purpose.SAVINGS_FORFEITED: (Account.SAVINGS, Account.COA),
}


class Params(ProcessParams):
    """Amounts set by law, enforcement, and saving."""

    saved_share: float = param(
        0, "share", 0, 1, "assumption: none by law", "share of the contribution that is saved", lever=True
    )
    kept_share: float = param(
        0.25,
        "share",
        0,
        1,
        "reba_rate: article 5",
        "share of the net wage that a worker keeps",
        lever=True,
        needs=(Need("policy.contribution.kept_most", above=185, raised=True),),  # few earn so little that it binds
    )
    kept_most: float = param(
        183, "EUR/month", 0, 3000, "reba_rate: article 5; reba_revenue: 185 in January 2016; later amounts not found",
        "maximum that a worker keeps, as long as the contribution is below its own maximum", lever=True,
        dated={"2016-01": 185},
    )  # fmt: skip
    emergency_pays: bool = param(
        False, "switch", None, None, "reba_revenue: in emergency reception nobody pays (January 2016)",
        "whether households in emergency or municipal places contribute too", lever=True,
    )  # fmt: skip
    housing_first: float = param(
        45.38, "EUR/week", 0, 200, "reba_value: article 3, 2008", "value of housing, first member of a household"
    )
    housing_second: float = param(
        22.69, "EUR/week", 0, 200, "reba_value: article 3, 2008", "value of housing, second member"
    )
    housing_next: float = param(
        11.34, "EUR/week", 0, 200, "reba_value: article 3, 2008", "value of housing, each further member"
    )
    housing_most: float = param(
        393.43, "EUR/month", 0, 2000, "reba_value: article 3, 2008", "maximum value of housing of a household"
    )
    food_adult_small: float = param(44.66, "EUR/week", 0, 200, "rule_rva_2014", "food, adult in a household of 1 or 2")
    food_child_small: float = param(34.86, "EUR/week", 0, 200, "rule_rva_2014", "food, child in a household of 2")
    food_adult_middle: float = param(37.07, "EUR/week", 0, 200, "rule_rva_2014", "food, adult in a household of 3")
    food_child_middle: float = param(28.93, "EUR/week", 0, 200, "rule_rva_2014", "food, child in a household of 3")
    food_adult_large: float = param(
        33.05, "EUR/week", 0, 200, "rule_rva_2014", "food, adult in a household of 4 or more"
    )
    food_child_large: float = param(
        25.8, "EUR/week", 0, 200, "rule_rva_2014", "food, child in a household of 4 or more"
    )
    food_index: float = param(
        1, "ratio", 0.5, 2, "rule_rva_later: 46.97 over 44.66 (a family of four: 1.09); the month is an assumption",
        "food money relative to 2015", dated={"2021-01": 1.05},
    )  # fmt: skip
    personal: float = param(12.95, "EUR/week", 0, 100, "rule_rva_2014", "money for clothing and personal use")
    paying_share: float = param(
        0.16, "share", 0, 1,
        "assumption: 446,000 EUR in 2015 and 2016 (reba_revenue) over what the model finds due then",
        "households with a job in reception that actually contribute",
    )  # fmt: skip
    offered: float = param(
        0.73, "ratio", 0.2, 2, "assumption: 28 hours of 38, at 1.1 times the minimum wage, of which 0.9 is left net",
        "net wage of the job that people seek, over the minimum wage of a full week",
    )  # fmt: skip
    savings_value: float = param(
        0.65, "ratio", 0.3, 1, "assumption: prior of phi", "present value of a saved euro to its owner"
    )


class Amounts(NamedTuple):
    """The numbers of the contribution; see Params."""

    kept_share: float
    kept_most: float
    housing_first: float
    housing_second: float
    housing_next: float
    housing_most: float
    food_adult_small: float
    food_child_small: float
    food_adult_middle: float
    food_child_middle: float
    food_adult_large: float
    food_child_large: float
    food_index: float
    personal: float
    saved_share: float
    savings_value: float


@njit
def kept_wage(net, p):
    """The part of a net wage that a worker keeps [EUR/month]; p: Amounts."""
    return min(p.kept_share * net, p.kept_most)


@njit
def value(adults, children, p):
    """Value of what reception provides to a household of so many adults and children [EUR/month]; p: Amounts."""
    persons = adults + children
    adult, child = p.food_adult_small, p.food_child_small
    if persons >= LARGE:
        adult, child = p.food_adult_large, p.food_child_large
    elif persons == MIDDLE:
        adult, child = p.food_adult_middle, p.food_child_middle
    food = p.food_index * (adult * adults + child * children)
    housing = (p.housing_first if persons > 0 else 0.0) + (p.housing_second if persons > 1 else 0.0)
    housing = WEEKS * (housing + p.housing_next * max(persons - 2, 0))
    return WEEKS * (food + p.personal * persons) + min(housing, p.housing_most)


@njit
def tax_on_work(rest, most, net, p):
    """Share of the net wage of one more job in a household that goes to its own contribution.

    rest: present net wages less the part that is kept; most: value of what is provided; net: wage of that job
    [EUR/month]; p: Amounts.
    """
    more = min(rest + net - kept_wage(net, p), most) - min(rest, most)
    return more / net * (1 - p.savings_value * p.saved_share)


Persons = namedtuple("Persons", "household born net_wage")
Homes = namedtuple("Homes", "location tax_on_work")


@kernel(writes=("households.tax_on_work",))
def assess(people: Persons, households: Homes, kind, is_due, month, wage, amounts: Amounts):
    """Set the tax on work of every household; returns those that owe a contribution, (n,) rows, and it [EUR], (n,).

    kind: of the locations; is_due (kinds,): whether a contribution is due there; wage: net wage of the job that people
    seek [EUR/month].
    """
    location, tax = households
    number, rows, count = np.full(len(location), NO_ROW, np.int32), np.empty(len(location), np.int64), 0
    for h in range(len(location)):
        tax[h] = UNSET if location[h] < 0 else 0
        if location[h] >= 0 and is_due[kind[location[h]]]:
            number[h], rows[count] = count, h
            count += 1
    adults, children, rest = earned(number, count, people, month, amounts)
    due, owing = np.empty(count), 0
    for n in range(count):
        most = value(adults[n], children[n], amounts)
        tax[rows[n]] = tax_on_work(rest[n], most, wage, amounts)
        rows[owing], due[owing] = rows[n], min(rest[n], most)
        owing += due[owing] > 0
    return rows[:owing].copy(), due[:owing].copy()


@njit
def earned(number, count, people, month, amounts):
    """Members of `count` households, (count,) each: adults, children, and net wages less the part kept [EUR].

    number (households,): position of each household among them, or NO_ROW.
    """
    adults, children, rest = np.zeros(count, np.int64), np.zeros(count, np.int64), np.zeros(count)
    for i in range(len(people.household)):
        n = number[people.household[i]]
        if n == NO_ROW:
            continue
        of_age, net = month - people.born[i] >= YOUNGEST, np.float64(people.net_wage[i])
        adults[n] += of_age
        children[n] += not of_age
        rest[n] += net - kept_wage(net, amounts)
    return adults, children, rest


def release(state: State) -> dict[Purpose, np.ndarray]:
    """Rows of the households whose savings account closes this month, by purpose of the payment."""
    households = state.households
    rows = np.flatnonzero(households.savings > 0)
    stage = households.stage[rows]
    late = (stage == Stage.UNKNOWN) & (households.since[rows] < state.clock.month)
    return {
        Purpose.RELEASED_HOME: rows[stage == Stage.HOUSED],
        Purpose.RELEASED_RETURN: rows[stage == Stage.RETURNED],
        Purpose.SAVINGS_FORFEITED: rows[late],
    }


def step(state: State, params: Params, draws: Draws) -> dict[str, np.ndarray]:
    """Collect this month's contributions, save part of them, and pay out the accounts that close."""
    households, month = state.households, state.clock.month
    wage = params.offered * state.inputs.series_at("minimum_wage", month)
    where = _EVERYWHERE if params.emergency_pays else _LASTING
    rows, due = assess(state.newcomers, households, state.locations.kind, where, month, wage, params)
    pays = draws.once("pays", households.identity[rows]) < params.paying_share
    rows, due = rows[pays], due[pays]
    saved = params.saved_share * due
    households.savings[rows] += saved
    paid = {Purpose.CONTRIBUTIONS: (due - saved).sum(), Purpose.SAVED: saved.sum()}
    closed = release(state)
    for purpose, each in closed.items():
        paid[purpose] = households.savings[each].sum()
        households.savings[each] = 0
    state.ledger.enter({purpose: euros / state.scale for purpose, euros in paid.items()})
    return {"contributed": rows, "savings_released": np.concatenate(list(closed.values()))}
