"""Taking money out of a shop's funds, and freezing them while it leaves by force.

A withdrawal takes the shop's row in `fundings`, as settlement does: what it reads of the account holds until it ends.
"""

from collections.abc import Iterable

from sqlalchemy import Row

from andon.kernel.errors import Conflict
from andon.kernel.money import Money
from andon.kernel.tx import Tx
from andon.money.funds.events import FundsFreed, FundsFrozen, FundsWithdrawn
from andon.money.funds.rules import Account
from andon.money.funds.tables import HOLD_IDS, FundsHold
from andon.money.funds.views import (
    CLEARED,
    exposure_of,
    freeze_of,
    fund_in,
    funds_holds_of,
    hold_of_exit,
    list_parts,
)
from andon.money.ledger.rules import EXTERNAL, SHOP_FUNDS, Posting
from andon.money.ledger.service import post
from andon.money.settlement.service import check_amount, lock_funds
from andon.platform.notices.service import Notice, tell
from andon.platform.policies.rules import Policy

WAITING = f"from funds_holds h where h.lifted_at is null and ({CLEARED}) order by h.set_at limit"
"""The freezes that have nothing left to wait for."""

LIFT = """
update funds_holds h set lifted_at = :now
where h.shop_id = any(:shops) and h.lifted_at is null and (%s) returning h.shop_id, h.exit_id, h.hold_id
"""

MOST_NAMED = 100
"""How many parts a refusal names."""


def withdraw_funds(tx: Tx[Policy], shop_id: int, amount: Money) -> int:
    """Take money out of a shop's funds account; what is due already and what is frozen stays. Answers the journal.

    Invalid `funds.amount` and `funds.currency` as for a deposit; Conflict `funds.held` where a freeze says no,
    `funds.insufficient` where the account does. Source: EXIT-7.
    """
    tx.hold(shop_id)
    check_amount(tx, shop_id, amount)
    lock_funds(tx, shop_id)
    account = fund_in(tx, shop_id, amount.currency).account
    if account.holds_back(amount):
        raise _held(tx, shop_id, account)
    if account.withdrawable < amount:
        raise Conflict("funds.insufficient", f"{account.withdrawable} may be withdrawn")
    journal = post(tx, shop_id, [Posting(SHOP_FUNDS, EXTERNAL, amount, "funds.withdrawn")])
    tx.emit(FundsWithdrawn(shop_id=shop_id, journal_id=journal, amount=amount))
    return journal


def freeze_funds(tx: Tx[Policy], shop_id: int, exit_id: int) -> FundsHold | None:
    """Freeze a shop's funds for an exit that is forced; None where nothing is open.

    The caller has closed the shop's head, so that no withdrawal is under way. Asked again it changes nothing.
    Source: EXIT-7.
    """
    if (known := hold_of_exit(tx, shop_id, exit_id)) or not exposure_of(tx, shop_id):
        return known
    hold = tx.add(
        FundsHold(
            shop_id=shop_id,
            hold_id=tx.take_ids(HOLD_IDS.name, 1)[0],
            exit_id=exit_id,
            set_at=tx.now,
            lifted_at=None,
        )
    )
    tx.emit(
        FundsFrozen(shop_id=shop_id, exit_id=exit_id, hold_id=hold.hold_id, freeze=freeze_of(tx, shop_id))
    )
    _tell(tx, "funds.frozen", shop_id, exit_id)
    return hold


def free_funds(tx: Tx[Policy], shop_id: int, exit_id: int) -> None:
    """End the freeze of an exit that is withdrawn, whatever is open; where there is none it changes nothing.

    The caller has the shop's head.
    """
    rows = tx.rows(LIFT % "h.exit_id = :exit", now=tx.now, shops=[shop_id], exit=exit_id)
    _note_freed(tx, rows, "exit_withdrawn")


def free_cleared(tx: Tx[Policy], batch: int) -> int:
    """End the freezes of up to `batch` shops in which nothing is open any more; answers how many. Source: EXIT-7."""
    shops = [row.shop_id for row in tx.rows(f"select h.shop_id {WAITING} :batch", batch=batch)]
    tx.hold(shops)
    rows = tx.rows(LIFT % CLEARED, now=tx.now, shops=shops) if shops else ()
    _note_freed(tx, rows, "cleared")
    return len(rows)


def _held(tx: Tx[Policy], shop_id: int, account: Account) -> Conflict:
    """The refusal of a withdrawal that a freeze holds back, with the exits that brought it and the first parts that it waits for."""
    return Conflict(
        "funds.held",
        f"{account.held} of {account.available} is held",
        clause="EXIT-7",
        freeze=freeze_of(tx, shop_id),
        exits=[hold.exit_id for hold in funds_holds_of(tx, shop_id)],
        parts=[
            {"kind": part.kind.word, "number": part.number, "amount": _plain(part.amount)}
            for part in list_parts(tx, shop_id, limit=MOST_NAMED)
        ],
    )


def _plain(amount: Money) -> dict[str, str]:
    return {"amount": str(amount.amount), "currency": amount.currency}


def _note_freed(tx: Tx[Policy], rows: Iterable[Row[tuple[int, int, int]]], cause: str) -> None:
    for row in rows:
        tx.emit(FundsFreed(shop_id=row.shop_id, exit_id=row.exit_id, hold_id=row.hold_id, cause=cause))
        _tell(tx, "funds.freed", row.shop_id, row.exit_id)


def _tell(tx: Tx[Policy], kind: str, shop_id: int, exit_id: int) -> None:
    tell(
        tx,
        [Notice(shop_id, audience, kind, facts={"exit_id": exit_id}) for audience in ("seller", "operator")],
    )
