"""Probes."""

import pytest

from kubelab.api import meta


def exec_probe(*command, **settings):
    return {"exec": {"command": list(command)}, **settings}


def http_probe(port, path="/", **settings):
    return {"httpGet": {"port": port, "path": path, "scheme": "HTTP"}, **settings}


def test_a_pod_becomes_ready_when_the_file_is_there(bench):
    pod = bench.pod(readinessProbe=exec_probe("cat", "/tmp/ready", periodSeconds=10))
    assert not meta.is_ready(pod)
    assert bench.events("Unhealthy") == [
        ("Unhealthy", "Readiness probe failed: cat: can't open '/tmp/ready': No such file or directory\n")
    ]
    bench.runtime.write_file(pod, "c", "/tmp/ready", "")
    bench.clock.run_for(10_000)
    assert bench.ready()
    bench.runtime.remove_file(bench.get(), "c", "/tmp/ready")
    bench.clock.run_for(20_000)
    assert bench.ready()
    bench.clock.run_for(10_000)
    assert not bench.ready()


def test_http_and_tcp(bench):
    assert meta.is_ready(bench.pod("a", readinessProbe=http_probe(8080)))
    assert meta.is_ready(bench.pod("b", readinessProbe={"tcpSocket": {"port": 8080}}))
    assert not meta.is_ready(bench.pod("c", readinessProbe=http_probe(9090)))
    address = bench.get("c")["status"]["podIP"]
    refused = f"dial tcp {address}:9090: connect: connection refused"
    assert ("Unhealthy", f'Readiness probe failed: Get "http://{address}:9090/": {refused}') in bench.events()
    bench.runtime.http = lambda pod, container, port, path: 404
    ports = [{"name": "web", "containerPort": 8080}]
    assert not meta.is_ready(bench.pod("d", readinessProbe=http_probe("web"), ports=ports))
    assert ("Unhealthy", "Readiness probe failed: HTTP probe failed with statuscode: 404") in bench.events()


def test_the_first_probe_waits_for_its_delay_and_somebody_waits_for_it(bench):
    begin = bench.clock.now
    pod = bench.pod(readinessProbe=http_probe(8080, initialDelaySeconds=15))
    assert meta.is_ready(pod)
    assert bench.clock.now - begin > 15_000


def test_several_successes_in_a_row(bench):
    assert meta.is_ready(bench.pod(readinessProbe=http_probe(8080, successThreshold=3, periodSeconds=5)))


def test_a_dead_container_is_restarted(bench):
    pod = bench.pod(livenessProbe=exec_probe("cat", "/tmp/healthy", periodSeconds=5))
    bench.runtime.write_file(pod, "c", "/tmp/healthy", "")
    bench.clock.run_for(20_000)
    assert bench.get()["status"]["containerStatuses"][0]["restartCount"] == 0
    bench.runtime.remove_file(pod, "c", "/tmp/healthy")
    bench.clock.run_for(20_000)
    status = bench.get()["status"]["containerStatuses"][0]
    assert status["restartCount"] == 1
    assert ("Killing", "Container c failed liveness probe, will be restarted") in bench.events()


def test_the_startup_probe_holds_the_others_back(bench):
    pod = bench.pod(
        startupProbe=exec_probe("cat", "/tmp/up", periodSeconds=1, failureThreshold=30),
        readinessProbe=http_probe(8080),
        livenessProbe=exec_probe("false"),
    )
    status = pod["status"]["containerStatuses"][0]
    assert (status["started"], status["ready"]) == (False, False)
    bench.clock.run_for(5_000)
    assert not any("Liveness" in message for _, message in bench.events("Unhealthy"))
    bench.runtime.write_file(pod, "c", "/tmp/up", "")
    bench.clock.run_for(1_500)
    status = bench.get()["status"]["containerStatuses"][0]
    assert (status["started"], status["ready"]) == (True, True)



@pytest.mark.parametrize("kind", ["readinessProbe", "livenessProbe"])
def test_probes_end_with_the_container(bench, kind):
    bench.pod(**{kind: http_probe(8080)})
    bench.store.delete("Pod", "default", "p")
    bench.clock.settle()
    bench.clock.run_for(60_000)
    assert not bench.clock.waits("kubelet", "probe")
    assert bench.events("Unhealthy") == []
