"""The funds account over HTTP."""

from andon.kernel.errors import Invalid
from andon.kernel.http.models import Instant, MoneyIn, MoneyOut, Out, Strict
from andon.kernel.http.problems import problems
from andon.kernel.tx import Tx
from andon.money.charges.views import Tally, unsettled_reasons
from andon.money.settlement.service import deposit_funds
from andon.money.settlement.views import Fund, funds_of, next_settlement_at
from andon.platform.accounts.edge import InTransaction, Router, allow
from andon.platform.policies.rules import Policy

router = Router(tags=["funds"])


class FundOut(Out):
    """The account in one currency: what came in, what was spent, and what is available."""

    available: MoneyOut
    deposited: MoneyOut
    spent: MoneyOut

    @classmethod
    def of(cls, fund: Fund) -> "FundOut":
        """The wire's form of it."""
        return cls(
            available=MoneyOut.of(fund.available),
            deposited=MoneyOut.of(fund.deposited),
            spent=MoneyOut.of(fund.spent),
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
    settled next, null while none waits or while they wait for a deposit.
    """

    balances: list[FundOut]
    unsettled: dict[str, TallyOut]
    settle_at: Instant | None


class DepositIn(Strict):
    """What is put in."""

    amount: MoneyIn


class DepositOut(Out):
    """A deposit as it was booked, and the account after it."""

    journal_id: int
    amount: MoneyOut
    funds: FundsOut


@router.get("/shops/{shop_id}/funds", dependencies=[allow("funds.read", "shop")])
def funds(shop_id: int, tx: InTransaction) -> FundsOut:
    """The funds account, and what of the charges is unsettled."""
    return funds_out(tx, shop_id)


@router.post(
    "/shops/{shop_id}/funds/deposits",
    status_code=201,
    dependencies=[allow("funds.write", "shop")],
    responses=problems(Invalid),
)
def deposit(shop_id: int, body: DepositIn, tx: InTransaction) -> DepositOut:
    """Put money in; due charges that waited for it are settled at once."""
    booked = deposit_funds(tx, shop_id, body.amount.money())
    return DepositOut(
        journal_id=booked.journal_id, amount=MoneyOut.of(booked.amount), funds=funds_out(tx, shop_id)
    )


def funds_out(tx: Tx[Policy], shop_id: int) -> FundsOut:
    """The account's form on the wire."""
    balances = [FundOut.of(fund) for fund in funds_of(tx, shop_id)]
    return FundsOut(
        **balances[0].model_dump(),
        balances=balances,
        unsettled={reason: TallyOut.of(tally) for reason, tally in unsettled_reasons(tx, shop_id).items()},
        settle_at=next_settlement_at(tx, shop_id),
    )
