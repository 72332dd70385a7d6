"""A country of five municipalities whose figures can be worked out by hand.

Municipality   A       B       C       D       E
Region         0       0       0       1       1
Inhabitants    10,000  20,000  30,000  20,000  20,000   (together 100,000)
Homes          1,000   2,000   3,000   2,000   2,000    1% a month vacated: 10, 20, 30, 20 and 20
Reception      registration centre in A; 200 regular places in B, 300 in D; (listed, not opened) emergency in C
Jobs           24,000 and 24,000, by farm, shop and care; three in four of Alpha work at home, half of Beta
Origins        war (grant rate 0.9), mixed (0.5), safe (0): 60, 30 and 10 first applicants a month
"""

from dataclasses import replace

import numpy as np
import pandas as pd

from abm.engine.draws import Draws
from abm.facts.csv_tables import HALVES, MONTHS, YEARS, fixed
from abm.facts.facts import Inputs
from abm.people.household_formation import BEFORE_START, Makeup, admit, identities
from abm.residents.synthetic_residents import initialise_residents
from abm.start import Params, initialise_country
from abm.state import State
from abm.tables.country import Kind
from abm.tables.people import IN_RECEPTION, STATUS_HOLDERS, Stage

CODES = ["GM0001", "GM0002", "GM0003", "GM0004", "GM0005"]
INHABITANTS = [10_000, 20_000, 30_000, 20_000, 20_000]
WAR, MIXED, SAFE = range(3)  # rows of origins
ALPHA, BETA = range(2)  # rows of regions
A, B, C, D, E = range(5)  # rows of municipalities
SERIES = {
    "appeal_capacity": 20,
    "appeal_success": 0.25,
    "closing_capacity": 10,
    "closing_ratio": 1,
    "corporation_built": 0,
    "cost_emergency": 24_000,
    "cost_hosts": 2_400,
    "cost_hotel": 40_000,
    "cost_municipal": 36_000,
    "cost_regular": 12_000,
    "decision_capacity": 100,
    "flex_homes": 0,
    "freed_homes_rate": 0.12,
    "household_growth": 0,
    "middle_rent_from": 800,
    "middle_rent_to": 1_200,
    "minimum_wage": 2_000,
    "occupancy_norm": 0.8,
    "penalty_maximum": 7_500,
    "penalty_per_day": 100,
    "protected": 0,
    "repeat_capacity": 10,
    "repeat_grant_rate": 0.5,
    "resettled": 0,
    "reunion_capacity": 50,
    "reunion_grant_rate": 0.8,
    "social_assistance": 1_200,
    "stock_growth": 0,
    "tightness": 50,
    "unemployment": 0.05,
}
GONE = (Stage.RETURNED, Stage.UNKNOWN)


def village(**changes) -> Inputs:
    """The facts of the village; a change names a field of Inputs, or a series and its constant value."""
    series = SERIES | {name: changes.pop(name) for name in list(changes) if name in SERIES}
    monthly = {name: constant(len(MONTHS), value) for name, value in series.items()}
    facts = Inputs(
        municipalities=pd.DataFrame(
            {
                "gm_code": CODES, "name": ["A", "B", "C", "D", "E"], "province": "Middle",
                "region_code": ["AM01", "AM01", "AM01", "AM02", "AM02"], "population": INHABITANTS,
                "households": [5_000, 10_000, 15_000, 10_000, 10_000], "urbanity": [1, 2, 3, 4, 5],
                "social_rent_share": 0.3, "income_low_share": 0.4, "income_high_share": 0.2, "higher_edu_share": 0.3,
                "employment_rate": 0.7, "share_origin_outside_europe": 0.1, "pvv_share_tk2023": 0.2,
                "longitude": [5.0, 5.1, 5.2, 5.3, 5.4], "latitude": 52.0, "indicative_places_2026": INHABITANTS,
                "spread_law_places_2024": 100, "regular_places_2025": [0, 200, 0, 300, 0],
                "emergency_places_2025": [0, 0, 100, 0, 0], "task_balance_2015": 0, "task_balance_2015_imputed": 0,
                "area_km2": [10.0, 20.0, 30.0, 20.0, 20.0], "new_dwellings": [50, 0, 20, 20, 10],
            }
        ),
        regions=pd.DataFrame(
            {
                "region_code": ["AM01", "AM02"], "name": ["Alpha", "Beta"],
                "jobs_per_1000_inhabitants": [400, 600], "longitude": [5.1, 5.35], "latitude": 52.0,
            }
        ),
        provinces=pd.DataFrame({"province": ["Middle"], "spread_law_task_2024": 500, "coa_task_2024": 500}),
        borders=pd.DataFrame({"gm_a": CODES[:-1], "gm_b": CODES[1:], "border_km": 5.0, "link": "border"}),
        origins=pd.DataFrame(
            {
                "origin": ["war", "mixed", "safe"], "name_en": ["War", "Mixed", "Safe"],
                "name_nl": ["Oorlog", "Gemengd", "Veilig"], "members": ["AAA", "BBB", "CCC"],
                "male_share": [0.6, 0.7, 0.8], "family_share": [0.5, 0.25, 0.0], "safe": [0, 0, 1],
                "language": ["first", "second", "first"], "unschooled": 0.1, "primary": 0.3, "higher": 0.2,
                "sponsors": 1.0, "papers": 0.0, "exempt": 1.0, "here_before": 0.0,
            }
        ),
        locations=pd.DataFrame(
            {
                "gm_code": CODES[:4], "name": ["Gate", "Bridge", "Hall", "Field"],
                "kind": ["registration", "regular", "emergency", "regular"], "places": [100, 200, 100, 300],
                "ends": ["", "", "2016-06", ""], "longitude": [5.0, 5.1, 5.2, 5.3], "latitude": 52.0,
            }
        ),
        municipality_region=fixed(np.array([ALPHA, ALPHA, ALPHA, BETA, BETA])),
        border_pairs=fixed(np.array([[A, B], [B, C], [C, D], [D, E]])),
        first_applications=constant(len(MONTHS), [60, 30, 10]),
        repeat_applications=constant(len(MONTHS), [0, 6, 4]),
        grant_rate=constant(len(YEARS), [0.9, 0.5, 0.0]),
        closed_share=constant(len(YEARS), [0.0, 0.1, 0.5]),
        corporation_homes=constant(len(YEARS), [1_000, 2_000, 3_000, 2_000, 2_000]),
        registration_years=fixed(np.array([8.0, 4.0, 4.0, 2.0, 1.0])),
        tasks=constant(len(HALVES), 300),
        task_halves=HALVES.copy(),
        known_effort=fixed(np.full(5, np.nan)),
        jobs=fixed(np.array([[4_000.0, 12_000.0, 8_000.0], [8_000.0, 12_000.0, 4_000.0]])),
        sectors=["farm", "shop", "care"],
        jobs_schooling=fixed(np.full((3, 3), 1 / 3)),
        commuting=fixed(np.array([[0.75, 0.25], [0.5, 0.5]])),
        survival=fixed(np.full((2, 9), 1.0)),
        labour_force=50_000.0,
        regional_unemployment=fixed(np.array([0.04, 0.065])),  # 0.05 of all: 60,000 x 0.04 + 40,000 x 0.065
        restrictive_votes=fixed(np.full(5, 0.3)),
        series=monthly,
        known_series=monthly,
        digest="village",
    )  # fmt: skip
    return replace(facts, **changes)


