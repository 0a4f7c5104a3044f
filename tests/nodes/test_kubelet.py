"""The life of a pod, as its status and its events tell it."""

import json

import pytest

from kubelab.api import meta
from kubelab.nodes import runtime
from tests.nodes.conftest import Bench


def test_status_of_a_running_pod_is_that_of_a_real_cluster(bench):
    pod = bench.pod(image="c1t1d0s7/myweb", ports=[{"containerPort": 8080}])
    status = pod["status"]
    (container,) = status["containerStatuses"]
    assert container["containerID"].startswith("containerd://")
    assert len(container["containerID"]) == len("containerd://") + 64
    assert container["imageID"].startswith("docker.io/c1t1d0s7/myweb@sha256:")
    started = container["state"]["running"]["startedAt"]
    assert container == {
        "containerID": container["containerID"],
        "image": "docker.io/c1t1d0s7/myweb:latest",
        "imageID": container["imageID"],
        "lastState": {},
        "name": "c",
        "ready": True,
        "restartCount": 0,
        "started": True,
        "state": {"running": {"startedAt": started}},
    }
    types = ["PodReadyToStartContainers", "Initialized", "Ready", "ContainersReady", "PodScheduled"]
    assert [c["type"] for c in status["conditions"]] == types
    for condition in status["conditions"]:
        assert condition == {
            "lastProbeTime": None,
            "lastTransitionTime": condition["lastTransitionTime"],
            "observedGeneration": 1,
            "status": "True",
            "type": condition["type"],
        }
    rest = {k: v for k, v in status.items() if k not in ("conditions", "containerStatuses", "startTime")}
    assert rest == {
        "hostIP": "192.168.56.21",
        "hostIPs": [{"ip": "192.168.56.21"}],
        "observedGeneration": 1,
        "phase": "Running",
        "podIP": "10.233.101.2",
        "podIPs": [{"ip": "10.233.101.2"}],
        "qosClass": "BestEffort",
    }


def test_events_of_a_start(bench):
    bench.pod(image="c1t1d0s7/myweb")
    told = bench.events()
    assert [reason for reason, _ in told] == ["Pulling", "Pulled", "Created", "Started"]
    assert [message for _, message in told][::2] == ['Pulling image "c1t1d0s7/myweb"', "Container created"]
    assert told[1][1].startswith('Successfully pulled image "c1t1d0s7/myweb" in ')
    assert told[1][1].endswith(" including waiting). Image size: 85000255 bytes.")
    event = bench.store.list("Event")[0]
    assert event["source"] == {"component": "kubelet", "host": "kube-node1"}
    assert event["involvedObject"]["fieldPath"] == "spec.containers{c}"


def test_an_image_that_is_there_is_not_pulled_again(bench):
    bench.pod("p", image="nginx:1.27")
    bench.pod("q", image="nginx:1.27")
    bench.pod("r", image="nginx:1.27", node="kube-node2")
    said = 'Container image "nginx:1.27" already present on machine and can be accessed by the pod'
    assert [m for r, m in bench.events("Pulled") if "present" in m] == [said]
    assert len(bench.events("Pulling")) == 2


def test_what_a_watcher_sees_of_a_start(bench):
    seen = []

    def watch(event):
        if event.obj["kind"] == "Pod":
            statuses = event.obj["status"].get("containerStatuses")
            seen.append(next(iter(statuses[0]["state"].values())).get("reason", "Running") if statuses else "Pending")

    bench.store.subscribe(watch)
    bench.pod()
    assert seen == ["Pending", "ContainerCreating", "Running"]


def test_addresses_go_on_and_do_not_come_back_at_once(bench):
    bench.pod("a")
    bench.pod("b")
    bench.store.delete("Pod", "default", "a", grace=0)
    bench.pod("c")
    bench.pod("d", node="kube-node3")
    addresses = [bench.get(name)["status"]["podIP"] for name in "bcd"]
    assert addresses == ["10.233.101.3", "10.233.101.4", "10.233.76.2"]


def test_a_pod_on_the_host_network_has_the_nodes_address(bench):
    pod = bench.pod(spec={"hostNetwork": True})
    assert pod["status"]["podIP"] == "192.168.56.21"


