"""What a shop's past is, and how it is told what that would have come to."""

from andon.simulator.what_if.views.pasts import Replayed, past_of
from andon.simulator.what_if.views.shapes import OutcomeOut, WhatIfOut, what_if_shown

__all__ = ["OutcomeOut", "Replayed", "WhatIfOut", "past_of", "what_if_shown"]
