"""A visit: one request of one party - who calls, for which shop, and under which Idempotency-Key."""

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager, suppress
from datetime import timedelta
from typing import Any, TypeVar

from fastapi import Request, Response
from sqlalchemy.exc import DBAPIError

from andon.kernel.clock import RealClock, wall
from andon.kernel.conversation import Conversation
from andon.kernel.errors import NotFound, Unknown
from andon.kernel.http.ears import Ear, Ears
from andon.kernel.http.idempotency import (
    Claim,
    KeptAnswer,
    MalformedToken,
    claim_answer,
    fingerprint_of,
    keep_answer,
    release_claim,
    token_of,
)
from andon.kernel.http.threads import in_thread
from andon.kernel.secrets import seal, unseal
from andon.kernel.statements import Statements
from andon.kernel.tx import Actor, Tx
from andon.platform.accounts.credentials import Shown, address_of
from andon.platform.accounts.doors import Edge, person_of
from andon.platform.accounts.rules import Allowance, Holder, check_allowed, check_own
from andon.platform.accounts.views import holder_of, note_use, raise_walls
from andon.platform.people.permissions import PERSON
from andon.platform.people.rules import acting_as
from andon.platform.policies.rules import Policy

T = TypeVar("T")

_NUMBER = re.compile(r"[0-9]{1,18}")
_NAMED_BY = {"shop": "shop_id", "supplier": "supplier_id", "carrier": "carrier", "channel": "channel"}


