"""Letters as they are listed and read, by the shop and by the supplier."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from sqlalchemy import select

from andon.kernel.errors import NotFound
from andon.kernel.http.models import Instant, Out
from andon.kernel.tx import Tx
from andon.membership.unbinding.rules import LetterState, state_of
from andon.membership.unbinding.tables import Letter
from andon.platform.policies.rules import Policy


class RevocationTryOut(Out):
    """One thing that was tried after the signature: by which key, what, and what was answered."""

    key_id: int | None
    tried: str
    status: int | None
    code: str | None
    refused: bool
    at: Instant


class EndedOut(Out):
    """What ended with the letter."""

    grant_id: int | None
    keys: list[int]
    endpoint: str | None
    mappings: int
    transfer_notes: list[str]


class LetterOut(Out):
    """A termination letter. `signed_name` is as it was typed; `signed_by` is the member or key, `factor` what proved it.

    `proven_at` is when everything that it closes had been tried and nothing opened; `tries` are what was tried last.
    """

    id: int
    shop_id: int
    supplier_id: int
    binding_id: int
    number: str
    state: LetterState
    drawn_at: Instant
    withdrawn_at: Instant | None
    signed_at: Instant | None
    signed_name: str | None
    signed_by: str | None
    factor: Literal["totp", "recovery", "none", "key", "notice", "forced"] | None
    proven_at: Instant | None
    ended: EndedOut | None
    tries: list[RevocationTryOut] | None = None


def letter_of(tx: Tx[Policy], shop_id: int, letter_id: int) -> Letter:
    """The shop's letter of that number; NotFound `letter.not_found`."""
    found = tx.session.get(Letter, (shop_id, letter_id))
    if found is None:
        raise NotFound("letter.not_found")
    return found


def list_letters(tx: Tx[Policy], shop_id: int, *, after: int = 0, limit: int) -> Sequence[Letter]:
    """A shop's letters by number, from the one after `after`."""
    query = select(Letter).where(Letter.shop_id == shop_id, Letter.letter_id > after)
    return tx.session.scalars(query.order_by(Letter.letter_id).limit(limit)).all()


def letters_of_supplier(tx: Tx[Policy], supplier_id: int, *, after: int = 0, limit: int) -> Sequence[Letter]:
    """A supplier's own letters by number, from the one after `after`, also of bindings that have ended."""
    with tx.reaching(_invited_by(tx, supplier_id)):
        query = select(Letter).where(Letter.supplier_id == supplier_id, Letter.letter_id > after)
        return tx.session.scalars(query.order_by(Letter.letter_id).limit(limit)).all()


def supplier_letter(tx: Tx[Policy], supplier_id: int, letter_id: int) -> Letter:
    """A supplier's own letter of that number; NotFound `letter.not_found`."""
    for letter in letters_of_supplier(tx, supplier_id, after=letter_id - 1, limit=1):
        if letter.letter_id == letter_id:
            return letter
    raise NotFound("letter.not_found")


def unproven_letters(tx: Tx[Policy], shop_id: int) -> list[Letter]:
    """The shop's signed letters of which it is not proven yet that nothing opens any more. Source: EXIT-6."""
    query = select(Letter).where(
        Letter.shop_id == shop_id, Letter.signed_at.is_not(None), Letter.proven_at.is_(None)
    )
    return list(tx.session.scalars(query.order_by(Letter.letter_id)))


def unrendered_letters(tx: Tx[Policy], limit: int) -> Sequence[Letter]:
    """Signed letters that nobody has rendered yet, of all shops, the longest signed first."""
    found = tx.rows(
        "select shop_id, letter_id from letters where paper_due_at is not null and paper_due_at <= :now "
        "order by paper_due_at, letter_id limit :limit",
        now=tx.now,
        limit=limit,
    )
    return [letter_of(tx, row.shop_id, row.letter_id) for row in found]


def letter_shown(letter: Letter, tries: Sequence[Any] | None = None) -> LetterOut:
    """A letter's form on the wire; with what was tried last, where that is asked for."""
    return LetterOut.model_validate(
        {
            "id": letter.letter_id,
            "shop_id": letter.shop_id,
            "supplier_id": letter.supplier_id,
            "binding_id": letter.binding_id,
            "number": letter.number,
            "state": state_of(letter.withdrawn_at, letter.signed_at, letter.proven_at),
            "drawn_at": letter.drawn_at,
            "withdrawn_at": letter.withdrawn_at,
            "signed_at": letter.signed_at,
            "signed_name": letter.signed_name,
            "signed_by": letter.signed_by,
            "factor": letter.factor,
            "proven_at": letter.proven_at,
            "ended": letter.ended and _ended(letter.ended),
            "tries": tries,
        }
    )


def _ended(ended: Mapping[str, Any]) -> EndedOut:
    return EndedOut(
        grant_id=ended["grant"] and ended["grant"]["id"],
        keys=ended["keys"],
        endpoint=ended["endpoint"],
        mappings=ended["mappings_total"],
        transfer_notes=ended["released"],
    )


def last_tries(tx: Tx[Policy], shop_id: int, letter_id: int) -> Sequence[Any]:
    """What was tried last after that letter was signed."""
    return tx.rows(
        "select key_id, tried, status, code, refused, at from revocation_tries t "
        "where shop_id = :shop and letter_id = :letter and at = (select max(at) from revocation_tries "
        "where shop_id = :shop and letter_id = :letter) order by try_id",
        shop=shop_id,
        letter=letter_id,
    )


def _invited_by(tx: Tx[Policy], supplier_id: int) -> list[int]:
    rows = tx.rows(
        "select distinct shop_id from invitations where supplier_id = :supplier", supplier=supplier_id
    )
    return [row.shop_id for row in rows]
