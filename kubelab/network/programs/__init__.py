"""The programs that containers bring along, one file per family; `PROGRAMS` has them all by name.

A program is a function of a Process: it reads arguments, standard input and files, writes to the two outputs, lets the
time pass that it takes, and returns its exit code. What a program does not know it refuses by name.
"""

from kubelab.network.programs import awk, basics, curl, folders, links, names, patterns, shells, system, text, wget
from kubelab.network.programs.options import Program
from kubelab.network.session import Process

PROGRAMS: dict[str, Program] = {
    **curl.PROGRAMS,
    **wget.PROGRAMS,
    **names.PROGRAMS,
    **links.PROGRAMS,
    **text.PROGRAMS,
    **patterns.PROGRAMS,
    **awk.PROGRAMS,
    **system.PROGRAMS,
    **basics.PROGRAMS,
    **folders.PROGRAMS,
    **shells.PROGRAMS,
}


def launch(process: Process) -> int:
    """Run a program; the shell and exec have made sure that the image has it."""
    program = PROGRAMS.get(process.name)
    if program is None:
        return process.complain(f"{process.name}: kubelab does not play this program", 127)
    return program(process)
