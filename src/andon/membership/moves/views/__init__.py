"""Moves as they stand, and how they are said and shown."""

from andon.membership.moves.views.shapes import MoveIn, MoveListed, MoveOut, TrackOut
from andon.membership.moves.views.shown import (
    draining,
    list_moves,
    list_tracks,
    move_of,
    move_of_exit,
    running_move,
    tracks_by_choice,
)

__all__ = [
    "MoveIn",
    "MoveListed",
    "MoveOut",
    "TrackOut",
    "draining",
    "list_moves",
    "list_tracks",
    "move_of",
    "move_of_exit",
    "running_move",
    "tracks_by_choice",
]
