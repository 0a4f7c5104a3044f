"""Tab completion: what may stand at the end of a line. Pure: it reads the cluster and changes nothing.

Stands for `kubectl completion` and the ValidArgsFunctions behind it: verbs, resource types, names, flags, the values of
flags, namespaces, files after `-f`.
"""

import shlex
from collections.abc import Sequence
from pathlib import Path

from kubelab import cluster as clusters
from kubelab.api import kinds, meta
from kubelab.kubectl import files, parser, verbs

NO_KINDS = ("api-resources", "api-versions", "cluster-info", "config", "create", "options", "run", "version")
"""Verbs whose arguments are no resource types."""

PODS_FIRST = ("exec", "logs")
"""Verbs whose first argument is a pod (or TYPE/NAME)."""


def complete(cluster: clusters.Cluster, line: str, cwd: str = ".") -> list[str]:
    """The words that may replace the last word of `line` (which ends where the cursor is)."""
    words = _words(line)
    last = words.pop()
    if words and words[0] == "kubectl":
        words = words[1:]
    elif not words and "kubectl".startswith(last) and last:
        return ["kubectl"]
    verb, _, rest = parser.resolve(words, verbs.ROOT)
    if "--" in words or verb.absent:
        return []
    value_of = _awaiting(rest, verb)
    home = _namespace(rest, cluster)
    if value_of:
        return _values(value_of, last, "", cluster, home, cwd)
    if last.startswith("-"):
        return _flags(verb, last, cluster, home, cwd)
    args = _args(rest, verb)
    if not args and verb.subverbs:
        found = _starting([sub.name for sub in verb.subverbs if not sub.absent], last)
        if found or verb.run is None:
            return found
    return _arguments(verb, args, last, cluster, home)


def _words(line: str) -> list[str]:
    """The words of a line that may end in the middle of a quote; the last one is being typed."""
    lexer = shlex.shlex(line, posix=True, punctuation_chars="")
    lexer.whitespace_split = True
    lexer.commenters = ""
    words: list[str] = []
    try:
        words = list(lexer)
    except ValueError:
        words = line.split()
    if not line or line[-1].isspace():
        words.append("")
    return words


def _starting(words: Sequence[str], last: str) -> list[str]:
    return sorted(dict.fromkeys(word for word in words if word.startswith(last)))


def _awaiting(rest: Sequence[str], verb: parser.Verb) -> parser.Flag | None:
    """The flag whose value comes next, as after `-n ` and `--namespace `."""
    if not rest or not rest[-1].startswith("-") or "=" in rest[-1]:
        return None
    word = rest[-1]
    for flag in (*verb.flags, *parser.GLOBAL_FLAGS):
        named = word == f"--{flag.name}" or (flag.short and not word.startswith("--") and word.endswith(flag.short))
        if named and flag.lone is None:
            return flag
    return None


def _args(rest: Sequence[str], verb: parser.Verb) -> list[str]:
    """The words so far that are neither flags nor values of flags."""
    args: list[str] = []
    at = 0
    while at < len(rest):
        if rest[at].startswith("-"):
            at += 1 + bool(_awaiting(rest[: at + 1], verb))
            continue
        args.append(rest[at])
        at += 1
    return args


def _namespace(rest: Sequence[str], cluster: clusters.Cluster) -> str:
    """The namespace that the line names, or the one to work in."""
    for at, word in enumerate(rest):
        if word in ("-n", "--namespace") and at + 1 < len(rest):
            return rest[at + 1]
        for prefix in ("--namespace=", "-n=", "-n"):
            if word.startswith(prefix) and len(word) > len(prefix) and not word.startswith("--n", 0, len(prefix)):
                return word[len(prefix) :]
    return str(cluster.preferences.get("namespace") or "default")


def _flags(verb: parser.Verb, last: str, cluster: clusters.Cluster, home: str, cwd: str) -> list[str]:
    """`--na` to `--namespace`, `--output=y` to `--output=yaml`, `-oy` to `-oyaml`."""
    known = (*verb.flags, *parser.GLOBAL_FLAGS)
    name, equals, begun = last.partition("=")
    for flag in known:
        if equals and name in (f"--{flag.name}", f"-{flag.short}"):
            return _values(flag, begun, f"{name}=", cluster, home, cwd)
        if flag.short and last.startswith(f"-{flag.short}") and len(last) > 2 and flag.lone is None:
            return _values(flag, last[2:], last[:2], cluster, home, cwd)
    return _starting([f"--{flag.name}" for flag in known], last)


def _values(flag: parser.Flag, begun: str, prefix: str, cluster: clusters.Cluster, home: str, cwd: str) -> list[str]:
    """What a flag may be set to."""
    if flag.name == "namespace":
        found = names(cluster, kinds.of("Namespace"), "")
    elif flag.name == "filename":
        return [prefix + name for name in _files(begun, cwd)]
    elif flag.name == "selector":
        found = _labels(cluster, home)
    elif flag.type == "bool":
        found = ["true", "false"]
    else:
        found = list(flag.values)
    return [prefix + word for word in _starting(found, begun)]


def _labels(cluster: clusters.Cluster, home: str) -> list[str]:
    """The labels that objects carry, as `key=value`."""
    carried = (
        meta.labels(obj)
        for kind in kinds.KINDS
        for obj in cluster.store.list(kind.kind, home if kind.namespaced else None)
    )
    return [f"{key}={value}" for labels in carried for key, value in labels.items()]


def _files(begun: str, cwd: str) -> list[str]:
    """Folders and manifests."""
    folder, slash, start = begun.rpartition("/")
    try:
        entries = sorted((Path(cwd) / (folder or ("/" if slash else "."))).iterdir())
    except OSError:
        return []
    found = []
    for entry in entries:
        hidden = entry.name.startswith(".") and not start.startswith(".")
        if entry.name.startswith(start) and not hidden and (entry.is_dir() or entry.suffix in files.EXTENSIONS):
            found.append(folder + slash + entry.name + ("/" if entry.is_dir() else ""))
    return found


def names(cluster: clusters.Cluster, kind: kinds.Kind, home: str) -> list[str]:
    """The names of all objects of a kind."""
    return [meta.name(obj) for obj in cluster.store.list(kind.kind, home if kind.namespaced else None)]


def _arguments(verb: parser.Verb, args: Sequence[str], last: str, cluster: clusters.Cluster, home: str) -> list[str]:
    """Resource types, then names; `svc/` and a name in one word."""
    if verb.name in NO_KINDS or verb is verbs.ROOT:
        return []
    head, slash, begun = last.partition("/")
    if slash:
        kind = kinds.find(head)
        return [f"{head}/{name}" for name in _starting(names(cluster, kind, home), begun)] if kind else []
    if args:
        kind = kinds.find(args[0])
        taken = args[1:]
        return [name for name in _starting(names(cluster, kind, home), last) if name not in taken] if kind else []
    if verb.name in PODS_FIRST:
        return _starting(names(cluster, kinds.of("Pod"), home), last)
    return _types(last)


def _types(last: str) -> list[str]:
    """Resource types; after a comma, one more."""
    before, comma, begun = last.rpartition(",")
    known = [kind.plural for kind in kinds.KINDS]
    found = _starting(known, begun)
    if not found:
        found = _starting([name for kind in kinds.KINDS for name in (kind.singular, *kind.short_names)], begun)
    return [before + comma + word for word in found]
