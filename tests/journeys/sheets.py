"""Each call that takes a sheet, with items of which some are refused; and the same items in each form."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any, NamedTuple

from andon.app.web import bare_app
from andon.kernel.http.routes import Route
from andon.kernel.http.sheets import Form, Sheet, rows_of, written
from tests.clients import Answer, Client
from tests.journeys.blackbox import serial
from tests.journeys.blackbox_market import CARRIER, SIZE, SPAIN, Market

SHEETS: dict[str, Sheet] = {
    route.sheet.name: route.sheet
    for route in bare_app().routes
    if isinstance(route, Route) and route.sheet is not None
}
PRICE = {"amount": "49.90", "currency": "CNY"}
NOBODYS = 2**62


class Bulk(NamedTuple):
    """One bulk call: who makes it, where, of which sheet, with what."""

    caller: Client
    path: str
    sheet: Sheet
    items: list[dict[str, Any]]

    @property
    def body(self) -> Any:
        return {self.sheet.within: self.items} if self.sheet.within else self.items

    def by_json(self, query: str = "", **headers: str) -> Answer:
        return self.caller.call("POST", self.path + query, self.body, **headers)

    def by_sheet(self, form: Form, query: str = "", **headers: str) -> Answer:
        raw = in_form(self.sheet, form, self.items)
        return self.caller.call("POST", self.path + query, raw=raw, Content_Type=form.value, **headers)


def in_form(sheet: Sheet, form: Form, items: list[dict[str, Any]]) -> bytes:
    """Items as a sheet."""
    rows = [row for item in items for row in rows_of(sheet, item)]
    return written(form, [column.name for column in sheet.columns], rows, sheet.columns)


def own_part(market: Market) -> int:
    """A fulfilment that the shop ships from its own location."""
    product = {"title": "Own", "mode": "standard", "price": PRICE} | SIZE
    market.shop.put(f"{market.here}/products/OWN", product)
    market.shop.put(f"{market.here}/stock/OWN", {"location": "local", "counted": 10})
    return int(market.part(market.sell(("OWN", 1)))["id"])


def given_up_part(market: Market) -> int:
    """A fulfilment that waits, as no supplier has taken it."""
    order = market.sell()
    for by in range(2):
        market.tell(market.parts(order)[-1]["id"], "reject", {"code": "other"}, by=by)
    return int(market.parts(order)[-1]["id"])


def bulk_calls(market: Market, other: Market) -> Iterator[Bulk]:
    """Every bulk call with good items, ones that are refused, another tenant's, and ones that come twice."""
    here, shop, supplier, channel = market.here, market.shop, market.supplier[0], market.channel
    orders = [market.sell() for _ in range(6)]
    parts = [market.part(order)["id"] for order in orders]
    theirs = other.sell()
    theirs_part = other.part(theirs)["id"]
    market.tell(parts[1], "accept")
    shop.post(f"{here}/orders/{orders[1]}/cancel", {"reason": "buyer"})
    market.tell(parts[2], "accept")

    own, given_up = own_part(market), given_up_part(market)
    sent = market.sell()
    measured = market.label(market.part(sent)["id"])
    market.scan(measured, ("collected", market.served.now))
    rated = market.sell()

    def bulk(caller: Client, path: str, name: str, *items: dict[str, Any]) -> Bulk:
        return Bulk(caller, path, SHEETS[name], list(items))

    product = {"title": "Shirt", "mode": "jit", "price": PRICE} | SIZE
    yield bulk(
        shop, f"{here}/products/bulk", "products",
        {"sku": "007", **product},
        {"sku": "S-1", **product, "title": " \t"},
        {"sku": "009", **product, "price": {"amount": "1.00", "currency": "EUR"}},
        {"sku": "010", **product, "price": {"amount": "1.005", "currency": "CNY"}},
        {"sku": "007", **product, "title": "again"},
        {"sku": "=1+1", **product},
    )  # fmt: skip
    mapping = {
        "action": "put",
        "supplier_id": market.suppliers[0],
        "supplier_sku": "I-9",
        "units": 1,
        "priority": 1,
    }
    yield bulk(
        shop, f"{here}/mappings/bulk", "mappings",
        {"sku": "S-1", **mapping, "supply_price": PRICE},
        {"sku": "S-2", "action": "delete", "supplier_id": market.suppliers[0]},
        {"sku": "S-2", "action": "delete", "supplier_id": other.suppliers[0]},
        {"sku": "S-1", **mapping},
        {"sku": "NONE", **mapping},
        {"sku": "S-2", **mapping, "supplier_id": other.suppliers[0]},
        {"sku": "S-2", **mapping, "supplier_id": NOBODYS},
    )  # fmt: skip
    yield bulk(
        shop, f"{here}/stock/bulk", "stock",
        {"sku": "S-1", "location": "local", "counted": 3},
        {"sku": "S-2", "location": "local", "counted": 3, "expected": 7},
        {"sku": "NONE", "location": "local", "counted": 3},
        {"sku": "S-2", "location": "moon", "counted": 3},
        {"sku": "S-2", "location": "local", "counted": -3},
        {"sku": "S-1", "location": "local", "counted": 4},
    )  # fmt: skip
    yield bulk(
        supplier, "/supplier/stock/bulk", "supplier_stock",
        {"supplier_sku": "I-1", "counted": 200},
        {"supplier_sku": "I-2", "counted": 50, "expected": 7},
        {"supplier_sku": "I-3", "counted": -1},
        {"supplier_sku": "I-1", "counted": 300},
        {"supplier_sku": "I-1", "counted": 3, "owner": "shop", "shop_id": other.shop_id},
        {"supplier_sku": "I-1", "counted": 3, "owner": "shop"},
    )  # fmt: skip
    order = market.order(("S-1", 1), ("S-2", 2), number=serial())
    yield bulk(
        shop, f"{here}/orders/bulk", "orders",
        order,
        market.order(("NONE", 1), number=serial()),
        market.order(("S-1", 1), number=serial()) | {"ship_to": SPAIN | {"name": "=Ana", "postcode": "01001"}},
        market.order(("S-1", 10_000), number=serial()),
    )  # fmt: skip
    yield bulk(
        shop, f"{here}/orders/acts", "order_acts",
        {"id": orders[0], "action": "hold", "reason": "buyer_wish"},
        {"id": orders[0], "action": "release"},
        {"id": orders[3], "action": "cancel", "note": "Ana wishes it"},
        {"id": orders[3], "action": "cancel"},
        {"id": theirs, "action": "cancel"},
        {"id": theirs, "action": "hold", "reason": "other"},
        {"id": orders[4], "action": "ship_to", "ship_to": SPAIN | {"city": "Toledo"}, "fault": "buyer"},
        {"id": orders[4], "action": "confirm"},
        {"id": orders[5], "action": "cancel", "by": "operator"},
    )  # fmt: skip
    yield bulk(
        channel, f"{here}/orders/acts", "order_acts",
        {"id": orders[4], "action": "confirm"},
        {"id": orders[4], "action": "hold", "reason": "buyer_wish"},
        {"id": NOBODYS, "action": "confirm"},
    )  # fmt: skip
    yield bulk(
        shop, f"{here}/fulfilments/bulk", "shop_fulfilments",
        {"id": own, "action": "picked"},
        {"id": own, "action": "labelled", "carrier": CARRIER, "waybill": f"W{serial()}", **SIZE},
        {"id": own, "action": "remind"},
        {"id": given_up, "action": "cancel"},
        {"id": given_up, "action": "cancel"},
        {"id": parts[2], "action": "cancel"},
        {"id": parts[4], "action": "picked"},
        {"id": theirs_part, "action": "remind"},
        {"id": theirs_part, "action": "void_label", "carrier": CARRIER, "waybill": "W"},
    )  # fmt: skip
    yield bulk(
        supplier, "/supplier/fulfilments/bulk", "supplier_fulfilments",
        {"id": parts[0], "action": "accept"},
        {"id": parts[0], "action": "picked"},
        {"id": parts[0], "action": "labelled", "carrier": CARRIER, "waybill": f"W{serial()}", **SIZE},
        {"id": parts[1], "action": "cancellation", "answer": "accepted"},
        {"id": parts[1], "action": "cancellation", "answer": "accepted"},
        {"id": parts[5], "action": "reject", "code": "other", "note": "=no"},
        {"id": parts[2], "action": "cancellation", "answer": "refused"},
        {"id": theirs_part, "action": "accept"},
        {"id": theirs_part, "action": "cancellation", "answer": "accepted"},
    )  # fmt: skip
    offered = shop.post(f"{here}/bindings", {"supplier_id": other.suppliers[0]}).body["id"]
    yield bulk(
        other.supplier[0], "/supplier/bindings/bulk", "bindings",
        {"id": offered, "action": "accept"},
        {"id": offered, "action": "accept"},
        {"id": NOBODYS, "action": "accept"},
    )  # fmt: skip
    now = market.served.now.isoformat()
    back = {
        "order_id": sent,
        "lines": [{"sku": "S-1", "quantity": 1}],
        "reason": "unwanted",
        "requested_at": (market.served.now.replace(microsecond=0) + timedelta(seconds=1)).isoformat(),
    }
    yield bulk(
        channel, f"{here}/returns", "returns",
        back,
        back | {"lines": [{"sku": "S-2", "quantity": 1}], "requested_at": market.served.now.isoformat()},
        back | {"order_id": theirs},
        back | {"order_id": orders[0]},
    )  # fmt: skip
    yield bulk(
        market.carrier, f"/carriers/{CARRIER}/scans", "scans",
        {"waybill": f"W{serial()}", "status": "collected", "occurred_at": now, "place": "-Madrid"},
        {"waybill": f"W{serial()}", "status": "sung", "occurred_at": now},
    )  # fmt: skip
    stars = {"described": "4.5", "communication": "5", "shipping": "4.00", "rated_at": now}
    yield bulk(
        market.channel, f"{here}/ratings", "ratings",
        {"order_id": rated, **stars},
        {"order_id": rated, **stars},
        {"order_id": NOBODYS, **stars},
        {"order_id": rated, **stars, "shipping": "5.01"},
        {"order_id": rated, **stars, "rated_at": "2099-01-01T00:00:00Z"},
    )  # fmt: skip
    yield bulk(
        market.carrier,
        f"/carriers/{CARRIER}/waybills",
        "measures",
        {"waybill": measured, **SIZE},
        {"waybill": f"W{serial()}", **SIZE},
    )
    rate = {"base": "CNY", "quote": "EUR", "valid_on": "2026-03-02", "rate": "0.1268"}
    yield bulk(
        market.served.operator, "/rates", "rates",
        rate,
        rate | {"valid_on": "2026-03-03", "rate": "0"},
        rate | {"base": "XTS"},
        rate | {"quote": "CNY"},
        rate | {"rate": "0.1269"},
        rate | {"valid_on": "2026-03-04"},
    )  # fmt: skip
