"""Statistics of the social network of residents of a scenario: ties, degrees, clustering."""

import numpy as np

from abm.engine.draws import Draws
from abm.engine.params import params_of
from abm.facts import facts
from abm.residents import social_network
from abm.residents.synthetic_residents import initialise_residents
from abm.scenario import Scenario
from abm.start import Params, initialise_country
from abm.state import State


def statistics(scenario: Scenario) -> dict[str, float]:
    """Numbers of neighbourhoods, residents and ties, and clustering beside that of a random network."""
    state = State(facts.load(layout=scenario.layout), scenario.scale)
    params = params_of(scenario.params_at(0), "start", Params)
    initialise_country(state, params, Draws(scenario.seed, "start", 0))
    initialise_residents(state, params)
    where, degree = state.residents.neighbourhood, social_network.degrees(state.ties)
    begin = np.repeat(np.arange(len(degree)), degree)
    town = state.neighbourhoods.municipality
    same = where[begin] == where[state.ties.targets]
    return {
        "neighbourhoods": len(state.neighbourhoods),
        "residents": len(where),
        "inhabitants per resident": state.neighbourhoods.population.sum() / len(where),
        "ties": len(state.ties.targets) / 2,
        "ties per resident": degree.mean(),
        "largest number of ties of a resident": degree.max(initial=0),
        "share of ties within the neighbourhood": same.mean(),
        "share of ties within the municipality": (town[where[begin]] == town[where[state.ties.targets]]).mean(),
        "clustering": social_network.clustering(state.ties),
        "clustering of a random network": degree.mean() / len(where),
    }
