"""The parties beside Andon as processes: started with a briefing, ended with the demonstration."""

import json
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from andon.app.demo.world import World

Briefing = tuple[str, str, dict[str, Any]]
"""A party's role, its key, and the options it works with."""


@contextmanager
def parties_beside(world: World, log: Path) -> Iterator[list[subprocess.Popen[bytes]]]:
    """Run every party of the world until the block ends; what they print goes to `log`."""
    running: list[subprocess.Popen[bytes]] = []
    with log.open("ab") as out:
        try:
            running += [_start(world.url, briefing, out) for briefing in _briefings(world, _free_port())]
            yield running
        finally:
            for party in running:
                party.terminate()
            for party in running:
                party.wait(timeout=10)


def _briefings(world: World, office_port: int) -> list[Briefing]:
    carrier = world.carriers[0]
    warehouse = {"carrier": carrier["code"], "label_office": f"http://127.0.0.1:{office_port}/labels"}
    roles = ("supplier", "supplier", "pulling_supplier")
    jit_only = [
        {"id": shop["id"], "products": [p for p in shop["products"] if p["mode"] == "jit"]}
        for shop in world.shops
    ]
    return [
        ("carrier", carrier["key"], {"carrier": carrier["code"], "port": office_port, "seed": 1}),
        *(
            (role, supplier["key"], {**warehouse, "seed": place})
            for place, (role, supplier) in enumerate(zip(roles, world.suppliers, strict=True), start=2)
        ),
        (
            "channel",
            world.channels[0]["key"],
            {"shops": jit_only, "carriers": [each["code"] for each in world.carriers], "seed": 9},
        ),
    ]


def _start(url: str, briefing: Briefing, out: Any) -> subprocess.Popen[bytes]:
    role, key, options = briefing
    party = subprocess.Popen(  # noqa: S603 - our own interpreter, our own module
        [sys.executable, "-m", "andon.app.demo.parties", role],
        stdin=subprocess.PIPE,
        stdout=out,
        stderr=out,
        start_new_session=True,
    )
    assert party.stdin is not None
    party.stdin.write(json.dumps({"url": url, "key": key, "options": options}).encode())
    party.stdin.close()
    return party


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port
