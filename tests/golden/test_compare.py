"""The comparison bites: a changed word, column, order or exit code is seen; what a cluster makes up is not."""

import copy
import pathlib
from typing import Any

import pytest

from tests.golden import compare, transcript

HERE = pathlib.Path(__file__).parent
PODS = transcript.load(str(HERE / "v1.36" / "04-pods-and-endpoints.yaml"))


def recorded(index: int) -> dict[str, Any]:
    return copy.deepcopy({**PODS, "steps": PODS["steps"][: index + 1]})


def verdict(scenario: dict[str, Any], **changes: Any) -> bool:
    other = copy.deepcopy(scenario)
    other["steps"][-1].update(changes)
    return compare.compare(scenario, other)[-1].equal


def step(command: str) -> dict[str, Any]:
    index = next(i for i, s in enumerate(PODS["steps"]) if s["run"] == command)
    return recorded(index)


def test_equal_is_equal() -> None:
    assert all(s.equal for s in compare.compare(PODS, copy.deepcopy(PODS)))


@pytest.mark.parametrize(
    ("command", "old", "new"),
    [
        ("kubectl get pods", "Running", "Pending"),
        ("kubectl get pods", "READY", "STATE"),
        ("kubectl get rs", "DESIRED   CURRENT", "CURRENT   DESIRED"),
        ("kubectl describe svc mynapp-svc", "Session Affinity:         None", "Session Affinity:         ClientIP"),
        ("kubectl get endpoints mynapp-svc", "<none>", "<unset>"),
    ],
)
def test_a_changed_word_or_column_is_seen(command: str, old: str, new: str) -> None:
    scenario = step(command)
    text = scenario["steps"][-1]["stdout"]
    assert old in text
    assert verdict(scenario)
    assert not verdict(scenario, stdout=text.replace(old, new, 1))


def test_rows_out_of_order_are_seen() -> None:
    scenario = step("kubectl get pods")
    head, *rows = scenario["steps"][-1]["stdout"].splitlines(keepends=True)
    assert not verdict(scenario, stdout=head + "".join(reversed(rows)))


def test_exit_code_and_stderr_are_seen() -> None:
    scenario = step("kubectl get endpoints mynapp-svc")
    assert not verdict(scenario, code=1)
    assert not verdict(scenario, stderr="")


def test_an_endpoint_of_nobody_is_seen() -> None:
    index = [i for i, s in enumerate(PODS["steps"]) if s["run"] == "kubectl get endpoints mynapp-svc"][1]
    scenario = recorded(index)
    text = scenario["steps"][-1]["stdout"]
    assert not verdict(scenario, stdout=text.replace("10.233.76.4", "10.233.76.99"))


def test_other_names_addresses_and_ages_are_the_same() -> None:
    other = copy.deepcopy(PODS)
    renamed = {"79jr6": "2bcd4", "djj4p": "5fghj", "kft2h": "9xzvw", "10.233.37.58": "10.233.12.9"}
    for s in other["steps"]:
        for stream in ("stdout", "stderr"):
            for old, new in renamed.items():
                s[stream] = s[stream].replace(old, new)
            s[stream] = s[stream].replace(" 2s", " 9s")
    assert all(s.equal for s in compare.compare(PODS, other)[:6])
