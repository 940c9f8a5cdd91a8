"""`andon replay`: past orders through the line, on a database of their own."""

import contextlib
import csv
import os
import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, ClassVar

import orjson
import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.table import Table
from sqlalchemy import text

from andon.adapters.andon_history import AndonFolder
from andon.adapters.olist import OlistFolder
from andon.adapters.scms import ScmsFolder
from andon.app.line import LINE
from andon.app.start import server_for, spare_the_collector
from andon.kernel.clock import VirtualClock
from andon.kernel.db import Database, create_database, drop_database, migrate, open_database
from andon.kernel.errors import TITLES, Conflict, Invalid
from andon.kernel.line import Line
from andon.kernel.log import configure_log
from andon.kernel.settings import Settings
from andon.platform.policies.files import load_policies
from andon.platform.policies.rules import Policies
from andon.ports.history import HistorySource, HistoryUnreadable, Remark
from andon.simulator.replay.rules import Fate, fates_of
from andon.simulator.replay.service.replaying import Progress as Far
from andon.simulator.replay.service.replaying import opening_instant, replay_history

POLICY_SETS = ("jit", "replay", "replay-usd")
"""Sets of policies that a past may be run under: the first in its currency."""


class Format(StrEnum):
    """How past orders are written."""

    OLIST = "olist"
    ANDON = "andon"
    SCMS = "scms"


_SOURCES: dict[Format, Callable[[Path], HistorySource]] = {
    Format.OLIST: OlistFolder,
    Format.ANDON: AndonFolder,
    Format.SCMS: ScmsFolder,
}


class UnknownCurrency(Invalid):
    """No policy has its figures in the currency of these orders."""

    code = "replay.currency"
    titles: ClassVar[dict[str, str]] = {
        "en": "No policy in this currency",
        "zh-CN": "没有以该币种计价的规则",
    }


class RejectsPlace(Invalid):
    """The file of what could not be taken has no place: its folder is not there, or is that of the past itself."""

    code = "replay.rejects_place"
    titles: ClassVar[dict[str, str]] = {
        "en": "The file of rejects cannot be there",
        "zh-CN": "不能在该处写入拒收文件",
    }


class DatabaseInUse(Conflict):
    """A replay fills an empty database, and this one holds a shop already."""

    code = "replay.database_in_use"
    titles: ClassVar[dict[str, str]] = {
        "en": "The database is not empty",
        "zh-CN": "数据库中已有店铺",
    }


def replay(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder with the past orders' files.")],
    format_: Annotated[Format, typer.Option("--format", help="How they are written.")] = Format.ANDON,
    json_: Annotated[bool, typer.Option("--json", help="The figures as JSON, alone on stdout.")] = False,
    keep: Annotated[
        str | None, typer.Option(metavar="NAME", help="Keep the database under this name.")
    ] = None,
    rejects: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Where to write what of single rows could not be taken; else FORMAT-rejects.csv.",
        ),
    ] = None,
) -> None:
    """Run past orders through the line, each step at its recorded instant, and say what came of it."""
    settings = Settings.from_env()
    configure_log("warning" if settings.log_level == "info" else settings.log_level)
    past = _SOURCES[format_](folder).read()
    said_in = rejects or Path(f"{format_}-rejects.csv")
    if past.rows:
        check_place(said_in, folder)
    if not past.orders:
        write_rejects(said_in, fates_of(past, {}))
        raise HistoryUnreadable("history.empty", f"no row makes an order: {said_in} says why")
    policies = policies_for(past.currency)
    spare_the_collector()
    with server_for(settings), own_database(settings, keep) as database:
        line = Line(database, VirtualClock(opening_instant(past)), LINE, policies)
        with contextlib.closing(line), shown_progress() as watch:
            outcome, fates = replay_history(line, past, watch)
    if past.rows:
        write_rejects(said_in, fates)
        outcome["rejects"] = str(said_in)
    if json_:
        typer.echo(orjson.dumps(outcome, option=orjson.OPT_INDENT_2))
    else:
        Console().print(outcome_table(outcome))
    if outcome["check"] != "ok":
        raise typer.Exit(1)


