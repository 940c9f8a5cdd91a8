"""What if a shop had shipped otherwise, over HTTP."""

from typing import Annotated

from fastapi import Query

from andon.kernel.errors import NotFound
from andon.kernel.http.problems import problems
from andon.platform.accounts.edge import InTransaction, Router, allow
from andon.simulator.what_if.rules import replay_ways
from andon.simulator.what_if.views import WhatIfOut, past_of, what_if_shown

router = Router(tags=["plan"])

MOST, REPEATS = 5_000, 10
"""So many orders, and so often, that a call takes about a second; `andon what-if` takes all, and more often."""

Days = Annotated[int, Query(ge=1, le=90, description="Replay so many days, at most 5,000 orders")]
Seed = Annotated[int, Query(ge=0, lt=2**31, description="The same seed gives the same figures")]


@router.get(
    "/shops/{shop_id}/what_if", dependencies=[allow("plan.read", "shop")], responses=problems(NotFound)
)
def what_if(
    shop_id: int,
    tx: InTransaction,
    days: Days = 30,
    seed: Seed = 1,
) -> WhatIfOut:
    """The shop's last days replayed under JIT, smart, standard and mixed shipping: times, cost, stock-outs, promises."""
    replayed = past_of(tx, shop_id, days, MOST)
    outcomes = replay_ways(replayed.past, seed=seed, repeats=REPEATS)
    return what_if_shown(replayed, outcomes, seed=seed, repeats=REPEATS)
