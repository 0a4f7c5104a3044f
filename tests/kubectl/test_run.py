"""`run`: the pod that it makes, and following its program."""

import pytest

POD = """\
apiVersion: v1
kind: Pod
metadata:
  labels:
    run: x
  name: x
spec:
  containers:
  - image: nginx
    name: x
    resources: {}
  dnsPolicy: ClusterFirst
  restartPolicy: Always
status: {}
"""

PROMPT = (
    "All commands and output from this session will be recorded in container logs, including credentials and sensitive "
    "information passed through the command prompt.\nIf you don't see a command prompt, try pressing enter.\n"
)
TOOL = "--image=c1t1d0s7/network-multitool"


def test_the_pod(desk):
    assert desk.out("run x --image=nginx --dry-run=client -o yaml") == POD
    assert desk.out("run x --image=nginx --env=A=b --labels=a=b,c=d --dry-run=client") == "pod/x created (dry run)\n"


def test_with_a_service(desk):
    text = desk.out("run x --image=nginx --port=80 --expose --dry-run=client -o yaml")
    assert "    ports:\n    - containerPort: 80\n" in text
    assert text.endswith(
        "---\napiVersion: v1\nkind: Service\nmetadata:\n  name: x\nspec:\n  ports:\n  - port: 80\n    protocol: TCP\n"
        "    targetPort: 80\n  selector:\n    run: x\nstatus:\n  loadBalancer: {}\n"
    )
    assert desk.out("run x --image=nginx --port=80 --expose") == "pod/x created\nservice/x created\n"


@pytest.mark.parametrize(
    ("args", "error"),
    [
        ("x", 'required flag(s) "image" not set'),
        ("--image=n -- sh", "NAME is required for run"),
        ("x --image=", "--image is required"),
        ("x --image=BAD", 'invalid image name "BAD": invalid reference format'),
        ("x --image=n --restart=Foo", "invalid restart policy: Foo, valid values are: Always, OnFailure, Never"),
        ("x --image=n --image-pull-policy=foo",
         "invalid image pull policy: foo, valid values are: Always, IfNotPresent, Never"),
        ("x --image=n -t", "-i/--stdin is required for containers with -t/--tty=true"),
        ("x --image=n --expose", "--port must be set when exposing a service"),
        ("x --image=n --port=abc", "--port must be a number"),
        ("x --image=n --rm", "--rm should only be used for attached containers"),
        ("x --image=n -i --dry-run=client", "--dry-run=[server|client] can't be used with attached containers options "
                                            "(--attach, --stdin, or --tty)"),
        ("x --image=n --labels=a", "unexpected label spec: a"),
        ("x --image=n --env=a", "invalid env: a"),
        ("x --image=n --pod-running-timeout=0", "--pod-running-timeout must be higher than zero"),
    ],
)  # fmt: skip
def test_refusals(desk, args, error):
    assert desk.error(f"run {args}") == f"error: {error}"


def test_a_program_that_ends(desk):
    result = desk.run(f"run t {TOOL} -it --rm -- echo hello")
    assert result.stdout == 'hello\npod "t" deleted from default namespace\n'
    assert (result.stderr, result.code) == (PROMPT, 0)
    assert desk.out("get pods -o name") == ""


def test_the_exit_code_where_the_pod_is_not_restarted(desk):
    result = desk.run(f"run t {TOOL} -i --rm --restart=Never -- sh -c 'echo no; exit 3'")
    assert result.stdout == 'no\npod "t" deleted from default namespace\n'
    assert result.stderr == PROMPT + "pod default/t terminated (Error)\n"
    assert result.code == 3


def test_quiet(desk):
    result = desk.run(f"run t {TOOL} -i --rm -q --restart=Never -- echo hello")
    assert (result.stdout, result.stderr, result.code) == ("hello\n", "", 0)


def test_a_shell_reads_what_came_with_the_command(desk):
    result = desk.run(f"run t {TOOL} -i --rm --restart=Never -- sh", "echo one\necho two\nexit 4\n")
    assert result.stdout == 'one\ntwo\npod "t" deleted from default namespace\n'
    assert result.code == 4


def test_a_server_runs_on(desk):
    desk.out("run web --image=c1t1d0s7/myweb --attach")
    assert desk.out("get pod web -o jsonpath='{.status.phase}'") == "Running"


def test_a_pod_that_never_starts(desk):
    result = desk.run("run t --image=c1t1d0s7/nosuchimage -i --rm --pod-running-timeout=20s -- true")
    assert result.stdout == 'pod "t" deleted from default namespace\n'
    assert (result.stderr, result.code) == ("error: timed out waiting for the condition\n", 1)
