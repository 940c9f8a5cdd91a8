"""Anchors in a file of ANDON_HOME: one line a shop, its newest seal."""

import fcntl
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import orjson

from andon.kernel.errors import Unavailable
from andon.ports.anchoring import Anchor


class AnchorFile:
    """The anchors of one database. Several processes may keep theirs at once; a crash leaves the file as it was."""

    def __init__(self, home: Path, database: str) -> None:
        self.path = home / "anchors" / f"{database.replace('/', '%2F')}.ndjson"

    def keep(self, anchors: Sequence[Anchor]) -> None:
        """Keep these, but for those of which a later one is kept. Raises Unavailable."""
        with self._weather(), self._alone():
            newest = {each.shop_id: each for each in self.kept()}
            for each in anchors:
                known = newest.get(each.shop_id)
                if known is None or known.seal_no < each.seal_no:
                    newest[each.shop_id] = each
            self._write([newest[shop] for shop in sorted(newest)])

    def kept(self) -> Sequence[Anchor]:
        """The newest of each shop. Raises Unavailable for a file that cannot be read, or is none of ours."""
        try:
            lines = self.path.read_bytes().splitlines()
            return [Anchor(**orjson.loads(line)) for line in lines]
        except FileNotFoundError:
            return []
        except (OSError, ValueError, TypeError) as why:
            raise Unavailable(f"{self.path} cannot be read: {why}") from why

    def forget(self) -> None:
        """Let go of all: the database is no more."""
        self.path.unlink(missing_ok=True)

    def _write(self, anchors: Sequence[Anchor]) -> None:
        fresh = self.path.with_suffix(".new")
        with fresh.open("wb") as file:
            file.writelines(orjson.dumps(each) + b"\n" for each in anchors)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(self.path)
        folder = os.open(self.path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with self.path.with_suffix(".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    @contextmanager
    def _weather(self) -> Iterator[None]:
        try:
            yield
        except OSError as why:
            raise Unavailable(f"{self.path} cannot be written: {why}") from why
