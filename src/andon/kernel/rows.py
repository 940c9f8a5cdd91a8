"""Many rows as parameters of one statement: a JSON text where they are few, one array a column where they are many."""

import re
from collections.abc import Iterable, Sequence
from typing import Any

import orjson


def as_json(rows: Iterable[Any]) -> str:
    """Rows as the one JSON parameter that `json_to_recordset` takes; instants, dates and decimals included."""
    return orjson.dumps(list(rows), default=str).decode()


def as_array(column: Iterable[Any]) -> str:
    """One column of many rows as the text of an array, for `unnest`: where rows are many, half the server's work of JSON.

    Texts, numbers, truths, instants and None. What JSON writes is an array's text in other brackets, but for control
    characters.
    """
    values = column if isinstance(column, list) else list(column)
    text = orjson.dumps(values, default=str).decode()
    if _BEYOND_ARRAYS.search(text):
        text = f"[{','.join(map(_array_item, values))}]"
    return "{" + text[1:-1] + "}"


def as_columns(names: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> dict[str, str]:
    """Rows that are tuples as one array a column, by the columns' names."""
    return {name: as_array(list(column)) for name, column in zip(names, zip(*rows, strict=True), strict=True)}


_BEYOND_ARRAYS = re.compile(r'\\[^"\\]')
"""A backslash before what an array's text would take as it stands, as in `\\n`."""


def _array_item(value: Any) -> str:
    if isinstance(value, str):
        quoted = value.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{quoted}"'
    return orjson.dumps(value, default=str).decode()
