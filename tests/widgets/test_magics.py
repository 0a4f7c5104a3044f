"""The magics in a real kernel: what a notebook's cell shows."""

import os
import pathlib
from collections.abc import Iterator
from typing import Any

import pytest
from jupyter_client.manager import KernelManager

import kubelab

POD = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: {}\nspec:\n  containers: [{{name: c, image: nginx}}]\n"


class Kernel:
    def __init__(self, folder: pathlib.Path) -> None:
        here = str(pathlib.Path(kubelab.__file__).parent.parent)
        path = os.pathsep.join([here, os.environ.get("PYTHONPATH", "")])
        self.manager = KernelManager(kernel_name="python3")
        self.manager.start_kernel(cwd=str(folder), env={**os.environ, "PYTHONPATH": path})
        self.client = self.manager.client()
        self.client.start_channels()
        self.client.wait_for_ready(timeout=60)

    def run(self, code: str) -> list[tuple[str, Any]]:
        """What a cell shows: (kind, text or data)."""
        shown: list[tuple[str, Any]] = []
        asked = self.client.execute(code)
        while True:
            message = self.client.get_iopub_msg(timeout=60)
            if message["parent_header"].get("msg_id") != asked:
                continue
            kind, content = message["msg_type"], message["content"]
            if kind == "status" and content["execution_state"] == "idle":
                return shown
            if kind == "stream":
                shown.append((content["name"], content["text"]))
            elif kind == "error":
                shown.append((kind, content["evalue"]))
            elif kind in ("display_data", "execute_result"):
                shown.append((kind, content["data"]))

    def text(self, code: str) -> str:
        """The same of a cell that shows plain text only."""
        shown = self.run(code)
        assert [kind for kind, _ in shown] == ["stdout"] * len(shown), shown
        return "".join(text for _, text in shown)

    def complete(self, code: str) -> list[str]:
        asked = self.client.complete(code, len(code))
        while True:
            reply = self.client.get_shell_msg(timeout=60)
            if reply["parent_header"].get("msg_id") == asked:
                return list(reply["content"]["matches"])

    def stop(self) -> None:
        self.client.stop_channels()
        self.manager.shutdown_kernel(now=True)


@pytest.fixture(scope="module")
def kernel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kernel]:
    kernel = Kernel(tmp_path_factory.mktemp("notebook"))
    try:
        assert kernel.run("import kubelab\nlab = kubelab.Lab(seed=1, lang='en')") == []
        yield kernel
    finally:
        kernel.stop()


@pytest.fixture
def fresh(kernel: Kernel) -> Kernel:
    kernel.run("lab.reset()")
    return kernel


def test_a_line_prints_what_kubectl_prints(fresh: Kernel) -> None:
    said = fresh.text("%kubectl get service")
    assert said.startswith("NAME         TYPE        CLUSTER-IP")
    assert fresh.text("%kubectl get service;") == said
    assert fresh.text("%kubectl get service  # the one that is there") == said


def test_a_cell_is_standard_input(fresh: Kernel) -> None:
    assert fresh.text("%%kubectl create -f -\n" + POD.format("a")) == "pod/a created\n"
    assert "a      1/1" in fresh.text("%kubectl get pods")


def test_a_failing_line_is_calm_and_does_not_stop_the_cell(fresh: Kernel) -> None:
    said = fresh.text("%kubectl get pod nope\n%kubectl frobnicate\nprint('on')")
    assert said.startswith('Error from server (NotFound): pods "nope" not found\n')
    assert said.endswith("on\n")


@pytest.mark.parametrize("line", ["%kubectl get endpoints", "%%shell\nkubectl get endpoints"])
def test_a_warning_stands_before_its_table(fresh: Kernel, line: str) -> None:
    lines = fresh.text(line).splitlines()
    assert lines[0].startswith("Warning: v1 Endpoints is deprecated")
    assert lines[1].startswith("NAME")


