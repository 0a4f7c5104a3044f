"""The front door: undo, redo and reset are exact; state carries on; labs are strangers to each other."""

import copy
import json
import math
import pickle

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import kubelab
from kubelab.kubectl import kubectl
from kubelab.sim import clock

RS = """
apiVersion: apps/v1
kind: ReplicaSet
metadata: {name: mynapp-rs}
spec:
  replicas: 2
  selector: {matchLabels: {app: mynapp-rs}}
  template:
    metadata: {labels: {app: mynapp-rs}}
    spec: {containers: [{name: mynapp, image: c1t1d0s7/myweb, ports: [{containerPort: 8080}]}]}
"""
SERVICE = """
apiVersion: v1
kind: Service
metadata: {name: mynapp-svc}
spec:
  sessionAffinity: ClientIP
  ports: [{port: 80, targetPort: 8080}]
  selector: {app: mynapp-rs}
"""
PROBED = """
apiVersion: v1
kind: Pod
metadata: {name: probed, labels: {app: mynapp-rs}}
spec:
  containers:
  - {name: web, image: c1t1d0s7/myweb, readinessProbe: {exec: {command: [cat, /tmp/ready]}, periodSeconds: 5}}
"""
REFUSED = (
    "create -f nowhere.yml", "create deployment UPPER --image=nginx", "scale rs none --replicas=2", "delete svc none",
    "scale rs mynapp-rs --replicas=-1", "expose rs none --port=80", "label pod none a=b", "wibble", "get -o wibble",
    "run x --image=", "patch svc mynapp-svc -p {", "rollout undo deploy/none", "set image deploy/none a=b", "'",
    "create service clusterip mynapp-svc --tcp=99999", "exec none -- env", "wait --for=wibble pod/none",
)  # fmt: skip
LINES = (
    "scale rs mynapp-rs --replicas=4", "scale rs mynapp-rs --replicas=1", "delete pods -l app=mynapp-rs --wait=false",
    "create deployment web --image=nginx --replicas=2", "set image deploy/web nginx=nginx:1.27", "delete deploy web",
    "rollout restart deploy/web", "rollout undo deploy/web", "expose deploy web --port=80", "delete svc web",
    "create ns other", "run a -n other --image=nginx", "delete ns other --wait=false", "label svc mynapp-svc a=b",
    "run nettool --image=c1t1d0s7/network-multitool", "exec nettool -- curl -s http://mynapp-svc",
    "exec nettool -- sh -c 'echo x > /tmp/x; dig mynapp-svc'", "exec probed -- touch /tmp/ready", "delete pod nettool",
    "exec probed -- sleep 7", "run broken --image=nginx --command -- false", "delete rs mynapp-rs --cascade=orphan",
    "annotate svc mynapp-svc note=1 --overwrite", "patch svc mynapp-svc -p '{\"spec\":{\"sessionAffinity\":\"None\"}}'",
    "config set-context --current --namespace=other", "wait --for=condition=Ready pod -l app=mynapp-rs --timeout=5s",
)  # fmt: skip
READ_ONLY = (
    "get all", "get pods -A -o wide", "get svc mynapp-svc -o yaml", "describe svc mynapp-svc", "describe pods",
    "version", "explain svc.spec", "api-resources", "events", "get ep -w", "rollout status deploy/web", "logs nettool",
    "rollout history deploy/web", "create deployment x --image=nginx --dry-run=client -o yaml", "help", "scale --help",
    "create deployment x --image=nginx --dry-run=server -o yaml", "get pods --watch-only", "logs -f probed", "",
)  # fmt: skip
FILES = ("create", "apply", "replace", "delete")

ACTIONS = st.one_of(
    st.sampled_from(LINES).map(lambda line: ("kubectl", line, "")),
    st.sampled_from(REFUSED).map(lambda line: ("kubectl", line, "")),
    st.tuples(st.just("kubectl"), st.sampled_from([f"{verb} -f -" for verb in FILES]), st.sampled_from([RS, SERVICE])),
    st.sampled_from([("wait", "3s"), ("wait", "10m"), ("wait", 61), ("reset",)]),
    st.sampled_from([("traffic", "mynapp-svc", 40, 3), ("traffic", "web", 10), ("step",), ("step",), ("step",)]),
)


