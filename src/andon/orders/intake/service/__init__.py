"""Use cases of intake: a channel's orders become ours."""

from andon.orders.intake.rules import IncomingLine, IncomingOrder
from andon.orders.intake.service.accepting import Outcome, accept_orders

__all__ = ["IncomingLine", "IncomingOrder", "Outcome", "accept_orders"]
