"""`andon move SHOP …`: a shop's move off JIT, day by day, at an Andon over its API."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import orjson
import typer
from rich.console import Console
from rich.table import Table

from andon.app.cli.import_ import Chinese, Key, Url
from andon.app.moving import Moving
from andon.app.remote import Remote
from andon.kernel.errors import Invalid

WORDS = {
    "move": ("move", "双轨过渡"),
    "running": ("running", "进行中"),
    "done": ("over", "已期满"),
    "cancelled": ("cancelled", "已取消"),
    "until": ("until", "至"),
    "exit": ("part of exit", "属于退出"),
    "draining": ("JIT fulfilments that drain", "待清空的JIT履约单"),
    "closed": ("products out of JIT", "已离开JIT的商品"),
    "uncounted": ("products that wait for a count", "等待清点的商品"),
    "none": ("no choice", "未选择"),
    "stock_up": ("stock up first", "先备货"),
    "unlist": ("unlist", "下架"),
    "supplier_ships": ("the supplier ships", "供应商发货"),
    "day": ("day", "日"),
    "from": ("from", "开始"),
    "planned": ("planned to leave", "计划离开"),
    "left": ("left JIT", "实际离开"),
    "of": ("fulfilments", "履约单"),
}


class Action(StrEnum):
    """What is done about a shop's move."""

    SHOW = "show"
    BEGIN = "begin"
    CANCEL = "cancel"


def move(
    shop: Annotated[int, typer.Argument(metavar="SHOP", help="The shop's number.")],
    url: Url,
    key: Key,
    action: Annotated[Action, typer.Argument(help="What is done.")] = Action.SHOW,
    ramp: Annotated[
        str | None, typer.Option(help="begin: the percent of each day, as 20,40,60; else all leave at once.")
    ] = None,
    choice: Annotated[
        list[str] | None,
        typer.Option(
            metavar="SKU=CHOICE", help="begin: stock_up, unlist or supplier_ships; again and again."
        ),
    ] = None,
    chinese: Chinese = False,
    json_: Annotated[bool, typer.Option("--json", help="The answer as JSON, alone on stdout.")] = False,
) -> None:
    """See a shop's move off JIT day by day, begin one, or take it back."""
    moving = Moving(Remote(url, key, language="zh-CN" if chinese else "en"), shop)
    found = _done(moving, action, ramp, choice or [])
    days = moving.days(found["id"])
    if json_:
        typer.echo(orjson.dumps(found | {"days": days}))
    else:
        _show(found, days, ZoneInfo(moving.shop()["zone"]), int(chinese))


def _done(moving: Moving, action: Action, ramp: str | None, choices: Sequence[str]) -> dict[str, Any]:
    match action:
        case Action.SHOW:
            return moving.newest()
        case Action.BEGIN:
            return moving.begin(_shares(ramp), _choices(choices))
        case Action.CANCEL:
            return moving.cancel()


def _shares(ramp: str | None) -> list[int] | None:
    if ramp is None:
        return None
    days = ramp.split(",")
    if not all(day.strip().isascii() and day.strip().isdecimal() for day in days):
        raise Invalid("remote.parameter", f"{ramp}: whole percents with commas between are wanted")
    return [int(day) for day in days]


def _choices(said: Sequence[str]) -> dict[str, str]:
    pairs = [each.rpartition("=") for each in said]
    if wrong := next((each for each, (sku, _, _) in zip(said, pairs, strict=True) if not sku), None):
        raise Invalid("remote.parameter", f"{wrong}: SKU=CHOICE is wanted")
    return {sku: choice for sku, _, choice in pairs}


def _show(found: Mapping[str, Any], days: Sequence[Mapping[str, Any]], zone: ZoneInfo, tongue: int) -> None:
    def word(code: str) -> str:
        return WORDS[code][tongue]

    def at(instant: str) -> str:
        return f"{datetime.fromisoformat(instant).astimezone(zone):%Y-%m-%d %H:%M}"

    console = Console(highlight=False)
    of_exit = f", {word('exit')} {found['exit_id']}" if found["exit_id"] else ""
    console.print(
        f"{word('move')} {found['id']}: {word(found['state'])}, {word('until')} {at(found['until'])}{of_exit}"
    )
    console.print(f"{word('draining')}: {found['draining']}")
    console.print(f"{word('closed')}: {found['closed']} / {found['products']}")
    if found["uncounted"]:
        console.print(f"{word('uncounted')}: {found['uncounted']}")
    if found["choices"]:
        console.print(", ".join(f"{word(choice)} {count}" for choice, count in found["choices"].items()))
    table = Table(word("day"), word("from"))
    for column in ("planned", "left", "of"):
        table.add_column(word(column), justify="right")
    for day in days:
        total = day["jit"] + day["left"]
        left = f"{round(100 * day['left'] / total)} %" if total else "-"
        table.add_row(
            str(day["day"]), at(day["since"]), f"{day['planned']} %", left, f"{day['left']} / {total}"
        )
    console.print(table)
