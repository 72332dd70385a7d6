"""The initial state of January 2015."""

import numpy as np
import pytest

from abm.engine.clock import NEVER
from abm.engine.table import NO_ROW
from abm.people.household_formation import MOST_PERSONS
from abm.scenario import default
from abm.start import Params, begin
from abm.tables.country import Kind
from abm.tables.money import Account, Purpose
from abm.tables.people import IN_RECEPTION, Reunion, Stage, Track
from tests.helpers.runs import real
from tests.helpers.village import A, B, C, D, village, village_state


def begun(inputs=None, scale=1.0, seed=1, **params):
    """The state on the first day; real facts unless others are given."""
    of = default().params_at(0)
    return begin(inputs or real(), of | {"start": Params(**params)}, seed, scale)


@pytest.fixture(scope="module")
def country():
    """The whole country; tests only read it."""
    return begun()


def persons(state, stage):
    """People by origin in a stage; those who are tied to a municipality count with those who wait for that."""
    stages = (stage, Stage.AWAITING_HOME) if stage == Stage.AWAITING_COUPLING else (stage,)
    rows = np.flatnonzero(np.isin(state.households.stage, stages))
    return np.bincount(state.households.origin[rows], state.households.size[rows], len(state.origins))


# --- people


def mixes():
    """Share of each origin by stage, from who applied in the first half of 2015 and who was granted that year."""
    came = real().first_applications[:6].sum(axis=0)
    rate = real().grant_rate[0]
    refused = came * (1 - rate)
    return {
        Stage.IN_DECISION: (0.35, came / came.sum()),
        Stage.IN_APPEAL: (0.05, refused / refused.sum()),
        Stage.DEPARTING: (0.10, refused / refused.sum()),
        Stage.AWAITING_COUPLING: (0.50, came * rate / (came * rate).sum()),
    }


@pytest.mark.parametrize("stage", [Stage.IN_DECISION, Stage.IN_APPEAL, Stage.DEPARTING, Stage.AWAITING_COUPLING])
def test_24929_people_by_stage_and_origin_within_one_household(country, stage):
    share, mix = mixes()[stage]
    more = persons(country, stage) - 24_929 * share * mix
    assert (more > -1e-6).all()
    assert (more < MOST_PERSONS).all()


def test_together_they_are_the_people_in_reception(country):
    people_ = country.households
    inside = int(people_.size[people_.location != NO_ROW].sum())
    assert 24_929 <= inside < 24_929 + 200  # a family too many for some origins and stocks
    assert country.nation.reception[0] == 24_929


def test_stages_on_the_first_day(country):
    of = country.households
    assert set(of.stage) == {*mixes(), Stage.AWAITING_HOME, Stage.HOUSED}  # families of the housed are on their way
    assert Stage.HOUSED not in of.stage[of.reunion == Reunion.APPLIED]  # those in reception fill the queue


def test_exactly_those_in_reception_have_a_place(country):
    inside = np.isin(country.households.stage, IN_RECEPTION)
    assert ((country.households.location != NO_ROW) == inside).all()


def test_dates_lie_within_the_months_before(country):
    of = country.households
    assert set(of.since) == set(range(-9, 0))
    tied = of.stage == Stage.AWAITING_HOME
    assert (of.applied == of.since - np.where(tied, 2, 0)).all()  # tied two months after the permit
    status = np.isin(of.stage, (Stage.AWAITING_COUPLING, Stage.AWAITING_HOME, Stage.HOUSED))
    assert (of.granted == np.where(status, of.applied, NEVER)).all()
    assert (of.decided == np.where(of.stage == Stage.IN_DECISION, NEVER, of.applied)).all()


def test_status_holders_who_waited_long_enough_are_tied_to_a_municipality(country):
    of = country.households
    tied, waiting = (np.flatnonzero(of.stage == each) for each in (Stage.AWAITING_HOME, Stage.AWAITING_COUPLING))
    assert of.granted[tied].max() == -3
    assert of.granted[waiting].min() == -2
    assert (of.coupled[tied] == of.granted[tied] + 2).all()
    assert (of.municipality[waiting] == NO_ROW).all()
    people_ = np.bincount(of.municipality[tied], minlength=len(country.municipalities))
    assert np.corrcoef(people_, country.municipalities.population)[0, 1] > 0.95


def test_safe_origins_are_in_the_fast_track(country):
    of = country.households
    assert ((of.track == Track.FAST) == country.origins.safe[of.origin]).all()


def test_relatives_wait_in_the_queue_that_was_observed(country):
    of = country.households
    waiting, coming = of.reunion == Reunion.APPLIED, of.reunion == Reunion.TRAVELLING
    assert 11_000 <= of.family_abroad[waiting].sum() < 11_000 + MOST_PERSONS
    assert (of.family_abroad[waiting | coming] > 0).all()
    assert (of.family_abroad[~(waiting | coming)] == 0).all()
    assert set(of.stage[waiting]) == {Stage.AWAITING_COUPLING, Stage.AWAITING_HOME}


