"""A buyer complains months after the shop has left JIT: everybody entitled is heard, and who was at fault then pays now."""

import base64
import hashlib
from dataclasses import dataclass
from typing import Any

import pypdfium2
import pytest

from andon.platform.files.rules import LARGEST_FILE_BYTES
from tests.clients import Answer, Client, key_for
from tests.journeys.conftest import Running
from tests.journeys.market import LABEL, World
from tests.worlds import NOON, transaction
from tests.worlds_audit import assert_all_well
from tests.worlds_disputes import PNG, TEXT

PHOTO = {"kind": "photo", "content": base64.b64encode(PNG).decode()}
LISTING = {"kind": "listing", "content": base64.b64encode(TEXT).decode(), "shows": "wrong_listing"}
BUYER = ("Ana Sol", "Calle Mayor", "ana@example.test", "+34 600")


def money(amount: str) -> dict[str, str]:
    return {"amount": amount, "currency": "CNY"}


@dataclass
class Court:
    """A shop that sold one order by JIT and is out since, and everybody who has to do with it."""

    world: World
    operator: Client
    channel: Client
    here: str
    order_id: int
    fulfilment_id: int

    def claims(self, by: Client, cause: str, amount: str = "20.00", **more: Any) -> Answer:
        claim = {"order_id": self.order_id, "cause": cause, "claim": money(amount)} | more
        return by.post(f"{self.here}/disputes", claim)

    def open(self, by: Client, cause: str, amount: str = "20.00", **more: Any) -> int:
        answer = self.claims(by, cause, amount, **more)
        assert answer.status == 201, answer
        number: int = answer.body["id"]
        return number

    def shows(self, number: int) -> dict[str, Any]:
        body: dict[str, Any] = self.world.seller.get(f"{self.here}/disputes/{number}").body
        return body

    def decide(self, number: int, **verdict: Any) -> Answer:
        return self.operator.post(
            f"/disputes/{number}/decision", {"outcome": "upheld", "note": "证据充分"} | verdict
        )

    def advance(self, by: str) -> None:
        answer = self.operator.post("/clock/advance", {"by": by})
        assert answer.status == 200, answer

    def available(self) -> str:
        amount: str = self.world.seller.get(f"{self.here}/funds").body["available"]["amount"]
        return amount


@pytest.fixture
def court(andon: Running, operator: Client, world: World) -> Court:
    """The shop sells one order, which is delivered and paid for, and leaves; that was 90 days ago."""
    here = f"/shops/{world.shop.shop_id}"
    order_id = world.sell("1")["order_id"]
    [mine] = world.first.get("/supplier/fulfilments?state=pushed").body["items"]
    at = f"/supplier/fulfilments/{mine['id']}"
    assert world.first.post(f"{at}/accept").status == 200
    assert world.first.post(f"{at}/labelled", LABEL | {"waybill": "W-1"}).status == 200
    channel = Client(andon.url, key_for(andon.database, "channel", "demo"))
    court = Court(world, operator, channel, here, order_id, mine["id"])
    court.advance("PT30H")
    assert world.scan(("W-1", "collected", 1), ("W-1", "delivered", 29)) == ["recorded"] * 2
    assert world.seller.post(f"{here}/funds/deposits", {"amount": money("100.00")}).status == 201
    court.advance("P4D")
    number = world.seller.post(f"{here}/exits", {"reason": "strategy"}).body["id"]
    for binding in world.seller.get(f"{here}/bindings").body["items"]:
        letter = world.seller.post(f"{here}/bindings/{binding['id']}/end").body["letter_id"]
        assert world.seller.post(f"{here}/letters/{letter}/sign", {"name": "李雷"}).status == 200
    court.advance("PT1S")
    assert world.seller.post(f"{here}/exits/{number}/switch_off").status == 200
    court.advance("P1D")
    assert world.seller.get(f"{here}/exits/{number}").body["state"] == "done"
    court.advance("P90D")
    return court


