"""A story in words: one line for each thing that happened, in both languages."""

from andon.insights.story.rules.telling import LANGUAGES, Ahead, Moment, both, told
from andon.insights.story.rules.texts import TEXTS
from andon.insights.story.rules.words import AHEAD

__all__ = ["AHEAD", "LANGUAGES", "TEXTS", "Ahead", "Moment", "both", "told"]
