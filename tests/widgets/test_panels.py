import gc
import threading
import weakref
from typing import Any

import ipywidgets
import pytest

from kubelab.widgets import base, panels, watch
from tests.widgets import small


def four(lab: small.Lab) -> list[Any]:
    return [
        panels.ReplicasPanel(lab, "rs/web"),
        panels.EndpointsPanel(lab, "svc"),
        panels.DistributionPanel(lab, "svc", requests=60, clients=6),
        panels.AffinityPanel(lab, "svc", "sticky", requests=60, clients=6),
    ]


def calm(panel: base.Panel) -> bool:
    return panel._alert.value == ""


def test_the_number_box_scales_by_kubectl_and_shows_the_line(lab: small.Lab) -> None:
    panel = panels.ReplicasPanel(lab, "rs/web")
    panel.number.value = 6
    assert lab.lines == ["scale rs/web --replicas=6"]
    assert "$ kubectl scale rs/web --replicas=6" in panel._command.value
    assert "replicaset.apps/web scaled" in panel._command.value
    assert panel.value == 6
    assert 'aria-label="ReplicaSet/web: 6 wanted, 6 ready"' in panel._view.value


def test_the_buttons_scale_too(lab: small.Lab) -> None:
    panel = panels.ReplicasPanel(lab, "rs/web")
    panel.more.click()
    panel.more.click()
    panel.fewer.click()
    assert [line[-1] for line in lab.lines] == ["4", "5", "4"]
    panel.number.value = 0
    panel.fewer.click()
    assert panel.value == 0


def test_panels_follow_a_line_typed_in_a_cell(lab: small.Lab) -> None:
    replicas, endpoints, spread, affinity = four(lab)
    lab.kubectl("scale rs/web --replicas=5")
    assert replicas.number.value == 5
    assert lab.lines == ["scale rs/web --replicas=5"]
    assert len(endpoints.value) == 5
    assert "web-4" in endpoints._view.value
    assert "new → ready (2): web-3, web-4" in endpoints._view.value
    assert list(spread.value[0]) == [f"web-{i}" for i in range(5)]
    assert len(affinity.view[1].shares) == 5
    assert all(map(calm, (replicas, endpoints, spread, affinity)))


def test_a_number_beyond_the_box_widens_it(lab: small.Lab) -> None:
    panel = panels.ReplicasPanel(lab, "rs/web")
    lab.kubectl("scale rs/web --replicas=40")
    assert (panel.number.value, panel.number.max, panel.slider.max) == (40, 40, 40)


def test_looking_leaves_no_trace_in_the_cluster(lab: small.Lab) -> None:
    lab.cluster.store.find("ReplicaSet", "default", "web")["spec"]["replicas"] = 7  # type: ignore[index]
    before = lab.cluster.snapshot()
    shown = four(lab)
    assert "7 wanted, 7 ready" in shown[0]._view.value
    assert lab.cluster.snapshot() == before


def test_marks_stay_until_something_new_comes(lab: small.Lab) -> None:
    panel = panels.EndpointsPanel(lab, "svc")
    lab.kubectl("scale rs/web --replicas=4")
    lab.tell()
    assert "new → ready (1): web-3" in panel._view.value
    lab.kubectl("scale rs/web --replicas=5")
    assert "new → ready (1): web-3" not in panel._view.value


def test_a_deleted_object_is_a_calm_message(lab: small.Lab) -> None:
    shown = four(lab)
    lab.cluster.store.drop("ReplicaSet", "web")
    lab.cluster.store.drop("Service", "svc")
    lab.tell()
    assert "rs/web is not in the cluster now." in shown[0]._view.value
    assert shown[0].number.disabled
    for panel in shown[1:]:
        assert "service/svc is not in the cluster now." in panel._view.value
    assert all(map(calm, shown))
    lab.cluster.store.put(small.replica_set("web", 2), small.service("svc"))
    lab.tell()
    assert not shown[0].number.disabled
    assert shown[2].value == [{"web-0": 30, "web-1": 30}]


def test_an_error_of_kubectl_is_an_alert_and_goes_away(lab: small.Lab) -> None:
    panel = panels.ReplicasPanel(lab, "rs/web")
    panel.target = "rs/nope"
    panel.scale_to(3)
    assert 'role="alert"' in panel._alert.value
    assert "replicasets.apps &quot;&lt;b&gt;&quot; not found" in panel._alert.value
    panel.target = "rs/web"
    panel.number.value = 4
    assert calm(panel)


