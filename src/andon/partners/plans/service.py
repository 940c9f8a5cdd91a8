"""Choosing the lines that a shop ships by."""

from collections.abc import Sequence

from andon.kernel.rows import as_json
from andon.kernel.tx import Tx
from andon.partners.plans.events import PlanSet
from andon.partners.plans.rules import check_offered, check_plan, jit_lines
from andon.partners.plans.views import plan_of
from andon.partners.shops.views import shop_of
from andon.platform.policies.rules import Policy


def put_plan(tx: Tx[Policy], shop_id: int, line_codes: Sequence[str]) -> list[str]:
    """Ship by these lines of the policy, the first that serves a country before the others; answers the plan.

    Refuses with Invalid (`plan.unknown_line`, `plan.twice`, `plan.no_standard`), with NotFound where there is no such
    shop, and with Forbidden (`plan.jit_not_offered`) a JIT line that a shop without JIT has not yet. The same plan again
    changes nothing. Source: EXIT-6.
    """
    check_plan(line_codes, tx.policy.lines)
    tx.hold(shop_id)
    tx.rows(
        "select 1 from shops where shop_id = :shop for no key update", shop=shop_id
    )  # one writer at a time
    jit_offered = shop_of(tx, shop_id).jit_offered
    present = plan_of(tx, shop_id)
    chosen = list(line_codes)
    if chosen == present:
        return chosen
    check_offered(chosen, tx.policy.lines, jit_offered=jit_offered)

    tx.put("delete from plan_lines where shop_id = :shop", shop=shop_id)
    tx.put(
        "insert into plan_lines (shop_id, line, precedence) select :shop, p.line, p.place "
        "from json_to_recordset(cast(cast(:rows as text) as json)) as p(line text, place integer)",
        shop=shop_id,
        rows=as_json({"line": line, "place": place} for place, line in enumerate(chosen, start=1)),
    )
    tx.emit(PlanSet(shop_id=shop_id, lines=tuple(chosen)))
    return chosen


def remove_jit_lines(tx: Tx[Policy], shop_id: int) -> list[str]:
    """Take the JIT lines out of the shop's plan; those that stood in it. Source: EXIT-6."""
    tx.hold(shop_id)
    removed = tx.rows(
        "delete from plan_lines where shop_id = :shop and line = any(:lines) returning line, precedence",
        shop=shop_id,
        lines=jit_lines(tx.policy.lines),
    )
    if removed:
        tx.emit(PlanSet(shop_id=shop_id, lines=tuple(plan_of(tx, shop_id))))
    return [row.line for row in sorted(removed, key=lambda row: row.precedence)]
