"""What must hold whatever is done: endpoints are the ready matching pods; what is printed can be read again."""

import itertools
import json
from unittest import mock

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kubelab.api import labels, manifests, meta, times
from kubelab.cluster import Cluster
from kubelab.controllers import loop
from kubelab.kubectl import kubectl
from kubelab.printers import outputs

LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"
SLOW = {"deadline": None, "derandomize": True, "suppress_health_check": list(HealthCheck)}

# ---- any sequence of verbs

SERVICE = """
apiVersion: v1
kind: Service
metadata: {name: %s}
spec:
  %s
  ports: [{name: http, port: 80, targetPort: 8080}, {name: more, port: 81, targetPort: 8081}]
  selector: {%s}
"""
SET = """
apiVersion: apps/v1
kind: ReplicaSet
metadata: {name: plain}
spec:
  replicas: %d
  selector: {matchLabels: {app: plain}}
  template:
    metadata: {labels: {app: plain, tier: front}}
    spec:
      containers:
      - {name: web, image: c1t1d0s7/myweb, readinessProbe: {exec: {command: [cat, /tmp/ready]}, periodSeconds: 1}}
"""
OWNERS = st.sampled_from(["deploy/web", "deploy/api", "rs/plain"])
DEPLOYMENTS = st.sampled_from(["web", "api"])
SERVICES = st.sampled_from(["web", "api", "svc"])
SELECTORS = st.sampled_from(["app=web", "app=api", "app=plain", "tier=front", "app=web,tier=front", "run=loner"])
COUNTS = st.integers(0, 4)
EXTRAS = st.sampled_from(
    ["type: NodePort", "clusterIP: None", "publishNotReadyAddresses: true", "sessionAffinity: ClientIP"]
)


def lines(template, **parts):
    return st.tuples(st.builds(template.format, **parts), st.just(""))


STEPS = st.one_of(
    lines("create deployment {d} --image=c1t1d0s7/myweb --replicas={n}", d=DEPLOYMENTS, n=COUNTS),
    lines("scale {o} --replicas={n}", o=OWNERS, n=COUNTS),
    lines("expose {o} --name={s} --port=80 --target-port=8080", o=OWNERS, s=SERVICES),
    lines("set selector svc {s} {l}", s=SERVICES, l=SELECTORS),
    lines("label pods -l {l} tier=front --overwrite", l=SELECTORS),
    lines("label pods -l {l} app=web --overwrite", l=SELECTORS),
    lines("label pods -l {l} app-", l=SELECTORS),
    lines("delete pods -l {l} --wait=false", l=SELECTORS),
    lines("delete pods -l {l} --force --grace-period=0", l=SELECTORS),
    lines("delete {o} --cascade={c}", o=OWNERS, c=st.sampled_from(["orphan", "foreground", "background"])),
    lines("delete svc {s}", s=SERVICES),
    lines("set image deploy/{d} myweb=nginx:1.{n}", d=DEPLOYMENTS, n=COUNTS),
    lines("rollout {what} deploy/{d}", what=st.sampled_from(["restart", "undo", "pause", "resume"]), d=DEPLOYMENTS),
    lines("run loner --image=nginx"),
    lines("exec {o} -- touch /tmp/ready", o=OWNERS),
    lines("exec {o} -- rm /tmp/ready", o=OWNERS),
    lines("patch svc {s} -p '{{\"spec\": {{\"publishNotReadyAddresses\": true}}}}'", s=SERVICES),
    lines("wait --for=condition=Ready pod -l {l} --timeout={n}s", l=SELECTORS, n=COUNTS),
    st.tuples(st.sampled_from(["create -f -", "apply -f -", "replace -f -"]), st.builds(SET.__mod__, COUNTS)),
    st.tuples(
        st.sampled_from(["create -f -", "apply -f -", "replace -f -"]),
        st.builds(lambda *parts: SERVICE % parts, SERVICES, EXTRAS, SELECTORS.map(lambda s: s.replace("=", ": "))),
    ),
    st.tuples(st.just("step"), st.integers(1, 30).map(str)),
)


def take(cluster, line, text):
    if line != "step":
        kubectl.Kubectl(cluster, guard=False).run(line, stdin=text)
        return
    for _ in range(int(text)):
        cluster.clock.step()


def served(cluster, service):
    """The pods that a Service should lead to, and those that are not ready yet, by address."""
    ready, waiting = [], []
    for pod in cluster.store.list("Pod", meta.namespace(service)):
        chosen = labels.matches_map(service["spec"]["selector"], meta.labels(pod))
        if chosen and pod["status"].get("podIP") and meta.is_active(pod):
            open_ = meta.is_ready(pod) or service["spec"].get("publishNotReadyAddresses")
            (ready if open_ else waiting).append(pod["status"]["podIP"])
    return sorted(ready), sorted(waiting)


def told_by_endpoints(cluster, service, field):
    subsets = cluster.store.read("Endpoints", *meta.key(service)).get("subsets") or []
    return sorted(address["ip"] for subset in subsets for address in subset.get(field) or [])


