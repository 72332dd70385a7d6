"""What studies of the Netherlands and its neighbours found, in a village: at the defaults and over the priors.

None of these is a parameter. Bounds are those of the published findings (R10 to R12 and R15); a finding that the model
gives only in part of the prior is reported as such.
"""

from functools import cache

import numpy as np
import pytest
from scipy.stats import norm

from abm.observe.measure import Month
from abm.tables.country import Kind
from abm.tables.people import Stage
from experiments.validation import support_sandbox
from tests.helpers.hosting import START, STILL, followed, hosts
from tests.helpers.runs import real, small, state_after
from tests.helpers.village import A, C, E, people, village_state

SMALL, LARGE = 80, 800  # places; at 4,000 residents 2 and 20 percent
DRAWS = 32


def priors() -> list[dict]:
    """Draws from the prior of every parameter of support that is no policy, without noise and talk."""
    return [{**each, **STILL} for each in support_sandbox.priors(DRAWS)]


@cache
def near_and_far(town: int, places: int, new: bool = True, months: int = 36, which: int = -1) -> np.ndarray:
    """Change of support next to a location and elsewhere in the municipality, over another one, (months, 2) [SD].

    So differences in differences, as the studies have them. which: row of the priors, or -1 for the defaults.
    """
    state, near = hosts(town, places, new=new)
    changes = followed(state, months, **(STILL if which < 0 else priors()[which]))
    here = state.neighbourhoods.municipality == town
    away = C if town != C else A
    there = state.neighbourhoods.municipality == away
    here[near] = False
    return np.column_stack([changes[:, near], changes[:, here].mean(axis=1)]) - changes[:, there].mean(axis=1)[:, None]


def over_priors(measure) -> np.ndarray:
    """A measure for each row of the priors, (DRAWS,)."""
    return np.array([measure(which) for which in range(DRAWS)])


def test_a_sudden_rise_lowers_support_and_mere_presence_does_not():
    rise, presence = (near_and_far(E, SMALL, new)[:, 0] for new in (True, False))
    assert rise[:6].min() < -0.05
    assert -0.10 <= presence[-1] <= 0.15  # R10
    assert rise[:6].min() < presence.min() - 0.03


@pytest.mark.slow
def test_most_priors_have_the_rise_below_presence():
    def gap(which):
        return (
            near_and_far(E, SMALL, True, 36, which)[:6, 0].min() - near_and_far(E, SMALL, False, 36, which)[:6, 0].min()
        )

    gaps = over_priors(gap)
    assert (gaps <= 1e-6).all()  # threat can only lower
    assert np.mean(gaps < -0.02) > 0.7


def test_residents_get_used_to_a_location():
    near = near_and_far(E, SMALL)[:, 0]
    deepest = near.argmin()
    assert deepest < 12
    assert near[-1] > near[deepest] / 2  # more than half of the dip is over in three years
    assert (np.diff(near[deepest:]) > -1e-3).all()


def test_elsewhere_in_town_support_falls_without_contact():
    near, halo = near_and_far(E, SMALL)[:12].T
    assert halo.min() < -0.005
    assert near.min() < halo.min()


def test_large_and_rural_is_worst():
    dips = {(town, places): near_and_far(town, places)[:, 0].min() for town in (A, E) for places in (SMALL, LARGE)}
    assert min(dips, key=dips.get) == (E, LARGE)
    assert dips[E, LARGE] < dips[E, SMALL] - 0.1
    assert dips[E, LARGE] < dips[A, LARGE] - 0.1
    assert dips[A, SMALL] > -0.1


@pytest.mark.slow
def test_large_and_rural_is_worst_in_most_priors():
    def worst(which):
        dips = {(t, n): near_and_far(t, n, True, 24, which)[:, 0].min() for t in (A, E) for n in (SMALL, LARGE)}
        return min(dips, key=dips.get) == (E, LARGE)

    assert over_priors(worst).mean() > 0.8


def living_together(regulars: float, management: float, which: int = -1) -> float:
    """Change of support after two years where newcomers rent, with so many regular tenants, so well managed [SD]."""
    state, _ = hosts(E, housed=200)
    where = state.neighbourhoods
    here = where.municipality == E
    where.regulars[here], where.management[here] = regulars, management
    where.tenants[here] = 40 * regulars
    return float(followed(state, 24, **(STILL if which < 0 else priors()[which]))[-1, here].mean())


def test_mixed_and_managed_is_better_than_status_holders_only():
    alone, mixed, both = living_together(0, 0), living_together(0.7, 0), living_together(0.7, 0.7)
    assert alone < both
    assert mixed < both