def constant(times: int, value) -> np.ndarray:
    """The same value, or row of values, in every period: (times,) or (times, n), read-only."""
    return fixed(np.tile(np.asarray(value, float), (times,) + (1,) * np.ndim(value)))


def village_state(inputs: Inputs | None = None, scale: float = 1.0, **params) -> State:
    """The village in January 2015 with residents but no newcomers; every municipality makes the same effort.

    Until a process sets the task, more is asked of each than its homes allow.
    """
    state, own = State(inputs or village(), scale), Params(**{"effort_spread": 0, "turnover_slope": 0, **params})
    initialise_country(state, own, Draws(1, "start", 0))
    initialise_residents(state, own)
    state.municipalities.asked[:] = 1_000_000
    return state


def locations(state: State, kind: Kind) -> np.ndarray:
    """Rows of the locations of a kind, in the order of the village."""
    return np.flatnonzero(state.locations.kind == kind)


def people(state: State, stage: Stage, count: int = 1, size: int = 1, **columns) -> np.ndarray:
    """Add `count` households of `size` persons in a stage since last month; returns their rows.

    They are of origin `war` and have what that stage implies: dates, a municipality (A) and a place (at the centre
    while registering, else in B). Any column can be given another value.
    """
    before, where = state.clock.month - 1, Kind.REGISTRATION if stage == Stage.REGISTERING else Kind.REGULAR
    implied = {"origin": WAR, "stage": stage, "since": before, "applied": before}
    if stage in IN_RECEPTION:
        implied["location"] = locations(state, where)[0]
    if stage == Stage.IN_APPEAL or stage == Stage.DEPARTING or stage in GONE:
        implied["decided"] = before
    if stage in STATUS_HOLDERS or stage == Stage.HOUSED:
        implied |= {"decided": before, "granted": before}
    if stage in (Stage.AWAITING_HOME, Stage.HOUSED):
        implied |= {"coupled": before, "municipality": A}
    if stage == Stage.HOUSED:
        implied["housed"] = before
        implied["moved_in"] = columns.get("housed", before)
    if stage == Stage.PROTECTED:
        implied["municipality"] = A
    implied |= columns
    rank = len(state.households) + np.arange(count)
    identity = identities(np.full(count, implied["origin"]), BEFORE_START, rank, way=0)
    makeup = Makeup(female_lead=0.5, partner=0.5, female_partner=0.5, unaccompanied=False, adult_age=30)
    sizes = np.full(count, size)
    return admit(state, Draws(1, "village", 0), identity, sizes, makeup, **implied)


def run(process, state: State, months: int = 1, seed: int = 1, **params) -> dict[str, np.ndarray]:
    """Events of one process run alone, under its write contract and with the books checked; later months add up.

    After the last month the clock stands still, so that dates can be read as "this month".
    """
    key, found = process.__name__.rpartition(".")[2], {}
    for number in range(months):
        state.clock.month += number > 0
        before = state.households.stage.copy()
        with state.writing(process.WRITES):
            events = process.step(state, process.Params(**params), Draws(seed, key, state.clock.month))
        state.check_moves(key, before)
        state.check()
        found = {name: np.concatenate([found.get(name, rows[:0]), rows]) for name, rows in events.items()}
    return found


def lifelong_draws(process: str, label: str, state: State, rows: np.ndarray, seed: int = 1) -> np.ndarray:
    """The uniform draws of households for something that happens once in a life, (n,)."""
    return Draws(seed, process, state.clock.month).once(label, state.households.identity[rows])
