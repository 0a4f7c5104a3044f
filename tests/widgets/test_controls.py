"""The buttons for the ways back."""

import pytest

import kubelab
from kubelab.widgets import panels


@pytest.fixture(params=["ko", "en"])
def lab(request: pytest.FixtureRequest) -> kubelab.Lab:
    return kubelab.Lab(seed=1, lang=request.param)


def test_undo_redo_reset(lab: kubelab.Lab) -> None:
    panel = panels.ControlsPanel(lab)
    assert (panel.undo.disabled, panel.redo.disabled, panel.there.disabled) == (True, True, True)
    lab.kubectl("create ns a")
    assert panel.value == ("kubectl create ns a",)
    assert "kubectl create ns a" in panel._view.value
    panel.undo.click()
    assert lab.kubectl("get ns a").code == 1
    assert "lab.undo()" in panel._command.value
    assert (panel.undo.disabled, panel.redo.disabled) == (True, False)
    panel.redo.click()
    assert lab.kubectl("get ns a").code == 0
    panel.fresh.click()
    assert lab.kubectl("get ns a").code == 1
    panel.undo.click()
    assert lab.kubectl("get ns a").code == 0
    assert panel._alert.value == ""


def test_marked_moments(lab: kubelab.Lab) -> None:
    panel = lab.controls()
    lab.mark("step-1")
    lab.kubectl("create ns a")
    lab.mark("step-2")
    lab.kubectl("create ns b")
    assert panel.moment.options == ("step-1", "step-2")
    assert panel.moment.value == "step-2"
    panel.there.click()
    assert lab.kubectl("get ns a").code == 0
    assert lab.kubectl("get ns b").code == 1
    panel.moment.value = "step-1"
    panel.there.click()
    assert lab.kubectl("get ns a").code == 1
    assert "back_to" in panel._command.value
    text = panel._repr_mimebundle_()["text/plain"]
    assert "VBox" not in text
    assert "back to step-1" in text
