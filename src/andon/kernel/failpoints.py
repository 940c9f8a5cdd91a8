"""Failpoints: named places between two beats, where a test has a process die to see that nothing is lost or twice.

Off unless ANDON_FAILPOINTS names some: at `settle.step.done=kill` the process ends as by `kill -9`, at
`push.claim.committed=kill@3` the third time it gets there, at `push.call.done=stop` it stands still until a SIGCONT.
"""

import os
import signal
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count

SIGNALS = {"kill": signal.SIGKILL, "stop": signal.SIGSTOP}


@dataclass(frozen=True)
class Failpoint:
    """What becomes of a process that gets to `place` for the so-manieth `time`."""

    place: str
    signal: signal.Signals
    time: int


_armed: dict[str, tuple[Failpoint, Iterator[int]]] = {}


def read_failpoints(text: str) -> tuple[Failpoint, ...]:
    """Failpoints as the environment names them, `place=kill@time` with commas between. Raises ValueError."""
    return tuple(_read(each.strip()) for each in text.split(","))


def _read(text: str) -> Failpoint:
    place, _, what = text.partition("=")
    word, _, time = what.partition("@")
    if not place or word not in SIGNALS or not (time or "1").isdecimal():
        raise ValueError("failpoints have the form place=kill, place=stop or place=kill@3")
    return Failpoint(place, SIGNALS[word], int(time or 1))


def arm(failpoints: Sequence[Failpoint]) -> None:
    """Have this process fail at these places and no others."""
    _armed.clear()
    _armed.update({each.place: (each, count(1)) for each in failpoints})


def reach(*place: str) -> None:
    """Say that the process is at a place; nothing happens unless a test has armed it."""
    if not _armed:
        return
    failpoint, times = _armed.get(".".join(place), (None, None))
    if failpoint is not None and times is not None and next(times) == failpoint.time:
        os.kill(os.getpid(), failpoint.signal)
