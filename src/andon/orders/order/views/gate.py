"""What stands open of a shop's JIT orders. Source: EXIT-1."""

from collections.abc import Sequence
from dataclasses import dataclass

from andon.kernel.tx import Tx
from andon.orders.order.rules import OPEN_BELOW, Mode
from andon.platform.policies.rules import Policy


@dataclass(frozen=True, slots=True)
class OpenJit:
    """The open JIT fulfilments of a shop with one supplier, or, with None, those that wait for one."""

    supplier_id: int | None
    fulfilments: int
    oldest: Sequence[int]


OPEN_JIT = (
    "select supplier_id, count(*) as fulfilments, array_agg(fulfilment_id order by fulfilment_id) as oldest "
    # A literal, so that the partial index of what is open serves in every plan.
    f"from fulfilments where shop_id = :shop and state < {OPEN_BELOW} and mode = {Mode.JIT.value} "
    "group by supplier_id order by supplier_id nulls last"
)


def open_jit_of(tx: Tx[Policy], shop_id: int, name: int = 100) -> list[OpenJit]:
    """What stands open of a shop's JIT orders, by supplier, up to `name` of each by number. Source: EXIT-1."""
    return [
        OpenJit(row.supplier_id, row.fulfilments, row.oldest[:name])
        for row in tx.rows(OPEN_JIT, shop=shop_id)
    ]
