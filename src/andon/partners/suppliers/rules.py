"""A supplier's states, who moves it, and where it may take pushes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from andon.kernel.errors import Conflict, Invalid, codes
from andon.kernel.lifecycle import Lifecycle, State
from andon.partners.shops.rules import is_text

CODES = codes(
    {
        "supplier.not_found": ("No such supplier", "供应商不存在"),
        "supplier.unknown": ("The request names a supplier that is not there", "请求中的供应商不存在"),
        "supplier.name": ("A supplier's name has 1 to 200 characters", "供应商名称须为1至200个字符"),
        "supplier.kind": ("A supplier is preferred or third_party", "供应商类型须为优选仓或第三方"),
        "supplier.documents": ("At most 50 documents", "资质文件最多50份"),
        "supplier.no_document": ("No such document", "资质文件不存在"),
        "supplier.decision": ("Not a decision about a supplier", "审核决定无效"),
        "supplier.note": ("A note has at most 2,000 characters", "备注最多2000个字符"),
        "supplier.state": ("The supplier's state does not allow this", "供应商当前状态不允许此操作"),
        "supplier.bound": ("Shops are still bound to the supplier", "仍有店铺与该供应商绑定"),
        "supplier.not_qualified": ("The supplier is not qualified", "供应商未通过资质审核"),
        "endpoint.not_found": ("No endpoint is set", "尚未设置推送地址"),
    }
)

KINDS = ("preferred", "third_party")
LONGEST_NAME = 200
LONGEST_NOTE = 2_000
MOST_DOCUMENTS = 50


class SupplierState(State):
    """Where a supplier stands; below 80 it is still one that may come to be, or be, qualified."""

    APPLIED = 10
    UNDER_REVIEW = 20
    QUALIFIED = 30
    SUSPENDED = 40
    DECLINED = 80
    RETIRED = 81


_S = SupplierState

SUPPLIER = Lifecycle(
    "supplier",
    SupplierState,
    start=frozenset({_S.APPLIED}),
    moves={
        _S.APPLIED: frozenset({_S.UNDER_REVIEW}),
        _S.UNDER_REVIEW: frozenset({_S.QUALIFIED, _S.DECLINED}),
        _S.QUALIFIED: frozenset({_S.SUSPENDED, _S.RETIRED}),
        _S.SUSPENDED: frozenset({_S.QUALIFIED, _S.RETIRED}),
    },
)
"""The allowed moves. Whoever was declined applies anew; whoever retired stays so."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What an operator may decide: the state it leaves from, and the one it leads to."""

    word: str
    sources: frozenset[SupplierState]
    target: SupplierState


DECISIONS: Mapping[str, Decision] = {
    decision.word: decision
    for decision in (
        Decision("qualify", frozenset({_S.UNDER_REVIEW}), _S.QUALIFIED),
        Decision("decline", frozenset({_S.UNDER_REVIEW}), _S.DECLINED),
        Decision("suspend", frozenset({_S.QUALIFIED}), _S.SUSPENDED),
        Decision("restore", frozenset({_S.SUSPENDED}), _S.QUALIFIED),
        Decision("retire", frozenset({_S.QUALIFIED, _S.SUSPENDED}), _S.RETIRED),
    )
}
"""The operator's decisions. `qualify` and `restore` both lead to qualified, from different states."""


@dataclass(frozen=True, slots=True)
class Application:
    """What a supplier applies with. `documents` are kept as they came; `kind` is one of KINDS."""

    name: str
    kind: str = "third_party"
    documents: Sequence[Any] = ()


def check_application(application: Application) -> None:
    """Refuse an application that cannot be: Invalid `supplier.name`, `.kind` or `.documents`."""
    if not is_text(application.name, LONGEST_NAME):
        raise Invalid("supplier.name", f"{len(application.name)} characters")
    if application.kind not in KINDS:
        raise Invalid("supplier.kind", application.kind)
    if len(application.documents) > MOST_DOCUMENTS:
        raise Invalid("supplier.documents", f"{len(application.documents)} documents")


def path_of_decision(state: SupplierState, word: str) -> tuple[SupplierState, ...]:
    """The states that a supplier in `state` passes through by that decision, the last one included.

    A decision on an application that nobody has taken up yet opens its review first. Refuses with Invalid
    `supplier.decision` a word that is none, with Conflict `supplier.state` a decision that is not open to it.
    Source: QUAL-1.
    """
    decision = DECISIONS.get(word)
    if decision is None:
        raise Invalid("supplier.decision", f"{word}: decisions are {', '.join(DECISIONS)}")
    opens_review = state is _S.APPLIED and _S.UNDER_REVIEW in decision.sources
    if state not in decision.sources and not opens_review:
        raise Conflict(
            "supplier.state",
            f"{word} is not open to a supplier that is {state.word}",
            clause="QUAL-1",
            state=state.word,
        )
    path = (_S.UNDER_REVIEW, decision.target) if opens_review else (decision.target,)
    for source, target in zip((state, *path), path, strict=False):
        SUPPLIER.check(source, target)
    return path


def is_late(due_at: datetime | None, ended_at: datetime | None, now: datetime) -> bool:
    """Whether a review ended after its deadline, or goes on after it; the deadline's own instant is in time.

    Source: QUAL-2.
    """
    return due_at is not None and (ended_at or now) > due_at