def a_lab() -> kubelab.Lab:
    """A lab in which there is something to change."""
    lab = kubelab.Lab(seed=3)
    lab.kubectl("create -f -", stdin=f"{RS}---{SERVICE}---{PROBED}")
    return lab


def everything(lab: kubelab.Lab) -> str:
    """All that undo must put back, as text: order and types count."""
    return json.dumps(lab.cluster.snapshot())


def do(lab: kubelab.Lab, action: tuple) -> object:
    """One action; what it says."""
    name, *args = action
    try:
        if name == "kubectl":
            return lab.kubectl(args[0], stdin=args[1])
        said = getattr(lab, name)(*args)
        return said if name != "traffic" else (said.counts, said.by_client, said.failures)
    except kubelab.LabError as error:
        return f"LabError: {error}"


def settled(lab: kubelab.Lab, action: tuple) -> str:
    """The state from which an action begins: commands that do not watch let the loops come to rest first."""
    watches = action[0] == "kubectl" and kubectl.Kubectl(lab.cluster).watches(action[1])
    if action[0] not in ("step", "reset") and not watches:
        lab.settle()
    return everything(lab)


@settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(st.lists(ACTIONS, max_size=9))
def test_every_step_can_be_taken_back_and_taken_again(actions):
    lab = a_lab()
    states = []
    for action in actions:
        before, known = settled(lab, action), len(lab.history.past)
        said, after = do(lab, action), everything(lab)
        if len(lab.history.past) == known:
            continue
        assert len(lab.history.past) == known + 1
        assert lab.undo() == lab.history.undone[-1].what
        assert everything(lab) == before
        assert lab.redo() == lab.history.past[-1].what
        assert everything(lab) == after
        lab.undo()
        assert do(lab, action) == said
        assert everything(lab) == after
        states.append(before)
    end = everything(lab)
    for before in reversed(states):
        lab.undo()
        assert everything(lab) == before
    for _ in states:
        lab.redo()
    assert everything(lab) == end


@settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(st.lists(ACTIONS, max_size=8), st.lists(ACTIONS, max_size=4))
def test_a_state_file_carries_on_where_it_stopped(before, after):
    lab, other = a_lab(), kubelab.Lab(seed=8)
    for action in before:
        do(lab, action)
    other.seed = lab.seed
    other.cluster.restore(json.loads(everything(lab)))
    assert everything(other) == everything(lab)
    for action in after:
        assert do(other, action) == do(lab, action)
        assert everything(other) == everything(lab)


@pytest.mark.parametrize("line", READ_ONLY)
def test_looking_pushes_nothing_and_changes_nothing(line):
    lab = a_lab()
    for given_line in ("create deployment web --image=nginx", "run nettool --image=c1t1d0s7/network-multitool"):
        lab.kubectl(given_line)
    lab.settle()
    steps, before = len(lab.history.past), lab.cluster.snapshot()
    lab.kubectl(line)
    assert len(lab.history.past) == steps
    after = lab.cluster.snapshot()
    watching = {"-w", "-f", "status", "--watch-only"} & set(line.split())
    same = ("chance", "network", "preferences") + (() if watching else ("store", "runtime", "clock", "trace"))
    assert {room: after[room] for room in same} == {room: before[room] for room in same}


@pytest.mark.parametrize("line", REFUSED)
def test_what_is_refused_pushes_nothing_and_changes_nothing(line):
    lab = a_lab()
    lab.settle()
    steps, before = len(lab.history.past), lab.cluster.snapshot()
    result = lab.kubectl(line)
    assert result.code != 0
    assert result.stderr.startswith("error: ") or "rror" in result.stderr or " is invalid: " in result.stderr
    assert len(lab.history.past) == steps
    after = lab.cluster.snapshot()
    for room in ("store", "runtime", "network", "preferences"):
        assert after[room] == before[room]


