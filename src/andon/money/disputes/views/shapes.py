"""Disputes on the wire."""

from typing import Annotated, Literal, get_args

from andon.kernel.http.models import Instant, MoneyOut, Out, coded
from andon.money.disputes.rules import Beneficiary, Cause, DisputeState, Fault, Kind, Outcome, Party, Said
from andon.money.disputes.tables import Dispute
from andon.platform.files.rules import MediaType

StateWord = Literal["opened", "evidence", "decided", "paid", "withdrawn", "closed"]


class DisputeOut(Out):
    """A dispute. A claim with evidence is decided by `handle_by`; `breaches` counts how often it was not (DISP-4).

    `supplier_id` and `carrier` are the parties that it names. `outcome`, `payer` and `awarded` are those of the decision
    in force, null before the first; `due_at` is when the line looks at it next: to escalate it, or to pay what was decided.
    """

    id: int
    shop_id: int
    order_id: int
    fulfilment_id: int | None
    state: StateWord
    jit: bool
    cause: Cause
    claim: MoneyOut
    beneficiary: Beneficiary
    charges: list[int]
    supplier_id: int | None
    carrier: str | None
    opened_by: str
    opened_at: Instant
    handle_by: Instant | None
    due_at: Instant | None
    breaches: int
    breached_at: Instant | None
    outcome: Outcome | None
    payer: Party | None
    awarded: MoneyOut | None
    decided_at: Instant | None
    appealed_at: Instant | None
    closed_at: Instant | None
    policy: str


class EvidenceOut(Out):
    """A piece of evidence: what it is, the fault that it is said to show, and its file by type, size and SHA-256."""

    id: int
    kind: Kind
    shows: Fault | None
    personal: bool
    given_by: str
    given_at: Instant
    media_type: MediaType
    size: int
    sha256: str


class AnswerOut(Out):
    """What a party that is named answered."""

    party: Literal["supplier", "carrier"]
    answer: Said
    text: str | None
    answered_at: Instant


class LiabilityOut(Out):
    """Who is liable by the order's policy, by which clause and up to what in all of the order's disputes.

    `payer` is null where an operator must say. `cap` is null while there is no rate to convert it at. `shown` are the
    faults that evidence shows, `missing` is the evidence that would show what is only said.
    """

    payer: Party | None
    clause: str
    cap: MoneyOut | None
    shown: list[Fault]
    missing: list[Annotated[str, coded((*get_args(Kind), "fulfilment", "waybill"))]]


class DecisionOut(Out):
    """How the dispute was decided; `round` 2 is the decision of the appeal. `reversed` is one that it took back."""

    round: int
    outcome: Outcome
    payer: Party | None
    clause: str | None
    awarded: MoneyOut
    waived: list[int]
    note: str
    decided_at: Instant
    journal_id: int | None
    reversed: bool


class CaseOut(DisputeOut):
    """A dispute with all that it is judged by. To a party that it names no words and files are shown that may tell of a buyer."""

    text: str | None
    appeal_text: str | None
    waybills: list[str]
    liability: LiabilityOut
    evidence: list[EvidenceOut]
    answers: list[AnswerOut]
    decisions: list[DecisionOut]


def dispute_out(dispute: Dispute) -> DisputeOut:
    """A dispute's form in a list."""
    return DisputeOut.model_validate(plain(dispute))


def plain(dispute: Dispute) -> dict[str, object]:
    """What a list says of a dispute, by its names on the wire."""
    own = ("id", "state", "claim", "awarded", "opened_by")
    same = {name: getattr(dispute, name) for name in DisputeOut.model_fields if name not in own}
    awarded = dispute.awarded_minor
    return same | {
        "id": dispute.dispute_id,
        "state": DisputeState(dispute.state).word,
        "claim": MoneyOut.from_minor(dispute.claim_minor, dispute.currency),
        "awarded": None if awarded is None else MoneyOut.from_minor(awarded, dispute.currency),
        "opened_by": party_word(dispute.opened_by),
    }


def party_word(actor: str) -> str:
    """The party of an actor, without its number and its people."""
    return actor.partition("/")[0].partition(":")[0]
