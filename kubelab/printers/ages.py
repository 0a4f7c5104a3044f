"""How long ago, in few letters: `5s`, `2m5s`, `3h`, `9d`.

Stands for apimachinery's pkg/util/duration (HumanDuration) and the printers' translateTimestampSince. Durations are
integer milliseconds, and `now` is an argument: nothing here reads a clock.
"""

from kubelab.api import times

UNKNOWN = "<unknown>"
INVALID = "<invalid>"

MINUTE = 60
HOUR = 60 * MINUTE
DAY = 24 * HOUR
YEAR = 365 * DAY


def human_duration(ms: int) -> str:
    """A duration with at most two units, the coarser the longer it is."""
    seconds = abs(ms) // 1000
    if ms < 0:
        return INVALID if seconds > 1 else "0s"
    if seconds < 2 * MINUTE:
        return f"{seconds}s"
    if seconds < 10 * MINUTE:
        return _two(seconds, MINUTE, "m", 1, "s")
    if seconds < 3 * HOUR:
        return f"{seconds // MINUTE}m"
    if seconds < 8 * HOUR:
        return _two(seconds, HOUR, "h", MINUTE, "m")
    if seconds < 2 * DAY:
        return f"{seconds // HOUR}h"
    if seconds < 8 * DAY:
        return _two(seconds, DAY, "d", HOUR, "h")
    if seconds < 2 * YEAR:
        return f"{seconds // DAY}d"
    if seconds < 8 * YEAR:
        return _two(seconds, YEAR, "y", DAY, "d")
    return f"{seconds // YEAR}y"


def _two(seconds: int, big: int, big_letter: str, small: int, small_letter: str) -> str:
    rest = seconds % big // small
    head = f"{seconds // big}{big_letter}"
    return f"{head}{rest}{small_letter}" if rest else head


def since(stamp: str | None, now: int) -> str:
    """The time from a stamp to `now` (ms), `<unknown>` without a stamp."""
    return human_duration(now - times.parse(stamp)) if stamp else UNKNOWN
