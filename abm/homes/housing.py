"""Status holders get a home in the municipality that they are tied to, from a corporation or found elsewhere.

Vacancies this month = stock x turnover / 12 + new homes of corporations, where turnover is lower the longer home
seekers are registered, and the national turnover is the observed one. What municipalities offer follows the housing
task, up to a ceiling of the vacancies; part of the movable homes (flexwoningen) comes on top. Homes that no status
holder there can use within a month go on to all home seekers (lettings).

    left to house = effort x aim x (task + behind) - people housed in this half-year
    wanted this month = left to house / persons to a home x weight of the month / weights of the months that are left
    corporations: at most priority share x own vacancies
    found elsewhere: at most found share x vacancies in the country x share of inhabitants

The weights rise from January to June and from July to December, because the task is counted on 1 July and 1 January.
Effort is a property of the municipality (effort.py); with more than one it gets ahead of its task.

Up to that number, each household gets a vacant home of its own size class, longest waiting first; then one a class
larger. Movable homes are small. Part of the households look first at homes found outside corporations, with a private
landlord, shared or for a time; then each group can get what the other left. Tenants of such homes go on looking for a
home of a corporation (lettings). Under a ban on priority the ceiling is zero, and status holders join the waiting lists
with everybody else; homes are still found elsewhere.

Source: stock and turnover, abm/facts/data/corporation_homes.csv, national_series.csv (CBS); shares, corp_status_recent.
"""

from collections import namedtuple
from typing import NamedTuple

import numpy as np

from abm.engine.clock import MONTHS
from abm.engine.compiled import njit
from abm.engine.draws import Draws
from abm.engine.kernels import kernel
from abm.engine.needs import Need
from abm.engine.params import ProcessParams, param
from abm.engine.queues import waiting, waiting_key
from abm.engine.table import UNSET, written
from abm.engine.together import Whole
from abm.homes import moves
from abm.homes.dwellings import home_size, needed_by, prepared, vacancies_per_month
from abm.homes.priority import kept, left_to_house, let, offers, passed_on, share_of_month
from abm.state import State
from abm.tables.homes import HomeSize, Rule
from abm.tables.people import Stage

WRITES = written(
    moves.MOVE_IN,
    "households.priority",
    "municipalities.vacancies",
    "municipalities.vacated",
    "municipalities.on_offer",
    "municipalities.found",
    "municipalities.small",
    "municipalities.middle",
    "municipalities.large",
    "municipalities.vacant_small",
    "municipalities.vacant_middle",
    "municipalities.vacant_large",
    "municipalities.offered",
    "municipalities.let",
)
EVENTS = {"housed": "households", "found": "households"}
_SMALL = int(HomeSize.SMALL)
_left_to_house, _offers = njit(left_to_house), njit(offers)  # of one municipality, in loops
Towns = namedtuple("Towns", "pool population_share vacancies asked placed effort offered vacated")


class Rules(NamedTuple):
    """Of Params below."""

    aim: float
    priority_share: float
    private_share: float
    priority_ban: bool
    small_share: float
    middle_share: float


class Params(ProcessParams):
    """Number and sizes of the homes that status holders can get."""

    TOGETHER = (Whole("vacancies by size", ("small_share", "middle_share"), "homes for five or more persons"),)

    aim: float = param(
        1.0, "ratio", 0.3, 3, "taak_rule|taak_2022_II: 20,000 wanted where 15,358 were asked, agreed on 26 August 2022",
        "people whom municipalities mean to house, over those asked of them", lever=True,
        dated={"2022-09": 1.3, "2023-01": 1.0},
    )  # fmt: skip
    rush: float = param(
        2.0, "ratio", 1, 10, "assumption: sign of housed_jan_2023, 84 municipalities housed nobody in January",
        "weight of the last month of a half-year, over that of the first one",
    )  # fmt: skip
    priority_share: float = param(
        0.08, "share", 0, 0.5, "assumption: E080, about 10% of vacancies went to all status holders at the most",
        "vacancies in a municipality that status holders in reception can get, at most", lever=True,
        needs=(Need("policy.housing.priority_ban", one_of=(False,)),),
    )  # fmt: skip
    private_share: float = param(
        0.3, "share", 0, 0.9, "assumption: persons housed (C7) less relatives (C15), 1.9 to a home, less homes of "
        "corporations (corp_status_recent) and movable ones: 0.25 in 2021, 0.35 in 2022",
        "status holders for whom homes outside corporations are tried first",
    )  # fmt: skip
    found_share: float = param(
        0.034, "share", 0, 0.3, "assumption: 3/7 of priority_share, as private_share is of all",
        "homes that can be found for status holders outside corporations, at most, over vacancies of corporations",
        lever=True,
    )  # fmt: skip
    priority_ban: bool = param(
        False, "switch", None, None, "E080", "status holders may not have priority over other home seekers", lever=True
    )
    preparation_weeks: float = param(
        12, "weeks", 0, 52, "coa_14w_rule: ten weeks to find a home and two to move in",
        "weeks from coupling to moving in, at least, however many homes there are", lever=True,
    )  # fmt: skip
    flex_share: float = param(
        0.3, "share", 0, 1, "rule_sft: 30% of granted homes in 2024", "movable homes for status holders", lever=True
    )
    small_share: float = param(0.45, "share", 0, 1, "assumption", "vacancies for one or two persons")
    middle_share: float = param(0.4, "share", 0, 1, "assumption", "vacancies for three or four persons")


