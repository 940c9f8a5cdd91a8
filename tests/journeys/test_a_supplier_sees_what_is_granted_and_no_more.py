"""What a supplier is told of a shop and of its buyers: what the label needs, while the grant lives, and where exactly."""

import base64
import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import pypdfium2

from tests.clients import Answer, Client
from tests.journeys.blackbox import good
from tests.journeys.neighbourhood import BUYER, MARK, NOWHERE, Bodies, Neighbourhood, named_as, told
from tests.journeys.statement_log import statements_of

pytest_plugins = ["tests.journeys.blackbox_fixtures"]

ON_THE_LABEL = {"name", "line1", "line2", "phone"}
"""What is marked of a buyer and stands on a label; the city, the postcode and the country do too."""
ON_PAPER = ON_THE_LABEL - {"phone"}
"""A telephone's last four digits are printed. A label for a printer of labels is a picture."""
FULFILMENT = [
    "accepted_at",
    "answer_by",
    "cancel_answered_at",
    "cancel_reason",
    "cancel_requested_at",
    "delivered_at",
    "flags",
    "handed_over_at",
    "id",
    "labelled_at",
    "line",
    "lines",
    "lines.line_no",
    "lines.marks",
    "lines.quantity",
    "lines.sku",
    "lines.supplier_sku",
    "lines.un_number",
    "lines.units",
    "mode",
    "order_id",
    "parcels",
    "parcels.carrier",
    "parcels.collected_at",
    "parcels.delivered_at",
    "parcels.height_mm",
    "parcels.id",
    "parcels.labelled_at",
    "parcels.length_mm",
    "parcels.status",
    "parcels.voided_at",
    "parcels.waybill",
    "parcels.weight_g",
    "parcels.width_mm",
    "picked_at",
    "pushed_at",
    "reason",
    "replaces",
    "reserved_at",
    "ship_by",
    "ship_to",
    "ship_to.city",
    "ship_to.country",
    "ship_to.line1",
    "ship_to.line2",
    "ship_to.name",
    "ship_to.phone",
    "ship_to.postcode",
    "ship_to.region",
    "shipped_at",
    "shop_id",
    "state",
    "supplier_id",
]
"""Every field of a fulfilment as its supplier sees it."""

GRANTED = ("fulfilment_id", "parcel_id", "push_id")
"""What a grant opens, by its number."""
ECHOED = r'"(instance)":"[^"]*"|"parcel_id":[0-9]+,"code"'
"""Where an answer repeats what was asked."""


def text_of(answer: Answer) -> str:
    """All that can be read in an answer: of a paper its words, of a signed receipt what is signed."""
    if answer.raw[:5] == b"%PDF-":
        pages = pypdfium2.PdfDocument(answer.raw)
        return " ".join(page.get_textpage().get_text_range() for page in pages)
    said = answer.raw.decode("utf-8", "replace")
    if '"payload":"' in said:
        payload = answer.body["payload"]
        said += base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)).decode()
    return said


def of_the_buyer(text: str) -> set[str]:
    """Which of the buyer's marked fields stand in a text."""
    return {name for name, value in BUYER.items() if MARK in value and value in text}


def fields_of(value: Any, within: str = "") -> Iterator[str]:
    if isinstance(value, list):
        for each in value:
            yield from fields_of(each, within)
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield f"{within}{name}"
            yield from fields_of(inner, f"{within}{name}.")


def everything(street: Neighbourhood, client: Client, **more: Any) -> Iterator[tuple[str, str]]:
    """What the shop's supplier reads at every question that it may put about what is its own."""
    known = street.things | street.own | more
    for call in street.calls:
        if call.method == "GET" and "supplier" in call.parties:
            yield str(call), text_of(client.get(call.at(**named_as(call, known))))
    for kind in ("pdf", "zpl"):
        path = f"/supplier/labels.{kind}"
        yield f"POST {path}", text_of(client.post(path, {"parcels": [known["parcel_id"]]}))


def test_a_buyer_is_seen_on_labels_and_in_fulfilments_and_nowhere_else(street: Neighbourhood) -> None:
    seen = {name: of_the_buyer(text) for name, text in everything(street, street.market.supplier[0])}
    assert {name: found for name, found in seen.items() if found} == {
        "GET /supplier/fulfilments": ON_THE_LABEL,
        "GET /supplier/fulfilments/{fulfilment_id}": ON_THE_LABEL,
        "GET /supplier/parcels/{parcel_id}/label.pdf": ON_PAPER,
        "POST /supplier/labels.pdf": ON_PAPER,
    }


