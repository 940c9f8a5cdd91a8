"""How much a request may say: its body's size, and a path and query that are texts."""

from urllib.parse import unquote_to_bytes

from starlette.types import Message, Receive, Scope

from andon.kernel.errors import Invalid, Refused
from andon.kernel.http import ENCODED_SLASH
from andon.kernel.http.bodies import NotUtf8

LARGEST_BODY_BYTES = 8 * 1024 * 1024


class TooLarge(Refused):
    """The body is larger than any call takes."""

    status = 413
    code = "request.too_large"
    titles = {"en": "The body is too large", "zh-CN": "请求体过大"}


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

    Raises NotUtf8, or Invalid for a NUL in the path.
    """
    raw: bytes = scope.get("raw_path") or b""
    if b"%" in raw:
        if b"%00" in raw:
            raise Invalid(detail="the path holds the character NUL")
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
