"""Support of residents for the reception of newcomers, which moves slowly around an anchor of their own.

    s(t+1) = s + rho (s* - s) + omega mean of (s_l - s) over ties with |s_l - s| < eps + noise
    s* = a + G - T - b_F q F + b_W (W - W_ref) + b_V voice - b_I incidents,      |s* - a| <= limit

G, contact: good and bad contacts are two stocks with a half-life; K+ raises and K- lowers support, each up to a
ceiling, and good contact draws support to the middle. Contacts come from newcomers in the neighbourhood (rising with
their share at first, then falling), more for participants in a programme, from colleagues and from the own building.
T, threat: starts when a location is announced and fades after its opening; it increases with size, and is weaker at a
distance, in cities and beside regular tenants; the rise of newcomers in the municipality above the accustomed number
adds to it. F, fairness: the perceived share of homes let to newcomers, weighted by rule of letting, for residents who
seek a home (q = 1). W: employment of newcomers in the municipality. A coefficient of 0 switches a term off.

    G = g b_C [(1 - exp(-K+)) - r (1 - exp(-K-))] - b_conv (s - s_mid)(1 - exp(-K+))
    F = b_F p [sum over rules of phi_rule share let to newcomers - share at the anchor] / 0.10
    T = b_T [sum over locations of decay (N / 0.02 residents)^nu h] (1 - x urban) (1 - chi regulars)
        + b_M points of newcomers (1 - urban)

A resident accepts a location nearby with probability Phi(s - threshold), and the threshold is higher for those who
expect nuisance of it, or meet it: process module `nuisance`. So near and far differ without any effect of contact.

If `feedback` is on, support acts back: on where locations open, on delay and stops, on participation in programmes,
and on the support that a household finds where it is placed.

Source: E047, E048, E049, E050, E051, E052, E053, E054, E055, E056 (exposure); E057, E058, E059, E060, E061, E062, E074
(contact); E063 (work); E064, E066 (halo, announcement); E067 (voice); E068, E069, E072, E075, E076 (programmes,
stability, incidents, mix); E082, E083, E084, E085 (fairness); E086, E087 (talk).
"""

from functools import cache
from statistics import NormalDist
from typing import Literal

import numpy as np

from abm.engine.draws import Draws
from abm.engine.params import ProcessParams, once_for_params, param
from abm.residents import (
    complexes_nearby,
    exposure,
    feedback,
    locations_announced,
    newcomers_nearby,
    nuisance,
    surroundings,
)
from abm.residents import support_kernels as kernels
from abm.residents.support_kernels import Terms
from abm.residents.support_means import in_towns, keep
from abm.residents.synthetic_residents import means
from abm.state import State
from abm.tables.homes import Rule
from abm.tables.residents import COUNTED_COMPLEX

WRITES = (
    "residents.support",
    "residents.positive",
    "residents.negative",
    "residents.nuisance",
    "neighbourhoods.nuisance",
    "neighbourhoods.places",
    "neighbourhoods.announced",
    "neighbourhoods.opened",
    "neighbourhoods.tenants",
    "neighbourhoods.regulars",
    "neighbourhoods.management",
    "complexes.neighbourhood",
    "neighbourhoods.newcomers",
    "neighbourhoods.support",
    "neighbourhoods.square",
    "neighbourhoods.cube",
    "neighbourhoods.fourth",
    "neighbourhoods.seekers",
    "neighbourhoods.near",
    "neighbourhoods.near_before",
    "neighbourhoods.own",
    "neighbourhoods.own_before",
    "locations.neighbourhood",
    "locations.announced",
    "locations.voice",
    "locations.incidents",
    "municipalities.let_share",
    "municipalities.accustomed",
    "municipalities.support",
    "municipalities.willingness",
    "municipalities.delay",
    "municipalities.stopped",
    "households.support_at_placement",
)
EVENTS = {}
HALF, ROOT = 0.5, 2**0.5


