"""Handing one hour's facts over, each kind through the use case that its party would call."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from andon.kernel.line import Line
from andon.kernel.money import Money
from andon.kernel.tx import Actor, Tx
from andon.orders.cancelling.service import (
    CancellationAnswer,
    Wish,
    answer_cancellations,
    cancel_orders,
)
from andon.orders.intake.service import IncomingLine, IncomingOrder, accept_orders
from andon.orders.shipping.service import (
    Answer,
    Label,
    answer_fulfilments,
    label_parcels,
    pick_fulfilments,
)
from andon.orders.shipping.service import Step as Done
from andon.orders.tracking.service import IncomingScan, record_scans
from andon.platform.policies.rules import Policy
from andon.ports.history import OWN, HistoricOrder
from andon.simulator.replay.events import PaymentDiffers, StepRefused
from andon.simulator.replay.rules import Beat, Hour, Step, measure_of, sku_of, waybill_of
from andon.simulator.replay.service.opening import World, in_calls

WITHDRAWN = "channel"
"""The reason of a cancellation of the past."""

Part = tuple[str, str]
"""An order's part at one supplier: the order's number and the supplier's code."""


@dataclass
class HandOver:
    """The parties of a past at work: it knows by which number each part of an order is known here.

    `refused` has the code of each order that intake refused, by the channel's number.
    """

    line: Line
    world: World
    orders: dict[str, int] = field(default_factory=dict)
    parts: dict[Part, int] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)

    def hand_over(self, hour: Hour) -> None:
        """One hour's facts in the order of the way, a batch of each kind.

        What one party says goes over in one transaction, as a call in bulk does, where each kind is no more than
        everybody may say in one; else in one for each such call.
        """
        for actor, batches in groupby(hour.batches, key=lambda batch: self._actor(batch[0])):
            calls = [(beat, some) for beat, steps in batches for some in in_calls(steps)]
            whole = len(calls) == len({beat for beat, _ in calls})
            for together in [calls] if whole else [[call] for call in calls]:
                with self.line.transaction(actor) as tx:
                    for beat, some in together:
                        _HANDS[beat](self, tx, some)

    def _actor(self, beat: Beat) -> Actor:
        if beat is Beat.SCAN:
            return Actor("carrier", self.world.carrier)
        if beat in {Beat.ORDER, Beat.CANCEL}:
            return Actor("channel", self.world.history.channel)
        return Actor("line")

    # --- the beats ------------------------------------------------------------------------------------------------

    def place(self, tx: Tx[Policy], steps: Sequence[Step]) -> None:
        """The channel's orders."""
        shop_id = self.world.shop_id
        outcomes = accept_orders(tx, shop_id, [self._incoming(step.order) for step in steps])
        for outcome in outcomes:
            order = steps[outcome.index].order
            if outcome.order_id is None:
                self.refused[order.channel_order_no] = outcome.code or ""
                continue
            self.orders[order.channel_order_no] = outcome.order_id
            _note_payment(tx, shop_id, outcome.order_id, order)
        self._find_parts(tx, [step.order for step in steps])

    def answer(self, tx: Tx[Policy], steps: Sequence[Step]) -> None:
        """The suppliers' answers."""
        known = self._known(steps)
        outcomes = answer_fulfilments(
            tx,
            [Answer(part, step.at, step.kind == "accepted", step.code or None, None) for step, part in known],
        )
        self._note(tx, known, outcomes)

    def pick(self, tx: Tx[Policy], steps: Sequence[Step]) -> None:
        """Goods taken off the shelf."""
        for own_of, known in self._by_speaker(steps):
            done = [Done(part, step.at) for step, part in known]
            self._note(tx, known, pick_fulfilments(tx, done, own_of=own_of))

    def label(self, tx: Tx[Policy], steps: Sequence[Step]) -> None:
        """One parcel for each part of an order."""
        for own_of, known in self._by_speaker(steps):
            labels = [self._label(step, part) for step, part in known]
            self._note(tx, known, label_parcels(tx, labels, own_of=own_of))

    def scan(self, tx: Tx[Policy], steps: Sequence[Step]) -> None:
        """The carrier's scans."""
        known = self._known(steps)
        outcomes = record_scans(
            tx,
            self.world.carrier,
            [
                IncomingScan(
                    carrier=self.world.carrier,
                    waybill=waybill_of(step.order, step.supplier or ""),
                    status=step.kind,
                    sub_status=None,
                    occurred_at=step.at,
                )
                for step, _ in known
            ],
        )
        self._note(tx, known, outcomes)

    def cancel(self, tx: Tx[Policy], steps: Sequence[Step]) -> None:
        """The channel's cancellations; a supplier that is asked agrees at the same instant."""
        shop_id = self.world.shop_id
        wished = {
            self.orders[step.order.channel_order_no]: step
            for step in steps
            if step.order.channel_order_no in self.orders
        }
        wishes = [Wish(shop_id, order_id, step.at, WITHDRAWN) for order_id, step in wished.items()]
        asked: dict[int, Step] = {}
        for done in cancel_orders(tx, wishes):
            asked |= dict.fromkeys(done.asked, wished[done.order_id])
            if done.too_late:
                self._refuse(tx, wished[done.order_id], "order.already_shipped")
        answers = [CancellationAnswer(shop_id, part, step.at, accepted=True) for part, step in asked.items()]
        self._note(tx, [(step, part) for part, step in asked.items()], answer_cancellations(tx, answers))

    # --- who is who -----------------------------------------------------------------------------------------------

    def _incoming(self, order: HistoricOrder) -> IncomingOrder:
        return IncomingOrder(
            channel=self.world.history.channel,
            channel_order_no=order.channel_order_no,
            placed_at=order.placed_at,
            ship_by=min((line.ship_by for line in order.lines if line.ship_by is not None), default=None),
            ship_to=dict(order.ship_to),
            lines=tuple(
                IncomingLine(
                    sku=sku_of(line.product, line.supplier),
                    quantity=line.quantity,
                    unit_price=line.unit_price,
                    freight=line.freight,
                    ship_by=line.ship_by,
                )
                for line in order.lines
            ),
            paid_at=order.paid_at,
            source_status=order.status or None,
            at=order.placed_at,
        )

    def _label(self, step: Step, part: int) -> Label:
        assert step.supplier is not None, "a parcel is some supplier's"
        lines = [line for line in step.order.lines if line.supplier == step.supplier]
        size = measure_of(lines, self.world.history.products)
        return Label(
            fulfilment_id=part,
            at=step.at,
            carrier=self.world.carrier,
            waybill=waybill_of(step.order, step.supplier),
            weight_g=size.weight_g,
            length_mm=size.length_mm,
            width_mm=size.width_mm,
            height_mm=size.height_mm,
            no_measure=size.no_measure,
        )

    def _find_parts(self, tx: Tx[Policy], orders: Sequence[HistoricOrder]) -> None:
        numbers = {
            self.orders[order.channel_order_no]: order.channel_order_no
            for order in orders
            if order.channel_order_no in self.orders
        }
        codes = self.world.codes
        for row in tx.rows(
            "select order_id, supplier_id, fulfilment_id from fulfilments "
            "where shop_id = :shop and order_id = any(:orders)",
            shop=self.world.shop_id,
            orders=list(numbers),
        ):
            self.parts[numbers[row.order_id], codes.get(row.supplier_id, OWN)] = row.fulfilment_id

    def _known(self, steps: Sequence[Step]) -> list[tuple[Step, int]]:
        """The steps with the number of the part that each concerns; those of refused orders are none."""
        known: list[tuple[Step, int]] = []
        for step in steps:
            assert step.supplier is not None, "only orders and cancellations concern all parts"
            part = self.parts.get((step.order.channel_order_no, step.supplier))
            if part is not None:
                known.append((step, part))
        return known

    def _by_speaker(self, steps: Sequence[Step]) -> Iterator[tuple[int | None, list[tuple[Step, int]]]]:
        """The known steps of suppliers, and the shop's own with the shop's number."""
        known = self._known(steps)
        for own_of in (None, self.world.shop_id):
            theirs = [pair for pair in known if (pair[0].supplier == OWN) is (own_of is not None)]
            if theirs:
                yield own_of, theirs

    def _note(self, tx: Tx[Policy], known: Sequence[tuple[Step, int]], outcomes: Sequence[Any]) -> None:
        for outcome in outcomes:
            if outcome.status == "refused":
                self._refuse(tx, known[outcome.index][0], outcome.code)

    def _refuse(self, tx: Tx[Policy], step: Step, code: str) -> None:
        tx.hold(self.world.shop_id)
        tx.emit(
            StepRefused(
                shop_id=self.world.shop_id,
                order_id=self.orders.get(step.order.channel_order_no),
                at=step.at,
                channel_order_no=step.order.channel_order_no,
                step=step.beat.word,
                code=code,
            )
        )


def _note_payment(tx: Tx[Policy], shop_id: int, order_id: int, order: HistoricOrder) -> None:
    """Record that the buyer paid something else than the lines come to."""
    if order.paid is None:
        return
    parts = [line.unit_price * line.quantity + line.freight for line in order.lines]
    total = sum(parts, start=Money.of(0, order.paid.currency))
    if total != order.paid:
        tx.emit(
            PaymentDiffers(
                shop_id=shop_id,
                order_id=order_id,
                at=order.placed_at,
                paid=order.paid,
                goods_and_freight=total,
            )
        )


_HANDS: Mapping[Beat, Callable[[HandOver, Tx[Policy], Sequence[Step]], None]] = {
    Beat.ORDER: HandOver.place,
    Beat.ANSWER: HandOver.answer,
    Beat.PICK: HandOver.pick,
    Beat.LABEL: HandOver.label,
    Beat.SCAN: HandOver.scan,
    Beat.CANCEL: HandOver.cancel,
}
