"""The walls of the house: imports go down only, the engine runs anywhere, the tools are content."""

import ast
import json
import pathlib
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).parent.parent
PACKAGE = ROOT / "kubelab"
ROOMS = ("sim", "api", "store", "controllers", "nodes", "printers", "network", "kubectl", "widgets", "lessons")
ENGINE = ("sim", "api", "store", "controllers", "nodes", "printers", "network", "kubectl")


def run(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True)


def module(name: str, *args: str) -> subprocess.CompletedProcess[str]:
    return run(sys.executable, "-m", name, *args)


def test_imports_go_down_only() -> None:
    done = run(str(pathlib.Path(sys.executable).parent / "lint-imports"))
    assert done.returncode == 0, done.stdout + done.stderr


def test_ruff_is_content() -> None:
    done = module("ruff", "check", "kubelab", "tests")
    assert done.returncode == 0, done.stdout


def test_types_are_complete() -> None:
    done = module("mypy")
    assert done.returncode == 0, done.stdout


PROBE = """
import json, sys
before = set(sys.modules)
import kubelab
lab = kubelab.Lab()
lab.kubectl("get services")
print(json.dumps(sorted({name.partition(".")[0] for name in set(sys.modules) - before})))
"""


def test_the_engine_needs_neither_jupyter_nor_matplotlib_nor_numpy() -> None:
    done = run(sys.executable, "-c", PROBE)
    assert done.returncode == 0, done.stderr
    loaded = set(json.loads(done.stdout))
    foreign = {name for name in loaded if name not in sys.stdlib_module_names} - {"kubelab", "yaml", "_yaml"}
    foreign = {name for name in foreign if "cython" not in name}  # PyYAML's C part
    assert foreign == set(), foreign
    assert not loaded & {"threading", "socket", "asyncio", "subprocess", "multiprocessing"}, loaded


def test_rooms_have_door_signs() -> None:
    for room in ROOMS:
        text = ast.get_docstring(ast.parse((PACKAGE / room / "__init__.py").read_text(encoding="utf-8")))
        assert len(text or "") > 80, f"kubelab/{room}/__init__.py does not say what the room is"


def modules(*rooms: str) -> list[pathlib.Path]:
    return [path for room in rooms for path in sorted((PACKAGE / room).rglob("*.py"))]


@pytest.mark.parametrize("path", modules(*ENGINE), ids=lambda p: str(p.relative_to(PACKAGE)))
def test_engine_modules_say_what_they_are_and_iterate_no_sets(path: pathlib.Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert ast.get_docstring(tree), f"{path}: no module docstring"
    for node in ast.walk(tree):
        loops = [node.iter] if isinstance(node, ast.For | ast.comprehension) else []
        for source in loops:
            named = isinstance(source, ast.Call) and isinstance(source.func, ast.Name) and source.func.id
            assert not isinstance(source, ast.Set | ast.SetComp), f"{path}:{source.lineno} iterates a set"
            assert named not in ("set", "frozenset"), f"{path}:{source.lineno} iterates a set"


def test_nothing_of_one_machine_is_in_the_project() -> None:
    tracked = run("git", "ls-files").stdout.split()
    found = []
    for name in tracked:
        path = ROOT / name
        if path == pathlib.Path(__file__) or not path.is_file() or path.suffix in (".png", ".ttf", ".woff2"):
            continue
        text = path.read_text(encoding="utf-8", errors="replace")
        found += [f"{name}: {word}" for word in ("/" + "work/", "/" + "root/", "/" + "home/") if word in text]
    assert found == []
