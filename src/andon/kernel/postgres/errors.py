"""What the embedded server says when it cannot be had."""

from pathlib import Path

from andon.kernel.errors import Unavailable
from andon.kernel.weather import MAKE_ROOM

_NO_ROOM = "No space left on device"


class ServerUnavailable(Unavailable):
    """The embedded server cannot be started, reached or stopped; the text says what, where and what to do."""

    def __init__(self, what: str, *, log: Path | None = None, last_lines: str = "") -> None:
        text = f"The embedded PostgreSQL is not available: {what}"
        if log is not None:
            text += f"\nIts log: {log}"
        if last_lines:
            text += "\n" + "\n".join(f"    {line}" for line in last_lines.splitlines())
        if _NO_ROOM in last_lines:
            text += f"\n{MAKE_ROOM}"
        super().__init__(text)
