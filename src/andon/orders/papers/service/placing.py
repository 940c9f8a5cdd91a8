"""Where a supplier's items lie, and what it wants of its labels."""

from collections.abc import Sequence
from dataclasses import dataclass

from andon.kernel.rows import as_json
from andon.kernel.tx import Tx
from andon.orders.shipping.rules import ALREADY, DONE, Verdict, refused
from andon.platform.policies.rules import Policy


@dataclass(frozen=True, slots=True)
class Place:
    """Where an item lies from now on, nowhere if `bin` is None, and the barcode on it."""

    item: str
    bin: str | None
    barcode: str | None = None


def put_bins(tx: Tx[Policy], supplier_id: int, places: Sequence[Place]) -> list[Verdict]:
    """Say where items lie, with an answer each; one that is named twice keeps its first place."""
    known = {
        row.item: (row.bin, row.barcode)
        for row in tx.rows(
            "select p.item, b.bin, b.barcode from pools p "
            "left join bins b on b.supplier_id = p.supplier_id and b.item = p.item "
            "where p.supplier_id = :supplier and p.item = any(:items)",
            supplier=supplier_id,
            items=sorted({place.item for place in places}),
        )
    }
    verdicts = []
    due: dict[str, Place] = {}
    for place in places:
        if place.item in due:
            verdicts.append(refused(code="bin.item_twice"))
        elif place.item not in known:
            verdicts.append(refused(code="bin.item_unknown"))
        else:
            due[place.item] = place
            verdicts.append(ALREADY if known[place.item] == (place.bin, place.barcode) else DONE)
    _write(tx, supplier_id, [due[item] for item in sorted(due)])
    return verdicts


def _write(tx: Tx[Policy], supplier_id: int, places: Sequence[Place]) -> None:
    gone = [place.item for place in places if place.bin is None]
    if gone:
        tx.put(
            "delete from bins where supplier_id = :supplier and item = any(:items)",
            supplier=supplier_id,
            items=gone,
        )
    tx.put(
        "insert into bins (supplier_id, item, bin, barcode, set_at) select :supplier, r.i, r.b, r.c, :now "
        "from json_to_recordset(cast(:rows as json)) as r(i text, b text, c text) "
        "on conflict (supplier_id, item) do update set bin = excluded.bin, barcode = excluded.barcode, "
        "set_at = excluded.set_at "
        "where (bins.bin, bins.barcode) is distinct from (excluded.bin, excluded.barcode)",
        supplier=supplier_id,
        now=tx.now,
        rows=as_json(
            {"i": place.item, "b": place.bin, "c": place.barcode} for place in places if place.bin is not None
        ),
    )


def set_printing(tx: Tx[Policy], supplier_id: int, *, scan_before_print: bool) -> None:
    """Whether a supplier's goods are scanned before their label is printed."""
    tx.put(
        "insert into printing (supplier_id, scan_before_print, set_at) values (:supplier, :wanted, :now) "
        "on conflict (supplier_id) do update set scan_before_print = excluded.scan_before_print, "
        "set_at = excluded.set_at",
        supplier=supplier_id,
        wanted=scan_before_print,
        now=tx.now,
    )
