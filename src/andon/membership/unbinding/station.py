"""The stations of unbinding: the letter is rendered and signed beside the line; what it closed is tried."""

from collections.abc import Sequence

from andon.kernel.line import Called, OutsideStation
from andon.kernel.tx import Tx
from andon.membership.unbinding.service import TO_PROVE, Case, Proof, claim_cases, put_away, record_tries
from andon.membership.unbinding.views import paper_of, unrendered_letters
from andon.platform.documents.authority import Authority
from andon.platform.documents.papers import Paper, keep
from andon.platform.policies.rules import Policy
from andon.ports.trying import Trier


def prove_station(trier: Trier) -> OutsideStation:
    """The station that tries, by `trier`, whether anything of a shop still opens to a supplier whose letter is signed."""

    def claim(tx: Tx[Policy], batch: int) -> Sequence[Case]:
        """Try every key, table and push of a supplier whose letter is signed, and record that nothing opens."""
        return claim_cases(tx, batch)

    def call(cases: Sequence[Case]) -> Called:
        # The line waits for none of it: it takes a while, and others' pushes do not.
        return Called([], lambda: [_proof(trier, case) for case in cases])

    return OutsideStation(
        "prove",
        due=TO_PROVE.earliest_sql,
        claim=claim,
        call=call,
        record=record_tries,
        batch=5,
    )


def _proof(trier: Trier, case: Case) -> Proof:
    calls = [tried for key in case.keys for tried in trier.call(key, case.attempts)]
    return Proof(case, calls, trier.look(case.supplier_id, case.shop_id))


def letters_station(authority: Authority) -> OutsideStation:
    """The station that renders signed letters and signs the PDFs; whoever asks for one before it has it made then."""

    def claim(tx: Tx[Policy], batch: int) -> Sequence[Paper]:
        """Render each signed termination letter, sign the PDF, and keep it."""
        return [paper_of(tx, letter) for letter in unrendered_letters(tx, batch)]

    def call(papers: Sequence[Paper]) -> Called:
        return Called([(paper, paper.made(authority)) for paper in papers])

    def record(tx: Tx[Policy], made: Sequence[tuple[Paper, bytes]]) -> None:
        for paper, body in made:
            keep(tx, paper, body)
            put_away(tx, paper.shop_id, paper.subject)

    return OutsideStation(
        "letters",
        due="select min(paper_due_at) from letters where paper_due_at is not null",
        claim=claim,
        call=call,
        record=record,
        batch=5,
    )
