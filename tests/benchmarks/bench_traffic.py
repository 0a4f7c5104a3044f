"""What many requests cost, beside bare numpy, simpy and plain loops: `python tests/benchmarks/bench_traffic.py`.

Processor time, the best of some runs; read the ratios. Aims: a third of bare numpy without affinity, three times a
vectorised sort-and-diff with it, 10 million requests under 500 MB. simpy is no dependency: install it for the bench.
"""

import pathlib
import random
import resource
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).parents[2]))

from tests.network import small

REQUESTS = 3_000_000
TIMEOUT = 10_800_000
FEW = 200_000


def spent(action: Callable[[], object], times: int = 5) -> float:
    """The least processor time of some runs, in seconds."""
    found = []
    for _ in range(times):
        start = time.process_time()
        action()
        found.append(time.process_time() - start)
    return min(found)


def line(what: str, requests: int, seconds: float, ratio: float | None = None) -> float:
    """One row; what it returns is the speed, in requests a second."""
    more = f"{ratio:.2f}" if ratio is not None else ""
    print(f"| {what} | {requests / seconds / 1e6:.2f} | {more} |")
    return requests / seconds


def head(title: str, beside: str) -> None:
    print(f"\n{title}\n\n| what | million requests a second | times {beside} |\n| --- | ---: | ---: |")


def without_affinity() -> None:
    head("Without affinity", "numpy")
    rng = np.random.default_rng(1)
    for pods in (3, 30, 1000):
        world = small.web(pods)

        def bare(pods: int = pods) -> object:
            return np.bincount(rng.integers(0, pods, REQUESTS), minlength=pods)

        floor = spent(bare)
        line(f"`numpy.bincount(rng.integers())`, {pods} endpoints", REQUESTS, floor)
        for clients in (1, 20, 1000):
            if clients == 1000:
                every = np.arange(REQUESTS) % clients * pods

                def by_client(pods: int = pods, every: np.ndarray = every) -> object:
                    return np.bincount(every + rng.integers(0, pods, REQUESTS), minlength=pods * 1000)

                table = spent(by_client)
                line(f"the same, into a table of 1000 clients x {pods} endpoints", REQUESTS, table, floor / table)
            ours = spent(lambda world=world, n=clients: world.network.traffic("web", REQUESTS, n))
            line(f"traffic, {pods} endpoints, {clients} client(s)", REQUESTS, ours, floor / ours)


def sort_and_diff(requests: int, clients: int, every: int, pods: int, timeout: int) -> object:
    """Who is answered by whom, by sorting all requests by client and looking for gaps."""
    client, moment = np.arange(requests) % clients, np.arange(requests) * every
    order = np.lexsort((moment, client))
    client, moment = client[order], moment[order]
    new = np.ones(requests, dtype=bool)
    new[1:] = (client[1:] != client[:-1]) | (np.diff(moment) > timeout)
    picked = np.random.default_rng(1).integers(0, pods, int(new.sum()))
    return np.bincount(client * pods + picked[np.cumsum(new) - 1])


def with_affinity() -> None:
    head("With ClientIP, 1,000 clients over three days (a request each 86 ms)", "sort and diff")
    rows = [(3, 10_800), (30, 10_800), (1000, 10_800), (30, 60)]
    for pods, seconds in rows:
        config = {"sessionAffinityConfig": {"clientIP": {"timeoutSeconds": seconds}}}
        world = small.web(pods, sessionAffinity="ClientIP", **config)
        # 1,000 addresses on three nodes overflow three lists of a hundred: three pods get fewer clients.
        clients = 200 if pods == 3 else 1000
        plain = spent(lambda p=pods, t=seconds, n=clients: sort_and_diff(REQUESTS, n, 86, p, t * 1000), 3)
        line(f"numpy: sort, diff, count; {pods} endpoints, {clients} clients, timeout {seconds} s", REQUESTS, plain)
        ours = spent(lambda world=world, n=clients: world.network.traffic("web", REQUESTS, n, every=0.086), 3)
        line(f"traffic, the same{' (all come too late)' if seconds == 60 else ''}", REQUESTS, ours, plain / ours)
    world = small.web(3, sessionAffinity="ClientIP")
    thrash = spent(lambda: world.network.traffic("web", FEW, 500, node="kube-node1"), 2)
    line("traffic, 500 clients on one node, 3 endpoints: lists overflow", FEW, thrash)


def loop(requests: int, pods: int, clients: int, sticky: bool) -> Counter[int]:
    """The same in plain Python."""
    found: Counter[int] = Counter()
    memory: dict[int, tuple[int, int]] = {}
    for k in range(requests):
        client, now = k % clients, k * 86
        pod, at = memory.get(client, (-1, -TIMEOUT))
        if not sticky or now - at >= TIMEOUT:
            pod = random.randrange(pods)
        if sticky:
            memory[client] = pod, now
        found[pod] += 1
    return found


def simulated(simpy: Any, requests: int, pods: int, clients: int) -> Counter[int]:
    """The same as processes of simpy: a client waits, asks, waits."""
    found: Counter[int] = Counter()
    env = simpy.Environment()

    def client(number: int) -> Iterator[Any]:
        yield env.timeout(number * 86)
        for _ in range(requests // clients):
            found[random.randrange(pods)] += 1
            yield env.timeout(clients * 86)

    for number in range(clients):
        env.process(client(number))
    env.run()
    return found


def beside_loops() -> None:
    head("Beside plain loops, 30 endpoints, 20 clients", "that loop (what traffic is)")
    free, kept = small.web(30), small.web(30, sessionAffinity="ClientIP")
    speed = {
        world: REQUESTS / spent(lambda world=world: world.network.traffic("web", REQUESTS, 20, every=0.086), 3)
        for world in (free, kept)
    }
    for name, world, sticky in (("plain Python", free, False), ("plain Python, ClientIP", kept, True)):
        seconds = spent(lambda sticky=sticky: loop(FEW, 30, 20, sticky), 3)
        line(name, FEW, seconds, speed[world] * seconds / FEW)
    try:
        import simpy
    except ImportError:
        print("\nsimpy is not installed: no row for it")
        return
    seconds = spent(lambda: simulated(simpy, FEW, 30, 20), 3)
    line(f"simpy {simpy.__version__}", FEW, seconds, speed[free] * seconds / FEW)


def memory() -> None:
    done = subprocess.run([sys.executable, __file__, "memory"], capture_output=True, text=True, check=True)
    print(f"\n10 million requests, most memory of the whole process: {int(done.stdout)} MB")


def alone() -> None:
    """Ten million requests in a process of their own: prints the most memory it had."""
    for spec in ({}, {"sessionAffinity": "ClientIP"}):
        small.web(30, **spec).network.traffic("web", 10_000_000, 1000)
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)


if __name__ == "__main__":
    parts = [alone] if sys.argv[1:] == ["memory"] else [without_affinity, with_affinity, beside_loops, memory]
    for part in parts:
        part()
