"""One product leaves JIT while others stay: two acts, in either order. Source: PART-1."""

from typing import Literal, NamedTuple

from andon.kernel.lifecycle import Lifecycle, State

Missing = Literal["untick_mode", "remove_mapping"]
"""The act that a half-done exit waits for."""


class ProductExitState(State):
    """Where a product's exit stands; below 80 it is half done, and a to-do of the seller's."""

    OPEN = 10
    DONE = 80
    TAKEN_BACK = 81


_S = ProductExitState

PRODUCT_EXIT = Lifecycle(
    "product_exit",
    ProductExitState,
    start=frozenset({_S.OPEN}),
    moves={_S.OPEN: frozenset({_S.DONE, _S.TAKEN_BACK})},
)


class Standing(NamedTuple):
    """What makes a product a JIT product: its mode is, and some supplier's item is mapped to it."""

    jit: bool
    mapped: bool

    @property
    def missing(self) -> Missing:
        """What is still to be undone of one that is half out."""
        return "untick_mode" if self.jit else "remove_mapping"


_IN = Standing(jit=True, mapped=True)
_OUT = Standing(jit=False, mapped=False)


def steps_of(
    before: Standing, after: Standing, *, is_open: bool, shop_is_in: bool
) -> tuple[ProductExitState, ...]:
    """The states that an act takes the product's exit through, in order; none where it has or makes no exit.

    Only what was wholly in can leave, and only from a shop that takes JIT orders: while the shop itself leaves, its
    products leave with it. Both acts at once open the exit and end it. Source: PART-1.
    """
    if not is_open:
        if not shop_is_in or before != _IN or after == _IN:
            return ()
        return (_S.OPEN, _S.DONE) if after == _OUT else (_S.OPEN,)
    if after == _OUT:
        return (_S.DONE,)
    return (_S.TAKEN_BACK,) if after == _IN else ()
