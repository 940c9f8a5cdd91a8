"""The station that renders and signs authorisations; whoever asks for one before it has it made then."""

from collections.abc import Sequence

from andon.kernel.line import Called, OutsideStation
from andon.kernel.tx import Tx
from andon.membership.enrolment.service import put_away
from andon.membership.enrolment.views import authorisation_paper, unrendered
from andon.platform.documents.authority import Authority
from andon.platform.documents.papers import Paper, keep
from andon.platform.policies.rules import Policy


def authorisations_station(authority: Authority) -> OutsideStation:
    """The station that makes the authorisations that sellers signed by joining. Source: MODE-7."""

    def claim(tx: Tx[Policy], batch: int) -> Sequence[Paper]:
        """Render the authorisation of each join, sign the PDF, and keep it."""
        return [authorisation_paper(tx, each.shop_id, each.number) for each in unrendered(tx, batch)]

    def call(papers: Sequence[Paper]) -> Called:
        return Called([(paper, paper.made(authority)) for paper in papers])

    def record(tx: Tx[Policy], made: Sequence[tuple[Paper, bytes]]) -> None:
        for paper, body in made:
            keep(tx, paper, body)
            put_away(tx, paper.shop_id, paper.subject)

    return OutsideStation(
        "authorise",
        due="select min(paper_due_at) from enrolments where paper_due_at is not null",
        claim=claim,
        call=call,
        record=record,
        batch=5,
    )
