"""What is tried once a grant is over: every call of a supplier's that names a thing of the shop, and what counts as refused.

A call that suppliers may make stands either in ATTEMPTS or in OWN; a test sees to it.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from andon.ports.trying import Attempt, Tried

_LABEL = {
    "carrier": "{carrier}",
    "waybill": "ANDON-TRIES-THIS",
    "weight_g": 1,
    "length_mm": 1,
    "width_mm": 1,
    "height_mm": 1,
}
_F = "/v1/supplier/fulfilments/{fulfilment_id}"

ATTEMPTS: Mapping[tuple[str, str], tuple[str, Any]] = {
    ("GET", "/v1/supplier/fulfilments"): ("?shop={shop_id}", None),
    ("GET", _F): ("", None),
    ("POST", f"{_F}/accept"): ("", None),
    ("POST", f"{_F}/reject"): ("", {"code": "other"}),
    ("POST", f"{_F}/picked"): ("", None),
    ("POST", f"{_F}/labelled"): ("", _LABEL),
    ("POST", f"{_F}/void_label"): ("", {"carrier": "{carrier}", "waybill": "{waybill}"}),
    ("POST", f"{_F}/cannot_fulfil"): ("", {"reason": "damaged"}),
    ("POST", f"{_F}/shipped"): ("", None),
    ("POST", f"{_F}/cancellation"): ("", {"answer": "accepted"}),
    ("GET", f"{_F}/checks"): ("", None),
    ("POST", f"{_F}/checks"): ("", {"scanned": "{item}", "number": "{fulfilment_id}"}),
    ("POST", "/v1/supplier/fulfilments/bulk"): (
        "?dry_run=true",
        [{"id": "{fulfilment_id}", "action": "accept"}],
    ),
    ("GET", "/v1/supplier/parcels/{parcel_id}/label.pdf"): ("", None),
    ("GET", "/v1/supplier/parcels/{parcel_id}/label.zpl"): ("", None),
    ("POST", "/v1/supplier/labels.pdf"): ("", {"parcels": ["{parcel_id}"]}),
    ("POST", "/v1/supplier/labels.zpl"): ("", {"parcels": ["{parcel_id}"]}),
    ("POST", "/v1/supplier/handovers"): ("", {"carrier": "{carrier}", "waybills": ["{waybill}"]}),
    ("POST", "/v1/supplier/pushes/{push_id}/replay"): ("", None),
    ("GET", "/v1/supplier/pushes/{push_id}/receipt"): ("", None),
    ("GET", "/v1/supplier/pushes"): ("", None),
    ("GET", "/v1/supplier/today"): ("", None),
    ("GET", "/v1/supplier/stock"): ("", None),
    ("GET", "/v1/supplier/returns"): ("", None),
    ("PUT", "/v1/supplier/stock"): (
        "",
        [{"supplier_sku": "{item}", "counted": 0, "owner": "shop", "shop_id": "{shop_id}"}],
    ),
}
"""The calls, each with its query and its body; what stands in braces is a thing of the shop."""

OWN = frozenset(
    (
        *(("GET", f"/v1/suppliers/{{supplier_id}}{what}") for what in ("", "/members", "/invitations")),
        # What is said and shown of itself, over all shops.
        *(("GET", f"/v1/suppliers/{{supplier_id}}/{what}") for what in ("scorecard", "documents")),
        ("POST", "/v1/suppliers/{supplier_id}/documents"),
        ("GET", "/v1/suppliers/{supplier_id}/documents/{document_id}/file"),
        ("PUT", "/v1/suppliers/{supplier_id}/members/{user_id}"),
        ("DELETE", "/v1/suppliers/{supplier_id}/members/{user_id}"),
        ("POST", "/v1/suppliers/{supplier_id}/invitations"),
        ("DELETE", "/v1/suppliers/{supplier_id}/invitations/{invitation_id}"),
        # What it was told, and what it asked to be told: of a shop without a grant nothing more is.
        ("GET", "/v1/supplier/notices"),
        ("POST", "/v1/supplier/notices/{notice_id}/read"),
        ("GET", "/v1/supplier/contacts"),
        ("PUT", "/v1/supplier/contacts"),
        *((act, "/v1/webhooks") for act in ("GET", "POST")),
        *((act, "/v1/webhooks/{webhook_id}") for act in ("GET", "PATCH", "DELETE")),
        *(("POST", f"/v1/webhooks/{{webhook_id}}/{what}") for what in ("rotate", "ping", "replay")),
        ("GET", "/v1/webhooks/{webhook_id}/deliveries"),
        *((act, "/v1/supplier/endpoint") for act in ("GET", "PUT", "DELETE")),
        *((act, "/v1/supplier/calendar") for act in ("GET", "PUT", "DELETE")),
        *((act, "/v1/supplier/capacity") for act in ("GET", "PUT")),
        *((act, "/v1/supplier/printing") for act in ("GET", "PUT")),
        *((act, "/v1/supplier/bins") for act in ("GET", "PUT")),
        ("GET", "/v1/exemptions"),
        # Its bindings, notices and letters are both parties', also once they have ended.
        ("GET", "/v1/supplier/bindings"),
        ("POST", "/v1/supplier/bindings/bulk"),
        ("POST", "/v1/supplier/bindings/{binding_id}/accept"),
        *((act, "/v1/supplier/departures") for act in ("GET", "POST")),
        ("DELETE", "/v1/supplier/departures/{departure_id}"),
        ("POST", "/v1/shops/{shop_id}/returns"),  # of what it shipped itself: DISP-7
        ("GET", "/v1/supplier/letters"),
        # What it is owed stays open to it, without a word of a buyer.
        *(("GET", f"/v1/supplier/payables{what}") for what in ("", "/statement")),
        *(("GET", f"/v1/supplier/payables/statement{kind}") for kind in (".pdf", ".xlsx")),
        ("GET", "/v1/supplier/letters/{letter_id}.pdf"),
        # What names it in a dispute it reads and answers, also of a shop whose binding it has no more (DISP-7).
        ("GET", "/v1/disputes"),
        ("GET", "/v1/disputes/{dispute_id}"),
        ("GET", "/v1/disputes/{dispute_id}/evidence/{evidence_id}"),
        *(("POST", f"/v1/disputes/{{dispute_id}}/{what}") for what in ("answer", "appeal")),
        # Its own items and papers over all shops that it reaches: they name none. The look into the tables covers them.
        ("POST", "/v1/supplier/stock/bulk"),
        ("POST", "/v1/supplier/pushes/replay"),
        ("GET", "/v1/supplier/picklist"),
        ("GET", "/v1/supplier/picklist.pdf"),
        ("GET", "/v1/supplier/handovers"),
        *(("GET", f"/v1/supplier/handovers/{{note_id}}{kind}") for kind in ("", ".pdf", ".csv")),
        *(("POST", f"/v1/supplier/handovers/{{note_id}}/{what}") for what in ("scan", "sign")),
    )
)
"""Calls of suppliers that name nothing of one shop's."""

