"""A shop's own values in place of a policy's."""

from datetime import datetime

from sqlalchemy import Index, Sequence
from sqlalchemy.orm import Mapped

from andon.kernel.tables import Base, Key, ShopId

OVERRIDE_IDS = Sequence("policy_override_ids", metadata=Base.metadata)


class PolicyOverride(Base):
    """One setting of one value, in force from its instant until the next of the same key.

    `value` is JSON as it was set; `null` gives the value back to the policy. Suppliers see it, because what they
    do to a shop's orders is decided by it.
    """

    __tablename__ = "policy_overrides"
    __table_args__ = (
        Index("ix_policy_overrides_key", "shop_id", "key", "in_force_from"),
        {"info": {"append_only": True, "supplier": "visible"}},
    )

    shop_id: Mapped[ShopId]
    override_id: Mapped[Key]
    key: Mapped[str]
    value: Mapped[str]
    in_force_from: Mapped[datetime]
    set_at: Mapped[datetime]
    set_by: Mapped[str]
