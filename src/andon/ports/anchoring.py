"""What we ask of a place outside the database: to keep each shop's newest seal, so that a cut tail of the record shows."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Anchor:
    """That a shop's record had come to this seal, by its hash."""

    shop_id: int
    seal_no: int
    hash: str


class Anchors(Protocol):
    """Keeps anchors. Raises Unavailable where it cannot."""

    def keep(self, anchors: Sequence[Anchor]) -> None:
        """Keep these, but for those of which a later one is kept."""
        ...

    def kept(self) -> Sequence[Anchor]:
        """The newest of each shop."""
        ...
