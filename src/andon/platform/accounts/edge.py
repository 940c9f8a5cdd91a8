"""The edge: a key is known, the walls are raised, a transaction is begun, and it is over before the answer leaves.

`Router` is what every room's api.py builds on; `allow` says who may call; `InTransaction` is the transaction.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, Depends, Request, Response
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from starlette.concurrency import run_in_threadpool

from andon.kernel.clock import RealClock, wall
from andon.kernel.conversation import Conversation
from andon.kernel.errors import NotFound, Refused, Unknown
from andon.kernel.failpoints import reach
from andon.kernel.http.bulk import is_rehearsed
from andon.kernel.http.ears import Ear, Ears
from andon.kernel.http.failures import refused
from andon.kernel.http.idempotency import (
    Claim,
    ClaimLost,
    KeptAnswer,
    MalformedToken,
    claim_answer,
    fingerprint_of,
    keep_answer,
    release_claim,
    token_of,
)
from andon.kernel.http.routes import Route
from andon.kernel.secrets import seal, unseal
from andon.kernel.tx import Actor, Tx
from andon.kernel.weather import TRIES, was_undone
from andon.platform.accounts.credentials import address_of, shown_by
from andon.platform.accounts.doors import Edge, person_of
from andon.platform.accounts.events import OperatorEntered, PersonEntered
from andon.platform.accounts.rules import Allowance, Holder, check_allowed, check_own
from andon.platform.accounts.views import holder_of, note_use, raise_walls
from andon.platform.people.permissions import PERSON
from andon.platform.people.rules import acting_as
from andon.platform.policies.rules import Policy

T = TypeVar("T")

LEASE = timedelta(seconds=60)
"""How long a claim holds: as long as a transaction of the application may take."""
LONG_LEASE = timedelta(hours=1)
"""The same for a call that acts without a transaction of its own, such as advancing the clock."""
NOT_KEPT = frozenset((401, 403, 413, 429))
"""Refusals that say nothing of the command itself: its repeat is looked at anew."""
SERVER_ERRORS = 500
_NUMBER = re.compile(r"[0-9]{1,18}")
_NAMED_BY = {"shop": "shop_id", "supplier": "supplier_id", "carrier": "carrier", "channel": "channel"}


class Visit:
    """One request of one party. `look` is for handlers that wait: it begins a transaction as often as needed."""

    def __init__(self, request: Request, edge: Edge, allowance: Allowance) -> None:
        self.request = request
        self.edge = edge
        self.allowance = allowance
        self.shown = shown_by(request)
        self.token = _token_of(request)
        self.holder: Holder
        """Who calls, once they are known."""
        self.talk: Conversation
        """The connection on which the call is answered."""

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
            self.note(user_id=person.user_id, shop_id=self.shop_id)
            return acting_as(person, self.allowance, named, self.shown.party)
        if self.shown.test and isinstance(self.edge.clock, RealClock):
            raise Unknown("credentials.test")
        now = wall()
        holder = holder_of(talk.statements, self.shown.secret_hash, now)
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
        raise_walls(talk.statements, holder, self.shop_id)
        return Tx(
            talk.connection,
            now=talk.now,
            actor=Actor(holder.party, holder.party_id, holder.user_id if holder.party != PERSON else None),
            policies=self.edge.policies,
            statements=talk.statements,
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
        return await run_in_threadpool(self.ask, question)

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


async def _visit(request: Request) -> Any:
    return request.state.visit


async def _transaction() -> Any:
    return None  # a mark: the route begins the transaction, in the thread of the handler


Caller = Annotated[Visit, Depends(_visit)]
"""The party behind a request, for handlers that act without a transaction or with several."""

InTransaction = Annotated[Tx[Policy], Depends(_transaction)]
"""The transaction of a call: begun behind the caller's walls, committed before the answer leaves."""


@dataclass(frozen=True)
class _Gate:
    allowance: Allowance

    async def __call__(self) -> None:
        """Nothing: the route asks for the allowance itself."""


def allow(scope: str, *parties: str) -> Any:
    """Who may make a call: `dependencies=[allow("orders.write", "shop", "channel")]`.

    The caller's party is one of these and its key holds the scope; operators hold all, and enter shops. A path that
    names another party than the caller's own is not found.
    """
    return Depends(_Gate(Allowance(scope, parties)))


class EdgeRoute(Route):
    """A route that knows its caller, keeps answers under an Idempotency-Key, and commits."""

    allowance: Allowance | None
    tx_name: str | None

    def learn(self) -> None:
        """See to it that a call says who may make it, and how it acts."""
        super().learn()
        gates = [each.dependency for each in self.dependencies if isinstance(each.dependency, _Gate)]
        assert len(gates) <= 1, f"{self.path}: one allow a call"
        self.allowance = gates[0].allowance if gates else None
        marks = [each.name for each in self.dependant.dependencies if each.call is _transaction]
        self.tx_name = marks[0] if marks else None
        assert self.allowance or not marks, f"{self.path}: say with allow(…) who may call"
        if self.is_async and self.allowance:
            assert not marks, f"{self.path}: a handler with a transaction is a plain def"
            assert self.methods == {"GET"}, f"{self.path}: a handler that waits is a GET"

    async def admit(self, request: Request) -> None:
        """Refuse a request without a key that can be one, before its body is read."""
        if self.allowance is None:
            return
        request.state.visit = visit = Visit(request, request.app.state.edge, self.allowance)
        if self.is_async:
            await run_in_threadpool(visit.check)

    def serve(self, request: Request, values: dict[str, Any]) -> Response:
        """Answer in this thread, with one connection: who calls, what is kept, what is done."""
        if self.allowance is None:
            return super().serve(request, values)
        visit: Visit = request.state.visit
        with visit.edge.talk() as talk:
            visit.talk = talk
            holder = visit.enter(talk)
            values |= self.body_of(request)
            # What is only rehearsed is answered anew each time, and its key is free for the act itself.
            claim = (
                None
                if is_rehearsed(request)
                else visit.claim(talk, holder, LEASE if self.tx_name else LONG_LEASE)
            )
            if isinstance(claim, KeptAnswer):
                return visit.replay(claim)
            entered = holder.party == "operator" and visit.shop_id is not None
            if entered:
                self._note_entry(visit.begin(talk, holder), visit, holder)
            if claim and not entered:
                visit.hurry(talk)
            if claim or entered or not self.tx_name:
                talk.commit()
                reach("edge", "claimed")
            try:
                return self._act(talk, visit, holder, values, claim)
            except Refused as no:
                talk.rollback()
                response = refused(request, no)
                self._settle(talk, visit, claim, response)
                return response
            except BaseException:
                try:
                    talk.rollback()
                    self._settle(talk, visit, claim, None)
                except SQLAlchemyError:
                    if claim is not None:
                        visit.edge.orphans.append(claim)
                raise

    def _act(
        self, talk: Conversation, visit: Visit, holder: Holder, values: dict[str, Any], claim: Claim | None
    ) -> Response:
        """Run the handler, again where the database says so, and commit what it did together with its answer."""
        for attempt in range(1, TRIES + 1):
            tx: Tx[Policy] | None = None
            try:
                tx = visit.begin(talk, holder) if self.tx_name else None
                given = values | {self.tx_name: tx} if self.tx_name else values
                response = self.render(visit.request, self.act(visit.request, given), values)
                if tx is not None:
                    tx.flush()
                if is_rehearsed(visit.request):
                    talk.statements.surface()  # what is under way may be refused yet
                    talk.rollback()
                    return response
                if claim is not None:
                    visit.keep(talk, claim, response)
                reach("edge", "done")
                talk.commit()
                reach("edge", "committed")
            except DBAPIError as error:
                if not was_undone(error) or attempt == TRIES or not self.tx_name:
                    raise
                talk.rollback()
            else:
                visit.note(events=tx and tx.event_ids)
                return response
            finally:
                if tx is not None:
                    tx.close()
        raise AssertionError("the last try raises or returns")

    def _settle(
        self, talk: Conversation, visit: Visit, claim: Claim | None, refusal: Response | None
    ) -> None:
        """Keep a refusal for the command's repeats, or give the claim up where it may be tried again."""
        if claim is None:
            return
        if refusal is None or refusal.status_code in NOT_KEPT or refusal.status_code >= SERVER_ERRORS:
            release_claim(talk.statements, claim)
        else:
            with suppress(ClaimLost):
                visit.keep(talk, claim, refusal)
        visit.hurry(talk)
        talk.commit()

    def _note_entry(self, tx: Tx[Policy], visit: Visit, holder: Holder) -> None:
        """Record, whatever comes of it, that an operator makes this call inside a shop."""
        assert visit.shop_id is not None
        tx.hold(visit.shop_id)
        shop_id, method, route = visit.shop_id, visit.request.method, self.path_format
        if holder.user_id is not None:
            tx.emit(PersonEntered(shop_id=shop_id, user_id=holder.user_id, method=method, route=route))
        elif holder.key_id is not None:
            tx.emit(OperatorEntered(shop_id=shop_id, key_id=holder.key_id, method=method, route=route))
        tx.flush()


class Router(APIRouter):
    """A room's calls, under /v1; each says with `allow` who may make it."""

    def __init__(self, *, tags: Sequence[str] = ()) -> None:
        super().__init__(prefix="/v1", route_class=EdgeRoute, tags=list(tags), redirect_slashes=False)


def _token_of(request: Request) -> str | None:
    if request.method != "POST":
        return None
    given = request.headers.getlist("idempotency-key")
    if not given:
        return None
    if len(given) > 1:
        raise MalformedToken(detail="one key a command")
    return token_of(given[0])
