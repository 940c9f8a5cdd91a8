"""Routes: one request's way from bytes to a response, in one thread hop.

FastAPI routes the request, reads path and query, and documents the call. The body is read here, in strict JSON mode
and once, and the answer is made in the same thread as the use case: so a transaction that one route holds never
waits for a thread, and is over before the answer leaves.
"""

import inspect
from collections.abc import Callable, Coroutine
from contextlib import AbstractAsyncContextManager, nullcontext
from copy import copy
from typing import Any, get_args, get_type_hints

import orjson
from fastapi import Request, Response
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, get_request_handler
from pydantic import TypeAdapter

from andon.kernel.errors import Invalid
from andon.kernel.http import ENCODED_SLASH
from andon.kernel.http.bodies import check_type, read_body
from andon.kernel.http.bulk import merged, read_body_items, rejected
from andon.kernel.http.failures import answer_to
from andon.kernel.http.pages import Page
from andon.kernel.http.parameters import check_query, check_storable, takes_whole_number
from andon.kernel.http.sheets import Form, Reading, Sheet, form_of, list_of, read_sheet, wanted_form
from andon.kernel.http.threads import in_thread

_REQUEST = "the_request"


class Route(APIRoute):
    """A route that refuses what it does not know, and whose every failure is a problem document."""

    body_name: str | None
    body_default: Any
    body_adapter: TypeAdapter[Any] | None
    sheet: Sheet | None
    known_query: frozenset[str]
    list_query: frozenset[str]
    whole_query: frozenset[str]
    whole_path: frozenset[str]
    is_async: bool

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        self.learn()
        solved = copy(self.dependant)
        solved.body_params = []
        solved.dependencies = [each for each in solved.dependencies if not self.is_mark(each.call)]
        if not self.is_async:
            solved.call = self._in_thread
            solved.request_param_name = _REQUEST
        answer = get_request_handler(
            dependant=solved,
            status_code=self.status_code,
            response_class=self.response_class,
            response_field=self.response_field,
            response_model_exclude_none=self.response_model_exclude_none,
        )

        async def handle(request: Request) -> Response:
            request.scope["andon.route"] = self.path_format
            try:
                await self.admit(request)
                self._check_parameters(request)
                await self._read(request)
                async with self.turn(request):
                    return await answer(request)
            except Exception as error:  # noqa: BLE001 - every failure has its answer
                return answer_to(request, error)

        return handle

    # --- for the wing above -----------------------------------------------------------------------------------

    async def admit(self, request: Request) -> None:
        """Refuse, before anything is read, a request that shows by its headers that it cannot be answered."""

    def turn(self, request: Request) -> AbstractAsyncContextManager[None]:
        """What a request waits for before it is answered, and gives back thereafter."""
        return nullcontext()

    def serve(self, request: Request, values: dict[str, Any]) -> Response:
        """Answer, in a thread; `values` are the handler's arguments but the body."""
        return self.render(request, self.act(request, values | self.body_of(request)), values)

    def is_mark(self, dependency: Any) -> bool:
        """Whether a dependency only says something of the call: the framework need not solve it."""
        return False

    # --- pieces -------------------------------------------------------------------------------------------------

    def body_of(self, request: Request) -> dict[str, Any]:
        """The handler's body argument, validated; empty for a call that takes none.

        Of a sheet, what has its shape. Raises Malformed, NotUtf8 or Invalid.
        """
        body: bytes = request.state.body
        if self.sheet is not None and self.body_name is not None and request.state.form is not None:
            return self._sound(request, self.sheet, body, self.body_name)
        if self.body_adapter is None or self.body_name is None:
            if body.strip() not in (b"", b"{}"):
                raise Invalid(detail="this call takes no body")
            return {}
        if body:
            return {self.body_name: read_body(self.body_adapter, body)}
        if self.body_default is inspect.Parameter.empty:
            missing = {"part": "body", "pointer": "", "code": "field.missing", "detail": "a body is needed"}
            raise Invalid(detail="1 error", errors=[missing])
        return {self.body_name: self.body_default}

    def act(self, request: Request, given: dict[str, Any]) -> Any:
        """What the handler returns; nothing for a sheet of which no row has its shape: there is nothing to do."""
        reading: Reading | None = getattr(request.state, "reading", None)
        return self.endpoint(**given) if reading is None or reading.sound else None

    def render(self, request: Request, result: Any, values: dict[str, Any]) -> Response:
        """What the handler returned, as a response of the declared shape."""
        if isinstance(result, Response):
            return result
        reading: Reading | None = getattr(request.state, "reading", None)
        form = wanted_form(request.headers.get("accept"))
        if self.sheet is not None and (reading is not None or form is not None):
            return self._in_bulk(request, result, reading, form)
        given = values.get(self.dependant.response_param_name or "")
        status = (given.status_code if given else None) or self.status_code or 200
        headers = dict(given.headers) if given else None
        if self.response_field is None:
            assert result is None, f"{self.path}: declare the shape of the answer"
            return Response(status_code=204 if status == 200 else status, headers=headers)
        value, errors = self.response_field.validate(result, {}, loc=("response",))
        places = [(error["loc"], error["type"]) for error in errors]
        assert not places, f"{self.path} answered another shape: {places}"
        if isinstance(value, Page) and form is not None:
            return self._page(request, value, form)
        content = self.response_field.serialize_json(
            value, by_alias=True, exclude_none=self.response_model_exclude_none
        )
        return Response(content, status, headers, "application/json")

    def _in_bulk(self, request: Request, result: Any, reading: Reading | None, form: Form | None) -> Response:
        """The answer to a bulk call that came as a sheet, or that is to be answered by one."""
        assert self.sheet is not None
        assert self.response_field is not None
        told: list[dict[str, Any]] = []
        if result is not None:
            value, _ = self.response_field.validate(result, {}, loc=("response",))
            content = self.response_field.serialize_json(value, by_alias=True, exclude_none=True)
            told = orjson.loads(content)["results"]
        if reading is None:
            reading = read_body_items(self.sheet, request.state.body)
        results = merged(reading, told)
        if form is not None:
            return rejected(request, form, reading, results)
        return Response(orjson.dumps({"results": results}), media_type="application/json")

    def _sound(self, request: Request, sheet: Sheet, body: bytes, name: str) -> dict[str, Any]:
        """The body argument of a call that came as a sheet; what is wrong in it is kept for the answer."""
        reading = request.state.reading = read_sheet(sheet, request.state.form, body)
        values = [reading.items[place].value for place in reading.sound]
        if not values:
            return {}
        assert self.body_adapter is not None
        return {
            name: read_body(
                self.body_adapter, orjson.dumps({sheet.within: values} if sheet.within else values)
            )
        }

    def _page(self, request: Request, page: Page[Any], form: Form) -> Response:
        """A page as a sheet; where the next one begins stands in the Link header."""
        [item] = get_args(type(page).model_fields["items"].annotation)
        items = page.items
        if flat := getattr(item, "as_row", None):
            item, items = get_type_hints(flat)["return"], [flat(each) for each in items]
        rows = [each.model_dump(mode="json") for each in items]
        name = next(part for part in reversed(self.path_format.split("/")) if "{" not in part)
        headers = {"Vary": "Accept", "Content-Disposition": f'attachment; filename="{name}{form.ending}"'}
        response = Response(list_of(form, item, rows), media_type=form.value, headers=headers)
        if page.next_cursor is not None:
            following = request.url.include_query_params(cursor=page.next_cursor)
            response.headers["Link"] = f'<{following.path}?{following.query}>; rel="next"'
        return response

    async def _in_thread(self, **values: Any) -> Response:
        request = values[_REQUEST]
        if self.dependant.request_param_name:
            values[self.dependant.request_param_name] = request
        del values[_REQUEST]
        return await in_thread(self.serve, request, values)

    def _check_parameters(self, request: Request) -> None:
        path = request.path_params
        for name, value in path.items():
            if isinstance(value, str) and ENCODED_SLASH in value:
                path[name] = value.replace(ENCODED_SLASH, "/")
        check_storable("path", path, self.whole_path)
        if request.scope["query_string"]:
            check_query(request.query_params, self.known_query, self.list_query)
            check_storable("query", request.query_params, self.whole_query)

    async def _read(self, request: Request) -> None:
        if request.method in ("GET", "HEAD"):
            request.state.body = b""
            return
        headers = request.headers
        kind, encoding = headers.get("content-type"), headers.get("content-encoding")
        request.state.form = form_of(kind) if self.sheet is not None else None
        if self.body_adapter is not None and (
            headers.get("content-length", "0") != "0" or "transfer-encoding" in headers
        ):
            check_type(kind, encoding, is_sheet=request.state.form is not None)
        request.state.body = await request.body()

    def learn(self) -> None:
        """Look up, once, what the handler's signature says."""
        fields = self.dependant.body_params
        assert len(fields) <= 1, f"{self.path}: one body a call"
        assert not self._embed_body_fields, f"{self.path}: the body is not embedded"
        self.is_async = inspect.iscoroutinefunction(self.endpoint)
        self.body_name = fields[0].name if fields else None
        self.body_adapter = self.body_default = self.sheet = None
        if self.body_name is not None:
            assert not self.is_async, f"{self.path}: a call with a body is a plain def"
            hints = get_type_hints(self.endpoint, include_extras=True)
            self.body_adapter = TypeAdapter(hints[self.body_name])
            said = getattr(hints[self.body_name], "__metadata__", ())
            self.sheet = next((each for each in said if isinstance(each, Sheet)), None)
            self.body_default = inspect.signature(self.endpoint).parameters[self.body_name].default
        query = list(_parameters(self.dependant, "query_params"))
        path = list(_parameters(self.dependant, "path_params"))
        self.known_query = frozenset(field.alias for field in query)
        self.list_query = frozenset(field.alias for field in query if _is_list(field.field_info.annotation))
        self.whole_query = _whole(query)
        self.whole_path = _whole(path)


def _parameters(dependant: Dependant, kind: str) -> list[Any]:
    found = list(getattr(dependant, kind))
    for inner in dependant.dependencies:
        found += _parameters(inner, kind)
    return found


def _whole(fields: list[Any]) -> frozenset[str]:
    return frozenset(field.alias for field in fields if takes_whole_number(field.field_info.annotation))


def _is_list(annotation: Any) -> bool:
    return any(kind in str(annotation) for kind in ("list[", "set[", "tuple[", "Sequence["))
