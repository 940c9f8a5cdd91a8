"""Writing to the books: transfers, the running totals beside them, and the event that proves them."""

from collections.abc import Mapping, Sequence
from typing import Any

from andon.kernel.rows import as_json
from andon.kernel.tx import Tx
from andon.money.ledger.events import JournalPosted
from andon.money.ledger.rules import Posting

TOTALLED = """
accounted as (
  select shop_id, debit as account, currency, amount_minor as debited, 0 as credited from posted
  union all select shop_id, credit, currency, 0, amount_minor from posted
),
totalled as (
  insert into balances as b (shop_id, account, currency, debited_minor, credited_minor)
  select shop_id, account, currency, sum(debited), sum(credited)
  from accounted group by shop_id, account, currency order by shop_id, account, currency
  on conflict (shop_id, account, currency) do update
    set debited_minor = b.debited_minor + excluded.debited_minor,
        credited_minor = b.credited_minor + excluded.credited_minor
  returning shop_id, account
),
named as (
  insert into payees (account, shop_id) select distinct account, shop_id from totalled
  where starts_with(account, 'payable:') on conflict do nothing
)
"""
"""What goes along with transfers that a statement has `posted`: the totals, and whose accounts they are."""

POST = f"""
with posted as (
  insert into transfers (shop_id, transfer_id, journal_id, at, debit, credit, amount_minor, currency, cause, charge_id,
                         base_minor, base_currency, rate)
  select r.s, nextval('transfer_ids'), :journal, :now, r.d, r.c, r.m, r.y, r.w, r.h, r.bm, r.bc, r.rt
  from json_to_recordset(cast(cast(:rows as text) as json))
    as r(s bigint, d text, c text, m bigint, y text, w text, h bigint, bm bigint, bc text, rt numeric)
  returning shop_id, debit, credit, amount_minor, currency
),
{TOTALLED}
select 1
"""

CONTENTS = """
select t.shop_id, t.journal_id, count(*) as transfers,
       encode(sha256(convert_to(string_agg(concat_ws('|', t.transfer_id, extract(epoch from t.at), t.debit, t.credit,
         t.amount_minor, t.currency, t.cause, coalesce(t.charge_id, 0),
         coalesce(t.base_minor || ' ' || t.base_currency || ' ' || t.rate, '')), E'\\n' order by t.transfer_id), 'UTF8')), 'hex')
         as content
from json_to_recordset(cast(cast(:rows as text) as json)) as r(s bigint, j bigint)
join transfers t on t.shop_id = r.s and t.journal_id = r.j
group by t.shop_id, t.journal_id order by t.shop_id, t.journal_id
"""


def post(tx: Tx[Any], shop_id: int, postings: Sequence[Posting]) -> int:
    """Write one journal of transfers into a shop's books; answers its number. The shop's head is held.

    Whoever debits the shop's funds holds its row in `fundings`, so that what is read there still holds here.
    """
    return post_in_shops(tx, {shop_id: postings})


def post_in_shops(tx: Tx[Any], postings: Mapping[int, Sequence[Posting]]) -> int:
    """Write one journal into the books of several shops, each its own part; answers its number."""
    assert all(postings.values()), "a journal has at least one posting"
    (journal,) = tx.take_ids("journal_ids", 1)
    rows = [
        {
            "s": shop_id,
            "d": posting.debit,
            "c": posting.credit,
            "m": posting.amount.minor,
            "y": posting.amount.currency,
            "w": posting.cause,
            "h": posting.charge_id,
            "bm": posting.base and posting.base.minor,
            "bc": posting.base and posting.base.currency,
            "rt": posting.rate,
        }
        for shop_id, own in sorted(postings.items())
        for posting in own
    ]
    tx.put(POST, journal=journal, now=tx.now, rows=as_json(rows))
    tell_journals(tx, as_json({"s": shop_id, "j": journal} for shop_id in postings))
    return journal


def tell_journals(tx: Tx[Any], rows: str) -> None:
    """Emit that these journals stand, of as many as have a transfer: `rows` name each by shop (s) and number (j)."""
    tx.emit(
        *(
            JournalPosted(
                shop_id=row.shop_id, journal_id=row.journal_id, transfers=row.transfers, content=row.content
            )
            for row in tx.rows(CONTENTS, rows=rows)
        )
    )
