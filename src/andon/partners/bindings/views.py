"""Which shops a supplier may reach, and bindings as they are listed."""

from collections.abc import Collection, Sequence

from sqlalchemy import Connection, select, text

from andon.kernel.errors import NotFound
from andon.kernel.tx import Tx
from andon.partners.bindings.rules import BindingState
from andon.partners.bindings.tables import Binding
from andon.platform.policies.rules import Policy

_GRANTED = text(
    "select shop_id from grants where supplier_id = :supplier and ended_at is null order by shop_id for share"
)


def granted_shops(connection: Connection | Tx[Policy], supplier_id: int) -> list[int]:
    """The shops on which the supplier holds a live grant, lowest first.

    The grants are held for share: whoever ends one waits for this transaction. Source: EXIT-3.
    """
    if isinstance(connection, Tx):
        connection = connection.connection
    return list(connection.scalars(_GRANTED, {"supplier": supplier_id}))


def shops_granting(tx: Tx[Policy], supplier_ids: Collection[int]) -> list[int]:
    """The shops on which any of these suppliers holds a live grant, lowest first; nothing is held."""
    found = tx.rows(
        "select distinct shop_id from grants where supplier_id = any(:suppliers) and ended_at is null "
        "order by shop_id",
        suppliers=list(supplier_ids),
    )
    return [row.shop_id for row in found]


def list_bindings(
    tx: Tx[Policy], shop_id: int, *, state: BindingState | None = None, after: int = 0, limit: int
) -> Sequence[Binding]:
    """A shop's bindings by number, from the one after `after`; only those in `state`, if one is named."""
    query = select(Binding).where(Binding.shop_id == shop_id, Binding.binding_id > after)
    if state is not None:
        query = query.where(Binding.state == state.value)
    return tx.session.scalars(query.order_by(Binding.binding_id).limit(limit)).all()


def binding_of(tx: Tx[Policy], shop_id: int, binding_id: int) -> Binding:
    """The shop's binding of that number; NotFound `binding.not_found`."""
    found = tx.session.get(Binding, (shop_id, binding_id))
    if found is None:
        raise NotFound("binding.not_found")
    return found


def shop_offering(tx: Tx[Policy], supplier_id: int, binding_id: int) -> int:
    """The shop that offered this binding to this supplier; NotFound `binding.not_found`."""
    found = tx.one(
        "select shop_id from invitations where supplier_id = :supplier and binding_id = :binding",
        supplier=supplier_id,
        binding=binding_id,
    )
    if found is None:
        raise NotFound("binding.not_found")
    shop_id: int = found.shop_id
    return shop_id


def bindings_of_supplier(
    tx: Tx[Policy], supplier_id: int, *, state: BindingState | None = None, after: int = 0, limit: int
) -> Sequence[Binding]:
    """A supplier's bindings by number, from the one after `after`: offered, live and ended ones alike."""
    with tx.reaching(_inviting(tx, supplier_id)):
        query = select(Binding).where(Binding.supplier_id == supplier_id, Binding.binding_id > after)
        if state is not None:
            query = query.where(Binding.state == state.value)
        return tx.session.scalars(query.order_by(Binding.binding_id).limit(limit)).all()


def names_of_shops(tx: Tx[Policy], rows: Sequence[Binding]) -> dict[int, str]:
    """What the shops of these bindings are called, by number; of one that has ended nothing is told."""
    bound = {row.shop_id for row in rows if row.state != BindingState.ENDED.value}
    with tx.reaching(bound):
        found = tx.rows("select shop_id, name from shops where shop_id = any(:shops)", shops=sorted(bound))
    return {row.shop_id: row.name for row in found}


def _inviting(tx: Tx[Policy], supplier_id: int) -> list[int]:
    found = tx.rows(
        "select distinct shop_id from invitations where supplier_id = :supplier", supplier=supplier_id
    )
    return [row.shop_id for row in found]


def has_live_binding(tx: Tx[Policy], shop_id: int, supplier_id: int) -> bool:
    """Whether the shop has a binding with the supplier that has not ended."""
    found = tx.one(
        "select 1 from bindings where shop_id = :shop and supplier_id = :supplier and state < 80",
        shop=shop_id,
        supplier=supplier_id,
    )
    return found is not None
