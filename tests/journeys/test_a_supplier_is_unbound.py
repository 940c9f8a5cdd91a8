"""A shop parts from a supplier: the letter is drawn up, signed and proven, and nothing of the shop opens to the supplier any more."""

import time
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pyotp
import pypdfium2
import pytest
from sqlalchemy import text

from andon.app.web import bare_app
from andon.kernel.db import Database
from andon.membership.unbinding.rules import ATTEMPTS, OWN
from andon.platform.accounts.edge import EdgeRoute
from tests.clients import Client
from tests.journeys.blackbox import good, problem
from tests.journeys.browser import PASSWORD, Browser, a_person
from tests.journeys.conftest import Running
from tests.journeys.market import LABEL, World
from tests.signatures import openssl_says, pdfsig
from tests.worlds import NOON

SIGN = {"name": "李雷 Li Lei"}


def code(seed: str, ahead: int = 0) -> str:
    """The code of the present step, or of one ahead; a step that is nearly over is waited for to end."""
    if (left := 30 - time.time() % 30) < 3:
        time.sleep(left)
    return pyotp.TOTP(seed).at(int(time.time()) + 30 * ahead)


def words(pdf: bytes) -> str:
    return "\n".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(pdf))


def binding_of(world: World, supplier_id: int) -> int:
    found = world.seller.get(f"/shops/{world.shop.shop_id}/bindings").body["items"]
    return next(each["id"] for each in found if each["supplier_id"] == supplier_id)


def delivered(operator: Client, world: World, number: str) -> int:
    """An order that the first supplier ships and that is delivered; the fulfilment's number."""
    world.sell(number)
    [mine] = world.first.get("/supplier/fulfilments?state=pushed").body["items"]
    at = f"/supplier/fulfilments/{mine['id']}"
    assert world.first.post(f"{at}/accept").status == 200
    assert world.first.post(f"{at}/labelled", LABEL | {"waybill": f"W-{number}"}).status == 200
    operator.post("/clock/advance", {"by": "PT48H"})
    world.scan((f"W-{number}", "collected", 1), (f"W-{number}", "delivered", 30))
    return mine["id"]


@dataclass
class Parting:
    """A shop that parts from its first supplier, of whose work one parcel is delivered."""

    world: World
    operator: Client
    database: Database
    fulfilment: int
    binding: int
    here: str

    def end(self) -> int:
        """The letter that is drawn up."""
        answer = self.world.seller.post(f"{self.here}/bindings/{self.binding}/end")
        assert answer.status == 200, answer
        assert answer.body["state"] == "ending"
        return answer.body["letter_id"]

    def sign(self, letter: int) -> dict[str, Any]:
        answer = self.world.seller.post(f"{self.here}/letters/{letter}/sign", SIGN)
        assert answer.status == 200, answer
        return answer.body

    def advance(self, by: str) -> None:
        assert self.operator.post("/clock/advance", {"by": by}).status == 200

    def letter(self, letter: int) -> dict[str, Any]:
        return self.world.seller.get(f"{self.here}/letters/{letter}").body

    def by_hand(self, statement: str) -> None:
        """What nobody may do, done to the database itself."""
        with self.database.owner.begin() as connection:
            connection.execute(text(statement))


@pytest.fixture
def parting(andon: Running, operator: Client, world: World) -> Parting:
    fulfilment = delivered(operator, world, "1")
    here, first = f"/shops/{world.shop.shop_id}", world.shop.supplier_ids[0]
    return Parting(world, operator, andon.database, fulfilment, binding_of(world, first), here)


def refused(tries: list[dict[str, Any]]) -> set[str]:
    return {each["tried"] for each in tries if each["refused"]}


