"""A call of every command that takes a body, for the tests that spoil them."""

from collections.abc import Iterator
from typing import Any

from tests.clients import Client
from tests.journeys.blackbox_market import CARRIER, SIZE, Scene

PRICE = {"amount": "49.90", "currency": "CNY"}
PRODUCT = {"title": "S", "mode": "jit", "price": PRICE} | SIZE
SCAN = {"waybill": "W1", "status": "collected", "occurred_at": "2026-11-23T10:00:00Z"}


def commands(scene: Scene) -> Iterator[tuple[Client, str, str, Any]]:
    """A call of each command that takes a body: who makes it, how, where, and with what."""
    market, here = scene.market, scene.market.here
    supplier, mine = market.supplier[0], f"/supplier/fulfilments/{scene.accepted}"
    label = {"carrier": CARRIER, "waybill": "W-NEW"} | SIZE
    operator = market.served.operator
    shop = {"name": "A", "category": "home", "locale": "en", "currency": "CNY", "zone": "UTC"}
    yield operator, "POST", "/shops", shop
    yield operator, "POST", "/suppliers", {"name": "A", "kind": "preferred"}
    yield operator, "POST", f"/suppliers/{market.suppliers[0]}/decision", {"decision": "suspend"}
    licence = {"kind": "licence", "number": "1", "valid_until": "2027-01-01", "content": "JVBERi0xLjc="}
    yield operator, "POST", f"/suppliers/{market.suppliers[0]}/documents", licence
    yield operator, "POST", "/reviews/4711/decision", {"decision": "passed", "note": "x"}
    week = {"zone": "UTC", "week": {"monday": {"opens": "09:00", "cut_off": "17:00"}}}
    yield operator, "PUT", f"/suppliers/{market.suppliers[0]}/calendar", week
    yield operator, "PUT", f"/suppliers/{market.suppliers[0]}/place", {"place": "CN-ZJ"}
    yield supplier, "PUT", "/supplier/calendar", week
    storm = {
        "reason": "storm",
        "region": "CN",
        "since": "2026-11-23T10:00:00Z",
        "until": "2026-11-24T10:00:00Z",
    }
    yield operator, "POST", "/exemptions", storm
    yield operator, "POST", "/exemptions/4711/end", {"at": "2026-11-23T10:00:00Z"}
    rate = {"base": "CNY", "quote": "EUR", "valid_on": "2026-03-02", "rate": "0.1268"}
    yield operator, "POST", "/rates", [rate]
    yield operator, "POST", "/keys", {"party": "operator", "scopes": []}
    yield operator, "POST", "/keys/4711/rotate", {"overlap": "PT1H"}
    yield operator, "POST", "/clock/advance", {"by": "PT1S"}
    yield operator, "PUT", "/contacts", [{"email": "desk@andon.test"}]
    yield market.shop, "PUT", f"{here}/contacts", [{"email": "li@shop.test"}]
    yield market.supplier[0], "PUT", "/supplier/contacts", [{"email": "wang@store.test"}]
    yield from commands_about_people(scene)
    yield market.shop, "PUT", f"{here}/policy_overrides", {"reroute_on_silence": True}
    yield market.shop, "PUT", f"{here}/products/NEW", PRODUCT
    yield market.shop, "POST", f"{here}/products/bulk", [{"sku": "NEW"} | PRODUCT]
    yield market.shop, "POST", f"{here}/products/batch_edit", {"skus": ["S-1"], "set": {"mode": "standard"}}
    yield market.shop, "POST", f"{here}/bindings", {"supplier_id": scene.other.suppliers[0]}
    yield market.shop, "POST", f"{here}/letters/4711/sign", {"name": "李雷", "otp": None}
    mapping = {"supplier_id": market.suppliers[0], "supplier_sku": "I-9", "units": 1, "priority": 1}
    yield market.shop, "PUT", f"{here}/mappings/S-1", mapping
    yield market.shop, "POST", f"{here}/mappings/bulk", [{"sku": "S-1", "action": "put"} | mapping]
    yield market.shop, "POST", f"{here}/stock/bulk", [{"sku": "S-1", "location": "local", "counted": 3}]
    yield market.shop, "POST", f"{here}/orders/acts", [{"id": scene.order_id, "action": "release"}]
    back = {
        "order_id": scene.order_id,
        "lines": [{"sku": "S-1", "quantity": 1}],
        "reason": "unwanted",
        "requested_at": "2026-11-23T10:00:00Z",
    }
    yield market.channel, "POST", f"{here}/returns", [back]
    yield market.shop, "POST", f"{here}/fulfilments/bulk", [{"id": scene.pushed, "action": "remind"}]
    yield market.shop, "PUT", f"{here}/stock/S-1", {"location": "local", "counted": 3}
    yield market.shop, "POST", f"{here}/product_exits", {"skus": ["S-1"]}
    yield market.shop, "POST", f"{here}/calibrations/4711", {"counted": 3}
    yield market.shop, "PUT", f"{here}/tax_numbers/ioss", {"number": "IM3720000224"}
    yield supplier, "PUT", "/supplier/capacity", {"daily": 5}
    hook = {"url": "http://127.0.0.1:9/", "events": ["*"]}
    yield market.shop, "POST", "/webhooks", hook
    yield market.shop, "PATCH", "/webhooks/4711", hook
    yield market.shop, "POST", "/webhooks/4711/replay", {"since": "2026-03-02T04:00:00Z"}
    yield market.shop, "PUT", f"{here}/plan", {"lines": ["cainiao_standard"]}
    yield market.shop, "POST", f"{here}/orders/bulk", {"orders": [scene.order | {"channel_order_no": "new"}]}
    yield market.shop, "POST", f"{here}/orders/{scene.order_id}/cancel", {"reason": "buyer"}
    yield market.shop, "POST", f"{here}/orders/{scene.order_id}/hold", {"reason": "buyer_wish"}
    yield market.shop, "PUT", f"{here}/orders/{scene.order_id}/ship_to", {"ship_to": scene.order["ship_to"]}
    remedy = f"{here}/fulfilments/{scene.accepted}/remedy"
    yield market.shop, "POST", remedy, {"action": "remind"}
    yield market.shop, "POST", f"{here}/funds/deposits", {"amount": PRICE}
    yield market.shop, "POST", f"{here}/funds/withdrawals", {"amount": PRICE}
    yield market.shop, "POST", f"{here}/charges/settle_early", {"charges": [4711]}
    paid = {"party": "carrier", "party_id": CARRIER, "amount": PRICE, "reference": "PAY-1"}
    yield operator, "POST", "/payouts", paid
    yield market.shop, "POST", f"{here}/charges/4711/enquiry", {"text": "x"}
    shown = {"kind": "photo", "content": "QQ=="}
    claim = {"order_id": scene.order_id, "cause": "quality", "claim": PRICE, "evidence": [shown]}
    yield market.shop, "POST", f"{here}/disputes", claim
    yield market.shop, "POST", f"{here}/disputes/4711/evidence", {"evidence": [shown]}
    yield market.shop, "POST", f"{here}/disputes/4711/appeal", {"text": "x"}
    yield supplier, "POST", "/disputes/4711/answer", {"answer": "contest", "evidence": [shown]}
    yield supplier, "POST", "/disputes/4711/appeal", {"text": "x"}
    yield operator, "POST", "/disputes/4711/decision", {"outcome": "upheld", "note": "x"}
    yield market.shop, "POST", f"{here}/exits/4711/force", {"reason": "x"}
    yield market.shop, "POST", f"{here}/exits/4711/appeal", {"ticket": "JIT-2026-0000010000-00", "text": "x"}
    yield operator, "POST", "/appeals/4711/decision", {"decision": "upheld", "note": "x"}
    yield market.shop, "POST", f"{here}/enrolment/join", {"authorisation_version": "1"}
    rating = {
        "order_id": scene.order_id,
        "described": 5,
        "communication": 4.5,
        "shipping": 4,
        "rated_at": SCAN["occurred_at"],
    }
    yield market.channel, "POST", f"{here}/ratings", [rating]
    violation = {"kind": "false_shipment", "order_id": scene.order_id, "fault": "shop", "note": "x"}
    yield operator, "POST", f"{here}/violations", violation
    yield market.shop, "POST", f"{here}/violations/4711/appeal", {"text": "x"}
    yield operator, "POST", f"{here}/violations/4711/decision", {"decision": "upheld", "note": "x"}
    former = {"mappings": [{"sku": "S-1", "supplier_id": market.suppliers[0]}]}
    yield market.shop, "POST", f"{here}/enrolment/mappings/restore", former
    move = {"ramp": None, "products": [{"sku": "S-1", "choice": "supplier_ships"}]}
    yield market.shop, "POST", f"{here}/exits/rehearse", {"reason": "cost", "move": move}
    yield market.shop, "POST", f"{here}/exits", {"reason": "cost", "note": "dear", "move": move}
    yield market.shop, "POST", f"{here}/moves", {"ramp": [20, 100], "products": []}
    yield supplier, "POST", f"/supplier/fulfilments/{scene.pushed}/reject", {"code": "other"}
    yield supplier, "POST", f"{mine}/labelled", label
    yield supplier, "POST", f"/supplier/fulfilments/{scene.labelled}/shipped", {"handed_over_at": None}
    yield supplier, "POST", f"{mine}/void_label", {"carrier": CARRIER, "waybill": scene.waybill}
    yield (
        market.shop,
        "POST",
        f"{here}/fulfilments/{scene.accepted}/void_label",
        {"carrier": CARRIER, "waybill": "W"},
    )
    yield supplier, "POST", f"{mine}/cannot_fulfil", {"reason": "damaged"}
    yield supplier, "POST", "/supplier/fulfilments/bulk", [{"id": scene.pushed, "action": "accept"}]
    yield supplier, "POST", f"{mine}/cancellation", {"answer": "accepted"}
    yield supplier, "POST", "/supplier/bindings/bulk", [{"id": 1, "action": "accept"}]
    yield supplier, "POST", "/supplier/stock/bulk", [{"supplier_sku": "I-1", "counted": 1}]
    yield supplier, "PUT", "/supplier/stock", [{"supplier_sku": "I-1", "counted": 1}]
    yield supplier, "PUT", "/supplier/endpoint", {"url": "http://127.0.0.1:9/"}
    yield (
        supplier,
        "POST",
        "/supplier/pushes/replay",
        {"from": SCAN["occurred_at"], "until": SCAN["occurred_at"]},
    )
    yield supplier, "POST", "/supplier/handovers", {"carrier": CARRIER}
    departure = {"leaves_at": "2026-12-24T10:00:00Z", "name": "王", "alternatives": [{"supplier_sku": "I-1"}]}
    yield supplier, "POST", "/supplier/departures", departure
    yield supplier, "PUT", "/supplier/bins", [{"supplier_sku": "I-1", "bin": "A-1"}]
    yield supplier, "PUT", "/supplier/printing", {"scan_before_print": False}
    yield supplier, "POST", f"{mine}/checks", {"scanned": "I-1", "number": scene.accepted}
    yield supplier, "POST", "/supplier/labels.pdf", {"parcels": [4711]}
    yield supplier, "POST", "/supplier/labels.zpl", {"parcels": [4711]}
    yield supplier, "POST", "/supplier/handovers/1/scan", {"waybills": ["W1"]}
    yield supplier, "POST", "/supplier/handovers/1/sign", {"signed_by": "A", "role": "driver"}
    yield market.carrier, "POST", f"/carriers/{CARRIER}/handovers/1/answer", {"collected": True}
    yield market.carrier, "POST", f"/carriers/{CARRIER}/scans", [SCAN]
    yield market.carrier, "POST", f"/carriers/{CARRIER}/waybills", [{"waybill": scene.waybill} | SIZE]
    said = {"answer": "delivered", "occurred_at": SCAN["occurred_at"], "note": "x", "proof": "x"}
    yield market.carrier, "POST", f"/carriers/{CARRIER}/enquiries/CJ-LOG-2026-00001/answer", said
    yield market.channel, "PUT", "/channels/plaza/endpoint", {"url": "http://127.0.0.1:9/"}
    yield market.channel, "POST", "/channels/plaza/feed/ack", {"up_to": 0}


