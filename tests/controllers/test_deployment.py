"""Deployments: rollouts step by step, history, pauses, proportions."""

import pytest

from kubelab.api import meta
from kubelab.controllers import rollout
from tests.controllers.conftest import a_set


def a_deployment(name="web", replicas=3, **spec):
    return a_set(name, replicas, kind="Deployment", **spec)


def set_image(bench, image, **spec):
    changed = meta.copy(bench.store.read("Deployment", "default", "web"))
    changed["spec"]["template"]["spec"]["containers"][0]["image"] = image
    changed["spec"].update(spec)
    bench.store.update(changed, trusted=True)


def conditions(bench):
    status = bench.store.read("Deployment", "default", "web")["status"]
    return {c["type"]: (c["status"], c["reason"]) for c in status["conditions"]}


def scalings(bench):
    events = [e for e in bench.store.list("Event") if e["reason"] == "ScalingReplicaSet"]
    ordered = sorted(events, key=lambda e: int(e["metadata"]["resourceVersion"]))
    return [e["message"].replace("Scaled ", "").replace("replica set web-", "") for e in ordered]


def sizes(bench):
    sets = sorted(bench.store.list("ReplicaSet", "default"), key=rollout.revision)
    return [rs["spec"]["replicas"] for rs in sets]


def test_a_new_deployment(bench):
    bench.create(a_deployment())
    bench.settle()
    (rs,) = bench.store.list("ReplicaSet", "default")
    hashed = meta.labels(rs)["pod-template-hash"]
    assert meta.name(rs) == f"web-{hashed}"
    assert rs["spec"]["selector"]["matchLabels"] == {"app": "web", "pod-template-hash": hashed}
    assert meta.annotations(rs) == {
        "deployment.kubernetes.io/desired-replicas": "3",
        "deployment.kubernetes.io/max-replicas": "4",
        "deployment.kubernetes.io/revision": "1",
    }
    deployment = bench.store.read("Deployment", "default", "web")
    assert meta.annotations(deployment) == {"deployment.kubernetes.io/revision": "1"}
    status = {k: v for k, v in deployment["status"].items() if k != "conditions"}
    assert status == {
        "observedGeneration": 1,
        "replicas": 3,
        "updatedReplicas": 3,
        "readyReplicas": 3,
        "availableReplicas": 3,
        "terminatingReplicas": 0,
    }
    assert conditions(bench) == {
        "Available": ("True", "MinimumReplicasAvailable"),
        "Progressing": ("True", "NewReplicaSetAvailable"),
    }
    assert scalings(bench) == [f"up {hashed} from 0 to 3"]


def test_rolling_update_takes_the_steps_of_the_real_one(bench):
    bench.create(a_deployment())
    bench.settle()
    (old,) = (meta.labels(rs)["pod-template-hash"] for rs in bench.store.list("ReplicaSet", "default"))
    set_image(bench, "nginx:1.20")
    bench.settle()
    sets = bench.store.list("ReplicaSet", "default")
    new = next(meta.labels(rs)["pod-template-hash"] for rs in sets if rs["spec"]["replicas"])
    assert scalings(bench)[1:] == [
        f"up {new} from 0 to 1",
        f"down {old} from 3 to 2",
        f"up {new} from 1 to 2",
        f"down {old} from 2 to 1",
        f"up {new} from 2 to 3",
        f"down {old} from 1 to 0",
    ]
    assert sizes(bench) == [0, 3]
    assert meta.annotations(bench.store.read("Deployment", "default", "web"))[rollout.REVISION] == "2"
    assert all(meta.labels(pod)["pod-template-hash"] == new for pod in bench.pods())


def test_going_back_gives_the_old_set_a_new_revision(bench):
    bench.create(a_deployment())
    bench.settle()
    for image in ("nginx:1.20", "nginx"):
        set_image(bench, image)
        bench.settle()
    assert len(bench.store.list("ReplicaSet", "default")) == 2
    notes = [meta.annotations(rs) for rs in sorted(bench.store.list("ReplicaSet", "default"), key=rollout.revision)]
    assert [n[rollout.REVISION] for n in notes] == ["2", "3"]
    assert notes[1][rollout.HISTORY] == "1"


