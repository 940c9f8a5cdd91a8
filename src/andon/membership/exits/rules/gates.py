"""The gates of an exit: from what stands open to what stands in the way. Source: EXIT-1, EXIT-2, EXIT-3."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from andon.kernel.errors import Conflict
from andon.membership.exits.rules.blockers import (
    Blocker,
    blocker_of_binding,
    blocker_of_charge,
    blocker_of_uncharged,
    blocker_of_uncounted,
    blockers_of_part,
    code_of_binding,
    code_of_charge,
    codes_of_part,
    told,
)
from andon.membership.exits.rules.facts import Facts
from andon.membership.exits.rules.states import ExitState

MOST_LISTED = 100
"""Up to so many blockers of a code are listed, the oldest; all are counted."""

CLAUSES: Mapping[str, str] = {
    "open_order": "EXIT-1",
    "stuck_order": "EXIT-1",
    "stale_parcel": "EXIT-1",
    "unanswered_order": "EXIT-1",
    "open_cancellation": "EXIT-1",
    "live_grant": "EXIT-3",
    "unsigned_letter": "EXIT-3",
    "unsettled_fee": "EXIT-2",
    "fee_without_delivery_evidence": "EXIT-2",
}
"""What may block an exit, in the order in which it is told, and the gate that each closes."""

ALL_CODES = (*CLAUSES, "secured_fee", "uncounted_stock")
"""Those, and what is told beside them and blocks nothing."""


class Blocked(Conflict):
    """The exit's gates are closed: `blockers` says by what, `blocker_counts` by how many of each code."""

    code = "exit.blocked"


def blockers_of(facts: Facts) -> list[Blocker]:
    """What stands in the way of a shop's exit: up to MOST_LISTED of each code, the oldest first.

    Every open JIT fulfilment is an `open_order`; what else is the matter with it stands beside. Source: EXIT-1..3.
    """
    found = [
        *(blocker for part in facts.parts for blocker in blockers_of_part(facts, part)),
        *(blocker_of_binding(facts, binding) for binding in facts.bindings),
        *(blocker_of_charge(facts, charge) for charge in facts.charges),
        *(blocker_of_uncharged(each) for each in facts.uncharged),
        *(blocker_of_uncounted(facts, each) for each in facts.uncounted),
    ]
    by_code: dict[str, list[Blocker]] = {code: [] for code in ALL_CODES}
    for blocker in found:
        by_code[blocker.code].append(blocker)
    return [blocker for listed in by_code.values() for blocker in listed[:MOST_LISTED]]


def counts_of(facts: Facts) -> dict[str, int]:
    """How many there are of each code, those that are not listed as well, and those that block nothing. Source: EXIT-1..3."""
    counts: Counter[str] = Counter()
    for part in _firsts(facts.parts):
        counts.update(dict.fromkeys(codes_of_part(part), part.alike))
    for charge in _firsts(facts.charges):
        counts[code_of_charge(charge)] += charge.alike
    for each in _firsts(facts.uncharged):
        counts["unsettled_fee"] += each.alike
    for each in _firsts(facts.uncounted):
        counts["uncounted_stock"] += each.alike
    counts.update(code_of_binding(binding) for binding in facts.bindings)
    return {code: counts[code] for code in ALL_CODES if counts[code]}


def blocking_of(counts: Mapping[str, int]) -> dict[str, int]:
    """Those of the counts that close a gate."""
    return {code: count for code, count in counts.items() if code in CLAUSES}


def state_reached(state: ExitState, counts: Mapping[str, int]) -> ExitState:
    """Where an exit stands that was at `state`: at its first unfinished step, and never further back than it was.

    Fees do not hold it at a step: they block the switch alone. Source: EXIT-1, EXIT-3.
    """
    if state >= ExitState.SWITCHING_OFF:
        return state
    gates = {CLAUSES[code] for code in blocking_of(counts)}
    stands = (
        ExitState.DRAINING
        if "EXIT-1" in gates
        else ExitState.UNBINDING
        if "EXIT-3" in gates
        else ExitState.SWITCHING_OFF
    )
    return max(state, stands)


def check_gates(facts: Facts) -> None:
    """Refuse, with Blocked and every blocker, while anything stands in the way. Source: EXIT-1..3."""
    counts = counts_of(facts)
    blocking = blocking_of(counts)
    if not blocking:
        return
    raise Blocked(
        detail=", ".join(f"{count} {code}" for code, count in blocking.items()),
        clause=CLAUSES[next(iter(blocking))],
        blockers=[told(blocker) for blocker in blockers_of(facts)],
        blocker_counts=counts,
    )


def _firsts(rows: Iterable[Any]) -> Iterable[Any]:
    return (row for row in rows if row.place == 1)
