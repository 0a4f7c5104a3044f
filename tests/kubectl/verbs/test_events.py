"""`events`: the table, and what of it is asked for."""

import pytest


@pytest.fixture(autouse=True)
def _pod(desk):
    desk.out("run one --image=nginx")
    desk.cluster.settle()


def reasons(text):
    return [line.split()[2] for line in text.splitlines()[1:]]


def test_the_table(desk):
    text = desk.out("events")
    assert text.split("\n")[0].split() == ["LAST", "SEEN", "TYPE", "REASON", "OBJECT", "MESSAGE"]
    assert sorted(reasons(text)) == ["Created", "Pulled", "Pulling", "Scheduled", "Started"]
    assert " Pod/one " in text
    without = desk.out("events --no-headers").splitlines()
    assert [line.split() for line in without] == [line.split() for line in text.splitlines()[1:]]


def test_of_one_object(desk):
    desk.out("create -f rs.yml")
    desk.cluster.settle()
    assert reasons(desk.out("events --for rs/web")) == ["SuccessfulCreate", "SuccessfulCreate"]
    assert len(reasons(desk.out("events --for pod/one"))) == 5
    assert desk.run("events --for pod/nope").stderr == "No events found in default namespace.\n"


def test_types(desk):
    assert len(reasons(desk.out("events --types=Normal"))) == 5
    assert desk.run("events --types=Warning").stderr == "No events found in default namespace.\n"
    assert desk.error("events --types=foo") == "error: valid --types are Normal or Warning"


def test_namespaces(desk):
    desk.out("create ns away")
    assert desk.run("events -n away").stderr == "No events found in away namespace.\n"
    assert desk.out("events -A").split("\n")[0].split()[0] == "NAMESPACE"


def test_as_data(desk):
    assert desk.out("events -o name") == ""  # as the real one
    assert '"kind": "Event"' in desk.out("events -o json")


@pytest.mark.parametrize(
    ("line", "error"),
    [
        ("--for pod/one/x", "error: arguments in resource/name form may not have more than one slash"),
        ("--for one", "error: --for must be in resource/name form"),
    ],
)
def test_errors(desk, line, error):
    assert desk.error(f"events {line}").startswith(error)