def test_relatives_on_their_way_arrive_in_the_first_months(country):
    of = country.households
    coming = np.flatnonzero(of.reunion == Reunion.TRAVELLING)
    persons = of.family_abroad[coming].sum()
    assert 3_460 * 0.9 < persons < 3_460 + MOST_PERSONS
    assert set(of.stage[coming]) == {Stage.HOUSED}
    assert (of.reunion_since[coming] < 0).all()  # they may travel from the first month on
    assert pytest.approx(persons / 3, rel=0.1) == 13_845 / 12  # a third a month, as in 2015


@pytest.fixture(scope="module")
def sponsors():
    """A country in which nobody in reception has a permit, so that families wait for sponsors who are housed."""
    return begun(status_share=0)


def test_what_misses_in_the_queue_belongs_to_housed_sponsors(sponsors):
    of = sponsors.households
    queueing = of.family_abroad[of.reunion == Reunion.APPLIED].sum()
    assert 11_000 * 0.93 < queueing < 11_000 + MOST_PERSONS
    assert set(of.stage[of.reunion == Reunion.APPLIED]) == {Stage.HOUSED}


def test_housed_sponsors_live_where_people_live(sponsors):
    of = sponsors.households
    housed = np.flatnonzero(of.stage == Stage.HOUSED)
    assert len(housed) > 6_000
    assert (of.municipality[housed] != NO_ROW).all()
    region = np.bincount(sponsors.municipalities.region[of.municipality[housed]], minlength=len(sponsors.regions))
    expected = sponsors.regions.population_share * len(housed)
    assert (np.abs(region - expected) < 4 * np.sqrt(expected)).all()


def test_where_nobody_applies_for_relatives_nobody_waits_abroad():
    of = default().params_at(0)
    state = begin(village(), of | {"reunion": of["reunion"].model_copy(update={"applying_share": 0.0})}, 1, 1.0)
    assert state.households.family_abroad.sum() == 0
    assert Stage.HOUSED not in state.households.stage


def test_people_here_before_are_those_of_origins_with_repeat_applications(country):
    of, origins = country.households, country.inputs.origins["origin"].tolist()
    share = {
        name: (of.earlier[of.origin == origins.index(name)] > 0).mean() for name in ("syria", "iraq", "afghanistan")
    }
    # of an exponential time of 48 months, 2% are less than a whole month
    assert share["syria"] == pytest.approx(0.006, abs=0.004)
    assert share["iraq"] == pytest.approx(0.376 * 0.98, abs=0.06)
    assert share["afghanistan"] == pytest.approx(0.502 * 0.98, abs=0.06)
    assert of.earlier[of.earlier > 0].mean() == pytest.approx(48, rel=0.08)


def test_relatives_of_people_whose_papers_miss_wait_longer(country):
    of, origins = country.households, country.inputs.origins["origin"].tolist()
    late = (of.reunion == Reunion.APPLIED) & (of.reunion_applied > of.granted)
    assert {origins[row] for row in set(of.origin[late])}.isdisjoint(("syria", "stateless_unknown"))
    delay = of.reunion_applied[late].astype(int) - of.granted[late]
    eritrea = of.origin[late] == origins.index("eritrea")
    assert delay[~eritrea].max() == 5  # evenly from 0 up to twice 3 months
    delay = delay[eritrea]
    assert delay.mean() == pytest.approx(19.5, abs=1.5)  # of the whole months from 1 to 37
    assert delay.max() == 37


def test_nobody_shares_an_identity(country):
    assert len(np.unique(country.households.identity)) == len(country.households)
    assert len(np.unique(country.newcomers.identity)) == len(country.newcomers)


def test_a_tenth_of_the_people_at_a_tenth_of_the_scale():
    state = begun(scale=0.1)
    for stage, (share, mix) in mixes().items():
        more = persons(state, stage) - 2_492.9 * share * mix
        assert (more > -1e-6).all()
        assert (more < MOST_PERSONS).all()


@pytest.mark.parametrize(
    ("params", "stages"),
    [
        ({"in_reception": 0}, {Stage.HOUSED}),  # their families wait abroad
        ({"in_reception": 0, "family_pending": 0}, {Stage.HOUSED}),  # their families are on their way
        ({"in_reception": 0, "family_pending": 0, "family_travelling": 0}, set()),
        (
            {"status_share": 1, "pending_share": 0, "refused_share": 0, "family_travelling": 0},
            {Stage.AWAITING_COUPLING, Stage.AWAITING_HOME},
        ),
        (
            {"status_share": 0, "pending_share": 1, "refused_share": 0, "family_pending": 0, "family_travelling": 0},
            {Stage.IN_DECISION},
        ),
    ],
)
def test_stocks_of_nobody_and_of_everybody(params, stages):
    state = begun(scale=0.1, **params)
    assert set(state.households.stage) == stages
    assert state.nation.reception[0] == params.get("in_reception", 24_929)


