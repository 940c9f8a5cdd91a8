"""Shops as they are listed."""

from collections.abc import Sequence

from sqlalchemy import select

from andon.kernel.errors import NotFound
from andon.kernel.tx import Tx
from andon.partners.shops.tables import Shop
from andon.platform.policies.rules import Policy


def shop_of(tx: Tx[Policy], shop_id: int) -> Shop:
    """The shop of that number; NotFound `shop.not_found` if there is none to see here."""
    found = tx.session.get(Shop, shop_id)
    if found is None:
        raise NotFound("shop.not_found")
    return found


def jit_is_offered(tx: Tx[Policy], shop_id: int) -> bool:
    """Whether JIT is offered to the shop; certain only while its head is held. NotFound as `shop_of`. Source: EXIT-6."""
    found = tx.one("select jit_offered from shops where shop_id = :shop", shop=shop_id)
    if found is None:
        raise NotFound("shop.not_found")
    return bool(found.jit_offered)


def list_shops(tx: Tx[Policy], *, after: int = 0, limit: int) -> Sequence[Shop]:
    """The shops that may be seen here, by number, from the one after `after`."""
    return tx.session.scalars(
        select(Shop).where(Shop.shop_id > after).order_by(Shop.shop_id).limit(limit)
    ).all()
