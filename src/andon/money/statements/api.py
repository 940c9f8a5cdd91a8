"""Statements over HTTP: as JSON, CSV, a workbook, and on paper."""

import tempfile
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

from fastapi import Query, Request, Response
from fastapi.responses import StreamingResponse

from andon.kernel.errors import Invalid, NotFound
from andon.kernel.http.models import Instant, MoneyOut, MonthText, Out
from andon.kernel.http.pages import Page, PageQuery, page_of
from andon.kernel.http.problems import problems
from andon.kernel.http.sheets import CSV_TYPE, XLSX_TYPE, Form, wanted_form
from andon.kernel.money import Money
from andon.kernel.tx import Tx
from andon.money.statements.rules import Kind, Line, Month, TypeWord
from andon.money.statements.service import fix_lines, period_of, statement_of
from andon.money.statements.views import (
    Scope,
    Summary,
    csv_text,
    json_text,
    lines_of,
    list_issued,
    paper_of,
    summary_of,
    write_workbook,
)
from andon.platform.accounts.edge import Caller, InTransaction, Router, Visit, allow
from andon.platform.documents.papers import PDF_ANSWER, served
from andon.platform.policies.rules import Policy

router = Router(tags=["statements"])

PIECE = 1 << 16
Wanted = Annotated[
    TypeWord | None, Query(alias="type", description="Only lines of this kind; `service_fee` is JIT服务费")
]


class SealOut(Out):
    """The newest seal of the shop's record when the statement was issued."""

    no: int
    hash: str
    at: Instant


class BalanceOut(Out):
    """The funds in one currency before the first line and after the last."""

    opening: MoneyOut
    closing: MoneyOut


class SubtotalOut(Out):
    """What the lines of one kind come to; money that went out is negative."""

    kind: Kind
    lines: int
    amount: MoneyOut


class LineOut(Out):
    """One movement of the funds, negative where money went out, and the balance after it.

    `clause` is the rule that it goes by; `policy` and `basis` say under which version and from what a charge was worked
    out; `delivered_at` is the delivery that fixed it; `base` at `rate` is the amount where it was converted.
    """

    date: date
    at: Instant
    kind: Kind
    amount: MoneyOut
    balance: MoneyOut
    base: MoneyOut | None
    rate: str | None
    clause: str | None
    policy: str | None
    basis: str | None
    delivered_at: Instant | None
    order_id: int | None
    channel: str | None
    channel_order_no: str | None
    fulfilment_id: int | None
    carrier: str | None
    waybill: str | None
    parcel_id: int | None
    charge_id: int | None
    journal_id: int
    transfer_id: int
    cause: str


class HeadOut(Out):
    """What a statement comes to. Issued, it never changes: what is booked late stands on the next one.

    `until` is exclusive. `balances` are those of the account, whatever `type` leaves out.
    """

    number: str
    shop_id: int
    state: Literal["issued", "draft", "period"]
    month: str | None
    since: date
    until: date
    type: TypeWord | None
    issued_at: Instant | None
    seal: SealOut | None
    balances: list[BalanceOut]
    subtotals: list[SubtotalOut]
    line_count: int


class StatementOut(HeadOut):
    """A statement, with its lines."""

    lines: list[LineOut]


class IssuedOut(Out):
    """A statement that was issued."""

    number: str
    month: str
    since: date
    until: date
    issued_at: Instant
    balances: list[BalanceOut]


_SHEETS: dict[str, Any] = {
    CSV_TYPE: {"schema": {"type": "string"}},
    XLSX_TYPE: {"schema": {"type": "string", "format": "binary"}},
}
_ANY: dict[int | str, dict[str, Any]] = {200: {"model": StatementOut, "content": _SHEETS}}
_ONE: dict[Form, dict[int | str, dict[str, Any]]] = {
    form: {200: {"content": {form.value: _SHEETS[form.value]}}} for form in Form
}


@router.get("/shops/{shop_id}/statements/issued", dependencies=[allow("charges.read", "shop")])
def issued(shop_id: int, query: PageQuery, tx: InTransaction) -> Page[IssuedOut]:
    """The shop's monthly statements, the newest first. One is issued when its month is over."""
    scopes = list_issued(tx, shop_id, before=query.after[0] if query.after else None, limit=query.fetch)
    return page_of(scopes, query, key=lambda scope: [scope.month and scope.month.number], shape=issued_out)


@router.get(
    "/shops/{shop_id}/statements",
    dependencies=[allow("charges.read", "shop")],
    responses=problems(Invalid) | _ANY,
    response_class=Response,
)
def period(
    shop_id: int,
    request: Request,
    caller: Caller,
    since: Annotated[
        date | None, Query(alias="from", description="The first day, in the platform's zone")
    ] = None,
    until: Annotated[date | None, Query(description="The day after the last")] = None,
    wanted: Wanted = None,
) -> Response:
    """What moved the shop's funds between two days, as it is known now; this month so far, if none is said. A sheet by Accept."""
    form = wanted_form(request.headers.get("accept"))
    with caller.step() as tx:
        last = fix_lines(tx, shop_id)
    return _answered(caller, lambda tx: period_of(tx, shop_id, since, until, last), wanted, form)


