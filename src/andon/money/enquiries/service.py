"""Asking the carrier from a charge, and the carrier's answer. Source: FEE-5."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from andon.kernel.errors import Conflict, Invalid, NotFound
from andon.kernel.tx import Tx
from andon.money.charges.rules import ChargeState
from andon.money.enquiries.events import EnquiryAnswered, EnquiryOpened
from andon.money.enquiries.rules import (
    ENQUIRY,
    Answer,
    EnquiryState,
    check_unsettled,
    enquiry_number,
    is_scan,
    year_of,
)
from andon.money.enquiries.tables import ENQUIRY_IDS, Enquiry
from andon.money.enquiries.views import open_enquiry, place_of_enquiry
from andon.orders.tracking.service import IncomingScan, Taken, record_scans
from andon.platform.notices.service import Notice, tell
from andon.platform.policies.rules import Policy

ASKED_ABOUT = """
select c.state, c.order_id, c.fulfilment_id, p.parcel_id, p.carrier, p.waybill from charges c
left join parcels p on p.shop_id = c.shop_id and p.fulfilment_id = c.fulfilment_id
  and (c.parcel_id is null or p.parcel_id = c.parcel_id) and p.voided_at is null
where c.shop_id = :shop and c.charge_id = :charge
order by p.delivered_at is not null, p.parcel_id limit 1
for no key update of c
"""
"""The charge, locked, and the parcel of it that the carrier is asked about: one that is not delivered first."""

NEXT_SERIAL = """
insert into enquiry_years as y (year, serial) values (:year, 1)
on conflict (year) do update set serial = y.serial + 1 returning serial
"""


@dataclass(frozen=True, slots=True)
class Answered:
    """What a carrier answers; `occurred_at` is its own instant of what happened, `proof` where that can be seen."""

    answer: Answer
    occurred_at: datetime | None = None
    note: str | None = None
    proof: str | None = None


def ask_carrier(tx: Tx[Policy], shop_id: int, charge_id: int, text: str | None) -> Enquiry:
    """Ask the carrier what became of the parcel of an unsettled charge; while that is open, asking again answers the same.

    NotFound `charge.not_found`; Conflict `enquiry.settled` for a charge that is over, `enquiry.no_parcel` where no label
    stands. Source: FEE-5.
    """
    tx.hold(shop_id)
    about = tx.one(ASKED_ABOUT, shop=shop_id, charge=charge_id)
    if about is None:
        raise NotFound("charge.not_found")
    if standing := open_enquiry(tx, shop_id, charge_id):
        return standing
    check_unsettled(ChargeState(about.state))
    if about.parcel_id is None:
        raise Conflict("enquiry.no_parcel", clause="FEE-5")
    enquiry = tx.add(_enquiry(tx, shop_id, charge_id, about, text))
    tx.put(
        "insert into enquiry_numbers (number, carrier, shop_id, enquiry_id) values (:number, :carrier, :shop, :enquiry)",
        number=enquiry.number,
        carrier=enquiry.carrier,
        shop=shop_id,
        enquiry=enquiry.enquiry_id,
    )
    tx.emit(EnquiryOpened(**_facts(enquiry)))
    return enquiry


def answer_enquiry(tx: Tx[Policy], carrier: str, number: str, said: Answered) -> Enquiry:
    """Record what a carrier answers, and tell the seller; the same answer again changes nothing.

    What happened at an instant is a scan, recorded as every scan is: a delivery fixes the charge. NotFound
    `enquiry.not_found`; Conflict `enquiry.answered` for another answer than before; Invalid `enquiry.scan`, with the
    scan's own code, where it would be refused as a scan. Source: FEE-5.
    """
    shop_id, enquiry_id = place_of_enquiry(tx, carrier, number)
    tx.see_shops([shop_id])
    tx.hold(shop_id)
    enquiry = tx.lock(Enquiry, shop_id, enquiry_id)
    if enquiry.state == EnquiryState.ANSWERED:
        if Answered(enquiry.answer, enquiry.occurred_at, enquiry.note, enquiry.proof) == said:  # type: ignore[arg-type]
            return enquiry
        raise Conflict("enquiry.answered", clause="FEE-5", answer=enquiry.answer)
    ENQUIRY.check(EnquiryState(enquiry.state), EnquiryState.ANSWERED)

    if is_scan(said.answer, said.occurred_at):
        _scan(tx, enquiry, said)
    enquiry.state, enquiry.answer = EnquiryState.ANSWERED, said.answer
    enquiry.occurred_at, enquiry.note, enquiry.proof = said.occurred_at, said.note, said.proof
    enquiry.answered_at, enquiry.answered_by = tx.now, str(tx.actor)
    tx.session.flush()
    tx.emit(EnquiryAnswered(**_facts(enquiry), answer=said.answer, occurred_at=said.occurred_at))
    facts = {"enquiry": number, "charge_id": enquiry.charge_id, "answer": said.answer}
    tell(tx, [Notice(shop_id, "seller", "enquiry.answered", order_id=enquiry.order_id, facts=facts)])
    return enquiry


def _enquiry(tx: Tx[Policy], shop_id: int, charge_id: int, about: Row[Any], text: str | None) -> Enquiry:
    year = year_of(tx.now, tx.policy)
    # Last of what it waits for: whoever asks next, in whatever shop, waits for this row.
    [given] = tx.rows(NEXT_SERIAL, year=year)
    return Enquiry(
        shop_id=shop_id,
        enquiry_id=tx.take_ids(ENQUIRY_IDS.name, 1)[0],
        number=enquiry_number(year, given.serial, tx.policy),
        state=EnquiryState.OPENED,
        charge_id=charge_id,
        order_id=about.order_id,
        fulfilment_id=about.fulfilment_id,
        parcel_id=about.parcel_id,
        carrier=about.carrier,
        waybill=about.waybill,
        text=text,
        asked_at=tx.now,
        asked_by=str(tx.actor),
        policy=tx.policy.version,
    )


def _scan(tx: Tx[Policy], enquiry: Enquiry, said: Answered) -> None:
    assert said.occurred_at is not None, "a scan has its instant"
    scan = IncomingScan(enquiry.carrier, enquiry.waybill, said.answer, None, said.occurred_at)
    [outcome] = record_scans(tx, enquiry.carrier, [scan])
    if outcome.status not in (Taken.RECORDED, Taken.KNOWN):
        raise Invalid(
            "enquiry.scan", f"{said.answer} at {said.occurred_at}: {outcome.code}", scan=outcome.code
        )


def _facts(enquiry: Enquiry) -> dict[str, Any]:
    return {
        "shop_id": enquiry.shop_id,
        "order_id": enquiry.order_id,
        "charge_id": enquiry.charge_id,
        "parcel_id": enquiry.parcel_id,
        "number": enquiry.number,
        "carrier": enquiry.carrier,
    }
