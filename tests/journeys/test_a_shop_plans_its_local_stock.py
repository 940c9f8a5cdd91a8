"""A shop looks what to have in its own warehouse, and how its last weeks would have gone without its suppliers."""

import csv
import io
from datetime import timedelta

import openpyxl
import pytest

from andon.kernel.http.sheets import XLSX_TYPE
from tests.journeys.blackbox import Served, good, problem
from tests.journeys.blackbox_market import Market, a_market

pytest_plugins = ["tests.journeys.blackbox_fixtures"]
COLUMNS = ["sku", "title", "mode", "demand_a_day", "sold_days", "quantity", "available", "missing"]


@pytest.fixture(scope="module")
def sold(served: Served) -> Market:
    """A shop that has sold three of one product a day for twenty days, and counted two in its own warehouse."""
    market = a_market(served, suppliers=1, stock=1_000)
    now = served.now
    placed = [
        market.order(("S-1", 3), placed_at=(now - timedelta(days=ago)).isoformat()) for ago in range(1, 21)
    ]
    assert {each["status"] for each in market.place(*placed)} == {"created"}
    good(market.shop.put(f"{market.here}/stock/S-1", {"location": "local", "counted": 2}))
    return market


@pytest.mark.clause("MOVE-3")
def test_the_plan_is_a_list_a_sheet_and_a_workbook(sold: Market) -> None:
    here = f"{sold.here}/stock_plan"
    plan = good(sold.shop.get(here))
    assert (plan["horizon_days"], plan["service_level"], plan["next_cursor"]) == (7, 0.95, None)
    first = next(item for item in plan["items"] if item["sku"] == "S-1")
    assert 21 <= first["quantity"] <= 45
    assert (first["available"], first["missing"]) == (2, first["quantity"] - 2)
    others = [item for item in plan["items"] if item["sku"] != "S-1"]
    assert {item["quantity"] for item in others} == {0}

    longer = good(sold.shop.get(f"{here}?horizon=28&service_level=0.99"))
    assert next(item for item in longer["items"] if item["sku"] == "S-1")["quantity"] > 2 * first["quantity"]

    answer = sold.shop.get(f"{here}?limit=1", Accept="text/csv")
    rows = list(csv.DictReader(io.StringIO(answer.raw.decode())))
    assert (list(rows[0]), len(rows)) == (COLUMNS, 1)
    assert 'rel="next"' in answer.headers["Link"]

    workbook = openpyxl.load_workbook(io.BytesIO(sold.shop.get(here, Accept=XLSX_TYPE).raw))
    sheet = workbook.worksheets[0]
    header, *lines = sheet.iter_rows(values_only=True)
    assert {sheet["D2"].number_format, sheet["D3"].number_format} == {"0.00####"}
    assert list(header) == COLUMNS
    assert {line[0]: line[5] for line in lines} == {item["sku"]: item["quantity"] for item in plan["items"]}
    whole = sold.shop.get(f"{here}.xlsx?horizon=28&service_level=0.99")
    assert "28d.xlsx" in whole.headers["Content-Disposition"]
    rows_of_all = openpyxl.load_workbook(io.BytesIO(whole.raw)).worksheets[0].iter_rows(values_only=True)
    assert [line[5] for line in rows_of_all][1:] == [item["quantity"] for item in longer["items"]]

    problem(sold.shop.get(f"{here}?horizon=0"), 422, "request.invalid")
    problem(sold.shop.get(f"{here}?service_level=1"), 422, "request.invalid")


@pytest.mark.clause("MOVE-2")
def test_the_past_is_replayed_under_each_way_and_the_same_seed_tells_the_same(sold: Market) -> None:
    here = f"{sold.here}/what_if?days=20"
    found = good(sold.shop.get(here))
    assert (found["orders"], found["seed"]) == (20, 1)
    assert good(sold.shop.get(here)) == found
    assert good(sold.shop.get(f"{here}&seed=2"))["ways"] != found["ways"]
    ways = {way["way"]: way for way in found["ways"]}
    assert list(ways) == ["jit", "smart", "standard", "mixed"]
    # A new shop has no past of its own to go by: the guide's means, and what the lines promise.
    assert {spread["basis"] for spread in found["spreads"]} == {"guide", "promise"}
    jit, standard = ways["jit"]["days_to_ship"]["mean"], ways["standard"]["days_to_ship"]["mean"]
    assert jit["low"] < 3.2 < jit["high"] < standard["value"]
    # In its first week nothing had been sold before, so that nothing was stocked; suppliers step in.
    assert ways["smart"]["stock_outs"]["value"] >= 7
    assert ways["mixed"]["stock_outs"]["value"] == 0
    assert ways["jit"]["cost"]["value"]["currency"] == "CNY"
    problem(sold.shop.get(f"{sold.here}/what_if?days=91"), 422, "request.invalid")
