"""A shop's record is handed out, and proven by a file that knows nothing of us; what was changed in it shows."""

import json
import subprocess
import sys
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest

from andon.adapters.anchor_file import AnchorFile
from andon.kernel.settings import Settings
from tests.clients import Client
from tests.journeys.conftest import Running
from tests.journeys.market import World
from tests.worlds import transaction
from tests.worlds_orders import accept, incoming
from tests.worlds_partners import open_demo_shop

VERIFIER = Path(__file__).parents[2] / "tools" / "verify_record.py"


def proven(folder: Path, record: bytes, *options: str) -> str:
    """The verifier's first line."""
    (folder / "record.ndjson").write_bytes(record)
    command = [sys.executable, "-I", str(VERIFIER), str(folder / "record.ndjson"), *options]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert not done.stderr, done.stderr
    assert (done.returncode == 0) == done.stdout.startswith("proven"), done.stdout
    return done.stdout.splitlines()[0]


def sealed(andon: Running, operator: Client, world: World, name: str) -> None:
    """Some orders more, and time enough for them to be sealed."""
    with transaction(andon.database, andon.serving.line.now()) as tx:
        accept(tx, world.shop.shop_id, *(incoming(f"{name}{number}", "S-1") for number in range(2)))
    assert operator.post("/clock/advance", {"by": "PT10M"}).status == 200


@pytest.fixture
def record(andon: Running, operator: Client, world: World) -> bytes:
    """The shop's record, of two seals."""
    sealed(andon, operator, world, "A")
    sealed(andon, operator, world, "B")
    answer = world.seller.get(f"/shops/{world.shop.shop_id}/record")
    assert answer.headers["Content-Type"].startswith("application/x-ndjson")
    return answer.raw


def swapped(lines: list[bytes]) -> list[bytes]:
    return [*lines[:2], lines[3], lines[2], *lines[4:]]


def without_the_last_seal(lines: list[bytes]) -> list[bytes]:
    """As whoever cuts the tail off would leave it, with an end of its own."""
    seals = [place for place, line in enumerate(lines) if line.startswith(b'{"seal"')]
    return [*lines[: seals[-2] + 1], b'{"end": {"seal_no": 1, "hash": ""}}\n']


CHANGES: dict[str, Callable[[list[bytes]], list[bytes]]] = {
    "an event is changed": lambda lines: [*lines[:2], lines[2].replace(b"jit-3.2", b"jit-3.1"), *lines[3:]],
    "a byte is put in": lambda lines: [*lines[:2], lines[2].replace(b'"body":', b'"body": '), *lines[3:]],
    "an event is removed": lambda lines: lines[:2] + lines[3:],
    "an event is told twice": lambda lines: [*lines[:3], lines[2], *lines[3:]],
    "two events are swapped": swapped,
    "a seal is removed": lambda lines: [
        *(line for line in lines[:-2] if not line.startswith(b'{"seal"')),
        *lines[-2:],
    ],
    "it is cut off": lambda lines: lines[:-1],
    "it is cut off in a line": lambda lines: [*lines[:-1], lines[-1][:-3]],
    "its tail is cut off": without_the_last_seal,
    "something follows": lambda lines: [*lines, lines[1]],
    "it is another shop's": lambda lines: [
        lines[0].replace(b'"shop_id":', b'"shop_id":9'),
        *lines[1:],
    ],
    "it is no record": lambda _: [b"{}\n"],
    "it is empty": lambda _: [],
}


def test_a_record_is_proven_and_what_was_changed_in_it_shows(record: bytes, tmp_path: Path) -> None:
    lines = record.splitlines(keepends=True)
    assert proven(tmp_path, record).endswith(json.loads(lines[-1])["end"]["hash"])
    believed = [
        what
        for what, change in CHANGES.items()
        if proven(tmp_path, b"".join(change(lines))).startswith("proven")
    ]
    assert believed == []


def test_a_record_that_ends_too_early_or_was_signed_by_others_is_told_by_what_lies_elsewhere(
    record: bytes, andon: Running, anyone: Client, settings: Settings, tmp_path: Path
) -> None:
    keys = tmp_path / "keys.json"
    keys.write_bytes(anyone.get("/record/keys").raw)
    anchors = str(AnchorFile(settings.home, andon.database.name).path)
    assert proven(tmp_path, record, "--keys", str(keys), "--anchors", anchors).startswith("proven")
    lines = record.splitlines(keepends=True)
    seals = [place for place, line in enumerate(lines) if line.startswith(b'{"seal"')]
    cut = lines[: seals[0] + 1]
    assert len(seals) >= 2
    end = {"end": {"seal_no": 1, "hash": sha256(json.loads(cut[-1])["seal"].encode()).hexdigest()}}
    cut.append(json.dumps(end).encode() + b"\n")
    assert proven(tmp_path, b"".join(cut), "--keys", str(keys)).startswith("proven")
    assert "was there once" in proven(tmp_path, b"".join(cut), "--anchors", anchors)
    keys.write_text('{"keys": []}')
    assert "not known" in proven(tmp_path, record, "--keys", str(keys))


def test_a_record_says_who_called_and_from_where_and_stays_the_shops(
    record: bytes, andon: Running, operator: Client, world: World
) -> None:
    here = f"/shops/{world.shop.shop_id}"
    assert world.seller.put(f"{here}/plan", {"lines": ["cainiao_standard"]}).status == 200
    assert operator.post("/clock/advance", {"by": "PT10M"}).status == 200
    events = [json.loads(line) for line in operator.get(f"{here}/record").raw.splitlines()[1:-1]]
    told = [each for each in events if each.get("actor") == f"shop:{world.shop.shop_id}"]
    assert {each["address"] for each in told} == {"127.0.0.1"}
    assert {each["address"] for each in events if each.get("actor") == "line"} == {None}
    with transaction(andon.database, andon.serving.line.now()) as tx:
        other = open_demo_shop(tx).shop_id
    assert world.seller.get(f"/shops/{other}/record").status == 404
    assert operator.get("/shops/4711/record").status == 404
    assert operator.get("/record").raw.startswith(b'{"record":"andon-record-1","shop_id":0')
    assert world.seller.get("/record").status == 403
