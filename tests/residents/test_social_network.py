"""The network: rings worked out by hand, ties both ways, short paths, and a cached network equal to a new one."""

import networkx as nx
import numpy as np
import pytest

from abm.engine.draws import Draws
from abm.residents import social_network
from abm.residents.social_network import Widths
from abm.tables.residents import Ties

DRAWS, WIDTHS = Draws(3, "residents", 0), Widths(2, 1, 1, 0.3)
TOWN, REGION = np.repeat(np.arange(4), 5), np.repeat(np.arange(2), 10)  # of 20 neighbourhoods, 5 to a municipality


def built(each=30, widths=WIDTHS, draws=DRAWS):
    neighbourhood = np.repeat(np.arange(20), each)
    schooling = np.arange(len(neighbourhood)) % 3
    return social_network.build(neighbourhood, TOWN, REGION, schooling, widths, draws), neighbourhood, schooling


def pairs(found: Ties) -> list[tuple[int, int]]:
    """Each tie as it is stored, (from, to)."""
    return [
        (i, int(j)) for i in range(len(found.starts) - 1) for j in found.targets[found.starts[i] : found.starts[i + 1]]
    ]


def test_ties_go_both_ways_once_each_and_not_to_oneself():
    found, _, _ = built()
    stored = pairs(found)
    assert len(set(stored)) == len(stored)
    assert {(j, i) for i, j in stored} == set(stored)
    assert not [i for i, j in stored if i == j]
    assert stored == sorted(stored)


def test_each_ring_ties_whom_it_should():
    region, lone = REGION[np.repeat(np.arange(20), 30)], Widths(0, 0, 0, 0)
    for widths, same in (
        (Widths(2, 0, 0, 0), lambda i, j, town, schooling: town[i] == town[j]),
        (Widths(0, 1, 0, 0), lambda i, j, town, schooling: town[i] == town[j] and schooling[i] == schooling[j]),
        (Widths(0, 0, 1, 0), lambda i, j, town, schooling: region[i] == region[j]),
    ):
        found, neighbourhood, schooling = built(widths=widths)
        town = TOWN[neighbourhood]
        assert all(same(i, j, town, schooling) for i, j in pairs(found))
        wide = 2 * (widths.neighbours + widths.schooling + widths.kin)
        assert set(social_network.degrees(found).tolist()) == {
            wide
        }  # rings of more than a handful give everyone as many
    assert len(built(widths=lone)[0].targets) == 0


def test_far_kin_leave_the_region():
    found, neighbourhood, _ = built(widths=Widths(0, 0, 1, 1.0))
    region = REGION[neighbourhood]
    crossing = np.mean([region[i] != region[j] for i, j in pairs(found)])
    assert crossing == pytest.approx(0.5, abs=0.08)  # two regions of a size


def test_most_neighbours_live_in_the_same_neighbourhood():
    found, neighbourhood, _ = built(widths=Widths(2, 0, 0, 0))
    inside = np.mean([neighbourhood[i] == neighbourhood[j] for i, j in pairs(found)])
    # of a neighbourhood of 30 in line, 3 of the 120 ties reach beyond either end
    assert inside == pytest.approx(1 - 6 / 120)


def test_a_small_world_is_clustered_and_its_ways_are_short():
    found, _, _ = built(each=50)
    graph = nx.Graph(pairs(found))
    assert social_network.clustering(found) == pytest.approx(nx.average_clustering(graph))
    degree = social_network.degrees(found).mean()
    assert degree == pytest.approx(8, abs=0.1)
    assert social_network.clustering(found) > 10 * degree / len(graph)  # a random graph would have that
    ring = nx.Graph(pairs(built(each=50, widths=Widths(4, 0, 0, 0))[0]))
    longest = max(nx.eccentricity(graph, v=range(0, 1000, 100)).values())
    town = ring.subgraph(nx.node_connected_component(ring, 0))
    assert longest < nx.eccentricity(town, v=0) / 3  # 250 in a ring of width 4 are 32 steps apart at most


def test_a_ring_that_is_too_small_ties_everyone_once():
    found, _, _ = built(each=1, widths=Widths(5, 0, 0, 0))  # five residents to a municipality
    assert set(social_network.degrees(found).tolist()) == {4}
    alone = social_network.build(
        np.zeros(1, int), np.zeros(1, int), np.zeros(1, int), np.zeros(1, int), Widths(2, 1, 1, 0), DRAWS
    )
    assert len(alone.targets) == 0


def test_more_residents_leave_the_identity_of_others():
    few, many = social_network.identities(np.array([2, 3])), social_network.identities(np.array([4, 3]))
    assert set(few) < set(many)
    assert len(set(many.tolist())) == 7


def test_another_draw_is_another_network():
    one, other = built()[0], built(draws=Draws(4, "residents", 0))[0]
    assert not np.array_equal(one.targets, other.targets)
    assert np.array_equal(one.targets, built()[0].targets)


@pytest.fixture
def cached(tmp_path, monkeypatch):
    """A way to ask for a small network as if it were large, and the folder where it is kept."""
    monkeypatch.setenv("ABM_CACHE_DIR", str(tmp_path / "cache"))
    _, neighbourhood, schooling = built()

    def ask(far=0.3):
        widths = Widths(2, 1, 1, far)
        return social_network.kept(neighbourhood, TOWN, REGION, schooling, widths, DRAWS, kept_from=1)

    return ask, tmp_path / "cache"


def test_a_network_that_was_kept_is_read_back(cached, monkeypatch):
    ask, folder = cached
    made = ask()
    assert sorted(path.suffix for path in folder.iterdir()) == [".npy", ".sha256"]
    monkeypatch.setattr(social_network, "build", None)  # may not be called again
    again = ask()
    for one, other in ((made.starts, again.starts), (made.targets, again.targets)):
        assert np.array_equal(one, other)
    with pytest.raises(TypeError):  # anything else that it follows from asks for another network
        ask(far=0.4)


@pytest.mark.parametrize("suffix", [".npy", ".sha256"])
def test_a_network_that_was_damaged_is_built_again(cached, suffix):
    ask, folder = cached
    made = ask()
    (path,) = folder.glob(f"*{suffix}")
    whole = path.read_bytes()
    for damaged in (whole[:-1] + bytes([whole[-1] ^ 1]), whole[: len(whole) // 2], b"", None):
        if damaged is None:
            path.unlink()
        else:
            path.write_bytes(damaged)
        again = ask()
        assert np.array_equal(made.starts, again.starts)
        assert np.array_equal(made.targets, again.targets)
        assert path.read_bytes() == whole
    assert len(list(folder.iterdir())) == 2


def test_a_small_network_is_not_put_on_disk(tmp_path, monkeypatch):
    monkeypatch.setenv("ABM_CACHE_DIR", str(tmp_path / "cache"))
    _, neighbourhood, schooling = built()
    social_network.kept(neighbourhood, TOWN, REGION, schooling, Widths(2, 1, 1, 0.3), DRAWS)
    assert not (tmp_path / "cache").exists()
