"""An Andon elsewhere, asked over its public API: for the commands that move files in and out of it."""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import orjson
import urllib3

from andon.kernel.errors import Invalid, Refused, Unavailable, codes
from andon.kernel.http.sheets import Form

CODES = codes(
    {
        "remote.unknown": ("That Andon does not know this", "该Andon没有此项"),
        "remote.parameter": ("The address needs more than was said", "缺少地址参数"),
        "remote.file": ("Not a file that can be read or written here", "文件无法读写"),
    }
)

TRIES = 5
LONGEST_WAIT_SECONDS = 60
_BUSY = (429, 503)


@dataclass
class Remote:
    """The API at `url`, for the holder of a key."""

    url: str
    key: str
    language: str = "en"
    pool: Any = field(default_factory=lambda: urllib3.PoolManager(retries=False, timeout=120))

    def call(self, method: str, path: str, body: bytes | None = None, **headers: str) -> Any:
        """The answer to one call; while the other side is busy or away it is asked again.

        Raises Refused with the code that a problem has, Unavailable where nobody answers.
        """
        sent = {"Authorization": f"Bearer {self.key}", "Accept-Language": self.language} | {
            name.replace("_", "-"): value for name, value in headers.items()
        }
        why = ""
        for attempt in range(TRIES):
            try:
                answer = self.pool.request(method, self.url.rstrip("/") + path, body=body, headers=sent)
            except urllib3.exceptions.HTTPError as error:
                why, wait = str(error), 2.0**attempt
            else:
                if answer.status < 400:
                    return answer
                if answer.status not in _BUSY:
                    raise _said(answer)
                why, wait = (
                    f"it answers {answer.status}",
                    float(answer.headers.get("Retry-After", 2**attempt)),
                )
            if attempt < TRIES - 1:
                time.sleep(min(wait, LONGEST_WAIT_SECONDS))
        raise Unavailable(f"{self.url}: {why}")

    def json(self, path: str) -> Any:
        """What is there, as JSON."""
        return orjson.loads(self.call("GET", path).data)

    def pages(self, path: str, form: Form) -> Iterator[bytes]:
        """The pages of a list, as sheets."""
        following: str | None = path
        while following:
            answer = self.call("GET", following, Accept=form.value)
            yield answer.data
            link = answer.headers.get("Link", "")
            following = link[1 : link.index(">")] if link else None


@dataclass
class RemoteShop:
    """One shop there, for the holder of a key; paths go on from the shop's own."""

    remote: Remote
    shop_id: int

    def get(self, path: str) -> dict[str, Any]:
        """What is there."""
        found: dict[str, Any] = self.remote.json(f"{self.here}/{path}")
        return found

    def post(self, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        """What a command answers; asked again it is done once."""
        headers = {"Idempotency_Key": uuid4().hex}
        if body is not None:
            headers["Content_Type"] = "application/json"
        answer = self.remote.call(
            "POST", f"{self.here}/{path}", None if body is None else orjson.dumps(body), **headers
        )
        found: dict[str, Any] = orjson.loads(answer.data)
        return found

    def shop(self) -> dict[str, Any]:
        """The shop itself: its name and zone."""
        found: dict[str, Any] = self.remote.json(self.here)
        return found

    def now(self) -> datetime:
        """What time it is there, for the business."""
        return datetime.fromisoformat(self.remote.json("/v1/clock")["now"])

    @property
    def here(self) -> str:
        """The path of the shop."""
        return f"/v1/shops/{self.shop_id}"


def filled(path: str, **named: Any) -> str:
    """A path with its names filled in. Raises Invalid `remote.parameter` for one that was not said."""
    for name, value in named.items():
        if value is not None:
            path = path.replace(f"{{{name}}}", quote(str(value), safe=""))
    if "{" in path:
        missing = path[path.index("{") + 1 : path.index("}")]
        raise Invalid("remote.parameter", f"say --{missing.removesuffix('_id')}")
    return path


def form_of_file(name: str) -> Form:
    """The form that a file's name says. Raises Invalid `remote.file`."""
    found = next((form for form in Form if name.lower().endswith(form.ending)), None)
    if found is None:
        raise Invalid("remote.file", f"{name}: .csv or .xlsx")
    return found


def _said(answer: Any) -> Refused:
    try:
        problem = orjson.loads(answer.data)
        return Refused(problem["code"], " - ".join(filter(None, [problem["title"], problem.get("detail")])))
    except (orjson.JSONDecodeError, KeyError, TypeError):
        return Refused("remote.unknown", f"it answers {answer.status}")