class Visit:
    """One request of one party. `look` is for handlers that wait: it begins a transaction as often as needed."""

    def __init__(self, request: Request, edge: Edge, allowance: Allowance, shown: Shown) -> None:
        self.request = request
        self.edge = edge
        self.allowance = allowance
        self.shown = shown
        self.token = _token_of(request)
        self.holder: Holder
        """Who calls, once they are known."""
        self.talk: Conversation
        """The connection on which the call is answered."""
        self._met_in: Statements | None = None
        """The transaction in which the holder of a key was met."""

    @property
    def shop_id(self) -> int | None:
        """The shop that the path names, if one. Raises NotFound for a number that no shop has."""
        named = self.request.path_params.get("shop_id")
        if named is None:
            return None
        if not _NUMBER.fullmatch(str(named)):
            raise NotFound
        return int(named)

    @property
    def user_id(self) -> int:
        """The person who calls, in calls that are for people alone."""
        assert self.holder.user_id is not None, "the call is for people"
        return self.holder.user_id

    def enter(self, talk: Conversation) -> Holder:
        """Who calls. Raises Unknown, Forbidden, or NotFound where the path is another party's."""
        try:
            holder = self._known(talk)
        except Unknown:
            self.edge.counter.disproved(self.shown.secret_hash)
            raise
        except DBAPIError as gone:
            if not gone.connection_invalidated:
                raise
            talk.rollback()  # the server has closed a connection of the pool meanwhile; this one is fresh
            holder = self._known(talk)
        self.holder = holder
        return holder

    def _known(self, talk: Conversation) -> Holder:
        path = self.request.path_params
        named = {party: str(path[name]) for party, name in _NAMED_BY.items() if name in path}
        if self.shown.by_cookie:
            person = person_of(talk, self.shown.secret_hash, self.edge.policies)
            self.edge.counter.proved(self.shown.secret_hash)
            self.note(user_id=person.user_id, shop_id=self.shop_id)
            return acting_as(person, self.allowance, named, self.shown.party)
        if self.shown.test and isinstance(self.edge.clock, RealClock):
            raise Unknown("credentials.test")
        now = wall()
        self._met_in = talk.statements
        holder = holder_of(talk.statements, self.shown.secret_hash, now)
        self.edge.counter.proved(self.shown.secret_hash)
        self.note(party=holder.party, key_id=holder.key_id, shop_id=self.shop_id)
        check_allowed(holder, self.allowance, in_shop=self.shop_id is not None)
        for party, number in named.items():
            check_own(holder, party, number)
        if holder.unnoted and holder.key_id is not None and not self.shown.tried:
            note_use(talk.statements, holder.key_id, now)
            self.hurry(talk)
            talk.commit()
        return holder

    def note(self, **facts: Any) -> None:
        """Say something in the request's line of the log."""
        known: dict[str, Any] = self.request.scope.setdefault("andon.facts", {})
        known.update({name: value for name, value in facts.items() if value is not None})

    def begin(self, talk: Conversation, holder: Holder) -> Tx[Policy]:
        """The transaction of a use case, behind the holder's walls."""
        walls = raise_walls(
            talk.statements,
            holder,
            self.shop_id,
            met_here=talk.statements is self._met_in,
            after_grant=self.allowance.after_grant,
        )
        return Tx(
            talk.connection,
            now=talk.now,
            actor=Actor(holder.party, holder.party_id, holder.user_id if holder.party != PERSON else None),
            policies=self.edge.policies,
            statements=talk.statements,
            walls=walls,
            address=address_of(self.request),
        )

    @contextmanager
    def step(self) -> Iterator[Tx[Policy]]:
        """One transaction of a call that acts in several: committed at the end, undone where the body raises."""
        with closing(self.begin(self.talk, self.holder)) as tx:
            yield tx
            tx.flush()
            self.talk.commit()

    async def look(self, question: Callable[[Tx[Policy]], T]) -> T:
        """The answer of `question`, asked in a thread and in a transaction of its own, which is committed."""
        return await in_thread(self.ask, question)

    def ask(self, question: Callable[[Tx[Policy]], T]) -> T:
        """The same, in this thread."""
        with self.edge.talk() as talk, closing(self.begin(talk, self.enter(talk))) as tx:
            found = question(tx)
            tx.flush()
            talk.commit()
            return found

    def listening(self, channel: str, payload: str) -> AbstractContextManager[Ear]:
        """An ear for what commits say on that channel: enter it, look, and while there is nothing wait."""
        ears: Ears = self.request.app.state.ears
        return ears.listening(channel, payload)

    def check(self) -> None:
        """Refuse the caller, if it must be refused, without looking at anything else."""
        with self.edge.talk() as talk:
            self.enter(talk)

    def claim(self, talk: Conversation, holder: Holder, lease: timedelta) -> Claim | KeptAnswer | None:
        """The right to answer under the caller's Idempotency-Key, or the answer kept for it; None without one."""
        if self.token is None:
            return None
        if self.edge.orphans:
            self._release_orphans(talk)
        target = self.request.url.path
        if query := self.request.url.query:
            target += f"?{query}"
        return claim_answer(
            talk.statements,
            holder.name,
            self.token,
            fingerprint_of(self.request.method, target, self.request.state.body),
            now=wall(),
            lease=lease,
        )

    def _release_orphans(self, talk: Conversation) -> None:
        with suppress(IndexError):  # until there is none, or another request has taken the last
            while True:
                release_claim(talk.statements, self.edge.orphans.popleft())
        talk.commit()

    def hurry(self, talk: Conversation) -> None:
        """Let this transaction's commit not wait for the disk: nothing is in it but a claim, or a refusal kept.

        A crash that loses it has lost what came after it, too.
        """
        talk.statements.put_text("set local synchronous_commit = off")

    def keep(self, talk: Conversation, claim: Claim, response: Response) -> None:
        """Keep the answer with what it tells; sealed, as it may hold a secret or a buyer's data."""
        kept = KeptAnswer(
            response.status_code,
            response.headers.get("content-type", ""),
            seal(bytes(response.body), self.edge.secret),
        )
        keep_answer(talk.statements, claim, kept)

    def replay(self, kept: KeptAnswer) -> Response:
        """The first answer, once more."""
        headers = {"Idempotent-Replayed": "true"}
        if kept.content_type:
            headers["Content-Type"] = kept.content_type
        return Response(unseal(kept.body, self.edge.secret), kept.status, headers)


def _token_of(request: Request) -> str | None:
    if request.method != "POST":
        return None
    given = request.headers.getlist("idempotency-key")
    if not given:
        return None
    if len(given) > 1:
        raise MalformedToken(detail="one key a command")
    return token_of(given[0])
