"""The certificate of an exit: all that stands on it."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import orjson
from sqlalchemy import select

from andon.kernel.errors import Conflict
from andon.kernel.tx import Tx
from andon.membership.enrolment.rules import authorisation_number
from andon.membership.enrolment.tables import Enrolment
from andon.membership.exits.rules import CHECK_WORDS, ExitState, certificate_number, evidence_line
from andon.membership.exits.tables import Exit
from andon.membership.exits.views.shown import newest_checks
from andon.partners.shops.views import shop_of
from andon.platform.documents.papers import Paper
from andon.platform.policies.rules import Policy
from andon.platform.record.rules import hash_of

Told = Callable[[datetime | None], str]
"""An instant on paper."""
TEMPLATE = Path(__file__).parents[1] / "templates" / "certificate.typ"


def uncertified(tx: Tx[Policy], limit: int) -> Sequence[Exit]:
    """Exits that are done and wait for their certificate, the longest first."""
    return tx.session.scalars(
        select(Exit)
        .where(Exit.state == ExitState.DONE.value, Exit.due_at <= tx.now)
        .order_by(Exit.due_at)
        .limit(limit)
    ).all()


def certificate_of(tx: Tx[Policy], leaving: Exit) -> Paper:
    """The certificate of an exit; Conflict `exit.not_done` while it is none. Source: EXIT-6, MODE-7."""
    state = ExitState(leaving.state)
    if state is not ExitState.DONE or leaving.ended_at is None:
        raise Conflict("exit.not_done", clause="EXIT-6", state=state.word)
    zone = ZoneInfo(tx.policy.zone)
    number = certificate_number(leaving.ended_at.astimezone(zone).year, leaving.exit_id)
    shop = shop_of(tx, leaving.shop_id)

    def told(at: datetime | None) -> str:
        if at is None:
            return "-"
        there = at.astimezone(zone)
        return f"{there:%Y-%m-%d %H:%M} (UTC{(there.utcoffset() or timedelta()) / timedelta(hours=1):+g})"

    facts = {
        "number": number,
        "shop": {"id": shop.shop_id, "name": shop.name, "category": shop.category},
        "exit": {
            "id": leaving.exit_id,
            "ticket": leaving.ticket,
            "started_at": told(leaving.started_at),
            "thrown_at": told(leaving.thrown_at),
            "off_at": told(leaving.off_at),
            "ended_at": told(leaving.ended_at),
            "forced_at": leaving.forced_at and told(leaving.forced_at),
            "policy": leaving.policy,
        },
        "enrolment": _enrolment(tx, leaving, told),
        "switched": _switched(tx, leaving),
        "bindings": _bindings(tx, leaving, told),
        "checks": _checks(tx, leaving, told),
        "seal": _newest_seal(tx, leaving.shop_id, told),
    }
    return Paper(
        leaving.shop_id,
        "certificate",
        leaving.exit_id,
        number,
        TEMPLATE,
        facts,
        "JIT退出证明 Certificate of exit from JIT",
    )


def _enrolment(tx: Tx[Policy], leaving: Exit, told: Told) -> dict[str, Any]:
    enrolment = tx.get(Enrolment, leaving.shop_id, leaving.enrolment)
    signed = enrolment.authorisation
    joined = enrolment.joined_at.astimezone(ZoneInfo(tx.policy.zone))
    return {
        "number": enrolment.number,
        "joined_at": told(enrolment.joined_at),
        "ended_at": told(enrolment.ended_at),
        "document": authorisation_number(joined.year, leaving.shop_id, enrolment.number),
        "version": signed["version"],
        "text": signed["text"],
        "signed_by": signed["signed_by"],
        "signed_at": told(datetime.fromisoformat(signed["signed_at"])),
    }


def _switched(tx: Tx[Policy], leaving: Exit) -> dict[str, Any]:
    """What the strike of the switch did, as it was recorded."""
    [row] = tx.rows(
        "select body from events where shop_id = :shop and order_id is null and subject = :subject "
        "and kind = 'exit.switched_off'",
        shop=leaving.shop_id,
        subject=f"exit:{leaving.exit_id}",
    )
    body: dict[str, Any] = orjson.loads(row.body)
    return {"products": body["products"], "lines": body["lines"]}


def _bindings(tx: Tx[Policy], leaving: Exit, told: Told) -> list[dict[str, Any]]:
    """The bindings that were ended in this membership, each with the number of its letter."""
    rows = tx.rows(
        "select b.binding_id, s.name, b.accepted_at, b.ended_at, d.number, d.sha256 from enrolments e "
        "join bindings b on b.shop_id = e.shop_id and b.ended_at >= e.joined_at and b.ended_at <= :ended "
        "join suppliers s on s.supplier_id = b.supplier_id "
        "left join documents d on d.shop_id = b.shop_id and d.kind = 'letter' and d.subject = b.letter_id "
        "where e.shop_id = :shop and e.number = :number order by b.ended_at, b.binding_id",
        shop=leaving.shop_id,
        number=leaving.enrolment,
        ended=leaving.ended_at,
    )
    return [
        {
            "id": row.binding_id,
            "supplier": row.name,
            "since": told(row.accepted_at),
            "ended_at": told(row.ended_at),
            "letter": row.number or "-",
        }
        for row in rows
    ]


def _checks(tx: Tx[Policy], leaving: Exit, told: Told) -> list[dict[str, Any]]:
    return [
        {
            "check": check.check,
            "en": CHECK_WORDS[check.check][0],
            "zh": CHECK_WORDS[check.check][1],
            "put_right": check.put_right,
            "evidence": evidence_line(check.evidence),
            "at": told(check.at),
        }
        for check in newest_checks(tx, leaving.shop_id, leaving.exit_id)
    ]


def _newest_seal(tx: Tx[Policy], shop_id: int, told: Told) -> dict[str, Any] | None:
    seal = tx.one(
        "select seal_no, jws, sealed_at from seals where shop_id = :shop order by seal_no desc limit 1",
        shop=shop_id,
    )
    return seal and {"no": seal.seal_no, "hash": hash_of(seal.jws), "at": told(seal.sealed_at)}
