"""Orders that cannot be are refused one by one, each with its code, and change nothing."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from tests.journeys.blackbox import Served, good, problem, refused, serial
from tests.journeys.blackbox_market import SPAIN, Market, Scene

pytest_plugins = ["tests.journeys.blackbox_fixtures"]

PRICE = {"amount": "49.90", "currency": "CNY"}
Change = Callable[[dict[str, Any]], None]


def line(**changes: Any) -> Change:
    """The order's one line, changed."""
    return lambda order: order["lines"][0].update(changes)


def price(amount: Any, currency: Any = "CNY") -> Change:
    """Its one line at another price."""
    return line(unit_price={"amount": amount, "currency": currency})


def address(**changes: Any) -> Change:
    """The order, sent elsewhere."""
    return lambda order: order.update(ship_to=SPAIN | changes)


def field(**changes: Any) -> Change:
    """The order itself, changed."""
    return lambda order: order.update(changes)


def without(name: str) -> Change:
    """The order without that field."""
    return lambda order: order.pop(name)


FAULTS: list[tuple[str, str, Change]] = [
    ("an unknown SKU", "order.unknown_sku", line(sku="NO-SUCH")),
    ("an empty SKU", "order.unknown_sku", line(sku="")),
    ("a SKU of 129 characters", "order.unknown_sku", line(sku="S" * 129)),
    ("a SKU that is a number", "order.unknown_sku", line(sku=1)),
    ("another shop's spelling", "order.unknown_sku", line(sku="s-1")),
    ("quantity 0", "order.quantity", line(quantity=0)),
    ("a negative quantity", "order.quantity", line(quantity=-1)),
    ("a huge quantity", "order.quantity", line(quantity=1_000_001)),
    ("the largest number that is kept", "order.quantity", line(quantity=2**63 - 1)),
    ("a quantity with decimals", "order.quantity", line(quantity=1.5)),
    ("a quantity as text", "order.quantity", line(quantity="1")),
    ("a quantity that is true", "order.quantity", line(quantity=True)),
    ("no quantity", "order.quantity", line(quantity=None)),
    ("more than there is", "order.out_of_stock", line(quantity=101)),
    ("a price with too many decimals", "order.price", price("49.905")),
    ("a negative price", "order.price", price("-0.01")),
    ("a price as a number", "order.price", price(49.9)),
    ("a price in words", "order.price", price("1e2")),
    ("a price that is no number", "order.price", price("NaN")),
    ("a price beyond what is kept", "order.price", price("999999999999999")),
    ("a price with a plus", "order.price", price("+1.00")),
    ("a price in Arabic digits", "order.price", price("\u0661\u0662")),
    ("no price", "order.price", line(unit_price=None)),
    ("a negative freight", "order.price", line(freight={"amount": "-1.00", "currency": "CNY"})),
    ("a freight in another currency", "order.currency", line(freight={"amount": "1.00", "currency": "EUR"})),
    ("another currency", "order.currency", price("49.90", "EUR")),
    ("a currency that there is not", "order.currency", price("49.90", "XQQ")),
    ("a currency in small letters", "order.currency", price("49.90", "cny")),
    ("no lines", "order.no_lines", field(lines=[])),
    ("lines that are none", "order.no_lines", field(lines=None)),
    ("an unknown field", "order.unknown_field", field(colour="red")),
    ("an unknown field of a line", "order.unknown_field", line(colour="red")),
    ("an unknown field of a price", "order.unknown_field", line(unit_price=PRICE | {"tax": "0"})),
    ("an unknown field of the address", "order.ship_to", address(planet="Mars")),
    ("a naive instant", "instant.naive", field(placed_at="2026-11-23T10:00:00")),
    ("the year 1", "instant.out_of_range", field(placed_at="0001-01-01T00:00:00Z")),
    ("the year 9999", "instant.out_of_range", field(placed_at="9999-12-31T23:59:59Z")),
    ("the year 1 for shipping", "instant.out_of_range", field(ship_by="0001-01-01T00:00:00+08:00")),
    ("the year 9999 for shipping", "instant.out_of_range", field(ship_by="9999-12-31T23:59:59-08:00")),
    ("a naive instant of a line", "instant.naive", line(ship_by="2026-11-23T10:00:00")),
    ("a day that is none", "order.placed_at", field(placed_at="2026-02-30T00:00:00Z")),
    ("an instant as a number", "order.placed_at", field(placed_at=1_700_000_000)),
    ("before there was a policy", "order.placed_at", field(placed_at="2005-01-01T00:00:00Z")),
    ("no instant", "order.placed_at", without("placed_at")),
    ("no address", "order.ship_to", without("ship_to")),
    ("an address without a name", "order.ship_to", address(name="")),
    ("an address without a city", "order.ship_to", address(city=None)),
    ("a country in small letters", "order.ship_to", address(country="es")),
    ("a country in words", "order.ship_to", address(country="Spain")),
    ("a name of 501 characters", "order.ship_to", address(name="n" * 501)),
    ("a country that no line serves", "order.no_line_serves", address(country="AQ")),
    ("no channel", "order.channel", without("channel")),
    ("a channel in capitals", "order.channel", field(channel="Plaza")),
    ("a channel of 33 letters", "order.channel", field(channel="p" * 33)),
    ("no number", "order.channel_order_no", field(channel_order_no="")),
    ("a number of 129 characters", "order.channel_order_no", field(channel_order_no="1" * 129)),
    ("a number with a line's end", "order.channel_order_no", field(channel_order_no="1\n2")),
    ("a number that is one", "order.channel_order_no", field(channel_order_no=10001)),
]  # fmt: skip


