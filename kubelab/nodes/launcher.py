"""Getting a container to run: image, environment, start.

Stands for pkg/kubelet/images/image_manager.go and kuberuntime_container.go (startContainer), with their events. What
cannot work yet is tried again: an image after 10 s, doubling to 300 s.

Differs from Kubernetes: images are pulled at the same time, not one after the other; there are no pull secrets.
"""

from kubelab.api import meta, times
from kubelab.api.meta import Obj
from kubelab.nodes import desk, envvars, images, prober, statuses
from kubelab.nodes.runtime import Container, Pod, Run

RETRY_MS = 10_000
LONGEST_MS = 300_000
NOTICE_MS = 2_000
"""From a failed pull to being told to wait."""
SHORT_MS = 5_000
"""A program that ends sooner is waited for."""
SHELLS = ("sh", "bash", "ash", "zsh", "python3", "node")


def blank(name: str) -> Container:
    """A container that has not been made yet."""
    return {
        "name": name, "id": "", "image": "", "argv": [], "env": {}, "ports": [], "files": {}, "logs": [],
        "alive": False, "started": 0, "finished": None, "code": None, "reason": "", "message": "",
        "restarts": 0, "ready": False, "booted": False, "waiting": ["ContainerCreating", ""], "last": None,
        "previous": [], "backoff": 0, "backoff_at": 0, "probes": {}, "stopping": None,
        "attempt": 0, "pull_backoff": 0, "busy": False, "trying": "",
    }  # fmt: skip


