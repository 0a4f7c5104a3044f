"""A world as one line: share -> replay gives an equal cluster, and a line that was changed gives one clear sentence."""

import base64
import json
import pathlib
import zlib
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import kubelab
from kubelab import sharing
from kubelab.widgets import desk

RS = """
apiVersion: apps/v1
kind: ReplicaSet
metadata: {name: mynapp-rs}
spec:
  replicas: 3
  selector: {matchLabels: {app: mynapp-rs}}
  template:
    metadata: {labels: {app: mynapp-rs}}
    spec: {containers: [{name: mynapp, image: c1t1d0s7/myweb, ports: [{containerPort: 8080}]}]}
"""
ACTS = (
    lambda lab: lab.kubectl("create -f -", stdin=RS),
    lambda lab: lab.kubectl("expose rs mynapp-rs --name=mynapp-svc --port=80 --target-port=8080"),
    lambda lab: lab.kubectl("scale rs mynapp-rs --replicas=5"),
    lambda lab: lab.kubectl("scale rs mynapp-rs --replicas=1"),
    lambda lab: lab.kubectl("delete pod -l app=mynapp-rs --wait=false"),
    lambda lab: lab.kubectl("delete rs mynapp-rs"),
    lambda lab: lab.kubectl("get pods"),
    lambda lab: lab.kubectl("get pods -w"),
    lambda lab: lab.kubectl("wait --for=condition=Ready pod --all"),
    lambda lab: lab.kubectl(["create", "namespace", "한 글"]),
    lambda lab: lab.kubectl("run nettool --image=c1t1d0s7/network-multitool"),
    lambda lab: lab.kubectl("exec nettool -- curl -s http://mynapp-svc"),
    lambda lab: lab.kubectl("create deployment web --image=nginx --dry-run=client"),
    lambda lab: lab.kubectl("wibble 'x"),
    lambda lab: desk.run(lab, "kubectl get pods -o name | head -1 | xargs kubectl delete --wait=false; sleep 3", {}),
    lambda lab: desk.run(lab, "curl -s http://192.168.56.21:31111", {}),
    lambda lab: lab.cluster.store.find("Service", "default", "mynapp-svc") and lab.traffic("mynapp-svc", 50, 3),
    lambda lab: lab.load_balancer(),
    lambda lab: lab.wait("20s"),
    lambda lab: lab.wait(0.5),
    lambda lab: lab.step(),
    lambda lab: lab.settle(),
    lambda lab: lab.undo(),
    lambda lab: lab.undo(),
    lambda lab: lab.redo(),
    lambda lab: lab.reset(),
    lambda lab: lab.mark("here"),
    lambda lab: lab.marks and lab.back_to("here"),
)


def equal(one: kubelab.Lab, other: kubelab.Lab) -> bool:
    left, right = one.cluster.snapshot(), other.cluster.snapshot()
    left.pop("trace"), right.pop("trace")
    return left == right


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, 3), st.lists(st.integers(0, len(ACTS) - 1), max_size=9))
def test_share_and_replay_give_an_equal_cluster(seed: int, chosen: list[int]) -> None:
    lab = kubelab.Lab(seed=seed)
    for number in chosen:
        ACTS[number](lab)
    line = lab.share()
    again = kubelab.replay(line)
    assert equal(lab, again)
    assert again.share() == line


def test_undo_leaves_the_undone_out() -> None:
    lab = kubelab.Lab()
    empty = lab.share()
    lab.kubectl("create ns x")
    lab.undo()
    assert lab.share() == empty
    lab.redo()
    assert kubelab.replay(lab.share()).kubectl("get ns x").code == 0
    lab.reset()
    assert lab.share() == empty


