"""Stamps and durations, between Kubernetes' texts and this simulation's integer milliseconds.

Stands for apimachinery's metav1.Time (RFC 3339, whole seconds, UTC) and Go's time.ParseDuration.
"""

import functools
import re
from datetime import UTC, datetime

UNITS = {"ns": 1e-6, "us": 1e-3, "µs": 1e-3, "μs": 1e-3, "ms": 1.0, "s": 1e3, "m": 6e4, "h": 3.6e6}


LAST = 253_402_300_799_999
"""The end of the year 9999: later moments (a grace period of 300 years, say) are shown as this one."""


def _moment(ms: int) -> datetime:
    return datetime.fromtimestamp(min(ms, LAST) // 1000, UTC)


@functools.lru_cache(maxsize=256)  # all that happens in one moment asks for the same stamp
def stamp(ms: int) -> str:
    """`2026-11-23T01:35:54Z`."""
    return _moment(ms).strftime("%Y-%m-%dT%H:%M:%SZ")


def stamp_micro(ms: int) -> str:
    """`2026-11-23T01:35:54.123000Z`, a MicroTime."""
    return f"{_moment(ms):%Y-%m-%dT%H:%M:%S}.{ms % 1000:03d}000Z"


def rfc1123(ms: int) -> str:
    """`Mon, 23 Nov 2026 00:16:08 +0000`, as describe prints it."""
    return _moment(ms).strftime("%a, %d %b %Y %H:%M:%S +0000")


@functools.lru_cache(maxsize=256)
def parse(text: str) -> int:
    """The milliseconds of a stamp; ValueError if it is none."""
    moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    if moment.tzinfo is None:
        raise ValueError(f"no time zone in {text!r}")
    return round(moment.timestamp() * 1000)


_PART = re.compile(r"([0-9]+\.?[0-9]*|\.[0-9]+)(ns|us|µs|μs|ms|s|m|h)")
_NUMBER = re.compile(r"[0-9]+\.?[0-9]*|\.[0-9]+")
LONGEST = 2**63 / 1e6
"""The longest duration that Go knows (ms): 292 years."""


def go_duration(text: str) -> int:
    """The milliseconds of `1m30s`, `1.5h`, `-2s`, `0`; ValueError with Go's words if it is no duration."""
    sign, body = (-1, text[1:]) if text[:1] == "-" else (1, text[1:] if text[:1] == "+" else text)
    if body == "0":
        return 0
    if not body:
        raise ValueError(f'time: invalid duration "{text}"')
    total, at = 0.0, 0
    while at < len(body):
        part = _PART.match(body, at)
        if part is None:
            number = _NUMBER.match(body, at)
            if number is None:
                raise ValueError(f'time: invalid duration "{text}"')
            unit = re.compile(r"[^0-9.]+").match(body, number.end())
            if unit is None:
                raise ValueError(f'time: missing unit in duration "{text}"')
            raise ValueError(f'time: unknown unit "{unit[0]}" in duration "{text}"')
        total += float(part[1]) * UNITS[part[2]]
        if total >= LONGEST:
            raise ValueError(f'time: invalid duration "{text}"')
        at = part.end()
    return sign * round(total)


def go_text(ms: int) -> str:
    """A duration as Go prints it: `1m30s`, `2h0m0s`, `1.5s`, `0s`."""
    sign, rest = ("-" if ms < 0 else ""), abs(ms)
    if rest == 0:
        return "0s"
    if rest < 1000:
        return f"{sign}{rest}ms"
    hours, rest = divmod(rest, 3_600_000)
    minutes, rest = divmod(rest, 60_000)
    seconds = f"{rest / 1000:.3f}".rstrip("0").rstrip(".")
    head = f"{hours}h{minutes}m" if hours else f"{minutes}m" if minutes else ""
    return f"{sign}{head}{seconds}s"
