"""What is no request at all is refused by every call alike, before anything is done."""

import http.client
import json
from typing import Any
from urllib.parse import quote, urlsplit

import pytest

from tests.journeys.blackbox import Served, good, problem, refused
from tests.journeys.blackbox_market import Scene
from tests.journeys.commands import PRICE, PRODUCT, commands

pytest_plugins = ["tests.journeys.blackbox_fixtures"]


def test_every_command_with_a_body_is_among_these(served: Served, scene: Scene) -> None:
    document = good(served.client().get("/openapi.json"))
    documented = {
        (method.upper(), path.removeprefix("/v1"))
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
        if "requestBody" in operation
    }
    tried = {
        next(
            (m, p)
            for m, p in documented
            if m == method
            and len(p.split("/")) == len(path.split("/"))
            and all(a == b or a[0:1] == "{" for a, b in zip(p.split("/"), path.split("/"), strict=True))
            and ("{" not in p.rsplit("/", 1)[1] or (m, path) not in documented)
        )
        for _, method, path, _ in commands(scene)
    }
    # A shop labels its own parcels by the same shape as a supplier.
    assert documented - tried == {("POST", "/shops/{shop_id}/fulfilments/{fulfilment_id}/labelled")}


MAY_SAY_NOTHING = ("cancel", "end", "enquiry", "force", "hold", "join", "restore", "rotate", "shipped")
"""Calls whose body may be left out; to say null is to leave it out."""

NO_BODIES: list[tuple[str, bytes, int, str]] = [
    ("half of it", b'{"', 400, "request.malformed"),
    ("a comma too many", b"[1,]", 400, "request.malformed"),
    ("words", b"hello", 400, "request.malformed"),
    ("two of them", b"{}{}", 400, "request.malformed"),
    ("100,000 brackets", b"[" * 100_000, 400, "request.malformed"),
    ("1,000 brackets, closed", b"[" * 1000 + b"]" * 1000, 0, ""),
    ("invalid UTF-8", b'{"name": "\xff\xfe"}', 400, "request.not_utf8"),
    ("Latin-1", '{"name": "Lucía"}'.encode("latin-1"), 400, "request.not_utf8"),
    ("UTF-16", '{"name": "x"}'.encode("utf-16"), 400, "request.not_utf8"),
    ("a NUL byte", b'{"name": "\x00"}', 400, "request.malformed"),
    ("half of a pair", b'{"name": "\\ud800"}', 0, ""),
    ("an escaped NUL", b'{"name": "\\u0000"}', 422, "request.invalid"),
    ("a huge whole number", b'{"n": 123456789012345678901234567890}', 422, "request.invalid"),
    ("5,000 digits", b'{"n": ' + b"9" * 5000 + b"}", 0, ""),
    ("NaN", b'{"n": NaN}', 0, ""),
    ("a number beyond a float", b'{"n": 1e999}', 422, "request.invalid"),
    ("null", b"null", 422, "request.invalid"),
    ("true", b"true", 422, "request.invalid"),
    ("a number", b"1", 422, "request.invalid"),
    ("a text", b'"x"', 422, "request.invalid"),
    ("an unknown field", b'{"colour": "red"}', 422, "request.invalid"),
    ("a list of nothing known", b'[{"colour": "red"}]', 422, "request.invalid"),
]


@pytest.mark.parametrize(
    ("raw", "status", "code"), [each[1:] for each in NO_BODIES], ids=[each[0] for each in NO_BODIES]
)
def test_a_body_that_is_none_is_refused_by_every_command(
    served: Served, scene: Scene, raw: bytes, status: int, code: str
) -> None:
    with served.unchanged():
        for caller, method, path, _ in commands(scene):
            if raw == b"null" and path.rsplit("/", 1)[1] in MAY_SAY_NOTHING:
                continue
            answer = caller.call(method, path, raw=raw)
            assert 400 <= answer.status < 500, (method, path, answer)
            if status:
                problem(answer, status, code)
            else:
                assert answer.code in ("request.malformed", "request.invalid"), (method, path, answer)


@pytest.mark.parametrize("key", ["colour", "", "__proto__", "字段"])
def test_a_field_that_there_is_not_is_refused_by_every_command(
    served: Served, scene: Scene, key: str
) -> None:
    with served.unchanged():
        for caller, method, path, body in commands(scene):
            if path.endswith("/orders/bulk"):
                more = {"orders": body["orders"], key: 1}
            else:
                more = [each | {key: 1} for each in body] if isinstance(body, list) else body | {key: 1}
            told = problem(caller.call(method, path, more), 422, "request.invalid")
            assert "field.unknown" in {error["code"] for error in told["errors"]}, (method, path, told)


