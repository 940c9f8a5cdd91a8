"""A seller asks why a fee is not settled, the carrier answers, the month ends, and every cent of it stands on its statement."""

import csv
import io
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from tests.clients import Answer, Client, key_for
from tests.journeys.conftest import Running
from tests.signatures import pdfsig
from tests.worlds import transaction
from tests.worlds_audit import assert_all_well
from tests.worlds_money import CARRIER
from tests.worlds_orders import accept, incoming, part_of
from tests.worlds_partners import open_demo_shop

LABEL = {"carrier": CARRIER, "weight_g": 350, "length_mm": 200, "width_mm": 150, "height_mm": 40}


@dataclass
class Town:
    """A shop with two shipped orders, the second of an alarming number, and everybody's clients."""

    shop_id: int
    shop: Client
    carrier: Client
    other_carrier: Client
    operator: Client

    def get(self, rest: str, **headers: str) -> Answer:
        return self.shop.get(f"/shops/{self.shop_id}{rest}", **headers)

    def post(self, rest: str, body: Any = None) -> Answer:
        return self.shop.post(f"/shops/{self.shop_id}{rest}", body)

    def advance(self, by: str) -> None:
        assert self.operator.post("/clock/advance", {"by": by}).status == 200

    def charges(self, query: str = "") -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = self.get(f"/charges{query}").body["items"]
        return items

    def funds(self) -> str:
        amount: str = self.get("/funds").body["available"]["amount"]
        return amount


@pytest.fixture
def town(andon: Running, operator: Client) -> Town:
    with transaction(andon.database) as tx:
        shop = open_demo_shop(tx, suppliers=1)
        numbers = accept(tx, shop.shop_id, incoming("A-1", "S-1"), incoming("=1+1", "S-1"))
        parts = [part_of(tx, shop.shop_id, number).fulfilment_id for number in numbers]
    supplier = operator.of(key_for(andon.database, "supplier", shop.supplier_ids[0]))
    made = Town(
        shop.shop_id,
        operator.of(key_for(andon.database, "shop", shop.shop_id)),
        operator.of(key_for(andon.database, "carrier", CARRIER)),
        operator.of(key_for(andon.database, "carrier", "yanwen")),
        operator,
    )
    now = operator.get("/clock").body["now"]
    for place, number in enumerate(parts, start=1):
        assert supplier.post(f"/supplier/fulfilments/{number}/accept").status == 200
        label = LABEL | {"waybill": f"W-{place}"}
        assert supplier.post(f"/supplier/fulfilments/{number}/labelled", label).status == 200
        scan = {"waybill": f"W-{place}", "status": "collected", "occurred_at": now}
        assert made.carrier.post(f"/carriers/{CARRIER}/scans", [scan]).status == 200
    assert made.post("/funds/deposits", {"amount": {"amount": "100.00", "currency": "CNY"}}).status == 201
    made.advance("PT1S")
    return made


def settled_march(town: Town) -> None:
    """Both orders delivered by what their carrier answers, and settled; the clock stands on the 2nd of April."""
    town.advance("P5D")
    now = town.operator.get("/clock").body["now"]
    for charge in town.charges("?kind=freight"):
        number = town.post(f"/charges/{charge['id']}/enquiry").body["number"]
        said = {"answer": "delivered", "occurred_at": now, "note": "放在门卫"}
        assert town.carrier.post(f"/carriers/{CARRIER}/enquiries/{number}/answer", said).status == 200
    town.advance("P25D")
    assert {charge["state"] for charge in town.charges()} == {"settled"}


