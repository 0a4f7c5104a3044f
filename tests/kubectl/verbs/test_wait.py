"""`wait`: goals, texts, and the clock that runs meanwhile."""

import pytest

USAGE = "\n".join((
    "error: You must provide one or more resources by argument or filename.",
    "Example resource specifications include:",
    "   '-f rsrc.yaml'",
    "   '--filename=rsrc.json'",
    "   '<resource> <name>'",
    "   '<resource>'",
))  # fmt: skip
PATH = (
    "error: unexpected path string, expected a 'name1.name2' or '.name1.name2' or '{name1.name2}' or '{.name1.name2}'"
)


@pytest.fixture(autouse=True)
def _pods(desk):
    desk.out("run one --image=nginx")
    desk.out("run two --image=nginx")


def test_conditions(desk):
    before = desk.cluster.clock.now
    assert desk.out("wait --for=condition=Ready pod/two") == "pod/two condition met\n"
    assert desk.cluster.clock.now > before
    assert desk.out("wait --for=condition=ready pod one two") == "pod/one condition met\npod/two condition met\n"
    assert desk.out("wait --for=condition=Ready=True pod --all") == "pod/one condition met\npod/two condition met\n"
    assert desk.out("wait --for=condition=Ready pod -l run=two -o name") == "pod/two\n"


def test_time_runs_out(desk):
    before = desk.cluster.clock.now
    assert desk.error("wait --for=condition=Ready=False pod/one --timeout=40s") == (
        "error: timed out waiting for the condition on pods/one"
    )
    assert desk.cluster.clock.now - before >= 40_000
    assert desk.error("wait --for=condition=Ready=False pod/one pod/two --timeout=1s") == (
        "timed out waiting for the condition on pods/one\ntimed out waiting for the condition on pods/two"
    )


def test_a_look_takes_no_time(desk):
    before = desk.cluster.clock.now
    assert desk.error("wait --for=condition=Ready pod/two --timeout=0") == "error: condition not met for pods/two"
    assert desk.cluster.clock.now - before < 1000


def test_values(desk):
    assert desk.out("wait --for=jsonpath='{.status.phase}'=Running pod/one") == "pod/one condition met\n"
    assert desk.out("wait --for=jsonpath=.status.podIP pod/one") == "pod/one condition met\n"
    assert desk.error("wait --for=jsonpath='{.status.phase}'=Foo pod/one --timeout=1s") == (
        "error: timed out waiting for the condition on pods/one"
    )


def test_deletion(desk):
    desk.out("wait --for=condition=Ready pod --all")
    desk.out("delete pod one --wait=false")
    assert desk.out("wait --for=delete pod/one") == "pod/one condition met\n"
    assert desk.out("wait --for=delete pod/one") == ""
    assert desk.error("wait --for=delete pod/two --timeout=1s") == (
        "error: timed out waiting for the condition on pods/two"
    )


def test_creation(desk):
    desk.out("create -f rs.yml")
    assert desk.out("wait --for=create pod/one") == "pod/one condition met\n"
    out = desk.out("wait --for=create pod -l app=web")
    assert out.endswith(" condition met\n")
    assert desk.error("wait --for=create pod/nope --timeout=1s") == "error: timed out waiting for the condition"


def test_deployments(desk):
    desk.out("create deployment site --image=nginx --replicas=2")
    assert (
        desk.out("wait deploy/site --for condition=available --timeout=60s") == "deployment.apps/site condition met\n"
    )


def test_what_is_missing_does_not_stop_the_rest(desk):
    result = desk.run("wait --for=condition=Ready pod/nope pod/one")
    assert result.stdout == "pod/one condition met\n"
    assert (result.stderr, result.code) == ('Error from server (NotFound): pods "nope" not found\n', 1)


@pytest.mark.parametrize(
    ("line", "error"),
    [
        ("", "error: unrecognized condition: []"),
        ("pod/one --for=foo", 'error: unrecognized condition: "foo"'),
        ("--for=delete", USAGE),
        ("--for=condition=Ready pod", "error: resource(s) were provided, but no name was specified"),
        ("--for=condition=Ready pod -l app=none", "error: no matching resources found"),
        ("--for=condition=Ready pod/nope", 'Error from server (NotFound): pods "nope" not found'),
        ("--for=condition=Ready foo/one", 'error: the server doesn\'t have a resource type "foo"'),
        ("--for=jsonpath='{.status.phase' pod/one", PATH),
        ("--for=jsonpath= pod/one", "error: jsonpath expression cannot be empty"),
    ],
)
def test_errors(desk, line, error):
    assert desk.error(f"wait {line}") == error
