import pathlib

import pytest

import kubelab
from kubelab.widgets import desk
from tests.widgets import small


class Echo(small.Lab):
    """A lab whose kubectl prints what it was asked."""

    def kubectl(self, line: str | list[str], stdin: str = "") -> small.Result:
        words = line if isinstance(line, list) else line.split()
        if words[0] == "fail":
            return small.Result("", "error: no\n", 1)
        if words[:2] == ["get", "pods"]:
            return small.Result("pod/web-1\npod/web-2\npod/db\n")
        return small.Result(" ".join(words) + (f" <{stdin}>" if stdin else "") + "\n")

    def wait(self, seconds: float) -> None:
        self.lines.append(f"wait {seconds}")


@pytest.fixture
def here(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> pathlib.Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("script", "text"),
    [
        ("kubectl get pods | grep web", "pod/web-1\npod/web-2\n"),
        ("sleep infinity", "a program without an end, stopped as by Ctrl-C\n"),
        ("kill 1", "kill: kubelab does not play this program here\n"),
        ("kubectl get pods -o name | wc -l", "3\n"),
        ("kubectl get pods | head -n 1", "pod/web-1\n"),
        ("kubectl get pods | sort -r | head -2", "pod/web-2\npod/web-1\n"),
        ("kubectl describe $(kubectl get pods | head -n 1)", "describe pod/web-1\n"),
        ('kubectl delete "$(kubectl get pods | tail -n 1)" --now', "delete pod/db --now\n"),
        (
            "for i in 1 2; do kubectl scale rs/web --replicas=$i; done",
            "scale rs/web --replicas=1\nscale rs/web --replicas=2\n",
        ),
        ("kubectl get pods -o name | grep web | xargs kubectl delete", "delete pod/web-1 pod/web-2\n"),
        ("echo 'kind: Pod' | kubectl apply -f -", "apply -f - <kind: Pod\n>\n"),
        ("kubectl fail || echo failed", "error: no\nfailed\n"),
        ("kubectl fail; kubectl ok", "error: no\nok\n"),
        ("P=web; kubectl logs $P $name", "logs web nettool\n"),
        ("kubectl label pod a x=1 > out.txt; cat out.txt", "label pod a x=1\n"),
        ("kubectl fail 2> /dev/null; echo $?", "1\n"),
        ("for i in {1..2}; do echo a > $i.yml; done; ls *.yml; cat ?.yml | wc -l", "1.yml\n2.yml\n2\n"),
        ("kubectl get pods | while read pod; do echo ${pod#pod/}; done", "web-1\nweb-2\ndb\n"),
        ("watch kubectl get pods", "watch: kubelab's watch has no screen to watch on: use a loop with sleep\n"),
        ("kubectl get pods | less", "less: kubelab does not play this program\n"),
        ("sleep 2", ""),
    ],
)
def test_lines_work_as_on_a_workstation(here: pathlib.Path, script: str, text: str) -> None:
    assert desk.run(Echo(), script, {"name": "nettool"}).text == text


def test_streams_are_kept_apart_and_in_order(here: pathlib.Path) -> None:
    said = desk.run(Echo(), "kubectl a; kubectl fail; kubectl b", {})
    assert (said.stdout, said.stderr, said.text, said.code) == ("a\nb\n", "error: no\n", "a\nerror: no\nb\n", 0)
    assert desk.run(Echo(), "kubectl fail", {}).code == 1


def test_what_reaches_only_inside_says_where_to_go(here: pathlib.Path) -> None:
    assert "kubectl exec POD -- curl" in desk.run(Echo(), "curl http://10.233.8.1", {}).text
    assert desk.run(Echo(), "vim x", {}).text == "bash: line 1: vim: command not found\n"


def test_files_outside_the_folder_are_not_written(here: pathlib.Path) -> None:
    outside = here.parent / "kubelab-outside.txt"
    said = desk.run(Echo(), f"echo x > {outside}; echo y > ../z; echo z > kept", {})
    assert not outside.exists()
    assert not (here.parent / "z").exists()
    assert (here / "kept").read_text() == "z\n"
    assert said.text.count("notebook's own folder only") == 2


def test_sleeping_moves_the_cluster(here: pathlib.Path) -> None:
    lab = Echo()
    desk.run(lab, "sleep 2; sleep 0.5", {})
    assert lab.lines == ["wait 2.0", "wait 0.5"]


def test_an_endless_loop_ends(here: pathlib.Path) -> None:
    said = desk.run(Echo(), "while true; do kubectl a; done", {})
    assert said.code == 130
    assert "as by Ctrl-C" in said.text


def test_what_it_cannot_read_is_one_line(here: pathlib.Path) -> None:
    said = desk.run(Echo(), "for i in 1 2", {})
    assert said.code == 2
    assert said.text.count("\n") == 1


def test_nodes_answer_from_outside(here: pathlib.Path) -> None:
    lab = kubelab.Lab()
    desk.run(lab, "kubectl run web --image=c1t1d0s7/myweb; kubectl wait --for=condition=Ready pod/web", {})
    desk.run(lab, "kubectl expose pod web --port=80 --target-port=8080 --type=NodePort", {})
    port = desk.run(lab, "kubectl get svc web -o jsonpath='{.spec.ports[0].nodePort}'", {}).text
    steps = len(lab.history.past)
    for node in (11, 21, 22, 23):
        assert "Hostname: web" in desk.run(lab, f"curl -s http://192.168.56.{node}:{port}", {}).text
    told = desk.run(lab, f"curl -s -o /dev/null -w '%{{http_code}} %{{local_ip}}' http://192.168.56.21:{port}", {})
    assert told.text == "200 192.168.56.1"
    assert "(7) Failed to connect" in desk.run(lab, "curl -sS http://192.168.56.21:31999", {}).text
    assert "(28) Connection timed out" in desk.run(lab, "curl -sS -m 2 192.168.56.200", {}).text
    assert "(6) Could not resolve host: web" in desk.run(lab, "curl -sS web 192.168.56.21:31999", {}).text
    assert len(lab.history.past) == steps
    for inside in ("10.233.0.1", "10.233.64.1", "web"):
        assert "kubectl exec POD -- curl" in desk.run(lab, f"curl -s {inside}", {}).text
