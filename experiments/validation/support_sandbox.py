"""A sandbox for studies of support: some municipalities get a location or newcomers, and only `support` runs.

A case is a state with residents and nothing else, in which municipalities get a location or newcomers in homes. The
outcome is the change of support next to them and elsewhere in the municipality, over that in municipalities without
newcomers: differences in differences, as in the studies.
"""

from collections.abc import Mapping
from functools import cache

import numpy as np
from scipy.stats import qmc

from abm.engine.clock import NEVER
from abm.engine.draws import Draws
from abm.engine.params import about
from abm.people.household_formation import BEFORE_START, Makeup, admit, identities
from abm.residents import support
from abm.state import State
from abm.tables.country import Kind
from abm.tables.people import Stage

START = 12  # first month of a case, so that it does not reach back to month -1
STILL = {"noise": 0.0, "talk": 0.0}  # without noise and talk, only exposure changes support
FIXED = {"own_accepting", "lead", "management", "programme", "voice", "feedback", "decay"}
FIXED |= {"calm_accepting", "worried_accepting", "nuisance_expected", "nuisance_met", "known_after"}  # of polls
FIXED |= {name for name in support.Params.model_fields if name.startswith("felt_")}  # no homes are let in a case
WIDE = {"contacts": (1, 60)}  # priors that are uniform in the logarithm
_MAKEUP = Makeup(female_lead=0.5, partner=0.5, female_partner=0.5, unaccompanied=False, adult_age=30)


@cache
def priors(draws: int, seed: int = 7) -> tuple[Mapping[str, float], ...]:
    """Draws from the priors of the parameters of support, without levers: a Latin hypercube of `draws` sets."""
    fields = {name: about(field) for name, field in support.Params.model_fields.items() if name not in FIXED}
    points = qmc.LatinHypercube(len(fields), rng=np.random.default_rng(seed)).random(draws)
    low, high = (np.array([of[bound] for of in fields.values()], float) for bound in ("low", "high"))
    scaled = low + points * (high - low)
    for name, (least, most) in WIDE.items():
        column = list(fields).index(name)
        scaled[:, column] = least * (most / least) ** points[:, column]
    return tuple(dict(zip(fields, map(float, row), strict=True)) for row in scaled)


def emptied(state: State) -> State:
    """The state in month START, with every location closed."""
    state.clock.month = START
    state.locations.ends[:] = 0
    state.locations.neighbourhood[:] = 0
    return state


def host(state: State, neighbourhood: int, places: int, *, new: bool = True, kind: Kind = Kind.REGULAR) -> None:
    """Add a location that is full from its opening: in the next month, or (not `new`) before the start of the run."""
    town = int(state.neighbourhoods.municipality[neighbourhood])
    row = state.locations.add(
        1, municipality=town, region=state.municipalities.region[town], kind=kind, places=places,
        opened=START + 1 if new else 0, neighbourhood=neighbourhood, announced=START if new else NEVER,
    )  # fmt: skip
    welcome(state, places, stage=Stage.IN_DECISION, location=row[0], applied=0)


def house(state: State, town: int, persons: int) -> None:
    """Add persons who have long lived in homes of a municipality."""
    welcome(state, persons, stage=Stage.HOUSED, municipality=town, applied=0, granted=0, coupled=0, housed=0)


def welcome(state: State, persons: int, **columns) -> None:
    """Add newcomers, each a household of one, with these columns."""
    rank = len(state.households) + np.arange(persons)
    identity = identities(np.zeros(persons, int), BEFORE_START, rank, way=0)
    admit(state, Draws(1, "hosting", 0), identity, np.ones(persons, int), _MAKEUP, since=START - 1, **columns)


def followed(state: State, months: int, **params) -> np.ndarray:
    """Change of mean support since the start, (months, neighbourhoods) [SD]."""
    before, found, given = state.neighbourhoods.support.copy(), [], support.Params(**params)
    for _ in range(months):
        with state.writing(support.WRITES):
            support.step(state, given, Draws(1, "support", state.clock.month))
        found.append(state.neighbourhoods.support - before)
        state.clock.month += 1
    return np.array(found)
