"""What suppliers and carriers are owed, over HTTP; also after a binding has ended."""

from datetime import datetime, timedelta
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from fastapi import Query, Response
from pydantic import Field

from andon.kernel.errors import Conflict, Invalid
from andon.kernel.http.models import Instant, MoneyIn, MoneyOut, Out, Strict, coded
from andon.kernel.http.pages import Page, PageAsked, PageQuery, page_of
from andon.kernel.http.problems import problems
from andon.kernel.http.sheets import XLSX_TYPE, Form, list_of
from andon.kernel.tx import Tx
from andon.money.payables.papers import TEMPLATE, number_of, paper_facts
from andon.money.payables.rules import CAUSE_WORDS, Party, Payable, account_of, check_period
from andon.money.payables.service import PaidOut, pay_out
from andon.money.payables.views import PayableLine, list_payable_lines, list_payables
from andon.platform.accounts.edge import Caller, InTransaction, Router, allow
from andon.platform.documents.papers import PDF_ANSWER, PDF_TYPE
from andon.platform.documents.rendering import rendered
from andon.platform.policies.rules import Policy

router = Router(tags=["payables"])

From = Annotated[Instant | None, Query(alias="from", description="Booked at or after")]
Until = Annotated[Instant | None, Query(description="Booked before")]
Since = Annotated[
    Instant | None, Query(alias="from", description="Booked at or after; 30 days earlier unless said")
]
Ending = Annotated[Instant | None, Query(alias="until", description="Booked before; now unless said")]
USUAL_PERIOD = timedelta(days=30)
MOST_IN_A_BOOK = 10_000
_BOOK: dict[int | str, dict[str, Any]] = {200: {"content": {XLSX_TYPE: {}}}}


class PayableOut(Out):
    """What one shop's books owe in one currency: `charged` less `paid_out` and `taken_back` is the `balance`.

    `taken_back` are corrections, and what decided disputes cost.
    """

    shop_id: int
    charged: MoneyOut
    paid_out: MoneyOut
    taken_back: MoneyOut
    balance: MoneyOut


class PayableLineOut(Out):
    """One entry: what was charged for the party, or, below nothing, paid out to it or taken back from it.

    `cause` says why; an entry of a charge names what it is for, one of a payout its `reference`.
    """

    shop_id: int
    transfer_id: int
    journal_id: int
    at: Instant
    cause: Annotated[str, coded(CAUSE_WORDS)]
    amount: MoneyOut
    charge_id: int | None
    charge: Literal["handling", "warehouse", "freight", "goods"] | None
    order_id: int | None
    fulfilment_id: int | None
    waybill: str | None
    reference: str | None


class PayoutIn(Strict):
    """What is paid out, to whom, under which reference of the payer's own."""

    party: Party
    party_id: Annotated[str, Field(pattern=r"^[a-z0-9_-]{1,32}$", examples=["7", "cainiao"])]
    amount: MoneyIn
    reference: Annotated[
        str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._/-]{0,63}$", examples=["PAY-2026-0017"])
    ]


class ShareOut(Out):
    """What of a payout one shop's books have paid."""

    shop_id: int
    amount: MoneyOut


class PayoutOut(Out):
    """A payout as it was booked, the oldest entries first: under its journal each shop's books have their share."""

    journal_id: int
    party: Party
    party_id: str
    amount: MoneyOut
    reference: str
    paid_at: Instant
    shares: list[ShareOut]

    @classmethod
    def of(cls, body: PayoutIn, paid: PaidOut) -> "PayoutOut":
        """The wire's form of it."""
        return cls(
            journal_id=paid.payout.journal_id,
            party=body.party,
            party_id=body.party_id,
            amount=MoneyOut.from_minor(paid.payout.amount_minor, paid.payout.currency),
            reference=paid.payout.reference,
            paid_at=paid.payout.paid_at,
            shares=[ShareOut(shop_id=shop, amount=MoneyOut.of(share)) for shop, share in paid.shares.items()],
        )


@router.get("/supplier/payables", dependencies=[allow("charges.read", "supplier")])
def payables(query: PageQuery, tx: InTransaction) -> Page[PayableOut]:
    """What the supplier is owed, by shop and currency; also by shops that it is not bound to any more."""
    return _payables(tx, _own(tx), query)


@router.get("/supplier/payables/statement", dependencies=[allow("charges.read", "supplier")])
def statement(
    query: PageQuery, tx: InTransaction, since: From = None, until: Until = None
) -> Page[PayableLineOut]:
    """How that came about: every entry of a period, shop by shop, the oldest first. CSV or XLSX by Accept."""
    return _statement(tx, _own(tx), query, since, until)