@pytest.mark.clause("EXIT-3")
def test_a_signed_letter_closes_every_door_and_each_was_tried(parting: Parting, anyone: Client) -> None:
    first, here = parting.world.first, parting.here
    mine = f"/supplier/fulfilments/{parting.fulfilment}"
    letter = parting.end()
    assert parting.end() == letter, "asked again it is the same"
    assert first.get(mine).status == 200, "what is under way goes on until it is signed"

    signed = parting.sign(letter)
    assert (signed["state"], signed["signed_name"]) == ("signed", "李雷 Li Lei")
    assert first.get(mine).status == 404
    assert first.get("/supplier/fulfilments").body["items"] == []
    assert parting.world.second.get("/supplier/bindings").body["items"][0]["state"] == "active"
    parting.advance("PT1S")

    told = parting.letter(letter)
    assert told["state"] == "proven"
    tried = {each["tried"] for each in told["tries"]}
    assert refused(told["tries"]) == tried
    assert {f"{method} {path}" for method, path in ATTEMPTS} - tried == MISSING_THINGS
    assert {"select orders", "select fulfilments", "select letters", "push"} <= tried
    keys = {each["key_id"] for each in told["tries"] if each["status"] is not None}
    assert keys == set(told["ended"]["keys"]), "by each of its keys"
    assert anyone.get("/documents/authority.pem").status == 200
    used = parting.operator.get(f"{here}/bindings/{parting.binding}").body
    assert (used["state"], used["letter_id"]) == ("ended", letter)


@pytest.mark.clause("DISP-7")
def test_returns_of_what_it_shipped_are_told_by_the_supplier_after_the_binding_has_ended(
    parting: Parting, anyone: Client
) -> None:
    world, returns = parting.world, f"{parting.here}/returns"
    [order] = world.seller.get(f"{parting.here}/orders").body["items"]
    told = {
        "order_id": order["id"],
        "lines": [{"sku": "S-1", "quantity": 1}],
        "reason": "unwanted",
        "requested_at": (NOON + timedelta(hours=31)).isoformat(),
    }
    parting.sign(parting.end())
    parting.advance("PT1S")
    [created] = good(world.first.post(returns, [told]))["results"]
    assert created == {"index": 0, "status": "created", "return_id": created["return_id"]}
    [again] = good(world.first.post(returns, [told]))["results"]
    assert again["status"] == "existing"
    problem(world.second.post(returns, [told]), 404, "not_found")
    problem(anyone.post(returns, [told]), 401, "credentials.missing")
    [seen] = good(world.seller.get(returns))["items"]
    assert (seen["lines"], seen["reason"], seen["received_at"]) == ({"S-1": 1}, "unwanted", None)
    assert world.first.get(returns).status == 403, "it tells, and reads nothing of the shop"


MISSING_THINGS = {
    f"{method} /v1/supplier/pushes/{{push_id}}/{what}"
    for method, what in (("POST", "replay"), ("GET", "receipt"))
}
"""What names a push: this supplier pulls."""


@pytest.mark.clause("EXIT-3")
def test_what_still_opens_is_found_told_urgently_and_tried_again(parting: Parting) -> None:
    letter = parting.end()
    parting.sign(letter)
    parting.advance("PT1S")
    parting.by_hand("update grants set ended_at = null")
    parting.by_hand("update letters set proven_at = null, due_at = signed_at")
    parting.advance("PT1S")

    told = parting.letter(letter)
    assert told["state"] == "signed"
    still_open = {each["tried"] for each in told["tries"]} - refused(told["tries"])
    assert {
        "GET /v1/supplier/fulfilments",
        "GET /v1/supplier/fulfilments/{fulfilment_id}",
        "POST /v1/supplier/fulfilments/{fulfilment_id}/accept",
        "POST /v1/supplier/fulfilments/bulk",
        "GET /v1/supplier/parcels/{parcel_id}/label.pdf",
        "select parcels",
        "select fulfilments",
    } <= still_open
    [notice] = parting.operator.get("/notices").body["items"]
    assert notice["kind"] == "letter.unproven"
    assert set(notice["facts"]["list"]) == still_open
    state = parting.world.seller.get(f"{parting.here}/orders").body["items"][0]["fulfilments"][0]["state"]
    assert state == "delivered", "what was tried left nothing behind"

    parting.by_hand("update grants set ended_at = since where supplier_id = 1")
    parting.advance("PT1H")
    assert parting.letter(letter)["state"] == "proven"


@pytest.mark.clause("EXIT-3")
def test_the_letter_is_a_draft_until_it_is_signed_and_a_signed_pdf_from_then_on(
    parting: Parting, anyone: Client, tmp_path: Path
) -> None:
    letter, seller = parting.end(), parting.world.seller
    paper = f"{parting.here}/letters/{letter}.pdf"
    draft = seller.get(paper)
    assert draft.headers["Content-Type"] == "application/pdf"
    assert "草稿 DRAFT" in words(draft.raw)
    assert b"/ByteRange" not in draft.raw

    signed = parting.sign(letter)
    first = seller.get(paper)
    assert first.status == 200, "from the moment of signing, whether or not the station has come to it"
    parting.advance("PT1M")
    assert seller.get(paper).raw == first.raw, "made once, and served as it was kept"
    said = words(first.raw)
    for word in (signed["number"], "李雷 Li Lei", "供应商解约确认函", "衣见", "S-1", "I-S-2"):
        assert word in said
    assert "DRAFT" not in said
    trusted = anyone.get("/documents/authority.pem").raw.decode()
    assert openssl_says(tmp_path, first.raw, trusted) == "CAdES Verification successful\n"
    assert "Certificate is Trusted." in pdfsig(tmp_path, first.raw, trusted)


