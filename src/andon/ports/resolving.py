"""What we ask of the names on the internet: which addresses one stands for."""

from collections.abc import Sequence
from typing import Protocol


class Resolver(Protocol):
    """Looks names up."""

    def __call__(self, host: str) -> Sequence[str]:
        """The addresses that a name stands for now. Raises OSError where there are none, or nobody knows."""
        ...
