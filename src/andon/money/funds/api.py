"""The funds account over HTTP."""

from andon.kernel.errors import Conflict, Invalid
from andon.kernel.http.models import Instant, MoneyIn, MoneyOut, Out, Strict
from andon.kernel.http.problems import problems
from andon.kernel.tx import Tx
from andon.money.charges.views import Tally, unsettled_reasons
from andon.money.funds.service import withdraw_funds
from andon.money.funds.views import (
    ExposedOut,
    Fund,
    HoldOut,
    exposure_of,
    freeze_of,
    funds_holds_of,
    funds_of,
)
from andon.money.settlement.service import deposit_funds
from andon.money.settlement.views import missing_funds, next_settlement_at, overdue_since
from andon.platform.accounts.edge import InTransaction, Router, allow
from andon.platform.policies.rules import Policy
from andon.platform.policies.values import Freeze

router = Router(tags=["funds"])


class FundOut(Out):
    """The account in one currency: what came in, what went into fees, what was withdrawn, and what is available.

    `received` came from the platform: subsidies and compensations. `secured` is set aside for disputed charges (EXIT-2)
    and not available. `held` of what is available is frozen (EXIT-7); `withdrawable` is what neither that nor what is due
    already needs.
    """

    available: MoneyOut
    deposited: MoneyOut
    received: MoneyOut
    spent: MoneyOut
    withdrawn: MoneyOut
    secured: MoneyOut
    held: MoneyOut
    withdrawable: MoneyOut

    @classmethod
    def of(cls, fund: Fund) -> "FundOut":
        """The wire's form of it."""
        return cls(
            available=MoneyOut.of(fund.account.available),
            deposited=MoneyOut.of(fund.deposited),
            received=MoneyOut.of(fund.received),
            spent=MoneyOut.of(fund.spent),
            withdrawn=MoneyOut.of(fund.withdrawn),
            secured=MoneyOut.of(fund.secured),
            held=MoneyOut.of(fund.account.held),
            withdrawable=MoneyOut.of(fund.account.withdrawable),
        )


class TallyOut(Out):
    """How many charges, and what they come to in each currency."""

    count: int
    totals: list[MoneyOut]

    @classmethod
    def of(cls, tally: Tally) -> "TallyOut":
        """The wire's form of it."""
        return cls(count=tally.count, totals=[MoneyOut.of(money) for money in tally.totals.values()])


class FundsOut(FundOut):
    """The account in the currency of the fees; `balances` has every currency, that one first.

    `unsettled` counts charges by the reason why they are not settled (FEE-5); `settle_at` is when due ones are
    settled next, null while none waits or while they wait for a deposit. `overdue_since` is since when something due has
    waited for a deposit, `missing` what is to be deposited, by currency. While `holds` freeze it, `freeze` says whether
    that is the whole account or the exposure alone, which is what is open; the exit's own lists it part by part.
    """

    balances: list[FundOut]
    unsettled: dict[str, TallyOut]
    settle_at: Instant | None
    overdue_since: Instant | None
    missing: list[MoneyOut]
    holds: list[HoldOut]
    freeze: Freeze | None
    exposure: list[ExposedOut]


class AmountIn(Strict):
    """What is put in, or taken out."""

    amount: MoneyIn


class BookedOut(Out):
    """A deposit or a withdrawal as it was booked, and the account after it."""

    journal_id: int
    amount: MoneyOut
    funds: FundsOut


@router.get("/shops/{shop_id}/funds", dependencies=[allow("funds.read", "shop")])
def funds(shop_id: int, tx: InTransaction) -> FundsOut:
    """The funds account, what of it is frozen, and what of the charges is unsettled."""
    return funds_out(tx, shop_id)


@router.post(
    "/shops/{shop_id}/funds/deposits",
    status_code=201,
    dependencies=[allow("funds.write", "shop")],
    responses=problems(Invalid),
)
def deposit(shop_id: int, body: AmountIn, tx: InTransaction) -> BookedOut:
    """Put money in; due charges that waited for it are settled at once."""
    booked = deposit_funds(tx, shop_id, body.amount.money())
    return BookedOut(
        journal_id=booked.journal_id, amount=MoneyOut.of(booked.amount), funds=funds_out(tx, shop_id)
    )


@router.post(
    "/shops/{shop_id}/funds/withdrawals",
    status_code=201,
    dependencies=[allow("funds.write", "shop")],
    responses=problems(Invalid, Conflict),
)
def withdraw(shop_id: int, body: AmountIn, tx: InTransaction) -> BookedOut:
    """Take money out; what is frozen stays, and so does what is due already. EXIT-7."""
    amount = body.amount.money()
    journal = withdraw_funds(tx, shop_id, amount)
    return BookedOut(journal_id=journal, amount=MoneyOut.of(amount), funds=funds_out(tx, shop_id))


def funds_out(tx: Tx[Policy], shop_id: int) -> FundsOut:
    """The account's form on the wire."""
    balances = [FundOut.of(fund) for fund in funds_of(tx, shop_id)]
    holds = funds_holds_of(tx, shop_id)
    return FundsOut(
        **balances[0].model_dump(),
        balances=balances,
        unsettled={reason: TallyOut.of(tally) for reason, tally in unsettled_reasons(tx, shop_id).items()},
        settle_at=next_settlement_at(tx, shop_id),
        overdue_since=overdue_since(tx, shop_id),
        missing=[MoneyOut.of(amount) for amount in missing_funds(tx, [shop_id]).get(shop_id, ())],
        holds=[HoldOut.of(hold) for hold in holds],
        freeze=freeze_of(tx, shop_id) if holds else None,
        exposure=[ExposedOut.of(each) for each in exposure_of(tx, shop_id)] if holds else [],
    )
