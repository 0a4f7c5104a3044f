"""The board: all panels of one Service on one screen, for a demonstration, with the things one does to it.

Every button runs a line that a learner could have typed, and shows it.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import ipywidgets

from kubelab.widgets import base, distribution, draw, endpoints, replicas, timeline, views, words

TIMES = ("10s", "1m", "10m", "3h")


class Board(base.Panel):
    """Replicas, endpoints, distribution and timeline of one Service, and buttons to disturb them."""

    title = "board"
    height = 0

    def __init__(
        self,
        lab: Any,
        target: str,
        service: str,
        *,
        scenes: Mapping[str, Sequence[str]] | None = None,
        requests: int = 300,
        clients: int = 20,
        namespace: str = "default",
        scale: float = 1.0,
    ) -> None:
        self.target, self.service = target, service
        self.scenes = dict(scenes or {})
        self.label, self.pods = "", ()  # type: tuple[str, tuple[views.Choice, ...]]
        self.replicas = replicas.ReplicasPanel(lab, target, namespace=namespace, compact=True)
        self.endpoints = endpoints.EndpointsPanel(lab, service, namespace=namespace, compact=True)
        self.distribution = distribution.DistributionPanel(
            lab, service, requests=requests, clients=clients, namespace=namespace, compact=True
        )
        self.timeline = timeline.TimelinePanel(lab, compact=True)
        super().__init__(lab, namespace=namespace, scale=scale)
        self.add_class("kubelab-board")
        for panel in self.panels:  # one line on the board says what ran last, whoever ran it
            panel._command.layout.display = "none"
            panel._command = self._command

    @property
    def panels(self) -> tuple[base.Panel, ...]:
        """The panels on the board."""
        return self.replicas, self.endpoints, self.distribution, self.timeline

    def heading(self) -> str:
        """The board's title."""
        return f"{self.say('board')} · {self.target} · {self.service}"

    # ---- controls

    def controls(self) -> Sequence[ipywidgets.Widget]:
        """What one does to a pod, to the Service, to time."""
        self.pod = ipywidgets.Dropdown(options=[], description=self.say("pod"), layout={"width": "260px"})
        self.sticky = ipywidgets.Checkbox(
            False, description=self.say("sticky"), indent=False, layout={"width": "auto", "margin": "2px 2px 2px 16px"}
        )
        self.duration = ipywidgets.Dropdown(options=TIMES, description=self.say("duration"), layout={"width": "160px"})
        self.sticky.observe(self.guarded(lambda change: self.set_affinity(change["new"])), "value")
        buttons = {
            "delete": self.delete,
            "kill": self.kill,
            "unready_it": self.toggle_ready,
            "relabel": self.toggle_label,
        }
        on_pod = [self._button(name, act) for name, act in buttons.items()]
        passing = self._button("let_pass", self.let_pass)
        ways = [self._button(way, lambda way=way: self.go(way)) for way in ("undo", "redo")]
        self._rows = [*self._scene_controls(), *ways, self.duration, passing], [self.pod, *on_pod, self.sticky]
        return *self._rows[0], *self._rows[1]

    def _scene_controls(self) -> list[ipywidgets.Widget]:
        if not self.scenes:
            return []
        named = [(self.say(f"scene {name}") if f"scene {name}" in words.WORDS else name, name) for name in self.scenes]
        self.scene = ipywidgets.Dropdown(options=named, description=self.say("scene"), layout={"width": "260px"})
        return [self.scene, self._button("open", lambda: self.begin(self.scene.value))]

    def _button(self, name: str, act: Any) -> ipywidgets.Button:
        button = ipywidgets.Button(description=self.say(name), layout={"width": "auto"})
        button.on_click(self.guarded(lambda _: act()))
        return button

    # ---- what the buttons do

    def delete(self) -> None:
        """Delete the chosen pod."""
        if chosen := self._chosen():
            self.kubectl(f"delete pod {chosen.pod}")

    def kill(self) -> None:
        """End the main process of the chosen pod."""
        if chosen := self._chosen():
            self.kubectl(f"exec {chosen.pod} -- sh -c 'kill 1'")

    def toggle_label(self) -> None:
        """Take the Service's label from the chosen pod, or give it back."""
        if chosen := self._chosen():
            key, _, value = self.label.partition("=")
            self.kubectl(f"label pod {chosen.pod} {key}={f'{value}-out' if chosen.carries else value} --overwrite")

    def toggle_ready(self) -> None:
        """Take away the file that the readiness probe looks at, or put it back, and wait until that is noticed."""
        chosen = self._chosen()
        if chosen is None:
            return
        if not chosen.breaks:
            self.alarm(self.say("wrong"), self.say("no_switch", pod=chosen.pod))
            return
        states = {row.pod: row.state for row in self.endpoints.view.rows} if self.endpoints.view else {}
        act = chosen.breaks if states.get(chosen.pod) == views.READY else chosen.mends
        if self.kubectl(f"exec {chosen.pod} -- {act}"):
            self.lab.wait(chosen.patience)

    def set_affinity(self, sticky: bool) -> None:
        """Switch session affinity."""
        kind = "ClientIP" if sticky else "None"
        self.kubectl(f'patch service {self.service} -p \'{{"spec":{{"sessionAffinity":"{kind}"}}}}\'')

    def let_pass(self) -> None:
        """Move the cluster's clock."""
        now = self.lab.wait(self.duration.value)
        self.show_command(f'lab.wait("{self.duration.value}")', now, prompt=">>>")

    def go(self, way: str) -> None:
        """Undo or redo."""
        self.show_command(f"lab.{way}()", getattr(self.lab, way)(), prompt=">>>")

    def begin(self, name: str) -> None:
        """Begin a scene: a fresh cluster, and the scene's lines."""
        self.scene.value = name
        self.lab.reset()
        for line in self.scenes[name]:
            if not self.kubectl(line):
                return

    def _chosen(self) -> views.Choice | None:
        found = next((choice for choice in self.pods if choice.pod == self.pod.value), None)
        if found is None:
            self.alarm(self.say("wrong"), self.say("no_pod"))
        return found

    # ---- following

    def look(self, cluster: Any) -> None:
        """The pods that can be chosen, and whether the Service keeps its clients."""
        self.label, self.pods = views.choices(cluster, self.service, self.namespace)
        base.offer(self.pod, [choice.pod for choice in self.pods])
        self.sticky.value = views.has_affinity(cluster, self.service, self.namespace)

    def drawn(self) -> str:
        """The board itself has no picture."""
        return ""

    def said(self) -> Sequence[str]:
        """What the endpoints say."""
        return (self.heading(),)

    def _parts(self) -> list[ipywidgets.Widget]:
        head, flat, *_ = super()._parts()
        rows = [ipywidgets.HBox(row, layout={"flex_flow": "row wrap", "align_items": "center"}) for row in self._rows]
        flat.close()
        self._command.layout.min_height = "44px"
        for widget in (self._view, self._with_table, self._table):
            widget.layout.display = "none"
        left = ipywidgets.VBox([self.replicas, self.endpoints], layout={"flex": "1 1 480px", "min_width": "0"})
        right = ipywidgets.VBox([self.distribution, self.timeline], layout={"flex": "1 1 480px", "min_width": "0"})
        body = ipywidgets.HBox([left, right], layout={"flex_flow": "row wrap", "align_items": "flex-start"})
        hidden = [self._view, self._with_table, self._table]
        return [head, *rows, self._command, self._alert, body, *hidden]

    def _static(self) -> dict[str, str]:
        parts = [panel._static() for panel in self.panels]
        title = f"<p><b>{draw.esc(self.heading())}</b></p>"
        pictures = [part["image/png"] for part in parts if "image/png" in part]
        return {
            "text/html": title + "".join(part["text/html"] for part in parts),
            "text/plain": "\n\n".join([self.heading(), *(part["text/plain"] for part in parts)]),
            **({"image/png": pictures[-1]} if pictures else {}),
        }