class Params(ProcessParams):
    """Influences on support, in standard deviations of residents, and effects of support."""

    contacts: float = param(
        8, "contacts/month", 0, 60, "E050|E051: middle of a wide prior; unmeasured",
        "meaningful contacts of a resident per unit share of newcomers in the neighbourhood",
    )  # fmt: skip
    crowded_share: float = param(0.05, "share", 0.01, 0.1, "E056|E064: sign", "newcomers at which contacts peak")
    half_life: float = param(15, "months", 6, 24, "E059|E074: middle of the prior", "half-life of a contact")
    contact: float = param(0.35, "SD", 0, 0.7, "E057|E058|E059: below the middle, for adults", "full good contact")
    negative: float = param(0.25, "share", 0, 0.35, "E060", "contacts that are bad")
    most_negative: float = param(0.9, "share", 0.5, 1, "assumption", "contacts that are bad, at most")
    negative_weight: float = param(1.5, "ratio", 0, 2.5, "E060: sign", "weight of bad contact over good")
    crowding: float = param(
        0.3, "ratio", 0, 1, "assumption", "increase in bad contacts where newcomers live in emergency places"
    )
    grouping: float = param(
        0.3, "ratio", 0, 1, "E075: sign, size a guess", "increase in bad contacts per 1,000 people in reception nearby"
    )
    carried: float = param(
        0.65, "share", 0, 1, "E061: sign", "effect on support for reception, over that on attitudes to people"
    )
    convergence: float = param(0.1, "SD per SD", 0, 0.2, "E055: sign", "pull to the middle at full good contact")
    middle: float = param(0, "SD", -1, 1, "assumption", "level to which good contact draws support")
    colleagues: float = param(2, "contacts/month", 0, 4, "E062: sign", "contacts with a newcomer among ten colleagues")
    team: float = param(10, "persons", 1, 50, "assumption", "colleagues with whom a worker has contact")
    workers_share: float = param(0.55, "share", 0.3, 0.8, "assumption", "inhabitants who work")
    building: float = param(4.5, "contacts/month", 0, 8, "E074: sign", "contacts in the own building at an even mix")
    building_fading: float = param(15, "months", 6, 24, "E074: sign", "time for these to fade to 37%, unmanaged")
    mixing: float = param(1, "ratio", 0, 2, "E074|E076: sign", "increase in contacts nearby with only regular tenants")
    programme: float = param(
        0.1, "share", 0, 1, "assumption: most residents hardly notice, E068",
        "neighbours of newcomers to whom a programme is offered", lever=True,
    )  # fmt: skip
    programme_factor: float = param(2.5, "ratio", 1, 4, "E059|E068: sign", "contacts of a participant over others")
    joining: float = param(-2, "log odds", -5, 1, "assumption: one in eight", "of taking part, at support 0")
    selection: float = param(1.25, "log odds per SD", 0, 2, "E068: sign", "of taking part, per SD of support")
    management: float = param(
        0.3, "share", 0, 1, "E075|E076: sign", "strength of social management at reception locations", lever=True
    )
    threat: float = param(0.25, "SD", 0, 0.5, "E049|E050|E052: middle", "a new location nearby for 2% of residents")
    exponent: float = param(0.75, "number", 0.3, 1.2, "E048|E056|E066: sign", "exponent of size in threat")
    threat_size: float = param(
        0.02, "share", 0.015, 0.025, "assumption: the unit of threat", "places over residents at which size counts as 1"
    )
    habituation: float = param(10, "months", 3, 18, "E047|E048|E066: sign", "from opening until threat fades to 37%")
    decay: Literal["halo", "distance"] = param("halo", "choice", None, None, "E047|E053", "decay of threat by distance")
    halo: float = param(0.5, "share", 0, 0.8, "E047|E064: sign", "threat elsewhere in the municipality, over nearby")
    reach: float = param(4, "km", 1, 10, "E053: guess", "distance at which threat has decayed to 37% (decay: distance)")
    urbanity: float = param(0.65, "share", 0, 1, "E054|E070: sign", "reduction of threat in the densest places")
    regulars: float = param(0.3, "share", 0, 0.6, "E076: sign", "reduction of threat with only regular tenants")
    stock: float = param(
        0.1, "SD per point", 0, 0.2, "E054: derived", "effect of newcomers above the accustomed number"
    )
    accustoming: float = param(
        48, "months", 12, 240, "E054: between elections", "time in which residents get used to their number"
    )
    judged_over: float = param(12, "months", 3, 60, "assumption", "months over which lettings to newcomers are judged")
    unfairness: float = param(0.2, "SD", 0, 0.4, "E082|E083|E084: sign", "per ten points of lettings, on home seekers")
    perceived: float = param(2.25, "ratio", 1, 3.5, "E080: 7-10% against claims of 17-37%", "perceived over real share")
    fair_share: float = param(0.05, "share", 0, 0.2, "E080: 2018-2021", "lettings to status holders at the anchor")
    felt_registration: float = param(
        0.4, "ratio", 0.1, 0.7, "E085: sign, of tenants in the United States; size a guess",
        "weight of a home let to a newcomer by registration; by priority it is 1",
    )  # fmt: skip
    felt_target: float = param(0.4, "ratio", 0.1, 1, "assumption: as by registration", "weight by target group")
    felt_lottery: float = param(0.4, "ratio", 0, 1, "assumption: as by registration", "weight by lottery")
    felt_urgency: float = param(0.7, "ratio", 0.1, 1, "assumption: between", "weight by urgency")
    felt_institutions: float = param(0.7, "ratio", 0.1, 1, "assumption: between", "weight in the share model")
    felt_starter: float = param(1, "ratio", 0, 1, "assumption: as by priority", "weight of a starter home")
    work: float = param(0.2, "SD", 0, 0.4, "E063: sign", "effect of all newcomers at work against none")
    work_reference: float = param(0.35, "share", 0, 1, "assumption", "newcomers at work at the anchor")
    work_known: float = param(
        30, "persons", 1, 1000, "assumption", "weight of the national share at work, as a number of adults"
    )
    voice: float = param(
        0, "share", 0, 1, "E067", "neighbours with a real say in a new location beforehand", lever=True
    )
    voice_effect: float = param(0.25, "SD", 0, 0.5, "E067: the raw gap is selection", "effect of having had a say")
    incident: float = param(0.025, "SD", 0, 0.05, "E072: guess", "effect of a visible incident nearby")
    incident_rate: float = param(
        0.0003, "per month", 0, 0.0006, "E075: derived from press", "visible incidents per person"
    )
    incident_complex: float = param(
        COUNTED_COMPLEX,
        "persons",
        50,
        400,
        "E075",
        "persons in a location of the size for which incidents were counted",
    )
    incident_half_life: float = param(3, "months", 1, 24, "assumption", "half-life of the effect of an incident")
    incident_size: float = param(0.75, "number", 0, 1.5, "E075: sign, size a guess", "exponent of size in incidents")
    incident_mix: float = param(
        1, "number", 0, 2, "E075: sign, size a guess", "exponent of the share of newcomers in incidents"
    )
    rate: float = param(0.15, "share/month", 0.03, 0.3, "E069: sign", "adjustment of support to its target level")
    limit: float = param(1, "SD", 0.5, 2, "E069", "largest distance of the target level from the anchor")
    talk: float = param(0.015, "share/month", 0, 0.03, "E086", "adoption of the difference with those one talks with")
    confidence: float = param(1.5, "SD", 0.5, 2.5, "E087", "difference beyond which residents do not listen")
    noise: float = param(0.025, "SD", 0, 0.05, "E087", "spread of the random change of a month")
    siting: float = param(0.5, "log odds per SD", 0, 3, "assumption", "preference for sites where support is higher")
    calm_accepting: float = param(
        0.8, "share", 0.5, 0.95, "sup_near_far_2022|sup_nuisance_2015: 0.55 far and 0.73 near, at 48% and 14% nuisance",
        "residents who accept a location nearby, at the anchor, of those who expect no nuisance and meet none",
    )  # fmt: skip
    worried_accepting: float = param(
        0.28, "share", 0.05, 0.5, "sup_near_far_2022|sup_nuisance_2015: as before, two equations with two unknowns",
        "the same of those who expect nuisance, or meet it",
    )  # fmt: skip
    nuisance_expected: float = param(
        0.48, "share", 0, 1, "sup_nuisance_2015", "residents who expect nuisance of a location that does not stand yet"
    )
    nuisance_met: float = param(
        0.14, "share", 0, 1, "sup_nuisance_2015", "residents who meet nuisance of a location near them, of any size"
    )
    known_after: float = param(
        12, "months", 1, 60, "assumption: within some years, nuisance_zutphen",
        "mean time in which residents come to know a location that opened nearby",
    )  # fmt: skip
    own_accepting: float = param(
        0.49, "share", 0.3, 0.8, "E067: 34 against 35 percent, 2022",
        "residents who accept one in the municipality, at the anchor",
    )  # fmt: skip
    lead: float = param(
        1, "months", 1, 24, "assumption", "months from deciding on a location, which residents hear of, to its opening",
        lever=True,
    )  # fmt: skip
    feedback: bool = param(True, "switch", None, None, "E032|E068", "whether support acts back")
    willing: float = param(1, "log odds per SD", 0, 3, "assumption", "of opening a location, per SD of change")
    delaying: float = param(6, "months", 0, 24, "assumption", "delay of a location if all residents came to object")
    stopping: float = param(0.5, "share", 0, 1, "assumption", "locations stopped if all residents came to object")


