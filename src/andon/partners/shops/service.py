"""Opening a shop, and its JIT intake."""

from datetime import datetime
from functools import cache
from zoneinfo import available_timezones

from andon.kernel.currencies import currencies
from andon.kernel.errors import Invalid
from andon.kernel.events import Head
from andon.kernel.tx import Tx
from andon.partners.shops.events import (
    JitIntakeClosed,
    JitIntakeOpened,
    JitNotOffered,
    JitOffered,
    ShopOpened,
)
from andon.partners.shops.rules import check_shop
from andon.partners.shops.tables import SHOP_IDS, Shop
from andon.platform.policies.rules import Policy


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def open_shop(tx: Tx[Policy], *, name: str, category: str, locale: str, currency: str, zone: str) -> Shop:
    """A new shop, with its head row and its JIT intake closed until it joins.

    Refuses with Invalid, code `shop.<field>`, what no shop can have.
    """
    check_shop(name, category, locale, currency)
    if currency not in currencies():
        raise Invalid("shop.currency", currency)
    if zone not in _zones():
        raise Invalid("shop.zone", zone)

    [shop_id] = tx.take_ids(SHOP_IDS.name, 1)
    with tx.reaching([shop_id]):
        tx.add(Head(shop_id=shop_id))
        shop = tx.add(
            Shop(
                shop_id=shop_id,
                name=name,
                category=category,
                locale=locale,
                currency=currency,
                zone=zone,
                jit_intake_open=False,
                created_at=tx.now,
            )
        )
        tx.hold(shop_id)
        tx.emit(ShopOpened(shop_id=shop_id, category=category, currency=currency))
    return shop


def open_jit_intake(tx: Tx[Policy], shop_id: int) -> Shop:
    """Let orders for products in JIT mode go to suppliers; done already, it changes nothing.

    The caller has the shop's head row; NotFound if there is no such shop here.
    """
    return _set_jit_intake(tx, shop_id, is_open=True)


def close_jit_intake(tx: Tx[Policy], shop_id: int) -> Shop:
    """Let all orders go the standard way from now on; done already, it changes nothing.

    The caller has closed the shop's head, so that no order slips in beside it. Source: EXIT-1.
    """
    return _set_jit_intake(tx, shop_id, is_open=False)


def prefer_smart_line(tx: Tx[Policy], shop_id: int, until: datetime | None) -> None:
    """Let standard orders take the smart line first until then, or no more. The shop's head is held. Source: MOVE-1."""
    tx.lock(Shop, shop_id).smart_until = until
    tx.session.flush()


def offer_jit(tx: Tx[Policy], shop_id: int) -> None:
    """Let products of the shop be set to JIT mode, and JIT lines be put into its plan; done already, it changes nothing."""
    _set_jit_offered(tx, shop_id, offered=True)


def stop_offering_jit(tx: Tx[Policy], shop_id: int) -> None:
    """Refuse JIT mode and JIT lines to the shop from now on; done already, it changes nothing. Source: EXIT-6."""
    _set_jit_offered(tx, shop_id, offered=False)


def _set_jit_offered(tx: Tx[Policy], shop_id: int, *, offered: bool) -> None:
    tx.hold(shop_id)
    shop = tx.lock(Shop, shop_id)
    if shop.jit_offered != offered:
        shop.jit_offered = offered
        tx.session.flush()
        tx.emit(JitOffered(shop_id=shop_id) if offered else JitNotOffered(shop_id=shop_id))


def _set_jit_intake(tx: Tx[Policy], shop_id: int, *, is_open: bool) -> Shop:
    tx.hold(shop_id)
    shop = tx.lock(Shop, shop_id)
    if shop.jit_intake_open != is_open:
        shop.jit_intake_open = is_open
        tx.session.flush()
        tx.emit(JitIntakeOpened(shop_id=shop_id) if is_open else JitIntakeClosed(shop_id=shop_id))
    return shop
