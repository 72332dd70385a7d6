"""Steady state of a waiting list: inflow and length implied by the observed registration time.

Seekers begin to search with a lead: the months that they were registered already, exponential with mean m. Homes go to
the longest registration, so seekers are housed at once when they reach T months of registration, or if they begin
beyond T. The others stop at a hazard h. Of those who begin, a share

    g = exp(-T/m) + integral from 0 to T of exp(-x/m) / m * exp(-h (T - x)) dx

gets that far, after T + m exp(-T/m) / g months of registration on average, of which all beyond the lead is search.
Published registration R and search s R at letting give T and m (`steady_state`); the number of homes gives the inflow.

Source: E079 (search is about half of registration), registration_times.csv.
"""

from dataclasses import dataclass

import numpy as np

from abm.engine.compiled import njit
from abm.engine.kernels import kernel

_STEPS = 30  # halvings of an interval: far below a day
_ROUNDS = 50  # at most, of lottery and list, which depend on each other
_TINY, _SMALL = 1e-9, 1e-4
_LEADS = 1e3  # the lead is sought from a thousandth of the reach to a thousand times the reach
_GRID = 128  # points of the distribution of time searched


@dataclass(frozen=True)
class SteadyState:
    """A waiting list per municipality, (n,) each."""

    lead: np.ndarray  # [months] mean registration when the search begins
    reach: np.ndarray  # [months] registration at which a home comes
    hazard: np.ndarray  # [1/month] of leaving the list other than by its order
    beginning: np.ndarray  # [seekers/home] inflow, without urgent seekers
    waiting: np.ndarray  # [seekers/(homes/month)] length of the list


@njit
def reaching(reach, lead, hazard):
    """Share of those who begin who reach `reach` months of registration; lead [months], hazard [1/month]: floats."""
    gap = _apart(1 / lead - hazard)
    return np.exp(-reach / lead) + np.exp(-hazard * reach) * -np.expm1(-gap * reach) / (lead * gap)


@njit
def registered(reach, lead, hazard):
    """Mean months of registration at letting."""
    return reach + lead * np.exp(-reach / lead) / reaching(reach, lead, hazard)


@njit
def searched(reach, lead, hazard):
    """Mean months of search at letting: 0 for seekers who begin beyond `reach`."""
    gap = _apart(1 / lead - hazard)
    # integral over the search u = reach - x of u exp(-h u) exp(-(reach - u) / m) / m; z as a series where it is small
    z = gap * reach
    part = 1 / 2 - z / 6 if abs(z) < _SMALL else (z + np.expm1(-z)) / z**2
    return reach**2 * part * np.exp(-hazard * reach) / lead / reaching(reach, lead, hazard)


def steady_state(months: np.ndarray, search: float, stopping: float, urgent: float, lottery: float) -> SteadyState:
    """Waiting lists with `months` of registration at letting, (n,), of which the share `search` is spent searching.

    stopping [1/month]: hazard to find a home elsewhere or become urgent; urgent, lottery: shares of the homes that go
    to urgent seekers, and by lottery to anybody on the list; less than 1 together, the rest goes by registration.
    """
    each, of = np.unique(np.asarray(months, np.float64), return_inverse=True)
    found = np.array([_balance(one, search, stopping, urgent, lottery) for one in each])
    return SteadyState(*found[of].T)


@kernel
def _balance(months, search, stopping, urgent, lottery):
    """Lead, reach, hazard, beginning and waiting of one list."""
    in_order, hazard = 1 - urgent - lottery, stopping
    reach = lead = share = waiting = 0.0
    for _ in range(_ROUNDS):
        reach, lead = _fitted(months, search, hazard)
        share = reaching(reach, lead, hazard)
        waiting = in_order * (1 / share - 1) / hazard
        step = (stopping + lottery / waiting - hazard) / 2  # halfway, so that it settles
        hazard += step
        if abs(step) < _TINY:
            break
    return lead, reach, hazard, in_order / share, waiting


@njit
def _fitted(months, search, hazard):
    """Reach and lead [months] that give registration and search, by halving twice."""
    low, high = 0.0, months  # registration is never below reach
    reach = lead = 0.0
    for _ in range(_STEPS):
        reach = (low + high) / 2
        lead = _lead_of(reach, search, hazard)
        if registered(reach, lead, hazard) > months:
            high = reach
        else:
            low = reach
    return reach, lead


@njit
def _lead_of(reach, search, hazard):
    """The lead with which part `search` of registration is search: more lead, less search."""
    low, high, lead = reach / _LEADS, reach * _LEADS, reach
    for _ in range(_STEPS):
        lead = np.sqrt(low * high)
        if searched(reach, lead, hazard) > search * registered(reach, lead, hazard):
            low = lead
        else:
            high = lead
    return lead


@njit
def _apart(gap):
    """A difference of rates, away from zero, where the formulas have a limit but no value."""
    return gap if abs(gap) > _TINY else _TINY


def time_searched(u: np.ndarray, reach: float, lead: float, hazard: float) -> np.ndarray:
    """Months searched so far by seekers on the list, (n,), from uniform draws u: density exp(-h x) P(lead < T - x)."""
    months = np.linspace(0, reach, _GRID)
    density = np.exp(-hazard * months) * -np.expm1(-(reach - months) / lead)
    below = np.concatenate([[0.0], np.cumsum((density[1:] + density[:-1]) / 2)])
    return np.interp(u * below[-1], below, months)


def lead_below(u: np.ndarray, most: np.ndarray, lead: np.ndarray) -> np.ndarray:
    """Leads [months] below `most`, (n,), from uniform draws u (inverse of the truncated exponential distribution)."""
    return -lead * np.log1p(u * np.expm1(-most / lead))
