"""Which policy a shop stands under: the version in force, with the shop's own values in it."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

import orjson

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
