"""The panel that scales a ReplicaSet or Deployment, and shows how many pods it wants and has."""

from collections.abc import Sequence
from typing import Any

import ipywidgets

from kubelab.widgets import base, draw, pictures, tables, views


class ReplicasPanel(base.Panel):
    """A number box, buttons and a slider for `rs/NAME` or `deployment/NAME`; `view` holds the plain values."""

    title = "replicas"
    height = pictures.REPLICAS_HEIGHT

    def __init__(
        self,
        lab: Any,
        target: str,
        *,
        namespace: str = "default",
        scale: float = 1.0,
        compact: bool = False,
        most: int = 12,
    ) -> None:
        views.target(target)
        self.target = target
        self.most = most
        self.view: views.Replicas | None = None
        super().__init__(lab, namespace=namespace, scale=scale, compact=compact)

    def heading(self) -> str:
        """The panel's title."""
        return f"{self.say('replicas')} · {self.target}"

    def controls(self) -> Sequence[ipywidgets.Widget]:
        """Fewer, the number, more, and a slider tied to the number."""
        narrow = {"width": "auto"}
        self.number = ipywidgets.BoundedIntText(
            0, min=0, max=self.most, description=self.say("replicas"), layout={"width": "170px"}
        )
        self.fewer = ipywidgets.Button(description=self.say("fewer"), layout=narrow)
        self.more = ipywidgets.Button(description=self.say("more"), layout=narrow)
        self.slider = ipywidgets.IntSlider(
            0, min=0, max=self.most, description=self.say("replicas"), readout=False, layout={"width": "260px"}
        )
        self._others = [ipywidgets.jslink((self.slider, "value"), (self.number, "value"))]
        self.number.observe(self.guarded(lambda change: self.scale_to(change["new"])), "value")
        self.fewer.on_click(self.guarded(lambda _: self.scale_to(max(0, self._wanted() - 1))))
        self.more.on_click(self.guarded(lambda _: self.scale_to(self._wanted() + 1)))
        return self.fewer, self.number, self.more, self.slider

    @property
    def value(self) -> int | None:
        """The number of replicas wanted; None if the object is gone."""
        return self.view.wanted if self.view else None

    def _wanted(self) -> int:
        return self.view.wanted if self.view else 0

    def scale_to(self, number: int) -> None:
        """Scale by kubectl."""
        self.kubectl(f"scale {self.target} --replicas={number}")

    def look(self, cluster: Any) -> None:
        """Read the object and its pods; the controls follow."""
        self.view = views.replicas(cluster, self.target, self.namespace)
        for control in (self.number, self.slider, self.fewer, self.more):
            control.disabled = self.view is None
        if self.view is None:
            return
        if self.view.wanted > self.number.max:
            self.slider.max = self.number.max = self.view.wanted
        self.number.value = self.view.wanted  # the slider follows in the browser

    def drawn(self) -> str:
        """A square per pod."""
        if self.view is None:
            return draw.calm(self.say("not_found", what=self.target), self.height)
        return pictures.replicas(self.view, self.lang)

    def said(self) -> Sequence[str]:
        """Wanted and ready."""
        if self.view is None:
            return (self.say("not_found", what=self.target),)
        return (tables.replicas_said(self.view, self.lang),)

    def twins(self) -> Sequence[tables.Table]:
        """The pods."""
        return [tables.replicas(self.view, self.lang)] if self.view else []

    def figure(self) -> Any:
        """The squares, static."""
        from kubelab.widgets import figures

        return figures.replicas(self.view) if self.view else None