@pytest.mark.clause("FEE-5")
def test_a_late_delivery_is_asked_about_and_the_carriers_answer_settles_the_fee(town: Town) -> None:
    assert town.charges("?evidence_late=true") == []
    town.advance("P11D")
    late = town.charges("?evidence_late=true&kind=freight")
    assert {(each["reason"], each["evidence"]["status"], each["evidence_late"]) for each in late} == {
        ("no_delivery_evidence", "collected", True)
    }
    charge = late[0]
    asked = town.post(f"/charges/{charge['id']}/enquiry", {"text": "已签收？"})
    assert (asked.status, asked.body["number"], asked.body["state"]) == (201, "CJ-LOG-2026-00001", "opened")
    assert town.post(f"/charges/{charge['id']}/enquiry").body == asked.body
    [own] = town.get("/enquiries?state=opened").body["items"]
    assert own == asked.body

    here = f"/carriers/{CARRIER}/enquiries"
    [told] = town.carrier.get(here).body["items"]
    assert (told["number"], told["waybill"], told["status"], told["text"]) == (
        "CJ-LOG-2026-00001", charge["evidence"]["waybill"], "collected", "已签收？",
    )  # fmt: skip
    assert not {"order_id", "shop_id", "fulfilment_id"} & told.keys()
    assert "Lucía" not in town.carrier.get(here).raw.decode()
    # Another carrier's number is as nobody's.
    answer = f"{here}/CJ-LOG-2026-00001/answer"
    assert town.other_carrier.get("/carriers/yanwen/enquiries").body["items"] == []
    stranger = town.other_carrier.post(
        "/carriers/yanwen/enquiries/CJ-LOG-2026-00001/answer", {"answer": "lost"}
    )
    assert (stranger.status, stranger.code) == (404, "enquiry.not_found")
    assert town.other_carrier.post(answer, {"answer": "lost"}).status == 404

    now = town.operator.get("/clock").body["now"]
    assert town.carrier.post(answer, {"answer": "delivered", "occurred_at": now}).status == 200
    town.advance("PT1S")
    [seen] = [each for each in town.charges() if each["id"] == charge["id"]]
    assert (seen["state"], seen["reason"]) == ("due", "not_yet_due")
    assert town.charges("?evidence_late=true&kind=freight") != [seen]
    assert town.get("/enquiries?state=answered").body["items"][0]["answer"] == "delivered"
    assert "enquiry.answered" in town.get("/notices").raw.decode()


@pytest.mark.clause("FEE-5")
def test_the_month_is_issued_by_itself_and_reads_the_same_in_every_form(
    town: Town, andon: Running, tmp_path: Path
) -> None:
    draft = town.get("/statements/2026-03").body
    assert (draft["state"], draft["issued_at"], draft["line_count"]) == ("draft", None, 1)
    settled_march(town)
    [listed] = town.get("/statements/issued").body["items"]
    assert (listed["month"], listed["issued_at"]) == ("2026-03", "2026-03-31T16:00:00Z")

    whole = town.get("/statements/2026-03").body
    [balance] = whole["balances"]
    assert (whole["state"], whole["number"], whole["line_count"]) == ("issued", listed["number"], 7)
    assert (balance["opening"]["amount"], balance["closing"]["amount"]) == ("0.00", town.funds())
    lines = whole["lines"]
    assert sum(Decimal(line["amount"]["amount"]) for line in lines) == Decimal(town.funds())
    assert lines[-1]["balance"]["amount"] == town.funds()
    freight = [line for line in lines if line["kind"] == "freight"]
    assert {(line["channel_order_no"], line["waybill"], line["clause"]) for line in freight} == {
        ("A-1", "W-1", "FEE-3"), ("=1+1", "W-2", "FEE-3"),
    }  # fmt: skip
    fees = town.get("/statements/2026-03?type=service_fee").body
    assert (fees["line_count"], len(fees["lines"]), fees["balances"]) == (6, 6, whole["balances"])
    assert {each["kind"] for each in fees["subtotals"]} == {"handling", "warehouse", "freight"}
    assert town.get("/statements/2026-03?type=gold").status == 422

    rows = list(csv.DictReader(io.StringIO(town.get("/statements/2026-03.csv").raw.decode())))
    assert [(row["date"], row["kind"], row["amount"], row["balance"]) for row in rows] == [
        (line["date"], line["kind"], line["amount"]["amount"], line["balance"]["amount"]) for line in lines
    ]
    assert {row["channel_order_no"] for row in rows} == {"", "A-1", "'=1+1"}
    assert town.get("/statements/2026-03", Accept="text/csv").raw == town.get("/statements/2026-03.csv").raw

    book_reads_the_same(town.get("/statements/2026-03.xlsx").raw, lines)
    pdf = town.get("/statements/2026-03.pdf")
    assert pdf.raw == town.get("/statements/2026-03.pdf").raw
    assert "Signature is Valid." in pdfsig(
        tmp_path, pdf.raw, town.shop.get("/documents/authority.pem").raw.decode()
    )
    assert_all_well(andon.database)


