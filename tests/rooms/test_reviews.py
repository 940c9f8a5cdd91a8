"""The review of a supplier for one shop that comes back."""

from datetime import timedelta

import pytest

from andon.kernel.db import Database
from andon.membership.qualification.rules import ReviewState
from andon.membership.qualification.service import open_review
from andon.membership.qualification.views import reviews_of
from tests.worlds import NOON, transaction
from tests.worlds_partners import open_demo_shop


@pytest.mark.clause("QUAL-1", "QUAL-2")
def test_one_review_of_a_pair_is_open_and_its_clock_runs_from_its_opening(database: Database):
    with transaction(database) as tx:
        shop = open_demo_shop(tx, suppliers=2)
    first, second = shop.supplier_ids
    with transaction(database) as tx:
        review = open_review(tx, shop.shop_id, first)
        assert (review.state, review.due_at) == (ReviewState.OPENED, NOON + timedelta(hours=72))
        number = review.review_id
    with transaction(database, NOON + timedelta(hours=1)) as tx:
        assert open_review(tx, shop.shop_id, first).review_id == number
        other = open_review(tx, shop.shop_id, second)
        assert [each.review_id for each in reviews_of(tx, shop.shop_id)] == [
            other.review_id,
            number,
        ]
        assert [each.review_id for each in reviews_of(tx, shop.shop_id, NOON + timedelta(minutes=1))] == [
            other.review_id
        ]
