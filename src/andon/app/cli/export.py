"""`andon export LIST FILE`: a whole list out of an Andon over its API, as CSV or XLSX; `--format`: its books."""

import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlencode

import orjson
import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from andon.app.books import Books, export_books
from andon.app.cli.import_ import Shop
from andon.app.remote import Remote, filled, form_of_file
from andon.kernel.admin import DEFAULT_NAME
from andon.kernel.errors import Invalid
from andon.kernel.http.sheets import CSV_TYPE, Form
from andon.kernel.settings import Settings

PAGE = 200


def export(
    list_: Annotated[
        str | None, typer.Argument(metavar="LIST", help="Which: orders, products, stock, supplier/pushes …")
    ] = None,
    file: Annotated[
        Path | None, typer.Argument(metavar="FILE", help="A .csv or .xlsx file to write.")
    ] = None,
    url: Annotated[str | None, typer.Option("--url", envvar="ANDON_URL", help="Where that Andon is.")] = None,
    key: Annotated[
        str | None, typer.Option("--key", envvar="ANDON_KEY", help="The key of the party that acts.")
    ] = None,
    shop: Shop = None,
    where: Annotated[
        list[str] | None, typer.Option(metavar="NAME=VALUE", help="A filter of the list; may be repeated.")
    ] = None,
    books: Annotated[
        Books | None,
        typer.Option("--format", help="The books of this machine's database for an accounting program."),
    ] = None,
    output: Annotated[
        Path | None, typer.Option(metavar="FILE", help="With --format: the file to write.")
    ] = None,
    database: Annotated[
        str,
        typer.Option(metavar="NAME", help="With --format: another database, such as one that a replay kept."),
    ] = DEFAULT_NAME,
    json_: Annotated[bool, typer.Option("--json", help="The outcome as JSON, alone on stdout.")] = False,
) -> None:
    """Write a whole list to a file, or the books. The file is there when all of it is: what breaks off leaves none."""
    if books is not None:
        if output is None or list_ is not None:
            raise Invalid(
                "remote.parameter", "the books are written by --format FORM --output FILE, without a list"
            )
        transfers = export_books(Settings.from_env(), database, books, shop, output)
        outcome: dict[str, Any] = {"format": books, "transfers": transfers, "file": str(output)}
        typer.echo(orjson.dumps(outcome) if json_ else f"{transfers} transfers in {output}")
        return
    if list_ is None or file is None or url is None or key is None or output is not None:
        raise Invalid("remote.parameter", "a list is written by LIST FILE --url URL --key KEY")
    rows = _export_list(Remote(url, key), list_, file, shop, where or [])
    outcome = {"list": list_, "rows": rows, "file": str(file)}
    typer.echo(orjson.dumps(outcome) if json_ else f"{rows} rows in {file}")


def _export_list(remote: Remote, list_: str, file: Path, shop: int | None, where: list[str]) -> int:
    form = form_of_file(file.name)
    if strange := [each for each in where if "=" not in each]:
        raise Invalid("remote.parameter", f"{strange[0]}: a filter is NAME=VALUE")
    filters = dict(each.split("=", 1) for each in where)
    path = filled(path_of(remote, list_), shop_id=shop)
    query = urlencode({"limit": PAGE} | filters)
    part = file.with_name(f"{file.name}.part")
    try:
        with _spinner() as bar:
            shown = bar.add_task(list_, total=None, rows=0)
            rows = _WRITERS[form](
                part, remote.pages(f"{path}?{query}", form), lambda far: bar.update(shown, rows=far)
            )
        part.replace(file)
    except OSError as why:
        raise Invalid("remote.file", f"{file}: {why.strerror}") from None
    finally:
        part.unlink(missing_ok=True)
    return rows


def path_of(remote: Remote, name: str) -> str:
    """The path of the list of that name: its own without `/v1/`, and without the shop. Raises Invalid `remote.unknown`."""
    lists: dict[str, str] = {
        path.removeprefix("/v1/").removeprefix("shops/{shop_id}/"): path
        for path, calls in remote.json("/v1/openapi.json")["paths"].items()
        if CSV_TYPE in calls.get("get", {}).get("responses", {}).get("200", {}).get("content", {})
    }
    if name not in lists:
        raise Invalid("remote.unknown", f"{name}: one of {', '.join(sorted(lists))}")
    return lists[name]


def _write_csv(file: Path, pages: Iterator[bytes], tell: Callable[[int], None]) -> int:
    """Pages of CSV as one file, their header once; how many rows."""
    import csv

    rows = 0
    with file.open("wb") as out:
        for number, page in enumerate(pages):
            header, _, rest = page.partition(b"\r\n")
            out.write(rest if number else header + b"\r\n" + rest)
            rows += sum(1 for _ in csv.reader(io.StringIO(rest.decode(), newline="")))
            tell(rows)
    return rows


def _write_workbook(file: Path, pages: Iterator[bytes], tell: Callable[[int], None]) -> int:
    """Pages that are workbooks as one, row by row, so that no more than a page is in memory; how many rows."""
    from openpyxl import Workbook, load_workbook
    from openpyxl.cell import WriteOnlyCell

    def copied(cell: Any) -> Any:
        copy = WriteOnlyCell(page, cell.value)
        if isinstance(cell.value, str):
            copy.data_type = "s"  # what a list says works nothing out
        copy.number_format = cell.number_format or "General"
        return copy

    book = Workbook(write_only=True)
    page = book.create_sheet("andon")
    page.freeze_panes = "A2"
    rows = -1
    for number, raw in enumerate(pages):
        for place, cells in enumerate(
            load_workbook(io.BytesIO(raw), read_only=True).worksheets[0].iter_rows()
        ):
            if place or not number:
                page.append([copied(cell) for cell in cells])
                rows += 1
        tell(rows)
    book.save(file)
    return rows


_WRITERS: dict[Form, Callable[[Path, Iterator[bytes], Callable[[int], None]], int]] = {
    Form.CSV: _write_csv,
    Form.XLSX: _write_workbook,
}


def _spinner() -> Progress:
    console = Console(stderr=True)
    return Progress(
        SpinnerColumn(),
        TextColumn("{task.description}  {task.fields[rows]} rows"),
        TimeElapsedColumn(),
        console=console,
        disable=not console.is_terminal,
    )
