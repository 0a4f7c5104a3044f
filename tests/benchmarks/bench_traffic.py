"""What many requests cost, beside bare numpy and a plain loop: `python tests/benchmarks/bench_traffic.py`.

Processor time, the best of some runs; read the ratios. Aims: a third of bare numpy without affinity, three times a
vectorised sort-and-diff with it.
"""

import pathlib
import random
import resource
import sys
import time
from collections import Counter
from collections.abc import Callable

import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).parents[2]))

from tests.network import small

REQUESTS = 3_000_000
TIMEOUT = 10_800_000


def spent(action: Callable[[], object], times: int = 5) -> float:
    """The least processor time of some runs, in seconds."""
    found = []
    for _ in range(times):
        start = time.process_time()
        action()
        found.append(time.process_time() - start)
    return min(found)


def line(what: str, requests: int, seconds: float, ratio: float | None = None, beside: str = "") -> None:
    more = f"   {ratio:5.2f} of {beside}" if ratio is not None else ""
    print(f"  {what:<52} {requests / seconds / 1e6:8.2f} million/s{more}")


def without_affinity() -> None:
    print("\nwithout affinity")
    rng = np.random.default_rng(1)
    for pods in (3, 30, 1000):
        world = small.web(pods)

        def bare(pods: int = pods) -> object:
            return np.bincount(rng.integers(0, pods, REQUESTS), minlength=pods)

        floor = spent(bare)
        line(f"numpy.bincount(rng.integers), {pods} endpoints", REQUESTS, floor)
        for clients in (1, 20):
            ours = spent(lambda world=world, n=clients: world.network.traffic("web", REQUESTS, n))
            line(f"traffic, {pods} endpoints, {clients} client(s)", REQUESTS, ours, floor / ours, "numpy")
    count = 200_000
    loop = spent(lambda: Counter(random.randrange(3) for _ in range(count)), 3)
    line("a plain loop over random.randrange", count, loop)


def sort_and_diff(requests: int, clients: int, every: int, pods: int) -> object:
    """Who is answered by whom, by sorting all requests by client and looking for gaps."""
    client, moment = np.arange(requests) % clients, np.arange(requests) * every
    order = np.lexsort((moment, client))
    client, moment = client[order], moment[order]
    new = np.ones(requests, dtype=bool)
    new[1:] = (client[1:] != client[:-1]) | (np.diff(moment) > TIMEOUT)
    picked = np.random.default_rng(1).integers(0, pods, int(new.sum()))
    return np.bincount(client * pods + picked[np.cumsum(new) - 1])


def with_affinity() -> None:
    print("\nwith ClientIP, 1,000 clients, a request each 86 ms: three days")
    world = small.web(30, sessionAffinity="ClientIP")
    plain = spent(lambda: sort_and_diff(REQUESTS, 1000, 86, 30), 3)
    line("numpy: sort, diff, count", REQUESTS, plain)
    ours = spent(lambda: world.network.traffic("web", REQUESTS, 1000, every=0.086), 3)
    line("traffic", REQUESTS, ours, plain / ours, "sort and diff (times)")
    count = 100_000
    world = small.web(3, sessionAffinity="ClientIP")
    thrash = spent(lambda: world.network.traffic("web", count, 500, node="kube-node1"), 2)
    line("traffic, 500 clients on one node: lists overflow", count, thrash)


def memory() -> None:
    world = small.web(30)
    world.network.traffic("web", 10_000_000, 20)
    print(f"\n10 million requests, most memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


if __name__ == "__main__":
    for part in (without_affinity, with_affinity, memory):
        part()