def commands_about_people(scene: Scene) -> Iterator[tuple[Client, str, str, Any]]:
    """The same of the calls about people; some of them anybody makes."""
    market, here = scene.market, scene.market.here
    served = market.served
    invited = {"email": "li@shop.test", "role": "clerk"}
    yield market.shop, "POST", f"{here}/invitations", invited
    yield market.shop, "PUT", f"{here}/members/4711", {"role": "clerk"}
    yield market.supplier[0], "POST", f"/suppliers/{market.suppliers[0]}/invitations", invited
    yield market.supplier[0], "PUT", f"/suppliers/{market.suppliers[0]}/members/4711", {"role": "lead"}
    yield served.operator, "POST", "/operator/invitations", invited
    yield served.operator, "PUT", "/operator/members/4711", {"role": "admin"}
    anyone, person = served.client(), served.person
    yield anyone, "POST", "/sign_in", {"email": "li@shop.test", "password": "x"}
    yield anyone, "POST", "/password_resets", {"email": "li@shop.test"}
    yield anyone, "POST", "/password_resets/4711", {"password": "x"}
    yield anyone, "POST", "/invitations/4711/accept", {"password": "x"}
    yield person, "PUT", "/me", {"name": "Li", "locale": "en"}
    yield person, "POST", "/me/password", {"password": "x", "new_password": "y"}
    yield person, "POST", "/me/second_factor", {"password": "x"}
    yield person, "POST", "/me/second_factor/confirm", {"otp": "1"}
    yield person, "POST", "/me/second_factor/remove", {"password": "x", "otp": "1"}
    yield person, "POST", "/me/recovery_codes", {"password": "x", "otp": "1"}