def test_undo_takes_back_what_was_asked_for_not_what_came_of_it():
    lab = a_lab()
    lab.settle()
    before = everything(lab)
    lab.kubectl("scale rs mynapp-rs --replicas=5")
    lab.kubectl("get pods -w")
    lab.kubectl("wait --for=condition=Ready pod -l app=mynapp-rs")
    assert lab.undo() == "kubectl scale rs mynapp-rs --replicas=5"
    assert everything(lab) == before
    lab.redo()
    lab.undo()
    lab.kubectl("label svc mynapp-svc a=b")
    assert lab.redo() == "nothing to redo"


def test_undo_and_redo_know_their_ends():
    lab = kubelab.Lab()
    assert (lab.undo(), lab.redo()) == ("nothing to undo", "nothing to redo")
    assert lab.step() == "" or lab.history.past


def test_reset_is_a_fresh_lab_and_can_be_taken_back():
    lab = a_lab()
    before = everything(lab)
    lab.reset()
    assert everything(lab) == everything(kubelab.Lab(seed=3))
    assert lab.undo() == "reset"
    assert everything(lab) == before


def test_a_step_says_what_happened():
    lab = a_lab()
    said = [lab.step() for _ in range(12)]
    assert all(said)
    assert any("scheduler" in line for line in said)
    for _ in said:
        lab.undo()
    assert everything(lab) == everything(a_lab())


def test_snapshots_share_what_did_not_change():
    lab = a_lab()
    lab.settle()
    first = lab.cluster.snapshot()
    lab.kubectl("exec probed -- touch /tmp/ready")
    second = lab.cluster.snapshot()
    pods = {uid: pod["name"] for uid, pod in second["runtime"]["pods"].items()}
    copied = [pods[u] for u in pods if second["runtime"]["pods"][u] is not first["runtime"]["pods"].get(u)]
    assert copied == ["probed"]
    for kind, objects in second["store"]["objects"].items():
        assert all(a is b for a, b in zip(first["store"]["objects"][kind], objects, strict=True))
    assert all(a is b for a, b in zip(first["trace"], second["trace"], strict=False))


def test_nobody_changes_an_object_that_the_store_has_handed_out():
    lab = a_lab()
    seen = []

    def keep(event):
        seen.append((event.obj, json.dumps(event.obj)))
        if event.old is not None:
            seen.append((event.old, json.dumps(event.old)))

    lab.cluster.store.subscribe(keep)
    for action in [("kubectl", line, "") for line in (*LINES, *READ_ONLY, *REFUSED, *reversed(LINES))]:
        do(lab, action)
    for verb in FILES:
        do(lab, ("kubectl", f"{verb} -f -", RS.replace("replicas: 2", "replicas: 3")))
        do(lab, ("kubectl", f"{verb} -f -", SERVICE.replace("ClientIP", "None")))
    for line in ("get all -A -o yaml", "get all -A -o json --show-managed-fields", "describe all", "get ep,ev -o wide"):
        do(lab, ("kubectl", line, ""))
    do(lab, ("wait", "1h"))
    assert len(seen) > 300
    assert [obj for obj, text in seen if json.dumps(obj) != text] == []


def test_two_labs_are_strangers():
    lines = ("scale rs mynapp-rs --replicas=4", "get pods -o wide", "describe svc mynapp-svc")

    def story(lab, at):
        return lab.kubectl(lines[at]).stdout

    alone = [story(lab, at) for lab in [a_lab()] for at in range(3)]
    one, two = a_lab(), a_lab()
    kubelab.Lab(seed=9).kubectl("create ns x")
    mixed = [(story(one, at), story(two, at)) for at in range(3)]
    assert mixed == [(said, said) for said in alone]
    before = everything(two)
    one.reset()
    one.kubectl("create deployment web --image=nginx")
    one.undo()
    one.traffic("kubernetes", 5)
    assert everything(two) == before


# ---- bad arguments