@pytest.mark.slow
def test_mixed_and_managed_is_better_in_most_priors():
    gaps = over_priors(lambda which: living_together(0.7, 0.7, which) - living_together(0, 0, which))
    assert np.mean(gaps > 0) > 0.85
    assert np.median(gaps) > 0


def risen(town: int, which: int = -1) -> float:
    """Change of support a year after a point more newcomers came to live in a municipality, over elsewhere [SD]."""
    state, _ = hosts(town)
    asked = STILL if which < 0 else priors()[which]
    followed(state, 1, **asked)
    people(
        state, Stage.HOUSED, int(state.municipalities.population[town] / 100), municipality=town, housed=0, granted=0
    )
    change = followed(state, 12, **asked)[-1]
    here = state.neighbourhoods.municipality == town
    return float(change[here].mean() - change[state.neighbourhoods.municipality == C].mean())


def test_a_point_more_newcomers_lowers_support_outside_cities():
    assert -0.12 <= risen(E) <= -0.03  # R11: -0.08 to -0.12 between elections; contact and getting used to it lift it
    assert risen(A) > risen(E) + 0.03
    assert risen(A) > -0.03  # in the largest cities about 0 or more


def near_over_far(siting: float, **params) -> tuple[float, float]:
    """Acceptance nearby where a location stands over where none does, as probits: as it is, and at the anchor [SD].

    Nobody expects or meets nuisance, so that neither is due to what residents believe about it.
    """
    state = village_state(residents_share=0.2, neighbourhood_size=1_000, neighbourhood_spread=1.0)
    state.clock.month = START
    locations = state.locations
    locations.ends[:] = 0
    rows = locations.add(25, municipality=np.repeat(np.arange(5), 5), region=0, places=10, opened=0)
    for row in rows:
        people(state, Stage.IN_DECISION, 10, location=row, applied=0)
    calm = {"nuisance_expected": 0, "nuisance_met": 0}
    followed(state, 36, siting=siting, **(STILL | calm | params))
    month = Month(state, {})
    found = []
    for column in ("near", "near_before"):
        of = month.neighbourhood_groups.means(getattr(state.neighbourhoods, column), ("nearness",))["nearness"]
        found.append(float(norm.ppf(of[1]) - norm.ppf(of[0])))
    return found[0], found[1]


def test_the_gap_of_near_and_far_is_selection_and_what_a_location_does():
    gap, selection = near_over_far(siting=3)
    assert 0 < gap <= 0.49  # R12: 73 against 55 percent, of people who chose where they live: an upper bound
    assert -0.10 <= gap - selection <= 0.15  # R10: what is left without selection
    assert selection > 0.02  # where locations stand, more is accepted to begin with
    assert near_over_far(siting=0)[1] < selection


def test_contact_at_its_best_adds_to_the_gap_and_without_it_selection_is_left():
    gap, selection = near_over_far(siting=3, contact=0.7, carried=1, negative=0.15, negative_weight=1, contacts=60)
    assert selection + 0.05 < gap <= 0.49
    gap, selection = near_over_far(siting=3, contact=0, convergence=0, threat=0.5, incident=0)
    assert gap == pytest.approx(selection, abs=0.005)  # an old location threatens nobody: selection is all


@pytest.mark.slow
def test_what_the_priors_say_of_a_small_location():
    after = over_priors(lambda which: near_and_far(E, SMALL, True, 36, which)[-1, 0])
    low, high = np.quantile(after, (0.1, 0.9))
    assert low < 0 < high  # the evidence conflicts (E047 to E051), and so do the priors: no sign can be told
    assert np.median(after) == pytest.approx(0, abs=0.1)


@pytest.mark.slow
def test_votes_hardly_explain_who_hosts():
    state = state_after(small("2026-01", scale=0.05), 131)  # to November 2025
    of, month = state.locations, state.clock.month - 1
    open_now = (of.opened <= month) & (of.ends > month) & np.isin(of.kind, (Kind.REGULAR, Kind.EMERGENCY))
    places = np.bincount(of.municipality[open_now], of.places[open_now], len(state.municipalities))
    towns = real().municipalities
    share = np.minimum(places / towns["indicative_places_2026"], 3)
    found = np.corrcoef(share, towns["pvv_share_tk2023"])[0, 1]
    assert abs(found) < 0.2  # V11: -0.03 observed; a sample of a twentieth moves it by some 0.05
    assert (
        np.corrcoef(state.municipalities.support, towns["pvv_share_tk2023"])[0, 1] < -0.3
    )  # support does go with them
