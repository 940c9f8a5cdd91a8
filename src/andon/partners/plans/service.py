"""Choosing the lines that a shop ships by."""

from collections.abc import Sequence

from andon.kernel.rows import as_json
from andon.kernel.tx import Tx
from andon.partners.plans.events import PlanSet
from andon.partners.plans.rules import check_plan
from andon.partners.shops.views import shop_of
from andon.platform.policies.rules import Policy


def put_plan(tx: Tx[Policy], shop_id: int, line_codes: Sequence[str]) -> list[str]:
    """Ship by these lines of the policy, the first that serves a country before the others; answers the plan.

    Refuses with Invalid (`plan.unknown_line`, `plan.twice`, `plan.no_standard`), and with NotFound where there is
    no such shop. The same plan again changes nothing.
    """
    check_plan(line_codes, tx.policy.lines)
    tx.hold(shop_id)
    tx.rows(
        "select 1 from shops where shop_id = :shop for no key update", shop=shop_id
    )  # one writer at a time
    shop_of(tx, shop_id)
    present = [
        row.line
        for row in tx.rows(
            "select line from plan_lines where shop_id = :shop order by precedence", shop=shop_id
        )
    ]
    chosen = list(line_codes)
    if chosen == present:
        return chosen

    tx.put("delete from plan_lines where shop_id = :shop", shop=shop_id)
    tx.put(
        "insert into plan_lines (shop_id, line, precedence) select :shop, p.line, p.place "
        "from json_to_recordset(cast(cast(:rows as text) as json)) as p(line text, place integer)",
        shop=shop_id,
        rows=as_json({"line": line, "place": place} for place, line in enumerate(chosen, start=1)),
    )
    tx.emit(PlanSet(shop_id=shop_id, lines=tuple(chosen)))
    return chosen
