"""A fulfilment as its supplier is told of it, in a push and in the pull queue alike."""

from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from typing import Annotated, Any, get_args

from sqlalchemy import Row

from andon.kernel.errors import NotFound
from andon.kernel.http.models import Instant, Out, coded
from andon.kernel.tx import Tx
from andon.orders.order.rules import FLAG_WORDS, FulfilmentState, Mode, flag_words
from andon.orders.tracking.rules import STATUSES
from andon.partners.goods.rules import Goods
from andon.platform.policies.rules import Policy
from andon.platform.policies.values import GoodsMark

_S = FulfilmentState

StateWord = Annotated[str, coded(state.word for state in FulfilmentState)]
ModeWord = Annotated[str, coded(mode.word for mode in Mode)]
FlagWord = Annotated[str, coded(FLAG_WORDS)]
StatusWord = Annotated[str, coded(STATUSES)]


class SuppliedLine(Out):
    """What to pick: `quantity` of the shop's SKU are `units` of the supplier's item.

    `marks` say what a packer must know of it, `un_number` which battery mark the parcel needs.
    """

    line_no: int
    sku: str
    supplier_sku: str
    quantity: int
    units: int
    marks: list[Annotated[str, coded(get_args(GoodsMark))]] = []
    un_number: str | None = None


class LabelAddress(Out):
    """Where the parcel goes: what its label needs of the buyer, and no more."""

    name: str
    line1: str
    line2: str | None = None
    city: str
    region: str | None = None
    postcode: str | None = None
    country: str
    phone: str | None = None


class SuppliedParcel(Out):
    """A labelled parcel. Grams and millimetres, as the label says; `status` is what its carrier tells."""

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
    delivered_at: Instant | None
    voided_at: Instant | None = None


class SupplierFulfilment(Out):
    """A fulfilment as its supplier sees it.

    `answer_by` is the deadline of its answer while one is asked for; `ship_by` the channel's limit; `ship_to` is
    there until the parcels are on their way.
    """

    id: int
    shop_id: int
    order_id: int
    supplier_id: int | None
    mode: ModeWord
    state: StateWord
    flags: list[FlagWord]
    reason: str | None
    line: str | None
    replaces: int | None
    ship_by: Instant | None
    answer_by: Instant | None
    reserved_at: Instant
    pushed_at: Instant | None
    accepted_at: Instant | None
    picked_at: Instant | None
    labelled_at: Instant | None
    handed_over_at: Instant | None
    shipped_at: Instant | None
    delivered_at: Instant | None
    cancel_requested_at: Instant | None
    cancel_answered_at: Instant | None
    cancel_reason: str | None
    lines: list[SuppliedLine]
    ship_to: LabelAddress | None
    parcels: list[SuppliedParcel]


def count_shortages(tx: Tx[Policy], since: datetime) -> dict[int, int]:
    """How often each supplier that is seen could not fulfil what it had accepted, from that instant on."""
    found = tx.rows(
        "select supplier_id, count(*) as times from shortages where at >= :since group by supplier_id",
        since=since,
    )
    return {row.supplier_id: row.times for row in found}


_COLUMNS = (
    "shop_id, fulfilment_id, order_id, supplier_id, mode, state, flags, reason, line, replaces, due_at, reserved_at, "
    "pushed_at, accepted_at, picked_at, labelled_at, handed_over_at, shipped_at, delivered_at, cancel_requested_at, "
    "cancel_answered_at, cancel_reason"
)


def list_supplied(
    tx: Tx[Policy],
    supplier_id: int,
    *,
    state: FulfilmentState | None = None,
    shop_id: int | None = None,
    waybill: str | None = None,
    after: int = 0,
    limit: int,
) -> list[SupplierFulfilment]:
    """A supplier's fulfilments on the shops it may reach, by number, from the one after `after`; those with that waybill, if one is named."""
    # The state stands as a literal, so that the partial index of what waits for an answer serves.
    only = f"and state = {state.value} " if state is not None else ""
    if waybill is not None:
        only += "and (shop_id, fulfilment_id) in (select shop_id, fulfilment_id from waybills where waybill = :waybill) "
    rows = tx.rows(
        f"select {_COLUMNS} from fulfilments where supplier_id = :supplier and fulfilment_id > :after {only}"
        "and (cast(:shop as bigint) is null or shop_id = :shop) order by fulfilment_id limit :limit",
        supplier=supplier_id,
        after=after,
        shop=shop_id,
        **({} if waybill is None else {"waybill": waybill}),
        limit=limit,
    )
    return _told(tx, lambda: rows, [row.fulfilment_id for row in rows], {row.shop_id for row in rows})


def supplied(tx: Tx[Policy], supplier_id: int, fulfilment_id: int) -> SupplierFulfilment:
    """One fulfilment of a supplier; NotFound `fulfilment.not_found`, also where it is another's."""
    row = tx.one(
        # The heads are the shops that are seen: the key's first column is known, whoever asks.
        f"select {_COLUMNS} from fulfilments where shop_id = any(array(select shop_id from heads)) "
        "and fulfilment_id = :fulfilment",
        fulfilment=fulfilment_id,
    )
    if row is None or row.supplier_id != supplier_id:
        raise NotFound("fulfilment.not_found")
    return _told(tx, lambda: [row], [fulfilment_id], {row.shop_id})[0]