def check_place(rejects: Path, folder: Path) -> None:
    """Raises RejectsPlace where the file cannot be written, or would lie with the past's own."""
    place = rejects.resolve()
    if place.is_relative_to(folder.resolve()):
        raise RejectsPlace(detail=f"{rejects} lies in the folder of the past orders")
    if place.is_dir() or not os.access(place if place.exists() else place.parent, os.W_OK):
        raise RejectsPlace(detail=f"{rejects} cannot be written")


def write_rejects(file: Path, fates: Sequence[tuple[Remark, Fate]]) -> None:
    """What could not be taken as it stands: a row for each cell, with what became of the cell's row."""
    with file.open("w", encoding="utf-8", newline="") as text:
        rows = csv.writer(text, lineterminator="\n")
        rows.writerow(("line", "id", "column", "text", "code", "why", "row"))
        for said, fate in fates:
            why = TITLES[said.code]["en"]
            rows.writerow((said.row.line_no, said.row.id, said.column, said.text, said.code, why, fate.value))


def policies_for(currency: str) -> Policies:
    """The policies whose figures are in that currency. Raises UnknownCurrency."""
    for name in POLICY_SETS:
        policies = load_policies(name)
        if policies.versions[-1].currency == currency:
            return policies
    known = ", ".join(load_policies(name).versions[-1].currency for name in POLICY_SETS)
    raise UnknownCurrency(detail=f"orders are in {currency}, policies in {known}")


@contextlib.contextmanager
def own_database(settings: Settings, keep: str | None) -> Iterator[Database]:
    """A migrated database for one run, dropped at its end unless it is kept under a name.

    While it runs no commit waits for the disk: what a crash could lose is run again anyway. And plans are made once:
    a past is some million statements of the same few texts, and the database begins empty, where a plan made for
    one call's values is no better than the next one's.
    Raises DatabaseInUse if the name to keep holds a shop already.
    """
    name = keep or f"replay_{os.getpid()}_{secrets.token_hex(4)}"
    create_database(settings, name)
    try:
        database = open_database(settings, name)
        try:
            migrate(database)
            with database.line.connect() as connection:
                if connection.scalar(text("select exists(select from shops)")):
                    raise DatabaseInUse(detail=f"{name} holds a shop already")
            _set(database, _WHILE_IT_RUNS)
            yield database
        finally:
            if keep is not None:
                _set(database, dict.fromkeys(_WHILE_IT_RUNS))
            database.dispose()
    finally:
        if keep is None:
            drop_database(settings, name)


_WHILE_IT_RUNS = {"synchronous_commit": "off", "plan_cache_mode": "force_generic_plan"}


def _set(database: Database, settings: Mapping[str, str | None]) -> None:
    """Let new connections to the database have these settings, or their defaults where there is none."""
    quoted = database.owner.dialect.identifier_preparer.quote(database.name)
    with database.owner.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for name, value in settings.items():
            change = f"reset {name}" if value is None else f"set {name} = {value}"
            connection.execute(text(f"alter database {quoted} {change}"))
    database.line.dispose()


@contextlib.contextmanager
def shown_progress() -> Iterator[Any]:
    """A progress bar for each stage on the terminal that errors go to; nothing where that is no terminal."""
    console = Console(stderr=True)
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f}%  {task.fields[now]}"),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        console=console,
        disable=not console.is_terminal,
    )
    stages: dict[str, TaskID] = {}

    def watch(far: Far) -> None:
        if far.stage not in stages:
            stages[far.stage] = bar.add_task(far.stage, total=far.total, now="")
        bar.update(stages[far.stage], completed=far.done, now=f"{far.now:%Y-%m-%d %H:%M}")

    with bar:
        yield watch


def outcome_table(outcome: dict[str, Any]) -> Table:
    """The figures of a replay for a reader: what is listed by date only by its sum."""
    table = Table(show_header=False, title="What came of it")
    table.add_column(style="bold")
    table.add_column(justify="right")
    for name, value in outcome.items():
        if name.endswith("_by_date"):
            table.add_row(name.replace("_", " "), f"{len(value)} days")
        elif isinstance(value, dict):
            parts = "\n".join(f"{key}  {_shown(part)}" for key, part in list(value.items())[:12])
            table.add_row(name.replace("_", " "), parts or "-")
        else:
            table.add_row(name.replace("_", " "), str(value))
    return table


def _shown(part: Any) -> str:
    return (
        "  ".join(f"{key} {_shown(each)}" for key, each in part.items())
        if isinstance(part, dict)
        else str(part)
    )
