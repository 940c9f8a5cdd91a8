"""Events as SQL: what writes them, and how a statement that changes a set tells of each of its rows by itself.

A use case that decides thing by thing emits; where one statement changes thousands, the way to us and back would cost as
much as the change.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields

from andon.kernel.events import COMMON, Event
from andon.kernel.money import minor_digits_in_sql

LINE_CHANNEL = "andon_line"
"""The channel on which a commit tells the line that something is due."""
COLUMNS = "shop_id, event_id, kind, subject, order_id, at, recorded_at, actor, policy, body, address"


@dataclass(frozen=True, slots=True)
class Amount:
    """Money that two columns say: minor units, and their currency."""

    minor: str
    currency: str

    def __str__(self) -> str:
        places = minor_digits_in_sql(self.currency)
        amount = f"round({self.minor} * power(10.0, -{places}), {places})"
        return f"""'{{"amount":"' || {amount} || '","currency":"' || {self.currency} || '"}}'"""


@dataclass(frozen=True, slots=True)
class Number:
    """A whole number, or null where the event leaves it out."""

    column: str

    def __str__(self) -> str:
        return f"cast({self.column} as text)"


@dataclass(frozen=True, slots=True)
class Word:
    """A code: letters, digits, dots and underscores."""

    column: str

    def __str__(self) -> str:
        return f"""'"' || {self.column} || '"'"""


def writing(source: str) -> str:
    """The parts of a statement that write the events in `source`, rows of which are e, and note them as untold.

    Its parameters are those of `Tx.tell`. What was written is `told`, by shop_id and event_id.
    """
    return f"""
told as (
  insert into events ({COLUMNS})
  select e.shop_id, nextval('event_ids'), e.kind, e.subject, e.order_id, e.at, :now, :actor, :policy, e.body, :address
  from {source}
  returning shop_id, event_id
),
untold as (
  insert into untold (shop_id, untold_id, event_ids, at)
  select t.shop_id, min(t.event_id), array_agg(t.event_id order by t.event_id), :now
  from told t
  join (select shop_id from heads where shop_id = any(:told) and listened) h on h.shop_id = t.shop_id
  group by t.shop_id
  returning shop_id
)"""


def telling(event: type[Event], source: str, said: Mapping[str, Amount | Number | Word]) -> str:
    """The parts of a statement that write an event of this class for each row of `source`, as its own `body` would.

    `source` has shop_id and order_id; `said` is how each of the event's own fields is found in it.
    """
    own = sorted({field.name for field in fields(event)} - COMMON)
    assert own == sorted(said), f"{event.kind} says {own}"
    parts = ", ".join(f"""',"{name}":' || {said[name]}""" for name in own)
    return writing(
        f"(select shop_id, '{event.kind}' as kind, '{event.noun}:' || {said[event.about]} as subject, order_id, "
        f"cast(:now as timestamptz) as at, '{{' || substr(concat({parts}), 2) || '}}' as body from {source}) e"
    )


NUMBERS = f"""(select min(event_id) as first, max(event_id) as last,
  (select pg_notify('{LINE_CHANNEL}', 'tell') from untold limit 1) as listened from told)"""
"""What a statement that tells answers beside its own: the numbers of its events. Whoever listens is woken by it."""

EMITTED = (
    "unnest(cast(:shops as bigint[]), cast(:kinds as text[]), cast(:subjects as text[]), cast(:orders as bigint[]), "
    "cast(:ats as timestamptz[]), cast(:bodies as text[])) as e(shop_id, kind, subject, order_id, at, body)"
)
WRITE = f"""with {writing(EMITTED)}
select n.*, (select count(pg_notify('{LINE_CHANNEL}', name)) from unnest(cast(:woken as text[])) as name) as woken
from {NUMBERS} n
"""
"""Writes the events that a transaction emitted, and wakes stations."""
