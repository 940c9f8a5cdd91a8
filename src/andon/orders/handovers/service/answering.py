"""What the carrier says of a note: that it collected, and how many, or that it did not."""

from andon.kernel.tx import Tx
from andon.orders.handovers.events import HandoverAnswered
from andon.orders.handovers.rules import check_count, check_same
from andon.orders.handovers.views import note_row
from andon.platform.policies.rules import Policy


def answer_note(tx: Tx[Policy], carrier: str, note_id: int, collected: bool, counted: int | None) -> None:
    """Note a carrier's answer, once; the same again changes nothing.

    Refuses with NotFound `handover.not_found`, Conflict `handover.answered`, Invalid `handover.counted`.
    """
    check_count(collected, counted)
    shops = note_row(tx, note_id, carrier=carrier).shops
    tx.see_shops(shops)
    tx.hold(set(shops))
    tx.put("select from handover_notes where note_id = :note for no key update", note=note_id)
    note = note_row(tx, note_id, carrier=carrier)
    if note.answered_at is not None:
        check_same((note.collected, note.counted), (collected, counted), code="handover.answered")
        return
    tx.put(
        "update handover_notes set answered_at = :now, collected = :collected, counted = :counted "
        "where note_id = :note",
        now=tx.now,
        collected=collected,
        counted=counted,
        note=note_id,
    )
    tx.emit(
        *(
            HandoverAnswered(
                shop_id=shop_id,
                handover_id=note_id,
                number=note.number,
                supplier_id=note.supplier_id,
                carrier=carrier,
                collected=collected,
                counted=counted,
            )
            for shop_id in shops
        )
    )