def test_waiting_times_spread_over_the_months_asked_for():
    for months in (1, 36):
        state = begun(scale=0.1, spread_months=months)
        assert (state.households.since.min(), state.households.since.max()) == (-months, -1)


def test_another_seed_gives_other_draws_with_the_same_stocks():
    one, other = (begun(scale=0.1, seed=seed) for seed in (1, 2))
    assert one.households.size.tolist() != other.households.size.tolist()
    again = begun(scale=0.1, seed=1)
    for name in one.households.columns():
        assert np.array_equal(getattr(one.households, name), getattr(again.households, name)), name


# --- places


def test_only_locations_that_were_not_emergency_ones(country):
    listed = real().locations
    assert set(country.locations.kind) == {Kind.REGISTRATION, Kind.REGULAR, Kind.MUNICIPAL, Kind.HOTEL, Kind.HOSTS}
    for kind, word in ((Kind.REGULAR, "regular"), (Kind.REGISTRATION, "registration")):
        expected = listed.loc[listed["kind"] == word, "places"].sum()
        assert country.locations.places[country.locations.kind == kind].sum() == expected
    assert (country.locations.opened <= 0).all()


def test_locations_stand_in_their_municipality():
    of = village_state().locations
    assert of.municipality.tolist() == [
        A,
        B,
        D,
        C,
        D,
        C,
        D,
        C,
        D,
    ]  # the centre, two regular ones, the largest of each region
    each = [Kind.MUNICIPAL, Kind.MUNICIPAL, Kind.HOTEL, Kind.HOTEL, Kind.HOSTS, Kind.HOSTS]
    assert of.kind.tolist() == [Kind.REGISTRATION, Kind.REGULAR, Kind.REGULAR, *each]
    assert of.region.tolist() == [0, 0, 1, 0, 1, 0, 1, 0, 1]
    assert of.places.tolist() == [100, 200, 300, 0, 0, 0, 0, 0, 0]


def test_one_municipal_location_in_every_region(country):
    municipal = country.locations.kind == Kind.MUNICIPAL
    assert sorted(country.locations.region[municipal]) == list(range(len(country.regions)))
    where = country.locations.municipality[municipal]
    assert (country.municipalities.region[where] == country.locations.region[municipal]).all()
    assert (country.locations.places[municipal] == 0).all()


def test_nobody_exceeds_the_room_and_what_does_not_fit_is_at_the_registration_centre():
    state = begun(village(), in_reception=1_000, family_pending=0, family_travelling=0)  # for 500 regular places
    of = state.locations
    people_at = np.bincount(state.households.location, state.households.size, len(of))
    regular = of.kind == Kind.REGULAR
    assert (people_at[regular] <= of.places[regular]).all()
    assert people_at[regular].sum() > 470  # full but for the families between two locations
    assert people_at.sum() == state.households.size.sum()
    assert people_at[of.kind == Kind.REGISTRATION].sum() == people_at.sum() - people_at[regular].sum() > 450


# --- the country


def test_balances_on_the_task_sum_to_zero_and_keep_their_spread(country):
    of, towns = country.municipalities, real().municipalities
    assert of.balance.sum() == pytest.approx(0, abs=1e-6)
    moved = (of.balance - towns["task_balance_2015"]) / of.population
    assert np.ptp(moved) < 1e-12  # the same for each inhabitant


def test_balances_of_the_village_by_hand():
    inputs = village()
    inputs.municipalities["task_balance_2015"] = [-10, 0, 40, 0, -80]  # together -50 on 100,000 inhabitants
    assert village_state(inputs).municipalities.balance.tolist() == pytest.approx([-5, 10, 55, 10, -70])


def test_shares_of_inhabitants():
    state = village_state()
    assert state.municipalities.population_share.tolist() == pytest.approx([0.1, 0.2, 0.3, 0.2, 0.2])
    assert state.regions.population_share.tolist() == pytest.approx([0.6, 0.4])
    assert state.regions.jobs.tolist() == [0.4, 0.6]


def test_effort_belongs_to_the_country_and_not_to_the_seed(country):
    other = begun(real(), seed=2, in_reception=0).municipalities
    assert (other.effort == country.municipalities.effort).all()
    assert (other.pool == country.municipalities.pool).all()


def test_efforts_spread_around_one(country):
    effort, inhabitants = country.municipalities.effort, country.municipalities.population
    assert np.average(effort, weights=inhabitants) == pytest.approx(1)  # the country offers its share
    assert np.log(effort).std() == pytest.approx(0.36, abs=0.05)
    assert set(begun(village(), in_reception=0, effort_spread=0).municipalities.effort) == {1.0}


def test_every_payment_has_a_payer_and_another_payee(country):
    assert len(country.ledger) == len(Purpose)
    assert (country.ledger.payer != country.ledger.payee).all()
    assert country.ledger.payer[Purpose.PENALTIES] == Account.IND
    assert country.ledger.payee[Purpose.PENALTIES] == Account.NEWCOMERS
    assert country.ledger.total.sum() == 0


def test_the_books_are_sound_on_the_first_day(country):
    country.check()
