"""Reviews as they are read."""

from andon.membership.qualification.views.reviews import (
    list_reviews,
    open_review_of,
    review_of,
    reviews_of,
    shop_of_review,
)

__all__ = ["list_reviews", "open_review_of", "review_of", "reviews_of", "shop_of_review"]