@router.get(
    "/shops/{shop_id}/statements/{month}.pdf",
    dependencies=[allow("charges.read", "shop")],
    responses=problems(NotFound) | PDF_ANSWER,
    response_class=Response,
)
def paper(shop_id: int, month: MonthText, caller: Caller) -> Response:
    """The month's statement on paper: signed once and kept if the month is over, else a draft."""
    find = _month(caller, shop_id, month)
    return served(caller, lambda tx: paper_of(tx, find(tx)))


@router.get(
    "/shops/{shop_id}/statements/{month}.csv",
    dependencies=[allow("charges.read", "shop")],
    responses=problems(NotFound) | _ONE[Form.CSV],
    response_class=Response,
)
def table(shop_id: int, month: MonthText, caller: Caller, wanted: Wanted = None) -> Response:
    """The month's lines as CSV."""
    return _answered(caller, _month(caller, shop_id, month), wanted, Form.CSV)


@router.get(
    "/shops/{shop_id}/statements/{month}.xlsx",
    dependencies=[allow("charges.read", "shop")],
    responses=problems(NotFound) | _ONE[Form.XLSX],
    response_class=Response,
)
def workbook(shop_id: int, month: MonthText, caller: Caller, wanted: Wanted = None) -> Response:
    """The month's statement as a workbook: what it comes to, and its lines."""
    return _answered(caller, _month(caller, shop_id, month), wanted, Form.XLSX)


@router.get(
    "/shops/{shop_id}/statements/{month}",
    dependencies=[allow("charges.read", "shop")],
    responses=problems(NotFound) | _ANY,
    response_class=Response,
)
def statement(
    shop_id: int, month: MonthText, request: Request, caller: Caller, wanted: Wanted = None
) -> Response:
    """The month's statement; a draft while the month is not over. A sheet by Accept, or by the path's ending."""
    form = wanted_form(request.headers.get("accept"))
    return _answered(caller, _month(caller, shop_id, month), wanted, form)


def _month(caller: Visit, shop_id: int, text: str) -> Callable[[Tx[Policy]], Scope]:
    """What finds the statement of a month, all of whose lines are there."""
    month = Month.of(text)
    with caller.step() as tx:
        last = fix_lines(tx, shop_id, month)
    return lambda tx: statement_of(tx, shop_id, month, last)


def _answered(
    caller: Visit, find: Callable[[Tx[Policy]], Scope], wanted: TypeWord | None, form: Form | None
) -> Response:
    """A statement in that form, JSON if none is said, in pieces: it is as long as it is."""
    with caller.step() as tx:
        scope = find(tx)
        summary = summary_of(tx, scope, wanted)
    lines = lines_of(caller.ask, scope, wanted)
    if form is Form.CSV:
        pieces = csv_text(lines)
    elif form is Form.XLSX:
        pieces = _book(scope, summary, lines, wanted)
    else:
        pieces = json_text(_head(scope, summary, wanted).model_dump_json().encode(), lines)
    ending, media = (form.ending, form.value) if form else (".json", "application/json")
    named = {"Vary": "Accept", "Content-Disposition": f'inline; filename="{scope.number}{ending}"'}
    return StreamingResponse(pieces, media_type=media, headers=named)


def _book(
    scope: Scope, summary: Summary, lines: Iterator[list[Line]], wanted: TypeWord | None
) -> Iterator[bytes]:
    """A workbook is whole before its first byte can be sent: meanwhile it lies on the disk."""
    with tempfile.TemporaryDirectory(prefix="andon-statement-") as folder:
        file = Path(folder) / "statement.xlsx"
        write_workbook(file, scope, summary, lines, wanted)
        with file.open("rb") as book:
            while piece := book.read(PIECE):
                yield piece


def _head(scope: Scope, summary: Summary, wanted: TypeWord | None) -> HeadOut:
    return HeadOut(
        number=scope.number,
        shop_id=scope.shop_id,
        state=scope.state,
        month=None if scope.month is None else str(scope.month),
        since=scope.since,
        until=scope.until,
        type=wanted,
        issued_at=scope.issued_at,
        seal=None if scope.seal is None else SealOut.model_validate(scope.seal),
        balances=[_balance(opening, closing) for opening, closing in scope.balances],
        subtotals=[
            SubtotalOut(kind=each.kind, lines=each.lines, amount=MoneyOut.of(each.amount))
            for each in summary.subtotals
        ],
        line_count=summary.lines,
    )


def issued_out(scope: Scope) -> IssuedOut:
    """An issued statement's form on the wire."""
    assert scope.issued_at is not None, "it was issued"
    return IssuedOut(
        number=scope.number,
        month=str(scope.month),
        since=scope.since,
        until=scope.until,
        issued_at=scope.issued_at,
        balances=[_balance(opening, closing) for opening, closing in scope.balances],
    )


def _balance(opening: Money, closing: Money) -> BalanceOut:
    return BalanceOut(opening=MoneyOut.of(opening), closing=MoneyOut.of(closing))
