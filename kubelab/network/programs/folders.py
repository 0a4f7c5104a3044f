"""Programs about files and folders: ls, touch, rm, mkdir, pwd."""

import posixpath

from kubelab.api import times
from kubelab.network.programs.options import Options, Program, program
from kubelab.network.session import Process


def _ls(process: Process, found: Options) -> int:
    files, code = process.session.files, 0
    for operand in found.operands or ["."]:
        path = process.path(operand)
        if files.read(path) is not None:
            names = [operand]
        elif files.is_folder(path):
            names = files.listing(path)
            if len(found.operands) > 1:
                process.line(f"{operand}:")
        else:
            said = f"ls: {operand}" if process.busybox else f"ls: cannot access '{operand}'"
            code = process.complain(f"{said}: No such file or directory", 1 if process.busybox else 2)
            continue
        if "a" not in found:
            names = [name for name in names if not name.startswith(".")]
        rows = [_long(process, path, name) for name in names] if "l" in found else names
        if "l" in found and files.is_folder(path):
            rows = [f"total {4 * len(rows)}", *rows]
        process.write("".join(row + "\n" for row in rows))
    return code


def _long(process: Process, folder: str, name: str) -> str:
    files = process.session.files
    path = folder if files.read(folder) is not None else posixpath.join(folder, name)
    text = files.read(path)
    mode, size = ("drwxr-xr-x", 4096) if text is None else ("-rw-r--r--", len(text.encode()))
    moment = times.rfc1123(process.session.container.get("started") or process.session.now).split()
    return f"{mode}    1 root     root     {size:>9} {moment[2]} {int(moment[1]):>2} {moment[4][:5]} {name}"


def _touch(process: Process, found: Options) -> int:
    code = 0
    for operand in found.operands:
        problem = process.session.files.write(process.path(operand), "", append=True)
        code = process.complain(f"touch: {operand}: {problem}") if problem and problem != "Is a directory" else code
    return code


def _rm(process: Process, found: Options) -> int:
    files, code = process.session.files, 0
    for operand in found.operands:
        path = process.path(operand)
        if files.is_folder(path) and "r" in found:
            files.remove_folder(path)
        elif files.is_folder(path):
            code = process.complain(f"rm: '{operand}' is a directory")
        elif not files.remove(path) and "f" not in found:
            said = f"can't remove '{operand}'" if process.busybox else f"cannot remove '{operand}'"
            code = process.complain(f"rm: {said}: No such file or directory")
    return code


def _mkdir(process: Process, found: Options) -> int:
    code = 0
    for operand in found.operands:
        path = process.path(operand)
        if process.session.files.is_folder(path) and "p" not in found:
            code = process.complain(f"mkdir: can't create directory '{operand}': File exists")
        process.session.files.make_folder(path)
    return code


def _pwd(process: Process, found: Options) -> int:
    process.line(process.session.cwd)
    return 0


PROGRAMS: dict[str, Program] = {
    "ls": program("la1", _ls),
    "touch": program("", _touch),
    "rm": program("rf", _rm),
    "mkdir": program("p", _mkdir),
    "pwd": program("", _pwd),
}
