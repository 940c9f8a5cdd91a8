"""Lists as CSV, for whoever asks for it by `Accept: text/csv`: one row an item, the same columns on every page."""

import csv
import io
from collections.abc import Iterator, Mapping
from typing import Any, get_args

import orjson
from pydantic import BaseModel

CSV_TYPE = "text/csv"


def prefers_csv(accept: str | None) -> bool:
    """Whether the caller asks for CSV, and not for JSON before it."""
    wanted: dict[str, float] = {}
    for part in (accept or "").split(","):
        media, _, rest = part.strip().partition(";")
        quality = rest.strip().removeprefix("q=") if rest.strip().startswith("q=") else "1"
        try:
            wanted[media.strip().lower()] = float(quality)
        except ValueError:
            continue
    return wanted.get(CSV_TYPE, 0) > wanted.get("application/json", 0)


def columns_of(item: type[BaseModel]) -> list[tuple[str, ...]]:
    """The columns of an item, each by its path: an inner object's fields stand side by side."""
    found: list[tuple[str, ...]] = []
    for name, field in item.model_fields.items():
        inner = next((each for each in _types(field.annotation) if _is_model(each)), None)
        if inner is None:
            found.append((name,))
        else:
            found += [(name, *rest) for rest in columns_of(inner)]
    return found


def csv_of(item: type[BaseModel], items: list[Mapping[str, Any]]) -> bytes:
    """Items, as JSON has them, as CSV (RFC 4180): a header, then a row each. Lists stand as JSON in their cell."""
    columns = columns_of(item)
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([".".join(path) for path in columns])
    writer.writerows([[_cell(each, path) for path in columns] for each in items])
    return out.getvalue().encode()


def _cell(item: Any, path: tuple[str, ...]) -> str:
    for name in path:
        if item is None:
            return ""
        item = item[name]
    if item is None:
        return ""
    return item if isinstance(item, str) else orjson.dumps(item).decode()


def _types(annotation: Any) -> Iterator[Any]:
    """The annotation itself, or what may stand in a union; what a list holds is not looked into."""
    arguments = get_args(annotation)
    if not arguments or isinstance(annotation, type):
        yield annotation
    elif type(None) in arguments:
        for each in arguments:
            yield from _types(each)


def _is_model(annotation: Any) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)
