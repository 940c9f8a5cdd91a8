"""The file of rejects: the rows that were refused, as they came, each cell named that is wrong."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from andon.kernel.http.sheets.forms import Form
from andon.kernel.http.sheets.reading import ERROR_COLUMNS, CellFault, Item
from andon.kernel.http.sheets.writing import written


def rejects_of(
    form: Form, header: Sequence[str], refused: Sequence[Item], title_of: Callable[[str], str]
) -> bytes:
    """Refused items as a sheet: every row once, with its number and all that is wrong with it, joined by semicolons.

    So a row that has been put right can be sent as it stands: the columns of errors are passed over.
    """
    kept = [place for place, name in enumerate(header) if name not in ERROR_COLUMNS]
    rows = [
        [*(row.cells[place] if place < len(row.cells) else None for place in kept), row.number, *told]
        for item in refused
        for row, told in _told(item, title_of)
    ]
    return written(form, [*(header[place] for place in kept), *ERROR_COLUMNS], rows)


def _told(item: Item, title_of: Callable[[str], str]) -> Iterator[tuple[Any, list[str]]]:
    for row in item.rows:
        faults = [fault for fault in item.faults if fault.row == row.number]
        yield row, [_joined(faults, one) for one in _parts(title_of)]


def _parts(title_of: Callable[[str], str]) -> tuple[Callable[[CellFault], str], ...]:
    return (
        lambda fault: fault.column,
        lambda fault: fault.code,
        lambda fault: title_of(fault.code),
        lambda fault: fault.detail,
    )


def _joined(faults: Sequence[CellFault], part: Callable[[CellFault], str]) -> str:
    return "; ".join(part(fault) for fault in faults)
