"""The notebook's front door: one cluster, its kubectl, its panels, and the way back.

A Lab wires nothing itself; it keeps the history (undo, redo), tells listeners (panels) when something may have changed,
and imports the rooms above the engine (panels, lessons) only when one is asked for, so that the engine needs neither
Jupyter nor matplotlib.
"""

import os
import pathlib
import re
import reprlib
import weakref
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from kubelab import sharing
from kubelab.api import times
from kubelab.cluster import Cluster
from kubelab.history import History, Past, Step
from kubelab.kubectl import kubectl
from kubelab.sim import clock
from kubelab.version import __version__

if TYPE_CHECKING:
    from kubelab.network import hops
    from kubelab.network.traffic import Traffic

LANGUAGES = ("ko", "en")

_latest: "weakref.ref[Lab] | None" = None


class LabError(Exception):
    """Something that a learner asked of the lab and cannot have: shown as one line, without a traceback."""

    def _render_traceback_(self) -> list[str]:
        """What IPython shows instead of a traceback."""
        return [str(self)]


def replay(line: str, lang: str | None = None) -> "Lab":
    """The world that a line of `lab.share()` tells: a Lab with the same cluster, its steps ready to be undone."""
    try:
        story = sharing.read(line)
        lab = Lab(story.seed, lang)
        for act in story.acts:
            sharing.perform(lab, act)
        lab.settle()
    except sharing.BadLine as problem:
        raise LabError(str(problem)) from None
    except (TypeError, ValueError, OverflowError):
        raise LabError("this line tells something that kubelab does not do") from None
    if sharing.leads_to(lab.cluster) != story.leads_to:
        raise LabError(f"this line leads elsewhere here: made with kubelab {story.made_with}, this is {__version__}")
    return lab


def current() -> "Lab":
    """The notebook's lab: the one made last; a first one if there is none."""
    lab = _latest() if _latest is not None else None
    return lab if lab is not None else Lab()


