"""Problems: every refusal as RFC 9457 says it, with a stable code and a title in the caller's language."""

from typing import Any
from urllib.parse import quote

import orjson
from fastapi import Request, Response
from pydantic import BaseModel, ConfigDict

from andon.kernel.errors import TITLES, Refused, codes
from andon.kernel.http import ENCODED_SLASH

PROBLEM_TYPE = "application/problem+json"
LANGUAGES = ("en", "zh-CN")
_PLAIN = "/:@!$&'()*+,;=~"
"""What stands in a path as it is, beside letters, digits, `-`, `.` and `_`."""
_RESERVED = frozenset(
    ("type", "title", "status", "detail", "instance", "code", "clause", "errors", "request_id")
)

CODES = codes(
    {
        "bug": ("Something went wrong here", "系统内部错误"),
        "unavailable": ("Away for a moment: try again", "服务暂时不可用，请稍后重试"),
        "not_found": ("Not found", "未找到"),
        "method.not_allowed": ("No such method here", "不支持此方法"),
    }
)


class FieldError(BaseModel):
    """One thing wrong with a request: where (a JSON pointer into that part of it), which code, in words."""

    part: str
    pointer: str
    code: str
    detail: str


class Problem(BaseModel):
    """Why a request was refused. Facts of the case stand beside these members."""

    model_config = ConfigDict(extra="allow")

    type: str
    title: str
    status: int
    code: str
    detail: str | None = None
    instance: str | None = None
    clause: str | None = None
    errors: list[FieldError] | None = None
    request_id: str | None = None


def problems(*refusals: type[Refused]) -> dict[int | str, dict[str, Any]]:
    """What a route's documentation says of its refusals: `responses=problems(NotFound, Conflict)`."""
    found: dict[int | str, dict[str, Any]] = {}
    for refusal in refusals:
        known = found.setdefault(refusal.status, {"model": Problem, "description": ""})
        title = refusal.titles["en"]
        known["description"] = f"{known['description']}; {title}" if known["description"] else title
    return found


def language_of(accept_language: str | None) -> str:
    """`zh-CN` or `en`, whichever the caller prefers; English where neither is asked for."""
    best, best_quality = "en", 0.0
    for part in (accept_language or "").split(","):
        tag, _, rest = part.strip().partition(";")
        quality = 1.0
        if rest.strip().startswith("q="):
            try:
                quality = float(rest.strip()[2:])
            except ValueError:
                continue
        name = tag.strip().lower()
        language = "zh-CN" if name.split("-")[0] == "zh" else "en" if name.split("-")[0] == "en" else None
        if language is not None and quality > best_quality:
            best, best_quality = language, quality
    return best


def title_of(code: str, language: str) -> str:
    """The title of a declared code; the code itself for one that has none."""
    return TITLES.get(code, {}).get(language, code)


def problem(
    request: Request,
    *,
    status: int,
    code: str,
    title: str | None = None,
    detail: str | None = None,
    headers: dict[str, str] | None = None,
    **members: Any,
) -> Response:
    """The problem document as a response; members that are None are left out."""
    language = language_of(request.headers.get("accept-language"))
    path: str = request.scope["path"]
    body = {
        "type": f"urn:andon:problem:{code}",
        "title": title or title_of(code, language),
        "status": status,
        "code": code,
        "detail": detail or None,
        "instance": "%2F".join(quote(part, safe=_PLAIN) for part in path.split(ENCODED_SLASH)),
        **members,
        "request_id": getattr(request.state, "request_id", None),
    }
    return Response(
        orjson.dumps({name: value for name, value in body.items() if value is not None}, default=str),
        status,
        {"Content-Language": language, "Vary": "Accept-Language", **(headers or {})},
        PROBLEM_TYPE,
    )


def refusal(request: Request, refused: Refused, headers: dict[str, str] | None = None) -> Response:
    """The problem that a refusal is, its facts as members of their own."""
    language = language_of(request.headers.get("accept-language"))
    facts = {name: value for name, value in refused.facts.items() if name not in _RESERVED}
    return problem(
        request,
        status=refused.status,
        code=refused.code,
        title=refused.title(language),
        detail=refused.detail,
        headers=headers,
        clause=refused.clause,
        errors=refused.facts.get("errors"),
        **facts,
    )
