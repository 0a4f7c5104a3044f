"""What must hold whatever is done: Endpoints follow the pods, and reconciling twice changes nothing."""

from hypothesis import given, settings
from hypothesis import strategies as st

from kubelab.api import meta
from tests.controllers.conftest import Bench, a_service, a_set

STEPS = st.one_of(
    st.tuples(st.just("scale"), st.integers(0, 6)),
    st.tuples(st.just("delete"), st.integers(0, 9)),
    st.tuples(st.just("relabel"), st.integers(0, 9)),
    st.tuples(st.just("turn"), st.integers(0, 9)),
    st.tuples(st.just("pass"), st.integers(0, 300)),
)


def take(bench, what, number):
    pods = bench.pods()
    if what == "scale":
        bench.store.scale("ReplicaSet", "default", "rs", number)
    elif what == "pass":
        bench.clock.run_for(number)
    elif pods:
        pod = pods[number % len(pods)]
        if what == "delete":
            bench.store.delete("Pod", *meta.key(pod))
        elif what == "relabel":
            changed = meta.copy(pod)
            now = meta.labels(pod)["app"]
            changed["metadata"]["labels"] = {"app": "debug" if now == "rs" else "rs"}
            bench.store.update(changed, trusted=True)
        elif pod["status"].get("podIPs"):
            bench.mark(pod, ready=not meta.is_ready(pod))


@settings(max_examples=40, deadline=None, derandomize=True)
@given(st.lists(STEPS, max_size=12))
def test_endpoints_are_the_ready_matching_pods(steps):
    bench = Bench()
    bench.create(a_service(selector={"app": "rs"}))
    bench.create(a_set())
    for what, number in steps:
        take(bench, what, number)
    bench.settle()
    mine = [pod for pod in bench.pods() if meta.labels(pod) == {"app": "rs"}]
    ready = sorted(pod["status"]["podIP"] for pod in mine if meta.is_ready(pod))
    listed = bench.store.read("Endpoints", "default", "svc").get("subsets") or []
    assert [a["ip"] for s in listed for a in s.get("addresses") or []] == ready
    sliced = bench.store.list("EndpointSlice", "default")
    told = [e for s in sliced for e in s.get("endpoints") or []]
    assert sorted(e["addresses"][0] for e in told if e["conditions"]["ready"]) == ready
    assert len(told) == len(mine)
    asked = bench.store.read("ReplicaSet", "default", "rs")["spec"]["replicas"]
    assert len(mine) == asked
    before = bench.store.revision
    assert bench.revision_after_reconciling_all() == before


def test_reconciling_twice_changes_nothing_for_a_deployment():
    bench = Bench()
    bench.create(a_service(selector={"app": "web"}))
    bench.create(a_set("web", kind="Deployment"))
    bench.settle()
    before = bench.store.revision
    assert bench.revision_after_reconciling_all() == before


def roll(bench, what, number):
    changed = meta.copy(bench.store.read("Deployment", "default", "web"))
    if what == "image":
        changed["spec"]["template"]["spec"]["containers"][0]["image"] = f"nginx:1.{number}"
    elif what == "size":
        changed["spec"]["replicas"] = number
    elif what == "pause":
        changed["spec"]["paused"] = bool(number % 2)
    bench.store.update(changed, trusted=True)
    bench.clock.run_for(number * 60)


ROLLS = st.tuples(st.sampled_from(["image", "size", "pause"]), st.integers(0, 6))


@settings(max_examples=40, deadline=None, derandomize=True)
@given(st.lists(ROLLS, max_size=8))
def test_a_rollout_ends_with_the_newest_template_alone(steps):
    bench = Bench()
    bench.create(a_set("web", kind="Deployment"))
    bench.settle()
    for what, number in steps:
        roll(bench, what, number)
    roll(bench, "pause", 0)
    bench.settle()
    deployment = bench.store.read("Deployment", "default", "web")
    wanted = deployment["spec"]["template"]["spec"]["containers"][0]["image"]
    images = [pod["spec"]["containers"][0]["image"] for pod in bench.pods()]
    assert images == [wanted] * deployment["spec"]["replicas"]
    told = {c["type"]: c["reason"] for c in deployment["status"]["conditions"]}
    assert told == {"Available": "MinimumReplicasAvailable", "Progressing": "NewReplicaSetAvailable"}
    before = bench.store.revision
    assert bench.revision_after_reconciling_all() == before
