"""A shop's moves off JIT at an Andon elsewhere, driven over its public API."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from andon.app.remote import RemoteShop
from andon.kernel.errors import NotFound, codes

CODES = codes({"moving.no_move": ("The shop has no move", "店铺没有双轨过渡")})


@dataclass
class Moving(RemoteShop):
    """The moves of one shop, for the holder of a key."""

    def newest(self) -> dict[str, Any]:
        """The shop's latest move as it stands. Raises NotFound `moving.no_move`."""
        listed = self.get("moves?limit=1")["items"]
        if not listed:
            raise NotFound("moving.no_move", "begin one: andon move SHOP begin")
        return self.get(f"moves/{listed[0]['id']}")

    def days(self, move_id: int) -> list[dict[str, Any]]:
        """What was to leave JIT on each of its days, and what did."""
        found: list[dict[str, Any]] = self.get(f"moves/{move_id}/days")["items"]
        return found

    def begin(self, ramp: Sequence[int] | None, choices: Mapping[str, str]) -> dict[str, Any]:
        """Begin a move; `choices` by SKU."""
        products = [{"sku": sku, "choice": choice} for sku, choice in choices.items()]
        return self.post("moves", {"ramp": ramp, "products": products})

    def cancel(self) -> dict[str, Any]:
        """Take the latest move back."""
        return self.post(f"moves/{self.newest()['id']}/cancel")
