"""Suppliers are reviewed, decided on, and counted."""

from andon.membership.qualification.service.reviewing import open_review

__all__ = ["open_review"]
