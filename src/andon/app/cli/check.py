"""`andon check`: every invariant, over the live database."""

from typing import Annotated

import orjson
import typer
from rich.console import Console
from rich.table import Table

from andon.app.start import NotMigrated, opened
from andon.insights.audit.rules import Finding, all_well
from andon.insights.audit.views import SAMPLE, SECONDS, audit
from andon.kernel.admin import DEFAULT_NAME
from andon.kernel.db import is_current
from andon.kernel.settings import Settings


def check(
    json_: Annotated[bool, typer.Option("--json", help="The findings as JSON, alone on stdout.")] = False,
    database: Annotated[
        str, typer.Option(metavar="NAME", help="Another database, such as one that a replay kept.")
    ] = DEFAULT_NAME,
    sample: Annotated[
        int, typer.Option(min=1, max=1000, help="At most so many offending rows a check.")
    ] = SAMPLE,
    chinese: Annotated[bool, typer.Option("--zh", help="In Chinese.")] = False,
    seconds: Annotated[int, typer.Option(min=1, max=3600, help="How long one check may take.")] = SECONDS,
) -> None:
    """Ask the live database whether all that must hold does; exit status 1 where something does not."""
    with opened(Settings.from_env(), database) as known:
        if not is_current(known):
            raise NotMigrated(f"the schema of '{known.name}' is not this version's: run `andon migrate`")
        with known.line.connect() as connection:
            findings = audit(connection, sample=sample, seconds=seconds)
    well = all_well(findings)
    if json_:
        typer.echo(orjson.dumps({"ok": well, "checks": [told(one) for one in findings]}, default=str))
    else:
        _show(findings, "zh-CN" if chinese else "en")
    if not well:
        raise typer.Exit(1)


def told(finding: Finding) -> dict[str, object]:
    """A finding as JSON has it; `count` is null where the check did not end in time."""
    return {
        "name": finding.name,
        "ok": finding.ok,
        "count": finding.count,
        "title": dict(finding.title),
        "sample": finding.sample,
        "seconds": round(finding.seconds, 3),
    }


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
        for row in finding.sample:
            facts = "  ".join(f"{name}={value}" for name, value in row.items() if value is not None)
            console.print(f"[red]{finding.name}[/] {facts}", highlight=False, soft_wrap=True)
    failed = sum(not finding.ok for finding in findings)
    console.print(
        f"[bold red]{failed} of {len(findings)} checks do not hold[/]"
        if failed
        else f"[green]all {len(findings)} checks hold[/]"
    )
