"""What a party does with its subscriptions."""

from dataclasses import dataclass
from typing import ClassVar

from andon.kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class WebhookEvent(Event):
    """Something about a subscription; `supplier_id` is None for a shop's."""

    about: ClassVar[str] = "webhook_id"

    webhook_id: int
    supplier_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class WebhookSet(WebhookEvent):
    """A party hears of its events at an address of its own from here on, or of others, or elsewhere."""

    kind: ClassVar[str] = "webhook.set"


@dataclass(frozen=True, kw_only=True)
class WebhookRemoved(WebhookEvent):
    """A subscription has ended."""

    kind: ClassVar[str] = "webhook.removed"


@dataclass(frozen=True, kw_only=True)
class WebhookDisabled(WebhookEvent):
    """A subscription's address says that it is gone: it is not called any more."""

    kind: ClassVar[str] = "webhook.disabled"


@dataclass(frozen=True, kw_only=True)
class WebhookBroken(WebhookEvent):
    """Too many deliveries failed: the address is left alone, and probed now and then."""

    kind: ClassVar[str] = "webhook.broken"


@dataclass(frozen=True, kw_only=True)
class WebhookRestored(WebhookEvent):
    """An address that was left alone has taken a delivery again."""

    kind: ClassVar[str] = "webhook.restored"
