"""`logs`: whose, which lines, and what is said where there are none."""

import pytest

USAGE = (
    "error: expected 'logs [-f] [-p] (POD | TYPE/NAME) [-c CONTAINER]'.\n"
    "POD or TYPE/NAME is a required argument for the logs command\nSee 'kubectl logs -h' for help and examples"
)
TWO = """\
apiVersion: v1
kind: Pod
metadata:
  name: two
spec:
  restartPolicy: Never
  containers:
  - {name: a, image: busybox, command: [sh, -c, echo from a; sleep 1000]}
  - {name: b, image: busybox, command: [sh, -c, echo from b; echo again; sleep 1000]}
"""


@pytest.fixture(autouse=True)
def _pods(desk):
    desk.write("two.yml", TWO)
    desk.out("create -f two.yml -f rs.yml")
    desk.cluster.settle()


def test_containers(desk):
    result = desk.run("logs two")
    assert (result.stdout, result.stderr) == ("from a\n", 'Defaulted container "a" out of: a, b\n')
    assert desk.out("logs two -c b") == "from b\nagain\n"
    assert desk.out("logs two b") == "from b\nagain\n"
    assert desk.out("logs pod/two --all-containers") == "from a\nfrom b\nagain\n"
    assert desk.out("logs two --all-containers --prefix --tail=1") == "[pod/two/a] from a\n[pod/two/b] again\n"


def test_lines(desk):
    assert desk.out("logs two b --tail=1") == "again\n"
    assert desk.out("logs two b --tail=0") == ""
    stamp, _, line = desk.out("logs two b --timestamps --tail=1").partition(" ")
    assert line == "again\n"
    assert stamp.startswith("2026-11-23T00:00:")
    assert stamp.endswith("Z")
    assert desk.out(f"logs two b --since-time={stamp}") == "from b\nagain\n"
    desk.cluster.clock.run_for(60_000)
    assert desk.out("logs two b --since=10s") == ""
    assert desk.out("logs two b --limit-bytes=4") == "from"


def test_a_set_chooses_a_pod(desk):
    first = sorted(desk.out("get pods -l app=web -o name").split())[0]
    result = desk.run("logs rs/web")
    assert result.code == 0
    assert result.stderr.startswith("Found 2 pods, using pod/web-")
    assert first.startswith("pod/web-")


def test_labels(desk):
    desk.out("label pod two kind=two")
    assert desk.out("logs -l kind=two --all-containers") == "from a\nfrom b\nagain\n"
    assert desk.run("logs -l kind=none").stderr == "No resources found in default namespace.\n"


def test_before_it_runs(desk):
    desk.out("run late --image=nginx:none")
    assert desk.error("logs late") == (
        'Error from server (BadRequest): container "late" in pod "late" is waiting to start: trying and failing to '
        "pull image"
    )


@pytest.mark.parametrize(
    ("line", "error"),
    [
        ("", USAGE),
        ("a b c", USAGE),
        ("nope", 'error: error from server (NotFound): pods "nope" not found in namespace "default"'),
        ("rs/nope", 'error: error from server (NotFound): replicasets.apps "nope" not found in namespace "default"'),
        ("two -c nope", "error: container nope is not valid for pod two out of: a, b"),
        ("two -c a --all-containers", "error: --all-containers=true should not be specified with container name a"),
        ("two -l app=web",
         "error: only a selector (-l) or a POD name is allowed\nSee 'kubectl logs -h' for help and examples"),
        ("two b --tail=-5", "error: --tail must be greater than or equal to -1"),
        ("two b --since=-1m", "error: --since must be greater than 0"),
        ("two b --since=1m --since-time=2026-11-23T00:00:00Z",
         "error: at most one of `sinceTime` or `sinceSeconds` may be specified"),
        ("two b --previous",
         'Error from server (BadRequest): previous terminated container "b" in pod "two" not found'),
        ("ns/default", "error: cannot get the logs from *v1.Namespace: selector for *v1.Namespace not implemented"),
        ("svc/kubernetes", "error: cannot get the logs from *v1.Service: invalid service 'kubernetes': Service is "
         "defined without a selector"),
    ],
)  # fmt: skip
def test_errors(desk, line, error):
    assert desk.error(f"logs {line}") == error