def test_a_body_that_does_not_say_that_it_is_json_is_refused_by_every_command(
    served: Served, scene: Scene
) -> None:
    with served.unchanged():
        for caller, method, path, body in commands(scene):
            raw = json.dumps(body).encode()
            for kind in (
                "text/plain",
                "application/x-www-form-urlencoded",
                "multipart/form-data; boundary=x",
            ):
                problem(caller.call(method, path, raw=raw, Content_Type=kind), 415, "request.not_json")
            packed = caller.call(method, path, raw=raw, Content_Encoding="gzip")
            problem(packed, 415, "request.not_json")


@pytest.mark.parametrize("chunked", [False, True], ids=["announced", "in chunks"])
def test_a_body_of_20_mb_is_refused_and_the_connection_lives(
    served: Served, scene: Scene, chunked: bool
) -> None:
    address = urlsplit(served.url)
    connection = http.client.HTTPConnection(str(address.hostname), address.port, timeout=30)
    body = b'{"orders": [' + b" " * (20 * 1024 * 1024) + b"]}"
    headers = {"Authorization": f"Bearer {scene.market.shop.key}", "Content-Type": "application/json"}
    with served.unchanged():
        connection.request(
            "POST",
            f"/v1{scene.market.here}/orders/bulk",
            iter([body[start : start + 65_536] for start in range(0, len(body), 65_536)])
            if chunked
            else body,
            headers,
            encode_chunked=chunked,
        )
        answer = connection.getresponse()
        told = json.loads(answer.read())
    assert (answer.status, told["code"]) == (413, "request.too_large")
    connection.request("GET", "/v1/healthz")
    assert connection.getresponse().status == 200
    connection.close()


def test_a_call_that_takes_no_body_takes_none(served: Served, scene: Scene) -> None:
    market = scene.market
    for caller, path in (
        (market.supplier[0], f"/supplier/fulfilments/{scene.pushed}/accept"),
        (market.supplier[0], f"/supplier/fulfilments/{scene.accepted}/picked"),
        (market.channel, f"{market.here}/orders/{scene.order_id}/confirm"),
    ):
        refused(
            served,
            lambda caller=caller, path=path, **told: caller.post(path, {"colour": "red"}, **told),
            422,
            "request.invalid",
        )


SKUS = ["a/b", "50%", "S?#&=+", "衣服 M", "...", "%2F", '"', "x" * 128, "'; drop table products; --", "🧦"]


@pytest.mark.parametrize("sku", SKUS)
def test_a_sku_is_any_text_percent_encoded_in_the_path(scene: Scene, sku: str) -> None:
    market, path = scene.market, f"{scene.market.here}/products/{quote(sku, safe='')}"
    made = market.shop.put(path, PRODUCT)
    assert good(made)["sku"] == sku
    assert good(market.shop.get(path))["sku"] == sku
    mapping = {"supplier_id": market.suppliers[0], "supplier_sku": sku, "units": 1, "priority": 1}
    there = f"{market.here}/mappings/{quote(sku, safe='')}"
    assert good(market.shop.put(there, mapping))["sku"] == sku
    assert [
        each["sku"] for each in good(market.shop.get(f"{market.here}/mappings?sku={quote(sku)}"))["items"]
    ] == [sku]
    good(market.supplier[0].put("/supplier/stock", [{"supplier_sku": sku, "counted": 1}]))
    assert market.part(market.sell((sku, 1)))["lines"][0]["item"] == sku
    assert market.shop.delete(f"{there}/{market.suppliers[0]}").status == 204


@pytest.mark.parametrize(
    ("sku", "status", "code"),
    [
        ("%00", 422, "request.invalid"),
        ("a%00b", 422, "request.invalid"),
        ("%ff", 400, "request.not_utf8"),
        ("%ED%A0%80", 400, "request.not_utf8"),
        ("x" * 129, 422, "request.invalid"),
        ("%0A", 422, "request.invalid"),
        ("%20", 422, "product.sku"),
        ("%C2%85", 422, "product.sku"),
        ("a/b", 404, "not_found"),
    ],
)
def test_a_sku_that_is_no_text_is_refused(
    served: Served, scene: Scene, sku: str, status: int, code: str
) -> None:
    path = f"{scene.market.here}/products/{sku}"
    refused(served, lambda **told: scene.market.shop.put(path, PRODUCT, **told), status, code)


