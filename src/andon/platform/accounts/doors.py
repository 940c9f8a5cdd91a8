"""What a request needs of the process that answers it, and the way in for those who have shown nothing yet."""

from collections import deque
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from typing import TypeVar

from fastapi import Request

from andon.kernel.clock import Clock, wall
from andon.kernel.conversation import Conversation, conversation
from andon.kernel.db import Database
from andon.kernel.errors import Unknown
from andon.kernel.events import PLATFORM
from andon.kernel.failpoints import reach
from andon.kernel.http.idempotency import Claim
from andon.kernel.outside import Ranges
from andon.kernel.secrets import derive
from andon.kernel.tx import Actor, PolicySource, Tx
from andon.kernel.weather import reached
from andon.platform.accounts.counting import Counter
from andon.platform.accounts.credentials import address_of
from andon.platform.accounts.views import see
from andon.platform.documents.authority import Authority
from andon.platform.people.permissions import PERSON
from andon.platform.people.rules import TOUCHED_EVERY, Person
from andon.platform.people.service.sessions import end_reused, touch_session
from andon.platform.people.views import session_of
from andon.platform.policies.rules import Policy

T = TypeVar("T")


@dataclass(frozen=True)
class Edge:
    """What a request needs of the process that answers it. `public_url` is where people find its pages."""

    database: Database
    clock: Clock
    policies: PolicySource[Policy]
    secret: bytes
    authority: Authority
    counter: Counter
    public_url: str = ""
    allowed: Ranges = ()
    """Where calls may go beside the public internet."""

    orphans: deque[Claim] = field(default_factory=deque, repr=False)
    """Claims of commands that failed while the database was away, so that they could not be given up."""

    def talk(self) -> AbstractContextManager[Conversation]:
        """A connection under the application's login, for one request."""
        return conversation(self.database.app, self.clock)

    def at_the_door(self, request: Request, act: Callable[[Tx[Policy]], T]) -> T:
        """What comes of `act`, done for somebody who has shown nothing yet; committed, undone where it raises.

        Its transaction sees what is the platform's own, and no shop.
        """

        def done() -> T:
            with self.talk() as talk, stepping(talk, self.policies, address_of(request)) as tx:
                return act(tx)

        return reached(done)

    @cached_property
    def cursor_secret(self) -> bytes:
        """What cursors are sealed with."""
        return derive(self.secret, "andon cursor")


@contextmanager
def stepping(
    talk: Conversation, policies: PolicySource[Policy], address: str | None = None
) -> Iterator[Tx[Policy]]:
    """A transaction of nobody's that sees no shop: committed at the end, undone where the body raises."""
    walls = see(talk.statements, (PLATFORM,))
    tx = Tx(
        talk.connection,
        now=talk.now,
        actor=Actor(PERSON),
        policies=policies,
        statements=talk.statements,
        walls=walls,
        address=address,
    )
    try:
        yield tx
        tx.flush()
        reach("door", "done")
        talk.commit()
        reach("door", "committed")
    finally:
        talk.rollback()
        tx.close()


def person_of(talk: Conversation, token_hash: bytes, policies: PolicySource[Policy]) -> Person:
    """Who is signed in by that session, in one query; once in a while it is noted that the session was used.

    Raises Unknown for a session that is none, or no longer. Where a token comes back that was replaced, somebody has a
    copy: then the session ends.
    """
    now = wall()
    person = session_of(talk.statements, token_hash, now)
    if person is None:
        with stepping(talk, policies) as tx:
            end_reused(tx, token_hash)
        raise Unknown("credentials.session")
    if not timedelta() <= now - person.seen_at < TOUCHED_EVERY:
        touch_session(talk.statements, person.session_id, now)
        talk.commit()
    return person
