"""Status holders stay with hosts (logeerregeling): with relatives, friends or a host family, for some months.

Each month part of the households with a permit that live in reception go to hosts, in the region of the municipality to
which they are tied, or else where they are. They give up their place and keep their turn for a home. Those who have
none when the stay ends come back, and process `placement` gives them a place. Since December 2023 applicants may go
too; how many of them do is not published. Minors without parents do not go.

The scheme began in October 2014, was ended in the autumn of 2016 and came back in February 2018; in 2021 the allowance
was raised from 25 to 75 euros a week.

    uptake = persons who went in a month / status holders in reception

Source: hosts_2016, hosts_2018, hosts_2019, hosts_2023 (use and dates), hosts_fee (terms), hosts_applicants.
"""

from collections import namedtuple

import numpy as np

from abm.engine.draws import Address, Draws, drawn
from abm.engine.kernels import kernel
from abm.engine.params import ProcessParams, param
from abm.engine.table import NO_ROW
from abm.state import State
from abm.tables.country import Kind
from abm.tables.people import STATUS_HOLDERS, Stage

WRITES = ("households.location", "households.host_until", "households.moves", "households.relocated")
EVENTS = {"to_hosts": "households"}
LEFT = (Kind.REGULAR, Kind.EMERGENCY, Kind.MUNICIPAL)  # places that people leave for hosts
_IS_LEFT = np.isin(np.arange(len(Kind)), LEFT)
_STATUS_HOLDERS = list(STATUS_HOLDERS)


class Params(ProcessParams):
    """Share of people who go, and for how long."""

    uptake: float = param(
        0.0076, "share/month", 0, 0.05,
        "hosts_2016|hosts_2018|hosts_2019|hosts_2023: 2,495 in 24 months, none, 115 and 300 a year, and from the raise "
        "of 2021 some 1,350 a year, over 13,700, 5,600, 5,700 and 16,000 status holders in reception",
        "status holders in reception who go to hosts",
        dated={"2016-11": 0, "2018-02": 0.0017, "2020-01": 0.0044, "2021-04": 0.007},
    )  # fmt: skip
    applicants: float = param(
        0, "ratio", 0, 2, "hosts_applicants|assumption: they may since December 2023; their use is not published",
        "uptake of applicants, over that of status holders", dated={"2023-12": 0.2},
    )  # fmt: skip
    stay: int = param(
        3, "months", 1, 24, "hosts_fee|hosts_2019: 300 people a year fill 75 places", "length of a stay with hosts"
    )


Inside = namedtuple("Inside", "location stage unaccompanied identity")


@kernel
def invited(households: Inside, kind, share, address: Address):
    """Rows, (n,) int64, of the households that go to hosts; kind: of locations; share (stages,): who go a month."""
    location, stage, unaccompanied, identity = households
    rows, count = np.empty(len(location), np.int64), 0
    for h in range(len(location)):
        if location[h] >= 0 and share[stage[h]] > 0 and _IS_LEFT[kind[location[h]]] and not unaccompanied[h]:
            rows[count] = h
            count += drawn(identity[h], address) < share[stage[h]]
    return rows[:count].copy()


def step(state: State, params: Params, draws: Draws) -> dict[str, np.ndarray]:
    """Let part of those who may go to hosts, for as long as a stay lasts."""
    households, locations = state.households, state.locations
    share = np.zeros(len(Stage))
    share[_STATUS_HOLDERS] = params.uptake
    share[Stage.IN_DECISION] = params.uptake * params.applicants
    rows = invited(households, locations.kind, share, draws.address("hosts"))
    tied = households.municipality[rows]
    region = np.where(tied != NO_ROW, state.municipalities.region[tied], locations.region[households.location[rows]])
    of_region = np.full(len(state.regions), NO_ROW)
    hosts = np.flatnonzero(locations.kind == Kind.HOSTS)
    of_region[locations.region[hosts]] = hosts
    households.location[rows] = of_region[region]
    households.host_until[rows] = state.clock.month + params.stay
    households.moves[rows] += 1
    households.relocated[rows] += 1
    return {"to_hosts": rows}
