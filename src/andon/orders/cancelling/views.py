"""The wish to cancel, as it comes in."""

from typing import Annotated, Literal

from pydantic import Field

from andon.kernel.http.models import Strict


class WishIn(Strict):
    """Why an order is cancelled: at whose wish, a code (that party's own word if none), and a note for people."""

    reason: Annotated[str, Field(pattern=r"^[a-z0-9_]{1,32}$")] | None = None
    by: Literal["buyer", "seller", "operator"] | None = None
    note: Annotated[str, Field(min_length=1, max_length=2000)] | None = None


class CancelIn(WishIn):
    """Why an order is cancelled: at whose wish, a code (that party's own word if none), and a note for people.

    A channel's wish is the buyer's, an operator's its own; a shop's the buyer's if it does not say. `force` is an
    operator's decision where a supplier's answer is overdue.
    """

    force: bool = False
