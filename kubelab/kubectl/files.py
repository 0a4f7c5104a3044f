"""`-f`: file names, patterns, folders and `-` (standard input) to texts.

Stands for the file side of cli-runtime's resource.Builder (`FilenameParam`, `Path`, `ExpandPathsToFileVisitors`).
Differs in that an address (`http://...`) is refused by name, since a simulated cluster asks no network, and that a file
is read up to a limit, so that `/dev/zero` is an error and not the end of the kernel.
"""

import glob
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from kubelab.api import errors
from kubelab.kubectl import console, parser

EXTENSIONS = (".json", ".yaml", ".yml")
"""What a file in a folder must be called to be read."""

LIMIT = 3 * 1024 * 1024
"""How much of a file or of standard input is read, in bytes: no API server takes a longer request."""

STDIN = "STDIN"

FLAGS = (
    parser.Flag("filename", "f", "list", about="a file, a folder, a pattern, or - for standard input"),
    parser.Flag("recursive", "R", "bool", about="also the folders in a folder"),
)
"""The flags of every verb that takes files."""

LACKS = ("-k, --kustomize",)
"""The flag about files that kubelab lacks."""


@dataclass(frozen=True)
class Source:
    """Where manifests come from: the name that error messages show, and the path (None: standard input)."""

    name: str
    path: Path | None


@dataclass
class Sources:
    """All that `-f` names, or what is wrong with it; `single` if it is one file and no folder or stream."""

    found: list[Source] = field(default_factory=list)
    errors: list[Exception] = field(default_factory=list)
    single: bool = True


def expand(filenames: Sequence[str], recursive: bool, cwd: Path) -> Sources:
    """The files behind the values of `-f`."""
    sources = Sources()
    for name in filenames:
        if name == "-":
            _stdin(sources)
        elif name.startswith(("http://", "https://")):
            message = f"{errors.quote(name)}: kubelab asks no network; save the file and name it instead"
            sources.errors.append(console.Failure(message))
        else:
            for match in _matches(name, cwd, sources):
                _path(match, recursive, cwd, sources)
    sources.single = sources.single and len(sources.found) == 1
    return sources


def _stdin(sources: Sources) -> None:
    if any(source.path is None for source in sources.found):
        sources.errors.append(console.Failure("standard input cannot be used for multiple arguments"))
    sources.found.append(Source(STDIN, None))
    sources.single = False


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):
        return False


def _matches(name: str, cwd: Path, sources: Sources) -> list[str]:
    if _exists(cwd / name):
        return [name]
    try:
        matches = sorted(glob.glob(name, root_dir=cwd))
    except ValueError:
        matches = []
    if not matches:
        sources.errors.append(console.Failure(f"the path {errors.quote(name)} does not exist"))
    return matches


def _path(name: str, recursive: bool, cwd: Path, sources: Sources) -> None:
    if not (cwd / name).is_dir():
        sources.found.append(Source(name, cwd / name))
        return
    before = len(sources.found)
    try:
        sources.found += [Source(found, cwd / found) for found in _walk(name, recursive, cwd)]
    except OSError as error:
        sources.errors.append(console.Failure(f"error reading {errors.quote(name)}: {_reason(name, error)}"))
    if len(sources.found) - before > 1:
        sources.single = False
    if not sources.found and not sources.errors:
        extensions = " ".join(EXTENSIONS)
        message = f"error reading [{name}]: recognized file extensions are [{extensions}]"
        sources.errors.append(console.Failure(message))


def _walk(folder: str, recursive: bool, cwd: Path) -> Iterator[str]:
    """The files of a folder as filepath.Walk names them, in lexical order."""
    for entry in sorted((cwd / folder).iterdir()):
        name = str(Path(folder) / entry.name)
        if entry.is_dir():
            if recursive:
                yield from _walk(name, recursive, cwd)
        elif entry.suffix in EXTENSIONS:
            yield name


def text(source: Source, stdin: str) -> str:
    """The text of a source; Failure if it cannot be read."""
    if source.path is not None:
        return read(source.name, source.path)
    if len(stdin) > LIMIT or len(stdin.encode("utf-8", "replace")) > LIMIT:
        raise _too_long(STDIN)
    return stdin.removeprefix("\ufeff")


def read(name: str, path: Path) -> str:
    """The text of any file that a flag names; Failure in Go's words if it cannot be read."""
    try:
        with path.open("rb") as file:
            data = file.read(LIMIT + 1)
    except (OSError, ValueError) as error:
        raise console.Failure(f"open {name}: {_reason(name, error)}") from None
    if len(data) > LIMIT:
        raise _too_long(name)
    return data.decode("utf-8", "replace").removeprefix("\ufeff")


def _too_long(name: str) -> console.Failure:
    return console.Failure(f"{name} is longer than kubelab reads ({LIMIT // 1024 // 1024} MiB)")


def _reason(name: str, error: Exception) -> str:
    """An error of the file system as Go words it."""
    if isinstance(error, OSError) and error.strerror:
        return error.strerror[0].lower() + error.strerror[1:]
    return str(error)
