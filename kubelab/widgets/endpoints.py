"""The panel that shows what stands behind a Service, and what has changed since the last look."""

from collections.abc import Sequence
from typing import Any

from kubelab.widgets import base, draw, pictures, tables, views


class EndpointsPanel(base.Panel):
    """Joining, ready, not ready and leaving endpoints of a Service; `view` holds the plain values."""

    title = "endpoints"
    height = pictures.ENDPOINTS_HEIGHT

    def __init__(
        self, lab: Any, service: str, *, namespace: str = "default", scale: float = 1.0, compact: bool = False
    ) -> None:
        self.service = service
        self.view: views.EndpointList | None = None
        super().__init__(lab, namespace=namespace, scale=scale, compact=compact)

    def heading(self) -> str:
        """The panel's title."""
        return f"{self.say('endpoints')} · {self.service}"

    @property
    def value(self) -> list[str]:
        """The addresses that take traffic now."""
        return [row.address for row in self.view.rows if row.state == views.READY] if self.view else []

    def look(self, cluster: Any) -> None:
        """Read the slices; marks stay until a look finds something new."""
        now, before = views.endpoints(cluster, self.service, self.namespace), self.view
        if now is None or before is None:
            self.view = now
        elif views.unmarked(now) != views.unmarked(before):
            self.view = views.compared(now, before)

    def drawn(self) -> str:
        """The Service and a line to each endpoint."""
        if self.view is None:
            return draw.calm(self.say("not_found", what=f"service/{self.service}"), self.height)
        return pictures.endpoints(self.view, self.lang)

    def said(self) -> Sequence[str]:
        """How many are ready, and what changed."""
        if self.view is None:
            return (self.say("not_found", what=f"service/{self.service}"),)
        return tables.endpoints_said(self.view, self.lang), tables.changes_said(self.view, self.lang)

    def twins(self) -> Sequence[tables.Table]:
        """One line per endpoint."""
        return [tables.endpoints(self.view, self.lang)] if self.view else []

    def figure(self) -> Any:
        """The list, static."""
        from kubelab.widgets import figures

        return figures.endpoints(self.view) if self.view else None
