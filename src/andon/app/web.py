"""The HTTP application: every room's calls under /v1, behind one doorway."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version
from typing import Any

from fastapi import APIRouter, FastAPI, Request, Response
from starlette.exceptions import HTTPException
from starlette.routing import Match

import andon.app.clock_api as clock
import andon.app.templates_api as templates
from andon.app import health_api
from andon.app.console import Console
from andon.app.openapi import document_of
from andon.insights.figures import api as insights
from andon.insights.recorded import api as recorded
from andon.insights.story import api as story
from andon.kernel.admin import connect
from andon.kernel.http import health, titles
from andon.kernel.http.doorway import Doorway
from andon.kernel.http.ears import Ears
from andon.kernel.http.failures import answer_to
from andon.kernel.http.metrics import Metrics
from andon.kernel.http.signposts import Signposts
from andon.kernel.http.threads import in_thread, keep_threads
from andon.kernel.line import Line
from andon.membership.appeals import api as appeals
from andon.membership.departures import api as departures
from andon.membership.enrolment import api as enrolment
from andon.membership.exits import api as exits
from andon.membership.moves import api as moves
from andon.membership.policy_changes import api as policy_changes
from andon.membership.product_exit import api as product_exit
from andon.membership.qualification import api as qualification
from andon.membership.rehearsal import api as rehearsal
from andon.membership.standing import api as standing
from andon.membership.stock_plan import api as stock_plan
from andon.membership.unbinding import api as unbinding
from andon.money.charges import api as charges
from andon.money.disputes import api as disputes
from andon.money.enquiries import api as enquiries
from andon.money.funds import api as funds
from andon.money.payables import api as payables
from andon.money.rates import api as rates
from andon.money.settlement import api as settlement
from andon.money.statements import api as statements
from andon.orders.acts import api as acts
from andon.orders.addresses import api as addresses
from andon.orders.cancelling import api as cancelling
from andon.orders.capacity import api as capacity
from andon.orders.customs import api as customs
from andon.orders.erasure import api as erasure
from andon.orders.handovers import api as handovers
from andon.orders.holds import api as holds
from andon.orders.intake import api as intake
from andon.orders.order import api as order
from andon.orders.papers import api as papers
from andon.orders.push import api as push
from andon.orders.receipts import api as receipts
from andon.orders.remedies import api as remedies
from andon.orders.reporting import api as reporting
from andon.orders.returns import api as returns
from andon.orders.routing import api as routing
from andon.orders.shipping import api as shipping
from andon.orders.stockouts import api as stockouts
from andon.orders.today import api as today
from andon.orders.tracking import api as tracking
from andon.partners.bindings import api as bindings
from andon.partners.calendars import api as calendars
from andon.partners.catalog import api as catalog
from andon.partners.plans import api as plans
from andon.partners.shops import api as shops
from andon.partners.stock import api as stock
from andon.partners.suppliers import api as suppliers
from andon.partners.taxes import api as taxes
from andon.platform.accounts import api as accounts
from andon.platform.accounts.doors import Edge
from andon.platform.audits import api as audits
from andon.platform.documents import api as documents
from andon.platform.notices import api as notices
from andon.platform.outbox import api as outbox
from andon.platform.people import api as people
from andon.platform.policies import api as policies
from andon.platform.record import api as record
from andon.platform.subscriptions import api as subscriptions
from andon.simulator.what_if import api as what_if

ROUTERS: tuple[APIRouter, ...] = (
    health.router,
    titles.router,
    clock.router,
    health_api.router,
    templates.router,
    accounts.router,
    people.router,
    policies.router,
    notices.router,
    outbox.router,
    audits.router,
    record.router,
    recorded.router,
    documents.router,
    subscriptions.router,
    shops.router,
    suppliers.router,
    calendars.router,
    bindings.router,
    catalog.router,
    stock.router,
    plans.router,
    taxes.router,
    intake.router,
    order.router,
    acts.router,
    routing.router,
    capacity.router,
    customs.router,
    push.router,
    receipts.router,
    shipping.router,
    papers.router,
    handovers.router,
    tracking.router,
    cancelling.router,
    addresses.router,
    holds.router,
    erasure.router,
    remedies.router,
    reporting.router,
    returns.router,
    today.router,
    stockouts.router,
    charges.router,
    funds.router,
    standing.router,
    stock_plan.router,
    settlement.router,
    payables.router,
    rates.router,
    enquiries.router,
    statements.router,
    disputes.router,
    enrolment.router,
    qualification.router,
    rehearsal.router,
    exits.router,
    moves.router,
    product_exit.router,
    unbinding.router,
    departures.router,
    appeals.router,
    policy_changes.router,
    story.router,
    what_if.router,
    insights.router,
)


def build_app(edge: Edge, line: Line | None = None, metrics: Metrics | None = None) -> FastAPI:
    """The application over an open database. `line` is the one that runs in this process, if one does."""
    app = bare_app()
    figures = metrics or Metrics()
    app.add_middleware(Doorway, metrics=figures)
    app.state.edge = edge
    app.state.database = edge.database
    app.state.cursor_secret = edge.cursor_secret
    app.state.metrics = figures
    app.state.line = line
    app.state.ears = Ears(lambda: connect(edge.database.logins.app))
    return app


def bare_app() -> FastAPI:
    """The application's calls without a database: what its documentation is made from."""
    app = FastAPI(
        title="Andon",
        version=version("andon"),
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
    )
    app.router = signposts = Signposts(
        redirect_slashes=False, lifespan=_threads_for_connections, dependency_overrides_provider=app
    )
    # The rooms' routes stand in the application's own list: a request is matched once, in order.
    for router in ROUTERS:
        app.router.routes.extend(router.routes)
    app.router.add_api_route("/v1/openapi.json", _document, include_in_schema=False)
    app.router.default = Console(app.router.default)
    signposts.put_up()
    app.add_exception_handler(HTTPException, _unrouted)
    return app


@asynccontextmanager
async def _threads_for_connections(app: FastAPI) -> AsyncIterator[None]:
    """As many threads as the pool has connections: one that runs never waits for a connection."""
    pool: Any = app.state.database.app.pool
    keep_threads(pool.size())
    yield
    app.state.ears.close()


async def _document(request: Request) -> Response:
    # Made once, and that takes seconds: meanwhile others are answered.
    return Response(await in_thread(document_of, request.app), media_type="application/json")


async def _unrouted(request: Request, error: Exception) -> Response:
    """No such path, or no such method on it; then the methods that there are."""
    assert isinstance(error, HTTPException)
    if error.status_code == 405:
        methods: set[str] = set()
        for route in request.app.router.routes:
            if route.matches(request.scope)[0] is not Match.NONE:
                methods |= getattr(route, "methods", None) or set()
        error.headers = {"Allow": ", ".join(sorted(methods))}
    return answer_to(request, error)
