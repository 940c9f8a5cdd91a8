"""Ending a binding: its letter drawn up, taken back, signed, and proven by trying."""

from andon.membership.unbinding.service.drawing import End, draw_up_anyhow, draw_up_end, stay
from andon.membership.unbinding.service.forced import draw_up_all, stay_all
from andon.membership.unbinding.service.proving import TO_PROVE, Case, Proof, claim_cases, record_tries
from andon.membership.unbinding.service.signing import Signature, put_away, sign_closed, sign_letter, unbind

__all__ = [
    "TO_PROVE",
    "Case",
    "End",
    "Proof",
    "Signature",
    "claim_cases",
    "draw_up_all",
    "draw_up_anyhow",
    "draw_up_end",
    "put_away",
    "record_tries",
    "sign_closed",
    "sign_letter",
    "stay",
    "stay_all",
    "unbind",
]
