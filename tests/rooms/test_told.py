"""What a statement tells of a set by itself is what the event's class would say."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from andon.kernel.db import Database
from andon.kernel.money import MAX_MINOR, Money
from andon.kernel.rows import as_json
from andon.kernel.told import telling
from andon.money.charges.events import ChargeSettled
from andon.money.charges.rules import ChargeKind
from andon.money.settlement.service.settling import SAID
from tests.worlds import transaction
from tests.worlds_money import a_shop

NUMBERS = st.integers(1, 2**62)
CHARGES = st.fixed_dictionaries(
    {
        "charge_id": NUMBERS,
        "order_id": st.none() | NUMBERS,
        "fulfilment_id": st.none() | NUMBERS,
        "kind": st.sampled_from(ChargeKind).map(int),
        "amount_minor": st.integers(1 - MAX_MINOR, MAX_MINOR - 1),
        "currency": st.sampled_from(["CNY", "USD", "JPY", "XOF", "KWD", "BHD"]),
        "journal_id": st.none() | NUMBERS,
    }
)

TELL = f"""with rows as (
  select cast(:shop as bigint) as shop_id, r.*
  from json_to_recordset(cast(cast(:rows as text) as json)) as r(charge_id bigint, order_id bigint, fulfilment_id bigint,
    kind smallint, amount_minor bigint, currency text, journal_id bigint)
),
{telling(ChargeSettled, "rows", SAID)}
select min(event_id) as first, max(event_id) as last from told
"""

WRITTEN = """select kind, subject, order_id, at, recorded_at, actor, policy, body, address from events
where shop_id = :shop and kind = 'charge.settled' order by event_id"""


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(CHARGES, min_size=1, max_size=20))
def test_a_row_is_told_as_the_event_that_a_use_case_would_emit(
    database: Database, rows: list[dict[str, object]]
) -> None:
    with transaction(database) as tx:
        shop, other = a_shop(tx), a_shop(tx)
        tx.tell(TELL, [shop], shop=shop, rows=as_json(rows))
        for row in rows:
            said = {**row, "shop_id": other, "fee": ChargeKind(row.pop("kind")).word}
            said["amount"] = Money.from_minor(row["amount_minor"], row["currency"])
            tx.emit(ChargeSettled(**{name: said[name] for name in (*SAID, "shop_id", "order_id")}))
        tx.flush()
        assert list(tx.rows(WRITTEN, shop=shop)) == list(tx.rows(WRITTEN, shop=other))
