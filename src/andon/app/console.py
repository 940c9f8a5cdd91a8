"""The console: one page for every address that no call has, and the built files that it loads.

`tools/console.py` builds them; each but the page is named for what is in it, so that a browser keeps it for good.
"""

import mimetypes
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from andon.kernel.http.safety import page_policy

BUILT = Path(__file__).with_name("built_console")
PAGE = "index.html"
NONCE = "ANDON_NONCE"
"""What stands in the built page where each answer has a nonce of its own."""
ENCODINGS = {"br": ".br", "gzip": ".gz"}
"""The forms in which a file lies beside itself, the smallest first."""
NOT_BUILT = "<!doctype html><title>Andon</title><p>The console is not built: <code>make setup</code> builds it. 控制台尚未构建。"


@dataclass(frozen=True, slots=True)
class File:
    """A built file, in every encoding that it has; "" is as it is."""

    media_type: str
    bodies: Mapping[str, bytes]


@cache
def built_files(folder: Path) -> Mapping[str, File]:
    """Every file that was built, by its path; none where nothing was."""
    found = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    packed = {f"{name}{ending}" for name in found for ending in ENCODINGS.values()}
    return {
        name: File(
            mimetypes.guess_type(name)[0] or "application/octet-stream",
            {"": path.read_bytes()}
            | {
                encoding: found[name + ending].read_bytes()
                for encoding, ending in ENCODINGS.items()
                if name + ending in found
            },
        )
        for name, path in found.items()
        if name not in packed and not name.startswith(".")
    }


class Console:
    """What answers where no call does: a built file, else the page to whoever asks for one, else `otherwise`."""

    def __init__(self, otherwise: ASGIApp, folder: Path = BUILT) -> None:
        self.otherwise = otherwise
        self.files = built_files(folder)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        answer = self.otherwise
        if scope["type"] == "http" and scope["method"] in {"GET", "HEAD"}:
            answer = self._answer(Request(scope)) or self.otherwise
        if answer is not self.otherwise:
            scope["andon.route"] = "console"
        await answer(scope, receive, send)

    def _answer(self, request: Request) -> Response | None:
        path = request.url.path
        if (file := self.files.get(path[1:])) and path[1:] != PAGE:
            return _file(request, path, file)
        wants_page = path == "/" or "text/html" in request.headers.get("accept", "")
        return self._page() if wants_page and f"{path}/".split("/", 2)[1] != "v1" else None

    def _page(self) -> Response:
        if (page := self.files.get(PAGE)) is None:
            return HTMLResponse(NOT_BUILT, 503)
        nonce = secrets.token_urlsafe(16)
        text = page.bodies[""].decode().replace(NONCE, nonce)
        return HTMLResponse(
            text, headers={"Cache-Control": "no-cache", "Content-Security-Policy": page_policy(nonce)}
        )


def _file(request: Request, path: str, file: File) -> Response:
    asked = {each.partition(";")[0].strip() for each in request.headers.get("accept-encoding", "").split(",")}
    encoding = next((each for each in ENCODINGS if each in asked and each in file.bodies), "")
    tag = f'"{path.rpartition("/")[2]}{ENCODINGS.get(encoding, "")}"'
    headers = {
        "Cache-Control": "public, max-age=31536000, immutable",
        "ETag": tag,
        "Vary": "Accept-Encoding",
    } | ({"Content-Encoding": encoding} if encoding else {})
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=headers)
    return Response(file.bodies[encoding], media_type=file.media_type, headers=headers)
