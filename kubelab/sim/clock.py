"""The virtual clock: a heap of timers, and `step` as the only thing that moves time.

Time is an integer, milliseconds since the Unix epoch. Ties are broken by a counter that this clock owns, so the order
of events never depends on anything but the order in which they were asked for. A timer is data (room, name, arguments),
not a closure: so that the whole of the simulation can be copied (undo) and written to a file. Each room says once, with
`on`, who answers its timers.

A *foreground* timer is work that somebody waits for (a pod that is starting); a *background* timer comes round again
and again (a probe, a restart that backs off) and nobody waits for it: `settle` runs until only such timers are left.
"""

import heapq
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

EPOCH = 1_795_392_000_000
"""Where every cluster's clock begins: 2026-11-23T00:00:00Z."""

END = 253_402_214_400_000
"""Where time ends: the last day that a stamp can name (9999-12-31)."""

PATIENCE = 200_000
"""How much may happen while somebody waits for one command."""

Handler = Callable[..., None]


class Tired(Exception):
    """More has happened on the way than anybody waits for; the clock stands where it got to."""

    def __init__(self, now: int) -> None:
        days, ms = divmod(now - EPOCH, 86_400_000)
        where = f"day {days + 1}, {ms // 3_600_000:02d}:{ms // 60_000 % 60:02d}"
        super().__init__(f"so much is going on in this cluster that the clock stopped on the way, at {where}")


@dataclass(frozen=True, order=True, slots=True)
class Timer:
    """Something that will happen at `at` (ms); `seq` breaks ties."""

    at: int
    seq: int
    room: str
    name: str
    args: tuple[Any, ...]
    background: bool

    @property
    def what(self) -> tuple[str, str, tuple[Any, ...]]:
        """What the timer is about: room, name and arguments."""
        return self.room, self.name, self.args


class Clock:
    """Now, and what will happen next."""

    def __init__(self, now: int = EPOCH) -> None:
        self.now = now
        self._heap: list[Timer] = []
        self._seq = 0
        self._waiting: dict[tuple[str, str, tuple[Any, ...]], int] = {}
        self._foreground = 0
        self._handlers: dict[str, Handler] = {}
        self._patience = PATIENCE * PATIENCE

    def on(self, room: str, handler: Handler) -> None:
        """Let `handler(name, *args)` answer the timers of `room`."""
        self._handlers[room] = handler

    def after(self, delay: int, room: str, name: str, *args: Any, background: bool = False) -> None:
        """Have `room` do `name(*args)` in `delay` ms."""
        self._seq += 1
        timer = Timer(self.now + max(delay, 0), self._seq, room, name, args, background)
        heapq.heappush(self._heap, timer)
        self._waiting[timer.what] = self._waiting.get(timer.what, 0) + 1
        self._foreground += not background

    def soon(self, room: str, name: str, *args: Any, delay: int = 0, background: bool = False) -> None:
        """Like `after`, but nothing if the same is waiting already: a work queue without duplicates."""
        if (room, name, args) not in self._waiting:
            self.after(delay, room, name, *args, background=background)

    def waits(self, room: str, name: str, *args: Any) -> bool:
        """Whether such a timer is waiting."""
        return (room, name, args) in self._waiting

    def next_at(self) -> int | None:
        """When the next timer is due, if there is one."""
        return self._heap[0].at if self._heap else None

    def renew(self) -> None:
        """Somebody begins to wait: from here on PATIENCE timers may run, then `step` raises Tired."""
        self._patience = PATIENCE

    def step(self) -> Timer | None:
        """Move to the next timer and run it; None if nothing waits."""
        if not self._heap:
            return None
        if self._patience <= 0:
            raise Tired(self.now)
        self._patience -= 1
        timer = heapq.heappop(self._heap)
        self._foreground -= not timer.background
        left = self._waiting.get(timer.what, 0) - 1
        if left > 0:
            self._waiting[timer.what] = left
        else:
            self._waiting.pop(timer.what, None)
        self.now = max(self.now, timer.at)
        self._handlers[timer.room](timer.name, *timer.args)
        return timer

    def run_until(self, moment: int) -> None:
        """Run all that is due up to `moment`, and be there (or at the end of time)."""
        moment = min(moment, END)
        while (due := self.next_at()) is not None and due <= moment:
            self.step()
        self.now = max(self.now, moment)

    def run_for(self, delay: int) -> None:
        """Let `delay` ms pass."""
        self.run_until(self.now + delay)

    @property
    def quiet(self) -> bool:
        """Whether nothing is going on that anybody waits for."""
        return self._foreground == 0

    def settle(self, limit: int = 600_000) -> bool:
        """Run until quiet, at most `limit` ms on; whether it became quiet."""
        end = self.now + limit
        while not self.quiet:
            due = self.next_at()
            if due is None or due > end:
                return False
            self.step()
        return True

    def snapshot(self) -> dict[str, Any]:
        """All of the clock as JSON-like data."""
        rows = [[t.at, t.seq, t.room, t.name, list(t.args), t.background] for t in sorted(self._heap)]
        return {"now": self.now, "seq": self._seq, "timers": rows}

    def restore(self, data: dict[str, Any]) -> None:
        """Be as at the snapshot."""
        self.now, self._seq = data["now"], data["seq"]
        self._heap = [Timer(at, seq, room, name, tuple(args), bg) for at, seq, room, name, args, bg in data["timers"]]
        heapq.heapify(self._heap)
        self._waiting = {}
        for timer in self._heap:
            self._waiting[timer.what] = self._waiting.get(timer.what, 0) + 1
        self._foreground = sum(not t.background for t in self._heap)
