"""Processes of Andon, forked from one that has all its imports behind it: they begin in 50 ms and not in 2 s.

Run as a program it is that one: it forks what standard input asks for and answers on standard output.
"""

import json
import os
import signal
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

KILLED = -signal.SIGKILL


class Nursery:
    """Where processes come from. `clock` is a file that moves the machine time they see: see `worlds_faults`."""

    def __init__(self, environment: Mapping[str, str] | None = None) -> None:
        self._parent = subprocess.Popen(
            [sys.executable, __file__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=os.environ | dict(environment or {}),
            text=True,
        )
        self.children: list[Child] = []
        assert self._ask({}) == {"ready": True}

    def start(self, environment: Mapping[str, str], log: Path, *arguments: str) -> "Child":
        """`andon …` in this environment; what it says on either output goes into the log."""
        asked = {"environment": dict(environment), "log": str(log), "arguments": arguments}
        child = Child(self._ask(asked)["pid"], log, self)
        self.children.append(child)
        return child

    def status(self, pid: int) -> int | None:
        """How a process ended, as subprocess has it; None while it runs."""
        status: int | None = self._ask({"pid": pid})["status"]
        return status

    def close(self) -> None:
        """End what still runs."""
        for child in self.children:
            if child.ended() is None:
                child.signal(signal.SIGKILL)
                child.wait()
        assert self._parent.stdin is not None
        assert self._parent.stdout is not None
        self._parent.stdin.close()
        self._parent.wait(10)
        self._parent.stdout.close()

    def _ask(self, question: dict[str, Any]) -> dict[str, Any]:
        assert self._parent.stdin is not None
        assert self._parent.stdout is not None
        self._parent.stdin.write(json.dumps(question) + "\n")
        self._parent.stdin.flush()
        answer: dict[str, Any] = json.loads(self._parent.stdout.readline())
        return answer


@dataclass
class Child:
    """A process that was begun."""

    pid: int
    log: Path
    nursery: Nursery
    _status: int | None = None

    def ended(self) -> int | None:
        """Its exit status, None while it runs."""
        if self._status is None:
            self._status = self.nursery.status(self.pid)
        return self._status

    def wait(self, seconds: float = 40) -> int:
        """Its exit status, once it has ended."""
        until = time.monotonic() + seconds
        while (status := self.ended()) is None:
            assert time.monotonic() < until, f"it does not end:\n{self.log.read_text()[-3000:]}"
            time.sleep(0.01)
        return status

    def said(self, seconds: float = 40) -> dict[str, Any]:
        """What it says once it works: the first line of its log that begins with a bare JSON object of `--json`."""
        until = time.monotonic() + seconds
        while True:
            for line in self.log.read_text().splitlines() if self.log.exists() else ():
                if line.startswith('{"') and line.endswith("}") and '"pid"' in line:
                    found: dict[str, Any] = json.loads(line)
                    if found.get("pid") == self.pid:
                        return found
            assert self.ended() is None, f"it ended with {self._status}:\n{self.log.read_text()[-3000:]}"
            assert time.monotonic() < until, "it says nothing"
            time.sleep(0.01)

    def signal(self, number: int) -> None:
        """Send it a signal; one that has ended gets none."""
        if self.ended() is None:
            os.kill(self.pid, number)

    def stop(self) -> None:
        """Tell it to stop, and see that it does so in order."""
        self.signal(signal.SIGTERM)
        assert self.wait() == 0, self.log.read_text()[-3000:]


@contextmanager
def a_nursery(environment: Mapping[str, str] | None = None) -> Iterator[Nursery]:
    """A nursery, whose children end with it."""
    nursery = Nursery(environment)
    try:
        yield nursery
    finally:
        nursery.close()


def _serve_forks() -> None:
    """Fork for each line of standard input that asks for it, and tell how each child is."""
    import andon.app.cli.serve
    import andon.app.cli.work  # noqa: F401

    statuses: dict[int, int] = {}
    for line in sys.stdin:
        asked = json.loads(line)
        if "arguments" in asked:
            answer: dict[str, Any] = {"pid": _fork(asked)}
        elif "pid" in asked:
            pid = asked["pid"]
            if pid not in statuses:
                found, status = os.waitpid(pid, os.WNOHANG)
                if found:
                    statuses[pid] = os.waitstatus_to_exitcode(status)
            answer = {"status": statuses.get(pid)}
        else:
            answer = {"ready": True}
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


def _fork(asked: dict[str, Any]) -> int:
    pid = os.fork()
    if pid:
        return pid
    status = 1
    try:
        os.setsid()
        log = os.open(asked["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
        nothing = os.open(os.devnull, os.O_RDONLY)
        for source, target in ((nothing, 0), (log, 1), (log, 2)):
            os.dup2(source, target)
        for name in [name for name in os.environ if name.startswith("ANDON_")]:
            del os.environ[name]
        os.environ.update(asked["environment"])
        status = _run(asked["arguments"])
    except BaseException:  # noqa: BLE001 - told as the interpreter would
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


def _run(arguments: list[str]) -> int:
    if "FAKETIME_TIMESTAMP_FILE" in os.environ:
        # libfaketime breaks the system call behind time.sleep where the monotonic clock is left alone.
        time.sleep = threading.Event().wait  # type: ignore[assignment]
    from andon.app.cli import main

    try:
        main(arguments)
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 0
    return 0


if __name__ == "__main__":
    _serve_forks()