def test_an_error_in_a_callback_is_an_alert(lab: small.Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    panel = panels.ReplicasPanel(lab, "rs/web")

    def broken(line: str) -> None:
        raise RuntimeError("no node <left>")

    monkeypatch.setattr(lab, "kubectl", broken)
    panel.number.value = 5
    assert 'role="alert"' in panel._alert.value
    assert "RuntimeError: no node &lt;left&gt;" in panel._alert.value


def test_an_error_while_looking_is_an_alert_and_spares_the_others(
    lab: small.Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    replicas, endpoints, *_ = four(lab)

    def broken(cluster: Any) -> None:
        raise RuntimeError("blind")

    monkeypatch.setattr(replicas, "look", broken)
    lab.kubectl("scale rs/web --replicas=4")
    assert "RuntimeError: blind" in replicas._alert.value
    assert len(endpoints.value) == 4


def test_sending_shows_the_line_and_counts(lab: small.Lab) -> None:
    panel = panels.DistributionPanel(lab, "svc", requests=90, clients=3)
    assert panel.view is not None
    assert panel.view.requests == 90
    panel.requests.value = 120
    assert "lab.traffic(&quot;svc&quot;, requests=120, clients=3)" in panel._command.value
    assert sum(panel.value[0].values()) == 120
    panel.clients.value = 2
    assert panel.view.clients == ("10.0.0.1", "10.0.0.2")


def test_without_the_tick_old_requests_stay_and_are_called_old(lab: small.Lab) -> None:
    panel = panels.DistributionPanel(lab, "svc", requests=90)
    panel.again.value = False
    lab.kubectl("scale rs/web --replicas=6")
    assert len(panel.value[0]) == 3
    assert "The endpoints have changed" in panel._view.value
    panel.button.click()
    assert len(panel.value[0]) == 6
    assert "The endpoints have changed" not in panel._view.value


def test_no_endpoints_is_said_calmly(lab: small.Lab) -> None:
    shown = four(lab)
    lab.kubectl("scale rs/web --replicas=0")
    assert "all 60 requests failed" in shown[2]._view.value
    assert "no pod carries the labels app=web" in shown[1]._view.value
    assert all(map(calm, shown))
    for panel in shown:
        assert "text/html" in panel._repr_mimebundle_()


def test_a_panel_can_be_read_without_a_kernel() -> None:
    for lang, title in (("ko", "레플리카"), ("en", "Replicas")):
        for panel in four(small.Lab(lang)):
            data = panel._repr_mimebundle_()
            assert "application/vnd.jupyter.widget-view+json" in data
            assert data["image/png"].startswith("iVBOR")
            assert "<img alt=" in data["text/html"]
            assert "<caption" in data["text/html"]
            assert "<svg" not in data["text/html"]
            assert "VBox" not in data["text/plain"]
            assert "web-2" in data["text/plain"]
        assert title in panels.ReplicasPanel(small.Lab(lang), "rs/web")._repr_mimebundle_()["text/plain"]


def test_controls_have_names_and_sizes_are_fixed(lab: small.Lab) -> None:
    for panel in four(lab):
        named = (ipywidgets.BoundedIntText, ipywidgets.Button, ipywidgets.Checkbox, ipywidgets.Dropdown)
        inside = list(base._inside(panel))
        assert all(w.description for w in inside if isinstance(w, named))
        assert not [w for w in inside if isinstance(w, ipywidgets.Output)]
        assert panel._view.layout.min_height == f"{panel.height + panel.words_height + 6}px"


def test_scale_is_for_projectors(lab: small.Lab) -> None:
    panel = panels.EndpointsPanel(lab, "svc", scale=1.5)
    assert ".kubelab-scale-150{zoom:1.50}" in panel._head.value
    assert "kubelab-scale-150" in panel._dom_classes


def test_the_table_twin_is_there_when_asked_for(lab: small.Lab) -> None:
    panel = panels.EndpointsPanel(lab, "svc")
    assert panel._table.layout.display == "none"
    panel._with_table.value = True
    assert panel._table.layout.display == ""
    assert "<td>10.233.101.3</td>" in panel._table.value
    lab.kubectl("scale rs/web --replicas=4")
    assert "<td>10.233.101.4</td>" in panel._table.value


def test_closed_panels_leave_nothing_behind(lab: small.Lab) -> None:
    def count() -> int:
        gc.collect()
        return len(ipywidgets.widgets.widget._instances)

    for panel in four(lab):
        panel.close()
    before = count()
    for _ in range(50):
        for panel in four(lab):
            panel.close()
    assert count() == before
    assert lab.listeners == []
    assert watch.of(lab)._watchers == []
    ref = weakref.ref(panel)
    del panel
    gc.collect()
    assert ref() is None


def test_a_thousand_changes_do_not_grow(lab: small.Lab) -> None:
    panel = panels.ReplicasPanel(lab, "rs/web")
    before = len(ipywidgets.widgets.widget._instances)
    for i in range(1000):
        panel.number.value = i % 7
    assert len(ipywidgets.widgets.widget._instances) == before
    assert len(panel._view.value) < 5000


def test_two_threads_leave_the_state_whole(lab: small.Lab) -> None:
    replicas, endpoints, spread, _ = four(lab)

    def turn(change: Any) -> None:
        for i in range(200):
            change(i)

    jobs = [
        threading.Thread(target=turn, args=(lambda i: setattr(replicas.number, "value", i % 9),)),
        threading.Thread(target=turn, args=(lambda i: (replicas.more, replicas.fewer)[i % 2].click(),)),
    ]
    for job in jobs:
        job.start()
    for job in jobs:
        job.join()
    lab.tell()
    wanted = lab.cluster.store.find("ReplicaSet", "default", "web")["spec"]["replicas"]  # type: ignore[index]
    assert replicas.value == replicas.number.value == wanted == len(endpoints.value)
    assert len(spread.value[0]) == wanted
    assert all(map(calm, (replicas, endpoints, spread)))