@pytest.mark.clause("DISP-1", "DISP-2", "DISP-4", "DISP-7")
def test_the_supplier_of_long_ago_is_heard_and_pays(court: Court, andon: Running) -> None:
    number = court.open(
        court.channel, "quality", text="买家 Ana Sol 反馈破损", evidence=[PHOTO | {"personal": True}, PHOTO]
    )
    case = court.shows(number)
    assert (case["state"], case["jit"], case["beneficiary"], case["opened_by"]) == (
        "evidence", True, "buyer", "channel",
    )  # fmt: skip
    assert case["liability"] == {
        "payer": "supplier", "clause": "DISP-2", "cap": money("99.80"), "shown": ["quality"], "missing": [],
    }  # fmt: skip
    assert [each["sha256"] for each in case["evidence"]] == [hashlib.sha256(PNG).hexdigest()] * 2

    # Its binding ended with the exit; it reads and answers all the same, without the buyer's data.
    mine = court.world.first.get("/disputes").body["items"]
    assert [each["id"] for each in mine] == [number]
    read = court.world.first.get(f"/disputes/{number}")
    assert read.status == 200
    assert not any(word in read.raw.decode() for word in BUYER)
    [shown] = read.body["evidence"]
    assert not shown["personal"]
    file = court.world.first.get(f"/disputes/{number}/evidence/{shown['id']}")
    assert (file.status, file.raw, file.headers["Content-Type"]) == (200, PNG, "image/png")
    assert file.headers["Content-Disposition"] == f'attachment; filename="evidence-{shown["id"]}.png"'
    assert file.headers["X-Content-Type-Options"] == "nosniff"
    answered = court.world.first.post(
        f"/disputes/{number}/answer", {"answer": "contest", "text": "出库完好", "evidence": [PHOTO]}
    )
    assert (answered.status, answered.body["answers"][0]["answer"]) == (200, "contest")
    for stranger in (court.world.second, court.world.carrier):
        assert stranger.get("/disputes").body["items"] == []
        for call in ("", f"/evidence/{shown['id']}"):
            assert (stranger.get(f"/disputes/{number}{call}").code) == "dispute.not_found"
        assert stranger.post(f"/disputes/{number}/answer", {"answer": "accept"}).code == "dispute.not_found"

    for asked, found in (("queue=jit", 1), ("state=evidence", 1), ("state=paid", 0), ("breached=true", 0)):
        assert len(court.world.first.get(f"/disputes?{asked}").body["items"]) == found, asked
    sheet = court.world.first.get("/disputes", Accept="text/csv").raw.decode().splitlines()
    assert (len(sheet), sheet[0][:22]) == (2, "id,shop_id,order_id,fu")

    # The lane shows it first; nobody decides it in time.
    lane = court.operator.get("/disputes?queue=jit").body["items"]
    assert [(each["id"], each["handle_by"]) for each in lane] == [(number, case["handle_by"])]
    court.advance("PT48H")
    late = court.operator.get("/disputes?breached=true").body["items"]
    assert [(each["id"], each["breaches"]) for each in late] == [(number, 1)]

    before = court.available()
    done = court.decide(number)
    assert done.status == 200, done
    assert (done.body["state"], done.body["payer"], done.body["awarded"]) == (
        "decided",
        "supplier",
        money("20.00"),
    )
    [decision] = done.body["decisions"]
    assert (decision["clause"], decision["reversed"]) == ("DISP-2", False)
    assert decision["journal_id"]
    court.advance("PT48H")
    assert court.shows(number)["state"] == "paid"
    assert court.available() == before, "the buyer is paid, outside"
    assert_all_well(andon.database)

    paper = court.world.seller.get(f"{court.here}/disputes/{number}.pdf")
    assert (paper.status, paper.headers["Content-Type"]) == (200, "application/pdf")
    document = pypdfium2.PdfDocument(paper.raw)
    said = "".join(page.get_textpage().get_text_range() for page in document)
    for words in (
        "DISP-2",
        hashlib.sha256(PNG).hexdigest()[:20],
        "出库完好",
        "证据充分",
        "CNY 20.00",
        "质量问题",
    ):
        assert words in said, words


@pytest.mark.clause("DISP-3", "DISP-6", "DISP-7")
def test_the_carrier_answers_for_the_way(court: Court, andon: Running) -> None:
    number = court.open(court.world.seller, "delay")
    case = court.shows(number)
    assert (case["state"], case["handle_by"], case["liability"]["missing"]) == ("opened", None, ["tracking"])
    more = court.world.seller.post(
        f"{court.here}/disputes/{number}/evidence", {"evidence": [PHOTO | {"kind": "tracking"}]}
    )
    assert (more.status, more.body["state"]) == (201, "evidence")
    assert [each["id"] for each in court.world.carrier.get("/disputes").body["items"]] == [number]
    assert court.world.carrier.get(f"/disputes/{number}").body["waybills"] == ["W-1"]
    assert court.world.carrier.post(f"/disputes/{number}/answer", {"answer": "accept"}).status == 200
    assert court.world.first.get(f"/disputes/{number}").status == 404

    unknown = court.decide(number)
    assert (unknown.status, unknown.code) == (422, "rates.unknown")
    rate = {"base": "USD", "quote": "CNY", "valid_on": str(NOON.date()), "rate": "7.2"}
    assert court.operator.post("/rates", [rate]).status in (200, 201)
    too_much = court.decide(number, outcome="partial", amount=money("19.99"))
    assert too_much.status == 200, too_much
    assert too_much.body["awarded"] == money("19.99")
    rest = court.open(court.world.seller, "delay", evidence=[PHOTO | {"kind": "tracking"}])
    above = court.decide(rest, amount=money("16.02"))
    assert (above.status, above.code, above.body["most"]) == (422, "dispute.above_cap", money("16.01"))
    assert court.decide(rest).body["awarded"] == money("16.01"), "36.00 in all"
    before = court.available()
    court.advance("PT48H")
    assert float(court.available()) == pytest.approx(float(before) + 36)
    assert_all_well(andon.database)


