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

import numpy as np

from abm.engine.draws import Draws
from abm.engine.kernels import kernel, numbered, placed
from abm.engine.needs import Need
from abm.engine.params import ProcessParams, param
from abm.engine.table import NO_ROW, UNSET
from abm.people.working_age import YOUNGEST
from abm.state import State
from abm.tables.country import MAKESHIFT
from abm.tables.money import Account, Purpose
from abm.tables.people import Stage

WRITES = ("households.savings", "households.tax_on_work", "ledger")
EVENTS = {"contributed": "households", "savings_released": "households"}
WEEKS = 4.33  # weeks in a month, by article 3 of the Reba
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


def kept(net: np.ndarray, params: Params) -> np.ndarray:
    """The part of their net wages that workers keep, (n,) EUR/month."""
    return np.minimum(params.kept_share * net, params.kept_most)


def value(adults: np.ndarray, children: np.ndarray, params: Params) -> np.ndarray:
    """Value of what reception provides to households, (n,) EUR/month; adults, children [persons]: (n,)."""
    persons = adults + children
    sizes = [persons >= LARGE, persons == MIDDLE]
    adult = np.select(sizes, [params.food_adult_large, params.food_adult_middle], params.food_adult_small)
    child = np.select(sizes, [params.food_child_large, params.food_child_middle], params.food_child_small)
    food = params.food_index * (adult * adults + child * children)
    housing = np.where(persons > 0, params.housing_first, 0) + np.where(persons > 1, params.housing_second, 0)
    housing = WEEKS * (housing + params.housing_next * np.maximum(persons - 2, 0))
    return WEEKS * (food + params.personal * persons) + np.minimum(housing, params.housing_most)


def value_of(adults: np.ndarray, children: np.ndarray, params: Params) -> np.ndarray:
    """The same as `value`, computed once per composition: many households are alike."""
    each = np.indices((adults.max(initial=0) + 1, children.max(initial=0) + 1))
    return value(each[0], each[1], params)[adults, children]


def tax_on_work(rest: np.ndarray, most: np.ndarray, wage: float, params: Params) -> np.ndarray:
    """Share of the net wage of one more job in a household that goes to its own contribution, (n,).

    rest: present net wages less the part that is kept; most: value of what is provided; (n,) EUR/month. wage: net wage
    of that job [EUR/month].
    """
    net = np.full(len(rest), wage)
    more = np.minimum(rest + net - kept(net, params), most) - np.minimum(rest, most)
    return more / net * (1 - params.savings_value * params.saved_share)


Persons = namedtuple("Persons", "household born net_wage")


@kernel
def earned(number, count, people: Persons, month, adult, kept_share, kept_most):
    """Members of `count` households, (count,) each: adults, children, and net wages less the part kept [EUR].

    number (households,): position of each household among them, or NO_ROW; adult: age [months] of majority.
    """
    adults, children, rest = np.zeros(count, np.int64), np.zeros(count, np.int64), np.zeros(count)
    for i in range(len(people.household)):
        n = number[people.household[i]]
        if n == NO_ROW:
            continue
        of_age, net = month - people.born[i] >= adult, np.float64(people.net_wage[i])
        adults[n] += of_age
        children[n] += not of_age
        rest[n] += net - min(kept_share * net, kept_most)
    return adults, children, rest


def contributing(state: State, params: Params, rows: np.ndarray) -> np.ndarray:
    """The households in reception (rows) that live where a contribution is due, (n,) rows."""
    if params.emergency_pays:
        return rows
    kind = state.locations.kind[state.households.location[rows]]
    return rows[~np.isin(kind, MAKESHIFT)]


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
    people, households = state.newcomers, state.households
    here = placed(households.location)
    rows = contributing(state, params, here)
    number, month = numbered(rows, len(households)), state.clock.month
    adults, children, rest = earned(
        number, len(rows), people, month, YOUNGEST, params.kept_share, params.kept_most
    )  # fmt: skip
    most = value_of(adults, children, params)
    wage = params.offered * state.inputs.series_at("minimum_wage", state.clock.month)
    households.tax_on_work[:] = UNSET
    households.tax_on_work[here] = 0
    households.tax_on_work[rows] = tax_on_work(rest, most, wage, params)

    due = np.minimum(rest, most)
    pays = np.flatnonzero(due > 0)
    pays = pays[draws.once("pays", households.identity[rows[pays]]) < params.paying_share]
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
