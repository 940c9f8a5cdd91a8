"""The OpenAPI document: made from the application, compact, and the same bytes wherever it is made."""

import inspect
import re
from collections import Counter
from functools import cache
from typing import Any

import orjson
from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel

from andon.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from andon.kernel.http.bulk import SheetResultsOut
from andon.kernel.http.pages import Page
from andon.kernel.http.problems import PROBLEM_TYPE
from andon.kernel.http.routes import Route
from andon.kernel.http.sheets import Form
from andon.platform.accounts.credentials import COOKIE, LOOPBACK_COOKIE
from andon.platform.accounts.edge import EdgeRoute
from andon.platform.accounts.rules import Allowance
from andon.platform.people.permissions import PERSON, ROLES

INFO = {
    "summary": "Just-in-time fulfilment for marketplaces and their sellers - with a way out.",
    "description": "Every refusal is a problem document with a stable `code`; docs/errors.md lists them.",
    "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
}
SERVERS = [{"url": "/", "description": "The Andon that this document was asked of."}]
SECURITY = {
    "key": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "andon_live_…",
        "description": "A key of one party. `x-parties` says whose a call takes, `x-scope` what it must hold.",
    },
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": COOKIE,
        "description": "A person who signed in; `x-scope` is what their role must hold. Commands carry X-CSRF-Token as "
        "well, as GET /v1/me answers it. Whoever is of several suppliers says for which: `Andon-Party: supplier:3`. "
        f"Over http, on the machine itself alone, the cookie is {LOOPBACK_COOKIE}.",
    },
}
EITHER: list[dict[str, list[str]]] = [{"key": []}, {"session": []}]
"""What most calls take is said once, for the whole document."""
SHEETS: dict[str, Any] = {Form.CSV.value: {}, Form.XLSX.value: {}}
SHEET_RESULTS_REF = {"$ref": "#/components/schemas/SheetResultsOut"}
PROBLEM_REF = {"$ref": "#/components/schemas/Problem"}
IDEMPOTENCY_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "Kept for 24 hours: the same command under the same key is answered as the first time. "
    "A token, or the same in quotes.",
    "schema": {"type": "string", "pattern": '^([!-~]{1,255}|"[!-~]{1,255}")$'},
}
REFUSALS = {
    "default": (
        "Otherwise",
        (
            "Any call may be refused so: no key and no session was shown, or none that holds (401), the key or the role may not make "
            "it (403), it is malformed (400), its body larger than any call takes (413) or not said to be plain JSON (415), more calls came than RateLimit-Policy allows in a second (429, with Retry-After), Andon is away for a "
            "moment (503, with Retry-After), or something went wrong here (500)"
        ),
    ),
    "404": ("NotFound", "It is not there, or it is not the caller's to see"),
    "409": (
        "Conflict",
        "Not in a state for it, or the same command is still under way under its Idempotency-Key",
    ),
    "422": ("Invalid", "What was sent cannot be; `errors` point to each thing that is wrong"),
}
"""What calls of a kind may be refused with; a route that says more of a status says it in its own words."""
SHARED_FROM = 3
"""A parameter that as many calls take is said once, under `components`."""

NULL = {"type": "null"}
_UNSAID = "Successful Response"
"""The framework's own words for an answer."""
_PLAIN_TITLES = tuple(refused.titles["en"] for refused in (Conflict, Forbidden, Invalid, NotFound))
"""What a route says that names a kind of refusal alone: the general words say more."""


@cache
def document_of(app: FastAPI) -> bytes:
    """The document of the application's calls, as it is published at /v1/openapi.json."""
    document = get_openapi(title=app.title, version=app.version, openapi_version="3.1.0", routes=app.routes)
    document["components"]["schemas"] |= _schemas_of(SheetResultsOut)
    document["info"] |= INFO
    document["servers"] = SERVERS
    document["tags"] = _tags(app)
    document["components"]["securitySchemes"] = SECURITY
    document["security"] = EITHER
    document["components"]["responses"] = {
        name: {"description": description, "content": {PROBLEM_TYPE: {"schema": PROBLEM_REF}}}
        for name, description in REFUSALS.values()
    }
    for route in app.routes:
        if isinstance(route, Route):
            for method in route.methods or ():
                _complete(document["paths"][route.path_format][method.lower()], route, method)
    _problems_are_problems(document)
    _say_once(document["paths"])
    _say_once(document["components"])
    document["components"]["parameters"] = _shared_parameters(_operations(document))
    return _named_by_rooms(orjson.dumps(document, option=orjson.OPT_SORT_KEYS))


def _named_by_rooms(document: bytes) -> bytes:
    """The document with each of several shapes of one name called by its room as well: `AppealsDecisionIn`."""
    return re.sub(
        rb"andon__[a-z]+__([a-z])([a-z_]*?)__[a-z_]*?([A-Z]\w*)",
        lambda found: found[1].upper() + found[2].replace(b"_", b"") + found[3],
        document,
    )


def _schemas_of(model: type[BaseModel]) -> dict[str, Any]:
    """A model that is no route's own, with those inside it."""
    schema = model.model_json_schema(ref_template="#/components/schemas/{model}", mode="serialization")
    return {**schema.pop("$defs", {}), model.__name__: schema}