def test_an_order_that_can_be_is_seen_to_change_rows(served: Served, market: Market) -> None:
    with served.unchanged():
        assert market.shop.get(f"{market.here}/orders").status == 200
    with pytest.raises(AssertionError, match="'orders'"), served.unchanged():
        market.sell()


@pytest.mark.parametrize(("code", "change"), [each[1:] for each in FAULTS], ids=[each[0] for each in FAULTS])
@pytest.mark.clause("STOCK-1")
def test_an_order_that_cannot_be_is_refused_with_its_code(
    served: Served, scene: Scene, code: str, change: Change
) -> None:
    order = scene.market.order()
    change(order)
    with served.unchanged():
        [result] = scene.market.place(order)
    assert (result["status"], result["code"]) == ("refused", code), result
    assert result["detail"]
    assert "order_id" not in result


@pytest.mark.parametrize("order", [None, 1, "order", [], [[]], {}], ids=str)
def test_what_is_no_order_at_all_is_refused_with_a_code(served: Served, scene: Scene, order: Any) -> None:
    with served.unchanged():
        [result] = scene.market.place(order)
    assert result["status"] == "refused"
    assert result["code"].startswith("order.")


def test_an_order_from_more_than_ten_minutes_ahead_is_refused(served: Served, scene: Scene) -> None:
    ahead = (served.now + timedelta(minutes=10, seconds=1)).isoformat()
    with served.unchanged():
        [result] = scene.market.place(scene.market.order(placed_at=ahead))
    assert result["code"] == "order.placed_at"


def test_lines_beyond_500_are_refused(served: Served, scene: Scene) -> None:
    with served.unchanged():
        [result] = scene.market.place(scene.market.order(*[("S-1", 1)] * 501))
    assert result["code"] == "order.too_many_lines"


def test_a_total_beyond_what_is_kept_is_refused(served: Served, scene: Scene) -> None:
    dear = {"sku": "S-1", "quantity": 50, "unit_price": {"amount": "9999999999999.99", "currency": "CNY"}}
    with served.unchanged():
        [result] = scene.market.place(scene.market.order(lines=[dear, dear]))
    assert result["code"] == "order.price"


