"""Offering a binding, accepting it, and ending it."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import ARRAY, BigInteger, Row, any_, literal, select

from andon.kernel.errors import Conflict, Invalid, NotFound
from andon.kernel.rows import as_json
from andon.kernel.tx import Tx
from andon.partners.bindings.events import BindingActive, BindingEnded, BindingEnding, BindingOffered
from andon.partners.bindings.rules import BINDING, GRANT_SCOPES, BindingState
from andon.partners.bindings.tables import BINDING_IDS, GRANT_IDS, Binding
from andon.partners.shops.views import shop_of
from andon.partners.suppliers.rules import SupplierState
from andon.platform.policies.rules import Policy


def offer_bindings(tx: Tx[Policy], shop_id: int, supplier_ids: Collection[int]) -> list[Binding]:
    """The live bindings of the shop with these suppliers, by supplier; offered now where there was none.

    A pair has one live binding: offering it again answers the present one and changes nothing. Refuses with
    Invalid (`supplier.unknown`) or Conflict (`supplier.not_qualified`), all or none. Source: QUAL-1.
    """
    wanted = sorted(set(supplier_ids))
    shop_of(tx, shop_id)
    tx.hold(shop_id)
    live = _live(tx, shop_id, wanted)
    bound = {binding.supplier_id for binding in live}
    missing = [supplier_id for supplier_id in wanted if supplier_id not in bound]
    if not missing:
        return live

    _check_qualified(tx, missing)
    offered = tx.rows(
        "insert into bindings (shop_id, binding_id, supplier_id, state, offered_at, policy) "
        "select :shop, b.n, b.s, 10, :now, :policy "
        "from json_to_recordset(cast(cast(:rows as text) as json)) as b(n bigint, s bigint) order by b.s "
        "on conflict (shop_id, supplier_id) where state < 80 do nothing returning binding_id, supplier_id",
        shop=shop_id,
        now=tx.now,
        policy=tx.policy.version,
        rows=as_json(
            {"n": number, "s": supplier_id}
            for number, supplier_id in zip(tx.take_ids(BINDING_IDS.name, len(missing)), missing, strict=True)
        ),
    )
    tx.put(
        "insert into invitations (supplier_id, binding_id, shop_id) "
        "select i.s, i.n, :shop from json_to_recordset(cast(cast(:rows as text) as json)) as i(s bigint, n bigint)",
        shop=shop_id,
        rows=as_json({"s": row.supplier_id, "n": row.binding_id} for row in offered),
    )
    tx.emit(
        *(
            BindingOffered(shop_id=shop_id, binding_id=row.binding_id, supplier_id=row.supplier_id)
            for row in offered
        )
    )
    return _live(tx, shop_id, wanted)


def accept_bindings(tx: Tx[Policy], shop_id: int, binding_ids: Collection[int]) -> list[Binding]:
    """Make offered bindings active and open their grants; one that is active already stays as it is.

    Of a shop that has left JIT the supplier is to be reviewed anew. Under a supplier's walls only its own bindings are
    there. Refuses with NotFound (`binding.not_found`), with
    Conflict (`binding.state`, or `supplier.not_qualified` for one that no longer is), all or none. Source: QUAL-1.
    """
    wanted = sorted(set(binding_ids))
    with tx.reaching([shop_id]):
        tx.hold(shop_id)
        held = tx.rows(
            "select binding_id, supplier_id, state from bindings "
            "where shop_id = :shop and binding_id = any(:numbers) order by binding_id for no key update",
            shop=shop_id,
            numbers=wanted,
        )
        if len(held) < len(wanted):
            raise NotFound("binding.not_found")
        waiting = [row for row in held if row.state != BindingState.ACTIVE]
        for row in waiting:
            if row.state != BindingState.OFFERED:
                word = BindingState(row.state).word
                raise Conflict("binding.state", f"a binding that is {word} is not accepted", state=word)
        _check_qualified(tx, [row.supplier_id for row in waiting])
        _open(tx, shop_id, {row.binding_id: row.supplier_id for row in waiting})
        return _bindings(tx, shop_id, wanted)


def close_grant(tx: Tx[Policy], shop_id: int, supplier_id: int) -> None:
    """Take the live grant of this pair alone, before the shop's head and before anything is read.

    A supplier's request holds its grants for share from its beginning on, and takes heads after; whoever ends one waits
    for those under way, in that same order. Source: EXIT-3.
    """
    tx.put(
        "select from grants where supplier_id = :supplier and shop_id = :shop and ended_at is null for update",
        supplier=supplier_id,
        shop=shop_id,
    )


def begin_ending(tx: Tx[Policy], shop_id: int, binding_id: int, letter_id: int) -> None:
    """An active binding is ending from here on: nothing new goes to its supplier, what is under way goes on.

    Refuses with NotFound (`binding.not_found`) and Conflict (`binding.state`). Source: EXIT-3.
    """
    row = _moved(tx, shop_id, binding_id, BindingState.ENDING, letter_id)
    tx.emit(
        BindingEnding(
            shop_id=shop_id, binding_id=binding_id, supplier_id=row.supplier_id, letter_id=letter_id
        )
    )


def stay_bound(tx: Tx[Policy], shop_id: int, binding_id: int) -> None:
    """A binding that was ending is active again, by the grant that it has. Refuses as `begin_ending` does."""
    row = _moved(tx, shop_id, binding_id, BindingState.ACTIVE, None)
    grant = tx.one(
        "select grant_id from grants where shop_id = :shop and binding_id = :binding and ended_at is null",
        shop=shop_id,
        binding=binding_id,
    )
    assert grant is not None, "a binding that is ending has its grant"
    tx.emit(
        BindingActive(
            shop_id=shop_id, binding_id=binding_id, supplier_id=row.supplier_id, grant_id=grant.grant_id
        )
    )


def end_binding(tx: Tx[Policy], shop_id: int, binding_id: int) -> None:
    """End a binding, and its grant in the same transaction; a withdrawn offer has none. Refuses as `begin_ending` does.

    The grant was taken by `close_grant`. Source: EXIT-3.
    """
    row = _moved(tx, shop_id, binding_id, BindingState.ENDED, None)
    grant = tx.one(
        "update grants set ended_at = :now where shop_id = :shop and binding_id = :binding and ended_at is null "
        "returning grant_id",
        shop=shop_id,
        binding=binding_id,
        now=tx.now,
    )
    tx.emit(
        BindingEnded(
            shop_id=shop_id,
            binding_id=binding_id,
            supplier_id=row.supplier_id,
            letter_id=row.letter_id,
            grant_id=grant and grant.grant_id,
        )
    )


def _moved(
    tx: Tx[Policy], shop_id: int, binding_id: int, target: BindingState, letter_id: int | None
) -> Row[Any]:
    """Move a binding by the table of moves. One that ends keeps the letter that was drawn up."""
    tx.hold(shop_id)
    row = tx.one(
        "select supplier_id, state, letter_id from bindings where shop_id = :shop and binding_id = :binding "
        "for no key update",
        shop=shop_id,
        binding=binding_id,
    )
    if row is None:
        raise NotFound("binding.not_found")
    BINDING.check(BindingState(row.state), target)
    ended = target is BindingState.ENDED
    tx.put(
        "update bindings set state = :state, letter_id = :letter, "
        "ended_at = case when :ended then cast(:now as timestamptz) end "
        "where shop_id = :shop and binding_id = :binding",
        state=target.value,
        letter=row.letter_id if ended else letter_id,
        ended=ended,
        now=tx.now,
        shop=shop_id,
        binding=binding_id,
    )
    return row


def _open(tx: Tx[Policy], shop_id: int, suppliers: dict[int, int]) -> None:
    """Make these offered bindings active, each with a grant. `suppliers` are by binding."""
    if not suppliers:
        return
    grants = tx.take_ids(GRANT_IDS.name, len(suppliers))
    # Somebody may listen to this shop now; where nobody does, the first who looks says so, after this commit.
    tx.put("update heads set listened = true where shop_id = :shop", shop=shop_id)
    tx.put(
        "update bindings set state = 20, accepted_at = :now, review_at = (select cast(:now as timestamptz) "
        "from shops where shop_id = :shop and not jit_offered) "
        "where shop_id = :shop and binding_id = any(:numbers) and state = 10",
        shop=shop_id,
        now=tx.now,
        numbers=list(suppliers),
    )
    tx.put(
        "insert into grants (shop_id, grant_id, binding_id, supplier_id, scopes, since) "
        "select :shop, g.g, g.b, g.s, cast(:scopes as jsonb), :now "
        "from json_to_recordset(cast(cast(:rows as text) as json)) as g(g bigint, b bigint, s bigint)",
        shop=shop_id,
        now=tx.now,
        scopes=as_json(GRANT_SCOPES),
        rows=as_json(
            {"g": grant_id, "b": binding_id, "s": supplier_id}
            for grant_id, (binding_id, supplier_id) in zip(grants, suppliers.items(), strict=True)
        ),
    )
    tx.emit(
        *(
            BindingActive(shop_id=shop_id, binding_id=binding_id, supplier_id=supplier_id, grant_id=grant_id)
            for grant_id, (binding_id, supplier_id) in zip(grants, suppliers.items(), strict=True)
        )
    )


def _check_qualified(tx: Tx[Policy], supplier_ids: Collection[int]) -> None:
    """Refuse a supplier that is not there or not qualified; its state is held until the transaction ends."""
    states = {
        row.supplier_id: SupplierState(row.state)
        for row in tx.rows(
            "select supplier_id, state from suppliers where supplier_id = any(:numbers) "
            "order by supplier_id for share",
            numbers=list(supplier_ids),
        )
    }
    for supplier_id in supplier_ids:
        state = states.get(supplier_id)
        if state is None:
            raise Invalid("supplier.unknown", f"no supplier {supplier_id}", supplier_id=supplier_id)
        if state is not SupplierState.QUALIFIED:
            raise Conflict(
                "supplier.not_qualified",
                f"supplier {supplier_id} is {state.word}",
                clause="QUAL-1",
                supplier_id=supplier_id,
                state=state.word,
            )


def _live(tx: Tx[Policy], shop_id: int, supplier_ids: Collection[int]) -> list[Binding]:
    return list(
        tx.session.scalars(
            select(Binding)
            .where(Binding.shop_id == shop_id, Binding.state < BindingState.ENDED.value)
            .where(Binding.supplier_id == any_(literal(list(supplier_ids), ARRAY(BigInteger))))
            .order_by(Binding.supplier_id),
            execution_options={"populate_existing": True},
        )
    )


def _bindings(tx: Tx[Policy], shop_id: int, binding_ids: Collection[int]) -> list[Binding]:
    return list(
        tx.session.scalars(
            select(Binding)
            .where(Binding.shop_id == shop_id)
            .where(Binding.binding_id == any_(literal(list(binding_ids), ARRAY(BigInteger))))
            .order_by(Binding.binding_id),
            execution_options={"populate_existing": True},
        )
    )
