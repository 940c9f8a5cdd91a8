"""A shop's membership as it stands, and what joining would ask."""

from sqlalchemy import select

from andon.kernel.tx import Tx
from andon.membership.enrolment.rules import Condition, conditions_of
from andon.membership.enrolment.tables import Enrolment
from andon.partners.plans.views import plan_of
from andon.partners.shops.tables import Shop
from andon.platform.policies.rules import Policy


def enrolment_of(tx: Tx[Policy], shop_id: int) -> Enrolment | None:
    """The shop's latest membership, or None if it never joined."""
    return tx.session.scalars(
        select(Enrolment).where(Enrolment.shop_id == shop_id).order_by(Enrolment.number.desc()).limit(1)
    ).first()


def conditions(tx: Tx[Policy], shop_id: int) -> list[Condition]:
    """What joining asks of this shop now, each with what was found. Source: MODE-1."""
    shop = tx.get(Shop, shop_id)
    policy = tx.policy
    return conditions_of(shop.category, policy.mode.categories, plan_of(tx, shop_id), dict(policy.lines))
