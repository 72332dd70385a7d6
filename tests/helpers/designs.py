"""What the tests of designs share: parameters that they move, and designs written in a temporary folder."""

import pytest

from experiments.designs import design

CAPACITY, RULE, TIES = "policy.decision.capacity_factor", "policy.coupling.rule", "policy.placement.ties_first"
TERM, FLEX = "policy.money.decision_term", "policy.housing.flex_share"
INFLOW, MIX, SIZE = "world.arrival.first_applications", "world.arrival.mix_years", "world.arrival.family_size"
THEN = """
    policy:
      decision: {capacity_factor: {2027-01: 1.5, 2028-01: 2}}
      money: {decision_term: 9}
      coupling: {rule: {2020-01: region}}
      housing: {flex_share: {2031-01: 1}, preparation_weeks: {2025-01: 12}}
"""  # the last line moves nothing before 2031


@pytest.fixture
def write(tmp_path):
    """Write a file beside the others of this test and return its path."""

    def to(name, content):
        path = tmp_path / name
        path.write_text(content, encoding="utf-8")
        return path

    return to


@pytest.fixture
def made(write, tmp_path):
    """A design from keys, over a scenario 'now' that ends in 2030 unless others are named."""
    write("now.yaml", "until: 2030-12\nscale: 0.5\ntitle: As it is\n")

    def make(**keys):
        return design.from_dict({"scenarios": "now.yaml"} | keys, str(tmp_path / "test.yaml"), tmp_path)

    return make


def values(found):
    """Values and label of every point."""
    return [(dict(point.values), point.label) for point in found.points]


def plain(found):
    """Values of points that have no label."""
    assert not any(point.label for point in found.points)
    return [dict(point.values) for point in found.points]


def grid(parameters, **more):
    return {"method": "grid", "parameters": parameters} | more


def sampled(method, parameters=(INFLOW, MIX), **more):
    size = {"trajectories": 4} if method == "morris" else {"samples": 8}
    return {"method": method, "parameters": dict.fromkeys(parameters)} | size | more
