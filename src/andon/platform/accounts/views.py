"""Who calls, and which shops that caller sees."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from andon.kernel.errors import NotFound, Unknown
from andon.kernel.events import PLATFORM
from andon.kernel.statements import Statements
from andon.platform.accounts.rules import NOTED_EVERY, NUMBERED, Holder, granted

_LIVE = "select shop_id from grants where supplier_id = {supplier} and ended_at is null order by shop_id for share"
_HOLDER = (
    "select key_id, party, party_id, scopes, used_at is null or used_at < :before as unnoted, "
    f"case when party = 'supplier' then array({_LIVE.format(supplier='party_id::bigint')}) end as granted "
    "from keys "
    "where secret_hash = :hash and revoked_at is null and (expires_at is null or expires_at > :now)"
)
_GRANTS = _LIVE.format(supplier=":supplier")
_GRANTS_EVER = "select distinct shop_id from grants where supplier_id = :supplier order by shop_id"
_SHOP = "select shop_id from shops where shop_id = :shop"
_LAST_SHOP = "select last_value from shop_ids"


def holder_of(statements: Statements, secret_hash: bytes, now: datetime) -> Holder:
    """Who holds the key of that hash, in one query; Unknown where nobody does, or no longer. `now` is machine time.

    A supplier's live grants are read FOR SHARE with it.
    """
    found = statements.rows(_HOLDER, {"hash": secret_hash, "now": now, "before": now - NOTED_EVERY})
    if not found:
        raise Unknown
    row = found[0]
    number: int | str | None = row.party_id or None
    if row.party in NUMBERED:
        number = int(row.party_id)
    granted = tuple(row.granted or ())
    return Holder(row.key_id, row.party, number, frozenset(row.scopes), unnoted=row.unnoted, granted=granted)


def note_use(statements: Statements, key_id: int, now: datetime) -> None:
    """Note that a key is used, unless somebody just has."""
    statements.put(
        "update keys set used_at = :now where key_id = :key and (used_at is null or used_at < :before)",
        {"key": key_id, "now": now, "before": now - NOTED_EVERY},
    )


def raise_walls(
    statements: Statements,
    holder: Holder,
    shop_id: int | None,
    *,
    met_here: bool = False,
    after_grant: bool = False,
) -> dict[str, str]:
    """Let the transaction see what the holder may see, and no more; answers how its walls stand.

    `shop_id` is the shop that the path names, if one. A supplier's live grants are read FOR SHARE, so that ending
    one waits for this transaction; they need not be read again where the holder was met in it (`met_here`). With
    `after_grant` those that ended count as well. NotFound where the path's shop is not there, or not this party's to see.
    """
    supplier = ""
    if holder.party == "supplier":
        supplier = str(holder.party_id)
        if met_here and not after_grant:
            shops: Sequence[Any] = granted(holder.granted, shop_id)
        else:
            grants = _GRANTS_EVER if after_grant else _GRANTS
            found = statements.rows(grants, {"supplier": holder.party_id})
            shops = granted([row.shop_id for row in found], shop_id)
    elif holder.party == "shop" and not holder.shops:
        shops = [holder.party_id]
    elif shop_id is not None:
        shops = [shop_id]
    elif holder.shops:
        shops = holder.shops
    elif holder.party == "operator":
        # `shops` itself stands behind the wall; its sequence tells how far the numbers go.
        shops = range(PLATFORM, statements.rows(_LAST_SHOP, {})[0].last_value + 1)
    else:
        shops = []
    walls = see(statements, shops, supplier)
    if (
        shop_id is not None
        and holder.party in ("channel", "operator")
        and not statements.rows(_SHOP, {"shop": shop_id})
    ):
        raise NotFound
    return walls


def see(statements: Statements, shops: Sequence[int], supplier: str = "") -> dict[str, str]:
    """Set the walls of this transaction; answers how they stand."""
    listed = ",".join(str(int(shop)) for shop in shops)
    number = str(int(supplier)) if supplier else ""
    statements.put_text(f"set local andon.shops = '{listed}'")
    statements.put_text(f"set local andon.supplier = '{number}'")
    return {"shops": listed, "supplier": number}
