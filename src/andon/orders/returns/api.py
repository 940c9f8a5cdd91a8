"""Returns over HTTP: up to 1,000 a call, with an answer for each."""

from typing import Annotated, Literal

from pydantic import Field

from andon.kernel.errors import Invalid, NotFound
from andon.kernel.http.bulk import DryRun
from andon.kernel.http.models import Instant, Out, Strict
from andon.kernel.http.pages import Page, PageQuery, page_of
from andon.kernel.http.problems import problems
from andon.kernel.http.sheets import Sheet
from andon.orders.returns.rules import MOST_LINES, Condition, Reason, Told
from andon.orders.returns.service import record_returns
from andon.orders.returns.views import list_returns, returns_of_supplier
from andon.platform.accounts.edge import Caller, InTransaction, Router, allow

router = Router(tags=["returns"])

BULK_LIMIT = 1000
Number = Annotated[int, Field(gt=0, lt=2**63)]


class ReturnLineIn(Strict):
    """So many pieces of a SKU."""

    sku: Annotated[str, Field(min_length=1, max_length=128)]
    quantity: Annotated[int, Field(ge=1, le=1_000_000)]


class ReturnIn(Strict):
    """What a buyer asked at `requested_at` to send back; `received_at` and `condition` may follow in a later call."""

    order_id: Number
    lines: Annotated[list[ReturnLineIn], Field(min_length=1, max_length=MOST_LINES)]
    reason: Reason
    requested_at: Instant
    received_at: Instant | None = None
    condition: Condition | None = None

    def told(self) -> Told:
        """The same for the use case; lines of one SKU are added up."""
        units: dict[str, int] = {}
        for line in self.lines:
            units[line.sku] = units.get(line.sku, 0) + line.quantity
        return Told(self.order_id, units, self.reason, self.requested_at, self.received_at, self.condition)


class ReturnOutcome(Out):
    """What became of the return at `index`; `changed` is a known one of which more is known now."""

    index: int
    status: Literal["created", "existing", "changed", "refused"]
    return_id: int | None = None
    code: str | None = None


class ReturnOutcomes(Out):
    """What became of each return, in the order of the call."""

    results: list[ReturnOutcome]


class ReturnOut(Out):
    """A return: units by SKU, and when it was received and in what condition, null until that is told."""

    id: int
    order_id: int
    lines: dict[str, int]
    reason: Reason
    requested_at: Instant
    received_at: Instant | None
    condition: Condition | None
    told_by: str


class SupplierReturnOut(Out):
    """A return of what the supplier shipped: units by the shop's SKU, its own alone, and its fulfilments that shipped them."""

    id: int
    shop_id: int
    order_id: int
    fulfilments: list[int]
    lines: dict[str, int]
    reason: Reason
    requested_at: Instant
    received_at: Instant | None
    condition: Condition | None


@router.post(
    "/shops/{shop_id}/returns",
    dependencies=[allow("returns.write", "channel", "supplier", after_grant=True)],
    responses=problems(NotFound, Invalid),
    response_model_exclude_none=True,
)
def tell(
    shop_id: int,
    told: Annotated[
        list[ReturnIn],
        Field(min_length=1, max_length=BULK_LIMIT),
        Sheet("returns", ReturnIn, rows="lines", key=("order_id", "requested_at")),
    ],
    tx: InTransaction,
    caller: Caller,
    dry_run: DryRun,
) -> ReturnOutcomes:
    """Tell what buyers sent back or asked to, in any order and any number of times. DISP-7.

    An order's returns are told apart by the instant of the request. A supplier tells of what it shipped itself, also after
    its binding has ended. As a sheet it has a row for each line.
    """
    holder = caller.holder
    supplier_id = int(holder.party_id or 0) if holder.party == "supplier" else None
    outcomes = record_returns(tx, shop_id, [each.told() for each in told], supplier_id)
    return ReturnOutcomes(
        results=[
            ReturnOutcome(
                index=each.index,
                status=each.status,
                return_id=None if dry_run and each.status == "created" else each.return_id,
                code=each.code,
            )
            for each in outcomes
        ]
    )


@router.get("/shops/{shop_id}/returns", dependencies=[allow("returns.read", "shop", "channel")])
def returns(
    shop_id: int, query: PageQuery, tx: InTransaction, order_id: Number | None = None
) -> Page[ReturnOut]:
    """The shop's returns, newest first."""
    after = query.after[0] if query.after else None
    rows = list_returns(tx, shop_id, order_id=order_id, after=after, limit=query.fetch)
    return page_of(
        rows,
        query,
        key=lambda row: [row.return_id],
        shape=lambda row: ReturnOut.model_validate(row._asdict() | {"id": row.return_id}),
    )


@router.get("/supplier/returns", dependencies=[allow("returns.read", "supplier")])
def suppliers_returns(
    query: PageQuery, tx: InTransaction, order_id: Number | None = None
) -> Page[SupplierReturnOut]:
    """Returns of what the supplier shipped for shops that it is bound to, newest first. They are told by shop. DISP-7."""
    assert isinstance(tx.actor.id, int), "a supplier is known by its number"
    before = query.after[0] if query.after else None
    rows = returns_of_supplier(tx, tx.actor.id, order_id=order_id, before=before, limit=query.fetch)
    return page_of(
        rows,
        query,
        key=lambda row: [row.return_id],
        shape=lambda row: SupplierReturnOut.model_validate(row._asdict() | {"id": row.return_id}),
    )
