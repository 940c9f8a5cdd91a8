"""`andon import` and `andon export`: files go in and out of an Andon over its API, with a file of what was refused."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from andon.kernel.http.sheets import Form
from tests.journeys.blackbox import Served, good, serial
from tests.journeys.blackbox_market import Market
from tests.journeys.sheets import SHEETS, in_form

pytest_plugins = ["tests.journeys.blackbox_fixtures"]

HEADER = "sku,title,mode,length_mm,width_mm,height_mm,weight_g,price.amount,price.currency"
REST = "Shirt,jit,1,2,3,4,49.90,CNY"


def run(market: Market, *arguments: str, status: int = 0) -> Any:
    """What a command says of this market's shop, as JSON."""
    where = (
        "--url",
        market.served.url,
        "--key",
        str(market.shop.key),
        "--shop",
        str(market.shop_id),
        "--json",
    )
    told = market.served.run(*arguments, *where, status=status)
    return json.loads(told) if told else None


def rows_in(file: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(file.read_bytes().decode(), newline="")))


def test_a_file_of_2300_rows_goes_in_and_the_refused_ones_come_back(market: Market, tmp_path: Path) -> None:
    bad = {5: "fast", 2000: "slow"}
    lines = [f"P-{n:04},{REST}".replace("jit", bad.get(n, "jit")) for n in range(2300)]
    file = tmp_path / "products.csv"
    file.write_text("\n".join([HEADER, *lines]))
    with market.served.unchanged():
        rehearsed = run(market, "import", "products", str(file), "--dry-run", status=1)
    assert rehearsed["dry_run"]
    told = run(market, "import", "products", str(file), status=1)
    assert (told["rows"], told["done"], told["refused"], told["codes"]) == (
        2300,
        2298,
        2,
        {"field.choice": 2},
    )
    rejects = tmp_path / "products-rejects.csv"
    assert told["rejects"] == str(rejects)
    rows = rows_in(rejects)
    assert [(row["error_row"], row["sku"], row["error_column"]) for row in rows] == [
        ("7", "P-0005", "mode"),
        ("2002", "P-2000", "mode"),
    ]
    with market.served.unchanged():  # the same file again is answered as it was
        assert run(market, "import", "products", str(file), status=1) == told
    rejects.write_text(rejects.read_text().replace("fast", "jit").replace("slow", "jit"))
    assert run(market, "import", "products", str(rejects))["done"] == 2

    for ending in (".csv", ".xlsx"):
        out = tmp_path / f"out{ending}"
        assert run(market, "export", "products", str(out))["rows"] == 2302
        assert not list(tmp_path.glob("*.part"))
        again = run(market, "import", "products", str(out), "--dry-run")
        assert (again["rows"], again["done"]) == (2302, 2302)
    page = openpyxl.load_workbook(tmp_path / "out.xlsx").active
    assert (page["B2"].value, page["I2"].value, page.max_row) == ("P-0000", 49.9, 2303)


@pytest.mark.parametrize("form", Form)
def test_the_rows_of_an_order_go_in_one_call(market: Market, tmp_path: Path, form: Form) -> None:
    orders = [market.order(("S-1", 1), ("S-2", 1), number=serial()) for _ in range(20)]
    orders.append(market.order(("NONE", 1), ("S-1", 1), number=serial()))
    file = tmp_path / f"orders{form.ending}"
    file.write_bytes(in_form(SHEETS["orders"], form, orders))
    told = run(market, "import", "orders", str(file), "--rejects", str(tmp_path / "no.csv"), status=1)
    assert (told["rows"], told["created"], told["refused"]) == (42, 20, 1)
    rows = rows_in(tmp_path / "no.csv")
    assert [(row["error_row"], row["error_code"]) for row in rows] == [
        ("42", "order.unknown_sku"),
        ("43", ""),
    ]
    out = tmp_path / "group.csv"
    asked = ("--where", "group=awaiting_shipment", "--where", f"supplier={market.suppliers[0]}")
    assert run(market, "export", "orders", str(out), *asked)["rows"] == 20


def test_what_cannot_be_is_said_in_one_line(served: Served, market: Market, tmp_path: Path) -> None:
    file = tmp_path / "x.csv"
    file.write_text("colour\nred\n")
    for arguments in (
        ("import", "products", str(file)),
        ("import", "nothing", str(file)),
        ("import", "products", str(tmp_path / "none.csv")),
        ("import", "products", str(tmp_path / "x.txt")),
        ("import", "products", str(file), "--rejects", str(file)),
        ("import", "scans", str(file)),
        ("export", "nothing", str(file)),
        ("export", "products", str(tmp_path / "none" / "x.csv")),
        ("export", "products", str(tmp_path / "y.csv"), "--where", "colour=red"),
    ):
        run(market, *arguments, status=1)
    assert file.read_text() == "colour\nred\n"
    assert [each.name for each in tmp_path.iterdir()] == ["x.csv"]
    assert good(market.shop.get(f"{market.here}/products"))["items"]
