"""Cursor pages: a list in pieces, each saying where the next one begins."""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Generic, TypeVar

import orjson
from fastapi import Depends, Query, Request

from andon.kernel.errors import Refused, codes
from andon.kernel.http.models import Out

CODES = codes({"page.cursor": ("Not a cursor of this list", "分页游标无效")})

LARGEST_PAGE = 200
USUAL_PAGE = 50
_SEAL_BYTES = 9

T = TypeVar("T")
R = TypeVar("R")


class BadCursor(Refused):
    """The cursor was not given by this list of this Andon."""

    status = 400
    code = "page.cursor"


class Page(Out, Generic[T]):
    """A piece of a list; `next_cursor` is null at its end."""

    items: list[T]
    next_cursor: str | None = None


@dataclass(frozen=True)
class PageAsked:
    """What the caller asked for: at most `limit` items after the one whose key is `after` (None: from the start).

    Values in `after` are as JSON has them: an instant is its text.
    """

    limit: int
    after: list[Any] | None
    place: str
    secret: bytes

    @property
    def fetch(self) -> int:
        """How many rows to read: one more than the page holds, which tells whether there is a next."""
        return self.limit + 1

    def cursor(self, key: Sequence[Any]) -> str:
        """The opaque text from which the list goes on after `key`."""
        body = orjson.dumps(list(key))
        return base64.urlsafe_b64encode(self._seal(body) + body).decode().rstrip("=")

    def opened(self, cursor: str) -> list[Any]:
        """The key in a cursor. Raises BadCursor for one that this list did not give."""
        try:
            raw = base64.urlsafe_b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4))
        except (ValueError, binascii.Error):
            raise BadCursor from None
        seal, body = raw[:_SEAL_BYTES], raw[_SEAL_BYTES:]
        if not hmac.compare_digest(seal, self._seal(body)):
            raise BadCursor
        key: list[Any] = orjson.loads(body)
        return key

    def _seal(self, body: bytes) -> bytes:
        return hmac.new(self.secret, self.place.encode() + b"\0" + body, hashlib.sha256).digest()[
            :_SEAL_BYTES
        ]


async def _asked(
    request: Request,
    limit: Annotated[int, Query(ge=1, le=LARGEST_PAGE, description="At most so many items")] = USUAL_PAGE,
    cursor: Annotated[str | None, Query(description="`next_cursor` of the page before")] = None,
) -> PageAsked:
    start = PageAsked(limit, None, request.url.path, request.app.state.cursor_secret)
    return start if cursor is None else PageAsked(limit, start.opened(cursor), start.place, start.secret)


PageQuery = Annotated[PageAsked, Depends(_asked)]
"""The `limit` and `cursor` of a list's request."""


def page_of(
    rows: Sequence[R],
    query: PageAsked,
    key: Callable[[R], Sequence[Any]],
    shape: Callable[[R], T] | None = None,
) -> Page[T]:
    """The page of `rows`, of which `query.fetch` were asked for; `key` is what the list is ordered by."""
    kept = rows[: query.limit]
    more = len(rows) > query.limit
    return Page[Any].model_construct(
        items=[shape(row) for row in kept] if shape else list(kept),
        next_cursor=query.cursor(key(kept[-1])) if more else None,
    )