@pytest.mark.parametrize(
    "change",
    [
        line(quantity=2),
        price("49.91"),
        address(name="Ana Luna"),
        address(phone="1"),
        field(source_status="paid"),
        field(ship_by="2099-01-01T00:00:00Z"),
    ],
    ids=["quantity", "price", "name", "phone", "status", "limit"],
)
def test_the_same_number_with_another_body_is_refused_and_with_the_same_it_is_the_order(
    served: Served, scene: Scene, change: Change
) -> None:
    other = scene.order | {"lines": [dict(each) for each in scene.order["lines"]]}
    change(other)
    with served.unchanged():
        [same, refusal] = scene.market.place(scene.order, other)
    assert (same["status"], same["order_id"]) == ("existing", scene.order_id)
    assert (refusal["status"], refusal["code"]) == ("refused", "order.body_differs")


def test_how_it_is_written_makes_no_other_body(served: Served, scene: Scene) -> None:
    placed = scene.order["placed_at"].replace("+00:00", "Z")
    priced = [scene.order["lines"][0] | {"unit_price": {"amount": "49.900", "currency": "CNY"}}]
    with served.unchanged():
        [same] = scene.market.place(scene.order | {"placed_at": placed, "ship_by": None, "lines": priced})
    assert (same["status"], same["order_id"]) == ("existing", scene.order_id)


def test_of_two_bodies_under_one_number_in_one_call_the_first_counts(scene: Scene) -> None:
    order = scene.market.order()
    told = scene.market.place(order, order | {"source_status": "paid"}, order)
    assert [each.get("code") or each["status"] for each in told] == [
        "created",
        "order.body_differs",
        "existing",
    ]
    assert told[0]["order_id"] == told[2]["order_id"]


def test_bad_orders_keep_no_good_one_of_their_call_from_being_taken(served: Served, scene: Scene) -> None:
    faulty = []
    for _, _, change in FAULTS:
        order = scene.market.order()
        change(order)
        faulty.append(order)
    first, last = scene.market.order(), scene.market.order()
    told = scene.market.place(first, *faulty, last)
    assert [each["index"] for each in told] == list(range(len(faulty) + 2))
    assert [each.get("code") or each["status"] for each in told] == [
        "created",
        *(code for _, code, _ in FAULTS),
        "created",
    ]


@pytest.mark.parametrize(
    ("name", "status", "code", "inner"),
    [
        ("1,001 orders", 422, "request.invalid", "field.length"),
        ("an empty list", 422, "request.invalid", "field.length"),
        ("no list", 422, "request.invalid", "field.missing"),
        ("a list of another type", 422, "request.invalid", "field.type"),
        ("an unknown field beside it", 422, "request.invalid", "field.unknown"),
        ("a list and no object", 422, "request.invalid", "field.type"),
        ("a huge quantity", 422, "request.invalid", "integer.out_of_range"),
        ("a NUL in a name", 422, "request.invalid", "text.nul"),
    ],
)
def test_a_call_that_cannot_be_is_refused_as_a_whole(
    served: Served, scene: Scene, name: str, status: int, code: str, inner: str
) -> None:
    market = scene.market
    one = market.order()
    body: Any = {
        "1,001 orders": {"orders": [one] * 1001},
        "an empty list": {"orders": []},
        "no list": {},
        "a list of another type": {"orders": "one"},
        "an unknown field beside it": {"orders": [one], "dry_run": True},
        "a list and no object": [one],
        "a huge quantity": {"orders": [market.order(("S-1", 10**30))]},
        "a NUL in a name": {"orders": [one | {"ship_to": SPAIN | {"name": "a\0b"}}]},
    }[name]
    path = f"{market.here}/orders/bulk"
    refused(served, lambda **told: market.shop.post(path, body, **told), status, code, inner)


