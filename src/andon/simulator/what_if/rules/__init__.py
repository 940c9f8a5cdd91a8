"""What if a shop had shipped otherwise: its past replayed under each way. Facts and a seed in, figures out. Source: MOVE-1, MOVE-2."""

from andon.simulator.what_if.rules.replaying import Estimate, Outcome, Past, Span, replay_ways
from andon.simulator.what_if.rules.spreads import (
    GUIDE_SHIP_DAYS,
    Basis,
    Spread,
    own_spread,
    promised_spread,
    spread_about,
)
from andon.simulator.what_if.rules.stocking import Sales, filled_locally
from andon.simulator.what_if.rules.ways import Box, Leg, Placed, Tariff, Way, lines_by_kind

__all__ = [
    "GUIDE_SHIP_DAYS",
    "Basis",
    "Box",
    "Estimate",
    "Leg",
    "Outcome",
    "Past",
    "Placed",
    "Sales",
    "Span",
    "Spread",
    "Tariff",
    "Way",
    "filled_locally",
    "lines_by_kind",
    "own_spread",
    "promised_spread",
    "replay_ways",
    "spread_about",
]
