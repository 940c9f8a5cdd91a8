"""Signing the letter: in force the moment it is signed, all of it in one transaction. Source: EXIT-3."""

from collections.abc import Sequence
from dataclasses import dataclass

import orjson

from andon.kernel.errors import Conflict
from andon.kernel.events import PLATFORM
from andon.kernel.tx import Tx
from andon.membership.unbinding.events import LetterSigned
from andon.membership.unbinding.tables import Letter
from andon.membership.unbinding.views import check_nothing_open, letter_of, what_ends
from andon.partners.bindings.service import close_grant, end_binding
from andon.partners.catalog.service import remove_mappings_to
from andon.partners.stock.service import release_consigned
from andon.platform.notices.service import Notice, tell
from andon.platform.policies.rules import Policy


@dataclass(frozen=True, slots=True)
class Signature:
    """Who signs: the name as it was typed, which member or key it is, and by what they proved it."""

    name: str
    by: str
    factor: str


def sign_letter(tx: Tx[Policy], shop_id: int, letter_id: int, signature: Signature) -> Letter:
    """Sign a letter: its binding and the grant end, the mappings go, consigned stock comes back. Again changes nothing.

    Whoever acts under the grant at this moment is waited for, and is seen: the gate is looked at again once nobody else
    can write. Refuses with NotFound `letter.not_found`, Conflict `letter.withdrawn` or `binding.blocked`.
    Source: EXIT-3, PART-2.
    """
    letter = letter_of(tx, shop_id, letter_id)
    close_grant(tx, shop_id, letter.supplier_id)
    tx.close_head(shop_id)
    return sign_closed(tx, shop_id, letter_id, signature)


def sign_closed(tx: Tx[Policy], shop_id: int, letter_id: int, signature: Signature) -> Letter:
    """The same once the grant is taken and the shop's head is closed."""
    letter = tx.lock(Letter, shop_id, letter_id)
    if letter.signed_at is not None:
        return letter
    if letter.withdrawn_at is not None:
        raise Conflict("letter.withdrawn")
    check_nothing_open(tx, shop_id, letter.supplier_id)

    ended = what_ends(tx, shop_id, letter.binding_id, letter.supplier_id)
    ended["released"] = _notes_of(tx, shop_id, unbind(tx, shop_id, letter.binding_id, letter.supplier_id))
    tx.put(
        "update letters set signed_at = :now, signed_name = :name, signed_by = :by, factor = :factor, "
        "ended = cast(:ended as jsonb), due_at = :now, paper_due_at = :now where shop_id = :shop and letter_id = :letter",
        now=tx.now,
        name=signature.name,
        by=signature.by,
        factor=signature.factor,
        ended=orjson.dumps(ended).decode(),
        shop=shop_id,
        letter=letter_id,
    )
    tx.emit(
        LetterSigned(
            shop_id=shop_id,
            letter_id=letter_id,
            binding_id=letter.binding_id,
            number=letter.number,
            signed_by=signature.by,
            factor=signature.factor,
        )
    )
    _tell(tx, letter)
    tx.wake("prove")
    return tx.lock(Letter, shop_id, letter_id)


def unbind(tx: Tx[Policy], shop_id: int, binding_id: int, supplier_id: int) -> list[int]:
    """What a signature does to the shop: binding and grant end, its units there come back, the mappings go.

    Answers the calibrations of what came back. The caller holds the grant and has closed the head. Source: EXIT-3, PART-2.
    """
    end_binding(tx, shop_id, binding_id)
    released = release_consigned(tx, shop_id, supplier_id)
    remove_mappings_to(tx, shop_id, supplier_id)
    return released


def put_away(tx: Tx[Policy], shop_id: int, letter_id: int) -> None:
    """The letter's paper was rendered and is kept."""
    tx.put(
        "update letters set paper_due_at = null where shop_id = :shop and letter_id = :letter",
        shop=shop_id,
        letter=letter_id,
    )


def _notes_of(tx: Tx[Policy], shop_id: int, released: Sequence[int]) -> list[str]:
    """The numbers of the transfer notes under which those calibrations were released."""
    notes = tx.rows(
        "select distinct transfer_note from calibrations "
        "where shop_id = :shop and calibration_id = any(:released) order by transfer_note",
        shop=shop_id,
        released=list(released),
    )
    return [row.transfer_note for row in notes]


def _tell(tx: Tx[Policy], letter: Letter) -> None:
    facts = {"binding_id": letter.binding_id, "letter_id": letter.letter_id, "number": letter.number}
    own = facts | {"shop_id": letter.shop_id}
    tell(
        tx,
        [
            Notice(
                letter.shop_id, "seller", "binding.ended", facts=facts | {"supplier_id": letter.supplier_id}
            ),
            # The platform's, as the supplier sees nothing of the shop's any more.
            Notice(PLATFORM, "supplier", "binding.ended", supplier_id=letter.supplier_id, facts=own),
        ],
    )
