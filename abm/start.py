"""The initial state, January 2015: institutions of the country, people in the chain, home seekers and residents.

Reception held 24,929 people on 31 December 2014. They are placed in the locations of 2015 in proportion to their
places. They are status holders (most of them tied to a municipality), applicants who wait for a decision, refused
applicants, and applicants in appeal. Some status holders have relatives in the reunification queue; the remaining
relatives in the queue, and those who may come and are on their way, belong to housed permit holders of 2014. Origins
are those of the applications of early 2015; of each origin as many had been here for years as had applied before
(column here_before of origins.csv). The balances of municipalities on the housing task keep the spread that was
observed in November 2015, around zero. The effort of municipalities on the task is a property of the country
(abm/homes/effort.py).

Source: coa_occ_series_1995_2014; abm/facts/data/reception_locations.csv; municipalities.csv (task_balance_2015).
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import numpy as np

from abm.asylum import arrival, reception, reunion
from abm.engine import compiled
from abm.engine.clock import ENDLESS, NEVER
from abm.engine.draws import Draws
from abm.engine.params import ProcessParams, param, params_of
from abm.engine.table import NO_ROW
from abm.engine.together import Whole
from abm.facts.facts import Inputs
from abm.finance import contribution, money
from abm.homes import building, country, interim, joining, seeking, starter_homes
from abm.homes.corporations import areas, holdings
from abm.homes.effort import efforts, residual
from abm.people.household_formation import BEFORE_START, admit, until_due
from abm.people.region_match import match_rows
from abm.residents.synthetic_residents import ResidentParams, initialise_residents
from abm.state import State
from abm.tables.country import ELSEWHERE, Kind
from abm.tables.money import Purpose
from abm.tables.people import Reunion, Schooling, Stage, Track


class Params(ResidentParams):
    """Stocks of 1 January 2015, and the residents."""

    TOGETHER = (
        *ResidentParams.TOGETHER,
        Whole("people in reception", ("status_share", "pending_share", "refused_share"), "people in appeal"),
    )

    in_reception: float = param(
        24929, "persons", 0, 100000, "coa_occ_series_1995_2014", "people in reception on 31 December 2014"
    )
    status_share: float = param(
        0.5, "share", 0, 1, "statush_2015_spring: 13,000 of 25,000 in spring 2015", "people in reception with a permit"
    )
    pending_share: float = param(0.35, "share", 0, 1, "assumption", "people in reception who wait for a first decision")
    refused_share: float = param(
        0.1, "share", 0, 1, "assumption", "people in reception refused or closed; the rest appeal"
    )
    family_travelling: float = param(
        3460, "persons", 0, 20000,
        "asyl_nareis_2015|assumption: arrivals of 2015 (13,845) over 12, for the 3 months of reunion.travel",
        "relatives who may come and are on their way",
    )  # fmt: skip
    tied_after: int = param(
        2, "months", 0, 36, "assumption: BRP weeks and the coupling of the month after",
        "months from the permit after which status holders are tied to a municipality on the first day",
    )  # fmt: skip
    spread_months: int = param(
        9, "months", 1, 36, "assumption", "months before 2015 over which the start of waiting is spread evenly"
    )
    family_pending: float = param(
        11000, "persons", 0, 50000, "nareis_pend_2015: 12,000 pending on 30 March 2015",
        "relatives in the reunification queue",
    )  # fmt: skip
    effort_spread: float = param(
        0.36, "log ratio", 0, 1.5, "taak_muni_examples|utrecht_monitor_2022|amsterdam_task_2022: standard "
        "deviation over the ten municipalities of municipal_tasks.csv",
        "spread of the effort of municipalities: people housed over those asked of it, relative to the country",
    )  # fmt: skip
    effort_carried: float = param(
        0.55, "share", 0, 1, "task_balance_2015|taak_muni_examples: correlation over the ten municipalities of "
        "municipal_tasks.csv",
        "correlation of the effort of municipalities with the rank of their balance on the task in 2015",
    )  # fmt: skip
    turnover_slope: float = param(
        0.08, "log/year", 0, 0.2, "wait_ams_2015: 4.3% a year in the region of Amsterdam, 7.3% in the country",
        "decrease of turnover per year of registration time at letting",
    )  # fmt: skip
    corporation_least: float = param(
        3000, "homes", 0, 20000, "assumption: with corporation_most, 282 corporations where corp_number counted 279",
        "minimum number of homes in an area of corporations",
    )  # fmt: skip
    corporation_most: float = param(
        16000, "homes", 5000, 100000, "assumption: see corporation_least", "maximum number of homes of a corporation"
    )
    own_sector: float = param(
        0.5, "share", 0, 1, "assumption", "weight of jobs in the own sector in the match with a region"
    )


NO_LANGUAGE = "mixed"  # in origins.csv: a group of origins without a common language
PENDING, APPEALING, REFUSED, STATUS, SPONSORS, JOINED_SOON = range(6)  # the initial stocks, numbered as in identities
_RANKS = 1 << 17  # identities reserved for each stock and origin
_OF_ORIGIN = (
    "male_share", "family_share", "unschooled", "primary", "higher", "sponsors", "papers", "exempt", "here_before",
)  # fmt: skip
_FIRST_MONTHS = 6  # of 2015: their applications stand for the origins of 2014


def begin(
    inputs: Inputs,
    params: dict[str, ProcessParams],
    seed: int,
    scale: float,
    tables: Mapping[str, Any] = MappingProxyType({}),
) -> State:
    """The state at the start of January 2015, at the scale of the run; tables: empty ones that hold more columns.

    Raises InputError without compiled loops.
    """
    compiled.check()
    state = State(inputs, scale, **tables)
    draws = Draws(seed, "start", 0)
    own = params_of(params, "start", Params)
    initialise_country(state, own, draws, params_of(params, "reception", reception.Params))
    initialise_residents(state, own)
    initialise_people(state, params, draws)
    country.initialise(state, params_of(params, "country", country.Params))
    seeking.initialise(state, params_of(params, "seeking", seeking.Params), Draws(seed, "seeking", 0))
    state.nation.reception[0] = own.in_reception
    state.check()
    return state


def initialise_country(state: State, params: Params, draws: Draws, contracts: reception.Params | None = None) -> None:
    """Initialise municipalities, regions, employers, origins, locations, capacities and the ledger from the facts."""
    inputs, towns = state.inputs, state.inputs.municipalities
    inhabitants = towns["population"].to_numpy(float)
    behind = towns["task_balance_2015"].to_numpy(float)
    left = residual(towns["gm_code"].tolist(), draws)
    effort = efforts(
        inputs.known_effort, behind / inhabitants, left, inhabitants, params.effort_spread, params.effort_carried
    )
    state.municipalities.add(
        len(towns),
        region=inputs.municipality_region,
        population=inhabitants,
        population_share=inhabitants / inhabitants.sum(),
        asked_places=towns["indicative_places_2026"],
        regular_places=towns["regular_places_2025"],
        emergency_places=towns["emergency_places_2025"],
        effort=effort,
        homes=inputs.of_year("corporation_homes", 0),
        building_share=towns["new_dwellings"] / max(towns["new_dwellings"].sum(), 1),
        turnover=np.exp(-params.turnover_slope * inputs.registration_years),
        balance=behind - behind.sum() * inhabitants / inhabitants.sum(),
    )
    of_region = np.bincount(inputs.municipality_region, inhabitants)
    jobs = inputs.regions["jobs_per_1000_inhabitants"].to_numpy(float) / 1000
    state.regions.add(len(of_region), population_share=of_region / of_region.sum(), jobs=jobs)
    state.matches.add(
        len(Schooling) * inputs.jobs.size,
        **match_rows(inputs.jobs, of_region, inputs.jobs_schooling, params.own_sector),
    )
    state.municipalities.pool[:] = pools(state.municipalities, state.scale)
    sectors = len(inputs.sectors)
    region, sector = np.divmod(np.arange(inputs.jobs.size), sectors)
    state.employers.add(inputs.jobs.size, region=region, sector=sector, jobs=inputs.jobs.ravel())
    groups = inputs.origins
    languages = list(dict.fromkeys(language for language in groups["language"] if language != NO_LANGUAGE))
    language = [NO_ROW if each == NO_LANGUAGE else languages.index(each) for each in groups["language"]]
    state.origins.add(
        len(groups), safe=groups["safe"] == 1, language=language,
        **{k: groups[k] for k in _OF_ORIGIN},
    )  # fmt: skip
    initialise_locations(state, (contracts or reception.Params()).regular_term, draws)
    initialise_corporations(state, params)
    state.nation.add(1)
    paying = (money, contribution, building, starter_homes, joining, interim)
    parties = {purpose: pair for process in paying for purpose, pair in process.PARTIES.items()}
    payers, payees = zip(*(parties[purpose] for purpose in Purpose), strict=True)
    state.ledger.add(len(Purpose), payer=payers, payee=payees)


def pools(municipalities, scale: float) -> np.ndarray:
    """Municipality that holds the homes of each one, (n,) int16: itself at full scale, one of its region below.

    A tenth of the people in 342 queues would make every queue, and its waiting times, ten times as coarse. So a run at
    scale s has about a share s of the queues of each labour market region and at least one, each of municipalities with
    a similar effort. No pool crosses a region: where the coupling goes by region, so do the homes.
    """
    holder = np.arange(len(municipalities), dtype=np.int16)
    if scale == 1:
        return holder
    for region in np.unique(municipalities.region):
        rows = np.flatnonzero(municipalities.region == region)
        rows = rows[np.argsort(municipalities.effort[rows], kind="stable")]
        share = municipalities.population_share[rows] / municipalities.population_share[rows].sum()
        group = np.floor((np.cumsum(share) - share / 2) * max(round(len(rows) * scale), 1))
        _, first, number = np.unique(group, return_index=True, return_inverse=True)
        holder[rows] = rows[first][number]
    return holder


def initialise_locations(state: State, term: int, draws: Draws) -> None:
    """Add the locations of 2015 except emergency ones, with a municipal location, a hotel and hosts in every region.

    Contracts of regular locations end evenly over a term [months], whose length the policy says: which one when is not
    known, and a property of the country.
    """
    listed = state.inputs.locations
    code = {town: row for row, town in enumerate(state.inputs.municipalities["gm_code"])}
    kinds = {"registration": Kind.REGISTRATION, "regular": Kind.REGULAR}
    listed = listed[listed["kind"].isin(kinds) & (listed["places"] > 0)]
    municipality = listed["gm_code"].map(code).to_numpy()
    region = state.municipalities.region
    kind = listed["kind"].map(kinds).to_numpy()
    left = np.floor(draws.of_country().once("contract", np.arange(len(listed))) * term).astype(np.int64)
    state.locations.add(
        len(listed), municipality=municipality, region=region[municipality], places=listed["places"], kind=kind,
        ends=np.where(kind == Kind.REGULAR, 1 + left, ENDLESS),
    )  # fmt: skip
    size = np.where(region == np.arange(len(state.regions))[:, None], state.municipalities.population, -1)
    largest = size.argmax(axis=1)
    for kind in (Kind.MUNICIPAL, *ELSEWHERE):
        state.locations.add(len(largest), municipality=largest, region=region[largest], kind=kind, places=0)


def initialise_corporations(state: State, own: Params) -> None:
    """Add corporations and their holdings, from the stock of homes in each municipality."""
    homes = state.inputs.of_year("corporation_homes", 0)
    corporation, municipality, share = holdings(
        homes, areas(homes, state.inputs.border_pairs, own.corporation_least), own.corporation_most
    )
    state.corporations.add(int(corporation.max()) + 1)
    state.holdings.add(len(share), corporation=corporation, municipality=municipality, share=share)


def initialise_people(state: State, params: dict[str, ProcessParams], draws: Draws) -> None:
    """Initialise the people in reception by stage, and housed sponsors whose families wait abroad."""
    own, reuniting = params_of(params, "start", Params), params_of(params, "reunion", reunion.Params)
    came = state.inputs.first_applications[:_FIRST_MONTHS].sum(axis=0)
    rate = state.inputs.of_year("grant_rate", 0)
    appeal_share = max(1 - own.status_share - own.pending_share - own.refused_share, 0)
    stocks = (
        (PENDING, own.pending_share, Stage.IN_DECISION, came),
        (APPEALING, appeal_share, Stage.IN_APPEAL, came * (1 - rate)),
        (REFUSED, own.refused_share, Stage.DEPARTING, came * (1 - rate)),
        (STATUS, own.status_share, Stage.AWAITING_COUPLING, came * rate),
    )
    for stock, share, stage, mix in stocks:
        persons = own.in_reception * share * state.scale * mix / mix.sum()
        rows = add_stock(state, params, draws, stock, persons, stage=stage)
        if stock == STATUS:
            tie(state, draws, rows, own.tied_after)
            add_relatives_abroad(state, params, draws, rows, own.family_pending * state.scale)
    queueing = own.family_pending * state.scale - state.households.family_abroad.sum()
    applying = reunion.applying_share(state, reuniting)
    sizes = 1 + state.origins.family_share * (params_of(params, "arrival", arrival.Params).family_size - 1)
    of_sponsors = came * rate / (came * rate).sum()
    relatives = (of_sponsors * applying).sum() * reuniting.followers
    for stock, persons, where in (
        (SPONSORS, queueing, Reunion.APPLIED),
        (JOINED_SOON, own.family_travelling * state.scale, Reunion.TRAVELLING),
    ):
        sponsors = max(persons, 0) / relatives if relatives else 0.0
        housed = add_stock(state, params, draws, stock, sponsors * sizes * of_sponsors, stage=Stage.HOUSED)
        add_relatives_abroad(state, params, draws, housed, persons, where)
    assign_places(state, draws)


def add_stock(state: State, params, draws: Draws, stock: int, persons: np.ndarray, stage: Stage) -> np.ndarray:
    """Add households of one stock until `persons`, (origins,), is reached; returns their rows."""
    own, of = params_of(params, "start", Params), params_of(params, "arrival", arrival.Params)
    _, origin, identity, size = until_due(
        persons[None, :].copy(), arrival.WAYS[:1], np.arange(len(persons)), state.origins.family_share, of.family_size,
        BEFORE_START, stock * _RANKS, draws.addresses("family", "size"),
    )  # fmt: skip
    since = -1 - np.floor(draws.once("since", identity) * own.spread_months).astype(np.int16)
    status, housed = stock in (STATUS, SPONSORS, JOINED_SOON), stage == Stage.HOUSED
    before = draws.once("here before", identity) < state.origins.here_before[origin]
    earlier = np.where(before, arrival.months_before(draws.once("earlier", identity), of.years_before), 0)
    where = np.searchsorted(np.cumsum(state.municipalities.population_share), draws.once("where", identity))
    return admit(
        state, draws, identity, size, arrival.makeup(state, of, draws, identity, origin, size),
        origin=origin, stage=stage, since=since, applied=since, earlier=earlier,
        track=np.where(state.origins.safe[origin], Track.FAST, Track.REGULAR),
        granted=since if status else NEVER, decided=NEVER if stage == Stage.IN_DECISION else since,
        housed=since if housed else NEVER, moved_in=since if housed else NEVER, coupled=since if housed else NEVER,
        municipality=np.minimum(where, len(state.municipalities) - 1) if housed else NO_ROW,
    )  # fmt: skip


def tie(state: State, draws: Draws, rows: np.ndarray, after: int) -> None:
    """Tie status holders (rows) who waited long enough to a municipality, with probability by its inhabitants."""
    households = state.households
    tied = rows[households.since[rows] <= -1 - after]
    u = draws.once("tied to", households.identity[tied])
    where = np.searchsorted(np.cumsum(state.municipalities.population_share), u)
    households.municipality[tied] = np.minimum(where, len(state.municipalities) - 1)
    households.coupled[tied] = households.since[tied] + after
    households.stage[tied] = Stage.AWAITING_HOME
    households.since[tied] += after


def add_relatives_abroad(
    state: State, params, draws: Draws, rows: np.ndarray, most: float, where: Reunion = Reunion.APPLIED
) -> None:
    """Give some households with a permit (rows) relatives abroad, in the queue or on their way: `most` persons."""
    households, of = state.households, params_of(params, "reunion", reunion.Params)
    share = reunion.applying_share(state, of)[households.origin[rows]]
    rows = rows[draws.once("applies", households.identity[rows]) < share]
    rows = rows[np.argsort(households.lottery[rows])]
    abroad = reunion.family_size(draws.once("relatives", households.identity[rows]), of.followers)
    fits = np.cumsum(abroad) - abroad < most
    rows = rows[fits]
    households.family_abroad[rows] = abroad[fits]
    households.reunion[rows] = where
    since = households.granted[rows].astype(np.int64)
    if where == Reunion.APPLIED:
        papers = state.origins.papers[households.origin[rows]]
        u = draws.once("papers", households.identity[rows])
        since += reunion.months_for_papers(u, papers).astype(np.int64)
    households.reunion_since[rows] = households.reunion_applied[rows] = since


def assign_places(state: State, draws: Draws) -> None:
    """Assign households in reception to regular locations; those that do not fit stay at the registration centre."""
    households, locations = state.households, state.locations
    rows = np.flatnonzero(households.stage != Stage.HOUSED)
    rows = rows[np.argsort(households.lottery[rows])]
    regular = np.flatnonzero(locations.kind == Kind.REGULAR)
    room = np.floor(locations.places[regular] * state.scale)
    ends = np.cumsum(room)
    last = np.cumsum(households.size[rows])
    at = np.minimum(np.searchsorted(ends, last), len(regular) - 1)
    fits = (last <= ends[at]) & (last - households.size[rows] >= np.where(at > 0, ends[at - 1], 0))
    centre = np.flatnonzero(locations.kind == Kind.REGISTRATION)[0]
    households.location[rows] = np.where(fits, regular[at], centre)
