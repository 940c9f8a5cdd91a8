"""`andon what-if SHOP`: a shop's past replayed under each way of shipping."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Annotated

import orjson
import typer
from rich.console import Console
from rich.progress import Progress
from rich.table import Table
from sqlalchemy.orm import Session

from andon.app.start import kept
from andon.kernel.admin import DEFAULT_NAME
from andon.kernel.clock import read_clock
from andon.kernel.db import Database
from andon.kernel.settings import Settings
from andon.kernel.tx import LINE, Tx
from andon.platform.policies.files import load_policies
from andon.simulator.what_if.rules import replay_ways
from andon.simulator.what_if.views import Replayed, WhatIfOut, past_of, what_if_shown
from andon.simulator.what_if.views.shapes import CostOut, EstimateOut, SpanOut

MOST = 20_000


def what_if(
    shop: Annotated[int, typer.Argument(metavar="SHOP", help="The shop's number.")],
    days: Annotated[int, typer.Option(min=1, max=180, help="Replay so many days.")] = 30,
    seed: Annotated[int, typer.Option(min=0, help="The same seed gives the same figures.")] = 1,
    repeats: Annotated[int, typer.Option(min=1, max=1_000, help="How often, for the intervals.")] = 20,
    json_: Annotated[bool, typer.Option("--json", help="The figures as JSON, alone on stdout.")] = False,
    database: Annotated[
        str, typer.Option(metavar="NAME", help="Another database of this server.")
    ] = DEFAULT_NAME,
) -> None:
    """Replay a shop's last days, at most 20,000 orders, under JIT, smart, standard and mixed shipping."""
    with kept(Settings.from_env(), database) as known:
        replayed = read_past(known, shop, days)
    with _progress(repeats) as watch:
        outcomes = replay_ways(replayed.past, seed=seed, repeats=repeats, watch=watch)
    found = what_if_shown(replayed, outcomes, seed=seed, repeats=repeats)
    if json_:
        typer.echo(orjson.dumps(found.model_dump(mode="json")))
    else:
        _show(Console(), found)


def read_past(database: Database, shop_id: int, days: int) -> Replayed:
    """What is replayed of a shop; nothing is held open while it is. Raises NotFound."""
    with Session(database.line) as session:
        now = read_clock(session.connection()).now(session.connection())
        replayed = past_of(Tx(session, now=now, actor=LINE, policies=load_policies()), shop_id, days, MOST)
        session.rollback()
    return replayed


@contextmanager
def _progress(repeats: int) -> Iterator[Callable[[int], object]]:
    """A bar on the terminal that errors go to; nothing where that is no terminal."""
    console = Console(stderr=True)
    with Progress(console=console, disable=not console.is_terminal) as bar:
        task = bar.add_task("replaying", total=repeats)
        yield lambda done: bar.update(task, completed=done)


def _show(console: Console, found: WhatIfOut) -> None:
    table = Table(
        title=f"Shop {found.shop_id}: {found.orders} orders from {found.since} until {found.until}",
        caption=f"nine in ten of {found.repeats} repeats lie in brackets; seed {found.seed}",
    )
    table.add_column("")
    for way in found.ways:
        table.add_column(way.way, justify="right")
    table.add_row("shipped", *(_figure(way.shipped, 0) for way in found.ways))
    table.add_row("no line goes there", *(str(way.unserved) for way in found.ways))
    table.add_row("stock-outs", *(_figure(way.stock_outs, 0) for way in found.ways))
    for part in ("mean", "p50", "p90"):
        table.add_row(f"days to ship, {part}", *(_part(way.days_to_ship, part) for way in found.ways))
    for part in ("mean", "p50", "p90"):
        table.add_row(f"days to deliver, {part}", *(_part(way.days_to_deliver, part) for way in found.ways))
    table.add_row("promise kept", *(_figure(way.promise_kept, 3) for way in found.ways))
    table.add_row("cost an order", *(_cost(way.cost) for way in found.ways))
    console.print(table)
    for spread in found.spreads:
        where = f" to {spread.country}" if spread.country else ""
        source = f"{spread.sample} of the shop's own" if spread.sample else f"the {spread.basis}"
        console.print(
            f"[dim]{spread.what} by {spread.by}{where}: {spread.mean_days:.1f} days, from {source}[/]",
            highlight=False,
        )


def _part(span: SpanOut | None, part: str) -> str:
    return _figure(getattr(span, part) if span else None, 1)


def _figure(found: EstimateOut | None, places: int) -> str:
    if found is None:
        return "-"
    if found.low == found.high:
        return f"{found.value:.{places}f}"
    return f"{found.value:.{places}f} [{found.low:.{places}f} {found.high:.{places}f}]"


def _cost(found: CostOut | None) -> str:
    return f"{found.value.amount} {found.value.currency}" if found else "-"