def told_by_slices(cluster, service, *, ready):
    owner = f"kubernetes.io/service-name={meta.name(service)}"
    slices = cluster.store.list("EndpointSlice", meta.namespace(service), labels=owner)
    found = [endpoint for part in slices for endpoint in part.get("endpoints") or []]
    return sorted(e["addresses"][0] for e in found if e["conditions"]["ready"] is ready)


def check_services(cluster):
    for service in cluster.store.list("Service", "default"):
        if not service["spec"].get("selector"):
            continue
        ready, waiting = served(cluster, service)
        assert told_by_endpoints(cluster, service, "addresses") == ready
        assert told_by_endpoints(cluster, service, "notReadyAddresses") == waiting
        assert told_by_slices(cluster, service, ready=True) == ready
        assert told_by_slices(cluster, service, ready=False) == waiting
        if service["spec"]["clusterIP"] != "None":
            port = next(p for p in cluster.network.proxy.ports_of(meta.key(service)) if p.port == 80)
            picked = cluster.network.proxy.usable(port, "kube-node1").cluster
            assert sorted(endpoint.ip for endpoint in picked) == ready


def check_owners(cluster):
    """Every owner lives, and has the pods that it asks for."""
    store = cluster.store
    everything = [obj for kind in ("Pod", "ReplicaSet", "Deployment") for obj in store.list(kind, "default")]
    alive = {meta.uid(obj): obj for obj in everything}
    for obj in everything:
        assert all(ref["uid"] in alive for ref in meta.owner_references(obj))
    for rs in store.list("ReplicaSet", "default"):
        pods = [pod for pod in store.list("Pod", "default") if meta.is_controlled_by(pod, rs) and meta.is_active(pod)]
        assert len(pods) == rs["spec"]["replicas"]
        assert rs["status"]["replicas"] == len(pods)
        assert rs["status"].get("readyReplicas", 0) == sum(map(meta.is_ready, pods))
    running = [pod for pod in store.list("Pod") if not meta.is_finished(pod) and not pod["spec"].get("hostNetwork")]
    own = [pod["status"]["podIP"] for pod in running if pod["status"].get("podIP")]
    virtual = [service["spec"]["clusterIP"] for service in store.list("Service")]
    for addresses in (own, [ip for ip in virtual if ip != "None"]):
        assert len(addresses) == len(set(addresses))


@settings(max_examples=30, **SLOW)
@given(st.lists(STEPS, max_size=14))
def test_any_verbs_leave_the_endpoints_equal_to_the_ready_matching_pods(steps):
    cluster = Cluster(2)
    begun = [("create deployment web --image=c1t1d0s7/myweb --replicas=2", ""), ("expose deploy web --port=80", "")]
    for line, text in [*begun, ("create -f -", SET % 1), *steps]:
        take(cluster, line, text)
    cluster.clock.run_for(120_000)
    assert cluster.settle()
    check_services(cluster)
    check_owners(cluster)
    check_printing(cluster)


# ---- what makes it quick


def check_indexes(cluster):
    """What the store and the runtime keep beside the objects is what a look at all objects tells."""
    store, pods = cluster.store, cluster.runtime.pods
    for kind, objects in store._objects.items():
        everything = [objects[key] for key in sorted(objects)]
        assert store.list(kind) == everything
        for namespace, prefix in itertools.product(["", "default", "kube-system", "none"], ["", "w", "web-", "plain-"]):
            chosen = [o for o in everything if meta.namespace(o) == namespace and meta.name(o).startswith(prefix)]
            assert store.named(kind, namespace, prefix) == chosen
    for node in store.list("Node"):
        here = [uid for uid, pod in pods.items() if pod["node"] == meta.name(node)]
        assert list(cluster.runtime._at.get(meta.name(node), {})) == here


