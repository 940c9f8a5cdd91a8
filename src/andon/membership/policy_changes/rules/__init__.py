"""What a version of the policy changes for a shop, decided: what differs, what touches it and why, and what fees come to."""

from andon.kernel.errors import codes
from andon.membership.policy_changes.rules.announcing import (
    COUNTED,
    MOST_COUNTED,
    announceable,
    check_news,
    counted_between,
    news_for,
    next_look,
)
from andon.membership.policy_changes.rules.differences import Change, Part, changes_between
from andon.membership.policy_changes.rules.fees import (
    FEE_KINDS,
    FeeEffect,
    FeeEffects,
    Shipment,
    changes_fees,
    fee_effects,
)
from andon.membership.policy_changes.rules.touching import AUDIENCE, Membership, Reason, ShopFacts, reason_for
from andon.membership.policy_changes.rules.words import called_by, told

__all__ = [
    "AUDIENCE",
    "COUNTED",
    "FEE_KINDS",
    "MOST_COUNTED",
    "Change",
    "FeeEffect",
    "FeeEffects",
    "Membership",
    "Part",
    "Reason",
    "Shipment",
    "ShopFacts",
    "announceable",
    "called_by",
    "changes_between",
    "changes_fees",
    "check_news",
    "counted_between",
    "fee_effects",
    "news_for",
    "next_look",
    "reason_for",
    "told",
]

CODES = codes(
    {
        "policy_change.not_found": (
            "Not a version that came after the shop",
            "该版本不是店铺开通之后的规则变更",
        ),
        "policy_change.not_own": (
            "The shop's own people say that they have read it",
            "仅店铺自己的人员可确认已阅读",
        ),
    }
)
