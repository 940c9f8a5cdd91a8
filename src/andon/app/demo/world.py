"""A small world to show Andon with: two shops, three suppliers, a carrier, a channel; no order yet.

Everything is made by the use cases that a person or program would use.
"""

import secrets
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from typing import Any

from andon.kernel.line import Line
from andon.kernel.money import Money
from andon.kernel.tx import Actor, Tx
from andon.membership.enrolment.service import join_jit
from andon.money.settlement.service import deposit_funds
from andon.orders.order.rules import Mode
from andon.partners.bindings.service import accept_bindings, offer_bindings
from andon.partners.catalog.rules import MappingDraft, ProductDraft
from andon.partners.catalog.service import put_mappings, put_products
from andon.partners.plans.service import put_plan
from andon.partners.shops.service import open_shop
from andon.partners.stock.service import PoolCount, count_local, count_pools
from andon.partners.stock.tables import LOCAL
from andon.partners.suppliers.rules import Application
from andon.partners.suppliers.service import apply_suppliers, decide_suppliers
from andon.platform.accounts.rules import SCOPES
from andon.platform.accounts.service import issue_key
from andon.platform.people.passwords import hash_of_new
from andon.platform.people.permissions import ROLES, TITLES
from andon.platform.people.service.joining import NewPerson, Party, accept_invitation, invite
from andon.platform.policies.rules import Policy

OPERATOR = Actor("operator")
UNITS_AT_HAND = 5_000

_SUPPLIERS = (("菜鸟优选仓", "preferred"), ("傲基仓", "third_party"), ("云启仓", "third_party"))
_PLAN = ("cainiao_jit", "cainiao_smart", "cainiao_standard")
_SHOPS = (
    ("山海服饰", "apparel", "zh-CN"),
    ("Lantern Home", "home", "en"),
)
# sku, title, mm x mm x mm, grams, price, the supplier's item, suppliers by priority
_PRODUCTS: tuple[tuple[tuple[str, str, tuple[int, int, int], int, str, str, tuple[int, ...]], ...], ...] = (
    (
        ("TEE-WHITE-M", "Linen tee, white, M", (260, 200, 30), 190, "89.00", "LT-W-M", (0, 1)),
        ("TEE-BLACK-M", "Linen tee, black, M", (260, 200, 30), 190, "89.00", "LT-B-M", (0, 1)),
        (
            "TEE-WHITE-M-GIFT",
            "Linen tee, white, M, gift box",
            (280, 220, 60),
            260,
            "109.00",
            "LT-W-M",
            (0, 1),
        ),
        ("SHIRT-OXFORD-L", "Oxford shirt, L", (300, 220, 40), 310, "159.00", "OX-L", (1, 0)),
        ("SCARF-SILK", "Silk scarf", (180, 180, 20), 80, "129.00", "SC-SILK", (2,)),
        ("SOCKS-WOOL-3", "Wool socks, three pairs", (200, 120, 60), 220, "69.00", "SK-WOOL", (2, 1)),
    ),
    (
        ("LAMP-RICE-PAPER", "Rice paper lamp", (400, 400, 60), 640, "219.00", "LP-RP", (1,)),
        ("TEA-TOWEL-2", "Linen tea towels, two", (240, 180, 25), 240, "49.00", "TT-2", (0, 2)),
        ("SCARF-SILK", "Silk scarf, boxed", (180, 180, 30), 110, "139.00", "SC-SILK", (2,)),
    ),
)
_UNITS_A_SALE = {"SOCKS-WOOL-3": 3}
_LOCAL_PRODUCT = ("TOTE-CANVAS", "Canvas tote", (380, 350, 20), 260, "79.00")


@dataclass(frozen=True)
class World:
    """What `andon init --demo --json` prints: numbers, codes and keys of everyone, and a sign-in for each role."""

    url: str
    operator_key: str
    shops: list[dict[str, Any]] = field(default_factory=list)
    suppliers: list[dict[str, Any]] = field(default_factory=list)
    carriers: list[dict[str, Any]] = field(default_factory=list)
    channels: list[dict[str, Any]] = field(default_factory=list)
    people: list[dict[str, Any]] = field(default_factory=list)

    def shown(self) -> dict[str, Any]:
        """The world as plain JSON values."""
        return asdict(self)

    def parties(self) -> dict[str, list[dict[str, Any]]]:
        """Everyone but the operator, by kind."""
        return {
            "shop": self.shops,
            "supplier": self.suppliers,
            "carrier": self.carriers,
            "channel": self.channels,
        }


def make_world(line: Line, url: str) -> World:
    """Fill an empty database with the demonstration world; answers its keys, which are shown this once."""
    with line.transaction(OPERATOR) as tx:
        supplier_ids = _qualified_suppliers(tx)
        _count_pools(tx, supplier_ids)
    shops = [_furnished_shop(line, place, supplier_ids) for place in range(len(_SHOPS))]
    return with_fresh_keys(
        line, url, shops, [(n, name) for n, (name, _) in zip(supplier_ids, _SUPPLIERS, strict=True)]
    )


