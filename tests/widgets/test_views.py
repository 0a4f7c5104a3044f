import pytest

from kubelab.widgets import views
from tests.widgets import small


def states(view: views.EndpointList) -> dict[str, str]:
    return {row.key: row.state for row in view.rows}


def test_replicas_counts_what_is_wanted_and_ready(lab: small.Lab) -> None:
    view = views.replicas(lab.cluster, "rs/web")
    assert view is not None
    assert (view.kind, view.wanted, view.ready, len(view.pods)) == ("ReplicaSet", 3, 3, 3)
    assert views.replicas(lab.cluster, "rs/nope") is None


@pytest.mark.parametrize("what", ["web", "svc/web", "rs/", "nonsense/web"])
def test_replicas_needs_something_that_scales(lab: small.Lab, what: str) -> None:
    with pytest.raises(ValueError, match="expected rs/NAME"):
        views.replicas(lab.cluster, what)


def test_endpoints_tells_the_four_states_apart(lab: small.Lab) -> None:
    store = lab.cluster.store
    store.put(small.pod("web-1", "10.1.1.1", ready=False), small.pod("web-2", "10.1.1.2", leaving=True))
    store.put(small.pod("web-9"), small.pod("other", app="other"))
    store.put(
        small.slices("svc", [p for p in store.list("Pod") if p["metadata"]["name"] in ("web-0", "web-1", "web-2")])
    )
    view = views.endpoints(lab.cluster, "svc")
    assert view is not None
    assert states(view) == {"web-0": "ready", "web-1": "unready", "web-2": "leaving", "web-9": "joining"}
    assert view.ready == 1
    assert view.ports == ("80→8080",)


def test_endpoints_made_by_hand_have_no_pod(lab: small.Lab) -> None:
    part = small.slices("svc", [])
    part["endpoints"] = [{"addresses": ["1.2.3.4"], "conditions": {}}]
    lab.cluster.store.put(part)
    lab.cluster.store.put(small.service("svc", selector={}))
    view = views.endpoints(lab.cluster, "svc")
    assert view is not None
    assert [(row.key, row.state) for row in view.rows] == [("1.2.3.4", "ready")]


def test_a_second_look_marks_what_changed(lab: small.Lab) -> None:
    before = views.endpoints(lab.cluster, "svc")
    store = lab.cluster.store
    store.drop("Pod", "web-0")
    store.put(small.pod("web-2", "10.233.101.3", ready=False), small.pod("web-7", "10.1.1.7"))
    store.put(small.slices("svc", store.list("Pod")))
    now = views.endpoints(lab.cluster, "svc")
    assert now is not None
    view = views.compared(now, before)
    assert {row.key: row.was for row in view.rows} == {"web-1": None, "web-2": "ready", "web-7": ""}
    assert [row.key for row in view.gone] == ["web-0"]
    assert view.changed
    assert not views.compared(now, now).changed
    assert views.unmarked(view) == now


def test_distribution_stands_beside_its_expectation(lab: small.Lab) -> None:
    view = views.distribution(lab.cluster, lab.traffic("svc", 300, 20))
    assert view.counts == {"web-0": 100, "web-1": 100, "web-2": 100}
    assert (view.expected, round(view.low), round(view.high)) == (100, 84, 116)
    assert sum(map(sum, view.cells)) == 300


def test_distribution_of_failures_only(lab: small.Lab) -> None:
    view = views.distribution(lab.cluster, small.sent("nope", {"10.0.0.1": {}}, failures=9))
    assert (view.requests, view.failed, view.shares, view.kept) == (9, 9, (), 0)


def test_affinity_widens_the_band(lab: small.Lab) -> None:
    loose, sticky = (views.distribution(lab.cluster, lab.traffic(name, 300, 20)) for name in ("svc", "sticky"))
    assert (loose.kept, sticky.kept) == (0, 20)
    assert sticky.affinity
    assert sticky.high - sticky.low > 3 * (loose.high - loose.low)


def test_a_fingerprint_changes_with_the_endpoints_and_the_affinity(lab: small.Lab) -> None:
    first = views.fingerprint(lab.cluster, "svc")
    assert first == views.fingerprint(lab.cluster, "svc")
    assert first != views.fingerprint(lab.cluster, "sticky")
    lab.kubectl("scale rs/web --replicas=4")
    lab.settle()
    assert first != views.fingerprint(lab.cluster, "svc")
    assert views.fingerprint(lab.cluster, "nope") is None
