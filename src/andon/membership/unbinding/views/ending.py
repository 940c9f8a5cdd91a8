"""What an end of a binding ends, and what stands in its way. Source: EXIT-3."""

from collections.abc import Collection
from typing import Any

from andon.kernel.tx import Tx
from andon.membership.unbinding.rules import MOST_LISTED, OpenPart, check_no_open
from andon.orders.order.rules import OPEN_BELOW, Flag, FulfilmentState, Mode
from andon.partners.shops.views import shop_of
from andon.partners.suppliers.views import supplier_of
from andon.platform.calling.rules import without_query
from andon.platform.policies.rules import Policy
from andon.platform.record.rules import hash_of, instant

MOST_MAPPINGS = 1_000
"""Up to so many mappings are listed in a letter; all are counted."""

_OPEN = (
    "select fulfilment_id, order_id, state, flags, reserved_at, count(*) over () as alike from fulfilments "
    # A literal, so that the partial index of what is open serves in every plan.
    f"where shop_id = :shop and supplier_id = :supplier and state < {OPEN_BELOW} and mode = any(:modes) "
    "order by fulfilment_id limit :most"
)


def check_nothing_open(
    tx: Tx[Policy], shop_id: int, supplier_id: int, modes: Collection[Mode] = tuple(Mode)
) -> None:
    """Refuse, with Conflict `binding.blocked`, while the supplier has an open fulfilment of the shop, JIT or not.

    With `modes`, only for one of these.
    """
    rows = tx.rows(
        _OPEN,
        shop=shop_id,
        supplier=supplier_id,
        most=MOST_LISTED,
        modes=[mode.value for mode in modes],
    )
    parts = [
        OpenPart(
            row.fulfilment_id, row.order_id, FulfilmentState(row.state), Flag(row.flags), row.reserved_at
        )
        for row in rows
    ]
    check_no_open(shop_id, supplier_id, parts, rows[0].alike if rows else 0)


def what_ends(tx: Tx[Policy], shop_id: int, binding_id: int, supplier_id: int) -> dict[str, Any]:
    """What ends with the binding, as it stands now: parties, grant, keys, endpoint, mappings, the newest seal of the record."""
    grant = tx.one(
        "select grant_id, since, scopes from grants "
        "where shop_id = :shop and binding_id = :binding and ended_at is null",
        shop=shop_id,
        binding=binding_id,
    )
    endpoint = tx.one(
        "select url from endpoints where supplier_id = :supplier and enabled", supplier=supplier_id
    )
    keys = tx.rows(
        "select key_id from keys where party = 'supplier' and party_id = cast(:supplier as text) "
        "and revoked_at is null and (expires_at is null or expires_at > :wall) order by key_id",
        supplier=supplier_id,
        wall=tx.wall(),
    )
    mapped = tx.rows(
        "select sku, item, units, count(*) over () as total from mappings "
        "where shop_id = :shop and supplier_id = :supplier order by sku limit :most",
        shop=shop_id,
        supplier=supplier_id,
        most=MOST_MAPPINGS,
    )
    return {
        "shop": {"id": shop_id, "name": shop_of(tx, shop_id).name},
        "supplier": {"id": supplier_id, "name": supplier_of(tx, supplier_id).name},
        "grant": grant
        and {"id": grant.grant_id, "since": instant(grant.since), "scopes": list(grant.scopes)},
        "keys": [row.key_id for row in keys],
        "endpoint": endpoint and without_query(endpoint.url),
        "mappings": [{"sku": row.sku, "item": row.item, "units": row.units} for row in mapped],
        "mappings_total": mapped[0].total if mapped else 0,
        "seal": _newest_seal(tx, shop_id),
        "released": [],
    }


def _newest_seal(tx: Tx[Policy], shop_id: int) -> dict[str, Any] | None:
    seal = tx.one(
        "select seal_no, jws, sealed_at from seals where shop_id = :shop order by seal_no desc limit 1",
        shop=shop_id,
    )
    return seal and {
        "seal_no": seal.seal_no,
        "hash": hash_of(seal.jws),
        "sealed_at": instant(seal.sealed_at),
    }