class TestImages:
    def test_a_name_that_is_no_image(self, bench):
        bench.pod(image="ngnix")
        assert bench.shown() == "ImagePullBackOff"
        resolved = (
            'failed to pull and unpack image "docker.io/library/ngnix:latest": failed to resolve reference '
            '"docker.io/library/ngnix:latest": pull access denied, repository does not exist or may require '
            "authorization: server message: insufficient_scope: authorization failed"
        )
        assert bench.state()["waiting"]["message"] == f'Back-off pulling image "ngnix": ErrImagePull: {resolved}'
        assert bench.events("Failed", "BackOff") == [
            ("Failed", f'Failed to pull image "ngnix": {resolved}'),
            ("Failed", "Error: ErrImagePull"),
            ("BackOff", 'Back-off pulling image "ngnix"'),
            ("Failed", "Error: ImagePullBackOff"),
        ]
        assert bench.get()["status"]["phase"] == "Pending"
        condition = meta.condition(bench.get(), "Ready")
        assert (condition["reason"], condition["message"]) == (
            "ContainersNotReady",
            "containers with unready status: [c]",
        )

    def test_it_is_tried_again_and_again(self, bench):
        bench.pod(image="nginx:1.161")
        assert "rpc error: code = NotFound desc = " in bench.state()["waiting"]["message"]
        bench.clock.run_for(10_000)
        assert bench.shown() in ("ErrImagePull", "ImagePullBackOff")
        pulls = next(e["count"] for e in bench.store.list("Event") if e["reason"] == "Pulling")
        assert pulls == 2

    def test_putting_the_image_right_starts_it(self, bench):
        pod = bench.pod(image="ngnix")
        changed = meta.copy(pod)
        changed["spec"]["containers"][0]["image"] = "nginx"
        bench.store.update(changed, trusted=True)
        bench.clock.settle()
        assert bench.shown() == "Running"

    def test_a_new_image_restarts_a_running_container(self, bench):
        pod = bench.pod(image="nginx:1.27")
        changed = meta.copy(pod)
        changed["spec"]["containers"][0]["image"] = "nginx:1.28"
        bench.store.update(changed, trusted=True)
        bench.clock.settle()
        status = bench.get()["status"]["containerStatuses"][0]
        assert (status["image"], status["restartCount"]) == ("docker.io/library/nginx:1.28", 1)
        assert ("Killing", "Container c definition changed, will be restarted") in bench.events()

    def test_names_that_cannot_be(self, bench):
        bench.pod(image="NGINX")
        assert bench.shown() == "InvalidImageName"

    def test_never_pulling(self, bench):
        bench.pod(image="nginx", imagePullPolicy="Never")
        assert bench.shown() == "ErrImageNeverPull"


class TestRestarts:
    def test_crash_loop(self, bench):
        bench.pod(image="busybox")
        assert bench.shown() == "CrashLoopBackOff"
        status = bench.get()["status"]["containerStatuses"][0]
        assert status["restartCount"] == 1
        assert status["lastState"]["terminated"]["reason"] == "Completed"
        uid = meta.uid(bench.get())
        said = f"back-off 10s restarting failed container=c pod=p_default({uid})"
        assert status["state"]["waiting"] == {"reason": "CrashLoopBackOff", "message": said}
        told = f"Back-off restarting failed container c in pod p_default({uid})"
        assert bench.events("BackOff") == [("BackOff", told)]
        assert bench.get()["status"]["phase"] == "Running"

    def test_pauses_double_up_to_five_minutes(self, bench):
        bench.pod(image="busybox")
        pauses = []

        def watch(event):
            if event.obj["kind"] == "Pod":
                waiting = event.obj["status"]["containerStatuses"][0]["state"].get("waiting", {})
                if waiting.get("reason") == "CrashLoopBackOff":
                    pauses.append(waiting["message"].split()[1])

        bench.store.subscribe(watch)
        bench.clock.run_for(1_500_000)
        assert pauses[:6] == ["20s", "40s", "1m20s", "2m40s", "5m0s", "5m0s"]

    def test_a_killed_process_comes_back_with_the_same_address(self, bench):
        pod = bench.pod()
        address = pod["status"]["podIP"]
        bench.runtime.kill(pod, "c", 1)
        assert not bench.runtime.listens(pod, 8080)
        bench.clock.run_for(10)
        assert bench.shown() == "Error"
        assert not bench.ready()
        bench.clock.settle()
        status = bench.get()["status"]
        assert (status["podIP"], status["containerStatuses"][0]["restartCount"]) == (address, 1)
        assert bench.ready()
        assert bench.runtime.listens(pod, 8080)

    @pytest.mark.parametrize(
        ("policy", "program", "phase", "reason"),
        [
            ("Never", "true", "Succeeded", "Completed"),
            ("Never", "false", "Failed", "Error"),
            ("OnFailure", "true", "Succeeded", "Completed"),
        ],
    )
    def test_policies(self, bench, policy, program, phase, reason):
        pod = bench.pod(image="busybox", command=[program], spec={"restartPolicy": policy})
        assert (pod["status"]["phase"], bench.shown()) == (phase, reason)
        word = "PodCompleted" if phase == "Succeeded" else "PodFailed"
        assert meta.condition(pod, "Ready")["reason"] == word

    def test_a_program_that_is_not_there(self, bench):
        bench.runtime.entrypoint = lambda pod, container, argv: runtime.Run(started=False)
        bench.pod(image="nginx", command=["nosuch"])
        last = bench.get()["status"]["containerStatuses"][0]["lastState"]["terminated"]
        assert (last["exitCode"], last["reason"]) == (128, "StartError")
        assert last["message"].endswith('exec: "nosuch": executable file not found in $PATH')
        assert bench.shown() == "CrashLoopBackOff"

    def test_what_was_written_before_the_restart_is_kept(self, bench):
        bench.runtime.entrypoint = lambda pod, container, argv: runtime.Run(stdout="hello\n", code=3, ms=200)
        pod = bench.pod(image="busybox", command=["app"])
        assert bench.runtime.logs(pod, "c") == "hello\n"
        assert bench.runtime.logs(pod, "c", previous=True) == "hello\n"