@settings(max_examples=20, **SLOW)
@given(st.lists(STEPS | st.tuples(st.just("back"), st.just("")), max_size=14))
def test_memos_and_indexes_are_equal_to_looking_at_everything(steps):
    seen, asked, of = [], [], loop.Memo.of

    def checked(memo, objects, *context):
        objects = list(objects)
        found = of(memo, objects, *context)
        assert found == [(obj, memo._work(obj, *context)) for obj in objects]
        asked.append(len(found))
        return found

    with mock.patch.object(loop.Memo, "of", checked):
        cluster = Cluster(3)
        cluster.store.subscribe(lambda event: seen.append((event.obj, json.dumps(event.obj))))
        past = [cluster.snapshot()]
        begun = [("create deployment web --image=c1t1d0s7/myweb --replicas=2", ""), ("expose deploy web --port=80", "")]
        for line, text in [*begun, *steps, ("set selector svc web tier=front", "")]:
            if line == "back":
                cluster.restore(past[len(past) // 2])
                past = past[: len(past) // 2 + 1]
            else:
                take(cluster, line, text)
                cluster.clock.run_for(1_500)
                past.append(cluster.snapshot())
            check_indexes(cluster)
    assert asked
    for obj, text in seen:
        assert json.dumps(obj) == text, "a stored object has been changed"


# ---- print, then read


def check_printing(cluster):
    """Every object says the same as YAML and as JSON; sent back as it came, it changes at most kubectl's annotation."""
    kinds = ("Pod", "Service", "Deployment", "ReplicaSet", "Endpoints", "EndpointSlice", "Event", "Node")
    objects = [obj for kind in kinds for obj in cluster.store.list(kind)]
    for obj in objects:
        assert list(manifests.documents(outputs.to_yaml(obj))) == [obj]
        assert list(manifests.documents(outputs.to_json(obj))) == [obj]
    tool = kubectl.Kubectl(cluster, guard=False)
    result = tool.run("replace -f -", stdin=tool.run("get svc,deploy,rs,pods -o yaml").stdout)
    assert (result.code, result.stderr) == (0, "")
    for before, after in zip(objects, [obj for kind in kinds for obj in cluster.store.list(kind)], strict=True):
        if after is not before:
            assert LAST_APPLIED in meta.annotations(before)
            assert {**after, "metadata": 0} == {**before, "metadata": 0}
            assert meta.of(after).get("generation") == meta.of(before).get("generation")


KEYS = st.sampled_from(["app", "tier", "example.com/zone", "in-out", "a.b", "x_y"])
VALUES = st.sampled_from(["", "web", "front", "1", "22", "a-b", "notin2"])
REQUIREMENTS = st.one_of(
    st.builds(labels.Requirement, KEYS, st.sampled_from(["=", "!=", "=="]), st.tuples(VALUES)),
    st.builds(labels.Requirement, KEYS, st.sampled_from(["in", "notin"]), st.lists(VALUES, min_size=1).map(tuple)),
    st.builds(labels.Requirement, KEYS, st.sampled_from(["exists", "!"])),
    st.builds(labels.Requirement, KEYS, st.sampled_from(["gt", "lt"]), st.sampled_from([("1",), ("30",)])),
)
LABELS = st.dictionaries(KEYS, VALUES)


@settings(derandomize=True)
@given(st.lists(REQUIREMENTS).map(lambda found: labels.Selector(tuple(found))), LABELS)
def test_a_printed_selector_reads_as_the_same(selector, carried):
    again = labels.parse(str(selector))
    assert str(labels.parse(str(again))) == str(again)
    assert again.matches(carried) == selector.matches(carried)


@settings(derandomize=True)
@given(KEYS, st.lists(VALUES, min_size=1), LABELS)
def test_selectors_come_in_pairs_of_opposites(key, values, carried):
    listed = ",".join(values)
    for one, other in (
        (f"{key}={values[0]}", f"{key}!={values[0]}"),
        (f"{key} in ({listed})", f"{key} notin ({listed})"),
        (key, f"!{key}"),
    ):
        assert labels.parse(one).matches(carried) != labels.parse(other).matches(carried)
        assert not labels.parse(f"{one},{other}").matches(carried)


@settings(derandomize=True)
@given(st.text("=!<>(), \tinotaxb/.", max_size=14))
def test_any_text_is_a_selector_or_none(text):
    try:
        selector = labels.parse(text)
    except ValueError:
        return
    assert str(labels.parse(str(selector))) == str(selector)


@settings(derandomize=True)
@given(st.integers(-(10**12), 10**12))
def test_a_printed_duration_reads_as_the_same(ms):
    assert times.go_duration(times.go_text(ms)) == ms


@settings(derandomize=True)
@given(st.integers(0, 253_402_300_799_000).map(lambda ms: ms // 1000 * 1000))
def test_a_printed_moment_reads_as_the_same(ms):
    assert times.parse(times.stamp(ms)) == ms
    assert times.parse(times.stamp_micro(ms)) == ms


SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(-(2**63), 2**63 - 1), st.floats(allow_nan=False, allow_infinity=False),
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=12),
    st.text("y no:tru-#'\"\n[]{}&*!|>%@`~0129.e", max_size=9),
)  # fmt: skip
NAMES = st.text("abc:- #'?\n", max_size=5)
TREES = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3))


@settings(max_examples=200, **SLOW)
@given(st.dictionaries(st.text("abcxyz", min_size=1, max_size=4), TREES, min_size=1, max_size=4))
def test_what_is_printed_as_yaml_or_json_reads_as_the_same(tree):
    for text in (outputs.to_yaml(tree), outputs.to_json(tree)):
        (read,) = manifests.documents(text)
        assert json.dumps(read, sort_keys=True) == json.dumps(_as_go(tree), sort_keys=True)


def _as_go(value):
    """Go's JSON has one kind of number: 1.0 is printed as 1."""
    if isinstance(value, dict):
        return {key: _as_go(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_as_go(item) for item in value]
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**63:
        return int(value)
    return value


def test_seeds_are_the_only_difference_between_two_clusters():
    told = []
    for seed in (1, 1, 2):
        cluster = Cluster(seed)
        for line, text in [("create -f -", SET % 3), ("get pods", ""), ("get ep -A", "")]:
            take(cluster, line, text)
        told.append(json.dumps(cluster.snapshot()["store"]))
    assert [a == b for a, b in itertools.pairwise(told)] == [True, False]
