"""Parameters in the path and the query: known, storable, each given once."""

import re
from collections.abc import Collection, Mapping
from typing import Any, get_args

from starlette.datastructures import QueryParams

from andon.kernel.errors import Invalid
from andon.kernel.http.bodies import LARGEST_BIGINT

_WHOLE = re.compile(r"[+-]?[0-9]{19,}")


class UnknownParameter(Invalid):
    """The query has a parameter that is not one of this call's."""

    code = "request.unknown_parameter"
    titles = {"en": "No such query parameter", "zh-CN": "未知的查询参数"}


class RepeatedParameter(Invalid):
    """The query gives a parameter twice where one value is taken."""

    code = "request.repeated_parameter"
    titles = {"en": "A query parameter is given twice", "zh-CN": "查询参数重复"}


def check_query(query: QueryParams, known: Collection[str], lists: Collection[str]) -> None:
    """Refuse parameters that are not known, or that come twice although they are no list."""
    names = [name for name, _ in query.multi_items()]
    if strange := sorted(set(names) - set(known)):
        raise UnknownParameter(detail=", ".join(strange), parameters=strange)
    if twice := sorted({name for name in names if names.count(name) > 1} - set(lists)):
        raise RepeatedParameter(detail=", ".join(twice), parameters=twice)


def check_storable(part: str, values: Mapping[str, Any], whole: Collection[str]) -> None:
    """Refuse texts that hold NUL, and, of the names in `whole`, numbers beyond a bigint."""
    found = []
    for name, value in values.items():
        if isinstance(value, str) and "\0" in value:
            found.append((name, "text.nul", "the text holds the character NUL"))
        elif name in whole and _WHOLE.fullmatch(str(value)) and abs(int(value)) > LARGEST_BIGINT:
            found.append((name, "integer.out_of_range", "beyond what 64 bits hold"))
    if found:
        errors = [
            {"part": part, "pointer": f"/{name}", "code": code, "detail": detail}
            for name, code, detail in found
        ]
        raise Invalid(detail=f"{len(errors)} error{'s' if len(errors) > 1 else ''}", errors=errors)


def takes_whole_number(annotation: Any) -> bool:
    """Whether a parameter so annotated is a whole number (`int`, `int | None`, annotated or not)."""
    if annotation is int:
        return True
    return any(takes_whole_number(inner) for inner in get_args(annotation))
