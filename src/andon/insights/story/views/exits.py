"""The whole story of one exit, from its events, and what is due next."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from andon.insights.story.rules import AHEAD, Ahead, Moment, both
from andon.insights.story.views.orders import moment_of, supplier_names
from andon.kernel.errors import NotFound
from andon.kernel.tx import Tx
from andon.membership.exits.rules import ExitState, is_ticket

_SUBJECTS = """
select 'exit:' || :exit as subject
union all select 'enrolment:' || enrolment from exits where shop_id = :shop and exit_id = :exit
union all select 'shop:' || :shop
union all select 'binding:' || binding_id from bindings where shop_id = :shop and (ended_at is null or ended_at >= :since)
union all select 'letter:' || letter_id from letters where shop_id = :shop and drawn_at >= :since
"""

# From the leaving of the membership on, which is the first that an exit does. What is about the exit itself, and its
# letters, belongs to it whenever it was: the certificate comes after the end.
_EVENTS = """
with first as (
  select max(event_id) as event_id from events
  where shop_id = :shop and order_id is null and subject = any(:subjects) and kind = 'enrolment.leaving'
    and event_id < (select min(event_id) from events where shop_id = :shop and order_id is null and subject = :own))
select e.kind, e.subject, e.at, e.recorded_at, e.actor, e.policy, e.body from events e
where e.shop_id = :shop and e.order_id is null and e.subject = any(:subjects)
  and e.event_id >= (select event_id from first)
  and (cast(:until as timestamptz) is null or e.at <= :until or e.subject = :own or e.subject like 'letter:%')
order by e.at, e.event_id
"""

_DUE = f"""
select 'strike' as station, 'exit:' || exit_id as subject, due_at as at from exits
where shop_id = :shop and exit_id = :exit and state = {ExitState.SWITCHING_OFF.value} and due_at is not null
union all
select 'verify', 'exit:' || exit_id, due_at from exits
where shop_id = :shop and exit_id = :exit and state = {ExitState.VERIFYING.value} and due_at is not null
union all
select 'appeal', 'exit:' || exit_id, due_at from appeals
where shop_id = :shop and exit_id = :exit and due_at is not null
union all
select 'calibrate', 'calibration:' || calibration_id, due_at from calibrations
where shop_id = :shop and released_at >= :since and counted_at is null and delisted_at is null and :running
order by 3, 2
"""


@dataclass(frozen=True, slots=True)
class FoundExit:
    """An exit by which a word may have been meant."""

    shop_id: int
    exit_id: int
    ticket: str | None


@dataclass(frozen=True, slots=True)
class ExitStory:
    """What happened to an exit, in the order in which it happened, and what is due next."""

    exit: FoundExit
    shop: str
    zone: str
    state: str
    moments: Sequence[Moment]
    ahead: Sequence[Ahead]


def story_of_exit(tx: Tx[Any], shop_id: int, exit_id: int) -> ExitStory:
    """The story of one exit: its steps, its membership, the bindings and letters of its time, the shop's intake.

    NotFound `exit.not_found` if there is none that may be seen here.
    """
    row = tx.one(
        "select x.ticket, x.state, x.started_at, x.ended_at, s.name, s.zone from exits x "
        "join shops s on s.shop_id = x.shop_id where x.shop_id = :shop and x.exit_id = :exit",
        shop=shop_id,
        exit=exit_id,
    )
    if row is None:
        raise NotFound("exit.not_found")
    since = row.started_at
    subjects = tx.rows(_SUBJECTS, shop=shop_id, exit=exit_id, since=since)
    events = tx.rows(
        _EVENTS,
        shop=shop_id,
        subjects=[each.subject for each in subjects],
        until=row.ended_at,
        own=f"exit:{exit_id}",
    )
    names = supplier_names(tx)
    due = tx.rows(_DUE, shop=shop_id, exit=exit_id, since=since, running=row.ended_at is None)
    return ExitStory(
        exit=FoundExit(shop_id, exit_id, row.ticket),
        shop=row.name,
        zone=row.zone,
        state=ExitState(row.state).word,
        moments=[moment_of(event, names, row.zone) for event in events],
        ahead=[Ahead(each.at, each.station, each.subject, both(AHEAD[each.station])) for each in due],
    )


def find_exits(tx: Tx[Any], word: str) -> list[FoundExit]:
    """The exits of any shop that may be seen here of that ticket, or of that number: `exit:12`."""
    number = word.removeprefix("exit:")
    named = word != number and number.isascii() and number.isdecimal() and len(number) < 19
    if not named and not is_ticket(word):
        return []
    return [
        FoundExit(row.shop_id, row.exit_id, row.ticket)
        for row in tx.rows(
            "select x.shop_id, x.exit_id, x.ticket from shops s join exits x on x.shop_id = s.shop_id "
            "where x.exit_id = :number or x.ticket = :word order by 1, 2",
            number=int(number) if named else None,
            word=word,
        )
    ]