@router.get(
    "/supplier/payables/statement.pdf",
    dependencies=[allow("charges.read", "supplier")],
    responses=PDF_ANSWER | problems(Invalid),
    response_class=Response,
)
def statement_paper(caller: Caller, since: Since = None, until: Ending = None) -> Response:
    """The same of a period of at most 366 days on paper, signed: balances by shop, totals, and the first entries."""
    with caller.step() as tx:
        facts = paper_facts(tx, _number(tx), _own(tx), *_period(tx, since, until))
    pdf = rendered(TEMPLATE, facts)
    body = caller.edge.authority.signed(pdf, f"应付账款明细 Payables {facts['number']}")
    named = {"Content-Disposition": f'inline; filename="{facts["number"]}.pdf"'}
    return Response(body, media_type=PDF_TYPE, headers=named)


@router.get(
    "/supplier/payables/statement.xlsx",
    dependencies=[allow("charges.read", "supplier")],
    responses=_BOOK | problems(Invalid),
    response_class=Response,
)
def statement_book(caller: Caller, since: Since = None, until: Ending = None) -> Response:
    """The same as a workbook: every entry of the period, at most 10,000."""
    with caller.step() as tx:
        start, end = _period(tx, since, until)
        number = number_of(_number(tx), start, end, ZoneInfo(tx.policy.zone))
        lines = list_payable_lines(tx, _own(tx), since=start, until=end, limit=MOST_IN_A_BOOK + 1)
    if len(lines) > MOST_IN_A_BOOK:
        raise Invalid("payables.lines")
    items = (_line_out(line).model_dump(mode="json") for line in lines)
    named = {"Content-Disposition": f'attachment; filename="{number}.xlsx"'}
    return Response(list_of(Form.XLSX, PayableLineOut, items), media_type=XLSX_TYPE, headers=named)


@router.get("/suppliers/{supplier_id}/payables", dependencies=[allow("charges.read", "operator")])
def payables_of_supplier(supplier_id: int, query: PageQuery, tx: InTransaction) -> Page[PayableOut]:
    """What a supplier is owed, by shop and currency."""
    return _payables(tx, account_of("supplier", supplier_id), query)


@router.get("/carriers/{carrier}/payables", dependencies=[allow("charges.read", "carrier", "operator")])
def payables_of_carrier(carrier: str, query: PageQuery, tx: InTransaction) -> Page[PayableOut]:
    """What the carrier is owed, by shop and currency."""
    return _payables(tx, account_of("carrier", carrier), query)


@router.get(
    "/carriers/{carrier}/payables/statement", dependencies=[allow("charges.read", "carrier", "operator")]
)
def statement_of_carrier(
    carrier: str, query: PageQuery, tx: InTransaction, since: From = None, until: Until = None
) -> Page[PayableLineOut]:
    """How that came about: every entry of a period, shop by shop, the oldest first. CSV or XLSX by Accept."""
    return _statement(tx, account_of("carrier", carrier), query, since, until)


@router.post(
    "/payouts",
    status_code=201,
    dependencies=[allow("funds.write", "operator")],
    responses=problems(Invalid, Conflict),
)
def payout(body: PayoutIn, tx: InTransaction) -> PayoutOut:
    """Pay a supplier or carrier of what it is owed over all shops, the oldest entries first; a reference pays once."""
    account = account_of(body.party, body.party_id)
    return PayoutOut.of(body, pay_out(tx, account, body.amount.money(), body.reference))


def _period(tx: Tx[Policy], since: datetime | None, until: datetime | None) -> tuple[datetime, datetime]:
    """From when until when; Invalid `payables.period` for one of no time, or that is too long."""
    until = until or tx.now
    since = since or until - USUAL_PERIOD
    check_period(since, until)
    return since, until


def _number(tx: Tx[Policy]) -> int:
    assert isinstance(tx.actor.id, int), "a supplier is known by its number"
    return tx.actor.id


def _own(tx: Tx[Policy]) -> str:
    return account_of("supplier", _number(tx))


def _payables(tx: Tx[Policy], account: str, query: PageAsked) -> Page[PayableOut]:
    after = (query.after[0], query.after[1]) if query.after else (0, "")
    found = list_payables(tx, account, after=after, limit=query.fetch)
    return page_of(found, query, lambda each: [each.shop_id, each.balance.currency], shape=_payable_out)


def _statement(
    tx: Tx[Policy], account: str, query: PageAsked, since: Instant | None, until: Instant | None
) -> Page[PayableLineOut]:
    after = (query.after[0], query.after[1]) if query.after else (0, 0)
    found = list_payable_lines(tx, account, since=since, until=until, after=after, limit=query.fetch)
    return page_of(found, query, lambda line: [line.shop_id, line.transfer_id], shape=_line_out)


def _payable_out(payable: Payable) -> PayableOut:
    return PayableOut(
        shop_id=payable.shop_id,
        charged=MoneyOut.of(payable.charged),
        paid_out=MoneyOut.of(payable.paid_out),
        taken_back=MoneyOut.of(payable.taken_back),
        balance=MoneyOut.of(payable.balance),
    )


def _line_out(line: PayableLine) -> PayableLineOut:
    return PayableLineOut.model_validate(
        {
            **{name: getattr(line, name) for name in PayableLineOut.model_fields},
            "amount": MoneyOut.of(line.amount),
        }
    )
