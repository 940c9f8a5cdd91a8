"""What fulfilments are declared as."""

from collections.abc import Collection, Mapping, Sequence
from itertools import groupby
from typing import Any

from sqlalchemy import Row

from andon.kernel.money import Money
from andon.kernel.tx import Tx
from andon.orders.customs.rules import Declaration, DeclaredLine, tax_number_for
from andon.partners.goods.rules import PLAIN, Goods
from andon.partners.taxes.views import numbers_of
from andon.platform.policies.rules import Policy


def declarations_of(
    tx: Tx[Policy], fulfilments: Collection[tuple[int, int]]
) -> dict[tuple[int, int], Declaration]:
    """What these fulfilments, by shop and number, are declared as: by what was said of the goods when the order came.

    Tax numbers and their limits are those of now. What the transaction may not see is not answered.
    """
    if not fulfilments:
        return {}
    shops = sorted({shop_id for shop_id, _ in fulfilments})
    seen = tx.rows(
        "select shop_id, fulfilment_id from fulfilments "
        "where shop_id = any(:shops) and fulfilment_id = any(:numbers)",
        shops=shops,
        numbers=[number for _, number in fulfilments],
    )
    wanted = {(row.shop_id, row.fulfilment_id) for row in seen} & set(fulfilments)
    with tx.as_platform():  # orders and tax numbers are hidden from suppliers; what a label bears is not
        numbers = numbers_of(tx, shops)
        rows = tx.rows(
            "select f.shop_id, f.fulfilment_id, f.line, o.currency, r.country, l.line_no, l.sku, l.quantity, "
            "n.unit_price_minor, n.goods, p.title from fulfilments f "
            "join orders o on o.shop_id = f.shop_id and o.order_id = f.order_id "
            "join recipients r on r.shop_id = f.shop_id and r.order_id = f.order_id "
            "join fulfilment_lines l on l.shop_id = f.shop_id and l.fulfilment_id = f.fulfilment_id "
            "join order_lines n on n.shop_id = f.shop_id and n.order_id = f.order_id and n.line_no = l.line_no "
            "join products p on p.shop_id = f.shop_id and p.sku = l.sku "
            "where f.shop_id = any(:shops) and f.fulfilment_id = any(:numbers) "
            "order by f.shop_id, f.fulfilment_id, l.line_no",
            shops=shops,
            numbers=sorted(number for _, number in wanted),
        )
    return {
        key: _declaration(tx.policy, list(own), numbers.get(key[0], {}))
        for key, own in groupby(rows, key=lambda row: (int(row.shop_id), int(row.fulfilment_id)))
        if key in wanted
    }


def _declaration(policy: Policy, rows: Sequence[Row[Any]], numbers: Mapping[str, str]) -> Declaration:
    first = rows[0]
    lines = tuple(map(_line, rows))
    value = sum((line.value for line in lines[1:]), lines[0].value)
    tax = tax_number_for(first.country, value, policy.customs.tax_numbers, numbers)
    needed = policy.lines[first.line].papers if first.line in policy.lines else frozenset()
    missing = {
        paper for row in rows for paper in needed if paper not in (Goods.kept(row.goods) or PLAIN).papers
    }
    kind, number = tax or (None, None)
    return Declaration(
        first.shop_id,
        first.fulfilment_id,
        first.country,
        lines,
        value,
        kind,
        number,
        numbers.get("eori"),
        tuple(sorted(missing)),
    )


def _line(row: Row[Any]) -> DeclaredLine:
    goods = Goods.kept(row.goods) or PLAIN
    return DeclaredLine(
        row.line_no,
        row.sku,
        row.title,
        row.quantity,
        goods.declared_value or Money.from_minor(row.unit_price_minor, row.currency),
        goods.customs_name,
        goods.hs_code,
        goods.origin,
        tuple(sorted(goods.marks)),
        goods.un_number,
    )
