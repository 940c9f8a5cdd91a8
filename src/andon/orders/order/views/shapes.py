"""How an order is shown: with its lines, its fulfilments and their parcels."""

from typing import Annotated

from pydantic import Field

from andon.kernel.http.models import Instant, JsonObject, MoneyOut, Out, coded
from andon.orders.clocks.views import StopOut
from andon.orders.handovers.views import FulfilmentHandover
from andon.orders.order.rules import FLAG_WORDS, FulfilmentState, Group, Mode
from andon.orders.tracking.rules import STATUSES

Amount = Annotated[str, Field(json_schema_extra={"format": "decimal"})]
GroupWord = Annotated[str, coded(group.word for group in Group)]
StateWord = Annotated[str, coded(state.word for state in FulfilmentState)]
ModeWord = Annotated[str, coded(mode.word for mode in Mode)]
FlagWord = Annotated[str, coded(FLAG_WORDS)]
StatusWord = Annotated[str, coded(STATUSES)]


class FulfilmentLineOut(Out):
    """What of an order's line this fulfilment is for, and the units that were reserved for it."""

    line_no: int
    sku: str
    quantity: int
    location: int
    item: str
    units: int


class ParcelOut(Out):
    """A parcel; grams and millimetres as its label says, `status` as its carrier tells.

    `reported_at` is when the order's channel knew that it is on its way, null while it does not.
    """

    id: int
    carrier: str
    waybill: str
    weight_g: int
    length_mm: int
    width_mm: int
    height_mm: int
    labelled_at: Instant
    status: StatusWord
    collected_at: Instant | None
    last_scan_at: Instant | None
    delivered_at: Instant | None
    reported_at: Instant | None
    voided_at: Instant | None = None


class CancellationOut(Out):
    """That a fulfilment was to be cancelled: at whose wish, why, and how that was answered, null while it is open.

    `answer` is accepted or refused by its supplier, at_once where nobody had to be asked, or forced by whoever may
    decide. `note` is what was written for people.
    """

    by: str | None
    reason: str | None
    note: str | None
    asked_at: Instant
    answered_at: Instant | None
    answer: str | None


class PromiseOut(Out):
    """What the line promises: so many `days` from the first scan, `until` then; `kept` is null while that is open. MOVE-2."""

    days: int
    until: Instant
    kept: bool | None


class FulfilmentOut(Out):
    """One party's part of an order; `supplier_id` is null for the seller's own, or while it waits for one.

    `handover` is there once a supplier has labelled it. `answer_due_at` and `stuck_due_at` are when MODE-3 and MODE-4
    flag it, null once they have, or no more can, or while it is held; `stopped` what stops those clocks from its push
    on, told where one order is shown, null in a list. `promise` is there from the first scan on.
    """

    id: int
    shop_id: int
    order_id: int
    supplier_id: int | None
    mode: ModeWord
    state: StateWord
    flags: list[FlagWord]
    line: str | None
    promise: PromiseOut | None
    replaces: int | None
    reason: str | None
    reserved_at: Instant
    pushed_at: Instant | None
    accepted_at: Instant | None
    picked_at: Instant | None
    labelled_at: Instant | None
    handed_over_at: Instant | None
    shipped_at: Instant | None
    delivered_at: Instant | None
    completed_at: Instant | None
    ended_at: Instant | None
    ship_by: Instant | None
    answer_due_at: Instant | None
    stuck_due_at: Instant | None
    stopped: list[StopOut] | None = None
    cancel_requested_at: Instant | None
    cancel_answered_at: Instant | None
    cancellation: CancellationOut | None
    lines: list[FulfilmentLineOut]
    parcels: list[ParcelOut]
    handover: FulfilmentHandover | None = None


class AddressOut(Out):
    """How the address stands: the codes of what failed its check, and the last correction with whose fault it was."""

    faults: list[str]
    corrections: int
    corrected_at: Instant | None
    fault: str | None
    note: str | None


class HoldOut(Out):
    """That the order is held, or was: `released_at` is null while it is."""

    reason: str
    note: str | None
    at: Instant
    released_at: Instant | None


class OrderLineOut(Out):
    """One line of what the buyer bought."""

    line_no: int
    sku: str
    quantity: int
    unit_price: MoneyOut
    freight: MoneyOut
    ship_by: Instant | None


class OrderRow(Out):
    """An order in one row of a sheet; what it has several of stands in one cell, with spaces between."""

    id: int
    channel: str
    channel_order_no: str
    placed_at: Instant
    group: str
    flags: str
    goods: Amount
    freight: Amount
    currency: str
    country: str
    ship_by: Instant | None
    paid_at: Instant | None
    source_status: str | None
    suppliers: str
    states: str
    waybills: str
    shipped_at: Instant | None
    delivered_at: Instant | None


class OrderOut(Out):
    """What a buyer bought, and what became of it. `flags` are those of any of its fulfilments.

    Once the buyer's data is gone, `erased_at`, `ship_to` is null, and so are notes.
    `ship_by` is the channel's limit for what of it ships first, of that which has not shipped yet; `time_left_seconds`
    counts down to it, below 0 once it is over, and is null where nothing is left to ship or no limit was set.
    """

    id: int
    shop_id: int
    channel: str
    channel_order_no: str
    placed_at: Instant
    received_at: Instant
    ship_by: Instant | None
    time_left_seconds: int | None
    paid_at: Instant | None
    source_status: str | None
    goods: MoneyOut
    freight: MoneyOut
    policy: str
    group: GroupWord
    flags: list[FlagWord]
    ship_to: JsonObject | None
    erased_at: Instant | None
    address: AddressOut
    hold: HoldOut | None
    lines: list[OrderLineOut]
    fulfilments: list[FulfilmentOut]

    def as_row(self) -> OrderRow:
        """The same for a sheet."""
        parts = self.fulfilments
        return OrderRow(
            id=self.id,
            channel=self.channel,
            channel_order_no=self.channel_order_no,
            placed_at=self.placed_at,
            group=self.group,
            flags=" ".join(self.flags),
            goods=self.goods.amount,
            freight=self.freight.amount,
            currency=self.goods.currency,
            country=(self.ship_to or {}).get("country", ""),
            ship_by=self.ship_by,
            paid_at=self.paid_at,
            source_status=self.source_status,
            suppliers=" ".join(dict.fromkeys(str(part.supplier_id) for part in parts if part.supplier_id)),
            states=" ".join(part.state for part in parts),
            waybills=" ".join(parcel.waybill for part in parts for parcel in part.parcels),
            shipped_at=min((part.shipped_at for part in parts if part.shipped_at), default=None),
            delivered_at=max((part.delivered_at for part in parts if part.delivered_at), default=None),
        )
