"""The stations that write messages for what was told, and that send them."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import Row

from andon.kernel.line import Called, OutsideStation, Station
from andon.kernel.rows import as_columns
from andon.kernel.secrets import SecretUnreadable, unseal
from andon.kernel.tx import Tx
from andon.platform.outbox.rules import ROBOT_GAP, MessageState, Words, html_of, words_of
from andon.platform.outbox.service import NO_CONTACT, Outcome, post_notices, record_outcomes
from andon.platform.outbox.views import opened
from andon.platform.policies.rules import Policy
from andon.ports.mailing import Letter, Postman, RobotCaller, RobotMessage

POST = Station(
    "post", due="select min(post_at) from notices where post_at is not null", step=post_notices, batch=500
)

LEASE = timedelta(minutes=15)
"""How long a worker has a message, in machine time: longer than all that one claim sends takes, each robot silent."""

BATCH = 50
TOGETHER = 10
"""How many messages a robot is told in one: it takes few a minute, and so long a text. The others wait for its rest to end."""


@dataclass(frozen=True, slots=True)
class Errand:
    """Messages that go out as one: a letter, or what a robot is told; neither where there is no way to send it."""

    rows: Sequence[Row[Any]]
    lease: datetime
    letter: Letter | None = None
    robot: RobotMessage | None = None
    state: MessageState = MessageState.WAITING
    said: str | None = None


def mail_station(postman: Postman | None, robots: RobotCaller, key: bytes) -> OutsideStation:
    """The station. Without a `postman`, letters are kept in the outbox as sent to nobody; `key` opens robots' addresses."""

    def claim(tx: Tx[Policy], limit: int) -> Sequence[Errand]:
        """Send what is due to each contact by e-mail or to its robot, and note what came of it."""
        lease = tx.wall() + LEASE
        groups: defaultdict[tuple[int, int], list[Row[Any]]] = defaultdict(list)
        for row in _claimed(tx, lease, limit):
            # A robot's messages go out together; each letter alone.
            groups[(row.contact_id, 0 if row.robot else row.message_id)].append(row)
        spoken = {rows[0].contact_id for rows in groups.values() if rows[0].robot}
        if spoken:
            tx.put(
                "update contacts set free_at = :free where contact_id = any(:spoken)",
                free=tx.wall() + ROBOT_GAP,
                spoken=sorted(spoken),
            )
        left = [row for rows in groups.values() for row in rows[TOGETHER:]]
        if left:
            tx.put(
                "update outbox o set leased_until = null from unnest(cast(:s as bigint[]), cast(:n as bigint[])) "
                "as r(s, n) where o.shop_id = r.s and o.message_id = r.n",
                **as_columns(("s", "n"), [(row.shop_id, row.message_id) for row in left]),
            )
        mailed = postman is not None
        return [_errand(rows[:TOGETHER], lease, key, mailed=mailed) for rows in groups.values()]

    def call(errands: Sequence[Errand]) -> Called:
        settled = [each for each in errands if each.letter is None and each.robot is None]
        outside = [each for each in errands if each.letter is not None or each.robot is not None]
        outcomes = [outcome for each in settled for outcome in _outcomes(each, each.state, each.said)]
        return Called(outcomes, _sending(outside, postman, robots) if outside else None)

    return OutsideStation("mail", due=DUE, claim=claim, call=call, record=record_outcomes, batch=BATCH)


DUE = "select min(due_at) from outbox where due_at is not null"


def _sending(
    errands: Sequence[Errand], postman: Postman | None, robots: RobotCaller
) -> Callable[[], Sequence[Outcome]]:
    """What sends these. The line waits for none of it."""

    def rest() -> Sequence[Outcome]:
        by_mail = [each for each in errands if each.letter is not None]
        by_robot = [each for each in errands if each.robot is not None]
        said: list[str | None] = []
        if by_mail:
            assert postman is not None, "without a postman no letter is made"
            said += postman.send([each.letter for each in by_mail if each.letter])
        if by_robot:
            said += robots.tell([each.robot for each in by_robot if each.robot])
        return [
            outcome
            for each, why in zip([*by_mail, *by_robot], said, strict=True)
            for outcome in _outcomes(each, MessageState.SENT if why is None else MessageState.WAITING, why)
        ]

    return rest


def _claimed(tx: Tx[Policy], lease: datetime, limit: int) -> Sequence[Row[Any]]:
    """Lease due messages, those that wait longest first, with their contacts; a robot that needs its rest is passed over."""
    return tx.rows(
        "with due as materialized (select w.shop_id, w.message_id, c.contact_id as found, c.robot, c.sealed "
        "from outbox w left join contacts c on c.shop_id = w.shop_id and c.contact_id = w.contact_id "
        "where w.due_at is not null and w.due_at <= :now "
        # A lease, or a rest, that ends later than any that is given was given before the machine's clock was put back.
        "and (w.leased_until is null or w.leased_until < :wall or w.leased_until > :senseless) "
        "and (c.free_at is null or c.free_at <= :wall or c.free_at > :senseless) "
        "order by w.due_at, w.message_id limit :limit for no key update of w skip locked) "
        "update outbox o set leased_until = :lease from due "
        "where o.shop_id = due.shop_id and o.message_id = due.message_id "
        "returning o.*, due.found, due.robot, due.sealed",
        now=tx.now,
        wall=tx.wall(),
        lease=lease,
        senseless=lease + LEASE,
        limit=limit,
    )


def _errand(rows: Sequence[Row[Any]], lease: datetime, key: bytes, *, mailed: bool) -> Errand:
    first = rows[0]
    if first.found is None and first.contact_id != NO_CONTACT:
        return Errand(rows, lease, state=MessageState.WITHDRAWN)
    if first.robot is None and not mailed:
        return Errand(rows, lease, state=MessageState.KEPT)
    try:
        said = [words_of(row.kind, opened(row.facts, key), row.at, row.locale, row.zone) for row in rows]
    except SecretUnreadable as why:
        return Errand(rows, lease, said=str(why))
    if first.robot is None:
        return Errand(rows, lease, letter=_letter(first, said[0]))
    try:
        robot = orjson.loads(unseal(first.sealed, key))
    except SecretUnreadable as why:
        return Errand(rows, lease, said=str(why))
    text = "\n\n".join("\n".join(each.lines) for each in said)
    return Errand(
        rows, lease, robot=RobotMessage(first.robot, robot["url"], robot["secret"], said[0].subject, text)
    )


def _letter(row: Row[Any], words: Words) -> Letter:
    number = f"{row.shop_id}.{row.message_id}"
    return Letter(number, row.address, words.subject, words.text, html_of(words, row.locale), row.at)


def _outcomes(errand: Errand, state: MessageState, said: str | None) -> list[Outcome]:
    return [Outcome(row.shop_id, row.message_id, errand.lease, state, said) for row in errand.rows]
