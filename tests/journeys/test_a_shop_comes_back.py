"""A shop that left comes back: it is told what is missing and when, does it, is judged fairly, and sells as before."""

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pypdfium2
import pytest

from tests.clients import Client, key_for
from tests.journeys.conftest import Running
from tests.journeys.leaving import Leaving, about_to_leave, out
from tests.journeys.market import World
from tests.worlds import NOON


@dataclass
class Back:
    """A shop that is out, the number of its exit, and the channel that sold its one order."""

    leaving: Leaving
    exit_id: int
    channel: Client

    @property
    def here(self) -> str:
        return self.leaving.here

    def get(self, path: str) -> Any:
        return self.leaving.seen(path)

    def asked(self) -> dict[str, dict[str, Any]]:
        """The conditions that are needed and not met, by their codes."""
        seen = self.get("/enrolment/eligibility")
        missing = {each["code"]: each for each in seen["conditions"] if each["needed"] and not each["met"]}
        assert seen["eligible"] is (not missing)
        return missing

    def rate(self, stars: float, hours: float = 0) -> str:
        """The buyer of its order rates it so many hours after the clock's instant."""
        [order] = self.get("/orders")["items"]
        now = self.leaving.operator.get("/clock").body["now"]
        rating = {"order_id": order["id"], "described": stars, "communication": stars, "shipping": stars}
        told = self.channel.post(f"{self.here}/ratings", [rating | {"rated_at": now}])
        assert told.status == 200, told
        [result] = told.body["results"]
        return str(result["code"] or result["status"])

    def sign_anew(self) -> None:
        """Bind both suppliers, who accept; the platform lets both pass their reviews for this shop."""
        world, operator = self.leaving.world, self.leaving.operator
        for supplier_id, client in zip(world.shop.supplier_ids, (world.first, world.second), strict=True):
            binding = self.leaving.good("/bindings", {"supplier_id": supplier_id}, 201)
            assert client.post(f"/supplier/bindings/{binding['id']}/accept").status == 200
        assert "enrolment.reviews" in self.asked()
        self.leaving.advance("PT1S")
        for review in operator.get("/reviews?state=opened").body["items"]:
            decided = operator.post(
                f"/reviews/{review['id']}/decision", {"decision": "passed", "note": "seen"}
            )
            assert decided.status == 200, decided


@pytest.fixture
def back(andon: Running, operator: Client, world: World) -> Back:
    leaving = about_to_leave(world, operator)
    channel = Client(andon.url, key_for(andon.database, "channel", "demo"))
    return Back(leaving, out(leaving), channel)


@pytest.mark.clause("BACK-1", "BACK-2", "BACK-3", "BACK-4", "MODE-7", "QUAL-1")
def test_it_comes_back_by_doing_what_it_is_told(back: Back) -> None:
    assert set(back.asked()) == {"enrolment.supplier", "enrolment.rating"}
    assert back.asked()["enrolment.rating"]["measured"] == "no ratings"
    assert back.rate(4.69) == "recorded"
    assert back.asked()["enrolment.rating"]["measured"] == "4.69"
    back.leaving.advance("PT1H")
    assert (back.rate(4.7), back.rate(4.7)) == ("corrected", "known")
    assert set(back.asked()) == {"enrolment.supplier"}
    refused = back.leaving.post("/enrolment/join")
    assert (refused.status, refused.code, refused.body["unmet"]) == (
        403,
        "enrolment.supplier",
        ["enrolment.supplier"],
    )

    back.sign_anew()
    assert back.asked() == {}
    proposal = back.get("/enrolment/mappings")["items"]
    assert {each["code"] for each in proposal} == {None}
    restored = back.leaving.good("/enrolment/mappings/restore")["results"]
    assert [each["status"] for each in restored] == ["done"] * len(proposal)
    assert len(back.get("/mappings")["items"]) == len(proposal) == 4

    joined = back.leaving.good("/enrolment/join")
    assert (joined["state"], joined["number"]) == ("on", 2)
    back.leaving.good("/products/batch_edit", {"skus": ["S-1"], "set": {"mode": "jit"}})
    plan = back.leaving.world.seller.put(f"{back.here}/plan", {"lines": ["cainiao_jit", "cainiao_standard"]})
    assert plan.status == 200, plan
    order = back.leaving.world.sell("2")["order_id"]
    assert back.leaving.modes(order) == {"jit"}