@pytest.mark.parametrize(
    "duration",
    ["", "3", "x", "-1s", "1h 2m", "9" * 400 + "h", "2562047h", -1, math.inf, math.nan, 10**400, 1e9, b"3s", None, []],
)
def test_a_wait_that_is_none(duration):
    lab = kubelab.Lab()
    before = everything(lab)
    with pytest.raises(kubelab.LabError) as error:
        lab.wait(duration)
    assert "\n" not in str(error.value)
    assert len(str(error.value)) < 200
    assert everything(lab) == before


@pytest.mark.parametrize(
    ("name", "args", "options"),
    [
        ("kubectl", (5,), {}), ("kubectl", (["get", 5],), {}), ("kubectl", ("get",), {"stdin": b""}),
        ("traffic", ("none",), {}), ("traffic", (5,), {}), ("traffic", ("mynapp-svc",), {"requests": -1}),
        ("traffic", ("mynapp-svc",), {"requests": 1.5}), ("traffic", ("mynapp-svc",), {"clients": 0}),
        ("traffic", ("mynapp-svc",), {"clients": ["none"]}), ("traffic", ("mynapp-svc",), {"clients": 1.5}),
        ("traffic", ("mynapp-svc",), {"clients": 10**9}), ("traffic", ("mynapp-svc",), {"requests": 10**30}),
        ("traffic", ("mynapp-svc",), {"every": "x"}), ("traffic", ("mynapp-svc",), {"every": math.inf}),
        ("traffic", ("mynapp-svc",), {"clients": [5]}), ("traffic", ("mynapp-svc",), {"every": None}),
        ("traffic", ("mynapp-svc",), {"wibble": 1}), ("traffic", ("mynapp-svc",), {"node": "none"}),
        ("traffic", ("mynapp-svc",), {"namespace": "none"}), ("traffic", ("mynapp-svc",), {"port": 81}),
        ("traffic", ("mynapp-svc",), {"at": "none"}), ("rules", ("wibble",), {}), ("rules", (), {"node": "none"}),
    ],
)  # fmt: skip
def test_arguments_that_cannot_be(name, args, options):
    lab = a_lab()
    lab.settle()
    before = everything(lab)
    with pytest.raises(kubelab.LabError) as error:
        getattr(lab, name)(*args, **options)
    assert "\n" not in str(error.value)
    assert everything(lab) == before
    assert error.value._render_traceback_() == [str(error.value)]


def test_nobody_waits_for_ever(monkeypatch):
    monkeypatch.setattr(clock, "PATIENCE", 300)
    lab = a_lab()
    lab.kubectl("run nettool --image=c1t1d0s7/network-multitool")
    for wait in (lambda: lab.wait("1000h"), lambda: lab.traffic("mynapp-svc", 1000, every="1000h")):
        with pytest.raises(kubelab.LabError, match=r"^so much is going on in this cluster .* stopped on the way"):
            wait()
    for line in ("exec nettool -- sleep 9999999999", "wait --for=delete pod/nettool --timeout=9999h"):
        assert lab.kubectl(line).stderr.startswith("error: so much is going on in this cluster that the clock stopped")
    assert lab.kubectl("get pods").code == 0
    while lab.undo() != "nothing to undo":
        pass
    assert everything(lab) == everything(kubelab.Lab(seed=3))


def test_time_has_an_end():
    lab = a_lab()
    lab.kubectl("delete pod probed")
    lab.kubectl("run nettool --image=c1t1d0s7/network-multitool")
    lab.settle()
    lab.cluster.clock.run_for(10**18)
    for line in ("exec nettool -- sleep 99999999999", "scale rs mynapp-rs --replicas=3", "get all"):
        assert lab.kubectl(line).code == 0
    assert lab.wait("1h").startswith("9999-12-31T00:00:0")
    assert lab.kubectl("get all -o yaml").code == 0
    assert lab.kubectl("delete pod nettool --grace-period=9999999999").code == 0


def test_labs_that_cannot_be():
    for options in ({"lang": "fr"}, {"seed": "one"}, {"seed": True}, {"seed": None}):
        with pytest.raises(kubelab.LabError):
            kubelab.Lab(**options)


