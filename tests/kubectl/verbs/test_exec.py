"""`exec`: programs in containers, their exit codes, and what is said where there is no container."""

import re

import pytest

TWO = """\
apiVersion: v1
kind: Pod
metadata:
  name: two
spec:
  containers:
  - {name: a, image: busybox, command: [sleep, "1000"]}
  - {name: b, image: busybox, command: [sleep, "1000"]}
"""
OLD = "error: exec [POD] [COMMAND] is not supported anymore. Use exec [POD] -- [COMMAND] instead\n"
HELP = "See 'kubectl exec -h' for help and examples"


@pytest.fixture(autouse=True)
def _pods(desk):
    desk.write("two.yml", TWO)
    desk.out("create -f two.yml -f rs.yml")
    desk.cluster.settle()


def test_a_command(desk):
    result = desk.run("exec two -- echo hello world")
    assert result.stdout == "hello world\n"
    assert result.stderr == 'Defaulted container "a" out of: a, b\n'
    assert desk.out("exec two -c b -- echo hi") == "hi\n"
    assert desk.out("exec pod/two -c b -- hostname") == "two\n"


def test_a_set_chooses_a_pod(desk):
    assert desk.out("exec rs/web -- hostname").startswith("web-")


def test_exit_codes(desk):
    result = desk.run("exec two -c a -- sh -c 'echo out; exit 7'")
    assert (result.stdout, result.code) == ("out\n", 7)
    assert result.stderr == "command terminated with exit code 7\n"


def test_no_such_program(desk):
    error = desk.error("exec two -c a -- nonsense --flag")
    assert re.fullmatch(
        "error: Internal error occurred: error executing command in container: failed to exec in container: failed to "
        'start exec "[0-9a-f]{64}": OCI runtime exec failed: exec failed: unable to start container process: exec: '
        r'"nonsense": executable file not found in \$PATH',
        error.removesuffix(": unknown"),
    )


def test_no_terminal(desk):
    result = desk.run("exec -it two -c a -- echo hi")
    assert result.stdout == "hi\n"
    assert result.stderr == "Unable to use a TTY - input is not a terminal or the right kind of file\n"


def test_standard_input(desk):
    assert desk.run("exec -i two -c a -- cat", stdin="some\nlines\n").stdout == "some\nlines\n"
    assert desk.run("exec two -c a -- cat", stdin="some\nlines\n").stdout == ""


def test_a_pod_that_does_not_run(desk):
    desk.out("run late --image=nginx:none")
    assert desk.error("exec late -- ls") == 'error: unable to upgrade connection: container not found ("late")'
    desk.out("run done --image=busybox --restart=Never -- true")
    desk.cluster.settle()
    assert desk.error("exec done -- ls") == (
        "error: cannot exec into a container in a completed pod; current phase is Succeeded"
    )


@pytest.mark.parametrize(
    ("line", "error"),
    [
        ("", "error: pod, type/name or --filename must be specified"),
        ("-- ls", "error: pod, type/name or --filename must be specified"),
        ("two", "error: you must specify at least one command for the container"),
        ("two ls", OLD + HELP),
        ("-it two sh", OLD + HELP),
        ("nope -- ls", 'Error from server (NotFound): pods "nope" not found'),
        ("rs/nope -- ls", 'Error from server (NotFound): replicasets.apps "nope" not found'),
        ("two -c nope -- ls", "error: container nope is not valid for pod two out of: a, b"),
        ("ns/default -- ls", "error: cannot attach to *v1.Namespace: selector for *v1.Namespace not implemented"),
    ],
)
def test_errors(desk, line, error):
    assert desk.error(f"exec {line}") == error
