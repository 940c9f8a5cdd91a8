"""`andon exit SHOP …`: a shop's leaving, step by step, at an Andon over its API."""

import time
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer
from rich.console import Console, RenderableType
from rich.live import Live
from rich.text import Text

from andon.app.checklist import Checklist
from andon.app.cli.import_ import Chinese, Key, Url
from andon.app.leaving import Leaving
from andon.app.remote import Remote
from andon.kernel.errors import Invalid, Refused

LOOK_SECONDS = 5.0


class Action(StrEnum):
    """What is done about a shop's exit."""

    STATUS = "status"
    REHEARSE = "rehearse"
    START = "start"
    UNBIND = "unbind"
    SIGN = "sign"
    SWITCH_OFF = "switch-off"
    WITHDRAW = "withdraw"
    FORCE = "force"
    VERIFY = "verify"
    APPEAL = "appeal"
    CERTIFICATE = "certificate"


def exit_(
    shop: Annotated[int, typer.Argument(metavar="SHOP", help="The shop's number.")],
    url: Url,
    key: Key,
    action: Annotated[Action, typer.Argument(help="What is done.")] = Action.STATUS,
    thing: Annotated[
        str | None,
        typer.Argument(
            metavar="[BINDING|LETTER|FILE]", help="What it is done to: unbind, sign, certificate."
        ),
    ] = None,
    reason: Annotated[
        str, typer.Option(help="start, rehearse: mistake, strategy, cost, service or other.")
    ] = "other",
    note: Annotated[str | None, typer.Option(help="start, force: why, for people to read.")] = None,
    name: Annotated[
        str | None, typer.Option(help="sign, force: who signs, as it stands on the letter.")
    ] = None,
    otp: Annotated[
        str | None, typer.Option(help="sign, force: the one-time code, where one is asked for.")
    ] = None,
    text: Annotated[str | None, typer.Option(help="appeal: what is wrong.")] = None,
    watch: Annotated[bool, typer.Option("--watch", help="status: keep looking until it is over.")] = False,
    chinese: Chinese = False,
    json_: Annotated[bool, typer.Option("--json", help="The answer as JSON, alone on stdout.")] = False,
) -> None:
    """See a shop's exit with all that blocks it, and take it from step to step."""
    leaving = Leaving(Remote(url, key, language="zh-CN" if chinese else "en"), shop)
    if action is Action.CERTIFICATE:
        _certificate(leaving, Path(_said(thing, "FILE")), json_=json_)
        return
    try:
        answer = _done(leaving, action, thing, reason=reason, note=note, name=name, otp=otp, text=text)
    except Refused as no:
        if no.code == "exit.blocked" and not json_:
            _show(leaving, leaving.newest(), chinese=chinese)
        raise
    if json_ and not watch:
        typer.echo(orjson.dumps(answer))
    elif watch:
        _watch(leaving, chinese=chinese, json_=json_)
    elif action is Action.REHEARSE:
        Console().print(_checklist(leaving, chinese=chinese).rehearsal(answer))
    elif action is Action.UNBIND and isinstance(answer, list):
        _list(answer)
    else:
        _show(leaving, answer if action is Action.STATUS else leaving.newest(), chinese=chinese)


def _done(leaving: Leaving, action: Action, thing: str | None, **said: Any) -> Any:
    """Do it; what was answered."""
    match action:
        case Action.STATUS:
            return leaving.newest()
        case Action.REHEARSE:
            return leaving.rehearse(said["reason"])
        case Action.START:
            return leaving.start(said["reason"], said["note"])
        case Action.UNBIND:
            return leaving.end(_number(thing)) if thing else leaving.bindings()
        case Action.SIGN:
            return leaving.sign(_number(_said(thing, "LETTER")), _said(said["name"], "--name"), said["otp"])
        case Action.APPEAL:
            ticket = leaving.running()["ticket"]
            return leaving.act("appeal", {"ticket": ticket or "", "text": _said(said["text"], "--text")})
        case Action.FORCE:
            return leaving.act("force", {"reason": said["note"], "name": said["name"], "otp": said["otp"]})
        case _:
            return leaving.act(action.value.replace("-", "_"))


def _show(leaving: Leaving, found: dict[str, Any] | None, *, chinese: bool) -> None:
    Console().print(_drawn(leaving, found, chinese=chinese))


def _drawn(leaving: Leaving, found: dict[str, Any] | None, *, chinese: bool) -> RenderableType:
    checklist = _checklist(leaving, chinese=chinese)
    if found is not None:
        return checklist.exit(found)
    return checklist.ahead(leaving.ahead())


def _checklist(leaving: Leaving, *, chinese: bool) -> Checklist:
    return Checklist(leaving.shop()["zone"], leaving.now(), chinese=chinese)


def _watch(leaving: Leaving, *, chinese: bool, json_: bool) -> None:
    """Look again and again until the exit is over; as JSON, a line whenever it has changed."""
    console = Console(stderr=json_)
    last = None
    with Live(Text(), console=console, auto_refresh=False, transient=json_) as live:
        while True:
            found = leaving.newest()
            if json_ and found != last:
                typer.echo(orjson.dumps(found))
            elif not json_:
                live.update(_drawn(leaving, found, chinese=chinese), refresh=True)
            last = found
            if found is None or found["ended_at"]:
                return
            time.sleep(LOOK_SECONDS)


def _certificate(leaving: Leaving, file: Path, *, json_: bool) -> None:
    body = leaving.certificate()
    try:
        file.write_bytes(body)
    except OSError as why:
        raise Invalid("remote.file", f"{file}: {why.strerror}") from None
    outcome = {"file": str(file), "bytes": len(body)}
    typer.echo(orjson.dumps(outcome) if json_ else f"{file}: {len(body)} bytes")


def _list(bindings: list[dict[str, Any]]) -> None:
    for binding in bindings:
        letter = f"  letter {binding['letter_id']}" if binding.get("letter_id") else ""
        typer.echo(f"binding {binding['id']}  supplier {binding['supplier_id']}  {binding['state']}{letter}")
    if not bindings:
        typer.echo("no supplier is bound")


def _said(value: str | None, what: str) -> str:
    if not value:
        raise Invalid("remote.parameter", f"say {what}")
    return value


def _number(text: str) -> int:
    if not (text.isascii() and text.isdecimal()):
        raise Invalid("remote.parameter", f"{text}: a number is wanted")
    return int(text)
