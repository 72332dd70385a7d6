"""Households of the rest of the country grow, and homes are built, demolished and sold, for everybody.

Until 2025 both are what was published, by year; from then on they go on at an assumed rate. Corporations build part of
the homes that are added, in the municipalities where new dwellings were built from 2015 to 2024, and demolish or sell a
part of their stock. A new home is let for the first time like any home that comes free (dwellings.py), and the stock
that turns over is larger from then on.

    households of others = those of January 2015 x ratio
    ratio grows by (1 - newcomer part) x growth of all households / households of January 2015
    shortage = households of others + households of newcomers with a home - homes + hidden

The growth that is published counts newcomers; they are simulated here, so their part is taken off. Hidden is what the
published shortage is more than households less homes: households that share a home, or live in a building that is no
dwelling, less homes that stand empty. The shortage only shows: no source says how the turnover of corporation homes
follows it. Home seekers begin in proportion to the ratio (seeking.py).

Source: cbs_households, primos_2020; cbs_dwellings, homes_added_2025; corp_newbuild, cbs_freed; shortage_series.
"""

import numpy as np

from abm.engine.clock import MONTHS
from abm.engine.draws import Draws
from abm.engine.params import ProcessParams, param
from abm.engine.table import NO_ROW
from abm.state import State
from abm.tables.people import Stage

WRITES = (
    "nation.household_ratio",
    "nation.dwellings",
    "nation.shortage",
    "municipalities.homes",
    "municipalities.built",
    "municipalities.sold",
)
EVENTS = {}
_HOUSED = int(Stage.HOUSED)  # a member takes NumPy longer


class Params(ProcessParams):
    """The households and homes of the country, and how they grow after the published years."""

    households: float = param(
        7665198, "households", 1e4, 2e7, "cbs_households", "private households in the country in January 2015"
    )
    dwellings: float = param(7588000, "homes", 1e4, 2e7, "cbs_dwellings", "homes in the country in January 2015")
    growth: float = param(
        50965, "households/year", -100000, 300000,
        "primos_2020: from 8,430,352 in 2025 to 8.94 million in 2035; primos_2023: 91,400",
        "growth of the households in the country after 2025, newcomers included",
    )  # fmt: skip
    newcomer_part: float = param(
        0.11, "share", 0, 0.9,
        "assumption: households of newcomers with a home here at the end of 2024 (85,600; scale 0.1, seed 1), over the "
        "published growth of households from 2015 (765,154)",
        "growth of the households that is newcomers, who are simulated",
    )  # fmt: skip
    building: float = param(
        77600, "homes/year", 0, 300000,
        "homes_added_2025: expected in 2025, the goal is 100,000; stock_growth_low: 58,800",
        "homes added to the stock after 2025, new dwellings and others",
    )  # fmt: skip
    replaced: float = param(
        0.15, "share", 0, 1, "primos_2021: 15% of the homes added from 2021 to 2035",
        "homes added that replace homes that go, after 2025",
    )  # fmt: skip
    corporation_part: float = param(
        0.25, "share", 0, 1,
        "corp_newbuild|homes_added_2025: 29% of new dwellings, which are 86% of homes added",
        "homes added that corporations build, after 2025",
    )  # fmt: skip
    corporation_loss: float = param(
        0.0036, "share/year", 0, 0.05,
        "corp_newbuild|cbs_tenure|assumption: new homes less the growth of the stock, mean of 2023 and 2024",
        "homes of corporations that are demolished or sold, from 2025 on",
    )  # fmt: skip
    hidden: float = param(
        240126, "households", 0, 1e6,
        "homes_added_2025|cbs_key_figures_2025|cbs_new_dwellings: 396,000, less 8,430,352 households, plus 8,274,478 "
        "homes; shortage_series is not used",
        "published shortage of homes, over the households less the homes",
    )  # fmt: skip


def published(state: State) -> bool:
    """Whether this month is in the published years."""
    return state.clock.month < len(state.inputs.series["stock_growth"])


def last_count(state: State) -> int:
    """Month of the last published stock of corporations."""
    return (len(state.inputs.corporation_homes) - 1) * MONTHS


def growth_per_month(state: State, params: Params) -> tuple[float, float]:
    """Growth of all households, and of the homes in the country, this month."""
    month, inputs = state.clock.month, state.inputs
    if published(state):
        households, homes = inputs.series_at("household_growth", month), inputs.series_at("stock_growth", month)
    else:
        households, homes = params.growth, params.building * (1 - params.replaced)
    return households / MONTHS, homes / MONTHS


def built_per_month(state: State, params: Params) -> np.ndarray:
    """New homes of corporations this month, (municipalities,)."""
    known = state.inputs.series_at("corporation_built", state.clock.month)
    a_year = known if published(state) else params.building * params.corporation_part
    return a_year / MONTHS * state.municipalities.building_share


def sold_per_month(state: State, params: Params) -> np.ndarray:
    """Homes of corporations demolished or sold this month, (municipalities,); below 0: more were bought."""
    of, month, stock = state.municipalities, state.clock.month, state.inputs.corporation_homes
    if month >= last_count(state):
        return params.corporation_loss / MONTHS * of.homes
    year = month // MONTHS
    return of.built - (stock[year + 1] - stock[year]) / MONTHS


def homes_short(state: State, params: Params) -> float:
    """Shortage of homes in the country."""
    people = state.households
    newcomers = np.count_nonzero((people.stage == _HOUSED) & (people.sponsor == NO_ROW)) / state.scale
    others = params.households * state.nation.household_ratio[0]
    return others + newcomers - state.nation.dwellings[0] + params.hidden


def initialise(state: State, params: Params) -> None:
    """Set the homes of the country, and the new homes of corporations, of January 2015."""
    state.nation.dwellings[0] = params.dwellings
    state.municipalities.built[:] = built_per_month(state, params)


def step(state: State, params: Params, draws: Draws) -> dict[str, np.ndarray]:
    """Let the households and homes of the country grow by a month."""
    of, nation, month = state.municipalities, state.nation, state.clock.month
    if month <= last_count(state):
        of.homes[:] = state.inputs.of_year("corporation_homes", month)
    else:
        of.homes[:] = np.maximum(of.homes + of.built - of.sold, 0)
    of.built[:] = built_per_month(state, params)
    of.sold[:] = sold_per_month(state, params)
    households, homes = growth_per_month(state, params)
    nation.household_ratio[:] += households * (1 - params.newcomer_part) / params.households
    nation.dwellings[:] += homes
    nation.shortage[:] = homes_short(state, params)
    return {}
