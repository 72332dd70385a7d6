"""A family that followed moves in with its sponsor if the home fits; else it waits in a hotel or in reception.

A home fits up to the number of persons that its size is meant for. Where the units of a starter home can be linked,
free units beside it are. A family that exceeds this by a few persons moves in all the same, and so does any family that
has waited for long: they live overcrowded, are counted, and register for a larger home. Until a family can join, its
sponsor is an urgent home seeker for a home that fits all of them together (lettings). A household whose home is too
small since a child was born in it registers for a larger one in the same way.

Where hotels are used (in 2026), a family waits in one near the municipality of its sponsor, also while the sponsor
still waits for a home there. The reception agency pays for the first months, the municipality after that.

    persons too many = sponsor + family - 2 (small), 4 (middle size) or none (large)

Source: nareis_hotel (hotels, six months), coa_cost_hotel_2024; plan_starter_homes (a home that fits the family).
"""

import numpy as np

from abm.engine.clock import MONTHS, NEVER
from abm.engine.draws import Draws
from abm.engine.kernels import kernel
from abm.engine.needs import Need
from abm.engine.params import ProcessParams, param
from abm.engine.queues import waiting
from abm.engine.table import NO_ROW, UNSET, written
from abm.homes import moves
from abm.homes.dwellings import home_size, needed_by
from abm.homes.tenancies import MEANT_FOR
from abm.state import State
from abm.tables.country import Kind
from abm.tables.money import Account, Purpose
from abm.tables.people import Stage

WRITES = written(
    moves.MOVE_IN,
    moves.BECOMES_URGENT,
    moves.CROWDS,
    moves.ENTER,
    moves.LEAVE,
    "households.hotel",
    "ledger",
)
EVENTS = {"joined": "households", "linked": "households"}
_HOUSED = int(Stage.HOUSED)
PARTIES = {
    Purpose.HOTELS_COA: (Account.COA, Account.PROVIDERS),
    Purpose.HOTELS_MUNICIPALITY: (Account.MUNICIPALITIES, Account.PROVIDERS),
}


class Params(ProcessParams):
    """Conditions for a family to move in, and where it waits until then."""

    tolerated: int = param(
        2, "persons", 0, 10, "assumption: families moved in with few exceptions",
        "persons above what a home is meant for with which a family still moves in", lever=True,
    )  # fmt: skip
    patience: int = param(
        12,
        "months",
        0,
        60,
        "assumption",
        "months after arrival from which a family moves in whatever the home",
        lever=True,
    )
    hotel: bool = param(
        False, "switch", None, None, "nareis_hotel|assumption: a temporary measure, taken to end after 2026",
        "families wait in hotels near the sponsor's municipality", lever=True,
        dated={"2026-01": True, "2027-01": False},
    )  # fmt: skip
    hotel_paid: int = param(
        6, "months", 0, 24, "nareis_hotel", "months in a hotel that the reception agency pays for", lever=True,
        needs=(Need("policy.joining.hotel", one_of=(True,)),),
    )  # fmt: skip
    hotel_cost_factor: float = param(
        1.0,
        "ratio",
        0.3,
        1.6,
        "assumption: as in emergency reception",
        "cost of a place in a hotel, over series cost_hotel",
    )


def link(state: State, sponsors: np.ndarray, needed: np.ndarray) -> np.ndarray:
    """Link free units of the complex to the homes of sponsors, in turn; returns whether there were enough, (n,) bool.

    needed: HomeSize that each needs.
    """
    households, of = state.households, state.complexes
    linked = np.zeros(len(sponsors), bool)
    for turn in np.flatnonzero(households.complex[sponsors] != NO_ROW).tolist():
        row, size = sponsors[turn], needed[turn]
        where = households.complex[row]
        if not of.linkable[where]:
            continue
        free = of.built[where] - of.newcomers[where] - of.residents[where]
        if free >= size - households.home[row]:
            one = np.array([row])
            moves.leave(state, one)
            moves.enter(state, one, np.array([where]), np.array([size]))
            linked[turn] = True
    return linked