@cache
def threshold(share: float) -> float:
    """Support [SD] at which half accept, such that `share` of all accept when support is standard normal."""
    return -ROOT * NormalDist().inv_cdf(share)


@once_for_params
def terms(params: Params) -> Terms:
    """Parameters that hold for every resident, as the compiled loops take them."""
    return Terms(
        fading=HALF ** (1 / params.half_life), programme=params.programme, multiplier=params.programme_factor,
        joining=params.joining, selection=params.selection, follows=params.feedback,
        contact=params.carried * params.contact, ratio=params.negative_weight, convergence=params.convergence,
        middle=params.middle, limit=params.limit, rate=params.rate, talk=params.talk, confidence=params.confidence,
        noise=params.noise, near=threshold(params.calm_accepting), own=threshold(params.own_accepting),
        worry=threshold(params.worried_accepting) - threshold(params.calm_accepting),
    )  # fmt: skip


@once_for_params
def town_numbers(params: Params) -> surroundings.TownNumbers:
    """Parameters that hold for every municipality, as the compiled loops take them."""
    return surroundings.TownNumbers(
        colleagues=params.colleagues, team=params.team, workers_share=params.workers_share,
        accustoming=params.accustoming, judged_over=params.judged_over, unfairness=params.unfairness,
        perceived=params.perceived, fair_share=params.fair_share, work=params.work,
        work_reference=params.work_reference, work_known=params.work_known,
    )  # fmt: skip