PRODUCTS: list[tuple[str, str, Any, int, str]] = [
    ("PUT", "/products/NEW", PRODUCT | {"length_mm": 0}, 422, "request.invalid"),
    ("PUT", "/products/NEW", PRODUCT | {"weight_g": 1_000_001}, 422, "request.invalid"),
    ("PUT", "/products/NEW", PRODUCT | {"title": ""}, 422, "request.invalid"),
    ("PUT", "/products/NEW", PRODUCT | {"title": " \t"}, 422, "product.title"),
    ("PUT", "/products/NEW", PRODUCT | {"mode": "JIT"}, 422, "request.invalid"),
    ("PUT", "/products/NEW", PRODUCT | {"price": {"amount": "-1.00", "currency": "CNY"}}, 422, "product.price"),
    ("PUT", "/products/NEW", PRODUCT | {"price": {"amount": "1.00", "currency": "EUR"}}, 422, "product.currency"),
    ("PUT", "/products/NEW", PRODUCT | {"price": {"amount": "1.005", "currency": "CNY"}}, 422, "money.too_precise"),
    ("PUT", "/products/NEW", PRODUCT | {"goods": {"battery": "alone"}}, 422, "goods.cell"),
    ("PUT", "/products/NEW", PRODUCT | {"goods": {"cell": "lithium_ion"}}, 422, "goods.cell"),
    ("PUT", "/products/NEW", PRODUCT | {"goods": {"battery": "none"}}, 422, "request.invalid"),
    ("PUT", "/products/NEW", PRODUCT | {"goods": {"liquid": "yes"}}, 422, "request.invalid"),
    ("PUT", "/products/NEW", PRODUCT | {"goods": {"colour": "red"}}, 422, "request.invalid"),
    ("PUT", "/products/NEW", PRODUCT | {"goods": {"hs_code": "8507.60"}}, 422, "goods.hs_code"),
    ("PUT", "/products/NEW", PRODUCT | {"goods": {"hs_code": "85076"}}, 422, "goods.hs_code"),
    ("PUT", "/products/NEW", PRODUCT | {"goods": {"customs_name": "充电宝"}}, 422, "goods.customs_name"),
    ("PUT", "/products/NEW", PRODUCT | {"goods": {"origin": "XX"}}, 422, "goods.origin"),
    ("PUT", "/products/NEW", PRODUCT | {"goods": {"declared_value": PRICE | {"amount": "0.00"}}}, 422, "goods.declared_value"),
    ("PUT", "/products/NEW", PRODUCT | {"goods": {"declared_value": PRICE | {"currency": "EUR"}}}, 422, "goods.declared_value"),
    ("PUT", "/tax_numbers/ioss", {"number": "IM3720000225000"}, 422, "tax_number.invalid"),
    ("PUT", "/tax_numbers/ioss", {"number": "DE136695976"}, 422, "tax_number.invalid"),
    ("PUT", "/tax_numbers/eu_vat", {"number": "DE136695975"}, 422, "tax_number.invalid"),
    ("PUT", "/tax_numbers/luck", {"number": "7"}, 422, "request.invalid"),
    ("POST", "/products/batch_edit", {"skus": [], "set": {"mode": "jit"}}, 422, "product.no_skus"),
    ("POST", "/products/batch_edit", {"skus": ["S-1"] * 1001, "set": {"mode": "jit"}}, 422, "product.batch_limit"),
    ("POST", "/products/batch_edit", {"skus": ["S-1"], "set": {}}, 422, "request.invalid"),
    ("PUT", "/mappings/S-1", {"supplier_id": 0, "supplier_sku": "I", "units": 1, "priority": 1}, 422, "supplier.unknown"),
    ("PUT", "/mappings/NEW", {"supplier_id": 0, "supplier_sku": "I", "units": 1, "priority": 1}, 404, "product.not_found"),
    ("POST", "/bindings", {"supplier_id": 4711}, 422, "supplier.unknown"),
    ("PUT", "/plan", {"lines": ["by_air"]}, 422, "plan.unknown_line"),
    ("PUT", "/plan", {"lines": ["cainiao_jit"]}, 422, "plan.no_standard"),
    ("PUT", "/plan", {"lines": ["cainiao_standard"] * 2}, 422, "plan.twice"),
    ("PUT", "/stock/S-1", {"location": "local", "counted": -1}, 422, "stock.count"),
    ("PUT", "/stock/S-1", {"location": "moon", "counted": 1}, 422, "stock.location"),
    ("PUT", "/stock/S-1", {"location": "supplier:1", "counted": 1}, 422, "stock.location"),
    ("PUT", "/stock/NO-SUCH", {"location": "local", "counted": 1}, 422, "stock.unknown_item"),
    ("POST", "/funds/deposits", {"amount": {"amount": "0.00", "currency": "CNY"}}, 422, "funds.amount"),
    ("POST", "/funds/deposits", {"amount": {"amount": "-1.00", "currency": "CNY"}}, 422, "funds.amount"),
    ("POST", "/funds/deposits", {"amount": {"amount": "1.00", "currency": "EUR"}}, 422, "funds.currency"),
    ("PUT", "/policy_overrides", {"freeze": "exposure"}, 403, "policy.override_forbidden"),
    ("PUT", "/policy_overrides", {"reroute_on_silence": "yes"}, 422, "request.invalid"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "code"),
    PRODUCTS,
    ids=[f"{each[1]} {each[4]} {place}" for place, each in enumerate(PRODUCTS)],
)
def test_what_a_shop_says_and_cannot_be_is_refused(
    served: Served, scene: Scene, method: str, path: str, body: Any, status: int, code: str
) -> None:
    call, there = scene.market.shop.call, f"{scene.market.here}{path}"
    refused(served, lambda **told: call(method, there, body, **told), status, code)


