"""The whole story of one order, or of one exit, from its events, and what is due next."""

from andon.insights.story.views.exits import ExitStory, FoundExit, find_exits, story_of_exit
from andon.insights.story.views.orders import (
    Found,
    Story,
    find_orders,
    refusals_of,
    story_of_order,
    supplier_names,
)

__all__ = [
    "ExitStory",
    "Found",
    "FoundExit",
    "Story",
    "find_exits",
    "find_orders",
    "refusals_of",
    "story_of_exit",
    "story_of_order",
    "supplier_names",
]