def test_recreate_waits_for_the_last_old_pod(bench):
    bench.create(a_deployment(strategy={"type": "Recreate"}))
    bench.settle()
    seen = []

    def watch(event):
        if event.obj["kind"] == "Pod":
            seen.append(len({meta.labels(pod)["pod-template-hash"] for pod in bench.pods()}))

    bench.store.subscribe(watch)
    set_image(bench, "nginx:1.20")
    bench.settle()
    assert max(seen) == 1
    assert sizes(bench) == [0, 3]


def test_a_rollout_that_cannot_succeed_keeps_the_old_pods_and_says_so(bench):
    bench.create(a_deployment(progressDeadlineSeconds=60))
    bench.settle()
    bench.ready = False
    set_image(bench, "nginx:nosuch")
    bench.settle()
    assert sizes(bench) == [3, 1]
    assert conditions(bench)["Progressing"] == ("True", "ReplicaSetUpdated")
    bench.clock.run_for(70_000)
    assert conditions(bench) == {
        "Available": ("True", "MinimumReplicasAvailable"),
        "Progressing": ("False", "ProgressDeadlineExceeded"),
    }


def test_pause_and_resume(bench):
    bench.create(a_deployment())
    bench.settle()
    set_image(bench, "nginx:1.20", paused=True)
    bench.settle()
    assert sizes(bench) == [3]
    assert conditions(bench)["Progressing"] == ("Unknown", "DeploymentPaused")
    bench.store.scale("Deployment", "default", "web", 4)
    bench.settle()
    assert sizes(bench) == [4]
    set_image(bench, "nginx:1.20", paused=False)
    bench.settle()
    assert sizes(bench) == [0, 4]
    assert conditions(bench)["Progressing"] == ("True", "NewReplicaSetAvailable")


def test_scaling_in_the_middle_of_a_rollout_keeps_proportions(bench):
    rolling = {"maxSurge": 3, "maxUnavailable": 2}
    bench.create(a_deployment(replicas=10, strategy={"type": "RollingUpdate", "rollingUpdate": rolling}))
    bench.settle()
    bench.ready = False
    set_image(bench, "nginx:nosuch")
    bench.settle()
    assert sizes(bench) == [8, 5]
    bench.store.scale("Deployment", "default", "web", 15)
    bench.settle()
    assert sizes(bench) == [11, 7]


def test_history_is_limited(bench):
    bench.create(a_deployment(replicas=1, revisionHistoryLimit=2))
    bench.settle()
    for number in range(4):
        set_image(bench, f"nginx:1.{number}")
        bench.settle()
    revisions = [rollout.revision(rs) for rs in bench.store.list("ReplicaSet", "default")]
    assert sorted(revisions) == [3, 4, 5]


def test_annotations_go_along_but_not_the_last_applied_one(bench):
    made = a_deployment()
    made["metadata"]["annotations"] = {"kubernetes.io/change-cause": "why", rollout.LAST_APPLIED: "{}"}
    bench.create(made)
    bench.settle()
    (rs,) = bench.store.list("ReplicaSet", "default")
    assert meta.annotations(rs)["kubernetes.io/change-cause"] == "why"
    assert rollout.LAST_APPLIED not in meta.annotations(rs)


def test_a_name_taken_by_a_stranger_is_a_collision(bench):
    made = a_deployment()
    bench.create(made)
    bench.settle()
    hashed = meta.labels(bench.store.list("ReplicaSet", "default")[0])["pod-template-hash"]
    bench.store.delete("Deployment", "default", "web")
    bench.settle()
    bench.create(a_set(f"web-{hashed}", replicas=0, labels={"app": "other"}))
    bench.create(made)
    bench.settle()
    assert bench.store.read("Deployment", "default", "web")["status"]["collisionCount"] == 1
    assert len(bench.pods()) == 3


@pytest.mark.parametrize(
    ("replicas", "surge", "unavailable", "expected"),
    [(3, "25%", "25%", (1, 0)), (10, "25%", "25%", (3, 2)), (4, 0, 0, (0, 1)), (1, "25%", "25%", (1, 0))],
)
def test_fenceposts(replicas, surge, unavailable, expected):
    strategy = {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": surge, "maxUnavailable": unavailable}}
    assert rollout.fenceposts({"spec": {"replicas": replicas, "strategy": strategy}}) == expected


def test_deleting_takes_everything_along(bench):
    bench.create(a_deployment())
    bench.settle()
    bench.store.delete("Deployment", "default", "web")
    bench.settle()
    assert bench.store.list("ReplicaSet", "default") == bench.pods() == []
