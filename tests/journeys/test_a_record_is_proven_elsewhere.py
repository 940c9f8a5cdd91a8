"""A shop's record is handed out, and proven by a file that knows nothing of us; what was changed in it shows."""

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest
from sqlalchemy import text

from andon.adapters.anchor_file import AnchorFile
from andon.app.cli import main
from andon.app.serve import serving
from andon.kernel.clock import set_clock
from andon.kernel.db import Database
from andon.kernel.settings import Settings
from tests.clients import Client, key_for
from tests.journeys.conftest import Running
from tests.journeys.market import LABEL, World
from tests.worlds import NOON, transaction
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


def test_what_was_done_is_found_in_the_record_and_its_seal_proves_it_by_itself(
    record: bytes, operator: Client, world: World, tmp_path: Path
) -> None:
    here = f"/shops/{world.shop.shop_id}/record"
    assert record.count(b'{"seal"') == 2, "one for each ten minutes"
    orders = world.seller.get(f"{here}/events?kind=order&limit=3").body
    assert [each["kind"] for each in orders["items"]] == ["order.accepted"] * 3
    rest = world.seller.get(f"{here}/events?kind=order&cursor={orders['next_cursor']}").body["items"]
    assert [each["seal_no"] for each in orders["items"] + rest] == [2, 2, 1, 1]
    newest = orders["items"][0]
    same = [
        f"order_id={newest['order_id']}&kind=order.accepted",
        f"subject={newest['subject']}&actor={newest['actor']}&from={newest['at']}&kind=order",
    ]
    assert [world.seller.get(f"{here}/events?{each}").body["items"] for each in same] == [[newest]] * 2
    for nothing in ("kind=orde", f"kind=order&until={rest[-1]['at']}", "actor=nobody"):
        assert world.seller.get(f"{here}/events?{nothing}").body["items"] == [], nothing

    part = operator.get(f"{here}/seals/2").raw
    assert f'"event_id":{newest["event_id"]},'.encode() in part
    assert "see --part" in proven(tmp_path, part)
    newest_seal = proven(tmp_path, record).partition("up to ")[2]
    assert proven(tmp_path, part, "--part").partition("up to ")[2] == newest_seal
    changed = part.replace(b"jit-3.2", b"jit-3.1", 2)
    assert "NOT PROVEN" in proven(tmp_path, changed, "--part")
    assert operator.get(f"{here}/seals/3").code == "record.not_sealed"
    assert world.seller.get("/record/events").status == 403
    entered = operator.get(f"{here}/events?kind=operator.entered").body["items"]
    assert {each["facts"]["route"] for each in entered} >= {"/v1/shops/{shop_id}/record/seals/{seal_no}"}
    assert operator.get("/record/events?kind=shop.opened").body["items"] == []


@pytest.mark.parametrize(
    ("trusted", "forwarded", "seen"),
    [
        (("127.0.0.1/32",), "198.51.100.7", "198.51.100.7"),
        (("127.0.0.1/32",), "203.0.113.9, 198.51.100.7", "198.51.100.7"),
        (("127.0.0.1/32",), "Lucia Garcia", None),
        (("10.0.0.0/8",), "198.51.100.7", "127.0.0.1"),
        ((), "198.51.100.7", "127.0.0.1"),
    ],
)
def test_where_a_call_comes_from_is_a_trusted_proxys_word_and_no_others(
    database: Database, settings: Settings, trusted: tuple[str, ...], forwarded: str, seen: str | None
) -> None:
    with database.owner.begin() as connection:
        set_clock(connection, "manual", 0, NOON)
    with serving(database, replace(settings, trusted_proxies=trusted)) as running:
        caller = Client(running.url, key_for(database, "operator"))
        shop = {"name": "A", "category": "home", "locale": "en", "currency": "CNY", "zone": "UTC"}
        assert caller.post("/shops", shop, X_Forwarded_For=forwarded).status == 201
    with database.line.connect() as connection:
        found = connection.scalars(text("select address from events where kind = 'shop.opened'")).all()
    assert found == [seen]


def test_the_command_line_proves_the_record_and_tells_what_is_wrong_with_it(
    record: bytes,
    andon: Running,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert record
    monkeypatch.setenv("ANDON_HOME", str(settings.home))

    def broken() -> tuple[int, list[str]]:
        with pytest.raises(SystemExit) as ended:
            main(("check", "--audit", "--database", andon.database.name, "--json"))
        assert isinstance(ended.value.code, int)
        checks = json.loads(capsys.readouterr().out)["checks"]
        return ended.value.code, [check["name"] for check in checks if not check["ok"]]

    assert broken() == (0, [])
    with andon.database.owner.begin() as owner:
        owner.execute(text("update seals set events = events + 1"))
    assert broken() == (1, ["record_sealed", "record_signed"])
    with andon.database.owner.begin() as owner:
        owner.execute(text("delete from seals"))
    counted = ["tallies_by_events", "orders_counted_by_events"]
    assert broken() == (1, [*counted, "record_anchored"]), "what is sealed is counted"


def test_a_buyer_is_erased_over_http_and_the_record_is_proven_all_the_same(
    andon: Running, operator: Client, world: World, tmp_path: Path
) -> None:
    here = f"/shops/{world.shop.shop_id}"
    order = f"{here}/orders/{world.sell('mine')['order_id']}"
    assert world.seller.post(f"{order}/erase").code == "order.open"
    assert world.seller.post(f"{here}/orders/4711/erase").code == "order.not_found"
    assert world.seller.post(f"{order}/cancel", {"note": "Ana Sol moved"}).status == 200
    [part] = world.seller.get(order).body["fulfilments"]
    supplier = world.first if part["supplier_id"] == world.shop.supplier_ids[0] else world.second
    if part["state"] != "cancelled":
        answer = supplier.post(f"/supplier/fulfilments/{part['id']}/cancellation", {"answer": "accepted"})
        assert answer.status == 200, answer
    asked = [world.seller.post(f"{order}/erase", Idempotency_Key="once") for _ in range(2)]
    assert [each.body["erased_at"] for each in asked] == [None, None]
    assert operator.post("/clock/advance", {"by": "PT10M"}).status == 200
    shown = world.seller.get(order).body
    assert shown["ship_to"] is None
    assert shown["erased_at"] is not None
    assert shown["fulfilments"][-1]["cancellation"]["note"] is None
    assert b"Ana Sol" not in world.seller.get(f"{order}/story").raw
    assert supplier.get(f"/supplier/fulfilments/{part['id']}").body["ship_to"] is None
    refused = supplier.post(f"/supplier/fulfilments/{part['id']}/labelled", LABEL | {"waybill": "W-1"})
    assert (refused.status, refused.code) == (409, "fulfilment.state"), refused
    assert world.first.post(f"{order}/erase").status in (403, 404)
    assert operator.post("/clock/advance", {"by": "PT10M"}).status == 200
    assert proven(tmp_path, operator.get(f"{here}/record").raw).startswith("proven")
