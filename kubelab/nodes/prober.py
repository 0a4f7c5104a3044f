"""Probes: asking a container again and again whether it has started, lives, and is ready.

Stands for pkg/kubelet/prober (worker.go, prober.go). The first probe of a kind comes when the container starts, or
after its initial delay, then one every period. Somebody waits for the first one, and for those that follow a success
until there are enough of them; nobody waits for the others.

Differs from Kubernetes: a probe takes no time, so it never times out; one that names another host asks the pod.
"""

from kubelab.api import meta
from kubelab.api.meta import Obj
from kubelab.nodes import desk
from kubelab.nodes.runtime import Container, Pod

STARTUP, READINESS, LIVENESS = "startup", "readiness", "liveness"
FIRST_MS = 20


class Prober:
    """Runs the probes of all containers."""

    def __init__(self, desk: desk.Desk) -> None:
        self.desk = desk

    def begin(self, pod: Obj, record: Container) -> None:
        """Start the probes of a container: the startup probe alone if it has one, else the others."""
        spec = desk.spec_of(pod, record["name"])
        kinds = (STARTUP,) if _probe(spec, STARTUP) and not record["booted"] else (READINESS, LIVENESS)
        age = self.desk.clock.now - record["started"]
        for kind in kinds:
            if probe := _probe(spec, kind):
                wait = max(int(probe.get("initialDelaySeconds", 0)) * 1000 - age, FIRST_MS)
                self.desk.later(wait, "probe", meta.uid(pod), record["name"], record["id"], kind)

    def tick(self, uid: str, name: str, id: str, kind: str) -> None:
        """One probe."""
        found = self.desk.look(uid, name, id)
        if found is None or not found[2]["alive"]:
            return
        pod, here, record = found
        probe = _probe(desk.spec_of(pod, name), kind)
        if probe is None or (kind != READINESS and meta.is_deleting(pod)):
            return
        good, said = self._attempt(pod, record, probe)
        if not good:
            self.desk.tell(pod, name, "Warning", "Unhealthy", f"{kind.capitalize()} probe failed: {said}")
        successes, failures = record["probes"].get(kind, (0, 0))
        counts = [successes + 1, 0] if good else [0, failures + 1]
        record["probes"][kind] = counts
        enough = counts[0] >= int(probe.get("successThreshold", 1))
        if good and enough:
            self._passed(pod, here, record, kind)
        elif counts[1] >= int(probe.get("failureThreshold", 3)):
            self._failed(pod, here, record, kind)
        if kind != STARTUP or not record["booted"]:
            pause = int(probe.get("periodSeconds", 10)) * 1000
            waited_for = good and not enough
            self.desk.later(pause, "probe", uid, name, id, kind, background=not waited_for)

    def _passed(self, pod: Obj, here: Pod, record: Container, kind: str) -> None:
        if kind == STARTUP:
            record["booted"] = True
            record["ready"] = _probe(desk.spec_of(pod, record["name"]), READINESS) is None
            self.begin(pod, record)
        elif kind == READINESS and record["ready"]:
            return
        elif kind == READINESS:
            record["ready"] = True
        self.desk.report(pod, here)

    def _failed(self, pod: Obj, here: Pod, record: Container, kind: str) -> None:
        if kind == READINESS:
            if record["ready"]:
                record["ready"] = False
                self.desk.report(pod, here)
            return
        record["probes"][kind] = [0, 0]
        why = f"Container {record['name']} failed {kind} probe, will be restarted"
        self.desk.later(0, "kill", meta.uid(pod), record["name"], record["id"], why)

    def _attempt(self, pod: Obj, record: Container, probe: Obj) -> tuple[bool, str]:
        """Whether the container answers as it should, and what the kubelet says if not."""
        if "exec" in probe:
            run = self.desk.runtime.execute(pod, record, list(probe["exec"].get("command") or []))
            return run.code == 0, run.stdout + run.stderr
        address = pod["status"].get("podIP") or (self.desk.runtime.of(meta.uid(pod)) or {}).get("ip", "")
        handler = probe.get("httpGet") or probe.get("tcpSocket") or probe.get("grpc") or {}
        port = _number(desk.spec_of(pod, record["name"]), handler.get("port", 0))
        refused = f"dial tcp {address}:{port}: connect: connection refused"
        listens = self.desk.runtime.listens(pod, port)
        if "httpGet" not in probe:
            return listens, refused
        scheme, path = str(handler.get("scheme", "HTTP")).lower(), str(handler.get("path", "/"))
        if not listens:
            return False, f'Get "{scheme}://{address}:{port}{path}": {refused}'
        code = self.desk.runtime.http(pod, record, port, path)
        return 200 <= code < 400, f"HTTP probe failed with statuscode: {code}"


def _probe(spec: Obj, kind: str) -> Obj | None:
    return spec.get(f"{kind}Probe")


def _number(spec: Obj, port: int | str) -> int:
    """A port's number, looked up by name if it is one."""
    if isinstance(port, int):
        return port
    named = (p["containerPort"] for p in spec.get("ports") or [] if p.get("name") == port)
    return int(next(named, 0))
