"""The table of pods: READY, STATUS and RESTARTS told from the containers' states.

Stands for printPod in pkg/printers/internalversion/printers.go (v1.36).
"""

from dataclasses import dataclass

from kubelab.api import meta
from kubelab.printers import ages, texts
from kubelab.printers.columns import base


@dataclass(slots=True)
class _Count:
    """What is summed up over a pod's containers."""

    restarts: int = 0
    last: str = ""
    ready: int = 0

    def add(self, status: meta.Obj) -> None:
        self.restarts += status.get("restartCount") or 0
        finished = ((status.get("lastState") or {}).get("terminated") or {}).get("finishedAt") or ""
        self.last = max(self.last, finished)


def _state(status: meta.Obj, name: str) -> meta.Obj | None:
    found = (status.get("state") or {}).get(name)
    return found if found is None else dict(found)


def _ending(terminated: meta.Obj) -> str:
    if terminated.get("reason"):
        return str(terminated["reason"])
    if terminated.get("signal"):
        return f"Signal:{terminated['signal']}"
    return f"ExitCode:{terminated.get('exitCode', 0)}"


def _first_reason(pod: meta.Obj) -> str:
    status = base.part(pod, "status")
    return str(status.get("reason") or status.get("phase") or "")


def _running(pod: meta.Obj, count: _Count, reason: str) -> str:
    """Containers are asked from last to first; the last one asked wins, but an error beats `Completed`."""
    has_running, error = False, ""
    for status in reversed(base.part(pod, "status").get("containerStatuses") or []):
        count.add(status)
        waiting, ended = _state(status, "waiting"), _state(status, "terminated")
        if waiting and waiting.get("reason"):
            reason = str(waiting["reason"])
        elif ended is not None:
            reason = _ending(ended)
        elif status.get("ready") and _state(status, "running") is not None:
            has_running = True
            count.ready += 1
            continue
        if (waiting or ended) and reason != "Completed":
            error = reason
    if reason != "Completed":
        return reason
    if has_running and meta.is_ready(pod):
        return "Running"
    return error or ("NotReady" if has_running else reason)


def _summary(pod: meta.Obj) -> tuple[str, _Count]:
    count = _Count()
    reason = _running(pod, count, _first_reason(pod))
    if meta.is_deleting(pod):
        if base.part(pod, "status").get("reason") == "NodeLost":
            reason = "Unknown"
        elif not meta.is_finished(pod):
            reason = "Terminating"
    return reason, count


def status(pod: meta.Obj) -> str:
    """The STATUS column: the phase, or what is more telling."""
    return _summary(pod)[0]


def _restarts(count: _Count, now: int) -> str:
    if count.restarts and count.last:
        return f"{count.restarts} ({ages.since(count.last, now)} ago)"
    return str(count.restarts)


def _row(pod: meta.Obj, now: int) -> tuple[base.Cell, ...]:
    spec, pod_status = base.part(pod, "spec"), base.part(pod, "status")
    reason, count = _summary(pod)
    addresses = pod_status.get("podIPs") or [{}]
    return (
        meta.name(pod),
        f"{count.ready}/{len(spec.get('containers') or [])}",
        reason,
        _restarts(count, now),
        base.age(pod, now),
        addresses[0].get("ip") or texts.NONE,
        spec.get("nodeName") or texts.NONE,
        pod_status.get("nominatedNodeName") or texts.NONE,
        texts.NONE,
    )


TABLES = {
    "Pod": base.Spec(
        (
            base.NAME, base.Column("Ready"), base.Column("Status"), base.Column("Restarts"), base.AGE,
            base.wide("IP"), base.wide("Node"), base.wide("Nominated Node"), base.wide("Readiness Gates"),
        ),
        _row,
    ),
}  # fmt: skip
