"""Joining JIT, and what an exit does to the membership."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row

from andon.kernel.errors import Conflict, Forbidden, NotFound, Refused
from andon.kernel.money import Money
from andon.kernel.tx import Tx
from andon.membership.enrolment.events import (
    EnrolmentJoining,
    EnrolmentLeaving,
    EnrolmentOff,
    EnrolmentOn,
)
from andon.membership.enrolment.rules import ENROLMENT, EnrolmentState, unmet
from andon.membership.enrolment.tables import Enrolment
from andon.membership.enrolment.views import conditions, enrolment_of, former_mappings
from andon.membership.standing.service import leave_addresses, lock_standing, watch_addresses
from andon.partners.bindings.rules import BindingState
from andon.partners.catalog.rules import MappingDraft
from andon.partners.catalog.service import MappingKey, place_mappings
from andon.partners.shops.service import offer_jit, open_jit_intake
from andon.partners.shops.tables import Shop
from andon.partners.shops.views import shop_of
from andon.platform.policies.rules import Authorisation, Policy


def join_jit(
    tx: Tx[Policy], shop_id: int, signed_by: str, authorisation_version: str | None = None
) -> Enrolment:
    """Take a shop into JIT and open its intake; a shop that is in already stays as it is.

    `signed_by` names the key or member that signs the authorisation in force, for example `key:17`, never a
    person; `authorisation_version` is the version that was read, where the caller says it.

    Forbidden, by the code of the first condition that is not met, with all of them in `unmet`; Conflict
    `enrolment.state` while it is leaving, `enrolment.authorisation` where another version is in force. What it is judged
    by is locked first: whoever rates the shop, records a violation, suspends a supplier or ends a binding comes before
    it or after it. Source: MODE-1, MODE-7, BACK-1, BACK-2, BACK-3, BACK-4.
    """
    _hold_what_it_is_judged_by(tx, shop_id)
    last = enrolment_of(tx, shop_id)
    if last is not None and last.state == EnrolmentState.ON:
        return last
    if last is not None and last.state != EnrolmentState.OFF:
        ENROLMENT.check(EnrolmentState(last.state), EnrolmentState.JOINING)
    authorisation = _authorisation(tx, authorisation_version)
    met = _met(tx, shop_id)

    number = 1 if last is None else last.number + 1
    joined = tx.add(_signed(tx, shop_id, number, authorisation, signed_by))
    tx.emit(
        EnrolmentJoining(shop_id=shop_id, number=number, conditions=met),
        EnrolmentOn(
            shop_id=shop_id,
            number=number,
            authorisation_version=authorisation.version,
            signed_by=signed_by,
        ),
    )
    offer_jit(tx, shop_id)
    open_jit_intake(tx, shop_id)
    watch_addresses(tx, shop_id)
    return joined


def _signed(
    tx: Tx[Policy], shop_id: int, number: int, authorisation: Authorisation, signed_by: str
) -> Enrolment:
    """A membership that is on, with the authorisation as it is signed now. Source: MODE-7."""
    return Enrolment(
        shop_id=shop_id,
        number=number,
        state=EnrolmentState.ON,
        joined_at=tx.now,
        ended_at=None,
        authorisation={
            "version": authorisation.version,
            "text": dict(authorisation.text),
            "signed_by": signed_by,
            "signed_at": tx.now.isoformat(),
        },
        policy=tx.policy.version,
        paper_due_at=tx.now,
    )


def leave_jit(tx: Tx[Policy], shop_id: int, exit_id: int) -> Enrolment | None:
    """Note that the shop leaves by that exit: its membership, or None where it is not in JIT. Source: EXIT-1."""
    enrolment = enrolment_of(tx, shop_id)
    if enrolment is None or enrolment.state != EnrolmentState.ON:
        return None
    _move(tx, enrolment, EnrolmentState.LEAVING)
    _keep_mappings(tx, shop_id, enrolment.number)
    tx.emit(EnrolmentLeaving(shop_id=shop_id, number=enrolment.number, exit_id=exit_id))
    return enrolment


def keep_jit(tx: Tx[Policy], shop_id: int, number: int) -> None:
    """The exit was withdrawn: the membership that it was to end is on again, as it was signed."""
    enrolment = tx.lock(Enrolment, shop_id, number)
    _move(tx, enrolment, EnrolmentState.ON)
    tx.emit(
        EnrolmentOn(
            shop_id=shop_id,
            number=number,
            authorisation_version=enrolment.authorisation["version"],
            signed_by=enrolment.authorisation["signed_by"],
        )
    )


def end_jit(tx: Tx[Policy], shop_id: int, number: int, exit_id: int) -> Enrolment:
    """The exit is done: the membership is over, and the authorisation with it. Source: EXIT-6, MODE-7."""
    enrolment = tx.lock(Enrolment, shop_id, number)
    _move(tx, enrolment, EnrolmentState.OFF)
    enrolment.ended_at = tx.now
    leave_addresses(tx, shop_id)
    version = enrolment.authorisation["version"]
    tx.emit(EnrolmentOff(shop_id=shop_id, number=number, exit_id=exit_id, authorisation_version=version))
    return enrolment


def put_away(tx: Tx[Policy], shop_id: int, number: int) -> None:
    """Note that the authorisation of that membership has been made a document."""
    tx.put(
        "update enrolments set paper_due_at = null where shop_id = :shop and number = :number",
        shop=shop_id,
        number=number,
    )


def restore_mappings(
    tx: Tx[Policy], shop_id: int, keys: Sequence[MappingKey] | None = None, most: int = 1000
) -> list[tuple[MappingKey, Refused | None]]:
    """Map again what the last membership mapped: these, or up to `most` of all that can be. Each is answered by itself.

    Refused is what `put_mappings` refuses, with NotFound `mapping.not_found` what was not mapped then. Source: BACK-1.
    """
    tx.hold(shop_id)
    currency = shop_of(tx, shop_id).currency
    if keys is None:
        rows = former_mappings(tx, shop_id, limit=most)
        keys = [MappingKey(row.sku, row.supplier_id) for row in rows if row.code is None]
    else:
        rows = tx.rows(
            "select * from former_mappings where shop_id = :shop and sku = any(:skus)",
            shop=shop_id,
            skus=sorted({key.sku for key in keys}),
        )
    known = {MappingKey(row.sku, row.supplier_id): _draft(row, currency) for row in rows}
    drafts = [known.get(key) or NotFound("mapping.not_found", key.sku) for key in keys]
    return list(zip(keys, place_mappings(tx, shop_id, drafts), strict=True))


def _draft(row: Row[Any], currency: str) -> MappingDraft:
    price = row.supply_price_minor
    return MappingDraft(
        row.sku,
        row.supplier_id,
        row.item,
        row.units,
        row.priority,
        None if price is None else Money.from_minor(price, currency),
    )


def _keep_mappings(tx: Tx[Policy], shop_id: int, number: int) -> None:
    """Keep what is mapped now, in place of what the membership before had."""
    tx.put("delete from former_mappings where shop_id = :shop", shop=shop_id)
    tx.put(
        "insert into former_mappings (shop_id, sku, supplier_id, number, item, units, priority, supply_price_minor) "
        "select shop_id, sku, supplier_id, :number, item, units, priority, supply_price_minor from mappings "
        "where shop_id = :shop",
        shop=shop_id,
        number=number,
    )


def _hold_what_it_is_judged_by(tx: Tx[Policy], shop_id: int) -> None:
    """One join of a shop at a time; and its standing and its suppliers' states stay until this transaction ends."""
    tx.hold(shop_id)
    tx.lock(Shop, shop_id)
    lock_standing(tx, shop_id)
    tx.put(
        "select from suppliers where supplier_id in (select supplier_id from bindings where shop_id = :shop "
        f"and state = {BindingState.ACTIVE.value}) order by supplier_id for share",
        shop=shop_id,
    )


def _move(tx: Tx[Policy], enrolment: Enrolment, state: EnrolmentState) -> None:
    ENROLMENT.check(EnrolmentState(enrolment.state), state)
    enrolment.state = state
    tx.session.flush()


def _met(tx: Tx[Policy], shop_id: int) -> tuple[str, ...]:
    """The codes of the conditions that the shop meets; refuses one that does not meet all that are needed."""
    asked = conditions(tx, shop_id)
    if missing := unmet(asked):
        first = missing[0]
        raise Forbidden(
            first.code,
            f"measured: {first.measured}; wanted: {first.wanted}",
            clause=first.clause,
            unmet=[each.code for each in missing],
        )
    return tuple(condition.code for condition in asked if condition.met)


def _authorisation(tx: Tx[Policy], version: str | None) -> Authorisation:
    """The authorisation in force; refuses the signature under another version of it."""
    authorisation = tx.policy.mode.authorisation
    if version not in (None, authorisation.version):
        raise Conflict(
            "enrolment.authorisation",
            f"version {authorisation.version} is in force",
            clause="MODE-7",
            version=authorisation.version,
        )
    return authorisation
