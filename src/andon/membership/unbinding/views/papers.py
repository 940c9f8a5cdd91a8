"""The letter as it is printed."""

from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from andon.kernel.tx import Tx
from andon.membership.unbinding.rules import ZONE, state_of
from andon.membership.unbinding.tables import Letter
from andon.membership.unbinding.views.ending import what_ends
from andon.platform.documents.papers import Paper
from andon.platform.policies.rules import Policy

TEMPLATE = Path(__file__).parents[1] / "templates" / "letter.typ"


def paper_of(tx: Tx[Policy], letter: Letter) -> Paper:
    """What stands on the letter: once signed, what was recorded then; before that a draft of what would end."""
    state = state_of(letter.withdrawn_at, letter.signed_at, letter.proven_at)
    signed = letter.signed_at is not None
    ended = letter.ended or what_ends(tx, letter.shop_id, letter.binding_id, letter.supplier_id)
    facts: dict[str, Any] = {
        "number": letter.number,
        "signed": signed,
        "withdrawn": state == "withdrawn",
        "drawn_at": _said(letter.drawn_at),
        "signed_at": _said(letter.signed_at),
        "signed_name": letter.signed_name,
        "signed_by": letter.signed_by,
        "factor": letter.factor,
        "binding_id": letter.binding_id,
        **ended,
        "grant": ended["grant"] and ended["grant"] | {"since": _said(_at(ended["grant"]["since"]))},
        "seal": ended["seal"] and ended["seal"] | {"sealed_at": _said(_at(ended["seal"]["sealed_at"]))},
    }
    return Paper(
        letter.shop_id,
        "letter" if signed else None,
        letter.letter_id,
        letter.number,
        TEMPLATE,
        facts,
        reason=f"供应商解约确认函 Termination letter {letter.number}",
    )


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _said(at: datetime | None) -> str:
    """An instant as a letter says it: in the platform's zone, and with its offset."""
    return "" if at is None else f"{_in(at, ZONE):%Y-%m-%d %H:%M:%S} (UTC+8)"


def _in(at: datetime, zone: ZoneInfo) -> datetime:
    return at.astimezone(zone)
