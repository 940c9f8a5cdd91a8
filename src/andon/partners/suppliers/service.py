"""Applying, being decided on, and setting an endpoint."""

from collections.abc import Collection, Sequence

from sqlalchemy import ARRAY, BigInteger, any_, literal, select

from andon.kernel.errors import Conflict, Invalid, NotFound
from andon.kernel.events import PLATFORM
from andon.kernel.outside import Ranges, check_url
from andon.kernel.rows import as_json
from andon.kernel.secrets import new_signing_secret, seal
from andon.kernel.tx import Tx
from andon.partners.suppliers.events import (
    COMES_INTO,
    EndpointRemoved,
    EndpointSet,
    SupplierApplied,
    SupplierEvent,
    SupplierTakenUnderReview,
)
from andon.partners.suppliers.rules import (
    LONGEST_NOTE,
    SUPPLIER,
    Application,
    SupplierState,
    check_application,
    path_of_decision,
)
from andon.partners.suppliers.tables import SUPPLIER_IDS, Supplier
from andon.partners.suppliers.views import supplier_of
from andon.platform.calling.rules import OLD_SECRET_VALID
from andon.platform.policies.rules import Policy


def apply_suppliers(tx: Tx[Policy], applications: Sequence[Application]) -> list[Supplier]:
    """New suppliers, each applied and waiting for its review; in the order of the applications.

    The review's deadline runs from now, by the policy in force now. Source: QUAL-2.
    """
    for application in applications:
        check_application(application)
    numbers = tx.take_ids(SUPPLIER_IDS.name, len(applications))
    tx.put(
        "insert into suppliers (supplier_id, name, kind, state, documents, applied_at, review_due_at, policy) "
        "select a.n, a.name, a.kind, :applied, a.documents, :now, :due, :policy "
        "from json_to_recordset(cast(cast(:rows as text) as json)) "
        "as a(n bigint, name text, kind text, documents jsonb)",
        rows=as_json(
            {"n": number, "name": each.name, "kind": each.kind, "documents": each.documents}
            for number, each in zip(numbers, applications, strict=True)
        ),
        applied=SupplierState.APPLIED.value,
        now=tx.now,
        due=tx.now + tx.policy.qualification.review_within,
        policy=tx.policy.version,
    )
    with tx.reaching([PLATFORM]):
        tx.hold(PLATFORM)
        tx.emit(*(SupplierApplied(shop_id=PLATFORM, supplier_id=number) for number in numbers))
    return _suppliers(tx, numbers)


def take_under_review(tx: Tx[Policy], supplier_id: int) -> Supplier:
    """Take up an application; one that is under review already stays so. Its deadline has run since it came.

    Refuses with NotFound (`supplier.not_found`), and with Conflict (`supplier.state`) once it was decided. Source: QUAL-2.
    """
    supplier_of(tx, supplier_id)
    supplier = tx.lock(Supplier, supplier_id)
    if supplier.state != SupplierState.UNDER_REVIEW:
        SUPPLIER.check(SupplierState(supplier.state), SupplierState.UNDER_REVIEW)
        supplier.state = SupplierState.UNDER_REVIEW
        tx.session.flush()
        with tx.reaching([PLATFORM]):
            tx.hold(PLATFORM)
            tx.emit(SupplierTakenUnderReview(shop_id=PLATFORM, supplier_id=supplier_id))
    return supplier


def decide_suppliers(
    tx: Tx[Policy], supplier_ids: Collection[int], decision: str, note: str = ""
) -> list[Supplier]:
    """Move suppliers by an operator's decision, all or none; in the order of their numbers.

    Refuses with NotFound (`supplier.not_found`) a number that is none, with Invalid (`supplier.decision`) a word
    that is none, with Conflict a decision that is not open to one of them (`supplier.state`), and retiring one that a shop is
    still bound to (`supplier.bound`, one such shop in `shop_id`): its keys would go on opening that shop.

    Whoever is suspended is given nothing new from the commit on: the heads of the shops that are bound to it are taken
    alone, so that orders under way there end first, and those that come after see it. Source: QUAL-1.
    """
    if len(note) > LONGEST_NOTE:
        raise Invalid("supplier.note", f"{len(note)} characters")
    wanted = sorted(set(supplier_ids))
    if decision == "suspend":
        for shop_id in _bound_shops(tx, wanted):
            tx.close_head(shop_id)
    held = tx.rows(
        "select supplier_id, state from suppliers where supplier_id = any(:numbers) "
        "order by supplier_id for no key update",
        numbers=wanted,
    )
    if len(held) < len(wanted):
        missing = sorted(set(wanted) - {row.supplier_id for row in held})
        raise NotFound("supplier.not_found", f"no supplier {missing[0]}", supplier_id=missing[0])
    paths = {row.supplier_id: path_of_decision(SupplierState(row.state), decision) for row in held}
    if not paths:
        return []

    [target] = {path[-1] for path in paths.values()}
    if target is SupplierState.RETIRED:
        _check_unbound(tx, wanted)
    tx.put(
        "update suppliers set state = :target, decided_at = :now, reviewed_at = coalesce(reviewed_at, :now), "
        "decision_note = :note, policy = :policy where supplier_id = any(:numbers)",
        target=target.value,
        now=tx.now,
        note=note,
        policy=tx.policy.version,
        numbers=wanted,
    )
    with tx.reaching([PLATFORM]):
        tx.hold(PLATFORM)
        tx.emit(*_moves(paths))
    return _suppliers(tx, wanted)