class Launcher:
    """Pulls images and starts containers."""

    def __init__(self, desk: desk.Desk, prober: prober.Prober) -> None:
        self.desk, self.prober = desk, prober
        self.runtime = desk.runtime

    def prepare(self, pod: Obj, here: Pod, record: Container) -> None:
        """See to the image; the start follows."""
        spec = desk.spec_of(pod, record["name"])
        record["busy"], record["attempt"] = True, record["attempt"] + 1
        text, policy = spec["image"], spec.get("imagePullPolicy", "IfNotPresent")
        record["trying"] = text
        try:
            reference = images.parse(text)
        except ValueError as error:
            said = f'Failed to apply default image tag "{text}": couldn\'t parse image name "{text}": {error}'
            self._refuse(pod, here, record, "InspectFailed", "InvalidImageName", said)
            return
        present = reference.full in self.runtime.images.get(here["node"], {})
        if policy == "Never" and not present:
            said = f'Container image "{text}" is not present with pull policy of Never'
            self._refuse(pod, here, record, "ErrImageNeverPull", "ErrImageNeverPull", said)
        elif policy != "Always" and present:
            said = f'Container image "{text}" already present on machine and can be accessed by the pod'
            self.desk.tell(pod, record["name"], "Normal", "Pulled", said)
            self._start(pod, here, record, spec)
        else:
            self.desk.tell(pod, record["name"], "Normal", "Pulling", f'Pulling image "{text}"')
            took = images.pull_ms(reference, here["node"], present)
            self._later(pod, record, took, "pulled", took)

    def _later(self, pod: Obj, record: Container, delay: int, what: str, *args: int, background: bool = False) -> None:
        about = (meta.uid(pod), record["name"], record["attempt"])
        self.desk.later(delay, what, *about, *args, background=background)

    def find(self, uid: str, name: str, attempt: int) -> tuple[Obj, Pod, Container] | None:
        """A container that this attempt is still to start."""
        found = self.desk.at(uid)
        if found is None or meta.is_deleting(found[0]) or name not in found[1]["containers"]:
            return None
        record = found[1]["containers"][name]
        return (*found, record) if record["busy"] and record["attempt"] == attempt else None

    def retry(self, uid: str, name: str, attempt: int) -> None:
        """Try once more."""
        if (found := self.find(uid, name, attempt)) is not None:
            self.prepare(*found)

    def _refuse(self, pod: Obj, here: Pod, record: Container, reason: str, state: str, said: str) -> None:
        """What cannot be done is told, and tried again in a while."""
        self.desk.tell(pod, record["name"], "Warning", reason, said)
        self.desk.tell(pod, record["name"], "Warning", "Failed", f"Error: {state}")
        self._wait(pod, here, record, state, said)

    def _wait(self, pod: Obj, here: Pod, record: Container, state: str, said: str) -> None:
        record["waiting"] = [state, said]
        self.desk.report(pod, here)
        self._later(pod, record, RETRY_MS, "retry", background=True)

    # ---- images

    def pulled(self, uid: str, name: str, attempt: int, took: int) -> None:
        """A pull has come to its end, good or bad."""
        found = self.find(uid, name, attempt)
        if found is None:
            return
        pod, here, record = found
        spec = desk.spec_of(pod, name)
        reference = images.parse(spec["image"])
        if problem := images.problem(reference):
            self._not_pulled(pod, here, record, spec["image"], problem)
            return
        record["pull_backoff"] = 0
        self.runtime.images.setdefault(here["node"], {})[reference.full] = self.desk.clock.now
        took_text, size = times.go_text(took), images.size(images.find(reference))
        said = (
            f'Successfully pulled image "{spec["image"]}" in {took_text} ({took_text} including waiting). '
            f"Image size: {size} bytes."
        )
        self.desk.tell(pod, name, "Normal", "Pulled", said)
        self._start(pod, here, record, spec)

    def _not_pulled(self, pod: Obj, here: Pod, record: Container, image: str, problem: str) -> None:
        name = record["name"]
        self.desk.tell(pod, name, "Warning", "Failed", f'Failed to pull image "{image}": {problem}')
        self.desk.tell(pod, name, "Warning", "Failed", "Error: ErrImagePull")
        record["waiting"] = ["ErrImagePull", problem]
        record["pull_backoff"] = min(record["pull_backoff"] * 2 or RETRY_MS, LONGEST_MS)
        self.desk.note(pod, f"cannot pull {image}")
        self.desk.report(pod, here)
        self._later(pod, record, NOTICE_MS, "hold", background=record["pull_backoff"] > RETRY_MS)

    def hold(self, uid: str, name: str, attempt: int) -> None:
        """After a failed pull: wait, and say so."""
        found = self.find(uid, name, attempt)
        if found is None:
            return
        pod, here, record = found
        image, problem = desk.spec_of(pod, name)["image"], record["waiting"][1]
        self.desk.tell(pod, name, "Normal", "BackOff", f'Back-off pulling image "{image}"')
        self.desk.tell(pod, name, "Warning", "Failed", "Error: ImagePullBackOff")
        record["waiting"] = ["ImagePullBackOff", f'Back-off pulling image "{image}": ErrImagePull: {problem}']
        self.desk.report(pod, here)
        self._later(pod, record, record["pull_backoff"] - NOTICE_MS, "retry", background=True)

    # ---- the start

    def _start(self, pod: Obj, here: Pod, old: Container, spec: Obj) -> None:
        """Make the container and start its program."""
        reference = images.parse(spec["image"])
        with_address = {**pod, "status": {**pod["status"], **self._addresses(pod, here)}}
        services = self.desk.store.list("Service")
        env = envvars.of_container(with_address, spec, services, images.environment(reference))
        record = self._renewed(old, spec, env)
        here["containers"][record["name"]] = record
        self.desk.tell(pod, record["name"], "Normal", "Created", "Container created")
        run = self._launch(with_address, record, spec, reference)
        if run is not None and not run.started:
            self._not_started(pod, record, run)
        else:
            self.desk.tell(pod, record["name"], "Normal", "Started", "Container started")
            self.desk.note(pod, f"{record['name']} started")
            self._run(pod, record, spec, run)
        self.desk.report(pod, here)

    def _addresses(self, pod: Obj, here: Pod) -> Obj:
        host = self.desk.host_address(pod)
        own, its = [{"ip": here["ip"]}], [{"ip": host}]
        return {"podIP": here["ip"], "podIPs": own, "hostIP": host, "hostIPs": its}

    def _renewed(self, old: Container, spec: Obj, env: dict[str, str]) -> Container:
        """A new container in place of the old one, which it remembers."""
        record = blank(old["name"])
        kept = ("restarts", "backoff", "backoff_at", "attempt")
        record.update({key: old[key] for key in kept})
        record.update(id=self.desk.chance.hex(64), image=spec["image"], env=env, waiting=None)
        record["started"] = self.desk.clock.now
        if old["id"]:
            record["restarts"] += 1
            record["previous"], record["last"] = old["logs"], {"terminated": statuses.terminated(old)}
        return record

    def _launch(self, pod: Obj, record: Container, spec: Obj, reference: images.Reference) -> Run | None:
        """What the container's command line does: a Run, or None if it is a server that runs on."""
        image = images.find(reference)
        argv = [envvars.expand(word, record["env"]) for word in images.command_line(image, spec)]
        record["argv"], record["alive"] = argv, True
        own = images.is_own_server(image, spec)
        listening = images.listening(image if own or spec.get("command") is None else None, spec, argv)
        if own:
            record["ports"] = [list(port) for port in listening]
            if complaint := images.missing_settings(image, record["env"]):
                return Run(stderr=complaint, code=1, ms=500)
            return None
        if spec.get("stdin") and len(argv) == 1 and argv[0].rpartition("/")[2] in SHELLS:
            return Run(ms=None)
        run = self.runtime.entrypoint(pod, record, argv)
        if run is None and not record["ports"]:
            declared = images.listening(None, spec, argv)
            record["ports"] = [list(port) for port in declared]
        return run

    def _run(self, pod: Obj, record: Container, spec: Obj, run: Run | None) -> None:
        now = self.desk.clock.now
        has = {kind: bool(spec.get(f"{kind}Probe")) for kind in (prober.STARTUP, prober.READINESS)}
        record["booted"] = not has[prober.STARTUP]
        record["ready"] = record["booted"] and not has[prober.READINESS]
        if run is not None:
            written = run.log or ((run.ms or 0, run.stdout + run.stderr),)
            record["logs"] = [[now + at, text] for at, text in written if text]
            if run.ms is not None:
                about = (meta.uid(pod), record["name"], record["id"], run.code)
                self.desk.later(run.ms, "ended", *about, background=run.ms > SHORT_MS)
        self.prober.begin(pod, record)

    def _not_started(self, pod: Obj, record: Container, run: Run) -> None:
        """There is no such program in the image."""
        cause = f'exec: "{record["argv"][0]}": executable file not found in $PATH'
        said = (
            "failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create "
            f"failed: unable to start container process: error during container init: {run.stderr.strip() or cause}"
        )
        self.desk.tell(pod, record["name"], "Warning", "Failed", f"Error: {said}")
        self.runtime.end(record, 128, "StartError")
        record["started"], record["message"] = 0, said
        self.desk.later(0, "ended", meta.uid(pod), record["name"], record["id"], 128)
