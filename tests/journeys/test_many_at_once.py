"""Many at once: by JSON, CSV or XLSX alike, each with its answer; what is only rehearsed leaves nothing."""

import csv
import io
from typing import Any

import openpyxl
import pytest

from andon.kernel.http.sheets import Form
from tests.journeys.blackbox import Served, good, problem, serial
from tests.journeys.blackbox_market import Market, a_market
from tests.journeys.sheets import PRICE, SHEETS, Bulk, bulk_calls, in_form

pytest_plugins = ["tests.journeys.blackbox_fixtures"]
DRY = "?dry_run=true"
SHOWN = ("index", "status", "code", "state", "id")
REFUSED: dict[str, list[str | None]] = {
    "products": [None, "product.title", "product.currency", "money.too_precise", "product.twice", None],
    "mappings": [None, None, "mapping.not_found", "mapping.twice", "product.not_found", "mapping.not_bound", "supplier.unknown"],
    "stock": [None, "stock.changed", "stock.unknown_item", "stock.location", "stock.count", "stock.item_twice"],
    "supplier_stock": [None, "stock.changed", "stock.count", "stock.item_twice", "stock.unknown_item", "stock.owner"],
    "orders": [None, "order.unknown_sku", None, "order.out_of_stock"],
    "shop_fulfilments": [None, None, "remedy.not_needed", None, None, "remedy.not_needed", "fulfilment.supplied", "fulfilment.not_found", "fulfilment.not_found"],
    "returns": [None, "return.line_unknown", "return.order_unknown", "return.not_shipped"],
    "bindings": [None, None, "binding.not_found"],
    "ratings": [None, None, "rating.order", "rating.stars", "rating.rated_at"],
    "rates": [None, "rates.rate", "rates.currency", "rates.one_currency", "rates.twice", None],
}  # fmt: skip
"""Which items of these calls are refused, and with what."""


@pytest.fixture(scope="module")
def calls(served: Served) -> list[Bulk]:
    return list(bulk_calls(a_market(served), a_market(served)))


def shown(results: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{name: result[name] for name in SHOWN if result.get(name) is not None} for result in results]


def test_every_call_that_takes_a_sheet_is_among_these(served: Served, calls: list[Bulk]) -> None:
    assert {call.sheet.name for call in calls} == SHEETS.keys()
    listed = good(served.client().get("/templates"))["templates"]
    assert {each["name"] for each in listed} == SHEETS.keys()


def test_a_rehearsal_answers_the_same_in_every_form_and_leaves_nothing(
    served: Served, calls: list[Bulk]
) -> None:
    for call in calls:
        key = serial()
        with served.unchanged():
            by_json = good(call.by_json(DRY, Idempotency_Key=key))["results"]
            for form in Form:
                results = good(call.by_sheet(form, DRY, Idempotency_Key=key))["results"]
                assert shown(results) == shown(by_json), (call.path, form)
                assert [len(result["rows"]) for result in results] == [
                    len(item[call.sheet.rows]) if call.sheet.rows else 1 for item in call.items
                ]
        codes = [result.get("code") for result in by_json]
        assert codes == REFUSED.get(call.sheet.name, codes), call.path
        assert any(result["status"] != "refused" for result in by_json), call.path


def test_what_is_done_is_what_was_rehearsed_and_its_key_was_free(served: Served) -> None:
    for call in bulk_calls(a_market(served), a_market(served)):
        key = serial()
        rehearsed = good(call.by_json(DRY, Idempotency_Key=key))["results"]
        before = served.rows()
        done = call.by_sheet(Form.CSV, Idempotency_Key=key)
        assert shown(good(done)["results"]) == shown(rehearsed), call.path
        assert served.rows() != before, call.path
        if call.path.endswith("/orders/bulk"):
            assert [result.get("order_id") for result in rehearsed] == [None] * 4
            assert [result.get("order_id") is None for result in done.body["results"]] == [
                False,
                True,
                False,
                True,
            ]
        again = call.by_sheet(Form.CSV, Idempotency_Key=key)
        assert (again.raw, again.headers["Idempotent-Replayed"]) == (done.raw, "true")


def table_of(form: Form, raw: bytes) -> list[dict[str, Any]]:
    """The rows of a sheet that was answered, by the names in its header."""
    if form is Form.CSV:
        return list(csv.DictReader(io.StringIO(raw.decode(), newline="")))
    rows = list(openpyxl.load_workbook(io.BytesIO(raw)).active.iter_rows(values_only=True))
    return [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]


