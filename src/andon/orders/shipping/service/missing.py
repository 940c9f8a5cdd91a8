"""What a supplier says is not there: the stock that it was to be picked from, corrected, and its words kept."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import Row

from andon.kernel.rows import as_json
from andon.kernel.tx import Tx
from andon.orders.shipping.rules import Rejection
from andon.partners.stock.events import StockCorrected
from andon.partners.stock.rules import Owner
from andon.partners.stock.service import PoolKey, StockKey, empty_item, empty_pools
from andon.platform.policies.rules import Policy


class Noted(Protocol):
    """Something that a supplier said, at `at`, with words for people."""

    @property
    def at(self) -> datetime: ...
    @property
    def note(self) -> str | None: ...


def items_of(tx: Tx[Policy], rows: Sequence[Row[Any]]) -> dict[StockKey, Row[Any]]:
    """The stock rows that these fulfilments were to be picked from, each with the first line that names it."""
    if not rows:
        return {}
    found: dict[StockKey, Row[Any]] = {}
    for line in tx.rows(
        "select l.shop_id, l.location, l.item, l.owner, l.fulfilment_id, f.order_id from fulfilment_lines l "
        "join fulfilments f on f.shop_id = l.shop_id and f.fulfilment_id = l.fulfilment_id "
        "where l.shop_id = any(:shops) and l.fulfilment_id = any(:fulfilments) and l.units > 0 "
        "order by l.fulfilment_id",
        shops=sorted({row.shop_id for row in rows}),
        fulfilments=[row.fulfilment_id for row in rows],
    ):
        found.setdefault(StockKey(line.shop_id, line.location, line.item, line.owner), line)
    return found


def correct_stock(tx: Tx[Policy], emptied: Mapping[StockKey, Row[Any]], pools: Collection[PoolKey]) -> None:
    """What the supplier says is not there is gone; each row's correction names the fulfilment that told it."""
    empty_pools(tx, pools, {key: line.fulfilment_id for key, line in emptied.items()})
    for key, line in sorted(emptied.items()):
        if key.owner == Owner.SHOP:
            empty_item(tx, *key, because_of=line.fulfilment_id)
    tx.emit(
        *(
            StockCorrected(
                shop_id=key.shop_id,
                order_id=line.order_id,
                location=key.location,
                item=key.item,
                owner=Owner(key.owner).word,
                reason=Rejection.OUT_OF_STOCK,
                fulfilment_id=line.fulfilment_id,
            )
            for key, line in sorted(emptied.items())
        )
    )


def keep_notes(tx: Tx[Policy], noted: Sequence[tuple[Noted, Row[Any]]]) -> None:
    """Keep what was written to these fulfilments, beside them and in no event."""
    if noted:
        tx.put(
            "insert into rejection_notes (shop_id, fulfilment_id, supplier_id, note, at) "
            "select r.s, r.f, r.u, r.n, r.t from json_to_recordset(cast(:rows as json)) "
            "as r(s bigint, f bigint, u bigint, n text, t timestamptz)",
            rows=as_json(
                {
                    "s": row.shop_id,
                    "f": row.fulfilment_id,
                    "u": row.supplier_id,
                    "n": answer.note,
                    "t": answer.at,
                }
                for answer, row in noted
            ),
        )