def test_files_travel_with_the_line(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    here = tmp_path / "here"
    (here / "all").mkdir(parents=True)
    monkeypatch.chdir(here)
    (here / "rs.yml").write_text(RS)
    for name in ("one", "two"):
        text = f"apiVersion: v1\nkind: Namespace\nmetadata: {{name: {name}}}\n"
        (here / "all" / f"{name}.yml").write_text(text)
    (tmp_path / "outside.yml").write_text("apiVersion: v1\nkind: Namespace\nmetadata: {name: outside}\n")
    (here / "patch.yml").write_text("spec: {replicas: 2}")
    lab = kubelab.Lab(seed=5)
    for line in (
        "create -f rs.yml", "apply -f all", f"create -f {tmp_path / 'outside.yml'}", "delete -f ../outside.yml",
        "patch rs mynapp-rs --patch-file patch.yml", "create -f 'r*.yml' -f none.yml",
    ):  # fmt: skip
        lab.kubectl(line)
    assert lab.kubectl("get ns one two").code == 0
    told = lab.share()
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    again = kubelab.replay(told)
    assert equal(lab, again)
    assert str(tmp_path) not in json.dumps(sharing.read(told).acts)
    assert list(elsewhere.iterdir()) == []


def forged(acts: list[Any], **more: Any) -> str:
    told = {"kubelab": "0", "seed": 1, "acts": acts, "sum": "", **more}
    return sharing.MARK + base64.urlsafe_b64encode(zlib.compress(json.dumps(told).encode())).decode().rstrip("=")


@pytest.mark.parametrize(
    "line",
    [
        "", "x", sharing.MARK, sharing.MARK + "한글", sharing.MARK + "AAAA", 5, None, kubelab.Lab().share()[:-3],
        kubelab.Lab().share() + "AAAA", forged([], seed="x"), forged([], seed=True), forged([["reset"]]), forged([[]]),
        forged([5]), forged([["__class__"]]), forged([["kubectl", "get pods", "", {"../x": "y"}]]),
        forged([["kubectl", "get pods", "", {"/tmp/x": "y"}]]), forged([["kubectl", "create -f /etc/passwd", "", {}]]),
        forged([["kubectl", "create -f ../x", "", {}]]), forged([["kubectl", "get pods", "", {"a": 5}]]),
        forged([["kubectl", [5], "", {}]]), forged([["traffic", "x", 5, [1], {}]]), forged([["wait"]]),
        forged([["step"]] * 6000), forged([["kubectl", "get pods", "", {"a": "x", "a/b": "y"}]]),
        forged([["wait", "soon"]]), forged([["traffic", "x", 5, 1, {"wibble": 1}]]), forged([["step"]], sum="other"),
        forged([["traffic", "x", 5, 1, {"requests": 1}]]),
        forged([["kubectl", "get pods", "x" * 9_000_000, {}]]), forged([["wait", True]]), forged({}),
        forged([["fault", "x"]]),
    ],
)  # fmt: skip
def test_a_line_that_was_changed_gives_one_clear_sentence(line: Any, tmp_path: pathlib.Path) -> None:
    with pytest.raises(kubelab.LabError) as problem:
        kubelab.replay(line)
    assert "\n" not in str(problem.value)
    assert len(str(problem.value)) > 20


@given(st.data())
@settings(max_examples=40, deadline=None)
def test_a_letter_that_was_changed_is_noticed(data: st.DataObject) -> None:
    lab = kubelab.Lab()
    lab.kubectl("create ns x")
    line = lab.share()
    at = data.draw(st.integers(0, len(line) - 2))
    letter = data.draw(st.sampled_from("AZaz09_-.!"))
    if line[at] == letter:
        return
    with pytest.raises(kubelab.LabError):
        kubelab.replay(line[:at] + letter + line[at + 1 :])


def test_spaces_and_line_ends_that_came_on_the_way_do_no_harm() -> None:
    lab = kubelab.Lab(seed=9)
    lab.kubectl("create ns x")
    line = lab.share()
    assert equal(kubelab.replay(f"  {line[:20]}\n{line[20:]}\n"), lab)


def test_marks() -> None:
    lab = kubelab.Lab()
    with pytest.raises(kubelab.LabError, match="none yet"):
        lab.back_to("x")
    lab.kubectl("create ns a")
    lab.mark("step-2")
    lab.kubectl("create ns b")
    assert lab.back_to("step-2") == "step-2"
    assert lab.kubectl("get ns b").code == 1
    assert lab.kubectl("get ns a").code == 0
    lab.undo()
    assert lab.kubectl("get ns b").code == 0


def test_a_mark_stays_when_its_cell_is_run_again() -> None:
    lab = kubelab.Lab()

    def first() -> None:
        lab.mark("step 1")
        lab.kubectl("create ns a")

    def second(name: str = "b") -> None:
        lab.mark("step 2")
        lab.kubectl(f"create ns {name}")

    def there(mark: str) -> list[str]:
        lab.back_to(mark)
        return [name for name in "abc" if lab.kubectl(f"get ns {name}").code == 0]

    first(), second(), second(), first()
    assert (there("step 2"), there("step 1")) == (["a"], [])
    first(), second()
    assert there("step 2") == ["a"]
    lab.back_to("step 1")
    lab.kubectl("create ns c")
    second()
    assert there("step 2") == ["c"], "another way was taken before it"
    lab.reset()
    first(), second()
    assert (there("step 2"), there("step 1")) == (["a"], [])
    lab = kubelab.Lab()
    lab.mark("exercise"), second(), first(), second(), first(), lab.mark("exercise")
    assert lab.marks == ("step 1", "step 2", "exercise")
    assert (there("step 1"), there("step 2"), there("exercise")) == (["b"], ["a", "b"], ["a", "b"]), "run too early"
    lab.reset()
    lab.kubectl("create ns c")
    lab.mark("step 1", anew=True)
    lab.kubectl("create ns b")
    assert there("step 1") == ["c"]