def test_values_can_be_kept_and_taken_up_again(fresh: Kernel) -> None:
    fresh.text("%%kubectl create -f -\n" + POD.format("a"))
    said = fresh.text("pod = %kubectl get pods -o jsonpath='{.items[0].metadata.name}'\n%kubectl get pod {pod} -o name")
    assert said == "a\npod/a\n"
    assert fresh.text("%kubectl get pod $pod -o name\n%kubectl get pod ${pod} -o name") == "pod/a\npod/a\n"
    assert fresh.text("print(pod.code, repr(str(pod)))") == "0 'a'\n"
    assert (
        fresh.text("n = 3\nfor n in range(2):\n    %kubectl annotate pod {pod} n={n} --overwrite")
        == "pod/a annotated\n" * 2
    )


def test_braces_of_kubectl_are_left_alone(fresh: Kernel) -> None:
    fresh.run("items = spec = metadata = 'wrong'")
    assert fresh.text("%kubectl get svc -o jsonpath={.items[0].metadata.name}") == "kubernetes\n"
    line = """%kubectl patch svc kubernetes --dry-run=server -p '{"metadata":{"labels":{"a":"b"}}}'"""
    assert "service/kubernetes patched" in fresh.text(line)


def test_a_line_with_pipes_runs_in_a_shell(fresh: Kernel) -> None:
    assert fresh.text("%kubectl get svc -o yaml | grep -c clusterIP:") == "1\n"
    line = "%kubectl get svc $(kubectl get svc -o name | sed s,service/,,) -o name > out.txt"
    said = fresh.text(f"{line}\nprint(open('out.txt').read())")
    assert said == "service/kubernetes\n\n"


def test_a_shell_cell_runs_several_lines(fresh: Kernel) -> None:
    said = fresh.text(
        "%%shell\nfor name in a b; do\n  kubectl create namespace $name\ndone\nkubectl get ns -o name | tail -1"
    )
    assert said.splitlines()[:2] == ["namespace/a created", "namespace/b created"]
    assert fresh.text("%shell echo $((2 + 3))") == "5\n"


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("%kubectl ge", "get"),
        ("%kubectl get servi", "services"),
        ("%kubectl describe svc kub", "kubernetes"),
        ("%kubectl get pods --show-l", "--show-labels"),
        ("x = %kubectl get pods -n kube-", "kube-system"),
        ("%%kubectl app", "apply"),
    ],
)
def test_tab_completes(kernel: Kernel, line: str, wanted: str) -> None:
    assert wanted in kernel.complete(line)


def test_tab_keeps_out_of_the_yaml_of_a_cell(kernel: Kernel) -> None:
    assert kernel.complete("%%kubectl apply -f -\nki") == ["ki"]


def test_the_extension_can_be_loaded_twice(kernel: Kernel) -> None:
    assert kernel.run("%load_ext kubelab\n%reload_ext kubelab") == []
    assert kernel.complete("%kubectl ge") == ["get"]


def test_a_panel_shows_itself_and_follows_the_magic(fresh: Kernel) -> None:
    fresh.run("%kubectl create deployment web --image=nginx --replicas=2\npanel = lab.replicas('deploy/web')")
    (kind, data), *more = fresh.run("panel")
    assert (kind, more) == ("execute_result", [])
    assert {"application/vnd.jupyter.widget-view+json", "text/html", "image/png", "text/plain"} <= set(data)
    assert "VBox" not in data["text/plain"]
    fresh.run("%kubectl scale deploy web --replicas=4")
    assert fresh.text("print(panel.number.value, panel._alert.value)") == "4 \n"


def test_traffic_shows_its_figure(fresh: Kernel) -> None:
    fresh.run("%kubectl create deployment web --image=nginx\n%kubectl expose deploy web --port=80")
    (kind, data), *more = fresh.run("lab.traffic('web', requests=10).figure()")
    assert (kind, more) == ("execute_result", [])
    assert "<img alt=" in data["text/html"]


def test_running_a_cell_again_closes_the_panel_it_showed(fresh: Kernel) -> None:
    code = "import ipywidgets\nkubelab.widgets.panels.EndpointsPanel(lab, 'kubernetes')"
    fresh.run("import kubelab.widgets.panels")
    counts = []
    for _ in range(4):
        header = fresh.client.session.msg("execute_request", {"code": code, "silent": False, "store_history": False})
        header["metadata"] = {"cellId": "cell-1"}
        fresh.client.shell_channel.send(header)
        fresh.run("pass")
        counts.append(fresh.text("print(len(ipywidgets.widgets.widget._instances))"))
    assert len(set(counts)) == 1