@pytest.mark.clause("BACK-3")
def test_a_violation_keeps_it_out_for_90_days_to_the_second_unless_its_appeal_is_upheld(back: Back) -> None:
    operator, here = back.leaving.operator, back.here
    body = {"kind": "wrong_address", "note": "postcodes are made up"}
    recorded = operator.post(f"{here}/violations", body)
    assert (recorded.status, recorded.body["state"], recorded.body["fault"]) == (201, "recorded", "shop")
    number = recorded.body["id"]
    kept = back.asked()["enrolment.violations"]
    assert (kept["clause"], kept["measured"]) == ("BACK-3", "1")
    assert [each["violation_id"] for each in kept["evidence"]["violations"]] == [number]
    assert kept["earliest_on"] == kept["earliest_at"][:10]

    appealed = back.leaving.good(f"/violations/{number}/appeal", {"text": "they are the buyers' own"})
    assert appealed["state"] == "appealed"
    back.leaving.advance("PT48H")
    [waiting] = operator.get("/violations?state=appealed").body["items"]
    assert waiting["escalated_at"] == appealed["due_at"]
    decided = operator.post(
        f"{here}/violations/{number}/decision", {"decision": "rejected", "note": "they are not"}
    )
    assert (decided.status, decided.body["state"]) == (200, "confirmed")
    again = back.leaving.post(f"/violations/{number}/appeal", {"text": "but"})
    assert (again.status, again.code) == (409, "violation.appealed")

    back.leaving.advance("P87D")
    back.leaving.advance("PT23H59M59S")
    standing = back.get("/standing")["violations"]
    assert (standing["met"], standing["counted"]) == (False, 1)
    back.leaving.advance("PT1S")
    assert "enrolment.violations" not in back.asked()
    assert back.get("/standing")["violations"] == {"met": True, "counted": 0, "passes_at": None}


@pytest.mark.clause("BACK-2")
def test_a_bad_rating_is_shown_with_the_day_on_which_it_will_not_count_any_more(back: Back) -> None:
    assert back.rate(1) == "recorded"
    standing = back.get("/standing")["rating"]
    assert (standing["mean"], standing["ratings"], standing["passes_at"]) == ("1.00", 1, None)
    assert standing["axes"] == {"described": "1.00", "communication": "1.00", "shipping": "1.00"}
    back.leaving.advance("P30D")
    standing = back.get("/standing")["rating"]
    assert (standing["met"], standing["mean"], standing["axes"]) == (False, None, {})
    [kept] = back.get("/ratings")["items"]
    assert (kept["described"], kept["shipping"]) == (1.0, 1.0)


@pytest.mark.clause("MODE-7")
def test_what_it_signed_is_a_document_that_its_certificate_names(back: Back) -> None:
    pdf = back.leaving.world.seller.get(f"{back.here}/enrolment/authorisation.pdf")
    assert (pdf.status, pdf.headers["Content-Type"]) == (200, "application/pdf")
    text = words_of(pdf.raw)
    number = f"JIT-AUTH-2026-{back.leaving.world.shop.shop_id:06d}-01"
    assert number in text
    assert "实时推送给已绑定的供应商" in text
    assert "The authorisation ends when JIT goes off." in text
    certificate = back.leaving.world.seller.get(f"{back.here}/exits/{back.exit_id}/certificate.pdf")
    assert number in words_of(certificate.raw)


def words_of(pdf: bytes) -> str:
    pages = [page.get_textpage().get_text_bounded() for page in pypdfium2.PdfDocument(pdf)]
    return re.sub(r"\s+", " ", " ".join(pages))


def test_another_channel_rates_nothing_and_a_shop_not_itself(andon: Running, back: Back) -> None:
    [order] = back.get("/orders")["items"]
    rating = {"order_id": order["id"], "described": 5, "communication": 5, "shipping": 5}
    rating |= {"rated_at": (NOON + timedelta(days=1)).isoformat()}
    other = Client(andon.url, key_for(andon.database, "channel", "plaza"))
    told = other.post(f"{back.here}/ratings", [rating]).body["results"]
    assert told == [{"index": 0, "status": "refused", "code": "rating.order"}]
    assert back.leaving.post("/ratings", [rating]).status == 403
    assert back.leaving.post("/violations", {"kind": "stock_out"}).status == 403
