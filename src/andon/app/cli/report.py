"""`andon report SHOP --month YYYY-MM`: how a shop fared in a month, as a PDF; its charts as pictures."""

from datetime import date
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer
from sqlalchemy.orm import Session

from andon.app.start import kept
from andon.insights.figures.views import CHART, REPORT, report_of
from andon.kernel.admin import DEFAULT_NAME
from andon.kernel.clock import read_clock
from andon.kernel.db import Database
from andon.kernel.errors import Invalid
from andon.kernel.settings import Settings
from andon.kernel.tx import LINE, Tx
from andon.money.statements.rules import Month
from andon.platform.documents.rendering import Picture, pictured, rendered
from andon.platform.policies.files import load_policies
from andon.platform.policies.rules import Policy

FORMS: tuple[Picture, ...] = ("svg", "png")


def report(
    shop: Annotated[int, typer.Argument(metavar="SHOP", help="The shop's number.")],
    month: Annotated[str, typer.Option(metavar="YYYY-MM", help="A month of the platform's zone.")],
    output: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The PDF to write; report-SHOP-MONTH.pdf if not said.")
    ] = None,
    charts: Annotated[
        Path | None, typer.Option(metavar="DIR", help="A folder for the charts, each as SVG and PNG.")
    ] = None,
    json_: Annotated[
        bool, typer.Option("--json", help="What the report says, as JSON alone on stdout.")
    ] = False,
    database: Annotated[
        str, typer.Option(metavar="NAME", help="Another database, such as one that a replay kept.")
    ] = DEFAULT_NAME,
) -> None:
    """Write how a shop fared in a month: its figures beside the month before, and charts of its days."""
    wanted = _month(month)
    with kept(Settings.from_env(), database) as known:
        facts = _facts(known, shop, wanted)
    file = output or Path(f"report-{shop}-{wanted}.pdf")
    written = [file]
    try:
        file.write_bytes(rendered(REPORT, facts))
        if charts is not None:
            charts.mkdir(parents=True, exist_ok=True)
            for chart in facts["charts"]:
                for form in FORMS:
                    picture = charts / f"{chart['name']}.{form}"
                    picture.write_bytes(pictured(CHART, chart, form))
                    written.append(picture)
    except OSError as why:
        raise Invalid("remote.file", f"{why.filename}: {why.strerror}") from None
    if json_:
        typer.echo(orjson.dumps({**facts, "files": [str(each) for each in written]}))
        return
    for each in written:
        typer.echo(str(each))


def _month(text: str) -> Month:
    try:
        first = date.fromisoformat(f"{text}-01")
    except ValueError:
        raise Invalid("insights.window", f"{text}: a month is YYYY-MM") from None
    return Month(first.year, first.month)


def _facts(database: Database, shop_id: int, month: Month) -> dict[str, Any]:
    with Session(database.line) as session:
        now = read_clock(session.connection()).now(session.connection())
        tx: Tx[Policy] = Tx(session, now=now, actor=LINE, policies=load_policies())
        facts = report_of(tx, shop_id, month)
        session.rollback()
    return facts
