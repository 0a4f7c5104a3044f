"""The panels on the real cluster: the course's Service, ReplicaSet and client."""

import re
from typing import Any

import pytest

import kubelab
from kubelab.widgets import hopwords, panels, watch

MANIFEST = """
apiVersion: apps/v1
kind: ReplicaSet
metadata: {name: mynapp-rs}
spec:
  replicas: 3
  selector: {matchLabels: {app: mynapp-rs}}
  template:
    metadata: {labels: {app: mynapp-rs}}
    spec:
      containers:
      - name: mynapp
        image: c1t1d0s7/myweb
        ports: [{containerPort: 8080}]
        readinessProbe: {exec: {command: [test, "!", -f, /tmp/broken]}, periodSeconds: 2}
"""


@pytest.fixture
def lab() -> kubelab.Lab:
    lab = kubelab.Lab(seed=3, lang="ko")
    lab.kubectl("create -f -", stdin=MANIFEST)
    for name, more in (("mynapp-svc", ""), ("mynapp-svc-ses-aff", "--session-affinity=ClientIP")):
        lab.kubectl(f"expose rs mynapp-rs --name={name} --port=80 --target-port=8080 {more}")
    lab.kubectl("run nettool --image=c1t1d0s7/network-multitool")
    return lab


def pods(lab: kubelab.Lab) -> list[str]:
    return lab.kubectl("get pods -l app=mynapp-rs -o name").stdout.split()


def test_every_panel_follows_the_cluster(lab: kubelab.Lab) -> None:
    replicas, endpoints = panels.ReplicasPanel(lab, "rs/mynapp-rs"), panels.EndpointsPanel(lab, "mynapp-svc")
    spread, affinity = (
        panels.DistributionPanel(lab, "mynapp-svc"),
        panels.AffinityPanel(lab, "mynapp-svc", "mynapp-svc-ses-aff"),
    )
    replicas.number.value = 6
    assert len(endpoints.value) == len(spread.value[0]) == len(affinity.value[1]) == 6
    assert affinity.view[1].kept == 20 > affinity.view[0].kept
    lab.kubectl("delete rs mynapp-rs")
    assert replicas.view is None
    assert endpoints.value == []
    assert lab.undo() == "kubectl delete rs mynapp-rs"
    assert replicas.value == 6
    assert not any(panel._alert.value for panel in (replicas, endpoints, spread, affinity))


def test_panels_do_not_change_what_a_cell_prints() -> None:
    def outputs(with_panels: bool) -> list[str]:
        lab = kubelab.Lab(seed=3)
        lab.kubectl("create -f -", stdin=MANIFEST)
        lab.kubectl("expose rs mynapp-rs --name=mynapp-svc --port=80 --target-port=8080")
        if with_panels:
            for make in (panels.ReplicasPanel, panels.EndpointsPanel, panels.DistributionPanel, panels.Board):
                names = {panels.ReplicasPanel: ["rs/mynapp-rs"], panels.Board: ["rs/mynapp-rs", "mynapp-svc"]}
                make(lab, *names.get(make, ["mynapp-svc"]))
        lines = ["scale rs mynapp-rs --replicas=5", "get rs -w", "get pods -o wide", "get endpointslices", "get events"]
        found = [str(lab.kubectl(line)) for line in lines]
        found.append(str(lab.traffic("mynapp-svc", 50).counts))
        return [*found, lab.undo(), lab.undo(), str(lab.kubectl("get pods"))]

    plain = outputs(False)
    assert plain == outputs(True)
    assert "mynapp-rs   5         5         4" in plain[1]


def test_one_request_goes_the_way_that_was_drawn(lab: kubelab.Lab) -> None:
    panel = panels.OneRequestPanel(lab, "mynapp-svc")
    for _ in range(6):
        panel.ask.click()
        assert panel.path is not None
        assert panel.path.verdict.answered
        said = re.search(r"Hostname: (\S+)", panel._command.value)
        assert said is not None
        assert said[1] == panel.path.verdict.pod
    assert panel.shown == 1
    panel.end.click()
    assert panel.path.verdict.pod in panel._view.value
    panel.back.click()
    assert panel.shown == len(panel.path.hops)
    data = panel._repr_mimebundle_()
    assert panel.path.verdict.pod in data["text/plain"]
    assert "image/png" in data


@pytest.mark.parametrize("target", ["mynapp-svc", "mynapp-svc-ses-aff", "nope", "10.233.9.9", "192.168.56.21:31111"])
def test_every_reason_has_its_korean(lab: kubelab.Lab, target: str) -> None:
    for step in range(2):
        if step:
            lab.kubectl("scale rs mynapp-rs --replicas=0")
        lab.settle()
        for _ in range(3):
            path = lab.cluster.network.request(target, "nettool")
            for hop in [*path.hops, path.verdict]:
                assert hop.said in hopwords.KOREAN, hop.said
                assert re.search("[가-힣→]", hopwords.told(hop, "ko")) or hop.stage == "name"