def test_a_fulfilment_has_these_fields_and_no_others(street: Neighbourhood) -> None:
    supplier = street.market.supplier[0]
    listed = good(supplier.get("/supplier/fulfilments"))["items"]
    assert sorted(set(fields_of(listed))) == FULFILMENT


OWN_AFTER_THE_END = {
    "GET /supplier/bindings": "that it has ended",
    "GET /supplier/bins": "its own shelves",
    "GET /supplier/contacts": "its own people",
    "GET /supplier/departures": "that it gave notice",
    "GET /disputes": "what it answers for (DISP-7)",
    "GET /disputes/{dispute_id}": "what it answers for (DISP-7)",
    "GET /disputes/{dispute_id}/evidence/{evidence_id}": "what it answers for (DISP-7)",
    "GET /supplier/endpoint": "its own server",
    "GET /supplier/handovers": "evidence of what it gave to a carrier",
    "GET /supplier/handovers/{note_id}": "evidence of what it gave to a carrier",
    "GET /supplier/handovers/{note_id}.csv": "evidence of what it gave to a carrier",
    "GET /supplier/handovers/{note_id}.pdf": "evidence of what it gave to a carrier",
    "GET /supplier/notices": "its own server is broken",
    "GET /supplier/stock": "its own shelves",
    "GET /suppliers/{supplier_id}/documents": "its own papers",
    "GET /suppliers/{supplier_id}/documents/{document_id}/file": "its own papers",
    "GET /suppliers/{supplier_id}/invitations": "its own people",
    "GET /webhooks": "its own server",
}
"""Where a supplier whose only binding has ended still reads something marked, and why."""


def test_when_the_grant_has_ended_the_shop_and_its_buyers_are_seen_no_more(street: Neighbourhood) -> None:
    supplier = street.market.supplier[0]
    with ended(street):
        seen = dict(everything(street, supplier))
        assert [name for name, text in seen.items() if of_the_buyer(text)] == []
        marked = {name for name, text in seen.items() if MARK in re.sub(ECHOED, "", text)}
        assert marked == set(OWN_AFTER_THE_END)
        assert good(supplier.get("/supplier/notices"))["items"][0]["shop_id"] is None
        assert good(supplier.get("/supplier/handovers"))["items"], "it answers for what it handed over"
        for path in ("fulfilments", "pushes", "picklist", "today"):
            assert good(supplier.get(f"/supplier/{path}"))["items"] == [], path
    assert good(supplier.get("/supplier/fulfilments"))["items"], "what the end hid is there"


def test_what_was_granted_is_as_if_it_never_was(street: Neighbourhood, bodies: Bodies) -> None:
    """By its number, too: in words, and on the way through the database."""
    supplier, tried = street.market.supplier[0], 0
    with street.served.unchanged(), ended(street), statements_of(street.served) as log:
        for call in street.calls:
            number = next(iter(call.numbers), None)
            if "supplier" not in call.parties or number not in GRANTED:
                continue
            body = bodies.get((call.method, call.path))
            paths = [call.at(**{number: each}) for each in (NOWHERE, street.things[number], NOWHERE)]
            ways, answers = log.during([partial(supplier.call, call.method, path, body) for path in paths])
            assert answers[1].status == 404, (str(call), answers[1])
            assert told(answers[1]) == told(answers[0]), str(call)
            assert ways[1] in (ways[0], ways[2]), str(call)
            tried += 1
    assert tried > 12


@contextmanager
def ended(street: Neighbourhood) -> Iterator[None]:
    """The binding of the shop's supplier has ended, as far as the database knows; at the end it lives again."""
    supplier, line = street.market.suppliers[0], street.served.line
    where = (street.market.shop_id, supplier)
    line.execute("update bindings set state = 80 where shop_id = %s and supplier_id = %s", where)
    line.execute("update grants set ended_at = since where shop_id = %s and supplier_id = %s", where)
    try:
        yield
    finally:
        line.execute("update grants set ended_at = null where shop_id = %s and supplier_id = %s", where)
        line.execute("update bindings set state = 20 where shop_id = %s and supplier_id = %s", where)
