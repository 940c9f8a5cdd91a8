"""A shop whose every text and number is marked, and neighbours who should never see the mark.

The neighbours are there first, and have been asked everything that they may ask; then the shop comes to life. What it has
is numbered and named so that none of it can be anybody else's: the mark in an answer is a leak, wherever it stands.
"""

import re
from base64 import b64encode
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pypdfium2

from tests.clients import Answer, Client
from tests.journeys.blackbox import Served, good, serial, soon
from tests.journeys.blackbox_market import CARRIER, Market, new_shop, new_suppliers
from tests.journeys.browser import Browser, a_person

MARK = "731000"
"""What all that is the shop's has in it."""
_MARKED_FROM = 731_000_000_001
_OTHERS_FROM = 842_000_000_001
NOWHERE = 999_000_000_000
"""A number that nothing has, yet."""
_COUNTED = {"shop_ids"}
"""Sequences that are read as how many there are."""
BUYER = {
    "name": f"Ana {MARK}",
    "line1": f"Calle {MARK}",
    "line2": f"Piso {MARK}",
    "city": "Madrid",
    "postcode": "28001",
    "country": "ES",
    "phone": f"+34{MARK}999",
    "email": f"ana{MARK}@buyer.test",
}
Told = dict[tuple[str, str], tuple[int, Any, str]]
"""By the name of who asks and the call: status, type and what is said."""
Bodies = dict[tuple[str, str], Any]
"""A body for each command that takes one, by its method and path."""
PARTIES = {"shop": "shop_id", "supplier": "supplier_id", "carrier": "carrier", "channel": "channel"}
_NAMES = {"sku": "NONE", "kind": "ioss", "number": "JIT-TN-2026-999999", "month": "2000-01"}
"""What each shop names by itself."""


@dataclass(frozen=True)
class Call:
    """A call of the API's document: by whom it may be made, and what its path names."""

    method: str
    path: str
    scope: str
    parties: tuple[str, ...]

    @property
    def names(self) -> list[str]:
        return re.findall(r"\{(\w+)\}", self.path)

    @property
    def numbers(self) -> list[str]:
        """The numbers of things in the path: not of parties, and not names that each shop gives its own."""
        return [name for name in self.names if name.endswith("_id") and name not in PARTIES.values()]

    def at(self, **named: Any) -> str:
        return re.sub(r"\{(\w+)\}", lambda found: str(named[found[1]]), self.path)

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


def calls(served: Served) -> list[Call]:
    """Every call of the document that names a permission."""
    document = good(served.client().get("/openapi.json"))
    return [
        Call(method.upper(), path.removeprefix("/v1"), operation["x-scope"], tuple(operation["x-parties"]))
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
        if "x-parties" in operation
    ]


@dataclass(frozen=True)
class Neighbour:
    """Somebody of a kind of party, and what names in paths are their own."""

    name: str
    party: str
    client: Client
    own: dict[str, Any]

    def may(self, call: Call) -> bool:
        return self.party in call.parties and ("{shop_id}" not in call.path or "shop_id" in self.own)


@dataclass
class Neighbourhood:
    """The marked shop with its supplier, the numbers of its things, and its neighbours."""

    served: Served
    market: Market
    neighbours: list[Neighbour]
    things: dict[str, Any]
    before: Told
    after: Told
    """What each neighbour was told at every question, before the shop had anything and after."""

    @property
    def own(self) -> dict[str, Any]:
        """What names of parties in paths are the marked shop's and its supplier's."""
        return {
            "shop_id": self.market.shop_id,
            "supplier_id": self.market.suppliers[0],
            "carrier": CARRIER,
            "channel": "plaza",
        }

    def foreign_to(self, who: Neighbour, call: Call) -> dict[str, Any]:
        """The shop, supplier, carrier or channel in the path of a call that is for one of their own kind alone."""
        name = PARTIES[who.party]
        return {name: self.own[name]} if name in call.names and self.own[name] != who.own[name] else {}

    @cached_property
    def calls(self) -> list[Call]:
        return calls(self.served)


def seen_by(served: Served, neighbours: list[Neighbour]) -> Told:
    """What each is answered to every question that they may put, about their own and about what there is not."""
    found = {}
    for call in calls(served):
        if call.method != "GET":
            continue
        for who in neighbours:
            if who.may(call):
                answer = who.client.get(call.at(**named_as(call, who.own)))
                assert answer.status < 500, (who.name, str(call), answer)
                found[who.name, str(call)] = told(answer)
    return found


