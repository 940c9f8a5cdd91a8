"""`andon import KIND FILE`: a file's rows into an Andon over its API, a thousand at a time, with a file of rejects."""

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table as Shown

from andon.app.codes import import_everything
from andon.app.remote import Remote, filled, form_of_file
from andon.kernel.errors import Invalid
from andon.kernel.http.problems import title_of
from andon.kernel.http.sheets import (
    MOST_ROWS,
    CellFault,
    Form,
    Item,
    Row,
    Table,
    read_table,
    rejects_of,
    written,
)

MOST = 1_000_000
"""How many rows a file may have."""
ROOM = MOST_ROWS - 1_000
"""How many rows go into a call at most, beside the last item's."""
Url = Annotated[str, typer.Option("--url", envvar="ANDON_URL", help="Where that Andon is.")]
Key = Annotated[str, typer.Option("--key", envvar="ANDON_KEY", help="The key of the party that acts.")]
Shop = Annotated[int | None, typer.Option(metavar="NUMBER", help="The shop, where the call is a shop's.")]
Chinese = Annotated[bool, typer.Option("--zh", help="In Chinese.")]


def import_(
    kind: Annotated[
        str, typer.Argument(metavar="KIND", help="What the rows are: a name of GET /v1/templates.")
    ],
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A .csv or .xlsx file.")],
    url: Url,
    key: Key,
    shop: Shop = None,
    carrier: Annotated[str | None, typer.Option(help="The carrier, where the call is a carrier's.")] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only say what would be; nothing is done.")
    ] = False,
    rejects: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Where to write what was refused; else beside the file."),
    ] = None,
    chinese: Chinese = False,
    json_: Annotated[bool, typer.Option("--json", help="The outcome as JSON, alone on stdout.")] = False,
) -> None:
    """Send a file's rows to an Andon; what was refused comes back as a file that can be put right and sent again."""
    remote = Remote(url, key, "zh-CN" if chinese else "en")
    call = template_named(remote, kind)
    path = filled(call["path"], shop_id=shop, carrier=carrier) + ("?dry_run=true" if dry_run else "")
    form, body = form_of_file(file.name), read_bytes(file)
    place = rejects or file.with_name(f"{file.stem}-rejects{file.suffix}")
    if place.resolve() == file.resolve():
        raise Invalid("remote.file", f"{place} is the file itself")
    table = read_table(form, body, [column["name"] for column in call["columns"]], MOST)
    counts, refused = send(remote, call, path, table, form, hashlib.sha256(path.encode() + body).hexdigest())
    if refused:
        place.write_bytes(
            rejects_of(
                form_of_file(place.name), table.header, refused, lambda code: _title(code, remote.language)
            )
        )
    codes = Counter(item.faults[0].code for item in refused)
    outcome = {"kind": kind, "dry_run": dry_run, "rows": len(table.rows), **counts, "codes": dict(codes)} | (
        {"rejects": str(place)} if refused else {}
    )
    if json_:
        typer.echo(orjson.dumps(outcome))
    else:
        show(outcome, remote.language)
    if refused:
        raise typer.Exit(1)


def template_named(remote: Remote, kind: str) -> dict[str, Any]:
    """The call that takes sheets of that kind. Raises Invalid `remote.unknown`."""
    templates: list[dict[str, Any]] = remote.json("/v1/templates")["templates"]
    for each in templates:
        if each["name"] == kind:
            return each
    raise Invalid("remote.unknown", f"{kind}: one of {', '.join(each['name'] for each in templates)}")


def read_bytes(file: Path) -> bytes:
    """A file's bytes. Raises Invalid `remote.file`."""
    try:
        return file.read_bytes()
    except OSError as why:
        raise Invalid("remote.file", f"{file}: {why.strerror}") from None


def send(
    remote: Remote, call: dict[str, Any], path: str, table: Table, form: Form, mark: str
) -> tuple[dict[str, int], list[Item]]:
    """Send the table's rows in calls; how many items ended how, and the refused ones.

    `mark` names the file: sent again within a day, a call that was answered is not done again.
    """
    counts: Counter[str] = Counter()
    refused: list[Item] = []
    with progress_bar() as bar:
        shown = bar.add_task(call["name"], total=len(table.rows))
        for number, rows in enumerate(pieces(table, call["key"], call["most"])):
            raw = written(form, table.header, [row.cells for row in rows])
            answer = remote.call(
                "POST", path, raw, Content_Type=form.value, Idempotency_Key=f"{mark[:40]}-{number}"
            )
            for result in orjson.loads(answer.data)["results"]:
                counts[result["status"]] += 1
                if result["status"] == "refused":
                    refused.append(_refused(result, rows))
            bar.advance(shown, len(rows))
    return dict(counts), refused


def pieces(table: Table, key: Sequence[str], most: int) -> Iterator[list[Row]]:
    """The rows in calls of at most so many items; the rows of one item are in one call."""
    places = [table.header.index(name) for name in key if name in table.header]
    items: dict[Any, list[Row]] = {}
    for row in table.rows:
        said = tuple(str(row.cells[at]) if at < len(row.cells) else "" for at in places)
        items.setdefault(said if places else row.number, []).append(row)
    piece: list[Row] = []
    held = 0
    for rows in items.values():
        if held == most or (piece and len(piece) + len(rows) > ROOM):
            yield piece
            piece, held = [], 0
        piece += rows
        held += 1
    if piece:
        yield piece


def progress_bar() -> Progress:
    """A bar on the terminal that errors go to; nothing where that is no terminal."""
    console = Console(stderr=True)
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=console,
        disable=not console.is_terminal,
    )


def _refused(result: dict[str, Any], rows: Sequence[Row]) -> Item:
    """A refused item under its rows in the file; the call's own numbers begin anew in each call."""
    own = [rows[number - 2] for number in result["rows"]]
    told = result.get("errors") or [
        {"row": result["rows"][0], "column": "", "code": result["code"], "detail": result.get("detail", "")}
    ]
    faults = [
        CellFault(rows[each["row"] - 2].number, each["column"], each["code"], each["detail"]) for each in told
    ]
    return Item(own, faults=faults)


def show(outcome: dict[str, Any], language: str) -> None:
    """The outcome for a reader."""
    table = Shown(show_header=False, title="Rehearsed: nothing was done" if outcome["dry_run"] else None)
    table.add_column(style="bold")
    table.add_column(justify="right")
    for name, value in outcome.items():
        if name == "codes":
            for code, number in sorted(value.items(), key=lambda each: -each[1]):
                table.add_row(f"  {code}  {_title(code, language)}", str(number))
        elif name != "dry_run":
            table.add_row(name, str(value))
    Console().print(table)


def _title(code: str, language: str) -> str:
    """What a code is called: every room says it of its own, and only who is refused waits for them all (2 s)."""
    import_everything()
    return title_of(code, language)
