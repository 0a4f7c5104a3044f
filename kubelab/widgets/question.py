"""A prediction as radio buttons: keeps the guess in the dictionary it was given, and can be read without a kernel.

The question stands as text above the buttons (a group of radio buttons has no name of its own), each choice in full;
without a kernel the same question is text with a numbered list.
"""

import html
from collections.abc import Callable, Mapping, MutableMapping, Sequence
from typing import Any

import ipywidgets

from kubelab.widgets import lock


class Question(ipywidgets.VBox):  # type: ignore[misc]
    """Shows a prompt (HTML) and choices (plain text); `guesses[id]` is the number of the choice, from 0."""

    def __init__(
        self,
        id: str,
        prompt: str,
        choices: Sequence[str],
        *,
        say: Callable[..., str],
        guesses: MutableMapping[str, int],
        bundle: Mapping[str, str],
    ) -> None:
        self._id, self._texts, self._say, self._guesses, self._bundle = id, choices, say, guesses, bundle
        options = [(choice, number) for number, choice in enumerate(choices)]
        layout = {"width": "auto", "max_width": "100%"}
        self.choices = ipywidgets.RadioButtons(options=options, value=guesses.get(id), layout=layout)
        self.kept = ipywidgets.HTML(self._status())
        self.choices.observe(self._choose, "value")
        frame = {"border_left": "4px solid #56B4E9", "padding": "0 0 0 12px", "overflow": "visible"}
        super().__init__([ipywidgets.HTML(prompt), self.choices, self.kept], layout=frame)
        self.add_class("kubelab-question")

    def _choose(self, change: dict[str, Any]) -> None:
        with lock.LOCK:
            self._guesses[self._id] = change["new"]
            self.kept.value = self._status()

    def _status(self) -> str:
        guess = self._guesses.get(self._id)
        if guess is None:
            text = self._say("choose")
        else:
            text = self._say("chosen", choice=self._texts[guess])
        return f'<div role="status" aria-live="polite">{html.escape(text)}</div>'

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        bundle = dict(super()._repr_mimebundle_(include=include, exclude=exclude) or {})
        return {**bundle, **self._bundle}
