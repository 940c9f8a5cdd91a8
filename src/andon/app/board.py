"""The live table of `andon up`: the line as it runs, drawn in the terminal."""

from collections.abc import Iterable

from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from andon.insights.overview.views import Glimpse, Overview
from andon.money.charges.rules import ChargeState
from andon.orders.order.rules import FulfilmentState

_WAY = (
    FulfilmentState.RESERVED,
    FulfilmentState.PUSHED,
    FulfilmentState.ACCEPTED,
    FulfilmentState.PICKED,
    FulfilmentState.LABELLED,
    FulfilmentState.SHIPPED,
    FulfilmentState.DELIVERED,
    FulfilmentState.COMPLETED,
)
_COLOURS = {
    FulfilmentState.WAITING: "yellow",
    FulfilmentState.SHIPPED: "cyan",
    FulfilmentState.DELIVERED: "green",
    FulfilmentState.COMPLETED: "green",
    FulfilmentState.REJECTED: "red",
    FulfilmentState.CANCELLED: "red",
    FulfilmentState.RETURNED: "red",
    FulfilmentState.LOST: "red",
}


def board(seen: Overview, address: str, notes: Iterable[str]) -> RenderableType:
    """The whole screen: head line, where fulfilments stand, some of each, the money."""
    head = Text.assemble(
        ("Andon ", "bold"), (address, "cyan underline"), f"   {seen.at:%a %Y-%m-%d %H:%M} UTC   ",
        ("Ctrl-C ends everything", "dim"),
    )  # fmt: skip
    parts: list[RenderableType] = [head, _line(seen), _way_of(seen.glimpses), _money(seen)]
    parts += [Text(note, style="dim") for note in notes]
    return Group(*parts)


def _line(seen: Overview) -> Panel:
    table = Table.grid(expand=True)
    for _ in _WAY:
        table.add_column(justify="center")
    table.add_row(*(Text(str(seen.states.get(state, 0)), style=f"bold {_colour(state)}") for state in _WAY))
    table.add_row(*(Text(state.word, style="dim") for state in _WAY))
    others = [f"{state.word} {n}" for state, n in sorted(seen.states.items()) if state not in _WAY]
    return Panel(table, title="the line", subtitle=" · ".join(others) or None, border_style="blue")


def _way_of(glimpses: Iterable[Glimpse]) -> Table:
    table = Table(expand=True, border_style="dim", header_style="bold")
    for name, options in (
        ("order", {}), ("shop", {}), ("with", {}), ("way", {"no_wrap": True}), ("state", {}),
        ("since", {"justify": "right"}), ("fees", {"justify": "right"}),
    ):  # fmt: skip
        table.add_column(name, **options)
    for seen in glimpses:
        table.add_row(
            seen.channel_order_no,
            seen.shop,
            seen.supplier,
            _bar(seen.state),
            Text(" ".join((seen.state.word, *seen.flags)), style=_colour(seen.state)),
            f"{seen.since:%m-%d %H:%M}",
            _fees(seen),
        )
    return table


def _bar(state: FulfilmentState) -> Text:
    if state not in _WAY:
        return Text("─" * len(_WAY), style="dim red")
    done = _WAY.index(state) + 1
    return Text.assemble(("━" * done, _colour(state)), ("─" * (len(_WAY) - done), "dim"))


def _fees(seen: Glimpse) -> Text:
    if seen.charged is None:
        return Text("")
    return Text(f"{seen.charged}{' ✓' if seen.settled else ''}", style="green" if seen.settled else "")


def _money(seen: Overview) -> Panel:
    table = Table.grid(expand=True, padding=(0, 2))
    by_state: dict[ChargeState, list[str]] = {}
    for (kind, state), (count, total) in sorted(seen.fees.items()):
        by_state.setdefault(state, []).append(f"{kind.name.lower()} {count} × = {total}")
    for state, texts in sorted(by_state.items()):
        table.add_row(Text(state.word, style="bold"), "   ".join(texts))
    table.add_row(
        Text("funds", style="bold"), "   ".join(f"{name} {money}" for name, money in seen.funds.items())
    )
    return Panel(table, title="JIT service fees", border_style="blue")


def _colour(state: FulfilmentState) -> str:
    return _COLOURS.get(state, "white")
