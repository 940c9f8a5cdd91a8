"""The columns of a shape: the fields of an inner object stand side by side, each named by its path."""

import types
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import Enum
from functools import cache, cached_property
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel, TypeAdapter
from pydantic.fields import FieldInfo

from andon.kernel.http.models import MoneyIn, MoneyOut

AMOUNT = {"format": "decimal"}
"""What the schema of a text says that is an amount without its currency beside it."""
Kind = Literal["text", "whole", "truth", "instant", "day", "amount", "json"]


@dataclass(frozen=True, slots=True)
class Column:
    """One column: where its cells stand in an item, and what they may hold.

    `only` are the actions that take it, of an item that is one of several; empty where all do.
    """

    path: tuple[str, ...]
    kind: Kind
    required: bool = False
    choices: tuple[str, ...] = ()
    description: str = ""
    limits: str = ""
    only: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """What stands in the header."""
        return ".".join(self.path)


@dataclass(frozen=True, eq=False)
class Sheet:
    """That a call's list is taken as a sheet as well: beside the body's type, in its annotation.

    `of` is the shape of an item, `within` the body's field that holds the list, if the body is not the list itself. Of an
    item that has a row for each of an inner list, `rows` names that list and `key` what the rows of one item share.
    `passes` are columns that the list of the same things has and this call takes no notice of; `assumes` is what a row
    means that leaves that column empty.
    """

    name: str
    of: Any
    within: str = ""
    rows: str = ""
    key: tuple[str, ...] = ()
    passes: tuple[str, ...] = ()
    assumes: tuple[tuple[str, str], ...] = ()
    most: int = 1000

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        """The columns of a row."""
        return tuple(
            replace(column, required=False) if column.name in dict(self.assumes) else column
            for column in columns_of(self.of, self.rows)
        )

    @property
    def adapter(self) -> TypeAdapter[Any]:
        """What reads one item."""
        return _adapter(self)

    @property
    def tagged(self) -> bool:
        """Whether an item is one of several, told by its action."""
        return len(models_of(self.of)) > 1


_KNOWN: dict[tuple[int, str], tuple[Any, tuple[Column, ...]]] = {}


def columns_of(shape: Any, rows: str = "") -> tuple[Column, ...]:
    """The columns of a model, or of several that are told apart by a tag.

    A list stands as JSON in its cell, but the one named `rows`, whose models' fields are columns.
    """
    known = _KNOWN.get((id(shape), rows))
    if known is None:
        known = _KNOWN[id(shape), rows] = shape, tuple(_merged(shape, rows))
    return known[1]


def models_of(shape: Any) -> list[type[BaseModel]]:
    """The models that a shape may be."""
    return [each for each in _types(shape) if _is_model(each)]


def type_name(field: FieldInfo, name: str) -> str:
    """What a field is called on the wire."""
    return field.alias or name


@cache
def _adapter(sheet: Sheet) -> TypeAdapter[Any]:
    return TypeAdapter(sheet.of)


def _merged(shape: Any, rows: str) -> Iterator[Column]:
    models = models_of(shape)
    found: dict[tuple[str, ...], list[Column]] = {}
    for model in models:
        own = list(_columns(model, (), rows, required=True))
        tag = next((column.choices[0] for column in own if len(column.choices) == 1), "")
        for column in own:
            found.setdefault(column.path, []).append(replace(column, only=(tag,)))
    for same in found.values():
        everywhere = len(same) == len(models)
        yield replace(
            same[0],
            required=everywhere and all(each.required for each in same),
            choices=tuple(dict.fromkeys(choice for each in same for choice in each.choices)),
            only=() if everywhere else tuple(tag for each in same for tag in each.only),
        )


def _columns(model: type[BaseModel], path: tuple[str, ...], rows: str, *, required: bool) -> Iterator[Column]:
    for name, field in model.model_fields.items():
        here = (*path, type_name(field, name))
        needed = required and field.is_required()
        types_here = list(_types(field.annotation))
        inner = next((each for each in types_here if _is_model(each)), None)
        if inner is None and rows == ".".join(here):
            inner = models_of(get_args(field.annotation)[0])[0]
        if inner is not None:
            yield from _columns(inner, here, rows, required=needed)
            continue
        choices = tuple(choice for each in types_here for choice in _choices(each))
        yield Column(
            here,
            _kind(model, name, types_here),
            needed,
            choices,
            field.description or "",
            _limits(field),
        )


def _kind(model: type[BaseModel], name: str, found: list[Any]) -> Kind:
    is_money = issubclass(model, MoneyIn | MoneyOut) and name == "amount"
    if is_money or model.model_fields[name].json_schema_extra == AMOUNT:
        return "amount"
    kinds: set[Kind] = {_kind_of(each) for each in found if each is not type(None)}
    return kinds.pop() if len(kinds) == 1 else "json"


def _kind_of(found: Any) -> Kind:
    if get_origin(found) is Literal:
        return "text" if all(isinstance(choice, str) for choice in get_args(found)) else "json"
    if not isinstance(found, type):
        return "json"
    if issubclass(found, str):
        return "text"
    for kind, types_ in _PLAIN.items():
        if issubclass(found, types_):
            return kind
    return "json"


_PLAIN: dict[Kind, type] = {"truth": bool, "whole": int, "instant": datetime, "day": date}
"""In this order: a bool is an int, and an instant a date."""


def _choices(found: Any) -> tuple[str, ...]:
    if get_origin(found) is Literal:
        return tuple(str(choice) for choice in get_args(found))
    if isinstance(found, type) and issubclass(found, Enum) and issubclass(found, str):
        return tuple(str(each.value) for each in found)
    return ()


def _limits(field: FieldInfo) -> str:
    """What the shape says of a field's size, in signs that every language reads."""
    signs = {
        "min_length": "length ≥ {}",
        "max_length": "length ≤ {}",
        "ge": "≥ {}",
        "le": "≤ {}",
        "pattern": "{}",
    }
    found = [*field.metadata, *(each for inner in get_args(field.annotation) for each in _inner(inner))]
    said: dict[str, str] = {}
    for rule in found:
        for name, sign in signs.items():
            if (value := getattr(rule, name, None)) is not None:
                said[name] = sign.format(value)
    return ", ".join(said.values())


def _inner(annotation: Any) -> list[Any]:
    """The rules that an annotation inside a union carries."""
    if get_origin(annotation) is not Annotated:
        return []
    return [rule for each in get_args(annotation)[1:] for rule in getattr(each, "metadata", [each])]


def _types(annotation: Any) -> Iterator[Any]:
    """The annotation itself, or what may stand in a union; what a list holds is not looked into."""
    origin = get_origin(annotation)
    if origin is Annotated:
        yield from _types(get_args(annotation)[0])
    elif origin in (Union, types.UnionType):
        for each in get_args(annotation):
            yield from _types(each)
    else:
        yield annotation


def _is_model(annotation: Any) -> bool:
    return (
        isinstance(annotation, type) and get_origin(annotation) is None and issubclass(annotation, BaseModel)
    )
