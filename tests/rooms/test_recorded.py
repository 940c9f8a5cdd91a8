"""A record is searched from its newest event back, and no search looks at more than so many of them."""

from andon.insights.recorded.views import Sought, search_record
from andon.kernel.db import Database
from andon.orders.holds.events import OrderHeld
from tests.worlds import NOON, transaction
from tests.worlds_partners import open_demo_shop


def test_a_search_looks_at_so_many_events_and_says_where_it_stopped(database: Database) -> None:
    with transaction(database, NOON) as tx:
        shop = open_demo_shop(tx).shop_id
        tx.emit(
            *(OrderHeld(shop_id=shop, order_id=each, reason="risk", fulfilments=()) for each in range(1, 21))
        )
    with transaction(database, NOON) as tx:
        newest = search_record(tx, shop, Sought(), before=None, limit=3, most=7)
        assert [row.order_id for row in newest.events] == [20, 19, 18]
        assert newest.looked_back_to is None, (
            "as many as were asked for: the last of them says where it goes on"
        )

        found, before, looks = [], None, 0
        while looks == 0 or before is not None:
            part = search_record(tx, shop, Sought(subject="order:4"), before=before, limit=50, most=7)
            found += [row.order_id for row in part.events]
            before, looks = part.looked_back_to, looks + 1
        assert found == [4]
        assert looks > 3, "it was looked for seven events at a time, down to the first"

        of_order = search_record(tx, shop, Sought(order_id=4), before=None, limit=50, most=1)
        assert [row.order_id for row in of_order.events] == [4], "by its index, however old it is"
        assert of_order.looked_back_to is None
