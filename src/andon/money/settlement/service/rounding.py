"""The cents between what a payee's converted lines come to one by one, and what they come to together."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Row

from andon.kernel.money import Money
from andon.kernel.tx import Tx
from andon.money.ledger.rules import ROUNDING, Posting
from andon.money.ledger.service import post_in_shops
from andon.money.rates.rules import Conversion, residue_of

ROUNDED = "charge.rounded"


def round_settled(tx: Tx[Any], settled: Iterable[Row[Any]]) -> None:
    """Owe each payee of converted charges what they come to together, and book the residue of their rounding.

    A shop pays each charge as it is shown. Whoever is owed several of one journal, of one currency at one rate, is owed
    their sum converted once: the difference goes to, or comes from, the account of rounding.
    """
    parts: dict[tuple[Any, ...], list[Conversion]] = defaultdict(list)
    for row in settled:
        if row.rate is not None:
            converted = Conversion(
                Money.from_minor(row.amount_minor, row.currency),
                row.rate,
                Money.from_minor(row.base_minor, row.base_currency),
            )
            parts[row.shop_id, row.payee, row.base_currency, row.currency, row.rate].append(converted)
    postings: dict[int, list[Posting]] = defaultdict(list)
    for (shop_id, payee, *_), each in sorted(parts.items(), key=lambda item: item[0]):
        residue = residue_of(each)
        if residue.minor > 0:
            postings[shop_id].append(Posting(payee, ROUNDING, residue, ROUNDED))
        elif residue.minor < 0:
            postings[shop_id].append(Posting(ROUNDING, payee, -residue, ROUNDED))
    if postings:
        post_in_shops(tx, postings)