def test_listeners_hear_of_changes_until_they_leave():
    lab, heard = kubelab.Lab(), []
    leave = lab.listen(lambda: heard.append(1))
    lab.kubectl("create ns x")
    lab.undo()
    assert len(heard) == 2
    leave()
    leave()
    lab.redo()
    assert len(heard) == 2


def test_a_path_says_why_in_the_learners_language() -> None:
    said = {}
    for lang in ("en", "ko"):
        lab = kubelab.Lab(seed=3, lang=lang)
        lab.kubectl("create -f -", stdin=f"{RS}---{SERVICE}")
        lab.kubectl("run nettool --image=c1t1d0s7/network-multitool")
        first = str(lab.path("http://mynapp-svc"))
        lab.wait("12s")
        said[lang] = first, str(lab.path("mynapp-svc")), str(lab.path("nothere"))
        before = lab.cluster.snapshot()["network"]
        lab.wait("3h1m")
        lab.path("mynapp-svc", client="kube-node1")
        assert lab.cluster.snapshot()["network"] != before
        assert lab.undo() == "path mynapp-svc"
        assert lab.cluster.snapshot()["network"] == before
    first, again, nobody = said["en"]
    assert "odds 1/2, drawn 0." in first
    assert "is not remembered for" in first
    assert " 12 s ago, 10788 s left: yes" in again
    assert "=> unresolved: nothere has no address: NXDOMAIN" in nobody
    assert "확률 1/2, 뽑은 수 0." in said["ko"][0]
    assert "12초 전, 10788초 남음" in said["ko"][1]
    assert "=> 이름을 찾지 못함: nothere" in said["ko"][2]


@pytest.mark.parametrize("asked", [{"target": "http://"}, {"target": 5}, {"target": "mynapp-svc", "client": "nobody"}])
def test_a_path_that_cannot_be_gone(asked: dict[str, str]) -> None:
    with pytest.raises(kubelab.lab.LabError):
        a_lab().path(**asked)


def test_the_mode_of_the_proxies_can_be_changed_and_undone() -> None:
    lab = a_lab()
    assert lab.proxy_mode().startswith("iptables: its rules load into a real kernel")
    assert lab.proxy_mode("ipvs", "lc") == "ipvs lc"
    assert lab.proxy_mode() == "ipvs, scheduler lc: written after its source code, not compared with a real kernel"
    with pytest.raises(kubelab.lab.LabError, match="iptables mode only"):
        lab.rules()
    assert lab.rules(mode="iptables").startswith("# Generated by iptables-save")
    lab.path("mynapp-svc")
    assert kubelab.lab.replay(lab.share()).proxy_mode() == lab.proxy_mode()
    assert lab.undo() == "path mynapp-svc"
    for wrong in (("userspace",), ("ipvs", "mh"), ("iptables", "rr")):
        with pytest.raises(kubelab.lab.LabError):
            lab.proxy_mode(*wrong)
    assert lab.undo() == "proxy mode ipvs lc"
    assert lab.proxy_mode().startswith("iptables")
    assert lab.rules()


def test_the_service_of_the_api_server_comes_back_whatever_else_is_gone() -> None:
    lab = kubelab.Lab()
    find = lab.cluster.store.find
    shown = {"Service": ("spec",), "Endpoints": ("subsets",), "EndpointSlice": ("addressType", "endpoints", "ports")}

    def parts() -> list[object]:
        """What classroom.yaml says of it at first, and the controller later."""
        found = {kind: find(kind, "default", "kubernetes") or {} for kind in shown}
        return [[found[kind]["metadata"]["labels"], *map(found[kind].get, names)] for kind, names in shown.items()]

    before = parts()
    lab.kubectl("delete node kube-master1")
    lab.kubectl("delete svc kubernetes")
    lab.wait("20s")
    assert parts() == before


def test_why_requests_failed_can_be_copied() -> None:
    lab = kubelab.Lab()
    lab.kubectl("create service clusterip empty --tcp=80")
    failures = lab.traffic("empty", requests=3).failures
    assert copy.deepcopy(failures) == pickle.loads(pickle.dumps(failures)) == failures
    assert list(failures.values()) == [3]
