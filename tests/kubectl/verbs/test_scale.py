"""`scale`: how many there are to be."""

import pytest


@pytest.fixture(autouse=True)
def _objects(desk):
    desk.out("create -f svc.yml -f rs.yml")
    desk.out("create deployment site --image=nginx --replicas=2")


def replicas(desk, what):
    return desk.out(f"get {what} -o jsonpath='{{.spec.replicas}}'")


def test_words(desk):
    assert desk.out("scale rs web --replicas=3") == "replicaset.apps/web scaled\n"
    assert desk.out("scale rs/web --replicas=3") == "replicaset.apps/web scaled\n"
    assert desk.out("scale deploy/site --replicas=0 -o name") == "deployment.apps/site\n"
    assert (replicas(desk, "rs/web"), replicas(desk, "deploy/site")) == ("3", "0")


def test_pods_follow(desk):
    desk.out("scale rs web --replicas=4")
    desk.cluster.settle()
    assert desk.out("get rs web -o jsonpath='{.status.readyReplicas}'") == "4"
    desk.out("scale rs web --replicas=1")
    desk.cluster.settle()
    assert len(desk.out("get pods -l app=web -o name").split()) == 1


def test_current_replicas(desk):
    assert desk.out("scale rs web --current-replicas=2 --replicas=3") == "replicaset.apps/web scaled\n"
    assert desk.error("scale rs web --current-replicas=2 --replicas=4") == "error: Expected replicas to be 2, was 3"
    assert replicas(desk, "rs/web") == "3"


def test_several(desk):
    out = desk.out("scale rs/web deploy/site --replicas=3")
    assert out == "replicaset.apps/web scaled\ndeployment.apps/site scaled\n"
    assert desk.out("scale deploy --all --replicas=1") == "deployment.apps/site scaled\n"
    assert desk.out("scale deploy -l app=site --replicas=2") == "deployment.apps/site scaled\n"
    assert desk.out("scale -f rs.yml --replicas=1") == "replicaset.apps/web scaled\n"
    result = desk.run("scale deploy nope site --replicas=4")
    assert (result.code, result.stdout) == (1, "deployment.apps/site scaled\n")
    assert result.stderr == 'Error from server (NotFound): deployments.apps "nope" not found\n'


def test_dry_runs_change_nothing(desk):
    assert desk.out("scale rs web --replicas=4 --dry-run=client") == "replicaset.apps/web scaled (dry run)\n"
    assert desk.out("scale rs web --replicas=4 --dry-run=server") == "replicaset.apps/web scaled (server dry run)\n"
    assert replicas(desk, "rs/web") == "2"


BAD_NUMBER = 'error: invalid argument "two" for "--replicas" flag: strconv.ParseInt: parsing "two": invalid syntax'
NEGATIVE = "error: The --replicas=COUNT flag is required, and COUNT must be greater than or equal to 0"
USAGE = "\nSee 'kubectl scale --help' for usage."


@pytest.mark.parametrize(
    ("line", "error"),
    [
        ("rs web", 'error: required flag(s) "replicas" not set'),
        ("rs web --replicas=two", f"{BAD_NUMBER}{USAGE}"),
        ("rs web --replicas", f"error: flag needs an argument: --replicas{USAGE}"),
        ("rs --replicas=2", "error: resource(s) were provided, but no name was specified"),
        ("rs -l x=y --replicas=2", "error: no objects passed to scale"),
        ("rs web -l x=y --replicas=2", "error: name cannot be provided when a selector is specified"),
        ("svc web --replicas=2", "Error from server (NotFound): the server could not find the requested resource"),
        ("rs nope --replicas=2", 'Error from server (NotFound): replicasets.apps "nope" not found'),
        ("web --replicas=2", 'error: the server doesn\'t have a resource type "web"'),
        ("rs web --replicas=-1", NEGATIVE),
        (
            "rs web --replicas=1 --current-replicas=-5",
            "error: The --current-replicas must specify an integer of -1 or greater",
        ),
    ],
)
def test_errors(desk, line, error):
    assert desk.error(f"scale {line}") == error
