"""A binding's end is begun by drawing up its letter, and taken back until that is signed. Source: EXIT-3."""

from dataclasses import dataclass

from andon.kernel.tx import Tx
from andon.membership.unbinding.rules import letter_number
from andon.membership.unbinding.tables import LETTER_IDS
from andon.membership.unbinding.views import check_nothing_open
from andon.orders.order.rules import Mode
from andon.partners.bindings.rules import BINDING, BindingState
from andon.partners.bindings.service import begin_ending, end_binding, stay_bound
from andon.partners.bindings.tables import Binding
from andon.partners.bindings.views import binding_of
from andon.platform.notices.service import Notice, tell
from andon.platform.policies.rules import Policy


@dataclass(frozen=True, slots=True)
class End:
    """How a binding's end stands. `letter_id` is None where none is needed: an offer that was withdrawn."""

    binding_id: int
    letter_id: int | None
    state: BindingState


def draw_up_end(tx: Tx[Policy], shop_id: int, binding_id: int) -> End:
    """Begin to end a binding: its letter is drawn up, and nothing new goes to its supplier from here on.

    Asked again it answers the same letter, signed or not. An offer that nobody has accepted is withdrawn instead: there is
    no grant to end, and no letter. Refuses with NotFound `binding.not_found`, and with Conflict `binding.blocked`, which
    says by what, while the supplier has an open JIT fulfilment of the shop. What it ships as a standard order may still be
    open, as more would come of it for ever: the signature waits for that. Source: EXIT-3, MOVE-1.
    """
    tx.close_head(shop_id)
    binding = binding_of(tx, shop_id, binding_id)
    state = BindingState(binding.state)
    if state in (BindingState.ENDING, BindingState.ENDED):
        return End(binding_id, binding.letter_id, state)
    if state is BindingState.OFFERED:
        end_binding(tx, shop_id, binding_id)
        return End(binding_id, None, BindingState.ENDED)
    check_nothing_open(tx, shop_id, binding.supplier_id, [Mode.JIT])
    return draw_up_anyhow(tx, shop_id, binding_id)


def draw_up_anyhow(tx: Tx[Policy], shop_id: int, binding_id: int) -> End:
    """The same for a supplier that leaves by its own notice: what is open does not refuse the letter, only its signature.

    The shop's head is closed already.
    """
    binding = binding_of(tx, shop_id, binding_id)
    if binding.state == BindingState.ENDING:
        return End(binding_id, binding.letter_id, BindingState.ENDING)
    letter_id = begin_end(tx, shop_id, binding_id, binding.supplier_id)
    return End(binding_id, letter_id, BindingState.ENDING)


def stay(tx: Tx[Policy], shop_id: int, binding_id: int) -> End:
    """Take the end of a binding back, before its letter is signed; where it is active it stays as it is.

    Refuses with NotFound `binding.not_found`, and Conflict `binding.state` once it has ended, or before it was accepted.
    """
    tx.close_head(shop_id)
    binding = binding_of(tx, shop_id, binding_id)
    state = BindingState(binding.state)
    if state is BindingState.ACTIVE:
        return End(binding_id, None, state)
    if state is not BindingState.ENDING:
        BINDING.check(state, BindingState.ENDING)
    take_back_end(tx, binding)
    return End(binding_id, None, BindingState.ACTIVE)


def begin_end(tx: Tx[Policy], shop_id: int, binding_id: int, supplier_id: int) -> int:
    """Draw up the letter of an active binding, and tell both parties; its number. The caller has closed the head."""
    letter_id = _draw_up(tx, shop_id, binding_id, supplier_id)
    begin_ending(tx, shop_id, binding_id, letter_id)
    _tell(tx, "binding.ending", shop_id, binding_id, supplier_id, letter_id)
    return letter_id


def take_back_end(tx: Tx[Policy], binding: Binding) -> None:
    """Take back the letter of a binding that is ending, and tell both parties. The caller has closed the head."""
    shop_id, binding_id, letter_id = binding.shop_id, binding.binding_id, binding.letter_id
    stay_bound(tx, shop_id, binding_id)
    tx.put(
        "update letters set withdrawn_at = :now where shop_id = :shop and letter_id = :letter",
        shop=shop_id,
        letter=letter_id,
        now=tx.now,
    )
    _tell(tx, "binding.stays", shop_id, binding_id, binding.supplier_id, letter_id)


def _draw_up(tx: Tx[Policy], shop_id: int, binding_id: int, supplier_id: int) -> int:
    [letter_id] = tx.take_ids(LETTER_IDS.name, 1)
    tx.put(
        "insert into letters (shop_id, letter_id, binding_id, supplier_id, number, drawn_at) "
        "values (:shop, :letter, :binding, :supplier, :number, :now)",
        shop=shop_id,
        letter=letter_id,
        binding=binding_id,
        supplier=supplier_id,
        number=letter_number(letter_id, tx.now),
        now=tx.now,
    )
    return letter_id


def _tell(
    tx: Tx[Policy], kind: str, shop_id: int, binding_id: int, supplier_id: int, letter_id: int | None
) -> None:
    facts = {"binding_id": binding_id, "letter_id": letter_id}
    tell(
        tx,
        [
            Notice(shop_id, "seller", kind, facts=facts | {"supplier_id": supplier_id}),
            Notice(shop_id, "supplier", kind, supplier_id=supplier_id, facts=facts | {"shop_id": shop_id}),
        ],
    )
