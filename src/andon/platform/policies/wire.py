"""Figures of a policy as JSON has them."""

from collections.abc import Mapping
from datetime import time, timedelta
from decimal import Decimal
from typing import Any

from pydantic import TypeAdapter

from andon.kernel.money import Money
from andon.platform.policies.values import Frozen

_DURATION = TypeAdapter(timedelta)


def figure_on_wire(figure: Any) -> Any:
    """A figure as JSON has it; sets in the order of their codes."""
    match figure:
        case Money():
            return {"amount": str(figure.amount), "currency": figure.currency}
        case timedelta():
            return _DURATION.dump_python(figure, mode="json")
        case time():
            return f"{figure:%H:%M}"
        case Decimal():
            return str(figure)
        case Frozen():
            return {name: figure_on_wire(getattr(figure, name)) for name in type(figure).model_fields}
        case Mapping():
            return {name: figure_on_wire(inner) for name, inner in figure.items()}
        case frozenset():
            return sorted(figure_on_wire(inner) for inner in figure)
        case tuple():
            return [figure_on_wire(inner) for inner in figure]
        case _:
            return figure
