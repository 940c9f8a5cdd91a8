"""Writing to the books: transfers, and the running totals beside them."""

from collections.abc import Sequence
from typing import Any

from andon.kernel.rows import as_json
from andon.kernel.tx import Tx
from andon.money.ledger.rules import Posting

INSERT_TRANSFERS = """
with posted as (
  insert into transfers (shop_id, transfer_id, journal_id, at, debit, credit, amount_minor, currency, cause, charge_id)
  select :shop, nextval('transfer_ids'), :journal, :now, r.d, r.c, r.m, r.y, r.w, r.h
  from json_to_recordset(cast(cast(:rows as text) as json))
    as r(d text, c text, m bigint, y text, w text, h bigint)
  returning debit, credit, amount_minor, currency
)
insert into balances as b (shop_id, account, currency, debited_minor, credited_minor)
select :shop, t.account, t.currency, sum(t.debited), sum(t.credited)
from (select debit as account, currency, amount_minor as debited, 0 as credited from posted
      union all select credit, currency, 0, amount_minor from posted) t
group by t.account, t.currency order by t.account, t.currency
on conflict (shop_id, account, currency) do update
  set debited_minor = b.debited_minor + excluded.debited_minor,
      credited_minor = b.credited_minor + excluded.credited_minor
"""


def post(tx: Tx[Any], shop_id: int, postings: Sequence[Posting]) -> int:
    """Write one journal of transfers into a shop's books; answers its number.

    Whoever debits the shop's funds holds its row in `fundings`, so that what is read there still holds here.
    """
    assert postings, "a journal has at least one posting"
    (journal,) = tx.take_ids("journal_ids", 1)
    rows = [
        {
            "d": posting.debit,
            "c": posting.credit,
            "m": posting.amount.minor,
            "y": posting.amount.currency,
            "w": posting.cause,
            "h": posting.charge_id,
        }
        for posting in postings
    ]
    tx.put(INSERT_TRANSFERS, shop=shop_id, journal=journal, now=tx.now, rows=as_json(rows))
    return journal
