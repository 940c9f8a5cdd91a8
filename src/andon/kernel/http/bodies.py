"""Bodies: read as JSON once, in strict JSON mode, and refused with a pointer to what is wrong."""

import json
import math
import re
from typing import Any

from pydantic import TypeAdapter, ValidationError

from andon.kernel.errors import Invalid, Refused, codes

LARGEST_BIGINT = 2**63 - 1
BEYOND_BIGINT = 2**64
_MOST_DIGITS = 40

CODES = codes(
    {
        "field.missing": ("A field is missing", "缺少字段"),
        "field.unknown": ("No such field", "未知字段"),
        "field.type": ("A value of another type is needed", "字段类型错误"),
        "field.length": ("Too long or too short", "长度超出范围"),
        "field.range": ("Too large or too small", "数值超出范围"),
        "field.pattern": ("Not in the form it needs", "格式错误"),
        "field.choice": ("Not one of the choices", "取值不在允许范围内"),
        "field.invalid": ("Not a value it may have", "字段无效"),
    }
)

_FIELD_CODES = (
    (re.compile(r"missing.*"), "field.missing"),
    (re.compile(r"extra_forbidden|unexpected_.*"), "field.unknown"),
    (re.compile(r".*(_type|_parsing|_from_float|_attributes_type)$"), "field.type"),
    (re.compile(r".*(too_long|too_short)$"), "field.length"),
    (re.compile(r"greater_than.*|less_than.*|multiple_of|finite_number|int_parsing_size"), "field.range"),
    (re.compile(r"string_pattern_mismatch"), "field.pattern"),
    (re.compile(r"literal_error|enum|union_tag.*"), "field.choice"),
)
_CHARSET = re.compile(r'charset="?([^\s;"]+)')
_DIGITS = bytes.maketrans(b"0123456789E", b"0000000000e")
_LARGE = (b"0" * 19, b"0e000", b"0e+000")
"""How numbers look that may be beyond what is kept, when every digit is a zero: found in a quarter of a pattern's time."""
MOST_ERRORS = 100
LONGEST_STEP = 100
"""How many errors an answer tells of, and how much of a name in each: what is sent comes back many times over else."""


class Malformed(Refused):
    """The body is not JSON."""

    status = 400
    code = "request.malformed"
    titles = {"en": "Not JSON", "zh-CN": "请求体不是有效的 JSON"}


class NotUtf8(Refused):
    """The body is not UTF-8."""

    status = 400
    code = "request.not_utf8"
    titles = {"en": "Not UTF-8", "zh-CN": "请求体不是 UTF-8 编码"}


class NotJson(Refused):
    """The body is of a type that is not taken here."""

    status = 415
    code = "request.not_json"
    titles = {"en": "A body of type application/json is needed", "zh-CN": "请求体类型须为 application/json"}


def check_type(content_type: str | None, content_encoding: str | None, *, is_sheet: bool = False) -> None:
    """Refuse a body that does not say that it is plain JSON, or a sheet where one is taken.

    Raises NotJson, or NotUtf8 for a sheet in another character set.
    """
    media, _, rest = (content_type or "").lower().partition(";")
    media = media.strip()
    is_json = media == "application/json" or (media.startswith("application/") and media.endswith("+json"))
    if is_sheet:
        named = _CHARSET.search(rest)
        if named and named[1] not in ("utf-8", "utf8", "us-ascii"):
            raise NotUtf8(detail=f"it says that it is {named[1]}")
    elif not is_json:
        raise NotJson(detail=f"this is {media or 'of no type'}")
    if content_encoding not in (None, "", "identity"):
        raise NotJson(detail=f"it is encoded as {content_encoding}")


def read_body(adapter: TypeAdapter[Any], body: bytes) -> Any:
    """The body as the shape that `adapter` knows.

    Raises NotUtf8, Malformed, or Invalid `request.invalid` with every error and its JSON pointer.
    """
    try:
        body.decode()
    except UnicodeDecodeError as why:
        raise NotUtf8(detail=f"byte {why.start} is no part of a UTF-8 text") from None
    if b"\\u0000" in body or _has_large_number(body):
        _refuse_unstorable(body)
    try:
        return adapter.validate_json(body)
    except ValidationError as why:
        errors = why.errors(include_url=False, include_input=False, include_context=False)
        if errors[0]["type"] == "json_invalid":
            raise Malformed(detail=errors[0]["msg"]) from None
        raise Invalid(detail=_summary(len(errors)), errors=field_errors(errors, "body")) from None


def field_errors(errors: Any, part: str | None = None) -> list[dict[str, str]]:
    """Pydantic's errors as ours: the part of the request, the pointer into it, the code, the words.

    Without `part` the first step of each place names it, as FastAPI's errors have it. Only the first hundred are told.
    """
    found = []
    for error in errors[:MOST_ERRORS]:
        place = list(error["loc"])
        inside = part or str(place.pop(0) if place else "body")
        found.append(_error(inside, place, field_code(error["type"]), error["msg"]))
    return found


def field_code(kind: str) -> str:
    """The code of an error of Pydantic's kind; a validator's own code stays as it is."""
    if "." in kind:
        return kind
    return next((code for pattern, code in _FIELD_CODES if pattern.fullmatch(kind)), "field.invalid")


def _error(part: str, place: list[Any], code: str, detail: str) -> dict[str, str]:
    steps = [str(step)[:LONGEST_STEP].replace("~", "~0").replace("/", "~1") for step in place]
    return {"part": part, "pointer": "".join(f"/{step}" for step in steps), "code": code, "detail": detail}


def _summary(count: int) -> str:
    return f"{count} error{'s' if count > 1 else ''}"


def _has_large_number(body: bytes) -> bool:
    shape = body.translate(_DIGITS)
    return any(large in shape for large in _LARGE)


def _whole(digits: str) -> int:
    # Python itself refuses to read thousands of digits; that it is too large is all we need to know.
    return int(digits) if len(digits) <= _MOST_DIGITS else BEYOND_BIGINT


def _refuse_unstorable(body: bytes) -> None:
    """Refuse what JSON allows and the database cannot keep: NUL in a text, a whole number beyond a bigint, one beyond a double."""
    try:
        value = json.loads(body, parse_int=_whole)
    except (ValueError, RecursionError):
        return  # the validation that follows says what is wrong with it
    found: list[dict[str, str]] = []
    waiting: list[tuple[list[Any], Any]] = [([], value)]
    while waiting:
        place, here = waiting.pop()
        if isinstance(here, dict):
            waiting += [([*place, name], inner) for name, inner in here.items()]
            if any("\0" in name for name in here):
                found.append(_error("body", place, "text.nul", "a name holds the character NUL"))
        elif isinstance(here, list):
            waiting += [([*place, index], inner) for index, inner in enumerate(here)]
        elif isinstance(here, str) and "\0" in here:
            found.append(_error("body", place, "text.nul", "the text holds the character NUL"))
        elif isinstance(here, int) and not -LARGEST_BIGINT <= here <= LARGEST_BIGINT:
            found.append(_error("body", place, "integer.out_of_range", "beyond what 64 bits hold"))
        elif isinstance(here, float) and not math.isfinite(here):
            found.append(_error("body", place, "field.range", "beyond what a double holds"))
    if found:
        raise Invalid(detail=_summary(len(found)), errors=found[:MOST_ERRORS])
