"""A supplier's scorecard, read from its days alone, and the orders behind each figure."""

from datetime import date
from typing import Annotated, Any

from sqlalchemy import Row

from andon.kernel.errors import NotFound
from andon.kernel.http.models import Out, coded
from andon.kernel.tx import Tx
from andon.membership.qualification.rules import (
    AGAINST,
    FIGURES,
    LICENCE,
    Fact,
    Figure,
    fact_words,
    licence_of,
    scorecard,
    shown,
)
from andon.membership.qualification.views.documents import said_documents
from andon.partners.suppliers.views import supplier_of
from andon.platform.policies.rules import Policy


class FigureOut(Out):
    """One line of a scorecard: `numerator` of `denominator`, which is `share`, and what of its weight that earns.

    With a denominator of 0 nothing was measured, and the line weighs nothing. `orders` lists the fulfilments behind it.
    """

    name: str
    title: dict[str, str]
    numerator: int
    denominator: int
    share: str | None
    weight: str
    points: str | None
    orders: str | None


class ScorecardOut(Out):
    """What lies before whoever decides: the score, 0 to 1, is the points by the weight of what was measured.

    `passes` says whether it is at least the pass mark, null without a score; a person decides. QUAL-2.
    """

    supplier_id: int
    since: date
    until: date
    policy: str
    figures: list[FigureOut]
    measured_weight: str
    score: str | None
    pass_mark: str
    passes: bool | None


class CountedOut(Out):
    """A fulfilment behind a figure: what there is to say of it, and whether it speaks against the supplier."""

    shop_id: int
    order_id: int
    fulfilment_id: int
    day: date
    facts: list[Annotated[str, coded(fact_words(sum(Fact)))]]
    against: bool
    order: str


def scorecard_of(tx: Tx[Policy], supplier_id: int) -> ScorecardOut:
    """The supplier's scorecard by the policy in force now; NotFound `supplier.not_found`. Source: QUAL-2."""
    supplier, figures = supplier_of(tx, supplier_id), tx.policy.qualification
    today, since = _window(tx)
    counts = {
        row.facts: row.fulfilments
        for row in tx.rows(
            "select facts, cast(sum(fulfilments) as bigint) as fulfilments from supplier_days "
            "where supplier_id = :supplier and day >= :since group by facts",
            supplier=supplier_id,
            since=since,
        )
    }
    card = scorecard(
        counts,
        licence_of(said_documents(tx, supplier), figures.documents, today),
        figures.weights,
        figures.pass_mark,
    )
    return ScorecardOut(
        supplier_id=supplier_id,
        since=since,
        until=today,
        policy=tx.policy.version,
        figures=[
            FigureOut(
                name=line.name,
                title=dict(zip(("en", "zh-CN"), line.titles, strict=True)),
                numerator=line.numerator,
                denominator=line.denominator,
                share=_text(line.share),
                weight=str(line.weight),
                points=_text(line.points),
                orders=None if line.name == LICENCE else f"/v1/suppliers/{supplier_id}/scorecard/{line.name}",
            )
            for line in card.lines
        ],
        measured_weight=str(card.measured),
        score=_text(card.score),
        pass_mark=str(card.pass_mark),
        passes=card.passes,
    )


def figure_of(name: str) -> Figure:
    """The figure of that name; NotFound `scorecard.no_figure`."""
    if name not in FIGURES:
        raise NotFound("scorecard.no_figure", f"figures are {', '.join(FIGURES)}")
    return FIGURES[name]


def list_counted(
    tx: Tx[Policy],
    supplier_id: int,
    figure: Figure,
    *,
    against: bool = False,
    before: int | None = None,
    limit: int,
) -> list[Row[Any]]:
    """The fulfilments behind a figure, the newest first, from the one before `before`; with `against`, only those."""
    conditions = [f"facts & {figure.of:d} <> 0"]
    if against:
        # The index of what speaks against anybody serves, however few there are.
        conditions += [f"facts & {AGAINST:d} <> 0", f"facts & {figure.against:d} <> 0"]
    return list(
        tx.rows(
            "select shop_id, order_id, fulfilment_id, day, facts from tallies where supplier_id = :supplier "
            f"and day >= :since and {' and '.join(conditions)} "
            "and (cast(:before as bigint) is null or fulfilment_id < :before) order by fulfilment_id desc limit :limit",
            supplier=supplier_id,
            since=_window(tx)[1],
            before=before,
            limit=limit,
        )
    )


def shown_counted(row: Row[Any], figure: Figure) -> CountedOut:
    """The wire's form of a fulfilment behind a figure."""
    return CountedOut(
        shop_id=row.shop_id,
        order_id=row.order_id,
        fulfilment_id=row.fulfilment_id,
        day=row.day,
        facts=fact_words(row.facts),
        against=bool(Fact(row.facts) & figure.against),
        order=f"/v1/shops/{row.shop_id}/orders/{row.order_id}",
    )


def _window(tx: Tx[Policy]) -> tuple[date, date]:
    """Today in the platform's zone, and the first day that is counted."""
    today = tx.policy.day_of(tx.now)
    return today, today - tx.policy.qualification.scored_over


def _text(share: Any) -> str | None:
    found = shown(share)
    return None if found is None else str(found)
