"""Setting a shop's own values."""

from collections.abc import Mapping
from typing import Any

import orjson

from andon.kernel.errors import NotFound
from andon.kernel.tx import Actor, Tx
from andon.platform.policies.events import PolicyOverridden
from andon.platform.policies.rules import OverrideForbidden, Policy, override_of, override_value
from andon.platform.policies.tables import OVERRIDE_IDS, PolicyOverride
from andon.platform.policies.views import overrides_of, policy_for


def set_policy_overrides(tx: Tx[Policy], shop_id: int, changes: Mapping[str, Any]) -> Policy:
    """Give a shop values of its own from now on, and answer the policy it then stands under.

    A None gives the value back to the policy; a value that is in force already changes nothing. The operator sets
    any of them, a shop only those that are its own choice (MODE-3). All are checked before one is kept:
    UnknownOverride, InvalidOverride, OverrideForbidden.
    """
    for key, value in changes.items():
        may_set(tx.actor, shop_id, key)
        if value is not None:
            override_value(tx.policy, key, value)
    tx.hold(shop_id)
    if tx.one("select 1 from heads where shop_id = :shop", shop=shop_id) is None:
        raise NotFound(detail="no such shop")

    held = overrides_of(tx, (shop_id,), tx.now).get(shop_id, {})
    news = {key: value for key, value in changes.items() if held.get(key) != value}
    numbers = tx.take_ids(OVERRIDE_IDS.name, len(news))
    for number, (key, value) in zip(numbers, news.items(), strict=True):
        tx.session.add(
            PolicyOverride(
                shop_id=shop_id,
                override_id=number,
                key=key,
                value=orjson.dumps(value).decode(),
                in_force_from=tx.now,
                set_at=tx.now,
                set_by=str(tx.actor),
            )
        )
        tx.emit(
            PolicyOverridden(shop_id=shop_id, override_id=number, key=key, value=value, in_force_from=tx.now)
        )
    tx.session.flush()
    return policy_for(tx, shop_id)


def may_set(actor: Actor, shop_id: int, key: str) -> None:
    """Refuse an override that is not this actor's to set for the shop."""
    override = override_of(key)
    if actor.kind == "operator" or (override.by_shop and (actor.kind, actor.id) == ("shop", shop_id)):
        return
    raise OverrideForbidden(detail=f"{key} is the operator's to set", key=key)
