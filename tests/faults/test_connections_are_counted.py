"""A process takes as many connections as it may open files, but for its own; the next one is told so."""

import json
import resource
import time
from collections.abc import Callable
from contextlib import ExitStack

from andon.app.demo.world import World
from andon.kernel.db import Database
from andon.kernel.http.connections import SPARED_FILES
from tests.faults.running import Town
from tests.journeys.wire import Wire, statuses

HEALTH = b"GET /v1/healthz HTTP/1.1\r\nHost: x\r\n\r\n"
MOST = 10


def test_a_connection_too_many_is_told_so_and_the_others_go_on(
    demonstration: tuple[str, World],
    copies: Callable[[str], Database],
    town_of: Callable[[Database], Town],
) -> None:
    name, _ = demonstration
    child, client = town_of(copies(name)).serve()
    files = SPARED_FILES + MOST
    resource.prlimit(child.pid, resource.RLIMIT_NOFILE, (files, files))
    with ExitStack() as stack:
        wires = [stack.enter_context(Wire(client.url)) for _ in range(MOST)]
        for wire in wires:
            wire.send(HEALTH)
            wire.until(b'"ok"')
        with Wire(client.url) as late:
            refused = late.all()
        assert statuses(refused) == [503]
        assert json.loads(refused.partition(b"\r\n\r\n")[2])["code"] == "connections.too_many"
        for wire in wires:
            wire.send(HEALTH)
            wire.until(b'"ok"')
    time.sleep(0.1)
    assert client.get("/healthz").status == 200