def test_a_thousand_orders_are_taken_in_one_call(scene: Scene) -> None:
    order = scene.market.order()
    empty = [order | {"channel_order_no": f"{serial()}", "lines": []} for _ in range(999)]
    told = scene.market.place(*empty, order)
    assert [each["status"] for each in told] == ["refused"] * 999 + ["created"]


def test_a_channel_places_orders_of_its_own_and_no_others(served: Served, scene: Scene) -> None:
    path = f"{scene.market.here}/orders/bulk"
    strange = {"orders": [scene.market.order(channel="bazaar")]}
    with served.unchanged():
        [result] = good(scene.market.channel.post(path, strange))["results"]
    assert result["code"] == "order.channel"
    own = good(scene.market.channel.post(path, {"orders": [scene.market.order()]}))["results"]
    assert own[0]["status"] == "created"
    elsewhere = scene.market.sell(channel="bazaar")
    cancel = f"{scene.market.here}/orders/{elsewhere}/cancel"
    with served.unchanged():
        problem(scene.market.channel.post(cancel), 404, "order.not_found")


@pytest.mark.parametrize(
    ("call", "body", "status", "code"),
    [
        ("cancel", {"reason": "Because!"}, 422, "request.invalid"),
        ("cancel", {"why": "buyer"}, 422, "request.invalid"),
        ("confirm", {"sure": True}, 422, "request.invalid"),
    ],
)
def test_what_is_said_of_an_order_and_cannot_be_is_refused(
    served: Served, scene: Scene, call: str, body: Any, status: int, code: str
) -> None:
    path = f"{scene.market.here}/orders/{scene.order_id}/{call}"
    caller = scene.market.channel
    refused(served, lambda **told: caller.post(path, body, **told), status, code)


def test_what_has_left_is_not_cancelled(served: Served, scene: Scene) -> None:
    order = good(scene.market.supplier[0].get(f"/supplier/fulfilments/{scene.delivered}"))["order_id"]
    path = f"{scene.market.here}/orders/{order}/cancel"
    call = scene.market.shop.post
    refused(served, lambda **told: call(path, **told), 409, "order.already_shipped")


@pytest.mark.parametrize(
    ("query", "status", "code", "inner"),
    [
        ("colour=red", 422, "request.unknown_parameter", None),
        ("limit=1&limit=2", 422, "request.repeated_parameter", None),
        ("limit=0", 422, "request.invalid", "field.range"),
        ("limit=201", 422, "request.invalid", "field.range"),
        ("limit=many", 422, "request.invalid", "field.type"),
        ("limit=99999999999999999999999", 422, "request.invalid", "integer.out_of_range"),
        ("cursor=bogus", 400, "page.cursor", None),
        ("cursor=%F0%9F%98%80", 400, "page.cursor", None),
        ("group=lost_and_found", 422, "request.invalid", "field.choice"),
        ("flag=red", 422, "request.invalid", "field.choice"),
        ("supplier=me", 422, "request.invalid", "field.type"),
        ("supplier=0", 422, "request.invalid", "field.range"),
        ("placed_from=2026-11-23T10:00:00", 422, "request.invalid", "instant.naive"),
        ("placed_until=9999-12-31T00:00:00Z", 422, "request.invalid", "instant.out_of_range"),
        ("channel_order_no=%00", 422, "request.invalid", "text.nul"),
        ("channel_order_no=%ff", 400, "request.not_utf8", None),
    ],
)
def test_a_question_that_cannot_be_is_refused(
    served: Served, scene: Scene, query: str, status: int, code: str, inner: str | None
) -> None:
    path = f"{scene.market.here}/orders?{query}"
    refused(served, lambda **told: scene.market.shop.get(path, **told), status, code, inner)


def test_a_cursor_of_another_list_is_refused(served: Served, scene: Scene) -> None:
    cursor = good(scene.market.shop.get(f"{scene.market.here}/orders?limit=1"))["next_cursor"]
    path = f"{scene.market.here}/products?cursor={cursor}"
    refused(served, lambda **told: scene.market.shop.get(path, **told), 400, "page.cursor")
