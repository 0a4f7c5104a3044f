"""The source of the lightkube-models package, read as data and never imported.

Importing the package would drag in lightkube, msgspec and an HTTP client. Its modules are generated from Kubernetes'
OpenAPI document, one class per schema, so their syntax trees tell all: field names, types, what is required, what
it means. Parsing the largest takes a fifth of a second, which is why nobody asks before somebody wants to know.
"""

import ast
import functools
import importlib.metadata

PACKAGE = "lightkube-models"


def version() -> str:
    """The installed release; its first two numbers are Kubernetes'."""
    return importlib.metadata.version(PACKAGE)


@functools.cache
def classes(module: str) -> dict[str, ast.ClassDef]:
    """The classes of one module (`core_v1`) by name; empty if there is no such module."""
    path = importlib.metadata.distribution(PACKAGE).locate_file(f"lightkube/models/{module}.py")
    try:
        with open(str(path), encoding="utf-8") as file:
            tree = ast.parse(file.read())
    except FileNotFoundError:
        return {}
    return {node.name: node for node in tree.body if isinstance(node, ast.ClassDef)}


def fields(module: str, name: str) -> dict[str, tuple[str, bool]]:
    """A class's fields in the package's order: name -> (type as written, without Optional; whether required)."""
    found: dict[str, tuple[str, bool]] = {}
    for node in classes(module)[name].body:
        if not isinstance(node, ast.AnnAssign) or not isinstance(node.target, ast.Name):
            continue
        written = node.annotation.value if isinstance(node.annotation, ast.Constant) else ast.unparse(node.annotation)
        optional = str(written).startswith("Optional[")
        found[_json_name(node)] = (str(written)[9:-1] if optional else str(written), not optional)
    return found


def _json_name(node: ast.AnnAssign) -> str:
    # `continue_: ... = field(metadata={"json": "continue"}, ...)` where the name is a word of Python's
    assert isinstance(node.target, ast.Name)
    if isinstance(node.value, ast.Call):
        for keyword in node.value.keywords:
            if keyword.arg == "metadata":
                return str(ast.literal_eval(keyword.value)["json"])
    return node.target.id


def resolve(module: str, written: str) -> tuple[str, str] | None:
    """Module and name of the class that a type as written in `module` means; None if it is no class."""
    home, _, name = written.rpartition(".")
    home = home or module
    return (home, name) if name in classes(home) else None
