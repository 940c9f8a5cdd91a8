"""A receipt that somebody else's program verifies; a push that the operator has sent again."""

import base64
import hashlib
import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.clients import Client
from tests.journeys.conftest import Running
from tests.journeys.market import World
from tests.journeys.test_a_supplier_is_pushed_to import soon
from tests.worlds_supply import Sink, a_sink

SPKI_OF_ED25519 = bytes.fromhex("302a300506032b6570032100")
"""What stands before the 32 bytes of an Ed25519 public key in its usual file (RFC 8410)."""


def decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def openssl_verifies(jws: str, key: dict[str, str], folder: Path) -> bool:
    """Whether OpenSSL, which knows nothing of us, finds the signature good."""
    signed, _, signature = jws.rpartition(".")
    (folder / "key.der").write_bytes(SPKI_OF_ED25519 + decoded(key["x"]))
    (folder / "signed").write_text(signed)
    (folder / "signature").write_bytes(decoded(signature))
    command = "pkeyutl -verify -pubin -keyform DER -inkey key.der -rawin -in signed -sigfile signature"
    return (
        subprocess.run(["openssl", *command.split()], cwd=folder, capture_output=True, check=False).returncode
        == 0
    )


def delivered(world: World, sink: Sink) -> dict[str, Any]:
    """The one push of the world, once it was taken."""
    world.first.put("/supplier/endpoint", {"url": sink.url})
    world.sell("A-1")
    found: dict[str, Any] = soon(
        lambda: next(
            (each for each in world.first.get("/supplier/pushes").body["items"] if each["delivered_at"]), None
        )
    )
    return found


def test_a_receipt_is_verified_by_a_program_that_is_not_ours(
    world: World, operator: Client, anyone: Client, tmp_path: Path
) -> None:
    if shutil.which("openssl") is None:
        pytest.skip("no openssl here")
    with a_sink(lambda _: 200, words="got it") as sink:
        push = delivered(world, sink)
    [key] = anyone.get("/receipts/keys").body["keys"]
    receipt = world.first.get(f"/supplier/pushes/{push['id']}/receipt").body
    jws, facts = receipt["jws"], receipt["facts"]
    head, payload, _ = jws.split(".")
    assert json.loads(decoded(head)) == {"alg": "EdDSA", "kid": key["kid"]}
    assert json.loads(decoded(payload)) == facts
    assert openssl_verifies(jws, key, tmp_path)
    forged = base64.urlsafe_b64encode(decoded(payload).replace(b"200", b"500")).rstrip(b"=").decode()
    assert forged != payload
    assert not openssl_verifies(jws.replace(payload, forged), key, tmp_path)

    _, raw = sink.heard[0]
    [tried] = facts["tries"]
    assert tried["body_sha256"] == hashlib.sha256(raw).hexdigest()
    assert (tried["status"], tried["excerpt"]) == (200, "got it")
    assert sink.url.startswith(tried["endpoint"] + "/"), "the host alone"
    fulfilment = facts["fulfilment_id"]
    [shown] = world.seller.get(f"/shops/{world.shop.shop_id}/fulfilments/{fulfilment}/receipts").body["items"]
    asked = operator.get(f"/suppliers/{world.shop.supplier_ids[0]}/pushes/{push['id']}/receipt").body
    for other in (shown, asked):
        assert openssl_verifies(other["jws"], key, tmp_path)
        assert other["facts"] | {"issued_at": ""} == facts | {"issued_at": ""}
    assert world.second.get(f"/supplier/pushes/{push['id']}/receipt").code == "push.not_found"
    missing = world.seller.get(f"/shops/{world.shop.shop_id}/fulfilments/999999/receipts")
    assert (missing.status, missing.code) == (404, "fulfilment.not_found")


def test_the_operator_sees_how_an_endpoint_fares_and_has_a_push_sent_again(
    world: World, operator: Client, andon: Running
) -> None:
    supplier = world.shop.supplier_ids[0]
    with a_sink() as sink:
        push = delivered(world, sink)
        state = operator.get(f"/suppliers/{supplier}/endpoint").body
        assert state == world.first.get("/supplier/endpoint").body
        assert (state["url"], state["ordered"], state["breaker"], state["waiting"]) == (
            sink.url,
            False,
            "closed",
            0,
        )
        [listed] = operator.get(f"/suppliers/{supplier}/pushes").body["items"]
        assert listed == push
        again = operator.post(f"/suppliers/{supplier}/pushes/{push['id']}/replay")
        assert again.status == 200, again
        soon(lambda: len(sink.heard) == 2)
        assert sink.heard[0][0]["webhook-id"] == sink.heard[1][0]["webhook-id"]
        everything = {"from": "2020-01-01T00:00:00Z", "until": "2099-01-01T00:00:00Z"}
        soon(lambda: world.first.get("/supplier/endpoint").body["waiting"] == 0)
        assert world.first.post("/supplier/pushes/replay", everything).body == {"replayed": 1}
        soon(lambda: len(sink.heard) == 3)
    with andon.database.line.connect() as connection:
        actors = connection.exec_driver_sql(
            "select actor from events where kind = 'push.replayed' order by event_id"
        ).scalars()
        assert [actor.partition(":")[0] for actor in actors] == ["operator", "supplier"]
    for path, code in (
        (f"/suppliers/{supplier}/pushes/999999/replay", "push.not_found"),
        (f"/suppliers/999999/pushes/{push['id']}/replay", "supplier.not_found"),
        (f"/suppliers/{world.shop.supplier_ids[1]}/pushes/{push['id']}/replay", "push.not_found"),
    ):
        refused = operator.post(path)
        assert (refused.status, refused.code) == (404, code)
    assert operator.get(f"/suppliers/{world.shop.supplier_ids[1]}/endpoint").code == "endpoint.not_found"
    backwards = {"from": "2026-03-03T00:00:00Z", "until": "2026-03-02T00:00:00Z"}
    assert world.first.post("/supplier/pushes/replay", backwards).code == "push.window"
    assert world.first.post("/supplier/pushes/replay", {"from": "yesterday"}).status == 422
    assert world.second.post("/supplier/pushes/replay", everything).code == "push.no_endpoint"
    assert world.first.get(f"/suppliers/{supplier}/pushes").status == 403