def set_endpoint(
    tx: Tx[Policy],
    supplier_id: int,
    url: str,
    key: bytes,
    *,
    ordered: bool = False,
    allowed: Ranges = (),
) -> str:
    """Take pushes at `url` from now on, and answer the secret that signs them (`whsec_…`), this once.

    Setting it again, also to the same address, makes a new secret; the old one signs beside it for 24 hours of
    machine time. What waited for an endpoint that was removed waits for this one, and what an earlier one did wrong
    is forgotten. An `ordered` one is sent one push after another. `key` seals the secret. Refuses with Invalid
    (`endpoint.*`) what may not be called: what is closed, and none of the operator's `allowed` ranges.
    """
    check_url(url, allowed)
    tx.get(Supplier, supplier_id)
    secret = new_signing_secret()
    tx.put(
        "insert into endpoints as e (supplier_id, url, secret, enabled, set_at, ordered) "
        "values (:supplier, :url, :secret, true, :now, :ordered) "
        "on conflict (supplier_id) do update set url = excluded.url, secret = excluded.secret, "
        "old_secret = e.secret, old_secret_until = :until, enabled = true, set_at = excluded.set_at, "
        # Whoever still calls the old address loses the lease: its answers say nothing about the new one.
        "leased_until = null, next_at = case when e.next_at > :now then :now else e.next_at end, ordered = excluded.ordered, "
        "breaker = excluded.breaker, counted_from = null, tries = 0, failed = 0, open_until = null, trips = 0, "
        "share = null",
        supplier=supplier_id,
        url=url,
        secret=seal(secret.encode(), key),
        ordered=ordered,
        now=tx.now,
        until=tx.wall() + OLD_SECRET_VALID,
    )
    tx.session.expire_all()
    with tx.reaching([PLATFORM]):
        tx.hold(PLATFORM)
        tx.emit(EndpointSet(shop_id=PLATFORM, supplier_id=supplier_id))
    tx.wake("push")
    return secret


def remove_endpoint(tx: Tx[Policy], supplier_id: int) -> None:
    """Pull from now on; what waits for the endpoint is kept. NotFound (`endpoint.not_found`) if none is set."""
    removed = tx.run(
        "update endpoints set enabled = false, set_at = :now where supplier_id = :supplier and enabled",
        supplier=supplier_id,
        now=tx.now,
    )
    if not removed:
        raise NotFound("endpoint.not_found")
    tx.session.expire_all()
    with tx.reaching([PLATFORM]):
        tx.hold(PLATFORM)
        tx.emit(EndpointRemoved(shop_id=PLATFORM, supplier_id=supplier_id))
    tx.wake("push")


def _bound_shops(tx: Tx[Policy], supplier_ids: Sequence[int]) -> list[int]:
    """The shops at which a grant of any of these is live, lowest first."""
    found = tx.rows(
        "select distinct shop_id from grants where supplier_id = any(:numbers) and ended_at is null order by 1",
        numbers=list(supplier_ids),
    )
    return [row.shop_id for row in found]


def _check_unbound(tx: Tx[Policy], supplier_ids: Sequence[int]) -> None:
    """Whoever accepts a binding holds the supplier's row: none comes to be meanwhile."""
    bound = tx.one(
        "select supplier_id, shop_id from grants where supplier_id = any(:numbers) and ended_at is null "
        "order by supplier_id, shop_id limit 1",
        numbers=list(supplier_ids),
    )
    if bound is not None:
        raise Conflict(
            "supplier.bound",
            f"supplier {bound.supplier_id} is bound to shop {bound.shop_id}",
            supplier_id=bound.supplier_id,
            shop_id=bound.shop_id,
        )


def _moves(paths: dict[int, tuple[SupplierState, ...]]) -> list[SupplierEvent]:
    return [
        COMES_INTO[state](shop_id=PLATFORM, supplier_id=number)
        for number, path in sorted(paths.items())
        for state in path
    ]


def _suppliers(tx: Tx[Policy], numbers: Collection[int]) -> list[Supplier]:
    return list(
        tx.session.scalars(
            select(Supplier)
            .where(Supplier.supplier_id == any_(literal(list(numbers), ARRAY(BigInteger))))
            .order_by(Supplier.supplier_id),
            execution_options={"populate_existing": True},
        )
    )