@pytest.mark.clause("DISP-5")
def test_the_seller_pays_only_for_a_fault_that_is_shown_and_may_appeal_once(
    court: Court, andon: Running
) -> None:
    number = court.open(court.channel, "wrong_item", "30.00", evidence=[PHOTO])
    refused = court.decide(number, payer="seller")
    assert (refused.status, refused.code, refused.body["clause"]) == (409, "dispute.no_fault_shown", "DISP-5")
    answered = court.world.first.post(
        f"/disputes/{number}/answer", {"answer": "contest", "evidence": [LISTING]}
    )
    assert answered.body["liability"]["payer"] is None, "evidence against evidence"
    assert court.decide(number).code == "dispute.payer_needed"
    assert court.decide(number, payer="seller").body["payer"] == "seller"

    before = court.available()
    against = {"text": "页面无误"}
    own = court.operator.post(f"{court.here}/disputes/{number}/appeal", against)
    assert (own.status, own.code) == (403, "dispute.own_decision")
    assert court.world.seller.post(f"{court.here}/disputes/{number}/appeal", against).status == 200
    assert court.decide(number, payer="seller", outcome="partial", amount=money("10.00")).status == 200
    again = court.world.seller.post(f"{court.here}/disputes/{number}/appeal", against)
    assert (again.status, again.code) == (409, "dispute.appealed")
    assert court.available() == before
    court.advance("PT48H")
    court.advance("PT1S")
    assert float(court.available()) == pytest.approx(float(before) - 10), "of its funds, once it is final"
    kinds = {each["kind"] for each in court.world.seller.get(f"{court.here}/notices?limit=200").body["items"]}
    assert kinds >= {
        "dispute.opened",
        "dispute.answered",
        "dispute.decided",
        "dispute.appealed",
        "dispute.paid",
    }
    story = court.world.seller.get(f"{court.here}/orders/{court.order_id}/story").raw.decode()
    assert "错发" in story
    assert_all_well(andon.database)


def test_a_file_as_large_as_may_be_goes_in_and_comes_out_and_a_byte_more_does_not(court: Court) -> None:
    body = b"x" * LARGEST_FILE_BYTES
    shown = {"kind": "document", "content": base64.b64encode(body).decode()}
    number = court.open(court.world.seller, "other", evidence=[shown])
    [evidence] = court.shows(number)["evidence"]
    assert (evidence["size"], evidence["media_type"]) == (LARGEST_FILE_BYTES, "text/plain")
    served = court.world.seller.get(f"{court.here}/disputes/{number}/evidence/{evidence['id']}")
    assert served.raw == body
    more = {"kind": "document", "content": base64.b64encode(body + b"x").decode()}
    assert court.claims(court.world.seller, "other", evidence=[more]).code == "file.size"


def test_what_is_no_evidence_is_refused_and_nothing_is_left_of_it(court: Court, andon: Running) -> None:
    program = {"kind": "document", "content": base64.b64encode(b"MZ\x90\x00").decode()}
    for spoilt, code in (
        (program, "file.type"),
        ({"kind": "document", "content": "!!"}, "file.not_base64"),
    ):
        answer = court.claims(court.world.seller, "quality", evidence=[PHOTO, spoilt])
        assert (answer.status, answer.code) == (422, code)
    with transaction(andon.database) as tx:
        assert not tx.rows("select from disputes")
        assert not tx.rows("select from files")
    for claim, code in (
        ({"cause": "quality", "amount": "0.00"}, "dispute.claim"),
        ({"cause": "quality", "fulfilment_id": 4711}, "dispute.fulfilment"),
        ({"cause": "quality", "charges": [4711]}, "dispute.charge"),
    ):
        assert court.claims(court.world.seller, **claim).code == code  # type: ignore[arg-type]


def test_an_order_of_nobodys_is_not_disputed_and_a_channel_sees_its_own(court: Court) -> None:
    own = court.open(court.channel, "quality")
    other = court.open(court.world.seller, "quality")
    assert court.world.seller.post(f"{court.here}/disputes", {
        "order_id": 4711, "cause": "lost", "claim": money("1.00"),
    }).code == "order.not_found"  # fmt: skip
    seen = court.channel.get(f"{court.here}/disputes").body["items"]
    assert [each["id"] for each in seen] == [own]
    assert court.channel.get(f"{court.here}/disputes/{other}").status == 404
    assert court.channel.post(f"{court.here}/disputes/{other}/withdraw").status == 403
    assert court.world.seller.post(f"{court.here}/disputes/{other}/withdraw").body["state"] == "withdrawn"
    open_ones = court.world.seller.get(f"{court.here}/disputes?state=opened").body["items"]
    assert [each["id"] for each in open_ones] == [own]
    of_jit, of_others = (
        court.world.seller.get(f"{court.here}/disputes?jit={jit}").body["items"] for jit in ("true", "false")
    )
    assert ([each["id"] for each in of_jit], of_others) == ([own, other], [])
    pages = court.operator.get("/disputes?queue=jit&limit=1").body
    assert (len(pages["items"]), pages["next_cursor"]) == (1, None)