@once_for_params
def numbers(params: Params) -> surroundings.Numbers:
    """Parameters that hold for every neighbourhood, as the compiled loops take them."""
    return surroundings.Numbers(
        contacts=params.contacts, crowded_share=params.crowded_share, mixing=params.mixing,
        negative=params.negative, most_negative=params.most_negative, crowding=params.crowding,
        grouping=params.grouping, building=params.building, building_fading=params.building_fading,
        management=params.management, threat=params.threat, urbanity=params.urbanity, regulars=params.regulars,
        stock=params.stock, voice_effect=params.voice_effect, incident=params.incident,
    )  # fmt: skip


@once_for_params
def felt_weights(params: Params) -> np.ndarray:
    """Weight of a home let to a newcomer by rule of letting, (len(Rule) + 1,); the last one: rule not known."""
    found = np.ones(len(Rule) + 1)
    found[Rule.REGISTRATION], found[Rule.TARGET_GROUP] = params.felt_registration, params.felt_target
    found[Rule.LOTTERY], found[Rule.URGENCY] = params.felt_lottery, params.felt_urgency
    found[Rule.INTERIM] = found[Rule.PRIVATE] = 0.0  # take no home of a corporation
    found[Rule.INSTITUTIONS], found[Rule.STARTER] = params.felt_institutions, params.felt_starter
    found.flags.writeable = False
    return found


