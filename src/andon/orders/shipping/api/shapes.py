"""What is said of fulfilments, one at a time and in bulk, and how that is answered."""

from typing import Annotated, Literal

from pydantic import Field

from andon.kernel.http.models import Instant, Out, Strict
from andon.kernel.tx import Tx
from andon.orders.shipping.rules import Rejection, Shortfall, Status, Voiding, refusal_of
from andon.orders.shipping.service import Label, Outcome, Shortage, Void
from andon.orders.shipping.views import SupplierFulfilment, supplied_among
from andon.platform.policies.rules import Policy

BULK_LIMIT = 1000

Number = Annotated[int, Field(ge=1)]
Note = Annotated[str, Field(min_length=1, max_length=2000)]


class RejectionIn(Strict):
    """Why a fulfilment will not be fulfilled; the note is for people."""

    code: Rejection
    note: Note | None = None


class LabelIn(Strict):
    """A parcel's label. Weight in grams, lengths in millimetres."""

    carrier: Annotated[str, Field(min_length=1, max_length=32)]
    waybill: Annotated[str, Field(min_length=1, max_length=64)]
    weight_g: int
    length_mm: int
    width_mm: int
    height_mm: int

    def label(self, fulfilment_id: int, tx: Tx[Policy]) -> Label:
        """The label of that fulfilment, made now."""
        figures = (self.weight_g, self.length_mm, self.width_mm, self.height_mm)
        return Label(fulfilment_id, tx.now, self.carrier, self.waybill, *figures)


class VoidIn(Strict):
    """A label that is void before the carrier has the parcel."""

    carrier: Annotated[str, Field(min_length=1, max_length=32)]
    waybill: Annotated[str, Field(min_length=1, max_length=64)]
    reason: Voiding = Voiding.OTHER

    def void(self, fulfilment_id: int, tx: Tx[Policy]) -> Void:
        """The void of that fulfilment's label, now."""
        return Void(fulfilment_id, tx.now, self.carrier, self.waybill, self.reason.value)


class ShortageIn(Strict):
    """Why what was accepted cannot be fulfilled, and which lines lack; all of them if none is named."""

    reason: Shortfall
    note: Note | None = None
    lines: Annotated[list[Number], Field(max_length=BULK_LIMIT)] = []

    def shortage(self, fulfilment_id: int, tx: Tx[Policy]) -> Shortage:
        """The shortage of that fulfilment, found now."""
        return Shortage(fulfilment_id, tx.now, self.reason.value, self.note, tuple(self.lines))


class HandoverIn(Strict):
    """When the parcels were given to the carrier; now, if it is not said."""

    handed_over_at: Instant | None = None


class BulkAccept(Strict):
    """Accept one."""

    id: Number
    action: Literal["accept"]


class BulkReject(RejectionIn):
    """Reject one."""

    id: Number
    action: Literal["reject"]


class BulkPick(Strict):
    """One is picked."""

    id: Number
    action: Literal["picked"]


class BulkLabel(LabelIn):
    """A parcel of one is labelled."""

    id: Number
    action: Literal["labelled"]


class BulkHandover(HandoverIn):
    """One was given to the carrier."""

    id: Number
    action: Literal["shipped"]


class BulkVoid(VoidIn):
    """A label of one is void."""

    id: Number
    action: Literal["void_label"]


class BulkShortage(ShortageIn):
    """One cannot be fulfilled after all."""

    id: Number
    action: Literal["cannot_fulfil"]


class BulkCancellation(Strict):
    """The answer to one's cancellation: `refused` when it has left already."""

    id: Number
    action: Literal["cancellation"]
    answer: Literal["accepted", "refused"]


class BulkRemedy(Strict):
    """What its shop chose to do about one that went wrong."""

    id: Number
    action: Literal["remind", "reroute", "take_over", "cancel"]


Act = Annotated[
    BulkAccept
    | BulkReject
    | BulkCancellation
    | BulkPick
    | BulkLabel
    | BulkHandover
    | BulkVoid
    | BulkShortage,
    Field(discriminator="action"),
]
OwnAct = Annotated[BulkPick | BulkLabel | BulkVoid | BulkRemedy, Field(discriminator="action")]
Acts = Annotated[list[Act], Field(min_length=1, max_length=BULK_LIMIT)]
OwnActs = Annotated[list[OwnAct], Field(min_length=1, max_length=BULK_LIMIT)]


class ActOut(Out):
    """What became of one act; `state` is the fulfilment's where it was refused for it."""

    index: int
    id: int
    status: Status
    code: str | None = None
    state: str | None = None


class ActsOut(Out):
    """What became of each act, in the order of the call."""

    results: list[ActOut]


def done(tx: Tx[Policy], fulfilment_id: int, outcomes: list[Outcome]) -> SupplierFulfilment:
    """The fulfilment as it is now; the refusal, where what was said of it was refused."""
    if outcomes[0].status is Status.REFUSED:
        raise refusal_of(outcomes[0].verdict)
    # What was said was said under the head of its shop.
    return supplied_among(tx, tx.held, [fulfilment_id])[0]


def supplier_of(tx: Tx[Policy]) -> int:
    """The supplier that calls."""
    assert isinstance(tx.actor.id, int), "a supplier is known by its number"
    return tx.actor.id