def wait_in_hotels(state: State, families: np.ndarray) -> None:
    """Move families to a hotel in the region of the municipality where their sponsor lives or waits for a home."""
    households, locations = state.households, state.locations
    where = households.municipality[households.sponsor[families]]
    families, where = families[where != NO_ROW], where[where != NO_ROW]
    families_new = locations.kind[households.location[families]] != Kind.HOTEL
    families, where = families[families_new], where[families_new]
    hotel = np.full(len(state.regions), NO_ROW)
    hotels = np.flatnonzero(locations.kind == Kind.HOTEL)
    hotel[locations.region[hotels]] = hotels
    households.location[families] = hotel[state.municipalities.region[where]]
    households.hotel[families] = state.clock.month


def with_newborn(state: State) -> np.ndarray:
    """Households, (n,), in whose home a child was born this month; a family that joined lives with its sponsor."""
    households, people = state.households, state.newcomers
    of = people.household[people.born == state.clock.month]
    of = of[households.stage[of] == _HOUSED]
    sponsor = households.sponsor[of]
    return np.where(sponsor == NO_ROW, of, sponsor)


def hotel_costs(state: State, params: Params) -> dict[Purpose, float]:
    """Cost of families in hotels to the reception agency and to municipalities, EUR this month at full scale."""
    households, month = state.households, state.clock.month
    by_coa, own = in_hotels(households.hotel, households.location, households.size, month - params.hotel_paid)
    a_year = params.hotel_cost_factor * state.inputs.series_at("cost_hotel", month) * state.nation.prices[0]
    a_month = a_year / MONTHS / state.scale
    return {Purpose.HOTELS_COA: by_coa * a_month, Purpose.HOTELS_MUNICIPALITY: own * a_month}


@kernel
def in_hotels(hotel, location, size, month):
    """Persons of families in hotels who came after a month, and of the others; whole columns of households."""
    after, before = 0, 0
    for i in range(len(hotel)):
        if hotel[i] != NEVER and location[i] >= 0:
            after += size[i] * (hotel[i] > month)
            before += size[i] * (hotel[i] <= month)
    return after, before


def fitting(state: State, families: np.ndarray, params: Params) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Whether families, (n,) rows, can move in with their sponsors; whether units were linked; sponsors at home."""
    households, sponsors = state.households, state.households.sponsor[families]
    at_home = (households.stage[sponsors] == _HOUSED) & (households.homeless[sponsors] == NEVER)
    at_home &= households.interim[sponsors] == NEVER  # there is no room for a family in an interim place
    together, size = needed_by(state, sponsors), households.home[sponsors]
    too_many = np.where(at_home & (size != UNSET), together - MEANT_FOR[size], 0)
    linked, turn = np.zeros(len(families), bool), np.flatnonzero(too_many > 0)
    if len(turn):
        linked[turn] = link(state, sponsors[turn], home_size(together[turn]))
    waited = state.clock.month - households.applied[families] >= params.patience
    return at_home & (linked | (too_many <= params.tolerated) | waited), linked, at_home


def join(state: State, families: np.ndarray) -> None:
    """Let families, (n,) rows, move in with their sponsors, who no longer look for a home for all of them."""
    households, of = state.households, state.households.sponsor[families]
    # not those who were urgent before that because a tenancy ended
    for_family = of[households.urgent[of] >= households.since[families]]
    moves.move_in(state, families, households.municipality[of])
    households.complex[families] = households.complex[of]
    households.urgent[for_family] = NEVER


def step(state: State, params: Params, draws: Draws) -> dict[str, np.ndarray]:
    """Let families join their sponsors, let the other sponsors look for a larger home, and pay for hotels."""
    households, month = state.households, state.clock.month
    families = waiting(households.stage, households.since, Stage.AWAITING_COUPLING, month + 1)
    families = families[households.sponsor[families] != NO_ROW]
    families = families[np.argsort(households.identity[families])]  # the same order whatever the order of rows
    joins, linked, at_home = fitting(state, families, params)
    joining = families[joins]
    join(state, joining)
    moves.crowds(state, np.append(households.sponsor[joining], with_newborn(state)))
    moves.becomes_urgent(state, households.sponsor[families[at_home & ~joins]])
    if params.hotel:
        wait_in_hotels(state, families[~joins])
    state.ledger.enter(hotel_costs(state, params))
    return {"joined": joining, "linked": families[linked]}
