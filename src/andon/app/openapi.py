"""The OpenAPI document: made from the application, compact, and the same bytes wherever it is made."""

from functools import cache
from typing import Any

import orjson
from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from andon.kernel.http.pages import Page
from andon.kernel.http.problems import PROBLEM_TYPE
from andon.kernel.http.sheets import CSV_TYPE
from andon.platform.accounts.edge import EdgeRoute

SECURITY = {"key": {"type": "http", "scheme": "bearer", "bearerFormat": "andon_live_…"}}
PROBLEM_REF = {"$ref": "#/components/schemas/Problem"}
IDEMPOTENCY_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "Kept for 24 hours: the same command under the same key is answered as the first time.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 257},
}


@cache
def document_of(app: FastAPI) -> bytes:
    """The document of the application's calls, as it is published at /v1/openapi.json."""
    document = get_openapi(title=app.title, version=app.version, openapi_version="3.1.0", routes=app.routes)
    document["components"]["securitySchemes"] = SECURITY
    for route in app.routes:
        if isinstance(route, EdgeRoute):
            for method in route.methods or ():
                _complete(document["paths"][route.path_format][method.lower()], route, method)
    _problems_are_problems(document)
    return orjson.dumps(document, option=orjson.OPT_SORT_KEYS)


def _complete(operation: dict[str, Any], route: EdgeRoute, method: str) -> None:
    """Say who may call, and what every call of its kind takes and answers."""
    responses = operation["responses"]
    if isinstance(route.response_model, type) and issubclass(route.response_model, Page):
        responses["200"]["content"][CSV_TYPE] = {"schema": {"type": "string"}}
    responses.pop("422", None) if not operation.get("parameters") and "requestBody" not in operation else None
    if "422" in responses:
        responses["422"] = {
            "description": "Invalid request",
            "content": {PROBLEM_TYPE: {"schema": PROBLEM_REF}},
        }
    responses["default"] = {"description": "A problem", "content": {PROBLEM_TYPE: {"schema": PROBLEM_REF}}}
    if route.allowance is None:
        return
    operation["security"] = [{"key": []}]
    operation["x-parties"] = list(route.allowance.parties)
    operation["x-scope"] = route.allowance.scope
    if method == "POST":
        operation.setdefault("parameters", []).append(IDEMPOTENCY_KEY)


def _problems_are_problems(document: dict[str, Any]) -> None:
    """Refusals are of the problem type; FastAPI's own error shapes are not used here."""
    schemas = document["components"]["schemas"]
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    for path in document["paths"].values():
        for operation in path.values():
            for response in operation["responses"].values():
                content = response.get("content", {})
                if content.get("application/json", {}).get("schema") == PROBLEM_REF:
                    content[PROBLEM_TYPE] = content.pop("application/json")
