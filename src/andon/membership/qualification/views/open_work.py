"""What a supplier has open, shop by shop."""

from andon.kernel.http.models import Instant, Out
from andon.kernel.tx import Tx
from andon.orders.order.rules import OPEN_BELOW, FulfilmentState
from andon.platform.policies.rules import Policy

_S = FulfilmentState


class OpenWorkOut(Out):
    """The fulfilments of one shop that are open at a supplier, by how far they are; `oldest_at` is when the first was reserved."""

    shop_id: int
    open: int
    unanswered: int
    accepted: int
    labelled: int
    shipped: int
    oldest_at: Instant


def open_work_of(
    tx: Tx[Policy], supplier_id: int, *, after: int = 0, limit: int | None = None
) -> list[OpenWorkOut]:
    """What the supplier has open of each shop that has anything there, by shop, from the one after `after`."""
    found = tx.rows(
        # A shop whose fulfilments are open has its grant: by the shops that have one, the index of what is open serves.
        "select f.shop_id, count(*) as open, "
        f"count(*) filter (where f.state < {_S.ACCEPTED:d}) as unanswered, "
        f"count(*) filter (where f.state in ({_S.ACCEPTED:d}, {_S.PICKED:d})) as accepted, "
        f"count(*) filter (where f.state = {_S.LABELLED:d}) as labelled, "
        f"count(*) filter (where f.state = {_S.SHIPPED:d}) as shipped, min(f.reserved_at) as oldest_at "
        "from grants g join fulfilments f on f.shop_id = g.shop_id and f.supplier_id = g.supplier_id "
        f"and f.state < {OPEN_BELOW} where g.supplier_id = :supplier and g.ended_at is null and g.shop_id > :after "
        "group by f.shop_id order by f.shop_id limit :limit",
        supplier=supplier_id,
        after=after,
        limit=limit,
    )
    return [OpenWorkOut.model_validate(row) for row in found]
