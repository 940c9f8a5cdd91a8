"""Where tests may put a server's data."""

import os
import tempfile
from pathlib import Path

ROOM_BYTES = 2 * 1024**3


def roots() -> list[Path]:
    """Folders for servers, the best first: in memory, where copying a database takes 15 ms and not 300."""
    found = [Path(tempfile.gettempdir())]
    memory = Path("/dev/shm")
    if memory.is_dir() and os.access(memory, os.W_OK):
        seen = os.statvfs(memory)
        if seen.f_bavail * seen.f_frsize > ROOM_BYTES and not seen.f_flag & os.ST_NOEXEC:
            found.insert(0, memory)
    return found
