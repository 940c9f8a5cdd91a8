"""What a shop owes beyond what its funds held: it is taken when money comes, before anything else."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from andon.kernel.money import Money
from andon.kernel.tx import Tx
from andon.money.ledger.rules import SHOP_FUNDS, SUSPENSE, Posting
from andon.money.ledger.service import post_in_shops

OWED = """
select s.shop_id, s.currency,
       least(s.debited_minor - s.credited_minor, f.credited_minor - f.debited_minor) as minor
from balances s
join balances f on f.shop_id = s.shop_id and f.currency = s.currency and f.account = 'shop_funds'
where s.shop_id = any(:shops) and s.account = 'suspense' and s.debited_minor > s.credited_minor
  and f.credited_minor > f.debited_minor
order by s.shop_id, s.currency
"""


def take_suspended(tx: Tx[Any], shop_ids: Sequence[int]) -> None:
    """Take from these shops' funds what they owe already, as far as the funds go. Their rows in `fundings` are locked."""
    postings: dict[int, list[Posting]] = defaultdict(list)
    for row in tx.rows(OWED, shops=list(shop_ids)):
        amount = Money.from_minor(row.minor, row.currency)
        postings[row.shop_id].append(Posting(SHOP_FUNDS, SUSPENSE, amount, "suspense.taken"))
    if postings:
        post_in_shops(tx, postings)