def test_a_mapping_to_a_supplier_that_is_not_bound_is_refused(served: Served, scene: Scene) -> None:
    body = {"supplier_id": scene.other.suppliers[0], "supplier_sku": "I-1", "units": 1, "priority": 1}
    call, path = scene.market.shop.put, f"{scene.market.here}/mappings/S-1"
    refused(served, lambda **told: call(path, body, **told), 409, "mapping.not_bound")


@pytest.mark.parametrize(
    ("by", "code"),
    [
        ("", "duration.malformed"),
        ("24h", "duration.malformed"),
        ("P", "duration.malformed"),
        ("P1Y", "duration.malformed"),
        ("-PT1H", "duration.malformed"),
        ("PT0S", "duration.out_of_range"),
        ("P99999D", "duration.out_of_range"),
        ("PT1H" * 20, "request.invalid"),
    ],
)
def test_the_clock_goes_forward_by_a_duration_and_no_other_way(served: Served, by: str, code: str) -> None:
    refused(served, lambda **told: served.operator.post("/clock/advance", {"by": by}, **told), 422, code)


@pytest.mark.parametrize(
    ("path", "body", "status", "code"),
    [
        ("/shops", {"currency": "cny"}, 422, "request.invalid"),
        ("/shops", {"currency": "XQQ"}, 422, "shop.currency"),
        ("/shops", {"zone": "Asia/Nowhere"}, 422, "shop.zone"),
        ("/shops", {"zone": "../../etc/passwd"}, 422, "shop.zone"),
        ("/shops", {"locale": "chinese"}, 422, "shop.locale"),
        ("/shops", {"name": " "}, 422, "shop.name"),
        ("/suppliers", {"kind": "vendor"}, 422, "request.invalid"),
        ("/suppliers", {"name": "a\nb"}, 422, "supplier.name"),
        ("/suppliers", {"documents": [{}] * 51}, 422, "request.invalid"),
        ("/suppliers/4711/decision", {}, 404, "supplier.not_found"),
        ("/suppliers/{mine}/decision", {}, 409, "supplier.state"),
        ("/suppliers/{mine}/decision", {"decision": "promote"}, 422, "request.invalid"),
    ],
)
def test_what_an_operator_says_and_cannot_be_is_refused(
    served: Served, scene: Scene, path: str, body: Any, status: int, code: str
) -> None:
    whole: dict[str, Any] = {
        "/shops": {"name": "A", "category": "home", "locale": "en", "currency": "CNY", "zone": "UTC"},
        "/suppliers": {"name": "A", "kind": "preferred"},
    }.get(path, {"decision": "qualify"})
    there = path.replace("{mine}", str(scene.market.suppliers[0]))
    refused(served, lambda **told: served.operator.post(there, whole | body, **told), status, code)
