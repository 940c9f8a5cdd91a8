"""Disputes of two orders are opened, shown, answered, decided, appealed against, withdrawn, in any order, while time goes by.

Beside the database stands a small model: what each dispute is, what it was awarded, who paid it. What orders' disputes
cost never exceeds their caps, and each decision that stands has its one journal.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)

from andon.kernel.db import Database
from andon.kernel.errors import Conflict, Invalid
from andon.kernel.tx import Actor
from andon.money.disputes.service import (
    Verdict,
    answer_dispute,
    appeal_dispute,
    decide_dispute,
    give_evidence,
    withdraw_dispute,
)
from tests.worlds import NOON, transaction
from tests.worlds_audit import assert_all_well
from tests.worlds_disputes import (
    HANDLED,
    OPERATOR,
    PRICE,
    Sold,
    cny,
    dollar_is_worth,
    look,
    opened,
    photo,
    sold,
)

WORTH = PRICE.minor
DELAY_CAP = 3500
"""Five dollars at seven."""
UNDECIDED = ("opened", "evidence")
STATES = {10: "opened", 20: "evidence", 30: "decided", 80: "paid", 81: "withdrawn", 82: "closed"}


@dataclass
class Known:
    """What the model knows of a dispute."""

    number: int
    order: int
    cause: str
    claim: int
    state: str = "opened"
    shown: set[str] = field(default_factory=set)
    award: int = 0
    payer: str | None = None
    appealed: bool = False
    final_at: datetime | None = None

    @property
    def under_delay(self) -> bool:
        return self.payer == "carrier" and self.cause == "delay"


class DisputeMachine(RuleBasedStateMachine):
    """Whatever is done, and whenever."""

    database: Database
    disputes = Bundle("disputes")

    @initialize()
    def begin(self) -> None:
        self.orders: list[Sold] = [sold(self.database, f"O{n}") for n in range(2)]
        self.known: dict[int, Known] = {}
        self.now = NOON

    @rule(
        target=disputes,
        order=st.integers(0, 1),
        cause=st.sampled_from(["quality", "delay", "other"]),
        claim=st.integers(1, 6000),
        with_evidence=st.booleans(),
    )
    def open(self, order: int, cause: str, claim: int, *, with_evidence: bool) -> Any:
        exhibits = [photo(kind="tracking" if cause == "delay" else "photo")] if with_evidence else []
        said = self.orders[order].claim(cause, f"{claim / 100:.2f}", beneficiary="buyer")
        number = opened(self.database, said, exhibits, at=self.now, actor=OPERATOR)
        found = Known(number, order, cause, claim)
        if with_evidence:
            found.state = "evidence"
            found.shown |= {cause} - {"other"}
        self.known[number] = found
        return multiple(number)

    @rule(number=disputes, listing=st.booleans())
    def show(self, number: int, *, listing: bool) -> None:
        known = self.known[number]
        exhibit = photo("wrong_listing", "listing") if listing else photo(kind="message")
        try:
            with transaction(self.database, self.now, actor=OPERATOR) as tx:
                give_evidence(tx, self._shop(known), number, [exhibit])
        except Conflict:
            assert known.state not in UNDECIDED
            return
        assert known.state in UNDECIDED
        known.state = "evidence"
        if listing:
            known.shown.add("wrong_listing")

    @rule(number=disputes)
    def answer(self, number: int) -> None:
        known = self.known[number]
        party = Actor("carrier", "cainiao") if known.cause == "delay" else self.orders[known.order].supplier
        try:
            with transaction(self.database, self.now, actor=party) as tx:
                answer_dispute(tx, number, "contest", None)
        except Conflict:
            assert known.state not in UNDECIDED

    @rule(
        number=disputes,
        payer=st.sampled_from([None, "supplier", "carrier", "seller"]),
        outcome=st.sampled_from(["upheld", "partial", "rejected"]),
        amount=st.none() | st.integers(0, 6000),
    )
    def decide(self, number: int, payer: Any, outcome: Any, amount: int | None) -> None:
        known = self.known[number]
        said = None if amount is None else cny(f"{amount / 100:.2f}")
        verdict = Verdict(outcome, "x", payer, said)
        try:
            with transaction(self.database, self.now, actor=OPERATOR) as tx:
                found = decide_dispute(tx, number, verdict)
                award, paid_by = found.awarded_minor, found.payer
        except (Conflict, Invalid):
            return
        assert known.state in UNDECIDED
        assert award is not None
        assert (outcome == "rejected") == (award == 0)
        assert paid_by != "seller" or "wrong_listing" in known.shown
        known.state, known.award, known.payer = "decided", award, paid_by
        known.final_at = self.now + HANDLED

    @rule(number=disputes)
    def appeal(self, number: int) -> None:
        known = self.known[number]
        try:
            with transaction(self.database, self.now, actor=self.orders[known.order].seller) as tx:
                appeal_dispute(tx, self._shop(known), number, "x")
        except Conflict:
            assert known.appealed or known.state != "decided"
            return
        assert known.state == "decided"
        assert not known.appealed
        known.appealed, known.state = True, "evidence"

    @rule(number=disputes)
    def withdraw(self, number: int) -> None:
        known = self.known[number]
        try:
            with transaction(self.database, self.now, actor=OPERATOR) as tx:
                withdraw_dispute(tx, self._shop(known), number)
        except Conflict:
            assert known.state not in (*UNDECIDED, "withdrawn")
            return
        assert known.state in (*UNDECIDED, "withdrawn")
        known.state, known.award, known.payer = "withdrawn", 0, None

    @rule(hours=st.sampled_from([1, 47, 48, 100]))
    def wait(self, hours: int) -> None:
        self.now += timedelta(hours=hours)
        while look(self.database, self.now):
            pass
        for known in self.known.values():
            if known.state == "decided" and known.final_at is not None and known.final_at <= self.now:
                known.state = "paid" if known.award else "closed"

    @invariant()
    def what_stands_is_what_is_known(self) -> None:
        if not getattr(self, "known", None):
            return
        with transaction(self.database, self.now) as tx:
            shops = [sale.shop.shop_id for sale in self.orders]
            rows = tx.rows("select dispute_id, state from disputes where shop_id = any(:shops)", shops=shops)
        assert {row.dispute_id: STATES[row.state] for row in rows} == {
            number: known.state for number, known in self.known.items()
        }

    @invariant()
    def compensation_never_exceeds_its_caps(self) -> None:
        for order in range(2):
            own = [known for known in getattr(self, "known", {}).values() if known.order == order]
            assert sum(known.award for known in own) <= WORTH
            assert sum(known.award for known in own if known.under_delay) <= DELAY_CAP

    @invariant()
    def what_payers_owe_is_what_stands(self) -> None:
        """The books, asked anew: of each order's shop, what claimants are owed and what buyers were paid."""
        for order, sale in enumerate(getattr(self, "orders", ())):
            own = [known for known in self.known.values() if known.order == order]
            with transaction(self.database, self.now) as tx:
                rows = tx.rows(
                    "select account, credited_minor - debited_minor as minor from balances where shop_id = :shop",
                    shop=sale.shop.shop_id,
                )
            holds = {row.account: row.minor for row in rows}
            paid = sum(known.award for known in own if known.state == "paid")
            assert holds.get("dispute_compensation", 0) == sum(known.award for known in own) - paid
            assert holds.get("external", 0) == paid
            for party, account in (
                ("supplier", f"payable:supplier:{sale.shop.supplier_ids[0]}"),
                ("carrier", "payable:carrier:cainiao"),
            ):
                assert -holds.get(account, 0) == sum(known.award for known in own if known.payer == party)

    def teardown(self) -> None:
        if getattr(self, "known", None):
            assert_all_well(self.database)

    def _shop(self, known: Known) -> int:
        return self.orders[known.order].shop.shop_id


@pytest.fixture
def machine(database: Database) -> type[DisputeMachine]:
    dollar_is_worth(database)
    return type("Machine", (DisputeMachine,), {"database": database})


@pytest.mark.clause("DISP-2", "DISP-3", "DISP-5")
def test_disputes_never_go_astray(machine: type[DisputeMachine]) -> None:
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=12,
            stateful_step_count=25,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )
