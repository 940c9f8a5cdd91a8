"""The edge: a key is known, the walls are raised, a transaction is begun, and it is over before the answer leaves.

`Router` is what every room's api.py builds on; `allow` says who may call; `InTransaction` is the transaction.
"""

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager, nullcontext, suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from andon.kernel.conversation import Conversation
from andon.kernel.errors import Refused
from andon.kernel.failpoints import reach
from andon.kernel.http.bulk import is_rehearsed
from andon.kernel.http.failures import refused
from andon.kernel.http.idempotency import Claim, ClaimLost, KeptAnswer, release_claim
from andon.kernel.http.routes import Route
from andon.kernel.http.threads import in_thread
from andon.kernel.tx import Tx
from andon.kernel.weather import TRIES, was_undone
from andon.platform.accounts.credentials import shown_by
from andon.platform.accounts.doors import Edge
from andon.platform.accounts.events import OperatorEntered, PersonEntered
from andon.platform.accounts.rules import Allowance, Holder
from andon.platform.accounts.visits import Visit
from andon.platform.policies.rules import Policy

__all__ = ["Caller", "EdgeRoute", "InTransaction", "Router", "Visit", "allow"]

LEASE = timedelta(seconds=60)
"""How long a claim holds: as long as a transaction of the application may take."""
LONG_LEASE = timedelta(hours=1)
"""The same for a call that acts without a transaction of its own, such as advancing the clock."""
NOT_KEPT = frozenset((401, 403, 413, 429))
"""Refusals that say nothing of the command itself: its repeat is looked at anew."""
SERVER_ERRORS = 500


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


def allow(scope: str, *parties: str, after_grant: bool = False) -> Any:
    """Who may make a call: `dependencies=[allow("orders.write", "shop", "channel")]`.

    The caller's party is one of these and its key holds the scope; operators hold all, and enter shops. A path that
    names another party than the caller's own is not found. With `after_grant` a supplier makes it at shops too that it
    was bound to once (DISP-7).
    """
    return Depends(_Gate(Allowance(scope, parties, after_grant)))


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

    def is_mark(self, dependency: Any) -> bool:
        """Who may call, and that there is a transaction: this route sees to both."""
        return dependency is _transaction or isinstance(dependency, _Gate)

    async def admit(self, request: Request) -> None:
        """Count a request, and refuse one without a key that can be one, before its body is read."""
        edge: Edge = request.app.state.edge
        if self.allowance is None:
            await edge.counter.count(request, None)
            return
        try:
            shown = shown_by(request)
        except Refused:
            await edge.counter.count(request, None)
            raise
        await edge.counter.count(request, shown.secret_hash)
        request.state.visit = visit = Visit(request, edge, self.allowance, shown)
        if self.is_async:
            await in_thread(visit.check)

    def turn(self, request: Request) -> AbstractAsyncContextManager[None]:
        """Wait for others of the same caller, but in a call that itself waits for news."""
        if self.is_async:
            return nullcontext()
        edge: Edge = request.app.state.edge
        return edge.counter.turn(request.state.caller)

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
