"""Tiny pairs of runs of which the places are looked at."""

from dataclasses import replace

from abm.scenario import Scenario
from experiments.analysis.comparison import first_difference
from experiments.report import paired_runs, places
from experiments.report.council import Pair
from experiments.store.store import Store
from experiments.sweeps.execution import Execution
from tests.helpers.runs import small


def tiny_pair(store: Store, until: str = "2016-12", scale: float = 0.005, pairs: int = 3) -> Pair:
    """Pairs of runs, in which B decides faster from July 2015 on, with the measures of factsheets."""
    one = replace(small(until, scale=scale), name="current", title="Law and practice of today, going on")
    other = one.with_values({"policy.decision.capacity_factor": {"2015-07": 3}})
    return made(store, one, replace(other, name="faster", title='<script>alert("x")</script> & more'), pairs)


def made(store: Store, one: Scenario, other: Scenario, pairs: int) -> Pair:
    """The runs of two scenarios."""
    asked = places.ASKED | {("lettings", "seeker")}
    runs = paired_runs.made(one, other, pairs, asked, Execution(workers=1, store=store))
    return Pair(one, other, first_difference(one, other), runs)
