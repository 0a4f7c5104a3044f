"""Standard output and standard error in the order in which a terminal would show them."""

FIRST = ("Warning: ", "Unable to use a TTY", "All commands and output from this session", "If you don't see a command")
"""How the lines begin that kubectl says before what it prints: the server's warnings, and what attaching tells."""


def parted(stderr: str) -> tuple[str, str]:
    """What was said before the output, and what after it."""
    lines = stderr.splitlines(keepends=True)
    before = [line for line in lines if line.startswith(FIRST)]
    return "".join(before), "".join(line for line in lines if not line.startswith(FIRST))


def in_order(stdout: str, stderr: str) -> str:
    """Both as one text; what follows the output begins a line of its own."""
    first, rest = parted(stderr)
    gap = "\n" if rest and stdout and not stdout.endswith("\n") else ""
    return first + stdout + gap + rest