def book_reads_the_same(raw: bytes, lines: list[dict[str, Any]]) -> None:
    book = load_workbook(io.BytesIO(raw))
    assert book.sheetnames == ["summary", "lines"]
    sheet = book["lines"]
    assert sheet.freeze_panes == "A2"
    header, *rows = sheet.iter_rows()
    place = {cell.value: number for number, cell in enumerate(header)}
    amount = [row[place["amount"]] for row in rows]
    assert [Decimal(str(cell.value)) for cell in amount] == [
        Decimal(line["amount"]["amount"]) for line in lines
    ]
    assert {(cell.data_type, cell.number_format) for cell in amount} == {("n", "#,##0.00")}
    assert all(row[place["date"]].is_date for row in rows)
    orders = [row[place["channel_order_no"]] for row in rows]
    assert [cell.value for cell in orders] == [line["channel_order_no"] for line in lines]
    assert {cell.data_type for cell in orders if cell.value} == {"s"}
    totals = [[cell.value for cell in row] for row in book["summary"].iter_rows()]
    assert ["freight", 2, -59.8, "CNY"] in totals


@pytest.mark.clause("FEE-5")
def test_a_statement_stays_as_it_is_and_a_period_is_as_it_is_now(town: Town) -> None:
    settled_march(town)
    issued, paper = town.get("/statements/2026-03"), town.get("/statements/2026-03.pdf")
    assert town.post("/funds/deposits", {"amount": {"amount": "9.00", "currency": "CNY"}}).status == 201
    assert town.get("/statements/2026-03").raw == issued.raw
    assert town.get("/statements/2026-03.pdf").raw == paper.raw
    april = town.get("/statements/2026-04").body
    assert april["balances"][0]["opening"] == issued.body["balances"][0]["closing"]
    assert [line["kind"] for line in april["lines"]] == ["deposit"]

    both = town.get("/statements?from=2026-03-01&until=2026-05-01").body
    assert (both["state"], both["line_count"]) == ("period", issued.body["line_count"] + 1)
    assert both["lines"] == issued.body["lines"] + april["lines"]
    only = town.get("/statements?from=2026-03-01&until=2026-05-01&type=deposit", Accept="text/csv")
    assert len(list(csv.reader(io.StringIO(only.raw.decode())))) == 1 + 2
    backwards = town.get("/statements?from=2026-05-01&until=2026-05-01")
    assert (backwards.status, backwards.code) == (422, "statement.period")
    so_far = town.get("/statements").body
    assert (so_far["since"], so_far["until"], so_far["lines"]) == ("2026-04-01", "2026-04-02", april["lines"])
    draft = town.get("/statements/2026-04.pdf")
    assert (draft.status, b"/ByteRange" in draft.raw, b"/ByteRange" in paper.raw) == (200, False, True)


def test_months_that_are_none_and_others_statements_are_not_found(town: Town, andon: Running) -> None:
    for path in ("2026-02", "2026-04", "2026-04.pdf", "2026-02.csv", "2099-12.xlsx"):
        answer = town.get(f"/statements/{path}")
        assert (answer.status, answer.code) == (404, "statement.not_found"), path
    for path in ("2026-13", "march", "2026-3", "2026-00.csv", "2026-03.doc"):
        assert town.get(f"/statements/{path}").status == 422, path
    with transaction(andon.database) as tx:
        other = open_demo_shop(tx, suppliers=1)
    stranger = town.operator.of(key_for(andon.database, "shop", other.shop_id))
    for path in ("2026-03", "2026-03.pdf", "2026-03.csv", "2026-03.xlsx", "issued"):
        assert stranger.get(f"/shops/{town.shop_id}/statements/{path}").status == 404
        assert town.carrier.get(f"/shops/{town.shop_id}/statements/{path}").status == 403
    assert stranger.get(f"/shops/{town.shop_id}/enquiries").status == 404
