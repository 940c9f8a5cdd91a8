"""`andon check`: every invariant, over the live database."""

from datetime import datetime
from typing import Annotated

import orjson
import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from andon.adapters.anchor_file import AnchorFile
from andon.app.start import kept, refuse_retired_key
from andon.insights.audit.rules import Finding, Offence, all_well, told
from andon.insights.audit.views import EVENTS, SAMPLE, SECONDS, audit_database
from andon.insights.audit.views.record import prove_record
from andon.insights.story.rules import told as in_words
from andon.kernel.admin import DEFAULT_NAME
from andon.kernel.secrets import secret_key
from andon.kernel.settings import Settings
from andon.platform.keyring.views import keys_of
from andon.platform.record.service import PURPOSE


def check(
    json_: Annotated[bool, typer.Option("--json", help="The findings as JSON, alone on stdout.")] = False,
    database: Annotated[
        str, typer.Option(metavar="NAME", help="Another database, such as one that a replay kept.")
    ] = DEFAULT_NAME,
    sample: Annotated[
        int, typer.Option(min=1, max=1000, help="At most so many offending rows a check.")
    ] = SAMPLE,
    events: Annotated[
        int, typer.Option(min=0, max=1000, help="At most so many events that led to an offending row.")
    ] = EVENTS,
    chinese: Annotated[bool, typer.Option("--zh", help="In Chinese.")] = False,
    audit: Annotated[
        bool,
        typer.Option("--audit", help="Prove the record, too: its signatures, and the seals kept outside."),
    ] = False,
    seconds: Annotated[int, typer.Option(min=1, max=3600, help="How long one check may take.")] = SECONDS,
) -> None:
    """Ask the live database whether all that must hold does; exit status 1 where something does not."""
    settings = Settings.from_env()
    with kept(settings, database) as known:
        refuse_retired_key(known, settings)
        findings = audit_database(known, sample=sample, seconds=seconds, events=events)
        if audit:
            anchors = AnchorFile(settings.home, known.name).kept()
            with known.line.connect() as connection:
                keys = keys_of(connection, secret_key(settings), PURPOSE)
                findings += prove_record(connection, keys, anchors, sample=sample)
    well = all_well(findings)
    if json_:
        typer.echo(orjson.dumps({"ok": well, "checks": [told(one) for one in findings]}, default=str))
    else:
        _show(findings, "zh-CN" if chinese else "en")
    if not well:
        raise typer.Exit(1)


def _show(findings: list[Finding], language: str) -> None:
    console = Console()
    table = Table(box=None, pad_edge=False)
    table.add_column("", header_style="dim")
    table.add_column("check", header_style="dim", no_wrap=True)
    table.add_column("what must hold", header_style="dim", overflow="fold")
    table.add_column("broken", header_style="dim", justify="right")
    table.add_column("s", header_style="dim", justify="right")
    for finding in findings:
        broken = "too slow" if finding.count is None else f"{finding.count:,}" if finding.count else ""
        mark = "[green]ok[/]" if finding.ok else "[bold red]no[/]"
        what = finding.title[language]
        table.add_row(mark, finding.name, what, f"[red]{broken}[/]", f"{finding.seconds:.2f}")
    console.print(table)
    for finding in findings:
        for offence in finding.sample:
            _show_offence(console, finding.name, offence, language)
    failed = sum(not finding.ok for finding in findings)
    console.print(
        f"[bold red]{failed} of {len(findings)} checks do not hold[/]"
        if failed
        else f"[green]all {len(findings)} checks hold[/]"
    )


def _show_offence(console: Console, name: str, offence: Offence, language: str) -> None:
    """A row, and under it the way that led there, an event a line."""
    facts = "  ".join(
        f"{column}={_plain(value)}" for column, value in offence.row.items() if value is not None
    )
    console.print(f"\n[red]{name}[/]  {escape(facts)}", highlight=False)
    for step in offence.events:
        said = in_words(step.kind, step.facts, {}, "UTC")[language]
        if said == step.kind:
            said += "".join(f"  {key}={value}" for key, value in step.facts.items())
        console.print(
            f"  [dim]{step.event_id:>8}  {_plain(step.recorded_at)}[/]  {step.subject:<16}  {escape(said)}",
            highlight=False,
            no_wrap=True,
            overflow="ellipsis",
        )


def _plain(value: object) -> str:
    return f"{value:%Y-%m-%d %H:%M:%S}" if isinstance(value, datetime) else str(value)
