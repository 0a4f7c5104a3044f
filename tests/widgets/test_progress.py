"""The bar of long traffic: late, in a notebook only, and without a trace elsewhere."""

import sys
import types
from typing import Any

import pytest

import kubelab
from kubelab.widgets import progress

POD = "run web --image=c1t1d0s7/myweb --port=8080 --expose"


class Screen:
    """Stands for IPython's display."""

    def __init__(self) -> None:
        self.shown: list[dict[str, str]] = []

    def __call__(self, bundle: dict[str, str], **how: Any) -> "Screen":
        assert how == {"raw": True, "display_id": True}
        self.shown.append(bundle)
        return self

    def update(self, bundle: dict[str, str], raw: bool) -> None:
        assert raw
        self.shown.append(bundle)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """A clock that is set by hand."""
    now = [0.0]
    monkeypatch.setattr(progress.time, "monotonic", lambda: now[0])
    return now


def test_short_traffic_shows_nothing(clock: list[float]) -> None:
    screen = Screen()
    bar = progress.Bar("en", screen)
    for done in (1, 2, 3):
        clock[0] += 0.3
        bar(done, 3)
    assert screen.shown == []


def test_long_traffic_shows_one_bar_that_ends_full(clock: list[float]) -> None:
    screen = Screen()
    bar = progress.Bar("en", screen)
    for done in range(1_000_000, 11_000_000, 1_000_000):
        clock[0] += 0.15
        bar(done, 10_000_000)
    assert [bundle["text/plain"] for bundle in screen.shown] == [
        "7,000,000 of 10,000,000 requests (70%)",
        "9,000,000 of 10,000,000 requests (90%)",
        "10,000,000 of 10,000,000 requests (100%)",
    ]
    assert '<progress value="10000000" max="10000000"' in screen.shown[-1]["text/html"]


def test_korean(clock: list[float]) -> None:
    assert progress.Bar("ko", None).bundle(1, 4)["text/plain"] == "요청 4번 중 1번 (25%)"


def test_only_notebooks_have_one(monkeypatch: pytest.MonkeyPatch) -> None:
    python = types.ModuleType("IPython")
    kernels = [types.SimpleNamespace(kernel=kernel) for kernel in (None, 1)]
    for shell, has in ((None, False), (kernels[0], False), (kernels[1], True)):
        monkeypatch.setattr(python, "get_ipython", lambda shell=shell: shell, raising=False)
        monkeypatch.setitem(sys.modules, "IPython", python)
        display = types.ModuleType("IPython.display")
        monkeypatch.setattr(display, "display", print, raising=False)
        monkeypatch.setitem(sys.modules, "IPython.display", display)
        assert (progress.bar("en") is not None) is has


def test_a_lab_tells_the_bar_and_shares_nothing_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[tuple[int, int]] = []
    monkeypatch.setattr(progress, "bar", lambda lang: lambda *step: told.append(step))
    lab = kubelab.Lab()
    lab.kubectl(POD)
    lab.traffic("web", requests=50)
    assert told[-1] == (50, 50)
    assert lab.share()
