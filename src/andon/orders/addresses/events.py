"""Addresses are checked and corrected. No address stands here: commitments and codes alone."""

from dataclasses import dataclass
from typing import ClassVar

from andon.kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class AddressChecked(Event):
    """An address does not have its country's format; `faults` are codes. One that passes is not told of."""

    kind: ClassVar[str] = "order.address_checked"
    about: ClassVar[str] = "order_id"

    faults: list[str]


@dataclass(frozen=True, kw_only=True)
class ShipToCorrected(Event):
    """An order goes elsewhere: the commitments to the old address and the new, and whose fault the old one was."""

    kind: ClassVar[str] = "order.ship_to_corrected"
    about: ClassVar[str] = "order_id"

    old_recipient: str
    recipient: str
    fault: str
    faults: list[str]
