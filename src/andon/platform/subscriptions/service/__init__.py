"""Subscriptions: set and ended by their parties, told of events, delivered to, sent again on request."""

from andon.platform.subscriptions.service.delivering import (
    DOORS,
    Due,
    Tried,
    forget_deliveries,
    record_deliveries,
)
from andon.platform.subscriptions.service.replaying import ping, replay_deliveries
from andon.platform.subscriptions.service.setting import (
    Changes,
    change_webhook,
    remove_webhook,
    rotate_secret,
    subscribe,
)
from andon.platform.subscriptions.service.telling import tell_events

__all__ = [
    "DOORS",
    "Changes",
    "Due",
    "Tried",
    "change_webhook",
    "forget_deliveries",
    "ping",
    "record_deliveries",
    "remove_webhook",
    "replay_deliveries",
    "rotate_secret",
    "subscribe",
    "tell_events",
]
