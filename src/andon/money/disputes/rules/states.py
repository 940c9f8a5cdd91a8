"""Where a dispute stands, and its words on the wire."""

from typing import Literal

from andon.kernel.errors import Conflict, codes
from andon.kernel.lifecycle import Lifecycle, State

CODES = codes(
    {
        "dispute.not_found": ("No such dispute", "纠纷不存在"),
        "dispute.state": ("The dispute's state does not allow this", "纠纷当前状态不允许此操作"),
        "dispute.claim": (
            "A claim is more than nothing, in the order's currency",
            "索赔金额须大于零，币种与订单一致",
        ),
        "dispute.fulfilment": ("Not a fulfilment of this order", "履约单不属于该订单"),
        "dispute.charge": ("Not an open charge of this order", "费用不属于该订单，或已结清"),
        "dispute.not_opener": ("Only who opened a dispute withdraws it", "仅纠纷发起方可撤回"),
        "dispute.own_decision": ("The platform does not appeal against itself", "平台不得对自身裁定提出申诉"),
        "dispute.appealed": ("A dispute is appealed once", "每起纠纷仅可申诉一次"),
        "dispute.payer": ("Not a party that can pay here", "该责任方不适用于此纠纷"),
        "dispute.payer_needed": ("No fault is shown: say who pays", "未证明任何过错，须指明责任方"),
        "dispute.no_fault_shown": (
            "The seller pays only for a fault that is shown to be its own",
            "未证明卖家过错，不得判由卖家承担",
        ),
        "dispute.amount": ("Not an amount for this outcome", "金额与裁定结果不符"),
        "dispute.above_cap": ("More than may be awarded", "超出可裁定金额上限"),
        "dispute.too_much_evidence": ("No more evidence is taken", "凭证数量已达上限"),
    }
)

Cause = Literal["quality", "wrong_item", "short", "packing", "delay", "lost", "other"]
"""What a claim says went wrong."""
Party = Literal["supplier", "carrier", "seller"]
"""Who may have to pay."""
Beneficiary = Literal["shop", "buyer"]
"""Who is paid: the shop, into its funds account, or the buyer, outside."""
Outcome = Literal["upheld", "partial", "rejected"]
Said = Literal["accept", "contest"]
"""What a party that is named answers."""

LONGEST_TEXT = 4000
MOST_EVIDENCE = 50
"""Files a dispute: an operator reads them all."""
MOST_CHARGES = 100


class DisputeState(State):
    """Where a dispute stands. Below 80 it is open; below 30 it waits for its decision.

    Decided, it may be appealed against once; then it is paid, or closed where nothing was awarded.
    """

    OPENED = 10
    EVIDENCE = 20
    DECIDED = 30
    PAID = 80
    WITHDRAWN = 81
    CLOSED = 82


_S = DisputeState

DISPUTE = Lifecycle(
    "dispute",
    DisputeState,
    start=frozenset({_S.OPENED, _S.EVIDENCE}),
    moves={
        _S.OPENED: frozenset({_S.EVIDENCE, _S.DECIDED, _S.WITHDRAWN}),
        _S.EVIDENCE: frozenset({_S.DECIDED, _S.WITHDRAWN}),
        _S.DECIDED: frozenset({_S.EVIDENCE, _S.PAID, _S.CLOSED}),
    },
)
"""The allowed moves; from decided back to evidence by an appeal."""

UNDECIDED = frozenset({_S.OPENED, _S.EVIDENCE})


def check_undecided(state: DisputeState) -> None:
    """Refuse what is only done while a dispute waits for its decision: Conflict `dispute.state`."""
    if state not in UNDECIDED:
        raise Conflict("dispute.state", f"it is {state.word}", state=state.word)


def check_appealable(state: DisputeState, *, appealed: bool) -> None:
    """Refuse an appeal against what is not decided, or over, Conflict `dispute.state`; and a second one, `dispute.appealed`."""
    if appealed:
        raise Conflict("dispute.appealed")
    if state is not _S.DECIDED:
        raise Conflict("dispute.state", f"it is {state.word}", state=state.word)


def is_opener(actor: str, opened_by: str) -> bool:
    """Whether an actor is of the party that opened a dispute; people of one party act for one another.

    The platform is one party, whoever of it acts.
    """
    here, there = actor.partition("/")[0], opened_by.partition("/")[0]
    return here == there or (here.partition(":")[0] == there.partition(":")[0] == "operator")