def _tags(app: FastAPI) -> list[dict[str, str]]:
    """What each group of calls is about, as the rooms' api.py say it in their first lines."""
    said: dict[str, dict[str, None]] = {}
    for route in app.routes:
        if isinstance(route, Route):
            module = inspect.getmodule(route.endpoint)
            assert module is not None, f"{route.path}: its handler lies in no module"
            first_line = (module.__doc__ or "").partition("\n")[0]
            for tag in route.tags:
                said.setdefault(str(tag), {})[first_line] = None
    return [{"name": tag, "description": " ".join(said[tag])} for tag in sorted(said)]


def _complete(operation: dict[str, Any], route: Route, method: str) -> None:
    """Say who may call, and what every call of its kind takes and answers."""
    operation["operationId"] = "_".join([method.lower(), *re.findall(r"\w+", route.path_format)[1:]])
    responses = operation["responses"]
    if isinstance(route.response_model, type) and issubclass(route.response_model, Page):
        responses["200"]["content"] |= SHEETS
    if route.sheet is not None:
        operation["requestBody"]["content"] |= SHEETS
        answer = responses["200"]["content"]
        answer["application/json"]["schema"] = {
            "anyOf": [answer["application/json"]["schema"], SHEET_RESULTS_REF]
        }
        answer |= SHEETS
        operation["x-template"] = f"/v1/templates/{route.sheet.name}.xlsx"
    if 422 not in route.responses:
        responses.pop("422", None)  # the framework's own words
    for status in _refusals_of(route, method):
        if responses.get(status, {}).get("description") in (None, *_PLAIN_TITLES):
            responses[status] = {"$ref": f"#/components/responses/{REFUSALS[status][0]}"}
    allowance = route.allowance if isinstance(route, EdgeRoute) else None
    shown: list[dict[str, list[str]]] = [{name: []} for name in _shown_to(allowance)]
    if shown != EITHER:
        operation["security"] = shown
    if allowance is None:
        return
    operation["x-parties"] = list(allowance.parties)
    operation["x-scope"] = allowance.scope
    if method == "POST":
        operation.setdefault("parameters", []).append(IDEMPOTENCY_KEY)


def _say_once(part: Any) -> None:
    """Leave out what is said beside it: titles made from names, a parameter's words in its own schema."""
    if isinstance(part, list):
        for each in part:
            _say_once(each)
    if not isinstance(part, dict):
        return
    if isinstance(part.get("title"), str):
        del part["title"]
    if isinstance(part.get("anyOf"), list) and part["anyOf"][1:] == [NULL]:
        _say_null_within(part)
    schema = part.get("schema")
    if isinstance(schema, dict) and schema.get("description") == part.get("description"):
        schema.pop("description", None)
    for each in part.values():
        _say_once(each)


def _say_null_within(part: dict[str, Any]) -> None:
    """One of a plain type, or null, as a type of two names; a choice of values or of shapes stays as it is."""
    first = part["anyOf"][0]
    if isinstance(first.get("type"), str) and not {"enum", "const"} & first.keys():
        del part["anyOf"]
        part |= first | {"type": [first["type"], "null"]}


def _operations(document: dict[str, Any]) -> list[dict[str, Any]]:
    return [operation for path in document["paths"].values() for operation in path.values()]


def _shared_parameters(operations: list[dict[str, Any]]) -> dict[str, Any]:
    """The parameters that many calls take, by name; the calls are left with a reference to them.

    Of several that bear one name, the one that most calls take.
    """
    taken = Counter(
        orjson.dumps(parameter, option=orjson.OPT_SORT_KEYS)
        for operation in operations
        for parameter in operation.get("parameters", ())
    )
    shared: dict[str, Any] = {}
    for said, times in sorted(taken.items(), key=lambda item: (-item[1], item[0])):
        parameter = orjson.loads(said)
        if times >= SHARED_FROM:
            shared.setdefault(parameter["name"], parameter)
    for operation in operations:
        for place, parameter in enumerate(operation.get("parameters", ())):
            if parameter == shared.get(parameter["name"]):
                operation["parameters"][place] = {"$ref": f"#/components/parameters/{parameter['name']}"}
    return shared


def _shown_to(allowance: Allowance | None) -> list[str]:
    """What a caller may show to a call: a key, a session, or either."""
    if allowance is None:
        return []
    if PERSON in allowance.parties:
        return ["session"]
    return ["key", "session"] if set(ROLES) & set(allowance.parties) else ["key"]


def _refusals_of(route: Route, method: str) -> list[str]:
    """The statuses that any call of this kind may be refused with."""
    statuses = ["422", "default"]
    if "{" in route.path_format:
        statuses.append("404")
    if isinstance(route, EdgeRoute) and route.allowance and method == "POST":
        statuses.append("409")
    return statuses


def _problems_are_problems(document: dict[str, Any]) -> None:
    """Refusals are of the problem type; FastAPI's own error shapes are not used here."""
    schemas = document["components"]["schemas"]
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    for operation in _operations(document):
        for response in operation["responses"].values():
            content = response.get("content", {})
            if response.get("description") == _UNSAID:
                response["description"] = "As asked"
            if content.get("application/json", {}).get("schema") == PROBLEM_REF:
                content[PROBLEM_TYPE] = content.pop("application/json")