@pytest.mark.parametrize("form", Form)
def test_what_was_refused_comes_back_as_a_file_that_can_be_put_right_and_sent_again(
    market: Market, form: Form
) -> None:
    sheet = SHEETS["products"]
    path = f"{market.here}/products/bulk"
    size = {"length_mm": 1, "width_mm": 1, "height_mm": 1, "weight_g": 1}
    good_one = {"title": "Shirt", "mode": "jit", "price": PRICE} | size
    items = [
        {"sku": "0010", **good_one},
        {"sku": "0011", **good_one, "mode": "fast", "weight_g": 0},
        {"sku": "0012", **good_one, "price": {"amount": "1.00", "currency": "EUR"}},
    ]
    raw = in_form(sheet, form, items)
    answer = market.shop.call(
        "POST", path, raw=raw, Content_Type=form.value, Accept=form.value, Accept_Language="zh-CN"
    )
    assert (answer.status, answer.headers["Content-Type"].partition(";")[0]) == (200, form.value)
    assert answer.headers["Andon-Refused"] == "2"
    first, second = table_of(form, answer.raw)
    assert (str(first["error_row"]), first["sku"]) == ("3", "0011")
    assert set(first["error_column"].split("; ")) == {"mode", "weight_g"}
    assert set(first["error_code"].split("; ")) == {"field.choice", "field.range"}
    assert (str(second["error_row"]), second["error_code"]) == ("4", "product.currency")
    assert second["error_title"] == "价格须使用店铺币种"
    told = good(market.shop.call("POST", path, raw=answer.raw, Content_Type=form.value))["results"]
    assert [result["rows"] for result in told] == [[2], [3]]
    fixed = answer.raw.replace(b"fast", b"jit").replace(b"EUR", b"CNY").replace(b",0,", b",5,", 1)
    if form is Form.CSV:
        results = good(market.shop.call("POST", path, raw=fixed, Content_Type=form.value))["results"]
        assert [result["status"] for result in results] == ["done", "done"]
    listed = good(market.shop.get(f"{market.here}/products"))["items"]
    assert {"0010"} <= {each["sku"] for each in listed}


def test_the_file_of_rejects_also_answers_json(market: Market) -> None:
    order = market.order(("NONE", 1), ("S-1", 1), number=serial())
    body = {"orders": [order, market.order(number=serial())]}
    answer = market.shop.post(f"{market.here}/orders/bulk", body, Accept="text/csv")
    rows = table_of(Form.CSV, answer.raw)
    assert [row["lines.sku"] for row in rows] == ["NONE", "S-1"]
    assert [row["error_code"] for row in rows] == ["order.unknown_sku", ""]


@pytest.mark.parametrize("form", Form)
def test_a_list_that_is_exported_can_be_imported(market: Market, form: Form) -> None:
    for name in ("products", "mappings"):
        listed = market.shop.get(f"{market.here}/{name}", Accept=form.value)
        assert listed.headers["Content-Type"].partition(";")[0] == form.value
        with market.served.unchanged():
            path = f"{market.here}/{name}/bulk{DRY}"
            told = good(market.shop.call("POST", path, raw=listed.raw, Content_Type=form.value))
        assert {result["status"] for result in told["results"]} == {"done"}


def test_orders_are_listed_as_a_workbook(market: Market) -> None:
    market.sell()
    [row] = table_of(Form.XLSX, market.shop.get(f"{market.here}/orders", Accept=Form.XLSX.value).raw)
    assert (row["goods"], row["currency"], row["states"]) == (49.9, "CNY", "pushed")
    assert row["placed_at"].tzinfo is None


def test_sheets_that_are_none_are_refused_and_change_nothing(served: Served, calls: list[Bulk]) -> None:
    [call] = [call for call in calls if call.sheet.name == "products"]
    header = ",".join(column.name for column in call.sheet.columns).encode()
    with served.unchanged():
        for raw, kind, status, code in (
            (b"", "text/csv", 422, "sheet.empty"),
            (header, "text/csv", 422, "sheet.no_rows"),
            (header + b"\n" + b"x" * 8_400_000, "text/csv", 413, "request.too_large"),
            ("sku\n1".encode("utf-16"), "text/csv", 400, "request.not_utf8"),
            (header + b"\n", "text/csv; charset=gbk", 400, "request.not_utf8"),
            (header.replace(b"sku", b"SKU code"), "text/csv", 422, "sheet.unknown_column"),
            (b"PK", Form.XLSX.value, 400, "sheet.malformed"),
            (header, "application/vnd.ms-excel", 415, "request.not_json"),
        ):
            problem(call.caller.call("POST", call.path, raw=raw, Content_Type=kind), status, code)
        one_of_none = header + b"\n" + b"\n".join(b"%d" % number for number in range(1001))
        problem(
            call.caller.call("POST", call.path, raw=one_of_none, Content_Type="text/csv"),
            422,
            "sheet.too_many",
        )
        packed = call.caller.call(
            "POST", call.path, raw=header, Content_Type="text/csv", Content_Encoding="gzip"
        )
        problem(packed, 415, "request.not_json")
        nobody = served.client().call("POST", call.path, raw=header, Content_Type="text/csv")
        problem(nobody, 401, "credentials.missing")
    refused = call.caller.call("POST", f"{call.path}?dry_run=perhaps", call.items)
    problem(refused, 422, "request.invalid")


def test_a_call_that_takes_no_sheet_takes_none(market: Market) -> None:
    answer = market.shop.call("PUT", f"{market.here}/plan", raw=b"lines\nx", Content_Type="text/csv")
    problem(answer, 415, "request.not_json")


def test_templates_are_there_for_anybody_and_no_others(served: Served) -> None:
    anyone = served.client()
    for name in SHEETS:
        for form in Form:
            answer = anyone.get(f"/templates/{name}{form.ending}")
            assert answer.headers["Content-Type"].partition(";")[0] == form.value
            assert f'"{name}{form.ending}"' in answer.headers["Content-Disposition"]
    problem(anyone.get("/templates/none.csv"), 404, "not_found")
