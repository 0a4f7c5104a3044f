"""The page that says what kubelab has and what it refuses, written from the registry itself.

`python -m kubelab.kubectl.page` writes notebooks/COVERAGE.md, and a test holds that it is current. Kinds come from the
table of kinds, fields from the coverage table, verbs and flags from the verbs, programs from the images' toolboxes.
"""

import pathlib
import sys
from collections.abc import Iterator

from kubelab import version
from kubelab.api import coverage, kinds
from kubelab.kubectl import parser, verbs
from kubelab.network import shell_builtins, toolbox

FILE = pathlib.Path(__file__).parent.parent.parent / "notebooks" / "COVERAGE.md"
HEAD = f"""# What kubelab has, and what it refuses

Generated from the registry by `python -m kubelab.kubectl.page`; a test holds that it is current. kubelab plays
Kubernetes {version.KUBERNETES} and kubectl {version.KUBECTL}. What is listed as refused is known to Kubernetes: kubelab
says so by name.
"""


def page() -> str:
    """The whole page, as Markdown."""
    parts = [HEAD, "## Kinds\n", *_kinds(), "\n## Fields\n", *_fields(), "\n## Verbs and their flags\n", *_verbs()]
    return "\n".join([*parts, "\n## Programs in pods\n", *_programs()]) + "\n"


def _kinds() -> Iterator[str]:
    yield "| kind | API version | names |"
    yield "|---|---|---|"
    for kind in kinds.KINDS:
        names = ", ".join(f"`{name}`" for name in (kind.plural, *kind.short_names))
        yield f"| {kind.kind} | {kind.api_version} | {names} |"
    yield "\nRefused: " + ", ".join(f"`{name}`" for name in kinds.ELSEWHERE) + "."


def _fields() -> Iterator[str]:
    yield "All fields of these kinds work, but for those that are refused and those that are kept and do nothing.\n"
    for title, table in (("Refused", coverage.REFUSED), ("Kept without effect", coverage.INERT)):
        yield f"### {title}\n"
        yield "| in | field | because |"
        yield "|---|---|---|"
        for owner, found in table.items():
            for name, why in found.items():
                yield f"| {owner.partition('.')[2]} | `{name}` | {why} |"
        yield ""


def _verbs() -> Iterator[str]:
    yield "| command | flags | refused flags |"
    yield "|---|---|---|"
    for path, verb in _walk(verbs.ROOT, "kubectl"):
        if verb.run is not None and not verb.absent and not verb.hidden:
            own = ", ".join(f"`--{flag.name}`" for flag in verb.flags)
            yield f"| `{path}` | {own} | {', '.join(f'`{entry}`' for entry in verb.lacks)} |"
    absent = ", ".join(f"`{path}`" for path, verb in _walk(verbs.ROOT, "kubectl") if verb.absent)
    yield f"\nRefused commands: {absent}."
    flags = ", ".join(f"`--{flag.name}`" for flag in parser.GLOBAL_FLAGS)
    lacks = ", ".join(f"`{entry}`" for entry in parser.GLOBAL_LACKS)
    yield f"\nWith every command: {flags}. Refused: {lacks}."


def _walk(verb: parser.Verb, path: str) -> Iterator[tuple[str, parser.Verb]]:
    for each in verb.subverbs:
        loaded = verb.subverb(each.name) or each
        yield f"{path} {loaded.name}", loaded
        yield from _walk(loaded, f"{path} {loaded.name}")


def _programs() -> Iterator[str]:
    yield "| image | programs |"
    yield "|---|---|"
    for name, image in (*toolbox.TABLE.items(), ("any other image", toolbox.UNKNOWN)):
        yield f"| {name} | {' '.join(sorted(image.programs)) or 'none'} |"
    others = ", ".join(f"`{name}`" for name in toolbox.REFUSED if name not in toolbox.CORE)
    core = ", ".join(f"`{name}`" for name in toolbox.CORE)
    yield f"\nRefused where an image has them: {core}; with busybox {others}, too."
    yield f"\nRefused by the shell: {', '.join(f'`{name}`' for name in shell_builtins.REFUSED)}, `case`, functions,"
    yield "arguments of a script, background jobs (`&`) and here-documents (`<<`)."
    yield "\nAn option of a program that kubelab does not know is refused by name, too."


if __name__ == "__main__":
    FILE.write_text(page(), encoding="utf-8")
    sys.stdout.write(f"{FILE.name} written\n")
