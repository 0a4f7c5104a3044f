"""`annotate`: what is set and removed, and how it is said."""

import pytest


@pytest.fixture(autouse=True)
def _service(desk):
    desk.out("create -f svc.yml")


def annotations(desk):
    return desk.cluster.store.find("Service", "default", "web")["metadata"].get("annotations", {})


def test_words(desk):
    assert desk.out("annotate svc web x=y") == "service/web annotated\n"
    assert desk.error("annotate svc web x=z") == (
        "error: --overwrite is false but found the following declared annotation(s): 'x' already has a value (y)"
    )
    assert desk.out("annotate svc web x=z --overwrite") == "service/web annotated\n"
    assert desk.out("annotate svc web x-") == "service/web annotated\n"
    assert annotations(desk) == {}


def test_values_may_hold_anything(desk):
    desk.out("annotate svc web 'p=hello world = good' q=")
    assert annotations(desk) == {"p": "hello world = good", "q": ""}


def test_list(desk):
    desk.out("annotate svc web b=2 a=1")
    assert desk.out("annotate svc web --list") == "a=1\nb=2\n"


def test_several(desk):
    desk.out("create -f rs.yml")
    assert desk.out("annotate svc/web rs/web a=1") == "service/web annotated\nreplicaset.apps/web annotated\n"
    assert desk.out("annotate rs --all b=1") == "replicaset.apps/web annotated\n"
    assert desk.out("annotate -f svc.yml b=1") == "service/web annotated\n"


def test_dry_runs_change_nothing(desk):
    assert desk.out("annotate svc web a=1 --dry-run=client") == "service/web annotated (dry run)\n"
    assert desk.out("annotate svc web a=1 --dry-run=server") == "service/web annotated (server dry run)\n"
    assert annotations(desk) == {}


@pytest.mark.parametrize(
    ("line", "error"),
    [
        ("", "error: one or more resources must be specified as <resource> <name> or <resource>/<name>"),
        ("svc web", "error: at least one annotation update is required"),
        ("svc web p=1 foo", "error: all resources must be specified before annotation changes: foo"),
        (
            "svc web p=1 p- q=1 q-",
            "error: can not both modify and remove the following annotation(s) in the same command: p, q",
        ),
        ("svc --all g=1 --resource-version=1", "error: --resource-version may only be used with a single resource"),
        ("svc nope g=1", 'Error from server (NotFound): services "nope" not found'),
    ],
)
def test_errors(desk, line, error):
    assert desk.error(f"annotate {line}") == error
