"""Many acts in one call: each has its answer, a refused one keeps no other from being done, and all may be rehearsed."""

from collections.abc import Iterable, Sequence
from typing import Annotated, Any, Literal

import orjson
from fastapi import Depends, Query, Request, Response
from pydantic import ConfigDict

from andon.kernel.errors import Refused
from andon.kernel.http.models import Out
from andon.kernel.http.problems import language_of, title_of
from andon.kernel.http.sheets import CellFault, Form, Item, Reading, Sheet, read_items, rejects_of

REFUSED = "refused"


async def _rehearsed(
    request: Request,
    dry_run: Annotated[
        bool, Query(description="Answer what would be, and leave nothing: no row, event, push or kept answer")
    ] = False,
) -> bool:
    request.state.dry_run = dry_run
    return dry_run


REHEARSABLE = Depends(_rehearsed)
"""Among a call's dependencies: it takes `dry_run`, and the edge undoes what its handler did."""
DryRun = Annotated[bool, REHEARSABLE]
"""The same as an argument, for a handler that answers otherwise then."""


async def _always_rehearsed(request: Request) -> None:
    request.state.dry_run = True


REHEARSED = Depends(_always_rehearsed)
"""Among a call's dependencies: the edge undoes what its handler did, whatever it did."""


def is_rehearsed(request: Request) -> bool:
    """Whether the caller asks only what would be."""
    return bool(getattr(request.state, "dry_run", False))


class ResultOut(Out):
    """What became of the act at `index`; `already` is one that changed nothing. A refusal has its code."""

    index: int
    status: Literal["done", "already", "refused"]
    code: str | None = None
    detail: str | None = None


class ResultsOut(Out):
    """What became of each act, in the order of the call."""

    results: list[ResultOut]


class CellOut(Out):
    """A cell that has not its shape; the column is empty where the whole row is meant."""

    row: int
    column: str
    code: str
    detail: str


class SheetResultOut(Out):
    """What became of an item of a sheet: its rows, and beside what the call says of an item, its bad cells."""

    model_config = ConfigDict(extra="allow")

    index: int
    rows: list[int]
    status: str
    code: str | None = None
    errors: list[CellOut] | None = None


class SheetResultsOut(Out):
    """What became of each item of a sheet, in the order of their first rows."""

    results: list[SheetResultOut]


def result_of(index: int, refusal: Refused | None, *, changed: bool = True) -> ResultOut:
    """The answer to one act."""
    if refusal is None:
        return ResultOut(index=index, status="done" if changed else "already")
    return ResultOut(index=index, status="refused", code=refusal.code, detail=refusal.detail or None)


def results_of(refusals: Iterable[Refused | None]) -> list[ResultOut]:
    """The answer to each act, by what it was refused with."""
    return [result_of(index, refusal) for index, refusal in enumerate(refusals)]


def read_body_items(sheet: Sheet, body: bytes) -> Reading:
    """The items of a body that came as JSON and has its shape."""
    given = orjson.loads(body)
    return read_items(sheet, given[sheet.within] if sheet.within else given)


def merged(reading: Reading, results: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """A result for every item of a sheet: of the sound ones what the call says, of the others what is wrong in which cell."""
    told = dict(zip(reading.sound, results, strict=True))
    return [
        {**told.get(place, {}), "index": place, "rows": [row.number for row in item.rows]}
        | (_fault_result(item.faults) if place not in told else {})
        for place, item in enumerate(reading.items)
    ]


def _fault_result(faults: Sequence[CellFault]) -> dict[str, Any]:
    errors = [
        {"row": fault.row, "column": fault.column, "code": fault.code, "detail": fault.detail}
        for fault in faults
    ]
    return {"status": REFUSED, "code": faults[0].code, "errors": errors}


def rejected(request: Request, form: Form, reading: Reading, results: Sequence[dict[str, Any]]) -> Response:
    """The answer as the file of what was refused."""
    language = language_of(request.headers.get("accept-language"))
    refused = []
    for item, result in zip(reading.items, results, strict=True):
        if result["status"] == REFUSED:
            code, detail = result.get("code") or "", result.get("detail") or ""
            faults = item.faults or [CellFault(item.rows[0].number, "", code, detail)]
            refused.append(Item(item.rows, item.value, faults))  # a copy: the act may be tried again
    return Response(
        rejects_of(form, reading.header, refused, lambda code: title_of(code, language)),
        media_type=form.value,
        headers={
            "Andon-Refused": str(len(refused)),
            "Content-Disposition": f'attachment; filename="rejects{form.ending}"',
            "Content-Language": language,
            "Vary": "Accept, Accept-Language",
        },
    )
