"""Whom a notice is for."""

from typing import Literal

from andon.kernel.errors import codes

CODES = codes({"notice.not_found": ("No such notice", "通知不存在")})

Audience = Literal["seller", "supplier", "operator"]
"""Who reads a notice: the shop's people, one supplier's, or the platform's own."""