def test_a_request_that_fails_is_drawn_to_its_end(lab: kubelab.Lab) -> None:
    lab.kubectl("scale rs mynapp-rs --replicas=0")
    panel = panels.OneRequestPanel(lab, "mynapp-svc")
    panel.ask.click()
    panel.end.click()
    assert "연결 거부" in panel._view.value
    assert panel._alert.value == ""
    panel.target.value = "no such host"
    panel.ask.click()
    assert 'role="img"' in panel._view.value


def test_the_timeline_goes_step_by_step_and_back(lab: kubelab.Lab) -> None:
    lab.kubectl("get pods")
    line, endpoints = panels.TimelinePanel(lab), panels.EndpointsPanel(lab, "mynapp-svc")
    line.paused.value = True
    lab.kubectl("scale rs mynapp-rs --replicas=4")
    assert len(endpoints.value) == 3
    before = len(line.view.lines)
    for _ in range(12):
        line.step.click()
    assert line.view.total > before
    assert "replicaset" in " ".join(line.value)
    line.back.click()
    line.paused.value = False
    assert len(endpoints.value) == 4
    assert "lab.undo()" in line._command.value
    watch.of(lab).paused = False


def test_the_board_runs_lines_and_shows_them(lab: kubelab.Lab) -> None:
    board = panels.Board(lab, "rs/mynapp-rs", "mynapp-svc")
    chosen = board.pod.value
    assert f"pod/{chosen}" in pods(lab)

    def button(name: str) -> Any:
        rows = [child for row in board.children[1:3] for child in row.children]
        return next(child for child in rows if child.description == board.say(name))

    button("unready_it").click()
    assert f"kubectl exec {chosen} -- touch /tmp/broken" in board._command.value
    assert {row.pod: row.state for row in board.endpoints.view.rows}[chosen] == "unready"
    button("unready_it").click()
    assert len(board.endpoints.value) == 3
    button("relabel").click()
    assert "--overwrite" in board._command.value
    assert chosen not in [row.pod for row in board.endpoints.view.rows]
    assert len(board.endpoints.value) == 3
    button("relabel").click()
    board.sticky.value = True
    assert "ClientIP" in board._command.value
    assert board.distribution.view.affinity
    lab.kubectl("""patch service mynapp-svc -p '{"spec":{"sessionAffinity":"None"}}'""")
    assert board.sticky.value is False
    button("delete").click()
    assert board._alert.value == ""
    button("undo").click()
    assert board.pod.value in board._command.value
    button("let_pass").click()
    assert "lab.wait(&quot;10s&quot;)" in board._command.value
    button("kill").click()
    assert board._alert.value == ""
    data = board._repr_mimebundle_()
    assert data["text/html"].count("<img") == 4
    assert "mynapp-svc" in data["text/plain"]


def test_a_scene_begins_from_a_fresh_cluster(lab: kubelab.Lab) -> None:
    scenes = {"a": ["create service clusterip mynapp-svc --tcp=80:8080"], "b": ["get pods", "frobnicate"]}
    board = panels.Board(lab, "rs/mynapp-rs", "mynapp-svc", scenes=scenes)
    board.begin("a")
    assert board.replicas.view is None
    assert board.endpoints.value == []
    board.begin("b")
    assert "unknown command" in board._alert.value


def test_a_service_without_an_address_is_told_calmly(lab: kubelab.Lab) -> None:
    lab.kubectl("expose rs mynapp-rs --name=bare --port=8080 --cluster-ip=None")
    panel = panels.DistributionPanel(lab, "bare")
    assert "bare is headless" in panel._view.value
    assert panel._alert.value == ""
    assert "bare is headless" in panel._repr_mimebundle_()["text/plain"]
    panel.button.click()
    assert "bare is headless" in panel._alert.value
    assert "LabError" not in panel._alert.value
    lab.kubectl("delete svc bare")
    lab.kubectl("expose rs mynapp-rs --name=bare --port=8080")
    assert panel.view is not None


@pytest.mark.parametrize(
    ("lang", "why"),
    [
        ("ko", "30 × 연결 거부: default/mynapp-svc 서비스에 엔드포인트가 없습니다"),
        ("en", "30 × refused: default/mynapp-svc has no endpoints"),
    ],
)
def test_refused_requests_say_why(lab: kubelab.Lab, lang: str, why: str) -> None:
    lab.lang = lang
    lab.kubectl("scale rs mynapp-rs --replicas=0")
    panel = panels.DistributionPanel(lab, "mynapp-svc", requests=30)
    assert why in panel._view.value


def test_traffic_draws_itself(lab: kubelab.Lab) -> None:
    figure = lab.traffic("mynapp-svc", requests=120, clients=4).figure()
    assert len(figure.axes[0].patches) >= 3
    assert "요청 120번" in figure._repr_mimebundle_()["text/html"]