class TestEnds:
    def test_graceful(self, bench):
        pod = bench.pod(image="nginx")
        bench.store.delete("Pod", "default", "p")
        bench.clock.run_for(20)
        assert bench.events("Killing") == [("Killing", "Stopping container c")]
        assert bench.runtime.listens(pod, 80)
        bench.clock.run_for(350)
        left = bench.get()
        assert (left["status"]["phase"], meta.is_ready(left)) == ("Succeeded", False)
        bench.clock.settle()
        assert bench.get() is None
        assert bench.runtime.of(meta.uid(pod)) is None

    def test_sleepers_are_killed_when_their_grace_is_over(self, bench):
        bench.pod(image="busybox", command=["sleep", "infinity"])
        begin = bench.clock.now
        codes = []

        def watch(event):
            for status in event.obj.get("status", {}).get("containerStatuses", []):
                codes.append(status["state"].get("terminated", {}).get("exitCode"))

        bench.store.subscribe(watch)
        bench.store.delete("Pod", "default", "p")
        bench.clock.settle()
        assert 30_000 <= bench.clock.now - begin < 31_000
        assert 137 in codes

    def test_a_second_request_shortens_the_grace(self, bench):
        bench.pod(image="busybox", command=["sleep", "infinity"])
        bench.store.delete("Pod", "default", "p")
        bench.clock.run_for(1_000)
        bench.store.delete("Pod", "default", "p", grace=1)
        bench.clock.run_for(1_500)
        assert bench.get() is None

    def test_a_pod_that_cannot_start_goes_at_once(self, bench):
        bench.pod(image="ngnix")
        bench.store.delete("Pod", "default", "p")
        bench.clock.run_for(500)
        assert bench.get() is None


def test_undo_takes_running_containers_back(bench):
    pod = bench.pod()
    clock, store, before = bench.clock.snapshot(), bench.store.snapshot(), json.dumps(bench.runtime.snapshot())
    bench.runtime.write_file(pod, "c", "/tmp/x", "1")
    bench.store.delete("Pod", "default", "p")
    bench.clock.settle()
    bench.clock.restore(clock)
    bench.store.restore(store)
    bench.runtime.restore(json.loads(before))
    assert bench.container()["files"] == {}
    assert bench.runtime.listens(bench.get(), 8080)
    assert json.dumps(bench.runtime.snapshot()) == before


def test_syncing_twice_changes_nothing(bench):
    bench.pod("p")
    bench.pod("q", image="ngnix")
    bench.pod("r", image="busybox")
    before = bench.store.revision
    for name in "pqr":
        bench.kubelet.sync("default", name)
    assert bench.store.revision == before


def test_equal_seeds_give_equal_pods():
    first, second = Bench(), Bench()
    assert first.pod() == second.pod()
