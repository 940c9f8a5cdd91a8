"""`andon explain ORDER|EXIT`: the whole story of one order or exit, from the event log."""

from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any, ClassVar
from zoneinfo import ZoneInfo

import orjson
import typer
from rich.console import Console
from rich.table import Table
from sqlalchemy.orm import Session

from andon.app.start import kept
from andon.insights.story.rules import Moment
from andon.insights.story.views import (
    ExitStory,
    Found,
    Story,
    find_exits,
    find_orders,
    refusals_of,
    story_of_exit,
    story_of_order,
)
from andon.kernel.admin import DEFAULT_NAME
from andon.kernel.clock import read_clock
from andon.kernel.db import Database
from andon.kernel.errors import Conflict, NotFound
from andon.kernel.settings import Settings
from andon.kernel.tx import LINE, Tx
from andon.platform.policies.files import load_policies

Refusals = list[tuple[int, str, Moment]]
Told = Story | ExitStory


class NobodyKnows(NotFound):
    """No order or exit has that number, and no order of that number was refused."""

    code = "explain.unknown"
    titles: ClassVar[dict[str, str]] = {"en": "No such order or exit", "zh-CN": "没有该订单或退出申请"}


class Ambiguous(Conflict):
    """Several orders have that number."""

    code = "explain.ambiguous"
    titles: ClassVar[dict[str, str]] = {
        "en": "Several orders have that number",
        "zh-CN": "多笔订单使用该编号",
    }


def explain(
    about: Annotated[
        str,
        typer.Argument(
            metavar="ORDER|EXIT",
            help="An order's number, ours or the channel's; an exit as `exit:12`, or by its ticket.",
        ),
    ],
    shop: Annotated[
        int | None, typer.Option(metavar="NUMBER", help="The shop, where several have one.")
    ] = None,
    chinese: Annotated[bool, typer.Option("--zh", help="In Chinese.")] = False,
    json_: Annotated[bool, typer.Option("--json", help="The story as JSON, alone on stdout.")] = False,
    database: Annotated[
        str, typer.Option(metavar="NAME", help="Another database, such as one that a replay kept.")
    ] = DEFAULT_NAME,
) -> None:
    """Tell what happened to an order or an exit: when, what, who, and what is due next."""
    with kept(Settings.from_env(), database) as known:
        story, refusals = look_up(known, about, shop)
    if json_:
        typer.echo(orjson.dumps(told(story, refusals), default=str))
        return
    console = Console()
    language = "zh-CN" if chinese else "en"
    if story is not None:
        _show(console, story, language)
    for shop_id, zone, moment in refusals:
        console.print(f"shop {shop_id}  {_local(moment.at, zone)}  {moment.text[language]}")


def look_up(database: Database, word: str, shop_id: int | None) -> tuple[Told | None, Refusals]:
    """The story of the one order or exit of that number, and how often an order of that number was refused.

    Raises NobodyKnows, or Ambiguous with the orders it may be.
    """
    with Session(database.line) as session:
        now = read_clock(session.connection()).now(session.connection())
        tx: Tx[Any] = Tx(session, now=now, actor=LINE, policies=load_policies())
        exits = [one for one in find_exits(tx, word) if shop_id in (None, one.shop_id)]
        if exits:
            story = story_of_exit(tx, exits[0].shop_id, exits[0].exit_id)
            session.rollback()
            return story, []
        found = [one for one in find_orders(tx, word) if shop_id in (None, one.shop_id)]
        refusals = [refusal for refusal in refusals_of(tx, word) if shop_id in (None, refusal[0])]
        if len(found) > 1:
            found = [one for one in found if one.channel_order_no == word] or found
        if len(found) > 1:
            raise Ambiguous(detail="; ".join(_named(one) for one in found) + ": say --shop, or our number")
        if not found and not refusals:
            raise NobodyKnows(detail=word)
        order = story_of_order(tx, found[0].shop_id, found[0].order_id) if found else None
        session.rollback()
    return order, refusals


def told(story: Told | None, refusals: Refusals) -> dict[str, Any]:
    """The story as JSON has it."""
    return {
        **(asdict(story) if story is not None else {"order": None}),
        "refusals": [{"shop_id": shop_id, **asdict(moment)} for shop_id, _, moment in refusals],
    }


def _named(found: Found) -> str:
    return f"order {found.order_id} of shop {found.shop_id} ({found.channel} {found.channel_order_no})"


def _local(instant: datetime, zone: str) -> str:
    return f"{instant.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M:%S}"


def _headed(story: Told) -> str:
    if isinstance(story, ExitStory):
        leaving = story.exit
        ticket = f"  {leaving.ticket}" if leaving.ticket else ""
        return f"[bold]Exit {leaving.exit_id}[/]{ticket}  shop {leaving.shop_id} {story.shop}  [cyan]{story.state}[/]"
    order = story.order
    return (
        f"[bold]Order {order.order_id}[/]  {order.channel} {order.channel_order_no}  "
        f"shop {order.shop_id} {story.shop}  [cyan]{story.group}[/]"
    )


def _show(console: Console, story: Told, language: str) -> None:
    console.print(_headed(story), highlight=False)
    table = Table(box=None, pad_edge=False)
    for heading in (f"when ({story.zone})", "about", "what", "who"):
        table.add_column(heading, no_wrap=heading != "what", overflow="fold", header_style="dim")
    for moment in story.moments:
        table.add_row(_local(moment.at, story.zone), moment.subject, moment.text[language], moment.who)
    for ahead in story.ahead:
        table.add_row(
            f"[yellow]{_local(ahead.at, story.zone)}[/]",
            ahead.subject,
            f"[yellow]→ {ahead.text[language]}[/]",
            f"[dim]{ahead.station}[/]",
        )
    console.print(table)
