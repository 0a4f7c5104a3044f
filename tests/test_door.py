"""The shell door: the state file, standard input, pipes, and a copy of the notebooks."""

import json
import os
import pathlib
import subprocess
import sys

import pytest

import kubelab
from kubelab import __main__ as door
from kubelab import version
from kubelab.cluster import Cluster
from kubelab.kubectl import kubectl

OURS = {"kubelab": version.__version__}


@pytest.fixture
def state(tmp_path, monkeypatch) -> pathlib.Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("KUBELAB_STATE", "state")
    return tmp_path / "state"


def test_the_state_file_keeps_the_cluster(state, capsys):
    assert door.main(["kubectl", "create", "deployment", "web", "--image=nginx"]) == 0
    assert door.main(["kubectl", "get", "pods"]) == 0
    assert "1/1     Running" in capsys.readouterr().out
    cluster = Cluster()
    kubectl.Kubectl(cluster).run("create deployment web --image=nginx")
    kubectl.Kubectl(cluster).run("get pods")
    kept = json.loads(state.read_text())
    assert kept.pop("kubelab") == version.__version__
    assert kept == json.loads(json.dumps(cluster.snapshot()))
    assert sorted(p.name for p in state.parent.iterdir()) == ["state", "state.lock"]


@pytest.mark.parametrize(
    "text",
    [
        "{", "[]", "5", '"x"', "{}", "\0\1", "\udcff", '{"kubelab": 5}', '{"kubelab": "0.0"}', "[" * 100_000, "null",
        json.dumps(OURS), json.dumps({**OURS, "seed": 1, "workers": []}),
        json.dumps({**Cluster().snapshot(), **OURS, "store": {"revision": 1, "objects": [5]}}),
    ],
)  # fmt: skip
def test_a_file_that_is_not_ours_stays_as_it_is(state, capsys, text):
    state.write_bytes(text.encode("utf-8", "surrogateescape"))
    before = state.read_bytes()
    assert door.main(["kubectl", "create", "ns", "x"]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("error: ")
    assert said.err.count("\n") == 1
    assert "state" in said.err
    assert state.read_bytes() == before


def test_an_empty_file_begins_a_cluster(state):
    state.touch()
    assert door.main(["kubectl", "create", "ns", "x"]) == 0
    assert json.loads(state.read_text())["kubelab"]


@pytest.mark.parametrize("name", [".", "nowhere/state", "/dev/null", "state/state"])
def test_places_that_hold_no_state(state, capsys, monkeypatch, name):
    state.write_text("")
    monkeypatch.setenv("KUBELAB_STATE", name)
    assert door.main(["kubectl", "get", "ns"]) == 1
    assert capsys.readouterr().err.count("\n") == 1


def test_pipes_do_not_wait_for_each_other(state):
    tool = f"{sys.executable} -m kubelab kubectl"
    script = f"""
        {tool} create deployment web --image=nginx --replicas=2
        {tool} get deploy web -o yaml | {tool} apply -f -
        {tool} get deploy -o name | head -0
        printf '\\377\\376' | {tool} apply -f -
        {tool} get pods -o name | wc -l
    """
    env = {**os.environ, "PYTHONPATH": str(pathlib.Path(kubelab.__file__).parent.parent)}
    done = subprocess.run(["sh", "-c", script], capture_output=True, text=True, timeout=60, env=env)
    assert done.stdout.splitlines() == ["deployment.apps/web created", "deployment.apps/web configured", "2"]
    assert "Traceback" not in done.stderr
    assert done.stderr.splitlines()[-1].startswith("error: error ")


@pytest.mark.parametrize(
    ("argv", "terminal", "reads"),
    [
        ("apply -f -", True, True), ("create -f-", False, True), ("delete --filename=-", False, True),
        ("exec -it x -- sh", False, True), ("exec -it x -- sh", True, False), ("run x --image=y -i", False, True),
        ("exec x -- cat -", False, False), ("get pods", False, False), ("apply -f x -Rf -", False, True),
        ("wibble -f -", False, False), ("apply -f", False, False),
    ],
)  # fmt: skip
def test_standard_input_is_waited_for_only_when_it_is_asked_for(argv, terminal, reads):
    assert kubectl.reads(argv.split(), terminal=terminal) is reads


def test_the_door_says_how_it_is_used(capsys):
    assert door.main([]) == 2
    assert door.main(["wibble"]) == 2
    assert door.main(["--help"]) == 0
    assert door.main(["lab", "--lang", "fr"]) == 2
    assert "Traceback" not in capsys.readouterr().err


def test_copy_puts_the_notebooks_into_a_folder(tmp_path, capsys):
    assert door.main(["copy", str(tmp_path / "mine")]) == 0
    copied = sorted(p.relative_to(tmp_path / "mine").as_posix() for p in (tmp_path / "mine").glob("*/*.ipynb"))
    assert copied == sorted(p.relative_to(door.notebooks()).as_posix() for p in door.notebooks().glob("*/*.ipynb"))
    assert copied
    (tmp_path / "file").touch()
    for target, code in (("mine", 1), ("file", 1), ("file/below", 1)):
        assert door.main(["copy", str(tmp_path / target)]) == code
    assert door.main(["copy"]) == 2
    assert capsys.readouterr().err.count("\n") == 4
