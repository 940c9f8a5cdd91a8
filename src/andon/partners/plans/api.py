"""A shop's shipping plan over HTTP."""

from typing import Annotated

from pydantic import Field

from andon.kernel.errors import Forbidden, Invalid, NotFound
from andon.kernel.http.models import Out, Strict
from andon.kernel.http.problems import problems
from andon.partners.plans.service import put_plan
from andon.partners.plans.views import plan_of
from andon.platform.accounts.edge import InTransaction, Router, allow

router = Router(tags=["plan"])


class PlanIn(Strict):
    """The codes of the lines to ship by, the first that serves a country before the others."""

    lines: Annotated[
        list[Annotated[str, Field(max_length=64)]],
        Field(max_length=100, examples=[["cainiao_jit", "cainiao_standard"]]),
    ]


class PlanOut(Out):
    """The codes of the lines that the shop ships by; the policy in force tells what each is."""

    shop_id: int
    lines: list[str]


@router.get("/shops/{shop_id}/plan", dependencies=[allow("plan.read", "shop")], responses=problems(NotFound))
def plan(shop_id: int, tx: InTransaction) -> PlanOut:
    """The lines that the shop ships by; none, until it has chosen."""
    return PlanOut(shop_id=shop_id, lines=plan_of(tx, shop_id))


@router.put(
    "/shops/{shop_id}/plan",
    dependencies=[allow("plan.write", "shop")],
    responses=problems(NotFound, Forbidden, Invalid),
)
def choose(shop_id: int, body: PlanIn, tx: InTransaction) -> PlanOut:
    """Ship by these lines from now on. At least one is a standard line: orders go its way while JIT is closed."""
    return PlanOut(shop_id=shop_id, lines=put_plan(tx, shop_id, body.lines))
