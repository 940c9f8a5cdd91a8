"""Where an order goes, and where it goes instead, as it comes in."""

from typing import Annotated

from pydantic import Field

from andon.kernel.http.models import Strict
from andon.orders.addresses.rules import Fault


class ShipToIn(Strict):
    """Where an order goes; `country` is ISO 3166-1 alpha-2."""

    name: Annotated[str, Field(min_length=1, max_length=500)]
    line1: Annotated[str, Field(min_length=1, max_length=500)]
    line2: Annotated[str | None, Field(max_length=500)] = None
    city: Annotated[str, Field(min_length=1, max_length=500)]
    region: Annotated[str | None, Field(max_length=500)] = None
    postcode: Annotated[str | None, Field(max_length=500)] = None
    country: Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
    phone: Annotated[str | None, Field(max_length=500)] = None
    email: Annotated[str | None, Field(max_length=500)] = None


class CorrectionIn(Strict):
    """Where the order goes instead, whose fault it was that it went elsewhere, and a note for people."""

    ship_to: ShipToIn
    fault: Fault = Fault.UNKNOWN
    note: Annotated[str, Field(min_length=1, max_length=2000)] | None = None
