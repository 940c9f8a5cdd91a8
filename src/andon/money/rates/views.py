"""Rates as they hold, and those that are waited for."""

from collections.abc import Collection, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Row

from andon.kernel.rows import as_json
from andon.kernel.tx import Tx
from andon.money.rates.rules import RateKey

ROWS = "json_to_recordset(cast(cast(:rows as text) as json)) as r(b text, q text, d date)"


def rates_on(tx: Tx[Any], keys: Collection[RateKey]) -> dict[RateKey, Decimal]:
    """The rates that these very days have; nothing for those that have none of their own."""
    found = tx.rows(
        "select distinct on (k.base, k.quote, k.valid_on) k.base, k.quote, k.valid_on, k.rate "
        f"from {ROWS} join rates k on k.base = r.b and k.quote = r.q and k.valid_on = r.d "
        "order by k.base, k.quote, k.valid_on, k.round desc",
        rows=_as_rows(keys),
    )
    return {RateKey(row.base, row.quote, row.valid_on): row.rate for row in found}


def rates_at(tx: Tx[Any], keys: Collection[RateKey]) -> dict[RateKey, Decimal]:
    """The rate for each of these: the newest of its day or before; nothing for those of which none is known."""
    if not keys:
        return {}
    found = tx.rows(
        "select r.b, r.q, r.d, k.rate "
        f"from {ROWS} cross join lateral (select rate from rates where base = r.b and quote = r.q and valid_on <= r.d "
        "order by valid_on desc, round desc limit 1) k",
        rows=_as_rows(keys),
    )
    return {RateKey(row.b, row.q, row.d): row.rate for row in found}


def rate_of(tx: Tx[Any], key: RateKey) -> Decimal | None:
    """The newest rate of that day or before; None where none is known."""
    return rates_at(tx, [key]).get(key)


def list_rates(
    tx: Tx[Any],
    *,
    base: str | None = None,
    quote: str | None = None,
    valid_from: date | None = None,
    valid_until: date | None = None,
    after: tuple[str, str, str] | None = None,
    limit: int,
) -> Sequence[Row[Any]]:
    """The rates that hold, by pair and day, from the one after `after`."""
    last = after or (None, None, None)
    return tx.rows(
        "select distinct on (base, quote, valid_on) base, quote, valid_on, round, rate, set_at from rates "
        "where (cast(:base as text) is null or base = :base) and (cast(:quote as text) is null or quote = :quote) "
        "and (cast(:from as date) is null or valid_on >= :from) "
        "and (cast(:until as date) is null or valid_on < :until) "
        "and (cast(:b as text) is null or (base, quote, valid_on) > (:b, :q, cast(:d as date))) "
        "order by base, quote, valid_on, round desc limit :limit",
        **{
            "base": base,
            "quote": quote,
            "from": valid_from,
            "until": valid_until,
            "b": last[0],
            "q": last[1],
            "d": last[2],
            "limit": limit,
        },
    )


def list_missing_rates(tx: Tx[Any]) -> Sequence[Row[Any]]:
    """The rates that charges wait for: base, quote, wanted_on, since."""
    return tx.rows(
        "select base, quote, wanted_on, since from missing_rates order by base, quote, wanted_on limit 1000"
    )


def _as_rows(keys: Collection[RateKey]) -> str:
    return as_json({"b": key.base, "q": key.quote, "d": key.valid_on} for key in keys)
