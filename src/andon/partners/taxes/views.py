"""Tax numbers as they stand."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import Row

from andon.kernel.errors import NotFound
from andon.kernel.tx import Tx
from andon.partners.taxes.rules import TaxKind
from andon.platform.policies.rules import Policy


def tax_numbers(tx: Tx[Policy], shop_id: int) -> Sequence[Row[Any]]:
    """The shop's numbers by kind: kind, number, set_at."""
    return tx.rows(
        "select kind, number, set_at from tax_numbers where shop_id = :shop order by kind", shop=shop_id
    )


def tax_number(tx: Tx[Policy], shop_id: int, kind: TaxKind) -> Row[Any]:
    """The shop's number of that kind; NotFound `tax_number.not_found`."""
    found = [row for row in tax_numbers(tx, shop_id) if row.kind == kind.value]
    if not found:
        raise NotFound("tax_number.not_found")
    return found[0]


def numbers_of(tx: Tx[Policy], shop_ids: Collection[int]) -> Mapping[int, Mapping[str, str]]:
    """The numbers of these shops, by shop and kind."""
    numbers: dict[int, dict[str, str]] = {}
    for row in tx.rows(
        "select shop_id, kind, number from tax_numbers where shop_id = any(:shops)", shops=sorted(shop_ids)
    ):
        numbers.setdefault(row.shop_id, {})[row.kind] = row.number
    return numbers