@kernel(writes=("towns.offered", "towns.vacated"))
def offer(towns: Towns, rules: Rules, flex, month_share, persons, found_most, scale):
    """What municipalities offer this month, for those of a pool at its holder and at the scale of the run.

    flex: movable homes for them in the country; month_share: of the people left to house, those meant for this month;
    persons to a home; found_most: homes outside corporations that can be found in the country.

    Returns homes of corporations and homes elsewhere that status holders can get besides those of last month,
    (municipalities,) each; vacancies by size, for those of a pool together; and of each, (municipalities, sizes) each.
    """
    small, middle = rules.small_share, rules.middle_share
    sizes = np.array([small, middle, max(1 - small - middle, 0.0)])  # below 0 by rounding only
    inside, outside = np.zeros(len(towns.pool)), np.zeros(len(towns.pool))
    vacant, by_size = np.zeros((len(towns.pool), len(sizes))), np.empty((len(towns.pool), len(sizes)))
    for town in range(len(towns.pool)):
        holder, inhabitants, vacancies = towns.pool[town], towns.population_share[town], towns.vacancies[town]
        movable = flex * inhabitants
        left = _left_to_house(towns.asked[town], towns.placed[town], towns.effort[town], rules.aim)
        wanted = max(left * month_share / persons - movable, 0.0)
        ceiling = (0.0 if rules.priority_ban else rules.priority_share) * vacancies
        of_corporations, elsewhere = _offers(wanted, rules.private_share, ceiling, found_most * inhabitants)
        inside[holder] += of_corporations + movable
        outside[holder] += elsewhere
        for size in range(len(sizes)):
            by_size[town, size] = vacancies * sizes[size] + (movable if size == _SMALL else 0.0)
            vacant[holder, size] += by_size[town, size]
        towns.vacated[town] += (vacancies + movable) * scale  # whatever their sizes add up to
    towns.offered[:] += inside * scale
    return inside * scale, outside * scale, vacant * scale, by_size


class Queue(NamedTuple):
    """Status holders who wait for a home, in turn; (n,) each."""

    rows: np.ndarray  # of households
    pool: np.ndarray  # row of its holder
    size: np.ndarray  # HomeSize that they look for

    def some(self, which: np.ndarray) -> "Queue":
        """Those that are flagged, (n,) bool."""
        return Queue(self.rows[which], self.pool[which], self.size[which])


def ready(state: State, params: Params, draws: Draws, rows: np.ndarray) -> Queue:
    """Status holders who wait for a home (rows) and have prepared for it, longest waiting first."""
    households = state.households
    rows = prepared(state, rows[households.since[rows] < state.clock.month], params.preparation_weeks, draws)
    rows = rows[np.argsort(waiting_key(households.coupled[rows], households.lottery[rows]))]
    pool = state.municipalities.pool[households.municipality[rows]]
    return Queue(rows, pool, home_size(needed_by(state, rows)))


def house(state: State, queue: Queue, on_offer: np.ndarray, homes: np.ndarray, rule: Rule) -> tuple[np.ndarray, Queue]:
    """Let households move in, in turn, while homes last; returns the rows that moved in, and the others."""
    got = let(queue.pool, queue.size, on_offer, homes)
    there = got != UNSET
    rows = queue.rows[there]
    moves.move_in(state, rows, state.households.municipality[rows], rule, got[there])
    return rows, queue.some(~there)


def offered(state: State, params: Params, persons: float) -> tuple[np.ndarray, ...]:
    """Count vacancies and offer part of them, and homes elsewhere; see `offer`. persons: of the mean household."""
    of, month = state.municipalities, state.clock.month
    of.vacancies[:] = vacancies_per_month(state)
    flex = state.inputs.series_at("flex_homes", month) * params.flex_share / MONTHS
    most = params.found_share * of.vacancies.sum()
    return offer(of, params, flex, share_of_month(month, params.rush), persons, most, state.scale)


def step(state: State, params: Params, draws: Draws) -> dict[str, np.ndarray]:
    """Count vacancies, offer part of them to status holders, let these, and pass the rest on."""
    households, of, month = state.households, state.municipalities, state.clock.month
    rows = waiting(households.stage, households.since, Stage.AWAITING_HOME, month + 1)
    persons = float(households.size[rows].sum() / len(rows)) if len(rows) else 1.0
    inside, outside, vacancies, by_size = offered(state, params, persons)
    on_offer, there = of.on_offer + inside, of.found + outside
    homes = np.array([of.small, of.middle, of.large]).T + vacancies
    households.priority[rows] = not params.priority_ban

    queue = ready(state, params, draws, rows)
    elsewhere = draws.once("private", households.identity[queue.rows]) < params.private_share
    any_size = np.full(homes.shape, np.inf)
    first, waits = house(state, queue.some(~elsewhere), on_offer, homes, Rule.PRIORITY)
    private, waits_elsewhere = house(state, queue.some(elsewhere), there, any_size, Rule.PRIVATE)
    second, _ = house(state, waits_elsewhere, on_offer, homes, Rule.PRIORITY)
    also_private, _ = house(state, waits, there, any_size, Rule.PRIVATE)
    rows, private = np.append(first, second), np.append(private, also_private)
    of.let[:] += np.bincount(of.pool[households.municipality[rows]], minlength=len(of))
    of.on_offer[:], of.found[:] = kept(on_offer, inside), kept(there, outside)
    stay = kept(homes, vacancies)
    of.small[:], of.middle[:], of.large[:] = stay.T
    rest = passed_on(homes - stay, of.pool, by_size)
    for number, vacant in enumerate((of.vacant_small, of.vacant_middle, of.vacant_large)):
        vacant += rest[:, number]
    return {"housed": np.append(rows, private), "found": private}
