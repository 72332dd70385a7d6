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

import numpy as np

from abm.engine.clock import MONTHS
from abm.engine.draws import Draws
from abm.engine.needs import Need
from abm.engine.params import ProcessParams, param
from abm.engine.queues import waiting_key
from abm.engine.table import UNSET, written
from abm.engine.together import Whole
from abm.homes import moves
from abm.homes.dwellings import home_size, needed_by, prepared, vacancies_per_month
from abm.homes.priority import kept, left_to_house, let, offers, share_of_month
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


def pooled(pool: np.ndarray, homes: np.ndarray) -> np.ndarray:
    """Homes added up at the municipality that holds them, (municipalities,)."""
    return np.bincount(pool, homes, len(pool))


def passed_on(rest: np.ndarray, pool: np.ndarray, vacancies: np.ndarray) -> np.ndarray:
    """Homes that go on to other home seekers, (municipalities, sizes), from `rest`, the same at holders of pools.

    A pool divides them by its `vacancies` (the same shape); in a pool without any, the holder has them.
    """
    together = np.column_stack([pooled(pool, each) for each in vacancies.T])[pool]
    alone = (pool == np.arange(len(pool)))[:, None]
    part = np.where(together > 0, vacancies / np.where(together > 0, together, 1), alone)
    return rest[pool] * part


def asked(state: State, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Pool (row of its holder) and HomeSize in which households, rows (n,), look for a home."""
    return state.municipalities.pool[state.households.municipality[rows]], home_size(needed_by(state, rows))


def persons_to_a_home(state: State) -> float:
    """Mean persons of the households that wait for a home in the country; 1 where none waits."""
    households = state.households
    size = households.size[households.stage == Stage.AWAITING_HOME]
    return float(size.mean()) if len(size) else 1.0


def house(
    state: State, rows: np.ndarray, on_offer: np.ndarray, homes: np.ndarray, rule: Rule
) -> tuple[np.ndarray, np.ndarray]:
    """Let households (rows, in turn) move in while homes last; returns the rows that moved in, and the others."""
    got = let(*asked(state, rows), on_offer, homes)
    there = got != UNSET
    moves.move_in(state, rows[there], state.households.municipality[rows[there]], rule, got[there])
    return rows[there], rows[~there]


def step(state: State, params: Params, draws: Draws) -> dict[str, np.ndarray]:
    """Count vacancies, offer part of them to status holders, let these, and pass the rest on."""
    households, municipalities, month = state.households, state.municipalities, state.clock.month
    municipalities.vacancies[:] = vacancies_per_month(state)
    flex = state.inputs.series_at("flex_homes", month) * params.flex_share / MONTHS
    inhabitants = municipalities.population_share
    flex = flex * inhabitants
    large_share = max(1 - params.small_share - params.middle_share, 0)  # below 0 by rounding only
    sizes = np.array([params.small_share, params.middle_share, large_share])
    by_size = municipalities.vacancies[:, None] * sizes
    by_size[:, HomeSize.SMALL] += flex

    pool, scale = municipalities.pool, state.scale
    share = 0.0 if params.priority_ban else params.priority_share
    left = left_to_house(municipalities.asked, municipalities.placed, municipalities.effort, params.aim)
    wanted = left * share_of_month(month, params.rush) / persons_to_a_home(state)
    inside, outside = offers(
        np.maximum(wanted - flex, 0),
        params.private_share,
        share * municipalities.vacancies,
        params.found_share * municipalities.vacancies.sum() * inhabitants,
    )
    offered, found = pooled(pool, inside + flex) * scale, pooled(pool, outside) * scale
    vacancies = np.column_stack([pooled(pool, each) for each in by_size.T]) * scale
    on_offer = municipalities.on_offer + offered
    homes = np.column_stack([municipalities.small, municipalities.middle, municipalities.large]) + vacancies
    municipalities.offered[:] += offered
    municipalities.vacated[:] += (municipalities.vacancies + flex) * scale  # whatever their sizes add up to
    households.priority[households.stage == Stage.AWAITING_HOME] = not params.priority_ban

    queue = prepared(state, params.preparation_weeks, draws)
    queue = queue[np.argsort(waiting_key(households.coupled[queue], households.lottery[queue]))]
    elsewhere = draws.once("private", households.identity[queue]) < params.private_share
    there, any_size = municipalities.found + found, np.full(homes.shape, np.inf)
    first, waits = house(state, queue[~elsewhere], on_offer, homes, Rule.PRIORITY)
    private, waits_elsewhere = house(state, queue[elsewhere], there, any_size, Rule.PRIVATE)
    second, _ = house(state, waits_elsewhere, on_offer, homes, Rule.PRIORITY)
    also_private, _ = house(state, waits, there, any_size, Rule.PRIVATE)
    rows, private = np.append(first, second), np.append(private, also_private)
    municipalities.let[:] += np.bincount(pool[households.municipality[rows]], minlength=len(pool))
    municipalities.on_offer[:], municipalities.found[:] = kept(on_offer, offered), kept(there, found)
    stay = kept(homes, vacancies)
    municipalities.small[:], municipalities.middle[:], municipalities.large[:] = stay.T
    small, middle, large = passed_on(homes - stay, pool, by_size).T
    municipalities.vacant_small[:] += small
    municipalities.vacant_middle[:] += middle
    municipalities.vacant_large[:] += large
    return {"housed": np.append(rows, private), "found": private}
