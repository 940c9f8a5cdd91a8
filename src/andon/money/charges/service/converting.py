"""Charging in the shop's currency: at the rate of the day on which a fee accrued, or later, once that is known."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from andon.kernel.money import Money
from andon.kernel.rows import as_json
from andon.kernel.tx import Tx
from andon.money.charges.events import ChargeConverted
from andon.money.charges.rules import Booking, ChargeState
from andon.money.charges.service.telling import told_of
from andon.money.rates.rules import RateKey, converted_at
from andon.money.rates.service import LOOK_AGAIN
from andon.money.rates.views import rate_of, rates_at
from andon.money.settlement.service import lock_funds, schedule_settlements
from andon.platform.policies.rules import Policy

# Shops first: their heads are taken before anything of theirs.
WAITING = """
select {what} from charges c join shops s on s.shop_id = c.shop_id and s.currency = :quote
where c.rate_wanted_on = :day and c.currency = :base and c.state = any(:states)
"""
WAITING_SHOPS = (
    "select distinct w.shop_id from ("
    + WAITING.format(what="c.shop_id")
    + "order by c.shop_id, c.charge_id limit :limit) w order by w.shop_id"
)
WAITING_CHARGES = (
    WAITING.format(what="c.shop_id, c.charge_id, c.amount_minor")
    + "and c.shop_id = any(:shops) order by c.shop_id, c.charge_id limit :limit for no key update of c"
)
OWED = (int(ChargeState.DUE), int(ChargeState.DISPUTED))
PROVISIONAL = (int(ChargeState.PROVISIONAL),)
"""Those that are owed are met after their shop's funds, by whoever settles; the others before, by whoever fixes them. So
one step converts either the ones or the others."""

CONVERT = """
update charges c set amount_minor = r.m, currency = :quote, base_minor = c.amount_minor, base_currency = c.currency,
                     rate = :rate, rate_wanted_on = null
from json_to_recordset(cast(cast(:rows as text) as json)) as r(s bigint, c bigint, m bigint)
where c.shop_id = r.s and c.charge_id = r.c
returning c.shop_id, c.charge_id, c.kind, c.state, c.order_id, c.fulfilment_id, c.amount_minor, c.currency,
          c.base_minor, c.base_currency, c.due_at
"""

PLACE = "base = :base and quote = :quote and wanted_on = :day"


class Charged(NamedTuple):
    """What a cost is charged as. `rate_wanted_on` is the day whose rate is missing; then it stays in the tariff's currency."""

    amount: Money
    base: Money | None = None
    rate: Decimal | None = None
    rate_wanted_on: date | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """A booking in the currency of its shop, accrued on that day."""

    booking: Booking
    currency: str
    accrued_on: date

    @property
    def key(self) -> RateKey | None:
        """The rate that it must be looked up at; None where it needs none, or goes by the one of the round before.

        A further round is converted as the first one was: another weight is no gain or loss of exchange.
        """
        after = self.booking.after
        if self.booking.cost.amount.currency == self.currency or (after and after.rate is not None):
            return None
        wanted_on = after.rate_wanted_on if after else None
        return RateKey(self.booking.cost.amount.currency, self.currency, wanted_on or self.accrued_on)


def charged_in_currency(tx: Tx[Policy], wanted: Sequence[Wanted]) -> list[Charged]:
    """What each of these is charged as, in one look at the rates."""
    rates = rates_at(tx, {key for each in wanted if (key := each.key)})
    return [_charged(each, rates) for each in wanted]


def missing_of(wanted: Sequence[Wanted], charged: Sequence[Charged]) -> set[RateKey]:
    """The rates that were not found."""
    return {
        each.key
        for each, as_ in zip(wanted, charged, strict=True)
        if as_.rate_wanted_on is not None and each.key
    }


def _charged(each: Wanted, rates: dict[RateKey, Decimal]) -> Charged:
    base = each.booking.cost.amount
    key, after = each.key, each.booking.after
    rate = rates.get(key) if key else after.rate if after else None
    if base.currency == each.currency:
        return Charged(base)
    if rate is None:
        assert key is not None, "without a rate there is a day whose rate is missing"
        return Charged(base, rate_wanted_on=key.valid_on)
    return Charged(converted_at(base, each.currency, rate).amount, base, rate)


def convert_charges(tx: Tx[Policy], batch: int) -> int:
    """Convert up to `batch` charges that waited for one rate, where it is known by now; answers how many were looked at.

    Where it is still missing it is looked for again in an hour. What has waited and is due is settled next.
    """
    place = tx.one(
        "select base, quote, wanted_on from missing_rates where due_at <= :now "
        "order by due_at, base, quote, wanted_on limit 1",
        now=tx.now,
    )
    if place is None:
        return 0
    where = {"base": place.base, "quote": place.quote, "day": place.wanted_on}
    rate = rate_of(tx, RateKey(place.base, place.quote, place.wanted_on))
    if rate is None:
        tx.put(f"update missing_rates set due_at = :again where {PLACE}", again=tx.now + LOOK_AGAIN, **where)
        return 1
    found = {
        states: [row.shop_id for row in tx.rows(WAITING_SHOPS, limit=batch, states=list(states), **where)]
        for states in (OWED, PROVISIONAL)
    }
    states = OWED if found[OWED] else PROVISIONAL
    tx.hold(found[states])
    # Whoever writes one that is to wait holds the place until it is there to be seen.
    if tx.one(f"select 1 from missing_rates where {PLACE} for update", **where) is None:
        return 1
    if found[states]:
        _convert(tx, where, rate, found[states], states, batch)
    elif not tx.rows(WAITING_SHOPS, limit=1, states=[*OWED, *PROVISIONAL], **where):
        tx.put(f"delete from missing_rates where {PLACE}", **where)
    return 1


def _convert(
    tx: Tx[Policy],
    where: dict[str, Any],
    rate: Decimal,
    shops: Collection[int],
    states: Collection[int],
    batch: int,
) -> None:
    if states == OWED:
        lock_funds(tx, *shops)
    found = tx.rows(WAITING_CHARGES, shops=list(shops), states=list(states), limit=batch, **where)
    rows = [
        {
            "s": row.shop_id,
            "c": row.charge_id,
            "m": converted_at(
                Money.from_minor(row.amount_minor, where["base"]), where["quote"], rate
            ).amount.minor,
        }
        for row in found
    ]
    due: dict[int, datetime] = {}
    for row in tx.rows(CONVERT, rows=as_json(rows), rate=rate, quote=where["quote"]):
        tx.emit(
            ChargeConverted(
                **told_of(row), base=Money.from_minor(row.base_minor, row.base_currency), rate=rate
            )
        )
        if row.state == ChargeState.DUE:
            due[row.shop_id] = min(due.get(row.shop_id, row.due_at), row.due_at)
    schedule_settlements(tx, due)
