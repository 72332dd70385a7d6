"""The network of municipalities: land borders, tunnel and ferries."""

import networkx as nx
import numpy as np


def border_graph(size: int, pairs: np.ndarray) -> nx.Graph:
    """Undirected graph of `size` municipalities; `pairs` is (n, 2) of row numbers."""
    graph = nx.Graph()
    graph.add_nodes_from(range(size))
    graph.add_edges_from(map(tuple, pairs.tolist()))
    return graph


def neighbours(graph: nx.Graph) -> tuple[np.ndarray, np.ndarray]:
    """The graph as index arrays: the neighbours of i are targets[starts[i]:starts[i + 1]], in ascending order."""
    lists = [sorted(graph.neighbors(node)) for node in range(graph.number_of_nodes())]
    starts = np.concatenate([[0], np.cumsum([len(found) for found in lists])]).astype(np.int32)
    targets = np.array([other for found in lists for other in found], dtype=np.int32)
    return starts, targets