def test_both_parties_hear_and_read_the_letter_also_when_it_is_over(parting: Parting) -> None:
    letter = parting.end()
    parting.sign(letter)
    seller, supplier = parting.world.seller, parting.world.first
    for told in (seller.get(f"{parting.here}/notices"), supplier.get("/supplier/notices")):
        assert "binding.ended" in [each["kind"] for each in told.body["items"]]
    [own] = supplier.get("/supplier/letters").body["items"]
    assert (own["id"], own["state"]) == (letter, "signed")
    assert (
        supplier.get(f"/supplier/letters/{letter}.pdf").raw
        == seller.get(f"{parting.here}/letters/{letter}.pdf").raw
    )
    assert parting.world.second.get(f"/supplier/letters/{letter}.pdf").status == 404
    assert parting.world.second.get("/supplier/letters").body["items"] == []


def test_the_platforms_people_sign_for_nobody(parting: Parting) -> None:
    letter = parting.end()
    answer = parting.operator.post(f"{parting.here}/letters/{letter}/sign", SIGN)
    assert (answer.status, answer.code) == (403, "letter.sellers_own")
    assert parting.letter(letter)["state"] == "draft"


def test_every_call_of_suppliers_is_tried_or_is_said_to_name_nothing_of_a_shop() -> None:
    calls = {
        (method, route.path_format)
        for route in bare_app().routes
        if isinstance(route, EdgeRoute) and route.allowance and "supplier" in route.allowance.parties
        for method in route.methods or ()
    }
    assert set(ATTEMPTS) | OWN == calls
    assert not set(ATTEMPTS) & OWN


def test_an_owner_signs_with_the_second_factor_that_is_set_and_others_do_not(
    andon: Running, parting: Parting
) -> None:
    shop, letter = parting.world.shop.shop_id, parting.end()
    people = {}
    for role in ("owner", "clerk"):
        number = a_person(andon.database, f"{role}@shop.test", ("shop", shop, role))
        people[role] = browser = Browser(andon.url)
        good(browser.sign_in(f"{role}@shop.test"))
        if role == "owner":
            seed = good(browser.post("/me/second_factor", {"password": PASSWORD}))["secret"]
            good(browser.post("/me/second_factor/confirm", {"otp": code(seed, -1)}))
            owner = number
    sign = f"{parting.here}/letters/{letter}/sign"
    problem(people["clerk"].post(sign, SIGN), 403, "credentials.role")
    problem(people["owner"].post(sign, SIGN), 401, "sign_in.otp_needed")
    problem(people["owner"].post(sign, SIGN | {"otp": "000000"}), 401, "sign_in.otp_refused")
    now = code(seed)
    signed = good(people["owner"].post(sign, SIGN | {"otp": now}))
    assert (signed["signed_by"], signed["factor"]) == (f"user:{owner}", "totp")
    again = good(people["owner"].post(sign, SIGN | {"otp": now}))
    assert again["signed_at"] == signed["signed_at"], "signing again changes nothing"


def test_guessing_the_second_factor_is_slowed_down(andon: Running, parting: Parting) -> None:
    letter = parting.end()
    a_person(andon.database, "owner@shop.test", ("shop", parting.world.shop.shop_id, "owner"))
    owner = Browser(andon.url)
    good(owner.sign_in("owner@shop.test"))
    seed = good(owner.post("/me/second_factor", {"password": PASSWORD}))["secret"]
    good(owner.post("/me/second_factor/confirm", {"otp": code(seed, -1)}))
    sign = f"{parting.here}/letters/{letter}/sign"
    codes = [owner.post(sign, SIGN | {"otp": "000000"}).status for _ in range(8)]
    assert codes[0] == 401
    assert codes[-1] == 429
    assert parting.letter(letter)["state"] == "draft"