CLOSED = frozenset((401, 403, 404))
_NOT_THEIRS = frozenset(("handover.parcels", "label.parcels", "stock.unknown_item"))
"""Refusals of another status that say the same: not a parcel of the caller's, not an item that a shop of theirs has there."""


def attempts_on(things: Mapping[str, Any]) -> Iterator[Attempt]:
    """The calls of which every thing is known; `things` are those of the shop, by the name in braces."""
    for (method, path), (query, body) in ATTEMPTS.items():
        try:
            target, said = _filled(path + query, things), _filled(body, things)
        except KeyError:
            continue
        yield Attempt(f"{method} {path}", method, target, said)


def is_refused(tried: Tried, shop_id: int) -> bool:
    """Whether a call opened nothing of that shop: it was refused as not theirs, or answered without a word of it.

    Any other answer, also a refusal for another reason, may have looked at what it should not see.
    """
    if tried.status in CLOSED or said_code(tried) in _NOT_THEIRS:
        return True
    if tried.status != 200 or tried.said is None:
        return False
    results = tried.said.get("results") if isinstance(tried.said, dict) else None
    if results is not None:
        return bool(results) and all(_is_closed(each) for each in results)
    return not _names(tried.said, shop_id)


def said_code(tried: Tried) -> str | None:
    """The code of a problem, or of the first refusal of many acts."""
    if not isinstance(tried.said, dict):
        return None
    results = tried.said.get("results")
    code: str | None = (results[0] if results else tried.said).get("code")
    return code


def _is_closed(result: Mapping[str, Any]) -> bool:
    code = result.get("code") or ""
    return result.get("status") == "refused" and (code.endswith(("not_found", "no_grant")))


def _names(said: Any, shop_id: int) -> bool:
    if isinstance(said, dict):
        return said.get("shop_id") == shop_id or any(_names(each, shop_id) for each in said.values())
    return isinstance(said, list) and any(_names(each, shop_id) for each in said)


def _filled(said: Any, things: Mapping[str, Any]) -> Any:
    """The same with every thing in its place: a text that is one alone becomes the thing itself."""
    if isinstance(said, dict):
        return {name: _filled(each, things) for name, each in said.items()}
    if isinstance(said, list):
        return [_filled(each, things) for each in said]
    if not isinstance(said, str):
        return said
    if said.startswith("{") and said.endswith("}") and said.count("{") == 1:
        return things[said[1:-1]]
    return said.format_map(things)