def named_as(call: Call, known: dict[str, Any]) -> dict[str, Any]:
    """What stands for each name in the path of a call: what is known, or a number that nothing has."""
    return {name: known.get(name, _NAMES.get(name, NOWHERE)) for name in call.names}


def told(answer: Answer, *hidden: Any) -> tuple[int, Any, str]:
    """What an answer tells: its status, its kind and what it says, but for what is of the request itself."""
    raw = _without_its_making(answer.raw).decode("utf-8", "replace")
    raw = re.sub(r'"(request_id|instance)":"[^"]*",?', "", raw)
    for number in hidden:
        raw = raw.replace(str(number), "…")
    return answer.status, answer.headers.get("Content-Type"), raw


def _without_its_making(raw: bytes) -> bytes:
    """What a workbook or a paper says, without when it was made; anything else as it is."""
    if raw.startswith(b"PK"):
        with ZipFile(BytesIO(raw)) as book:
            return b"".join(book.read(name) for name in book.namelist() if not name.startswith("docProps/"))
    if raw.startswith(b"%PDF"):
        said = "".join(page.get_textpage().get_text_bounded() for page in pypdfium2.PdfDocument(raw))
        return re.sub(r"\d{4}-?\d\d-?\d\d( \d\d:\d\d)?", "", said).encode()
    return raw


def a_neighbourhood(served: Served) -> Neighbourhood:
    """Everybody, the neighbours first."""
    ids, clients = new_suppliers(served, 3)
    shop = {"name": "邻居", "category": "home", "locale": "en", "currency": "CNY", "zone": "UTC"}
    newcomer = good(served.operator.post("/shops", shop), 201)["id"]
    carrier, channel = {"carrier": "yanwen"}, {"channel": "bazaar"}
    neighbours = [
        Neighbour("another shop", "shop", served.client(served.key("shop", newcomer)), {"shop_id": newcomer}),
        Neighbour("another supplier", "supplier", clients[2], {"supplier_id": ids[2]}),
        Neighbour("another carrier", "carrier", served.client(served.key("carrier", "yanwen")), carrier),
        Neighbour("another channel", "channel", served.client(served.key("channel", "bazaar")), channel),
        Neighbour(
            "another shop's owner", "shop", person(served, "shop", newcomer, "owner"), {"shop_id": newcomer}
        ),
        Neighbour(
            "another supplier's lead",
            "supplier",
            person(served, "supplier", ids[2], "lead"),
            {"supplier_id": ids[2]},
        ),
    ]
    good(neighbours[3].client.get("/channels/bazaar/feed"))  # it is connected by its first call
    before = seen_by(served, neighbours)
    number_from(served, _MARKED_FROM)
    market = new_shop(served, ids[:2], clients[:2], {f"S-{MARK}": f"I-{MARK}"})
    second = Neighbour("the shop's other supplier", "supplier", clients[1], {"supplier_id": ids[1]})
    before |= seen_by(served, [second])
    things = furnish(served, market)
    number_from(served, _OTHERS_FROM)
    everybody = [*neighbours, second]
    return Neighbourhood(served, market, everybody, things, before, seen_by(served, everybody))


def person(served: Served, party: str, number: int, role: str) -> Browser:
    """Somebody who is signed in and has that role in that party."""
    email = f"{role}.{serial()}@{party}.test"
    a_person(served.database, email, (party, number, role))
    browser = Browser(served.url)
    good(browser.sign_in(email))
    return browser


def number_from(served: Served, first: int) -> None:
    """What is made from now on has numbers from there on."""
    with served.database.owner.begin() as owner:
        for (name,) in owner.exec_driver_sql(
            "select sequencename from pg_sequences where schemaname = 'public'"
        ).all():
            if name not in _COUNTED:
                owner.exec_driver_sql(f"alter sequence {name} restart {first}")


