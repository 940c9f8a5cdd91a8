"""The letters of a shop that leaves by force: drawn up together, whatever is open, and taken back with it. Source: EXIT-7."""

from datetime import datetime

from sqlalchemy import select

from andon.kernel.tx import Tx
from andon.membership.unbinding.service.drawing import begin_end, take_back_end
from andon.membership.unbinding.tables import Letter
from andon.partners.bindings.rules import BindingState
from andon.partners.bindings.service import end_binding
from andon.partners.bindings.tables import Binding
from andon.partners.bindings.views import binding_of
from andon.platform.policies.rules import Policy


def draw_up_all(tx: Tx[Policy], shop_id: int) -> list[int]:
    """Begin to end every binding of a shop, whatever is open there; answers those whose letter waits for its signature.

    Nothing new goes to any supplier from here on; what is under way goes on by the grant. An offer that nobody has
    accepted is withdrawn. The caller has closed the head. Source: EXIT-7.
    """
    live = tx.session.scalars(
        select(Binding)
        .where(Binding.shop_id == shop_id, Binding.state < BindingState.ENDED.value)
        .order_by(Binding.binding_id)
    ).all()
    for binding in live:
        if binding.state == BindingState.OFFERED:
            end_binding(tx, shop_id, binding.binding_id)
        elif binding.state == BindingState.ACTIVE:
            begin_end(tx, shop_id, binding.binding_id, binding.supplier_id)
    return [binding.binding_id for binding in live if binding.state != BindingState.OFFERED]


def stay_all(tx: Tx[Policy], shop_id: int, since: datetime) -> None:
    """Take back every letter of a shop that was drawn up since then and is not signed. The caller has closed the head."""
    drawn = tx.session.scalars(
        select(Letter)
        .where(Letter.shop_id == shop_id, Letter.drawn_at >= since)
        .where(Letter.signed_at.is_(None), Letter.withdrawn_at.is_(None))
        .order_by(Letter.letter_id)
    ).all()
    for letter in drawn:
        take_back_end(tx, binding_of(tx, shop_id, letter.binding_id))