def conditions(state: State, params: Params, draws: Draws) -> np.ndarray:
    """Conditions that residents of a neighbourhood share this month, (neighbourhoods, SHARED) as in support_kernels."""
    towns, where, month = state.municipalities, state.neighbourhoods, state.clock.month
    inside, (housed, adults, employed) = newcomers_nearby.counted(state)
    serious, kept = incidents(state, params, draws, inside), HALF ** (1 / params.incident_half_life)
    reception, crowded, trouble, heard, in_town = surroundings.of_locations(
        state.locations, where, inside, serious, kept, len(towns), month
    )
    complexes_nearby.mixed_living(state, reception)
    let = newcomers_nearby.let_to(state.households, felt_weights(params), towns.pool, month)
    nation = employed.sum() / max(adults.sum(), 1)
    counts = surroundings.Counts(housed, adults, employed, nation, in_town, let, state.scale)
    shared = surroundings.Shared(*surroundings.of_towns(towns, counts, town_numbers(params)))
    of = surroundings.Of(reception, crowded, trouble, heard, threat(state, params))
    return surroundings.of_neighbourhoods(where, of, shared, housed, numbers(params), month)


def incidents(state: State, params: Params, draws: Draws, inside: np.ndarray) -> np.ndarray:
    """Serious incidents at each location this month, (locations,); inside: persons per location."""
    rows, found = np.flatnonzero(inside), np.zeros(len(inside))
    found[rows] = exposure.incidents(
        inside[rows], params.incident_rate, params.incident_size, params.incident_mix, 1.0, params.management,
        params.incident_complex, draws.uniform("incidents", rows),
    )  # fmt: skip
    return found


def threat(state: State, params: Params) -> np.ndarray:
    """Threat of new locations and complexes, (neighbourhoods,), in units of a new one of the reference size nearby."""
    at = (*complexes_nearby.as_locations(state, params.habituation), state.neighbourhoods)
    if params.decay == "halo":
        return exposure.threat(*at, state.links, params.exponent, params.halo, params.threat_size)
    return exposure.faded(*at, params.exponent, params.reach, params.threat_size)


def step(state: State, params: Params, draws: Draws) -> dict[str, np.ndarray]:
    """Announce locations, update the support of residents, aggregate it, and let it act back."""
    people, where = state.residents, state.neighbourhoods
    of_all = terms(params)
    locations_announced.announce(state, params.siting, params.voice, draws)
    if first := not where.near_before.any():
        people.nuisance[:] = nuisance.expected(state, params.nuisance_expected, draws)
        each = kernels.acceptance(people.anchor, people.nuisance, of_all)
        where.near_before[:], where.own_before[:] = (means(where, column) for column in each)
    known = 1.0 if first else 1 / params.known_after  # what stands at the start has stood for long
    nuisance.come_to_know(state, known, params.nuisance_met, draws)
    complexes_nearby.site(state, params.siting, draws)
    shared = conditions(state, params, draws)
    bounds = np.append(where.first, len(people)).astype(np.int64)
    blocks = kernels.Blocks(order_of(state), bounds, shared)
    ties = kernels.Links(state.ties.starts, state.ties.targets)
    renewed = kernels.renew(blocks, people, ties, of_all, draws.address("month"))
    people.support[:] = renewed.support
    keep(where, renewed.sums)
    respond(state, params)
    return {}


def order_of(state: State) -> np.ndarray:
    """Neighbourhoods in the order of computing: by region, where the cache does not hold all residents."""
    where = state.neighbourhoods
    if len(state.residents) < kernels.MANY:
        return np.arange(len(where))
    return np.argsort(state.municipalities.region[where.municipality], kind="stable")


def respond(state: State, params: Params) -> None:
    """Update effects of support on municipalities, and the support that households placed this month meet."""
    towns, where, households, month = state.municipalities, state.neighbourhoods, state.households, state.clock.month
    leaning, changed, own, own_before = in_towns(where, len(towns))
    towns.support[:] = leaning + changed  # a small sample estimates changes better than levels
    if not params.feedback:
        towns.willingness[:], towns.delay[:], towns.stopped[:] = 1, params.lead - 1, 0
        return
    objecting, before = 1 - own, 1 - own_before
    towns.willingness[:] = feedback.willingness(changed, params.willing)
    towns.delay[:] = feedback.delay(params.lead, objecting, before, params.delaying)
    towns.stopped[:] = feedback.stopped(objecting, before, params.stopping)
    rows = newcomers_nearby.placed(households, month)
    met = feedback.standardised(towns.support, towns.population, max(leaning.std(), np.finfo(float).tiny))
    households.support_at_placement[rows] = met[households.municipality[rows]]
