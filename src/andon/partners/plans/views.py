"""A shop's shipping plan as it stands."""

from andon.kernel.tx import Tx
from andon.platform.policies.rules import Policy


def plan_of(tx: Tx[Policy], shop_id: int) -> list[str]:
    """The codes of the lines that the shop ships by, in the order of their precedence."""
    found = tx.rows("select line from plan_lines where shop_id = :shop order by precedence", shop=shop_id)
    return [row.line for row in found]
