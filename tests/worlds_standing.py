"""What a shop needs that comes back: ratings, and suppliers signed and reviewed anew."""

from collections.abc import Sequence

from andon.kernel.tx import Tx
from andon.membership.qualification.service import decide_review
from andon.membership.qualification.station import review_signed
from andon.membership.qualification.views import reviews_of
from andon.membership.standing.rules import Stars, Told
from andon.membership.standing.service import record_ratings
from andon.orders.routing.service import take_local_count
from andon.platform.policies.rules import Policy
from tests.worlds_orders import accept, incoming
from tests.worlds_partners import LOCAL, bind


def stars(all_: int) -> Stars:
    """So many hundredths of a star on each axis."""
    return Stars(all_, all_, all_)


def rate_well(tx: Tx[Policy], shop_id: int, all_: int = 500) -> int:
    """One of the shop's orders is rated now, one of its own local stock where it has none; its number."""
    found = tx.one("select order_id from orders where shop_id = :shop order by 1 desc limit 1", shop=shop_id)
    if found is None:
        [product, *_] = tx.rows("select sku from products where shop_id = :shop order by sku", shop=shop_id)
        take_local_count(tx, shop_id, LOCAL, product.sku, 5)
        [number] = accept(tx, shop_id, incoming("rated", product.sku, placed_at=tx.now))
    else:
        number = found.order_id
    [outcome] = record_ratings(tx, shop_id, [Told(number, stars(all_), tx.now)])
    assert outcome.status != "refused", outcome
    return number


def sign_anew(tx: Tx[Policy], shop_id: int, supplier_ids: Sequence[int]) -> None:
    """Bind the suppliers of a shop that is out, and let each pass its review for it."""
    bind(tx, shop_id, supplier_ids)
    review_signed(tx, 1000)
    for review in reviews_of(tx, shop_id):
        if review.decided_at is None:
            decide_review(tx, review.review_id, "passed", "seen")


def make_ready(tx: Tx[Policy], shop_id: int, supplier_ids: Sequence[int]) -> None:
    """All that BACK-1..4 ask, of a shop without a violation."""
    sign_anew(tx, shop_id, supplier_ids)
    rate_well(tx, shop_id)
