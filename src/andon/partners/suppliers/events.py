"""What happens to a supplier: the platform's own events, since a supplier belongs to no shop."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from andon.kernel.events import Event
from andon.partners.suppliers.rules import SupplierState


@dataclass(frozen=True, kw_only=True)
class SupplierApplied(Event):
    """Somebody asks to fulfil."""

    kind: ClassVar[str] = "supplier.applied"
    about: ClassVar[str] = "supplier_id"

    supplier_id: int


@dataclass(frozen=True, kw_only=True)
class SupplierTakenUnderReview(Event):
    """The application is being looked at."""

    kind: ClassVar[str] = "supplier.under_review"
    about: ClassVar[str] = "supplier_id"

    supplier_id: int


@dataclass(frozen=True, kw_only=True)
class SupplierQualified(Event):
    """Shops may bind to it, and orders be given to it: passed, or restored after a suspension."""

    kind: ClassVar[str] = "supplier.qualified"
    about: ClassVar[str] = "supplier_id"

    supplier_id: int


@dataclass(frozen=True, kw_only=True)
class SupplierDeclined(Event):
    """The application was not passed."""

    kind: ClassVar[str] = "supplier.declined"
    about: ClassVar[str] = "supplier_id"

    supplier_id: int


@dataclass(frozen=True, kw_only=True)
class SupplierSuspended(Event):
    """No new order goes to it until it is restored; what it has goes on."""

    kind: ClassVar[str] = "supplier.suspended"
    about: ClassVar[str] = "supplier_id"

    supplier_id: int


@dataclass(frozen=True, kw_only=True)
class SupplierRetired(Event):
    """It fulfils no more."""

    kind: ClassVar[str] = "supplier.retired"
    about: ClassVar[str] = "supplier_id"

    supplier_id: int


SupplierEvent = (
    SupplierTakenUnderReview | SupplierQualified | SupplierDeclined | SupplierSuspended | SupplierRetired
)

COMES_INTO: Mapping[SupplierState, type[SupplierEvent]] = {
    SupplierState.UNDER_REVIEW: SupplierTakenUnderReview,
    SupplierState.QUALIFIED: SupplierQualified,
    SupplierState.DECLINED: SupplierDeclined,
    SupplierState.SUSPENDED: SupplierSuspended,
    SupplierState.RETIRED: SupplierRetired,
}
"""The event that tells of a supplier's coming into a state."""


@dataclass(frozen=True, kw_only=True)
class EndpointSet(Event):
    """A supplier takes pushes at an address of its own, under a new secret."""

    kind: ClassVar[str] = "endpoint.set"
    about: ClassVar[str] = "supplier_id"

    supplier_id: int


@dataclass(frozen=True, kw_only=True)
class EndpointBroken(Event):
    """Too many pushes to an endpoint failed: it is left alone, and probed now and then."""

    kind: ClassVar[str] = "endpoint.broken"
    about: ClassVar[str] = "supplier_id"

    supplier_id: int


@dataclass(frozen=True, kw_only=True)
class EndpointRestored(Event):
    """An endpoint that was left alone has taken a push again."""

    kind: ClassVar[str] = "endpoint.restored"
    about: ClassVar[str] = "supplier_id"

    supplier_id: int


@dataclass(frozen=True, kw_only=True)
class EndpointRemoved(Event):
    """A supplier pulls from now on."""

    kind: ClassVar[str] = "endpoint.removed"
    about: ClassVar[str] = "supplier_id"

    supplier_id: int
