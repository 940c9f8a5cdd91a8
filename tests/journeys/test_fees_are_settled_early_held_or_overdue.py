"""A seller settles today, is told what is missing, and leaves with a fee in dispute; who is owed something reads it always."""

import csv
import io
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pypdfium2
import pytest
from openpyxl import load_workbook

from andon.kernel.db import Database
from andon.kernel.money import Money
from andon.money.ledger.rules import SHOP_FUNDS, Posting, supplier_account
from andon.money.ledger.service import post
from andon.money.settlement.service import dispute_charges, release_charges
from tests.clients import Client
from tests.journeys.blackbox import good
from tests.journeys.conftest import Running
from tests.journeys.market import LABEL, World
from tests.signatures import pdfsig
from tests.worlds import transaction
from tests.worlds_audit import assert_all_well

HUNDRED = {"amount": {"amount": "100.00", "currency": "CNY"}}


@dataclass
class Owing:
    """A shop without funds whose one JIT order was delivered: three fees are fixed, and due in three days."""

    world: World
    operator: Client
    database: Database
    here: str

    def post(self, path: str, body: Any = None, status: int = 200) -> Any:
        return good(self.world.seller.post(f"{self.here}{path}", body), status)

    def get(self, path: str) -> Any:
        return good(self.world.seller.get(f"{self.here}{path}"))

    def advance(self, by: str) -> None:
        good(self.operator.post("/clock/advance", {"by": by}))

    def now(self) -> datetime:
        return datetime.fromisoformat(good(self.operator.get("/clock"))["now"])

    def charges(self, state: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.get(f"/charges?state={state}")["items"]
        return found

    def unbind(self) -> None:
        for binding in self.get("/bindings")["items"]:
            letter = self.post(f"/bindings/{binding['id']}/end")["letter_id"]
            self.post(f"/letters/{letter}/sign", {"name": "李雷"})

    def dispute(self, *numbers: int) -> list[int]:
        with transaction(self.database, self.now()) as tx:
            tx.hold(self.world.shop.shop_id)
            return dispute_charges(tx, self.world.shop.shop_id, numbers, 1)


@pytest.fixture
def owing(andon: Running, operator: Client, world: World, database: Database) -> Owing:
    here = f"/shops/{world.shop.shop_id}"
    world.sell("1")
    [mine] = world.first.get("/supplier/fulfilments?state=pushed").body["items"]
    at = f"/supplier/fulfilments/{mine['id']}"
    good(world.first.post(f"{at}/accept"))
    good(world.first.post(f"{at}/labelled", LABEL | {"waybill": "W-1"}))
    good(operator.post("/clock/advance", {"by": "PT30H"}))
    assert world.scan(("W-1", "collected", 1), ("W-1", "delivered", 29)) == ["recorded"] * 2
    good(operator.post("/clock/advance", {"by": "PT1S"}))
    return Owing(world, operator, database, here)


@pytest.mark.clause("EXIT-2", "FEE-4")
def test_a_seller_settles_today_and_leaves(owing: Owing) -> None:
    number = owing.post("/exits", {"reason": "strategy"}, 201)["id"]
    owing.unbind()
    owing.advance("PT1S")
    seen = owing.get(f"/exits/{number}")
    assert {each["remedy"]["call"] for each in seen["blockers"]} == {
        f"POST /v1{owing.here}/charges/settle_early"
    }
    due = [charge["id"] for charge in owing.charges("due")]
    assert len(due) == 3

    refused = owing.post("/charges/settle_early", {"charges": [*due, 4711]})
    assert (refused["journal_id"], refused["count"], refused["totals"]) == (None, 0, [])
    assert [(each["status"], each["code"]) for each in refused["results"]] == [
        *[("refused", "charge.not_covered")] * 3,
        ("refused", "charge.not_found"),
    ]
    for neither in ({}, {"charges": due, "all": True}):
        answer = owing.world.seller.post(f"{owing.here}/charges/settle_early", neither)
        assert (answer.status, answer.code) == (422, "charges.which")

    owing.post("/funds/deposits", HUNDRED, 201)
    first = owing.post("/charges/settle_early", {"charges": due[:1]})
    assert (first["count"], first["results"][0]["status"]) == (1, "settled")
    rest = owing.post("/charges/settle_early", {"all": True})
    assert (rest["count"], rest["results"]) == (2, [])
    assert owing.get(f"/exits/{number}")["blockers"] == []
    assert owing.post(f"/exits/{number}/switch_off")["ticket"]
    assert_all_well(owing.database)


@pytest.mark.clause("FEE-5")
def test_a_seller_is_told_what_is_missing_and_a_deposit_settles_it(owing: Owing) -> None:
    contact = {"email": "li@shop.test", "locale": "zh-CN", "role": "finance"}
    good(owing.world.seller.put(f"{owing.here}/contacts", [contact]))
    owing.advance("P4D")
    funds = owing.get("/funds")
    [missing] = funds["missing"]
    owed = sum(Money.of(each["amount"]["amount"], "CNY").minor for each in owing.charges("due"))
    assert Money.of(missing["amount"], "CNY").minor == owed
    due_at = owing.charges("due")[0]["due_at"]
    assert (funds["overdue_since"], funds["settle_at"]) == (due_at, None)
    assert {each["overdue_at"] for each in owing.charges("due")} == {due_at}
    told = [each for each in owing.get("/notices")["items"] if each["kind"] == "charges.overdue"]
    assert [each["facts"]["missing"] for each in told] == [f"CNY {missing['amount']}"]
    letters = [
        each for each in good(owing.operator.get("/outbox"))["items"] if each["kind"] == "charges.overdue"
    ]
    assert [each["to"] for each in letters] == ["li@shop.test"]

    owing.post("/funds/deposits", HUNDRED, 201)
    owing.advance("PT1S")
    funds = owing.get("/funds")
    assert (funds["overdue_since"], funds["missing"], owing.charges("due")) == (None, [], [])
    assert_all_well(owing.database)


@pytest.mark.clause("EXIT-2", "EXIT-6")
def test_a_seller_leaves_with_a_fee_in_dispute_once_its_amount_is_held(owing: Owing) -> None:
    number = owing.post("/exits", {"reason": "strategy"}, 201)["id"]
    owing.unbind()
    disputed = owing.dispute(*(charge["id"] for charge in owing.charges("due")))
    assert len(disputed) == 3
    [*blockers] = owing.get(f"/exits/{number}")["blockers"]
    assert {(each["code"], each["owner"]) for each in blockers} == {("unsettled_fee", "seller")}
    assert {each["remedy"]["call"] for each in blockers} == {f"POST /v1{owing.here}/funds/deposits"}
    assert owing.world.seller.post(f"{owing.here}/exits/{number}/switch_off").code == "exit.blocked"

    # Money comes: what is disputed is held of it, and neither withdrawn nor in the way.
    owing.post("/funds/deposits", HUNDRED, 201)
    owing.advance("PT1S")
    funds = owing.get("/funds")
    held = Money.of(funds["secured"]["amount"], "CNY")
    assert Money.of(funds["available"]["amount"], "CNY") + held == Money.of("100.00", "CNY")
    refused = owing.world.seller.post(f"{owing.here}/funds/withdrawals", HUNDRED)
    assert refused.code == "funds.insufficient"
    blockers = owing.get(f"/exits/{number}")["blockers"]
    assert {(each["code"], each["blocking"]) for each in blockers} == {("secured_fee", False)}
    owing.post(f"/exits/{number}/switch_off")
    owing.advance("P3D")
    done = owing.get(f"/exits/{number}")
    assert done["state"] == "done"
    evidence = next(each["evidence"] for each in done["checks"] if each["check"] == "nothing_is_open")
    assert evidence == {"blockers": {}, "secured_fees": 3}
    assert_all_well(owing.database)

    # The dispute is decided long after: what is owed is settled of what was held, what is not comes back.
    first, *others = disputed
    with transaction(owing.database, owing.now()) as tx:
        tx.hold(owing.world.shop.shop_id)
        release_charges(tx, owing.world.shop.shop_id, {first: "waived"} | dict.fromkeys(others, "owed"))
    owing.advance("P3D")
    assert (len(owing.charges("settled")), len(owing.charges("waived"))) == (2, 1)
    assert owing.get("/funds")["secured"]["amount"] == "0.00"
    assert_all_well(owing.database)


def shown_on_paper(owing: Owing, folder: Path) -> None:
    """The same over a period as a signed paper and as a workbook, of the one who is owed alone."""
    day = timedelta(days=1)
    period = urlencode(
        {"from": (owing.now() - 30 * day).isoformat(), "until": (owing.now() + day).isoformat()}
    )
    paper = owing.world.first.get(f"/supplier/payables/statement.pdf?{period}")
    trusted = owing.world.first.get("/documents/authority.pem").raw.decode()
    assert "Signature is Valid." in pdfsig(folder, paper.raw, trusted)
    said = pypdfium2.PdfDocument(paper.raw)[0].get_textpage().get_text_bounded()
    assert "20.00" in said
    assert "应付账款明细" in said
    book = owing.world.first.get(f"/supplier/payables/statement.xlsx?{period}")
    header, line = load_workbook(io.BytesIO(book.raw)).active.values
    assert dict(zip(header, line, strict=True))["amount.amount"] == 20
    far = period.replace("2026", "2020", 1)
    refused = owing.world.first.get(f"/supplier/payables/statement.pdf?{far}")
    assert (refused.status, refused.code) == (422, "payables.period")


def test_who_is_owed_something_reads_it_and_is_paid_also_after_the_binding(
    owing: Owing, tmp_path: Path
) -> None:
    world, shop = owing.world, owing.world.shop.shop_id
    owing.post("/funds/deposits", HUNDRED, 201)
    owing.post("/charges/settle_early", {"all": True})
    supplier = world.shop.supplier_ids[0]
    with transaction(owing.database, owing.now()) as tx:
        tx.hold(shop)
        goods = Posting(SHOP_FUNDS, supplier_account(supplier), Money.of("20.00", "CNY"), "goods.settled")
        post(tx, shop, [goods])
    owing.unbind()
    owing.advance("PT1S")

    [mine] = good(world.first.get("/supplier/payables"))["items"]
    assert (mine["shop_id"], mine["balance"]["amount"]) == (shop, "20.00")
    [line] = good(world.first.get("/supplier/payables/statement"))["items"]
    assert (line["cause"], line["amount"]["amount"], line["order_id"]) == ("goods.settled", "20.00", None)
    assert good(world.second.get("/supplier/payables"))["items"] == []
    shown_on_paper(owing, tmp_path)
    assert world.first.get("/carriers/cainiao/payables").status == 403
    assert world.first.get(f"/shops/{shop}/charges").status in (403, 404)

    [owed] = good(world.carrier.get("/carriers/cainiao/payables"))["items"]
    [freight] = good(world.carrier.get("/carriers/cainiao/payables/statement"))["items"]
    assert (freight["waybill"], freight["charge"], freight["amount"]) == ("W-1", "freight", owed["balance"])
    assert world.carrier.get("/carriers/dhl/payables").status == 404

    paid = {"party": "carrier", "party_id": "cainiao", "amount": owed["balance"], "reference": "PAY-1"}
    assert world.carrier.post("/payouts", paid).status == 403
    booked = good(owing.operator.post("/payouts", paid), 201)
    assert booked["shares"] == [{"shop_id": shop, "amount": owed["balance"]}]
    assert good(owing.operator.post("/payouts", paid), 201) == booked
    assert owing.operator.post("/payouts", paid | {"reference": "PAY-2"}).code == "payout.exceeds"
    of_supplier = good(owing.operator.get(f"/suppliers/{supplier}/payables"))["items"]
    assert of_supplier == [mine]
    sheet = world.carrier.get("/carriers/cainiao/payables/statement", Accept="text/csv")
    rows = list(csv.DictReader(io.StringIO(sheet.raw.decode("utf-8-sig"))))
    assert [row["reference"] for row in rows] == ["", "PAY-1"]
    until = good(owing.operator.get("/clock"))["now"]
    path = f"/carriers/cainiao/payables/statement?from=2026-01-01T00:00:00Z&until={until}"
    assert good(world.carrier.get(path))["items"] == [freight], "what was booked just now comes after"
    assert_all_well(owing.database)