def furnish(served: Served, market: Market) -> dict[str, Any]:
    """Fill the shop and its first supplier with something of every kind; the numbers of what paths name."""
    shop, supplier, here = market.shop, market.supplier[0], market.here
    good(supplier.put("/supplier/endpoint", {"url": f"http://127.0.0.1:9/{MARK}"}))
    market.count(0, **{f"I_{MARK}": 100})
    good(shop.post(f"{here}/funds/deposits", {"amount": {"amount": "7310.00", "currency": "CNY"}}), 201)
    good(shop.put(f"{here}/tax_numbers/ioss", {"number": "IM3720000224"}))
    good(shop.put(f"{here}/contacts", [{"email": f"li{MARK}@shop.test"}]))
    good(supplier.put("/supplier/contacts", [{"email": f"wang{MARK}@store.test"}]))
    good(supplier.put("/supplier/bins", [{"supplier_sku": f"I-{MARK}", "bin": f"B-{MARK}"}]))
    good(supplier.put("/supplier/capacity", {"daily": 731}))
    hook = {"url": f"http://127.0.0.1:9/{MARK}", "events": ["*"]}
    webhook = good(shop.post("/webhooks", hook), 201)["id"]
    hers = good(supplier.post("/webhooks", hook), 201)["id"]
    sold = [market.sell((f"S-{MARK}", 1), number=f"{MARK}-{place}", ship_to=BUYER) for place in range(4)]
    pushed, rejected, labelled, delivered = (market.part(order)["id"] for order in sold)
    market.tell(rejected, "reject", {"code": "out_of_stock", "note": f"no {MARK} left"})
    market.label(labelled, f"W{MARK}1")
    market.scan(market.label(delivered, f"W{MARK}2"), ("collected", served.now), ("delivered", served.now))
    note = good(supplier.post("/supplier/handovers", {"carrier": CARRIER}), 201)["id"]
    member = person(served, "shop", market.shop_id, "owner")
    invited = {"email": f"zhou{MARK}@shop.test", "role": "clerk"}
    invitation = good(shop.post(f"{here}/invitations", invited), 201)["id"]
    good(supplier.post(f"/suppliers/{market.suppliers[0]}/invitations", invited | {"role": "picker"}), 201)
    licence = {"kind": "licence", "number": f"L-{MARK}", "content": "TGljZW5jZSA3MzEwMDA="}
    document = good(supplier.post(f"/suppliers/{market.suppliers[0]}/documents", licence), 201)["id"]
    leaving = {"leaves_at": (served.now + timedelta(days=30)).isoformat(), "name": "王"}
    notice = leaving | {"alternatives": [{"supplier_sku": f"I-{MARK}"}]}
    departure = good(supplier.post("/supplier/departures", notice), 201)["departures"][0]["id"]
    move = {"products": [{"sku": f"S-{MARK}", "choice": "supplier_ships"}]}
    why = {"reason": "cost", "note": f"dear {MARK}", "move": move}
    going = good(shop.post(f"{here}/exits", why), 201)["id"]
    shown = {"kind": "message", "content": b64encode(MARK.encode()).decode()}
    claim = {"order_id": sold[3], "cause": "quality", "claim": {"amount": "7.31", "currency": "CNY"}}
    dispute = good(shop.post(f"{here}/disputes", claim | {"text": MARK, "evidence": [shown]}), 201)
    good(supplier.post(f"/disputes/{dispute['id']}/answer", {"answer": "contest", "text": MARK}))
    wrong = {"kind": "wrong_address", "order_id": sold[3], "note": f"wrong {MARK}"}
    violation = good(served.operator.post(f"{here}/violations", wrong), 201)["id"]
    # Nobody answers there: from here on nothing is sent by itself.
    for owner, number in ((shop, webhook), (supplier, hers)):
        good(owner.call("PATCH", f"/webhooks/{number}", {"enabled": False}))
    return {
        "sku": f"S-{MARK}",
        "waybill": f"W{MARK}1",
        "order_id": sold[0],
        "fulfilment_id": pushed,
        "parcel_id": market.part(sold[2])["parcels"][0]["id"],
        "note_id": note,
        "binding_id": good(shop.get(f"{here}/bindings"))["items"][0]["id"],
        "push_id": good(supplier.get("/supplier/pushes"))["items"][0]["id"],
        "notice_id": soon(lambda: good(shop.get(f"{here}/notices"))["items"])[0]["id"],
        "webhook_id": webhook,
        "user_id": good(member.get("/me"))["user_id"],
        "session_id": good(member.get("/sessions"))["items"][0]["id"],
        "invitation_id": invitation,
        "exit_id": going,
        "move_id": good(shop.get(f"{here}/moves"))["items"][0]["id"],
        "dispute_id": dispute["id"],
        "evidence_id": dispute["evidence"][0]["id"],
        "departure_id": departure,
        "document_id": document,
        "violation_id": violation,
        **dict.fromkeys(
            ("appeal_id", "calibration_id", "charge_id", "exemption_id", "key_id", "letter_id", "review_id"),
            NOWHERE,
        ),
    }
