"""People apply for asylum, alone or as a household, by origin: first applications, repeat applications, resettlement.

People whom the State resettles arrive with a permit. The number of persons follows the observed series to December
2025 and the `world` parameters after that, with the origins of the last observed years. Households are drawn one
after the other until the number of persons due is reached; the persons by which the last household exceeds it are
subtracted from next month's number, so the series is met to within a few persons.

Source: applications by month and origin, abm/facts/data/applications.csv (CBS, Eurostat, UNHCR).
"""

import numpy as np

from abm.engine.clock import MONTHS, NEVER
from abm.engine.draws import Draws
from abm.engine.params import ProcessParams, param
from abm.facts.facts import Inputs
from abm.people.household_formation import Makeup, admit, until_due
from abm.state import State
from abm.tables.country import Kind
from abm.tables.people import Stage

WRITES = ("households", "newcomers", "origins.due", "origins.due_repeated", "origins.due_resettled")
EVENTS = {"applied": "households", "applied_again": "households", "resettled": "households"}
FIRST, AGAIN, INVITED = range(3)  # ways to arrive: first application, repeat application, resettlement
WAYS = np.array([FIRST, AGAIN, INVITED])
LONGEST = 30 * MONTHS  # that anybody has been here before


class Params(ProcessParams):
    """Numbers of applicants, and the composition of their households."""

    first_applications: float = param(
        24140,
        "persons/year",
        5000,
        80000,
        "asyl_first_2025_cbs|mpp_2025_09: level of 2025",
        "first applicants a year after 2025",
    )
    repeat_applications: float = param(
        1726, "persons/year", 0, 8000, "unhcr_applications", "repeat applicants a year after 2025 (level of 2025)"
    )
    inflow_factor: float = param(
        1.0, "ratio", 0, 4, "assumption: 1 is what was observed; 0 shows what newcomers change",
        "factor on applications and resettlement, of the series and of the numbers above",
    )  # fmt: skip
    mix_years: int = param(
        2, "years", 1, 11, "assumption", "last observed years whose mix of origins continues after 2025"
    )
    family_size: float = param(
        3.2, "persons", 2, 6, "assumption: children 26% and women 19% of applicants", "mean size of applying families"
    )
    unaccompanied_share: float = param(
        0.22, "share", 0, 0.6, "coa_amv_2023: 12-15% of applicants, of the 55-60% who come alone",
        "unaccompanied minors among applicants alone",
    )  # fmt: skip
    female_alone: float = param(
        0.35, "ratio", 0, 1, "assumption",
        "women among applicants alone, over women among all applicants of that origin",
    )  # fmt: skip
    female_lead: float = param(0.2, "share", 0, 1, "assumption", "women among leads of applying families")
    partner_share: float = param(
        0.75, "share", 0, 1, "assumption", "applying families whose second person is a partner"
    )
    adult_age: float = param(31, "years", 20, 50, "assumption", "mean age of adult applicants")
    years_before: float = param(
        4, "years", 0, 15, "assumption: a refusal, an appeal and some years until a new fact",
        "mean time that repeat applicants have been in the Netherlands, since their first application",
    )  # fmt: skip


def expected(state: State, params: Params, repeated: bool) -> np.ndarray:
    """Expected number of applicants this month at full scale, (origins,) persons."""
    inputs, month = state.inputs, state.clock.month
    series = inputs.repeat_applications if repeated else inputs.first_applications
    if month < len(series):
        return series[month] * params.inflow_factor
    last, persons = inputs.kept(last_years, repeated, params.mix_years)
    a_year = params.repeat_applications if repeated else params.first_applications
    return a_year / MONTHS * params.inflow_factor * last / persons


def last_years(inputs: Inputs, repeated: bool, years: int) -> tuple[np.ndarray, float]:
    """Applicants of the last observed years, (origins,) persons, and all of them together."""
    series = inputs.repeat_applications if repeated else inputs.first_applications
    last = series[-years * MONTHS :].sum(axis=0)
    return last, last.sum()


def makeup(
    state: State, params: Params, draws: Draws, identity: np.ndarray, origin: np.ndarray, size: np.ndarray
) -> Makeup:
    """Distribution of the members of applying households; all arrays (n,)."""
    women = params.female_alone * (1 - state.origins.male_share[origin])
    return Makeup(
        female_lead=np.where(size == 1, women, params.female_lead),
        partner=params.partner_share,
        female_partner=1.0 - params.female_lead,
        unaccompanied=draws.once("unaccompanied", identity) < params.unaccompanied_share,
        adult_age=params.adult_age,
    )


def months_before(u: np.ndarray, mean: float) -> np.ndarray:
    """Months here before a repeat application, (n,) int64: exponential with a mean [years]; u: uniform draws."""
    return np.minimum(-mean * MONTHS * np.log1p(-u), LONGEST).astype(np.int64)


def expected_resettled(state: State, params: Params, first: np.ndarray) -> np.ndarray:
    """Expected number of resettled people this month at full scale, (origins,), in proportion to expected grants.

    first: (origins,) expected first applicants.
    """
    inputs, month = state.inputs, state.clock.month
    granted = first * inputs.of_year("grant_rate", month)
    return inputs.series_at("resettled", month) / MONTHS * params.inflow_factor * granted / (granted.sum() or 1)


def step(state: State, params: Params, draws: Draws) -> dict[str, np.ndarray]:
    """Admit this month's applicants and resettled people to the registration centre."""
    origins, month = state.origins, state.clock.month
    first, again = (expected(state, params, repeated) for repeated in (False, True))
    coming = first, again, expected_resettled(state, params, first)
    owed = origins.due, origins.due_repeated, origins.due_resettled
    due = np.array(owed) + np.array(coming) * state.scale
    way, origin, identity, size = until_due(
        due, WAYS, np.arange(len(origins)), origins.family_share, params.family_size, month, 0,
        draws.addresses("family", "size"),
    )  # fmt: skip
    for left, now in zip(owed, due, strict=True):
        left[:] = now
    again, invited = way == AGAIN, way == INVITED
    earlier = months_before(draws.once("earlier", identity), params.years_before)
    rows = admit(
        state, draws, identity, size, makeup(state, params, draws, identity, origin, size),
        origin=origin, repeated=again, since=month, applied=month, location=state.locations.first(Kind.REGISTRATION),
        stage=np.where(invited, Stage.AWAITING_REGISTRATION, Stage.REGISTERING),
        granted=np.where(invited, month, NEVER), earlier=np.where(again, earlier, 0),
    )  # fmt: skip
    return {"applied": rows[way == FIRST], "applied_again": rows[again], "resettled": rows[invited]}
