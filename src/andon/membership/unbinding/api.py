"""Unbinding over HTTP: a binding's end is begun, taken back and signed; letters are read by both parties."""

from typing import Annotated, Literal

from fastapi import Response
from pydantic import Field

from andon.kernel.errors import Conflict, Forbidden, Invalid, NotFound, TooMany, Unknown
from andon.kernel.http.models import Out, Strict
from andon.kernel.http.pages import Page, PageQuery, page_of
from andon.kernel.http.problems import problems
from andon.kernel.tx import Tx
from andon.membership.unbinding.service import End, Signature, draw_up_end, sign_letter, stay
from andon.membership.unbinding.views import (
    LetterOut,
    last_tries,
    letter_of,
    letter_shown,
    letters_of_supplier,
    list_letters,
    paper_of,
    supplier_letter,
)
from andon.platform.accounts.edge import Caller, InTransaction, Router, allow
from andon.platform.documents.papers import PDF_ANSWER, Paper, served
from andon.platform.people.service.signing import proof_of
from andon.platform.policies.rules import Policy

router = Router(tags=["unbinding"])

Name = Annotated[str, Field(min_length=1, max_length=100, pattern=r"^\S([^\x00-\x1f\x7f]*\S)?$")]
Code = Annotated[str, Field(min_length=6, max_length=32)]


class EndOut(Out):
    """How a binding's end stands. `letter_id` is null where there is no letter to sign."""

    binding_id: int
    letter_id: int | None
    state: Literal["active", "ending", "ended"]


class SignIn(Strict):
    """Who signs: their name as it is to stand on the letter, and a one-time code where they have a second factor."""

    name: Name
    otp: Code | None = None


@router.post(
    "/shops/{shop_id}/bindings/{binding_id}/end",
    dependencies=[allow("letters.write", "shop")],
    responses=problems(NotFound, Conflict),
)
def end(shop_id: int, binding_id: int, tx: InTransaction) -> EndOut:
    """Begin to end a binding: its termination letter is drawn up, again answers the same one (EXIT-3).

    Nothing new goes to the supplier from here on. An offer that was not accepted is withdrawn: it needs no letter.
    """
    return _ended(draw_up_end(tx, shop_id, binding_id))


@router.delete(
    "/shops/{shop_id}/bindings/{binding_id}/end",
    dependencies=[allow("letters.write", "shop")],
    responses=problems(NotFound, Conflict),
)
def take_back(shop_id: int, binding_id: int, tx: InTransaction) -> EndOut:
    """Stay bound: the end is taken back as long as its letter is not signed."""
    return _ended(stay(tx, shop_id, binding_id))


@router.get("/shops/{shop_id}/letters", dependencies=[allow("letters.read", "shop")])
def letters(shop_id: int, query: PageQuery, tx: InTransaction) -> Page[LetterOut]:
    """The shop's termination letters by number, withdrawn ones included."""
    rows = list_letters(tx, shop_id, after=_after(query.after), limit=query.fetch)
    return page_of(rows, query, key=lambda letter: [letter.letter_id], shape=letter_shown)


@router.get(
    "/shops/{shop_id}/letters/{letter_id}.pdf",
    dependencies=[allow("letters.read", "shop")],
    responses=PDF_ANSWER | problems(NotFound),
    response_class=Response,
)
def letter_pdf(shop_id: int, letter_id: int, caller: Caller) -> Response:
    """The letter, signed by the platform from the moment it is signed online; before that a draft, marked as one."""
    return served(caller, lambda tx: paper_of(tx, letter_of(tx, shop_id, letter_id)))


@router.get(
    "/shops/{shop_id}/letters/{letter_id}",
    dependencies=[allow("letters.read", "shop")],
    responses=problems(NotFound),
)
def letter(shop_id: int, letter_id: int, tx: InTransaction) -> LetterOut:
    """One letter, with what was tried last to prove that it holds."""
    found = letter_of(tx, shop_id, letter_id)
    return letter_shown(found, last_tries(tx, shop_id, letter_id))


@router.post(
    "/shops/{shop_id}/letters/{letter_id}/sign",
    dependencies=[allow("letters.write", "shop")],
    responses=problems(NotFound, Conflict, Forbidden, Invalid, Unknown, TooMany),
)
def sign(shop_id: int, letter_id: int, body: SignIn, tx: InTransaction, caller: Caller) -> LetterOut:
    """Sign the letter: it is in force at once. Binding and grant end with it; signing again changes nothing (EXIT-3).

    A person who has a second factor shows a code of it. The platform's own people sign for nobody.
    """
    holder = caller.holder
    if holder.party != "shop":
        raise Forbidden("letter.sellers_own")
    found = letter_of(tx, shop_id, letter_id)
    if found.signed_at is None:
        signature = Signature(body.name, holder.name, proof_of(tx, caller, body.otp))
        found = sign_letter(tx, shop_id, letter_id, signature)
    return letter_shown(found)


@router.get("/supplier/letters", dependencies=[allow("letters.read", "supplier")])
def suppliers_letters(query: PageQuery, tx: InTransaction) -> Page[LetterOut]:
    """The supplier's own termination letters by number, also of bindings that have ended."""
    rows = letters_of_supplier(tx, _own(tx), after=_after(query.after), limit=query.fetch)
    return page_of(rows, query, key=lambda letter: [letter.letter_id], shape=letter_shown)


@router.get(
    "/supplier/letters/{letter_id}.pdf",
    dependencies=[allow("letters.read", "supplier")],
    responses=PDF_ANSWER | problems(NotFound),
    response_class=Response,
)
def suppliers_letter_pdf(letter_id: int, caller: Caller) -> Response:
    """One of the supplier's own letters, also once the binding has ended."""

    def find(tx: Tx[Policy]) -> Paper:
        letter = supplier_letter(tx, _own(tx), letter_id)
        with tx.as_platform(), tx.reaching({letter.shop_id}):
            return paper_of(tx, letter)

    return served(caller, find)


def _ended(end: End) -> EndOut:
    return EndOut.model_validate(
        {"binding_id": end.binding_id, "letter_id": end.letter_id, "state": end.state.word}
    )


def _own(tx: Tx[Policy]) -> int:
    assert isinstance(tx.actor.id, int), "a supplier is known by its number"
    return tx.actor.id


def _after(after: list[int] | None) -> int:
    return after[0] if after else 0
