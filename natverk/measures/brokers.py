"""Brokers: which actors and networks lie between the others."""

from __future__ import annotations

import numpy as np
import pandas as pd

from natverk.errors import InvalidArgument
from natverk.measures.arguments import counted_from_one
from natverk.measures.twomode import TwoMode, checked_ties

__all__ = ["brokers"]


def brokers(ties: TwoMode, *, max_nodes: int = 2000) -> pd.DataFrame:
    """Return the betweenness of actors and networks in the two-mode network, exactly.

    Betweenness is taken where the evidence is, on the two-mode network: in a projection every member of a
    network is next to every other, and who connects two networks can no longer be seen.

    Parameters
    ----------
    ties
        The two-mode matrix.
    max_nodes
        Refuse more actors and networks than this: the time grows with nodes × ties (2,000 nodes with 8,000
        ties take some ten seconds, 100,000 with 500,000 some ten hours).

    Returns
    -------
    pd.DataFrame
        `node_id, side` (`actors` or `networks`), `degree` (ties), `betweenness` (0–1, of the most that a
        node of its side could have; missing where it could have none, as beside a single network),
        `component` (number of the connected part, the largest 1; nobody brokers between parts), sorted by
        betweenness, then side and label.

    Raises
    ------
    InvalidArgument
        If there are more nodes than `max_nodes`, or the ties are no `TwoMode`.

    Notes
    -----
    Shortest paths after Brandes (2001), Journal of Mathematical Sociology 25(2): 163–177; two-mode norm
    after Borgatti and Halgin (2011), Analyzing affiliation networks, in The SAGE Handbook of Social Network
    Analysis. A tie that no source tells of is not there: betweenness reacts to single missing ties more
    than any other measure here, so that ranks on thin evidence say little.

    Examples
    --------
    >>> bridge = TwoMode(np.array([[1, 0], [1, 1], [0, 1]]), ["a", "b", "c"], ["x", "y"])
    >>> table = brokers(bridge)
    >>> table.loc[table["side"] == "actors", ["node_id", "betweenness"]].round(2).values.tolist()
    [['b', 1.0], ['a', 0.0], ['c', 0.0]]
    """
    import networkx as nx

    n_actors, n_networks = checked_ties(ties).shape
    counted_from_one("max_nodes", max_nodes)
    if n_actors + n_networks > max_nodes:
        raise InvalidArgument(
            f"{n_actors + n_networks} nodes are more than {max_nodes}",
            where="max_nodes",
            remedy="select actors or years, or raise max_nodes and wait",
        )
    # Places, not labels: an actor and a network may have the same name.
    graph: nx.Graph[int] = nx.Graph()
    graph.add_nodes_from(range(n_actors + n_networks))
    rows, columns = ties.matrix.nonzero()
    graph.add_edges_from(zip(rows.tolist(), (columns + n_actors).tolist(), strict=True))
    # Normed here: the two-mode norm of networkx divides by zero where a side has nothing to broker between.
    most = [_most(n_actors, n_networks)] * n_actors + [_most(n_networks, n_actors)] * n_networks
    between = nx.betweenness_centrality(graph, normalized=False)
    parts = sorted(nx.connected_components(graph), key=lambda part: (-len(part), min(part)))
    component = {node: number for number, part in enumerate(parts, 1) for node in part}
    frame = pd.DataFrame(
        {
            "node_id": pd.Series([*ties.actors, *ties.networks], dtype="str"),
            "side": pd.Series(["actors"] * n_actors + ["networks"] * n_networks, dtype="str"),
            "degree": [graph.degree(node) for node in range(n_actors + n_networks)],
            "betweenness": [between[node] / high if high else np.nan for node, high in enumerate(most)],
            "component": [component[node] for node in range(n_actors + n_networks)],
        }
    )
    return frame.sort_values(["betweenness", "side", "node_id"], ascending=[False, True, True], ignore_index=True)


def _most(own: int, other: int) -> float:
    """Return the greatest betweenness that a node can have, by the numbers of nodes on its own and the other side."""
    s, t = divmod(own - 1, other)
    return (other**2 * (s + 1) ** 2 + other * (s + 1) * (2 * t - s - 1) - t * (2 * s - t + 3)) / 2
