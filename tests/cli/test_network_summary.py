"""What the command on the network of residents tells is so."""

import pytest

from abm.scenario import default
from experiments.cli.network_summary import statistics


def test_the_network_of_a_scenario_in_numbers():
    asked = default().changed(scale=0.1).with_values({"world.start.kin_ties": 0})
    found = statistics(asked)
    assert found["residents"] * found["inhabitants per resident"] == pytest.approx(18_044_027)
    assert found["residents"] == pytest.approx(18_044, rel=0.01)
    assert found["ties per resident"] == pytest.approx(6, abs=0.2)  # on each side two neighbours, one of a schooling
    assert 2 * found["ties"] == pytest.approx(found["residents"] * found["ties per resident"])
    assert found["share of ties within the municipality"] == 1  # without kin
    assert found["clustering"] > 100 * found["clustering of a random network"]


def test_the_command_tells_it(abm):
    code, out, _ = abm("network", "configs/scenarios/current.yaml", "--scale", "0.01")
    assert code == 0
    assert "ties per resident" in out
    assert "clustering" in out
