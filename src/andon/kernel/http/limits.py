"""How much a request may say: the sizes of its head and its body, and a path and query that are texts."""

import re
from urllib.parse import unquote_to_bytes

from starlette.types import Message, Receive, Scope

from andon.kernel.errors import Invalid, Refused
from andon.kernel.http import ENCODED_SLASH
from andon.kernel.http.bodies import NotUtf8

LARGEST_BODY_BYTES = 8 * 1024 * 1024
LARGEST_HEAD_BYTES = 16 * 1024
LONGEST_TARGET = 8 * 1024
MOST_FIELDS = 100
"""How many fields a head has."""
_CONTROLS = re.compile(rb"%(?:[01][0-9A-Fa-f]|7[Ff])")
_FRAMING = frozenset((b"content-length", b"transfer-encoding"))


class TooLarge(Refused):
    """The body is larger than any call takes."""

    status = 413
    code = "request.too_large"
    titles = {"en": "The body is too large", "zh-CN": "请求体过大"}


class HeadTooLarge(Refused):
    """The head has more, or longer, fields than any call needs."""

    status = 431
    code = "request.head_too_large"
    titles = {"en": "The head is too large", "zh-CN": "请求头过大"}


class TargetTooLong(Refused):
    """Path and query are longer than any call needs."""

    status = 414
    code = "request.target_too_long"
    titles = {"en": "The address is too long", "zh-CN": "请求地址过长"}


class FramedTwice(Refused):
    """The head says in two ways where the body ends: a proxy may have believed the other."""

    status = 400
    code = "request.ambiguous"
    titles = {"en": "Two words on where the body ends", "zh-CN": "请求体长度的说明相互矛盾"}


def check_head(scope: Scope) -> None:
    """Refuse a head that is too large, or that can be read in two ways.

    Raises TargetTooLong, HeadTooLarge or FramedTwice.
    """
    target = len(scope.get("raw_path") or b"") + len(scope.get("query_string") or b"")
    if target > LONGEST_TARGET:
        raise TargetTooLong(detail=f"the limit is {LONGEST_TARGET} bytes", limit_bytes=LONGEST_TARGET)
    fields = scope["headers"]
    size = target + sum(len(name) + len(value) for name, value in fields)
    if size > LARGEST_HEAD_BYTES or len(fields) > MOST_FIELDS:
        raise HeadTooLarge(detail=f"the limit is {MOST_FIELDS} fields and {LARGEST_HEAD_BYTES} bytes")
    if len(_FRAMING.intersection(name for name, _ in fields)) > 1:
        raise FramedTwice(detail="send Content-Length or Transfer-Encoding")


def limited(scope: Scope, receive: Receive, limit: int = LARGEST_BODY_BYTES) -> Receive:
    """`receive`, which raises TooLarge as soon as the body is known to be larger than `limit` bytes.

    Of a body that says so itself nothing is read; one that does not is read up to the limit.
    """
    declared = _declared_length(scope)
    seen = 0

    async def receive_within() -> Message:
        nonlocal seen
        if declared is not None and declared > limit:
            raise TooLarge(detail=f"{declared} bytes; the limit is {limit}", limit_bytes=limit)
        message = await receive()
        if message["type"] == "http.request":
            seen += len(message.get("body", b""))
            if seen > limit:
                raise TooLarge(detail=f"the limit is {limit} bytes", limit_bytes=limit)
        return message

    return receive_within


def settle_target(scope: Scope) -> None:
    """See to it that path and query are texts, and that an encoded slash stays inside its part of the path.

    Raises NotUtf8, or Invalid for a control character in the path.
    """
    raw: bytes = scope.get("raw_path") or b""
    if b"%" in raw:
        if _CONTROLS.search(raw):
            raise Invalid(detail="the path holds a control character")
        _refuse_garbled(raw)
        if b"%2f" in raw.lower():
            parts = raw.partition(b"?")[0].split(b"/")
            scope["path"] = "/".join(
                unquote_to_bytes(part).decode().replace("/", ENCODED_SLASH) for part in parts
            )
    query: bytes = scope.get("query_string") or b""
    if b"%" in query:
        _refuse_garbled(query)


def _refuse_garbled(encoded: bytes) -> None:
    try:
        unquote_to_bytes(encoded).decode()
    except UnicodeDecodeError:
        raise NotUtf8(detail="the address is no UTF-8 text") from None


def _declared_length(scope: Scope) -> int | None:
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit():
            return int(value)
    return None
