"""Bindings over HTTP: a shop offers, a supplier accepts."""

from typing import Annotated, Literal

from fastapi import Response
from pydantic import Field

from andon.kernel.errors import Conflict, Invalid, NotFound
from andon.kernel.http.bulk import REHEARSABLE, ResultsOut, results_of
from andon.kernel.http.models import Instant, Out, Strict
from andon.kernel.http.pages import Page, PageQuery, page_of
from andon.kernel.http.problems import problems
from andon.kernel.http.sheets import Sheet
from andon.kernel.many import one_by_one
from andon.kernel.tx import Tx
from andon.partners.bindings.rules import BindingState
from andon.partners.bindings.service import accept_bindings, offer_bindings
from andon.partners.bindings.tables import Binding
from andon.partners.bindings.views import (
    binding_of,
    bindings_of_supplier,
    has_live_binding,
    list_bindings,
    names_of_shops,
    shop_offering,
)
from andon.platform.accounts.edge import InTransaction, Router, allow
from andon.platform.policies.rules import Policy

router = Router(tags=["bindings"])

StateWord = Literal["offered", "active", "ending", "ended"]


class BindingIn(Strict):
    """The supplier that the shop wants to work with."""

    supplier_id: int


class BindingAct(Strict):
    """Accept one that is offered."""

    id: Annotated[int, Field(ge=1)]
    action: Literal["accept"]


BindingActs = Annotated[list[BindingAct], Field(min_length=1, max_length=1000)]


class BindingOut(Out):
    """A binding; `letter_id` is null until its end is drawn up."""

    id: int
    shop_id: int
    supplier_id: int
    state: StateWord
    offered_at: Instant
    accepted_at: Instant | None
    ended_at: Instant | None
    letter_id: int | None


class SupplierBindingOut(BindingOut):
    """A binding as its supplier sees it: the shop's name until it has ended, null from then on."""

    shop_name: str | None


@router.post(
    "/shops/{shop_id}/bindings",
    status_code=201,
    dependencies=[allow("bindings.write", "shop")],
    responses=problems(Invalid, Conflict) | {200: {"model": BindingOut, "description": "There already"}},
)
def offer(shop_id: int, body: BindingIn, tx: InTransaction, response: Response) -> BindingOut:
    """Offer a supplier a binding. A pair has one that lives: offering again answers it, with 200 (QUAL-1)."""
    if has_live_binding(tx, shop_id, body.supplier_id):
        response.status_code = 200
    [binding] = offer_bindings(tx, shop_id, [body.supplier_id])
    return _shown(binding)


@router.get("/shops/{shop_id}/bindings", dependencies=[allow("bindings.read", "shop")])
def bindings(
    shop_id: int, query: PageQuery, tx: InTransaction, state: StateWord | None = None
) -> Page[BindingOut]:
    """The shop's bindings by number, ended ones included."""
    rows = list_bindings(tx, shop_id, state=_state(state), after=_after(query.after), limit=query.fetch)
    return page_of(rows, query, key=lambda binding: [binding.binding_id], shape=_shown)


@router.get(
    "/shops/{shop_id}/bindings/{binding_id}",
    dependencies=[allow("bindings.read", "shop")],
    responses=problems(NotFound),
)
def binding(shop_id: int, binding_id: int, tx: InTransaction) -> BindingOut:
    """One binding of the shop."""
    return _shown(binding_of(tx, shop_id, binding_id))


@router.get("/supplier/bindings", dependencies=[allow("bindings.read", "supplier")])
def supplier_bindings(
    query: PageQuery, tx: InTransaction, state: StateWord | None = None
) -> Page[SupplierBindingOut]:
    """The supplier's bindings by number: offered to it, live, and ended."""
    rows = bindings_of_supplier(
        tx, _own(tx), state=_state(state), after=_after(query.after), limit=query.fetch
    )
    names = names_of_shops(tx, rows)

    def shape(binding: Binding) -> SupplierBindingOut:
        ended = binding.state == BindingState.ENDED.value
        return SupplierBindingOut(
            **_shown(binding).model_dump(), shop_name=None if ended else names.get(binding.shop_id)
        )

    return page_of(rows, query, key=lambda binding: [binding.binding_id], shape=shape)


@router.post(
    "/supplier/bindings/bulk",
    dependencies=[allow("bindings.write", "supplier"), REHEARSABLE],
    responses=problems(Invalid),
    response_model_exclude_none=True,
)
def accept_in_bulk(
    acts: Annotated[BindingActs, Sheet("bindings", BindingAct)], tx: InTransaction
) -> ResultsOut:
    """Accept up to 1,000 offered bindings, each by itself."""
    refusals = one_by_one(tx, acts, lambda act: _accept(tx, _own(tx), act.id), lambda act: act.id)
    return ResultsOut(results=results_of(refusals))


def _accept(tx: Tx[Policy], supplier_id: int, binding_id: int) -> None:
    accept_bindings(tx, shop_offering(tx, supplier_id, binding_id), [binding_id])


@router.post(
    "/supplier/bindings/{binding_id}/accept",
    dependencies=[allow("bindings.write", "supplier")],
    responses=problems(NotFound, Conflict),
)
def accept(binding_id: int, tx: InTransaction) -> BindingOut:
    """Accept an offered binding: it is active, and the supplier's grant on the shop open. Again changes nothing."""
    shop_id = shop_offering(tx, _own(tx), binding_id)
    [binding] = accept_bindings(tx, shop_id, [binding_id])
    return _shown(binding)


def _own(tx: InTransaction) -> int:
    assert isinstance(tx.actor.id, int), "a supplier is known by its number"
    return tx.actor.id


def _after(after: list[int] | None) -> int:
    return after[0] if after else 0


def _state(word: str | None) -> BindingState | None:
    return BindingState[word.upper()] if word else None


def _shown(binding: Binding) -> BindingOut:
    return BindingOut.model_validate(
        {
            "id": binding.binding_id,
            "shop_id": binding.shop_id,
            "supplier_id": binding.supplier_id,
            "state": BindingState(binding.state).word,
            "offered_at": binding.offered_at,
            "accepted_at": binding.accepted_at,
            "ended_at": binding.ended_at,
            "letter_id": binding.letter_id,
        }
    )
