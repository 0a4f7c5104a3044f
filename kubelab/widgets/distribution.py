"""The panel that sends many requests to a Service and shows which pods answered, beside what chance lets expect."""

from collections.abc import Iterable, Sequence
from typing import Any

import ipywidgets

from kubelab.network import traffic
from kubelab.widgets import base, draw, pictures, tables, views

MOST_REQUESTS, MOST_CLIENTS = 100_000, 1_000


class TrafficPanel(base.Panel):
    """What the panels that send requests share: how many, from how many clients, and when again."""

    def __init__(
        self,
        lab: Any,
        *services: str,
        requests: int = 300,
        clients: int = 20,
        namespace: str = "default",
        scale: float = 1.0,
        compact: bool = False,
    ) -> None:
        self.services = services
        self._asked = requests, clients
        self.views: list[views.Distribution] = []
        self.problem = ""
        self._now: list[object] = []
        self._sent_to: list[object] = []
        super().__init__(lab, namespace=namespace, scale=scale, compact=compact)

    def heading(self) -> str:
        """The panel's title."""
        return f"{self.say(self.title)} · {', '.join(self.services)}"

    def controls(self) -> Sequence[ipywidgets.Widget]:
        """Requests, clients, send, and whether a change of the endpoints sends again."""
        requests, clients = self._asked
        self.requests = ipywidgets.BoundedIntText(
            requests, min=1, max=MOST_REQUESTS, description=self.say("requests"), layout={"width": "190px"}
        )
        self.clients = ipywidgets.BoundedIntText(
            clients, min=1, max=MOST_CLIENTS, description=self.say("clients"), layout={"width": "190px"}
        )
        self.button = ipywidgets.Button(description=self.say("send"), layout={"width": "auto"})
        self.again = ipywidgets.Checkbox(True, description=self.say("again"), indent=False, layout={"width": "auto"})
        for number in (self.requests, self.clients):
            number.observe(self.guarded(lambda _: self.send()), "value")
        self.button.on_click(self.guarded(lambda _: self.send()))
        return self.requests, self.clients, self.button, self.again

    @property
    def value(self) -> list[dict[str, int]]:
        """Requests by pod, for each Service."""
        return [view.counts for view in self.views]

    def send(self) -> None:
        """Send the requests to every Service by `lab.traffic`, and draw who answered."""
        names = [name for name, now in zip(self.services, self._now, strict=True) if now is not None]
        sent = [self.lab.traffic(name, **self._options()) for name in names]
        self.show_command("\n>>> ".join(self._line(name) for name in names), prompt=">>>")
        self._take(self.lab.cluster, sent)
        self.draw()

    def _take(self, cluster: Any, sent: Iterable[Any]) -> None:
        self.views = [views.distribution(cluster, traffic, self.namespace) for traffic in sent]
        self._sent_to = self._now

    def _options(self) -> dict[str, Any]:
        options: dict[str, Any] = {"requests": self.requests.value, "clients": self.clients.value}
        if self.namespace != "default":
            options["namespace"] = self.namespace
        return options

    def _line(self, service: str) -> str:
        options = ", ".join(f"{key}={value!r}" for key, value in self._options().items())
        return f'lab.traffic("{service}", {options})'

    def look(self, cluster: Any) -> None:
        """Read what the Services stand for; if that has changed, see who would answer now.

        These requests are sent in the look ahead, so they leave no trace in the cluster, its chance or its history.
        """
        self._now = [views.fingerprint(cluster, service, self.namespace) for service in self.services]
        if self.stale and (self.again.value or not self._sent_to):
            names = [name for name, now in zip(self.services, self._now, strict=True) if now is not None]
            self.views, self.problem, self._sent_to = [], "", self._now
            try:
                self._take(cluster, [cluster.network.traffic(name, **self._options()) for name in names])
            except traffic.TrafficError as problem:  # a headless Service, say: nothing that one could press is wrong
                self.problem = str(problem)

    @property
    def stale(self) -> bool:
        """Whether the Services have changed since the requests were sent."""
        return self._now != self._sent_to

    def drawn(self) -> str:
        """The picture, or why there is none."""
        if len(self.views) < len(self.services):
            gone = [service for service, now in zip(self.services, self._now, strict=True) if now is None]
            what = ", ".join(f"service/{service}" for service in gone)
            nothing = self.problem or self.say("nothing_sent")
            return draw.calm(self.say("not_found", what=what) if gone else nothing, self.height)
        return self.drawn_traffic()

    def drawn_traffic(self) -> str:
        """The picture of the requests sent last."""
        return pictures.bars(self.views[0], self.lang)

    def said(self) -> Sequence[str]:
        """What was sent, and whether it is out of date."""
        if len(self.views) < len(self.services):
            return (self.problem or self.say("nothing_sent"),)
        failures = [said for view in self.views if (said := tables.failures_said(view, self.lang))]
        note = self.say("stale") if self.stale else "; ".join(failures) or self.say("band_note")
        return *self.said_traffic(), note

    def said_traffic(self) -> Sequence[str]:
        """The sentence that stands for the picture."""
        return (tables.sent_said(self.views[0], self.lang),)


class DistributionPanel(TrafficPanel):
    """Requests per pod of one Service, with the expected share and its 95 % band."""

    title = "distribution"
    height = pictures.BARS_HEIGHT

    def __init__(
        self,
        lab: Any,
        service: str,
        *,
        requests: int = 300,
        clients: int = 20,
        namespace: str = "default",
        scale: float = 1.0,
        compact: bool = False,
    ) -> None:
        super().__init__(
            lab, service, requests=requests, clients=clients, namespace=namespace, scale=scale, compact=compact
        )

    @property
    def view(self) -> views.Distribution | None:
        """The plain values."""
        return self.views[0] if self.views else None

    def alt(self) -> str:
        """What was sent, and how often each pod answered."""
        return tables.distribution_said(self.views[0], self.lang) if self.views else super().alt()

    def twins(self) -> Sequence[tables.Table]:
        """Requests per pod."""
        return [tables.distribution(view, self.lang) for view in self.views]

    def figure(self) -> Any:
        """The bars, static."""
        from kubelab.widgets import figures

        return figures.distribution(self.views[0]) if self.views and self.views[0].shares else None


class AffinityPanel(TrafficPanel):
    """Two Services, the same requests from the same clients, the same scale: with and without session affinity."""

    title = "affinity"
    height = pictures.AFFINITY_HEIGHT

    def __init__(
        self,
        lab: Any,
        without: str,
        with_affinity: str,
        *,
        requests: int = 300,
        clients: int = 20,
        namespace: str = "default",
        scale: float = 1.0,
        compact: bool = False,
    ) -> None:
        both = (without, with_affinity)
        super().__init__(
            lab, *both, requests=requests, clients=clients, namespace=namespace, scale=scale, compact=compact
        )

    @property
    def view(self) -> tuple[views.Distribution, ...]:
        """The plain values, one for each Service."""
        return tuple(self.views)

    def drawn_traffic(self) -> str:
        """Bars and clients x pods, side by side."""
        return pictures.affinity(self.views, self.lang)

    def said_traffic(self) -> Sequence[str]:
        """How many clients kept their pod, for each Service."""
        return [tables.kept_said(view, self.lang) for view in self.views]

    def twins(self) -> Sequence[tables.Table]:
        """Clients x pods of each Service."""
        return [tables.clients(view, self.lang) for view in self.views if view.shares]

    def figure(self) -> Any:
        """Both, static."""
        from kubelab.widgets import figures

        complete = len(self.views) == len(self.services) and all(view.shares for view in self.views)
        return figures.affinity(self.views) if complete else None