def supplied_among(
    tx: Tx[Policy], shop_ids: Collection[int], fulfilment_ids: Collection[int]
) -> list[SupplierFulfilment]:
    """Fulfilments of these shops that the actor is known to be told of, by number; all is asked in one trip."""
    asked = tx.ask(
        f"select {_COLUMNS} from fulfilments where shop_id = any(:shops) and fulfilment_id = any(:fulfilments) "
        "order by fulfilment_id",
        shops=sorted(shop_ids),
        fulfilments=sorted(fulfilment_ids),
    )
    return _told(tx, asked, fulfilment_ids, shop_ids)


def _told(
    tx: Tx[Policy],
    asked: Callable[[], Sequence[Row[Any]]],
    fulfilment_ids: Collection[int],
    shop_ids: Collection[int],
) -> list[SupplierFulfilment]:
    if not fulfilment_ids:
        return []
    numbers, shops = sorted(fulfilment_ids), sorted(shop_ids)
    with tx.as_platform():  # orders are hidden from suppliers; the limit to ship by is not
        lines_asked = tx.ask(
            "select l.fulfilment_id, l.line_no, l.sku, l.item as supplier_sku, l.quantity, l.units, "
            "least(o.ship_by, n.ship_by) as ship_by, n.goods "
            "from fulfilments f join fulfilment_lines l "
            "on l.shop_id = f.shop_id and l.fulfilment_id = f.fulfilment_id "
            "join orders o on o.shop_id = f.shop_id and o.order_id = f.order_id "
            "join order_lines n on n.shop_id = f.shop_id and n.order_id = f.order_id "
            "and n.line_no = l.line_no "
            "where f.shop_id = any(:shops) and f.fulfilment_id = any(:fulfilments) order by l.line_no",
            shops=shops,
            fulfilments=numbers,
        )
        addresses_asked = tx.ask(
            "select f.fulfilment_id, r.ship_to from fulfilments f join recipients r "
            "on r.shop_id = f.shop_id and r.order_id = f.order_id "
            "where f.shop_id = any(:shops) and f.fulfilment_id = any(:fulfilments) "
            f"and f.state < {_S.SHIPPED.value}",
            shops=shops,
            fulfilments=numbers,
        )
    parcels_asked = tx.ask(
        "select fulfilment_id, parcel_id as id, carrier, waybill, weight_g, length_mm, width_mm, height_mm, "
        "labelled_at, status, collected_at, delivered_at, voided_at from parcels "
        "where shop_id = any(:shops) and fulfilment_id = any(:fulfilments) order by parcel_id",
        shops=shops,
        fulfilments=numbers,
    )
    lines = _by_fulfilment(lines_asked())
    addresses = {row.fulfilment_id: row.ship_to for row in addresses_asked()}
    parcels = _by_fulfilment(parcels_asked())
    return [
        _one(
            row,
            lines.get(row.fulfilment_id, []),
            addresses.get(row.fulfilment_id) if row.state < _S.SHIPPED else None,
            parcels.get(row.fulfilment_id, []),
        )
        for row in asked()
    ]


def _by_fulfilment(rows: Sequence[Row[Any]]) -> dict[int, list[Row[Any]]]:
    found: dict[int, list[Row[Any]]] = {}
    for row in rows:
        found.setdefault(row.fulfilment_id, []).append(row)
    return found


def _one(
    row: Row[Any], lines: Sequence[Row[Any]], address: dict[str, Any] | None, parcels: Sequence[Row[Any]]
) -> SupplierFulfilment:
    # What the database holds needs no second look: a push station makes thousands of these a second.
    return SupplierFulfilment.model_construct(
        id=row.fulfilment_id,
        mode=Mode(row.mode).word,
        state=_S(row.state).word,
        flags=flag_words(row.flags) if row.flags else [],
        ship_by=min((line.ship_by for line in lines if line.ship_by is not None), default=None),
        answer_by=row.due_at if row.state == _S.PUSHED else None,
        lines=[
            SuppliedLine.model_construct(
                line_no=line.line_no,
                sku=line.sku,
                supplier_sku=line.supplier_sku,
                quantity=line.quantity,
                units=line.units,
                marks=sorted(goods.marks) if (goods := Goods.kept(line.goods)) else [],
                un_number=goods.un_number if goods else None,
            )
            for line in lines
        ],
        ship_to=LabelAddress.model_validate(address) if address else None,
        parcels=[SuppliedParcel.model_validate(parcel) for parcel in parcels],
        **{
            name: getattr(row, name)
            for name in (
                "shop_id", "order_id", "supplier_id", "reason", "line", "replaces", "reserved_at", "pushed_at",
                "accepted_at", "picked_at", "labelled_at", "handed_over_at", "shipped_at", "delivered_at",
                "cancel_requested_at", "cancel_answered_at", "cancel_reason",
            )
        },
    )  # fmt: skip
