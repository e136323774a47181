"""What `connectors` measures, once, with networkx; run by the benchmark in an environment of its own.

Standard input: a line for each tie, "from to days". Standard output: a JSON line with the processor seconds of each
part as it ends. The one argument is after how many processor seconds the system ends it (setrlimit(2)).
"""

from __future__ import annotations

import json
import resource
import sys
import time

import networkx as nx


def main() -> None:
    """Read the ties, take the measures, and write what each costs."""
    resource.setrlimit(resource.RLIMIT_CPU, (int(sys.argv[1]), int(sys.argv[1])))
    rows = [tuple(map(int, line.split())) for line in sys.stdin]
    began = time.process_time()
    sent = nx.DiGraph()
    sent.add_weighted_edges_from((a, b, days / (days + 1)) for a, b, days in rows)
    mutual = nx.Graph()
    mutual.add_edges_from((a, b, data) for a, b, data in sent.edges(data=True) if a < b and sent.has_edge(b, a))
    _write("graph", began)

    began = time.process_time()
    nx.community.louvain_communities(sent.to_undirected(), weight="weight", seed=0)
    _write("circles", began)

    began = time.process_time()
    for person in mutual:
        nx.betweenness_centrality(nx.ego_graph(mutual, person), normalized=False)[person]
    _write("betweenness", began)

    began = time.process_time()
    nx.effective_size(sent.reverse(copy=False), weight="weight")
    _write("effective size", began)


def _write(part: str, began: float) -> None:
    print(json.dumps({part: time.process_time() - began}), flush=True)


if __name__ == "__main__":
    main()