class Lab:
    """A fresh simulated cluster: the class's nodes, addresses and cluster DNS.

    Equal seeds give equal names, addresses and choices. `lang` ("ko" or "en") is the language of panels and checks; by
    default the KUBELAB_LANG environment variable, else the notebook's folder, else English.
    """

    def __init__(self, seed: int = 1, lang: str | None = None) -> None:
        global _latest
        if lang is not None and lang not in LANGUAGES:
            raise LabError(f"lang is one of {', '.join(LANGUAGES)}, not {lang!r}")
        if not isinstance(seed, int) or isinstance(seed, bool):
            raise LabError(f"seed is a whole number, not {seed!r}")
        self.seed = seed
        self.lang = lang or _language()
        self.cluster = Cluster(seed)
        self.memory: dict[str, Any] = {}
        self.lock: AbstractContextManager[Any] = nullcontext()
        """Held while the cluster moves; panels put the one lock of their callbacks here."""
        self.foreseen: tuple[dict[str, Any], dict[str, Any]] | None = None
        """A state that panels have looked ahead from, and what it comes to rest as; found again, it need not be run."""
        self.stepping = False
        """Whether the last act was a single step: then panels show the moment, else what it settles to."""
        self.history = History(self.cluster)
        self._listeners: list[Callable[[], None]] = []
        _latest = weakref.ref(self)
        _keep.append(self)
        del _keep[:-1]

    # ---- acting

    def kubectl(self, line: str | list[str], stdin: str = "", *, cwd: str = ".") -> kubectl.Result:
        """Run one kubectl line (with or without the word kubectl); files are relative to `cwd`."""
        if not _is_line(line) or not isinstance(stdin, str):
            raise LabError(f'a line of text: for example lab.kubectl("get pods"); not {_short(line)}')
        tool = kubectl.Kubectl(self.cluster)
        if not tool.watches(line):
            self.settle()
        shown = line if isinstance(line, str) else " ".join(line)
        what, keep = "kubectl " + re.sub(r"^\s*kubectl\s+", "", shown), tool.changes(line)
        told, texts = sharing.carried(line, cwd) if keep else (line, {})
        with self._step(what, ["kubectl", told, stdin, texts], keep=keep) as step:
            result = tool.run(line, stdin=stdin, cwd=cwd)
            step.refused = result.code != 0
            return result

    def traffic(self, service: str, requests: int = 1000, clients: int | list[str] = 1, **options: Any) -> "Traffic":
        """Send many requests to a Service, each on its own connection from one of `clients`; count who answers."""
        from kubelab import widgets  # noqa: F401  (teaches Traffic its picture)
        from kubelab.network import traffic
        from kubelab.widgets import progress

        self.settle()
        tell = options.pop("progress", None) or progress.bar(self.lang)
        try:
            what = f"traffic {service} requests={requests} clients={clients}"
            with self._step(what, ["traffic", service, requests, clients, options]):
                send = self.cluster.network.traffic
                return send(service, requests=requests, clients=clients, progress=tell, **options)
        except traffic.TrafficError as problem:
            raise LabError(str(problem)) from None

    def path(self, target: str, client: str = "", namespace: str = "default") -> "hops.Path":
        """Make one connection and say its way hop by hop: `print(lab.path("http://mynapp-svc"))`.

        `client` is a pod, a node, or `outside`; by default the pod nettool, else some pod on the first worker.
        """
        from kubelab.widgets import hopwords

        if not isinstance(target, str):
            raise LabError(f'whom to ask: for example lab.path("http://mynapp-svc"); not {_short(target)}')
        self.settle()
        try:
            client = client or ("nettool" if self.cluster.store.find("Pod", namespace, "nettool") else "")
            with self._step(f"path {target}", ["path", target, client, namespace]):
                return hopwords.spoken(self.cluster.network.request(target, client, namespace), self.lang)
        except ValueError as problem:
            raise LabError(f"{target}: {problem}" if str(problem) != target else f"{target}: not a URL") from None

    def rules(self, mode: str = "", node: str = "kube-node1") -> str:
        """The rules that kube-proxy writes on a node, as `iptables-save` prints them; only iptables mode has a text."""
        self.settle()
        try:
            return str(self.cluster.network.rules(mode=mode, node=node))
        except ValueError as problem:
            raise LabError(str(problem)) from None

    def proxy_mode(self, mode: str = "", scheduler: str = "") -> str:
        """Run kube-proxy in another mode: `"iptables"`, `"ipvs"`, `"nftables"`; what it remembered is gone.

        ipvs has a scheduler: rr (the default), wrr, lc, wlc, sh. Without arguments: which mode it is, and how far that
        was compared with a real kernel.
        """
        self.settle()
        network = self.cluster.network
        if not mode:
            return network.proxy.label
        try:
            with self._step(f"proxy mode {mode} {scheduler}".rstrip(), ["proxy_mode", mode, scheduler]):
                network.use(mode, scheduler)
        except ValueError as problem:
            raise LabError(str(problem)) from None
        return f"{mode} {scheduler}".rstrip()

    def load_balancer(self, pool: str = "192.168.56.200-192.168.56.205") -> str:
        """Give the cluster a load balancer provider with a pool of addresses, as the class did with MetalLB."""
        self.settle()
        try:
            with self._step(f"load balancer {pool}", ["load_balancer", pool]):
                self.cluster.load_balancer(pool)
        except ValueError as problem:
            raise LabError(f"a pool is for example 192.168.56.200-192.168.56.205: {problem}") from None
        return pool

    def settle(self) -> None:
        """Let the loops run until nothing is going on."""
        try:
            with self.lock:
                self.cluster.clock.renew()
                before = self.cluster.clock.now, self.cluster.clock.next_at()
                seen, self.foreseen = self.foreseen, None
                if seen and seen[0] == self.cluster.snapshot():
                    self.cluster.restore(seen[1])
                else:
                    self.cluster.settle()
                if before != (self.cluster.clock.now, self.cluster.clock.next_at()):
                    self.history.note(["settle"])
        except clock.Tired as tired:
            raise LabError(str(tired)) from None

    def step(self) -> str:
        """Let the next single thing happen; what it was, or "" if nothing waits."""
        before = len(self.cluster.trace.lines)
        self.cluster.clock.renew()
        with self._step("step", ["step"], single=True) as step:
            timer = self.cluster.clock.step()
            step.always = timer is not None
        if timer is None:
            return ""
        done = [f"{line.who}: {line.what}" for line in self.cluster.trace.lines[before:]]
        return "; ".join(done) or f"{timer.room}: {timer.name} {' '.join(map(str, timer.args))}".rstrip()

    def wait(self, duration: str | int) -> str:
        """Let time pass on the cluster's clock: `"3h"`, `"90s"`, or seconds. Nobody waits for real."""
        try:
            ms = times.go_duration(duration) if isinstance(duration, str) else int(duration * 1000)
        except (ValueError, TypeError, OverflowError):
            raise LabError(f'how long? for example lab.wait("3h"), lab.wait("90s"); not {_short(duration)}') from None
        if not 0 <= ms <= 366 * 24 * 3_600_000:
            raise LabError(f"a moment ahead, and at most a year: not {_short(duration)}")
        self.settle()
        with self._step(f"wait {duration}", ["wait", duration]) as step:
            step.always = ms > 0
            self.cluster.clock.run_for(ms)
        return times.stamp(self.cluster.clock.now)

    # ---- the way back

    def undo(self) -> str:
        """Take the last step back, clock and chance included; what it was."""
        return self._moved(self.history.undo) or "nothing to undo"

    def redo(self) -> str:
        """Take an undone step again; what it was."""
        return self._moved(self.history.redo) or "nothing to redo"

    def reset(self) -> None:
        """Begin again with a fresh cluster of the same seed (this, too, can be undone)."""
        fresh = Past("reset", Cluster(self.seed).snapshot(), ())
        self._moved(lambda: self.history.go(fresh))
        self.memory.clear()

    def mark(self, name: str, *, anew: bool = False) -> None:
        """Remember this moment by a name, for `back_to`.

        A mark stays where it is while what is done leads on from it, so that the cell which marks the start of a step
        may be run again. It is set to this moment with `anew`, when another way was taken before it, and when it came
        before its turn: a mark with a lower number was set after it.
        """
        self.settle()
        with self.lock:
            if self.history.mark(str(name), anew=anew):
                self.tell()

    def back_to(self, name: str) -> str:
        """Go back to the moment that was marked with this name (this, too, can be undone)."""
        mark = self.history.marks.get(name)
        if mark is None:
            raise LabError(f"no moment is marked {_short(name)}; marked: {', '.join(self.marks) or 'none yet'}")
        self._moved(lambda: self.history.go(replace(mark, what=f"back to {name}")))
        return name

    @property
    def steps(self) -> tuple[str, ...]:
        """What can be taken back, the last step last."""
        return tuple(step.what for step in self.history.past)

    @property
    def undone(self) -> tuple[str, ...]:
        """What can be done again."""
        return tuple(step.what for step in self.history.undone)

    @property
    def marks(self) -> tuple[str, ...]:
        """The names of the moments that are marked: by their numbers, then as they were set."""
        return self.history.marked

    @contextmanager
    def _step(
        self, what: str, act: list[Any] | None = None, *, keep: bool = True, single: bool = False
    ) -> Iterator[Step]:
        """Something that changes the cluster: afterwards it can be undone, and the listeners know."""
        with self.lock:
            self.stepping = single
            step = self.history.begin(what, act, keep=keep)
            try:
                yield step
            except clock.Tired as tired:
                step.refused = True
                raise LabError(str(tired)) from None
            except BaseException:
                step.refused = True
                raise
            finally:
                self.history.end(step)
                self.tell()

    def _moved(self, way: Callable[[], str | None]) -> str:
        with self.lock:
            self.stepping = False
            said = way()
            self.tell()
        return said or ""

    # ---- telling a neighbour

    def share(self) -> str:
        """One line that carries this world: a neighbour's `kubelab.replay("...")` makes the same."""
        self.settle()
        try:
            return sharing.line(self.seed, self.history.acts, sharing.leads_to(self.cluster))
        except sharing.BadLine as problem:
            raise LabError(str(problem)) from None

    # ---- listeners

    def listen(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Have `callback()` called whenever the cluster may have changed; returns what ends that."""
        self._listeners.append(callback)
        return lambda: self._listeners.remove(callback) if callback in self._listeners else None

    def tell(self) -> None:
        """Tell all listeners that the cluster may have changed."""
        for listener in list(self._listeners):
            listener()

    # ---- panels and lessons, imported when asked for

    def replicas(self, what: str, **options: Any) -> Any:
        """A panel that scales a ReplicaSet or Deployment: `lab.replicas("rs/mynapp-rs")`."""
        from kubelab.widgets import panels

        return panels.ReplicasPanel(self, what, **options)

    def endpoints(self, service: str, **options: Any) -> Any:
        """A panel that shows who is behind a Service: `lab.endpoints("mynapp-svc")`."""
        from kubelab.widgets import panels

        return panels.EndpointsPanel(self, service, **options)

    def distribution(self, service: str, **options: Any) -> Any:
        """A panel that sends requests to a Service and draws who answered."""
        from kubelab.widgets import panels

        return panels.DistributionPanel(self, service, **options)

    def affinity(self, without: str, with_affinity: str, **options: Any) -> Any:
        """A panel that sends the same requests to two Services, one with session affinity, side by side."""
        from kubelab.widgets import panels

        return panels.AffinityPanel(self, without, with_affinity, **options)

    def request(self, target: str, **options: Any) -> Any:
        """A panel that follows one request hop by hop: `lab.request("http://mynapp-svc")`."""
        from kubelab.widgets import panels

        return panels.OneRequestPanel(self, target, **options)

    def timeline(self, **options: Any) -> Any:
        """A panel that shows what each loop did, in order, with step, back and forward."""
        from kubelab.widgets import panels

        return panels.TimelinePanel(self, **options)

    def board(self, target: str, service: str, **options: Any) -> Any:
        """All panels on one screen, for a demonstration: `lab.board("rs/mynapp-rs", "mynapp-svc")`."""
        from kubelab.widgets import panels

        return panels.Board(self, target, service, **options)

    def controls(self, **options: Any) -> Any:
        """Buttons for the ways back: undo, redo, reset, and one for each moment marked with `lab.mark("step 2")`."""
        from kubelab.widgets import panels

        return panels.ControlsPanel(self, **options)

    def predict(self, question: str) -> Any:
        """Ask a question of the lesson before it is answered by running; keeps the guess."""
        from kubelab.lessons import book

        return book.predict(self, question)

    def recall(self, question: str) -> Any:
        """Show the guess beside what happened."""
        from kubelab.lessons import book

        return book.recall(self, question)

    def check(self, exercise: str, *answer: Any) -> Any:
        """Look at the cluster and say whether the exercise is done, and if not, what differs."""
        from kubelab.lessons import book

        self.settle()
        return book.check(self, exercise, *answer)

    def fault(self, exercise: str) -> Any:
        """Begin with a fresh cluster in which a Service is broken: `lab.fault("4-2.e1")`."""
        from kubelab.lessons import book

        with self._step(f"fault {exercise}", ["fault", exercise]):
            return book.fault(self, exercise)

    def hint(self, exercise: str) -> Any:
        """A hint; the next call gives a stronger one."""
        from kubelab.lessons import book

        return book.hint(self, exercise)

    def solution(self, exercise: str) -> Any:
        """The solution, to be put into a cell; it is not run."""
        from kubelab.lessons import book

        return book.solution(self, exercise)

    def progress(self) -> Any:
        """A table of what has been guessed and done; it is kept in a file on this machine and goes nowhere."""
        from kubelab.lessons import progress

        return progress.table(self.lang)

    def export_progress(self, path: str) -> str:
        """Write the progress into one JSON file, for a teacher to collect."""
        from kubelab.lessons import progress

        try:
            return str(progress.export(path))
        except (OSError, ValueError, TypeError) as problem:
            raise LabError(f"cannot write {_short(path)}: {problem}") from None

    def __repr__(self) -> str:
        return f"<Lab seed={self.seed} lang={self.lang} {times.stamp(self.cluster.clock.now)}>"


_keep: list[Lab] = []
"""Holds the latest lab, so that `%kubectl` works when the notebook gave it no name."""


def _is_line(line: object) -> bool:
    return isinstance(line, str) or (isinstance(line, list | tuple) and all(isinstance(word, str) for word in line))


def _short(value: object) -> str:
    """A value for an error message."""
    return reprlib.repr(value)


def _language() -> str:
    asked = os.environ.get("KUBELAB_LANG", "")
    folder = pathlib.Path.cwd().name
    return next((lang for lang in (asked, folder) if lang in LANGUAGES), "en")
