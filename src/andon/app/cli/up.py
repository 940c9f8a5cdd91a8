"""`andon up`: Andon with its demonstration world beside it, drawn as it runs."""

import threading
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.live import Live

from andon.app.allowed import allowed_ranges
from andon.app.board import board
from andon.app.demo.beside import parties_beside
from andon.app.demo.making import fresh_demonstration
from andon.app.demo.world import World
from andon.app.serve import Serving, serving, until_told
from andon.app.start import kept_up, noted, opened, server_for
from andon.insights.overview.views import Overview, overview_of_line
from andon.kernel.log import configure_log
from andon.kernel.outside import LOOPBACK
from andon.kernel.settings import Settings

DATABASE = "andon_demonstration"
"""The demonstration has a database of its own: what stands in the default one is not touched."""

HOUR_A_SECOND = 3600.0


def up(
    port: Annotated[int, typer.Option(help="The port of the API; 0 takes a free one.")] = 8600,
    rate: Annotated[float, typer.Option(help="Business seconds in a second.")] = HOUR_A_SECOND,
    seconds: Annotated[float, typer.Option(help="End by itself after so long; 0 runs until Ctrl-C.")] = 0.0,
) -> None:
    """Run everything in one place: database, API, line, and a demonstration world beside it."""
    settings = replace(Settings.from_env(), clock="scaled", clock_rate=rate)
    settings.home.mkdir(parents=True, exist_ok=True)
    settings = replace(settings, allowed_ranges=(*allowed_ranges(settings), *LOOPBACK))
    console = Console()
    log = settings.home / "up.log"
    with log.open("a", encoding="utf-8") as stream, until_told() as told, server_for(settings):
        configure_log(settings.log_level, stream)
        console.print("Andon: making the demonstration world …", style="dim")
        world = fresh_demonstration(settings, DATABASE, "", clock="scaled", rate=rate)
        with (
            opened(settings, DATABASE) as database,
            kept_up(settings),
            noted(settings, "up"),
            serving(database, settings, port=port) as running,
            parties_beside(shown := replace(world, url=running.url), settings.home / "parties.log"),
        ):
            _watch(console, running, shown, log, told, seconds)
    console.print("Andon has stopped.", style="dim")


def _watch(
    console: Console, running: Serving, world: World, log: Path, told: threading.Event, seconds: float
) -> None:
    """Draw the line each second until told to stop; on what is no terminal, a line of text now and then."""
    notes = [
        f"console  {running.url}/",
        f"operator key  {world.operator_key}",
        *(f"{shop['name']} key  {shop['key']}" for shop in world.shops),
        f"sign-ins, password {world.people[0]['password']}",
        *(
            f"  {party}  " + "  ".join(each["email"] for each in world.people if each["party"] == party)
            for party in dict.fromkeys(each["party"] for each in world.people)
        ),
        f"log  {log}",
    ]
    address = f"{running.url}/v1"
    period = 1.0 if console.is_terminal else 5.0
    console.print(f"Andon runs at {address}", *notes, sep="\n")
    left = seconds or float("inf")
    with Live(console=console, screen=console.is_terminal, auto_refresh=False) as live:
        while not told.wait(period) and (left := left - period) > 0:
            seen = _seen(running, 2 if console.is_terminal else 0)
            if console.is_terminal:
                live.update(board(seen, address, notes), refresh=True)
            else:
                console.print(_in_words(seen))


def _seen(running: Serving, each: int) -> Overview:
    with running.line.transaction() as tx:
        return overview_of_line(tx, each)


def _in_words(seen: Overview) -> str:
    states = "  ".join(f"{state.word} {count}" for state, count in sorted(seen.states.items()))
    fees = "  ".join(
        f"{kind.name.lower()} {state.word} {count} = {total}"
        for (kind, state), (count, total) in sorted(seen.fees.items())
    )
    return f"{seen.at:%Y-%m-%d %H:%M}  {states or 'no order yet'}  |  {fees or 'no fee yet'}"