def with_fresh_keys(
    line: Line, url: str, shops: list[dict[str, Any]], suppliers: list[tuple[int, str]]
) -> World:
    """The world with a new key for everyone, with every scope of the party."""
    with line.transaction(OPERATOR) as tx:
        return World(
            url=url,
            operator_key=_key(tx, "operator", ""),
            shops=[{**shop, "key": _key(tx, "shop", str(shop["id"]))} for shop in shops],
            suppliers=[{"id": n, "name": name, "key": _key(tx, "supplier", str(n))} for n, name in suppliers],
            carriers=[{"code": code, "key": _key(tx, "carrier", code)} for code in _carriers_first_ours(tx)],
            channels=[{"code": "plaza", "key": _key(tx, "channel", "plaza")}],
            people=_people(tx, [shop["id"] for shop in shops], suppliers[0][0]),
        )


def _people(tx: Tx[Policy], shop_ids: list[int], supplier_id: int) -> list[dict[str, Any]]:
    """Somebody for each role: of all shops, of the first supplier, of the operator."""
    numbers = {"shop": [str(n) for n in shop_ids], "supplier": [str(supplier_id)], "operator": [""]}
    password = secrets.token_urlsafe(12)
    kept = hash_of_new(password, name="demonstration", email="")
    people = []
    for party, roles in ROLES.items():
        for role in roles:
            email = f"{role}@{party}.andon.test"
            who: NewPerson | int = NewPerson(email, TITLES[role][1], "zh-CN", kept)
            for number in numbers[party]:
                _, link = invite(tx, Party(party, number), role, None, "zh-CN", "", b"")
                who = accept_invitation(tx, link.partition("#")[2], who)
            people.append({"party": party, "role": role, "email": email, "password": password})
    return people


def _carriers_first_ours(tx: Tx[Policy]) -> list[str]:
    ours = tx.policy.lines[_PLAN[0]].carrier
    return [ours, *(code for code in tx.policy.carriers if code != ours)]


def _key(tx: Tx[Policy], party: str, party_id: str) -> str:
    return issue_key(tx, party=party, party_id=party_id, scopes=sorted(SCOPES), label="demonstration").secret


def _qualified_suppliers(tx: Tx[Policy]) -> list[int]:
    drafts = [Application(name=name, kind=kind, documents=[]) for name, kind in _SUPPLIERS]
    supplier_ids = [supplier.supplier_id for supplier in apply_suppliers(tx, drafts)]
    decide_suppliers(tx, supplier_ids, "qualify", "demonstration")
    return supplier_ids


def _count_pools(tx: Tx[Policy], supplier_ids: list[int]) -> None:
    items = {
        (supplier_ids[place], item) for shop in _PRODUCTS for *_, item, places in shop for place in places
    }
    count_pools(tx, [PoolCount(supplier_id=s, item=i, counted=UNITS_AT_HAND) for s, i in sorted(items)])


def _furnished_shop(line: Line, place: int, supplier_ids: list[int]) -> dict[str, Any]:
    name, category, locale = _SHOPS[place]
    with line.transaction(OPERATOR) as tx:
        shop_id = open_shop(
            tx, name=name, category=category, locale=locale, currency=tx.policy.currency, zone=tx.policy.zone
        ).shop_id
    with line.transaction(Actor("shop", shop_id)) as tx:
        bindings = offer_bindings(tx, shop_id, supplier_ids)
        accept_bindings(tx, shop_id, [binding.binding_id for binding in bindings])
        _put_catalog(tx, shop_id, place, supplier_ids)
        put_plan(tx, shop_id, list(_PLAN))
    with line.transaction(Actor("shop", shop_id)) as tx:
        join_jit(tx, shop_id, signed_by=f"shop:{shop_id}")
        deposit_funds(tx, shop_id, Money(Decimal(1_000_000), tx.policy.currency))
        currency = tx.policy.currency
    return {"id": shop_id, "name": name, "currency": currency, "products": _listed(place, currency)}


def _listed(place: int, currency: str) -> list[dict[str, Any]]:
    jit = [{"sku": sku, "mode": "jit", "price": price} for sku, _, _, _, price, _, _ in _PRODUCTS[place]]
    local = {"sku": _LOCAL_PRODUCT[0], "mode": "standard", "price": _LOCAL_PRODUCT[4]}
    return [
        {**product, "price": {"amount": product["price"], "currency": currency}} for product in (*jit, local)
    ]


def _put_catalog(tx: Tx[Policy], shop_id: int, place: int, supplier_ids: list[int]) -> None:
    currency = tx.policy.currency
    drafts = [
        ProductDraft(sku, title, Mode.JIT, *size, grams, Money.of(price, currency))
        for sku, title, size, grams, price, _, _ in _PRODUCTS[place]
    ]
    sku, title, size, grams, price = _LOCAL_PRODUCT
    drafts.append(ProductDraft(sku, title, Mode.STANDARD, *size, grams, Money.of(price, currency)))
    put_products(tx, shop_id, drafts)
    put_mappings(
        tx,
        shop_id,
        [
            MappingDraft(sku, supplier_ids[at], item, _UNITS_A_SALE.get(sku, 1), priority, None)
            for sku, *_, item, places in _PRODUCTS[place]
            for priority, at in enumerate(places, start=1)
        ],
    )
    count_local(tx, shop_id, LOCAL, _LOCAL_PRODUCT[0], 500, None)
