"""Enquiries as the shop and the carrier read them."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, select

from andon.kernel.errors import NotFound
from andon.kernel.tx import Tx
from andon.money.enquiries.rules import EnquiryState
from andon.money.enquiries.tables import Enquiry
from andon.platform.policies.rules import Policy

CARRIERS = """
select e.*, p.status, p.last_scan_at from enquiries e
left join parcels p on p.shop_id = e.shop_id and p.parcel_id = e.parcel_id
where e.carrier = :carrier and e.enquiry_id > :after and (cast(:state as int) is null or e.state = :state)
order by e.enquiry_id limit :limit
"""


def enquiries_of_shop(
    tx: Tx[Policy],
    shop_id: int,
    *,
    state: EnquiryState | None = None,
    charge_id: int | None = None,
    before: int | None = None,
    limit: int,
) -> Sequence[Enquiry]:
    """A shop's enquiries, the newest first, from the one before `before`."""
    query = select(Enquiry).where(Enquiry.shop_id == shop_id)
    if state is not None:
        query = query.where(Enquiry.state == state.value)
    if charge_id is not None:
        query = query.where(Enquiry.charge_id == charge_id)
    if before is not None:
        query = query.where(Enquiry.enquiry_id < before)
    return tx.session.scalars(query.order_by(Enquiry.enquiry_id.desc()).limit(limit)).all()


def enquiries_of_carrier(
    tx: Tx[Policy], carrier: str, *, state: EnquiryState | None = None, after: int = 0, limit: int
) -> Sequence[Row[Any]]:
    """What a carrier is asked, by all shops, the oldest first, with the last status of each parcel."""
    shops = tx.rows("select distinct shop_id from enquiry_numbers where carrier = :carrier", carrier=carrier)
    tx.see_shops(row.shop_id for row in shops)
    return tx.rows(CARRIERS, carrier=carrier, after=after, state=state, limit=limit)


def open_enquiry(tx: Tx[Policy], shop_id: int, charge_id: int) -> Enquiry | None:
    """The enquiry of a charge that is open, if one is."""
    return tx.session.scalars(
        select(Enquiry).where(
            Enquiry.shop_id == shop_id,
            Enquiry.charge_id == charge_id,
            Enquiry.state < EnquiryState.ANSWERED.value,
        )
    ).first()


def place_of_enquiry(tx: Tx[Policy], carrier: str, number: str) -> tuple[int, int]:
    """The shop and the enquiry of a number; NotFound `enquiry.not_found` for another carrier's as for nobody's."""
    found = tx.one(
        "select shop_id, enquiry_id from enquiry_numbers where number = :number and carrier = :carrier",
        number=number,
        carrier=carrier,
    )
    if found is None:
        raise NotFound("enquiry.not_found")
    return found.shop_id, found.enquiry_id
