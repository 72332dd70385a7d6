"""People from Ukraine arrive under temporary protection, live in a municipality, and leave again.

They do not apply for asylum, so they have no registration centre, decision, permit, coupling or place of the reception
agency. They live in municipal shelters or private homes, spread over municipalities in proportion to inhabitants.

    arrivals = growth of the number registered + those who left this month

Each household leaves with a monthly probability. From April 2022 they may work without a permit. The directive ends in
March 2027; what happens then is a lever. By default protection continues; without it nobody is admitted and those who
are here leave at a different rate.

Source: persons registered, abm/facts/data/national_series.csv (protected); ukr_housing_2022, ukr_brp (departures);
ukr_cbs_spring (age and sex), ukr_working_age.
"""

import numpy as np

from abm.engine.draws import Draws
from abm.engine.params import ProcessParams, param
from abm.engine.queues import waiting
from abm.engine.together import Whole
from abm.facts.facts import Inputs
from abm.people.household_formation import Makeup, admit, until_due
from abm.state import State
from abm.tables.people import Schooling, Stage

WRITES = ("households", "newcomers", "nation.protected_due")
EVENTS = {"protected": "households", "protection_left": "households"}
WAY = np.array([3])  # of arrival in identities; arrival.py has 0 to 2
COUNTRY = "UKR"


class Params(ProcessParams):
    """Arrivals, departures, rights and composition of people under temporary protection."""

    TOGETHER = (Whole("people by schooling", ("unschooled", "primary", "higher"), "people with secondary school"),)

    in_force: bool = param(
        True, "switch", None, None, "ukr_rtb_end: to March 2027; that it continues after that is an assumption",
        "whether there is temporary protection", lever=True,
    )  # fmt: skip
    free_work: bool = param(
        False, "switch", None, None, "ukr_emp: no permit needed from 1 April 2022",
        "whether they may work without a permit; if not, as asylum seekers may", lever=True, dated={"2022-04": True},
    )  # fmt: skip
    growth: float = param(
        0, "persons/month", -3000, 10000, "assumption: the number stays as it was in October 2024",
        "growth of the number registered on top of the series, which ends in October 2024",
    )  # fmt: skip
    leaving: float = param(
        0.029, "share/month", 0, 0.1, "ukr_housing_2022|ukr_brp: 16,700 left by January 2023, 46,020 by November 2024",
        "households that leave each month; after the last count an assumption",
        dated={"2023-01": 0.013, "2024-11": 0.005},
    )  # fmt: skip
    leaving_after: float = param(
        0.1, "share/month", 0, 1, "assumption",
        "households that leave each month when there is no temporary protection any more",
    )  # fmt: skip
    family_share: float = param(
        0.42, "share", 0, 1, "ukr_cbs_spring: minors are 37% of April 2022; later set by ukr_working_age",
        "households of two or more", dated={"2022-06": 0.15},
    )  # fmt: skip
    family_size: float = param(2.8, "persons", 2, 6, "assumption", "mean size of households of two or more")
    partner_share: float = param(
        0.3, "share", 0, 1, "assumption: most men could not leave",
        "households of two or more whose second person is a partner",
    )  # fmt: skip
    female_lead: float = param(
        0.9, "share", 0, 1, "assumption: most men could not leave", "women among leads of households of two or more"
    )
    female_alone: float = param(
        0.88, "share", 0, 1, "ukr_cbs_spring: women are 80% of adults in April 2022; later an assumption",
        "women among people who arrive alone", dated={"2022-06": 0.55},
    )  # fmt: skip
    adult_age: float = param(
        36, "years", 20, 50, "assumption: half of the adults are of 25 to 45 (ukr_cbs_spring)", "mean age of adults"
    )
    unschooled: float = param(0, "share", 0, 0.5, "assumption", "people who cannot read and write")
    primary: float = param(0.05, "share", 0, 0.7, "assumption", "people with primary school")
    higher: float = param(
        0.5, "share", 0, 0.8, "ukr_oecd_skills: more than other refugees; size an assumption",
        "people with higher education",
    )  # fmt: skip


def leave(state: State, params: Params, draws: Draws) -> np.ndarray:
    """Let some of the protected households leave; returns their rows."""
    households, month = state.households, state.clock.month
    rows = waiting(households.stage, households.since, Stage.PROTECTED, month)
    probability = params.leaving if params.in_force else params.leaving_after
    rows = rows[draws.uniform("leaves", households.identity[rows]) < probability]
    households.enter(rows, Stage.RETURNED, month)
    return rows


def growth(state: State, params: Params) -> float:
    """Growth of the number registered this month, persons at full scale; none before the first were registered."""
    month = state.clock.month
    now = state.inputs.series_at("protected", month)
    before = state.inputs.series_at("protected", month - 1) if month else 0.0
    return now - before + params.growth if now else 0.0


def arrive(state: State, params: Params, draws: Draws) -> np.ndarray:
    """Admit whole households until the number of persons due is reached; returns their rows."""
    due, month = state.nation.protected_due, state.clock.month
    if due[0] <= 0:
        return np.empty(0, np.int64)
    origin = state.inputs.kept(origin_of, COUNTRY)
    _, _, identity, size = until_due(
        due.reshape(1, 1), WAY, np.full(1, origin), np.full(1, params.family_share), params.family_size, month, 0,
        draws.addresses("family", "size"),
    )  # fmt: skip
    edges = np.cumsum(state.municipalities.population_share)
    town = np.searchsorted(edges, draws.once("where", identity), side="right")
    makeup = Makeup(
        female_lead=np.where(size == 1, params.female_alone, params.female_lead),
        partner=params.partner_share,
        female_partner=1 - params.female_lead,
        unaccompanied=False,
        adult_age=params.adult_age,
    )
    rows = admit(
        state, draws, identity, size, makeup, origin=origin, stage=Stage.PROTECTED, since=month, applied=month,
        municipality=np.minimum(town, len(edges) - 1),
    )  # fmt: skip
    draw_schooling(state, params, draws, size.sum())
    return rows


def draw_schooling(state: State, params: Params, draws: Draws, number: int) -> None:
    """Draw the schooling of the last `number` persons of the table, who have just arrived."""
    people = state.newcomers
    came = slice(len(people) - number, None)
    secondary = max(1 - params.unschooled - params.primary - params.higher, 0)
    edges = np.cumsum([params.unschooled, params.primary, secondary])
    found = np.searchsorted(edges, draws.once("schooling", people.identity[came]), side="right")
    people.schooling[came] = np.minimum(found, Schooling.HIGHER)


def origin_of(inputs: Inputs, country: str) -> int:
    """Row of the group of origins to which a country (ISO code) belongs."""
    members = inputs.origins["members"].str.split("|")
    return next(row for row, codes in enumerate(members) if country in codes)


def step(state: State, params: Params, draws: Draws) -> dict[str, np.ndarray]:
    """Let households leave and arrive, and record whether they may work without a permit."""
    households, due = state.households, state.nation.protected_due
    left = leave(state, params, draws)
    due[0] += growth(state, params) * state.scale + households.size[left].sum()
    if not params.in_force:
        due[0] = 0.0
    came = arrive(state, params, draws)
    households.free_to_work[:] = params.free_work & (households.stage == Stage.PROTECTED)
    return {"protected": came, "protection_left": left}
