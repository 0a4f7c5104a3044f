"""A world as one line of text: the seed and what was done, so that a neighbour can have the very same cluster.

The line is `kubelab1.` and the base64url of compressed JSON: the seed, the acts in order, and a sum of the cluster
they lead to. A `kubectl` act carries its standard input and the texts of the files it named, so a replay needs none and
opens none of the neighbour's. What comes from a stranger is looked at before it is run: size, shape, kinds of acts.
"""

import base64
import binascii
import contextlib
import hashlib
import json
import pathlib
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from kubelab import cluster, version
from kubelab.kubectl import console, files, kubectl, parser, verbs

MARK = "kubelab1."
MOST_ACTS = 5_000
MOST_TEXT = 8 * 1024 * 1024
SHAPES: dict[str, tuple[type | tuple[type, ...], ...]] = {
    "kubectl": ((str, list), str, dict),
    "curl": (list,),
    "traffic": (str, int, (int, list), dict),
    "load_balancer": (str,),
    "proxy_mode": (str, str),
    "path": (str, str, str),
    "fault": (str,),
    "wait": ((str, int, float),),
    "step": (),
    "settle": (),
}
"""The acts that a line can tell, and what each is told with."""

Act = list[Any]
"""The name of an act and its values, all JSON."""


class BadLine(ValueError):
    """A line that tells no world; the text says why."""


@dataclass(frozen=True, slots=True)
class Story:
    """What a line tells."""

    seed: int
    acts: tuple[Act, ...]
    leads_to: str
    made_with: str


def line(seed: int, acts: tuple[Act, ...], leads_to: str) -> str:
    """The line that tells a world; BadLine if something was done that no line can tell."""
    for act in acts:
        if not _known(act):
            raise BadLine(f"{act[-1]}: a line cannot tell this step; take it back, or reset")
    told = {"kubelab": version.__version__, "seed": seed, "acts": acts, "sum": leads_to}
    packed = zlib.compress(json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode(), 9)
    return MARK + base64.urlsafe_b64encode(packed).decode().rstrip("=")


def read(text: object) -> Story:
    """What a line tells; BadLine with one clear sentence if it is not one, or not whole."""
    if not isinstance(text, str) or not (body := "".join(text.split())).startswith(MARK):
        raise BadLine(f"not a line of lab.share(): it would begin with {MARK}")
    body = body.removeprefix(MARK)
    try:
        if not re.fullmatch(r"[\w-]+", body, re.ASCII):
            raise BadLine("")
        packed = base64.urlsafe_b64decode(body + "=" * (-len(body) % 4))
        unpacking = zlib.decompressobj()
        plain = unpacking.decompress(packed, MOST_TEXT)
        if not unpacking.eof or unpacking.unused_data:
            raise BadLine("")
        told = json.loads(plain)
        story = Story(told["seed"], tuple(told["acts"]), told["sum"], told["kubelab"])
    except (BadLine, binascii.Error, zlib.error, ValueError, TypeError, KeyError, RecursionError):
        raise BadLine("this line is not whole: copy it again, from the first letter to the last") from None
    if not _sound(story):
        raise BadLine("this line tells something that kubelab does not do")
    return story


def _sound(story: Story) -> bool:
    named = isinstance(story.leads_to, str) and isinstance(story.made_with, str)
    seeded = isinstance(story.seed, int) and not isinstance(story.seed, bool)
    return named and seeded and len(story.acts) <= MOST_ACTS and all(map(_known, story.acts))


def _known(act: object) -> bool:
    if not isinstance(act, list) or not act or not isinstance(act[0], str) or act[0] not in SHAPES:
        return False
    shape = SHAPES[act[0]]
    if len(act) - 1 != len(shape) or any(isinstance(value, bool) for value in act):
        return False
    if not all(isinstance(value, kinds) for value, kinds in zip(act[1:], shape, strict=True)):
        return False
    lists = [value for value in act if isinstance(value, list)]
    return all(isinstance(each, str) for value in lists for each in value) and (act[0] != "kubectl" or _harmless(act))


# ---- files that a kubectl line names


def carried(command: str | list[str], cwd: str) -> tuple[str | list[str], dict[str, str]]:
    """The line, and the texts of the files it names; a file outside the folder gets a name inside."""
    texts: dict[str, str] = {}
    for name, path in _files(command, pathlib.Path(cwd)):
        inside = name if _inside(name) else f"_{len(texts)}/{pathlib.Path(name).name}"
        if inside != name:
            command = command.replace(name, inside) if isinstance(command, str) else [
                word.replace(name, inside) for word in command
            ]  # fmt: skip
        with contextlib.suppress(console.Failure):
            texts[inside] = files.read(name, path)
    return command, texts


def _files(command: str | list[str], here: pathlib.Path) -> list[tuple[str, pathlib.Path]]:
    """The files that a line names, with where they are."""
    flags = _flags(command)
    found = files.expand(flags.get("filename") or (), bool(flags.get("recursive")), here).found
    named = [(source.name, source.path) for source in found if source.path is not None]
    return named + [(name, here / name) for name in (flags.get("patch-file"),) if name]


def _flags(command: str | list[str]) -> dict[str, Any]:
    try:
        return dict(parser.parse(kubectl.split(command), verbs.ROOT).flags)
    except (kubectl.LineError, parser.UsageError):
        return {}


def _inside(name: str) -> bool:
    """Whether a name stays below the folder it is looked up in."""
    path = pathlib.PurePath(name)
    return not path.is_absolute() and ".." not in path.parts and not re.match(r"[A-Za-z]:|[~\\]", name)


def _harmless(act: Act) -> bool:
    """Whether a kubectl act carries plain texts, and names nothing outside the folder they are put into."""
    _, command, _, texts = act
    named = [*(_flags(command).get("filename") or ()), _flags(command).get("patch-file") or "-"]
    plain = all(isinstance(key, str) and isinstance(text, str) and key for key, text in texts.items())
    return plain and all(_inside(name) for name in [*texts, *named])


@contextlib.contextmanager
def folder(texts: dict[str, str]) -> Iterator[str]:
    """A folder for a moment that holds these files and nothing else."""
    import tempfile

    with tempfile.TemporaryDirectory(prefix="kubelab-") as place:
        try:
            for name, text in texts.items():
                file = pathlib.Path(place) / name
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(text, encoding="utf-8", newline="")
        except (OSError, ValueError):
            raise BadLine("this line carries files that cannot be written here") from None
        yield place


# ---- acting


def perform(lab: Any, act: Act) -> None:
    """Do one act in a lab; what a step refuses, it refused when it was told."""
    match act:
        case ["kubectl", command, stdin, texts]:
            with folder(texts) as place:
                lab.kubectl(command, stdin, cwd=place)
        case ["curl", argv]:
            _curl(lab, argv)
        case ["traffic", service, requests, clients, options]:
            lab.traffic(service, requests, clients, **options)
        case [name, *values]:
            getattr(lab, name)(*values)


def _curl(lab: Any, argv: list[str]) -> None:
    """A request from the learner's machine, as in a `%%shell` cell."""
    from kubelab.network import session
    from kubelab.widgets import desk

    with folder({}) as place:
        desk.Desk(lab, place).run(argv, "", session.Out(), session.Out())


# ---- where a story leads


def leads_to(world: cluster.Cluster) -> str:
    """A short sum of a cluster: equal for equal clusters."""
    data = world.snapshot()
    rooms = {room: data[room] for room in ("seed", "clock", "chance", "store", "runtime", "network", "preferences")}
    text = json.dumps(rooms, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:12]
