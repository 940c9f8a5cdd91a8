"""Product exits as they are listed."""

from collections.abc import Sequence
from typing import Literal

from sqlalchemy import select

from andon.kernel.http.models import Instant, Out
from andon.kernel.tx import Tx
from andon.partners.parting.rules import Missing, ProductExitState
from andon.partners.parting.tables import ProductExit
from andon.platform.policies.rules import Policy

StateWord = Literal["open", "done", "taken_back"]


class ProductExitOut(Out):
    """One product's leaving JIT (PART-1). An `open` one is half done; `missing` is the act that it waits for.

    It is done when the product's JIT mode is unticked and its last mapping removed, and taken back when the first of the
    two acts is undone before.
    """

    id: int
    shop_id: int
    sku: str
    state: StateWord
    missing: Missing | None
    opened_at: Instant
    ended_at: Instant | None

    @classmethod
    def of(cls, row: ProductExit) -> "ProductExitOut":
        """The product exit's form on the wire."""
        return cls.model_validate(
            {
                "id": row.product_exit_id,
                "shop_id": row.shop_id,
                "sku": row.sku,
                "state": ProductExitState(row.state).word,
                "missing": row.missing,
                "opened_at": row.opened_at,
                "ended_at": row.ended_at,
            }
        )


def list_product_exits(
    tx: Tx[Policy],
    shop_id: int,
    *,
    state: ProductExitState | None = None,
    sku: str | None = None,
    after: int = 0,
    limit: int,
) -> Sequence[ProductExit]:
    """A shop's product exits by number, from the one after `after`; in one state or of one SKU, if named."""
    query = select(ProductExit).where(ProductExit.shop_id == shop_id, ProductExit.product_exit_id > after)
    if state is not None:
        query = query.where(ProductExit.state == state.value)
    if sku is not None:
        query = query.where(ProductExit.sku == sku)
    return tx.session.scalars(query.order_by(ProductExit.product_exit_id).limit(limit)).all()


def newest_exit_of(tx: Tx[Policy], shop_id: int, sku: str) -> ProductExit:
    """The newest exit of a product that has one."""
    return tx.session.scalars(
        select(ProductExit)
        .where(ProductExit.shop_id == shop_id, ProductExit.sku == sku)
        .order_by(ProductExit.product_exit_id.desc())
        .limit(1),
        execution_options={"populate_existing": True},
    ).one()
