"""Which policy a shop stands under: the version in force, with the shop's own values in it."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

import orjson

from andon.kernel.rows import as_json
from andon.kernel.tx import Tx
from andon.platform.policies.rules import Policy, overridden


def policy_for(tx: Tx[Policy], shop_id: int, at: datetime | None = None) -> Policy:
    """The version in force at `at` (now, if None) with the overrides that the shop had then.

    An order's fees and liability go by the instant at which it was placed. Refuses with NoneInForce before the
    first version.
    """
    return policies_for(tx, (shop_id,), at)[shop_id]


def policies_for(
    tx: Tx[Policy], shop_ids: Collection[int], at: datetime | None = None
) -> Mapping[int, Policy]:
    """As `policy_for`, for many shops in one query."""
    instant = at or tx.now
    policy = tx.policies.at(instant)
    held = overrides_of(tx, shop_ids, instant)
    return {shop_id: overridden(policy, held.get(shop_id, {})) for shop_id in shop_ids}


def overrides_of(tx: Tx[Policy], shop_ids: Collection[int], at: datetime) -> dict[int, dict[str, Any]]:
    """The overrides in force at `at` by shop and key, as they were set; a None was given back to the policy."""
    held: dict[int, dict[str, Any]] = {}
    for row in tx.rows(
        "select distinct on (shop_id, key) shop_id, key, value from policy_overrides "
        "where shop_id = any(:shops) and in_force_from <= :at "
        "order by shop_id, key, in_force_from desc, override_id desc",
        shops=list(shop_ids),
        at=at,
    ):
        held.setdefault(row.shop_id, {})[row.key] = orjson.loads(row.value)
    return held


def overrides_then(tx: Tx[Policy], places: Sequence[tuple[int, datetime]]) -> list[dict[str, Any]]:
    """As `overrides_of`, for many shops each at an instant of its own: in their order, in one query."""
    held: list[dict[str, Any]] = [{} for _ in places]
    for row in tx.rows(
        "select distinct on (r.n, o.key) r.n, o.key, o.value "
        "from json_to_recordset(cast(cast(:rows as text) as json)) as r(n int, s bigint, t timestamptz) "
        "join policy_overrides o on o.shop_id = r.s and o.in_force_from <= r.t "
        "order by r.n, o.key, o.in_force_from desc, o.override_id desc",
        rows=as_json({"n": place, "s": shop_id, "t": at} for place, (shop_id, at) in enumerate(places)),
    ):
        held[row.n][row.key] = orjson.loads(row.value)
    return held
