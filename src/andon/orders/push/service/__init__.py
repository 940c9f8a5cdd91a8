"""Pushes: queued with the fulfilment, claimed by endpoint, every try recorded, sent again on request."""

from andon.orders.push.service.forgetting import forget_tries
from andon.orders.push.service.queueing import (
    ENDPOINTS,
    call_at_once,
    put_pushes,
    queue_pushes,
    tell_suppliers,
)
from andon.orders.push.service.recording import Due, Tried, record_tries
from andon.orders.push.service.replaying import replay_push, replay_pushes

__all__ = [
    "ENDPOINTS",
    "Due",
    "Tried",
    "call_at_once",
    "forget_tries",
    "put_pushes",
    "queue_pushes",
    "record_tries",
    "replay_push",
    "replay_pushes",
    "tell_suppliers",
]
