"""Joining JIT, and what an exit does to the membership."""

from andon.kernel.errors import Conflict, Forbidden
from andon.kernel.tx import Tx
from andon.membership.enrolment.events import (
    EnrolmentJoining,
    EnrolmentLeaving,
    EnrolmentOff,
    EnrolmentOn,
)
from andon.membership.enrolment.rules import ENROLMENT, EnrolmentState, unmet
from andon.membership.enrolment.tables import Enrolment
from andon.membership.enrolment.views import conditions, enrolment_of
from andon.partners.shops.service import offer_jit, open_jit_intake
from andon.partners.shops.tables import Shop
from andon.platform.policies.rules import Authorisation, Policy


def join_jit(
    tx: Tx[Policy], shop_id: int, signed_by: str, authorisation_version: str | None = None
) -> Enrolment:
    """Take a shop into JIT and open its intake; a shop that is in already stays as it is.

    `signed_by` names the key or member that signs the authorisation in force, for example `key:17`, never a
    person; `authorisation_version` is the version that was read, where the caller says it.

    Forbidden `enrolment.category` where JIT is not open to the shop's category; Conflict `enrolment.state` while it
    is leaving, `enrolment.authorisation` where another version is in force. Source: MODE-1, MODE-7.
    """
    tx.hold(shop_id)
    tx.lock(Shop, shop_id)  # one join at a time
    last = enrolment_of(tx, shop_id)
    if last is not None and last.state == EnrolmentState.ON:
        return last
    if last is not None and last.state != EnrolmentState.OFF:
        ENROLMENT.check(EnrolmentState(last.state), EnrolmentState.JOINING)
    met = _met(tx, shop_id)
    authorisation = _authorisation(tx, authorisation_version)

    number = 1 if last is None else last.number + 1
    joined = tx.add(
        Enrolment(
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
        )
    )
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
    return joined


def leave_jit(tx: Tx[Policy], shop_id: int, exit_id: int) -> Enrolment | None:
    """Note that the shop leaves by that exit: its membership, or None where it is not in JIT. Source: EXIT-1."""
    enrolment = enrolment_of(tx, shop_id)
    if enrolment is None or enrolment.state != EnrolmentState.ON:
        return None
    _move(tx, enrolment, EnrolmentState.LEAVING)
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
    version = enrolment.authorisation["version"]
    tx.emit(EnrolmentOff(shop_id=shop_id, number=number, exit_id=exit_id, authorisation_version=version))
    return enrolment


def _move(tx: Tx[Policy], enrolment: Enrolment, state: EnrolmentState) -> None:
    ENROLMENT.check(EnrolmentState(enrolment.state), state)
    enrolment.state = state
    tx.session.flush()


def _met(tx: Tx[Policy], shop_id: int) -> tuple[str, ...]:
    """The codes of the conditions that the shop meets; refuses one that does not meet all that are needed."""
    asked = conditions(tx, shop_id)
    for condition in unmet(asked):
        raise Forbidden(
            condition.code,
            f"{condition.measured} is not one of: {condition.wanted}",
            clause=condition.clause,
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
