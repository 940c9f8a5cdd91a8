"""The wish to hold, as it comes in."""

from typing import Annotated

from pydantic import Field

from andon.kernel.http.models import Strict
from andon.orders.holds.rules import Reason


class HoldIn(Strict):
    """Why an order is held, and a note for people."""

    reason: Reason = Reason.BUYER_WISH
    note: Annotated[str, Field(min_length=1, max_length=2000)] | None = None
