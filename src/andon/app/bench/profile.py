"""Where time goes: all threads of a process looked at now and then, their stacks counted."""

import contextlib
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from types import CodeType, FrameType
from typing import Self

PERIOD_SECONDS = 0.005


class Sampler:
    """Counts the stacks of all other threads while it is entered; cheap enough to stay on while one measures."""

    def __init__(self) -> None:
        self._stacks: Counter[str] = Counter()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="sampler", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def write(self, path: Path) -> None:
        """The stacks as lines of `outermost;…;innermost count`, what flame graphs are drawn from."""
        path.parent.mkdir(parents=True, exist_ok=True)
        lines = [f"{stack} {count}\n" for stack, count in self._stacks.most_common()]
        path.write_text("".join(lines), encoding="utf-8")

    def _watch(self) -> None:
        own = threading.get_ident()
        while not self._stop.wait(PERIOD_SECONDS):
            for thread, frame in sys._current_frames().items():  # noqa: SLF001 - its documented use
                if thread != own:
                    self._stacks[_told(frame)] += 1


def _told(frame: FrameType | None) -> str:
    steps = []
    while frame is not None:
        code = frame.f_code
        name = _NAMES.get(code)
        if name is None:
            name = _NAMES[code] = f"{Path(code.co_filename).stem}.{code.co_qualname}"
        steps.append(f"{name}:{frame.f_lineno}")
        frame = frame.f_back
    return ";".join(reversed(steps))


_NAMES: dict[CodeType, str] = {}


@contextlib.contextmanager
def profiled(path: str) -> Iterator[None]:
    """Keep where this process's threads spend their time until the end, as a file of collapsed stacks."""
    with Sampler() as sampler:
        yield
    sampler.write(Path(path))
