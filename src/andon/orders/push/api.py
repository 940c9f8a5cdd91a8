"""A supplier's pushes over HTTP: every try that was made, and sending one again."""

from andon.kernel.errors import Conflict, NotFound
from andon.kernel.http.pages import Page, PageQuery, page_of
from andon.kernel.http.problems import problems
from andon.kernel.tx import Tx
from andon.orders.push.service import replay_push
from andon.orders.push.views import PushOut, list_pushes, push_of
from andon.platform.accounts.edge import InTransaction, Router, allow
from andon.platform.policies.rules import Policy

router = Router(tags=["pushes"])


@router.get("/supplier/pushes", dependencies=[allow("fulfilments.read", "supplier")])
def pushes(query: PageQuery, tx: InTransaction) -> Page[PushOut]:
    """The caller's pushes, the newest first, each with its tries."""
    before = query.after[0] if query.after else None
    rows = list_pushes(tx, _supplier(tx), before=before, limit=query.fetch)
    return page_of(rows, query, lambda push: [push.id])


@router.post(
    "/supplier/pushes/{push_id}/replay",
    dependencies=[allow("fulfilments.write", "supplier")],
    responses=problems(NotFound, Conflict),
)
def replay(push_id: int, tx: InTransaction) -> PushOut:
    """Send a push again, now, under the same message id."""
    replay_push(tx, _supplier(tx), push_id)
    return push_of(tx, _supplier(tx), push_id)


def _supplier(tx: Tx[Policy]) -> int:
    assert isinstance(tx.actor.id, int), "a supplier is known by its number"
    return tx.actor.id
