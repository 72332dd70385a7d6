"""Couples with a home part: one leaves it and looks for another, the children and the home stay with the other.

Every month a couple parts with one hazard, whatever its origin: couples of two partners of Turkish or Moroccan origin
part as often as Dutch ones. The man leaves, and where both are of one sex either (an assumption: most children live
with their mother). The one who leaves is a household of his own from then on, without a home, and an urgent home seeker
in the same municipality. A sponsor whose family joined leaves the home to the family, which is a household of its own
from then on. Permits and what the law asks of each stay as they were. Couples in reception, in an interim place,
without a home or with a family that is still to come stay together.

Source: cbs_parting_2018 (almost three quarters of couples together after twelve years).
"""

from collections import namedtuple

import numpy as np

from abm.engine.clock import MONTHS, NEVER
from abm.engine.draws import Draws
from abm.engine.kernels import flagged, kernel, members_of, whole_words
from abm.engine.params import ProcessParams, param
from abm.engine.table import NO_ROW
from abm.homes import moves
from abm.homes.tenancies import awaited
from abm.people.household_formation import alone_again
from abm.state import State
from abm.tables.people import Role, Stage

WRITES = ("households", "complexes.newcomers", "newcomers.household", "newcomers.role")
EVENTS = {"parted": "households"}
Homes = namedtuple("Homes", "stage sponsor unaccompanied")
Settled = namedtuple("Settled", "stage sponsor location homeless interim granted family_abroad")
_PARTNER, _HOUSED = int(Role.PARTNER), int(Stage.HOUSED)
EITHER = 0.5  # share of couples of one sex of whom the lead leaves
_STAYS = (
    "origin", "repeated", "tie", "track", "municipality", "moves", "relocated", "support_at_placement", "applied",
    "earlier", "decided", "granted", "coupled", "housed", "moved_in", "moved_out", "came_from", "priority",
    "free_to_work", "may_work",
)  # fmt: skip


class Params(ProcessParams):
    """The rate at which couples part."""

    rate: float = param(
        0.025, "share/year", 0, 0.2, "cbs_parting_2018: 0.74 together after 12 years", "couples with a home that part"
    )


@kernel
def pairs(role, household, households: Homes):
    """Rows of the partners with a home, and of the families that joined one sponsor and have no partner among them.

    role, household: whole columns of newcomers; the others of households. Where the sponsor has a partner, or came
    without parents, the family is no couple with it.
    """
    stage, sponsor, unaccompanied = households
    flag = np.empty(whole_words(len(role)), np.bool_)
    flag[len(role) :] = False
    for i in range(len(role)):
        flag[i] = role[i] == _PARTNER
    partners, two = flagged(flag), np.zeros(len(stage), np.bool_)
    count = 0
    for i in partners:
        of = np.uint64(household[i])  # unsigned: no check for a negative index
        partners[count] = i
        count += stage[of] == _HOUSED
        two[of] |= stage[of] == _HOUSED
    joined = np.empty(whole_words(len(stage)), np.bool_)
    joined[len(stage) :] = False
    for i in range(len(stage)):
        joined[i] = (sponsor[i] >= 0) & (stage[i] == _HOUSED) & (not two[i])
    families, many = flagged(joined), 0
    for i in families:
        families[many] = i
        many += (not two[sponsor[i]]) & (not unaccompanied[sponsor[i]])
    return partners[:count].copy(), families[:many].copy()


@kernel
def settled(rows, households: Settled):
    """Whether households (rows), and those whom they joined, have a lasting home, a permit and no relatives to come.

    (n,) bool; households: whole columns.
    """
    of, waits, found = households, awaited(households.sponsor, households.location), np.empty(len(rows), np.bool_)
    for k in range(len(rows)):
        found[k] = True
        for i in (rows[k], of.sponsor[rows[k]] if of.sponsor[rows[k]] >= 0 else rows[k]):
            home = (of.stage[i] == _HOUSED) and of.homeless[i] == NEVER and of.interim[i] == NEVER
            found[k] &= home and of.granted[i] != NEVER and of.family_abroad[i] == 0 and not waits[i]
    return found


def couples(state: State, params: Params, draws: Draws) -> tuple[np.ndarray, np.ndarray]:
    """Couples that part this month: rows of partners who share a household, and of families that joined a sponsor."""
    people, of = state.newcomers, state.households
    partners, families = pairs(people.role, people.household, of)
    homes = np.append(people.household[partners], families).astype(np.int64)
    parts = np.flatnonzero(draws.uniform("parts", of.identity[homes]) < params.rate / MONTHS)
    if len(parts):
        parts = parts[settled(homes[parts], of)]
    some = parts < len(partners)
    return partners[parts[some]], families[parts[~some] - len(partners)]


def part(state: State, draws: Draws, partners: np.ndarray) -> np.ndarray:
    """Let one of each couple in one household (rows of the partners) form a household of one; returns their rows."""
    people, of = state.newcomers, state.households
    if not len(partners):
        return partners
    partners = partners[np.argsort(people.household[partners])]
    home = people.household[partners].astype(np.int64)
    leads = members_of(home, people.household)
    leads = leads[people.role[leads] == Role.LEAD]
    leads = leads[np.argsort(people.household[leads])]
    either = draws.once("who", of.identity[home]) < EITHER
    lead_leaves = np.where(people.female[leads] == people.female[partners], either, ~people.female[leads])
    leaves, stays = np.where(lead_leaves, leads, partners), np.where(lead_leaves, partners, leads)
    columns = {name: getattr(of, name)[home] for name in _STAYS}
    rows = of.add(
        len(home), **columns, **alone_again(of.identity[home], draws), stage=Stage.HOUSED, since=state.clock.month
    )
    people.household[leaves] = rows
    people.role[leaves] = people.role[stays] = Role.LEAD
    of.size[home] -= 1
    moves.fits_again(state, np.where(of.sponsor[home] == NO_ROW, home, of.sponsor[home]))
    return rows


def step(state: State, params: Params, draws: Draws) -> dict[str, np.ndarray]:
    """Let couples part."""
    partners, families = couples(state, params, draws)
    sponsors = state.households.sponsor[families].astype(np.int64)
    moves.keep_home(state, families)
    rows = np.append(part(state, draws, partners), sponsors)
    moves.lose_home(state, rows)
    return {"parted": rows}
