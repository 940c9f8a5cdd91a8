"""Shops, suppliers and orders to measure with, made by the product's own use cases."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from andon.app.bench.measures import Bench
from andon.kernel.clock import wall
from andon.kernel.money import Money
from andon.kernel.outside import LOOPBACK
from andon.kernel.secrets import secret_key
from andon.kernel.tx import Actor, Tx
from andon.membership.enrolment.service import join_jit
from andon.orders.intake.service import IncomingLine, IncomingOrder
from andon.orders.order.rules import Mode
from andon.partners.bindings.service import accept_bindings, offer_bindings
from andon.partners.catalog.rules import MappingDraft, ProductDraft
from andon.partners.catalog.service import put_mappings, put_products
from andon.partners.plans.service import put_plan
from andon.partners.shops.service import open_shop
from andon.partners.stock.service import PoolCount, count_pools
from andon.partners.suppliers.rules import Application
from andon.partners.suppliers.service import apply_suppliers, decide_suppliers, set_endpoint
from andon.platform.accounts.rules import SCOPES
from andon.platform.accounts.service import issue_key
from andon.platform.policies.rules import Policy

OPERATOR = Actor("operator")
CHANNEL = "bench"
CARRIER = "cainiao"
PLENTY = 10_000_000
SKUS_A_CALL = 500
SHIP_TO = {
    "name": "Lucía Fernández",
    "line1": "Calle de Alcalá 42",
    "city": "Madrid",
    "postcode": "28014",
    "country": "ES",
    "phone": "+34 600 000 000",
}


@dataclass(frozen=True)
class Market:
    """A shop whose SKUs are all mapped to the first of its suppliers, with plenty of each; the keys of both."""

    shop_id: int
    suppliers: tuple[int, ...]
    skus: tuple[str, ...]
    shop_key: str
    supplier_keys: tuple[str, ...]


def furnish(bench: Bench, skus: int, urls: Sequence[str | None] = (None,)) -> Market:
    """A market of so many SKUs, dealt out to a supplier for each of `urls`: its endpoint, or None for one that pulls."""
    names = tuple(f"SKU-{n:05}" for n in range(skus))
    with bench.as_line(OPERATOR) as tx:
        suppliers = _suppliers(bench, tx, urls)
        shop_id = open_shop(
            tx,
            name="bench",
            category="apparel",
            locale="en",
            currency=tx.policy.currency,
            zone=tx.policy.zone,
        ).shop_id
    with bench.as_line(Actor("shop", shop_id)) as tx:
        accept_bindings(tx, shop_id, [each.binding_id for each in offer_bindings(tx, shop_id, suppliers)])
        put_plan(tx, shop_id, ["cainiao_jit", "cainiao_standard"])
    listed = [(sku, suppliers[n % len(suppliers)]) for n, sku in enumerate(names)]
    for start in range(0, len(listed), SKUS_A_CALL):
        _list_products(bench, shop_id, listed[start : start + SKUS_A_CALL])
    with bench.as_line(Actor("shop", shop_id)) as tx:
        join_jit(tx, shop_id, signed_by=f"shop:{shop_id}")
        shop_key = _key(tx, "shop", shop_id)
        keys = tuple(_key(tx, "supplier", number) for number in suppliers)
    return Market(shop_id, suppliers, names, shop_key, keys)


def _suppliers(bench: Bench, tx: Tx[Policy], urls: Sequence[str | None]) -> tuple[int, ...]:
    drafts = [Application(name=f"bench {n}", kind="third_party", documents=[]) for n in range(len(urls))]
    numbers = tuple(each.supplier_id for each in apply_suppliers(tx, drafts))
    decide_suppliers(tx, numbers, "qualify", "bench")
    for number, url in zip(numbers, urls, strict=True):
        if url is not None:
            set_endpoint(tx, number, url, secret_key(bench.settings), allowed=LOOPBACK)
    return numbers


def _list_products(bench: Bench, shop_id: int, listed: Sequence[tuple[str, int]]) -> None:
    with bench.as_line(Actor("shop", shop_id)) as tx:
        price = Money.of("49.90", tx.policy.currency)
        put_products(
            tx, shop_id, [ProductDraft(sku, sku, Mode.JIT, 260, 200, 30, 190, price) for sku, _ in listed]
        )
        put_mappings(tx, shop_id, [MappingDraft(sku, supplier, sku, 1, 1) for sku, supplier in listed])
    with bench.as_line(OPERATOR) as tx:
        count_pools(tx, [PoolCount(supplier, sku, PLENTY) for sku, supplier in listed])


def more_keys(bench: Bench, party: str, number: int, count: int) -> list[str]:
    """So many more keys of a shop or supplier: as many callers, each within its own limit of calls."""
    with bench.as_line(Actor(party, number)) as tx:
        return [_key(tx, party, number) for _ in range(count)]


def _key(tx: Tx[Policy], party: str, number: int | str) -> str:
    return issue_key(tx, party=party, party_id=str(number), scopes=sorted(SCOPES), label="bench").secret


def some_orders(skus: Sequence[str], count: int, chance: Random, lines: int = 2) -> list[IncomingOrder]:
    """So many orders, each of one of so many different SKUs, under numbers that no other call has."""
    call = secrets.token_hex(6)
    price = Money.of("49.90", "CNY")
    placed_at = wall()
    return [
        IncomingOrder(
            CHANNEL,
            f"{call}-{n}",
            placed_at,
            SHIP_TO,
            tuple(IncomingLine(sku, 1, price) for sku in chance.sample(skus, lines)),
        )
        for n in range(count)
    ]
