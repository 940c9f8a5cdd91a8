"""Templates over HTTP: an empty sheet for each call that takes one."""

from collections.abc import Mapping

from fastapi import Request, Response

from andon.kernel.errors import NotFound
from andon.kernel.http.models import Out
from andon.kernel.http.problems import problems
from andon.kernel.http.routes import Route
from andon.kernel.http.sheets import Form, Sheet, template_of
from andon.platform.accounts.edge import Router

router = Router(tags=["templates"])


class ColumnOut(Out):
    """A column of a sheet; `only` are the actions that take it, empty where all do."""

    name: str
    kind: str
    required: bool
    choices: list[str]
    only: list[str]


class TemplateOut(Out):
    """A call that takes a sheet; rows that say the same of `key` are one item, which has a row for each of `rows`."""

    name: str
    method: str
    path: str
    most: int
    rows: str
    key: list[str]
    columns: list[ColumnOut]


class TemplatesOut(Out):
    """Every call that takes a sheet."""

    templates: list[TemplateOut]


@router.get("/templates")
def templates(request: Request) -> TemplatesOut:
    """The calls that take CSV and XLSX beside JSON, with their columns."""
    return TemplatesOut(templates=[_told(sheet, route) for sheet, route in _sheets(request).values()])


@router.get("/templates/{name}.csv", response_class=Response, responses=problems(NotFound))
def csv_template(name: str, request: Request) -> Response:
    """The header of that sheet."""
    return _template(request, name, Form.CSV)


@router.get("/templates/{name}.xlsx", response_class=Response, responses=problems(NotFound))
def xlsx_template(name: str, request: Request) -> Response:
    """That sheet as a workbook: typed columns, lists of choices, and a page that explains each column."""
    return _template(request, name, Form.XLSX)


def _template(request: Request, name: str, form: Form) -> Response:
    found = _sheets(request).get(name)
    if found is None:
        raise NotFound(detail="no such template: /v1/templates lists them")
    named = f'attachment; filename="{name}{form.ending}"'
    return Response(
        template_of(found[0], form), media_type=form.value, headers={"Content-Disposition": named}
    )


def _sheets(request: Request) -> Mapping[str, tuple[Sheet, Route]]:
    return {
        route.sheet.name: (route.sheet, route)
        for route in request.app.routes
        if isinstance(route, Route) and route.sheet is not None
    }


def _told(sheet: Sheet, route: Route) -> TemplateOut:
    return TemplateOut(
        name=sheet.name,
        method=min(route.methods or {"POST"}),
        path=route.path_format,
        most=sheet.most,
        rows=sheet.rows,
        key=list(sheet.key),
        columns=[
            ColumnOut(
                name=column.name,
                kind=column.kind,
                required=column.required,
                choices=list(column.choices),
                only=list(column.only),
            )
            for column in sheet.columns
        ],
    )
