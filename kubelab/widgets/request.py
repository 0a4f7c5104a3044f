"""The panel that follows one request hop by hop, with the reason at each."""

from collections.abc import Sequence
from typing import Any

import ipywidgets

from kubelab.network import hops
from kubelab.widgets import base, draw, pictures, tables, watch


class OneRequestPanel(base.Panel):
    """A real `curl` from a pod, drawn step by step; `path` holds the hops and the verdict."""

    title = "request"
    height = pictures.REQUEST_HEIGHT

    def __init__(
        self, lab: Any, target: str, client: str = "nettool", *, namespace: str = "default", scale: float = 1.0
    ) -> None:
        self._asked = target, client
        self.path: hops.Path | None = None
        self.shown = 0
        super().__init__(lab, namespace=namespace, scale=scale)

    def controls(self) -> Sequence[ipywidgets.Widget]:
        """Whom to ask, from which pod; and the way through the hops."""
        target, client = self._asked
        layout = {"width": "auto"}
        self.target = ipywidgets.Text(
            target, description=self.say("target"), continuous_update=False, layout={"width": "270px"}
        )
        self.client = ipywidgets.Dropdown(options=[client], description=self.say("client"), layout={"width": "260px"})
        self.ask = ipywidgets.Button(description=self.say("ask"), layout=layout)
        self.back = ipywidgets.Button(description=self.say("back"), layout=layout)
        self.forward = ipywidgets.Button(description=self.say("forward"), layout=layout)
        self.end = ipywidgets.Button(description=self.say("to_end"), layout=layout)
        self.ask.on_click(self.guarded(lambda _: self.send()))
        self.back.on_click(self.guarded(lambda _: self.show(self.shown - 1)))
        self.forward.on_click(self.guarded(lambda _: self.show(self.shown + 1)))
        self.end.on_click(self.guarded(lambda _: self.show(self.last)))
        return self.target, self.client, self.ask, self.back, self.forward, self.end

    @property
    def last(self) -> int:
        """The number of steps, the verdict included."""
        return len(self.path.hops) + 1 if self.path else 0

    @property
    def value(self) -> list[str]:
        """The reasons so far, in English."""
        return [hop.text for hop in self.path.hops[: self.shown]] if self.path else []

    def send(self) -> None:
        """See which way the next request goes, then make it: the same draw, the same way."""
        target, client = self.target.value.strip(), self.client.value
        if not client:
            self.alarm(self.say("wrong"), self.say("no_client"))
            return
        with watch.ahead(self.lab) as cluster:
            self.path = cluster.network.request(target, client, self.namespace)
        self.kubectl_exec(f"exec {client} -- curl -s {target if '://' in target else f'http://{target}'}")
        self.show(1)

    def kubectl_exec(self, line: str) -> None:
        """Run the request; that it fails is part of the picture, not an error of the panel."""
        where = f" -n {self.namespace}" if self.namespace != "default" else ""
        line = line.replace("exec ", f"exec{where} ", 1)
        result = self.lab.kubectl(line)
        self.show_command(f"kubectl {line}", result.stdout + result.stderr)

    def show(self, step: int) -> None:
        """Show the way up to a step."""
        self.shown = max(0, min(step, self.last))
        self.draw()

    def look(self, cluster: Any) -> None:
        """Which pods could ask."""
        pods = cluster.store.list("Pod", self.namespace)
        names = [pod["metadata"]["name"] for pod in pods if (pod.get("status") or {}).get("podIP")]
        base.offer(self.client, names, self._asked[1])

    def drawn(self) -> str:
        """The hops."""
        if self.path is None:
            return draw.calm(self.say("nothing_sent"), self.height)
        return pictures.request(self.path, self.shown, self.lang)

    def said(self) -> Sequence[str]:
        """The step shown."""
        return (tables.request_said(self.path, self.shown, self.lang) if self.path else self.say("nothing_sent"),)

    def twins(self) -> Sequence[tables.Table]:
        """All hops."""
        return [tables.request(self.path, self.lang)] if self.path else []

    def figure(self) -> Any:
        """All hops, static."""
        from kubelab.widgets import figures

        return figures.request(self.path) if self.path else None
