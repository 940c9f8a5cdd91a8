"""A text that would be a command elsewhere is a text here: refused with a code, or kept and shown as it came.

Every text of every command is tried, so that a new field is tried as well; then what is made of texts: papers, sheets.
"""

import csv
import io
import itertools
import json
import unicodedata
from collections import Counter
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pypdfium2
import pytest

from tests.clients import Answer, Client
from tests.journeys.blackbox import Served, good, problem, serial
from tests.journeys.blackbox_market import CARRIER, SIZE, Market, Scene, a_market, a_scene
from tests.journeys.browser import Browser
from tests.journeys.commands import PRODUCT, commands
from tests.journeys.neighbourhood import person

pytest_plugins = ["tests.journeys.blackbox_fixtures"]

PRODUCT_OF = str(1337 * 1337)
"""What stands where somebody has worked out what a text asks for."""
KEPT = (
    "'; drop table orders; --",
    "1' or '1'='1",
    "\\'); select pg_sleep(60); --",
    "{{1337*1337}}",
    "${1337*1337}",
    "#{1337*1337}",
    "<%= 1337*1337 %>",
    "${jndi:ldap://127.0.0.1:9/a}",
    '#eval("1337*1337")',
    '#read("/etc/passwd")',
    "#set text(size: 90pt)",
    "$1337 * 1337$ *b* _i_ `c` = h",
    "=cmd|' /C calc'!A0",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "<script>alert(1337*1337)</script>",
    '"><img src=x onerror=alert(1)>',
    "&lt;b&gt;&amp;",
    "%s%n%x%00 {0.__class__} %(a)s",
    "../../../etc/passwd",
    "..%2f..%2fetc%2fpasswd",
    "http://169.254.169.254/latest/meta-data",
    "раураl",
    "مرحبا سلام",
    "衣见 👩‍👧‍👦 🇨🇳 é",
    "^XA^FDzpl^FS~JA",
)
"""Texts that are only texts."""
STEERING = (
    "abc\u202ecba",
    "a\u200bb",
    "e\u0301",
    "a\u0000b",
    "a\ud800b",
    "a\r\nBcc: all@shop.test",
    "a\nb",
    "\x1b[31mred",
    "a\u2028b",
    "\ufeffa",
    "x" * 100_000,
)
"""Texts that steer a screen, a line or a store; whether one is kept is the field's to say."""


@pytest.fixture(scope="module")
def alone(served: Served) -> Scene:
    """A scene that nobody else looks at: what is said here may be taken."""
    return a_scene(served)


@pytest.fixture(scope="module")
def stall(served: Served) -> Market:
    """A shop that goes on selling."""
    return a_market(served)


def texts_of(body: Any, place: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where texts stand in a body."""
    if isinstance(body, str):
        yield place
    elif isinstance(body, dict | list):
        for name, inner in body.items() if isinstance(body, dict) else enumerate(body):
            yield from texts_of(inner, (*place, name))


def changed(body: Any, place: tuple[Any, ...], text: str) -> Any:
    """A copy of a body with another text in that place."""
    copied = json.loads(json.dumps(body))
    within = copied
    for step in place[:-1]:
        within = within[step]
    within[place[-1]] = text
    return copied


def callers(scene: Scene) -> Iterator[tuple[Client, str, str, Any]]:
    """The commands of the parties, and of a person who changes what they are called; who signs in is tried elsewhere."""
    somebody = person(scene.market.served, "shop", scene.market.shop_id, "clerk")
    for client, method, path, body in commands(scene):
        if isinstance(client, Browser):
            if path == "/me":
                yield somebody, method, path, body
        elif client.key:
            yield client, method, path, body


def codes_in(answer: Answer) -> list[tuple[str, Any]]:
    """Of an answer to many at once, each one's status and code."""
    body = answer.body
    results = body.get("results", []) if isinstance(body, dict) else []
    return [(each.get("status"), each.get("code")) for each in results]


def was_taken(answer: Answer, what: tuple[str, str, tuple[Any, ...], str]) -> bool:
    """Whether the text was taken; whatever became of it, it did nothing, and is shown as it came."""
    assert answer.status < 500, (what, answer)
    assert PRODUCT_OF.encode() not in answer.raw, (what, answer)
    assert b"root:" not in answer.raw, (what, answer)
    if answer.status >= 400:
        assert problem(answer, answer.status, str(answer.code)), what
        return False
    for status, code in codes_in(answer):
        assert (code is not None) == (status in ("refused", "rejected")), (what, answer)
    _, path, place, text = what
    shown = answer.body if answer.raw[:1] == b"{" else {}
    if len(place) == 1 and isinstance(shown.get(place[0]), str):
        # A person's name is kept composed and on one line, as it is compared with others'.
        kept = " ".join(unicodedata.normalize("NFC", text).split()) if path == "/me" else text
        assert shown[place[0]] == kept, (what, answer)
    return True


def try_texts(scene: Scene, each_field: int) -> tuple[int, int]:
    """Give every field so many of the texts, another choice to each; how many were taken, and refused."""
    texts = itertools.cycle([*KEPT, *STEERING])
    told = Counter[bool]()
    for client, method, path, body in callers(scene):
        for place in texts_of(body):
            for text in itertools.islice(texts, each_field):
                said = changed(body, place, text)
                if path.endswith("/orders/bulk") and place[-1] != "channel_order_no":
                    said["orders"][0]["channel_order_no"] = serial()
                answer = client.call(method, path, said)
                told[was_taken(answer, (method, path, place, text))] += 1
    return told[True], told[False]


def test_no_text_in_any_field_does_anything(alone: Scene) -> None:
    taken, refused = try_texts(alone, 5)
    assert min(taken, refused) > 100


@pytest.mark.long
@pytest.mark.timeout(1800)
def test_none_of_these_texts_in_any_field_does_anything(alone: Scene) -> None:
    taken, refused = try_texts(alone, len(KEPT) + len(STEERING))
    assert min(taken, refused) > 700


def code_of(text: str) -> str:
    """A code that begins with the text, without what joins signs and is not seen itself."""
    return f"{text[:100]}{serial()}".replace("\u200d", "")


@pytest.mark.parametrize("text", [text for text in KEPT if text.strip() == text], ids=ascii)
def test_what_is_taken_is_kept_letter_by_letter(stall: Market, text: str) -> None:
    """A product's code and title, an order's address, a name: written, read back, found again, unchanged."""
    sku = code_of(text)
    path = f"{stall.here}/products/{quote(sku, safe='')}"
    assert good(stall.shop.put(path, PRODUCT | {"title": text}))["title"] == text
    seen = good(stall.shop.get(path))
    assert (seen["sku"], seen["title"]) == (sku, text)
    ship_to = {"name": text, "line1": text, "line2": text, "city": text, "country": "ES"}
    order = stall.sell(ship_to=ship_to)
    kept = stall.seen(order)["ship_to"]
    assert {name: kept[name] for name in ship_to} == ship_to
    pulled = good(stall.supplier[0].get(f"/supplier/fulfilments/{stall.part(order)['id']}"))["ship_to"]
    assert {name: pulled[name] for name in ship_to} == ship_to


TWINS = [
    ("é", "e\u0301"),
    ("가", "\u1100\u1161"),
    ("A-1", "A-1\u200b"),
    ("A-2", "A-2\u2060"),
    ("BA-3", "\u202eBA-3"),
]


@pytest.mark.parametrize(("sku", "twin"), TWINS, ids=ascii)
def test_two_codes_that_look_the_same_are_not_two(stall: Market, sku: str, twin: str) -> None:
    shop, here = stall.shop, f"{stall.here}/products"
    good(shop.put(f"{here}/{quote(sku)}", PRODUCT))
    problem(shop.put(f"{here}/{quote(twin)}", PRODUCT), 422, "product.sku")
    [told] = good(shop.post(f"{here}/bulk", [{"sku": twin} | PRODUCT]))["results"]
    assert told["code"] == "product.sku"
    mapping = {"supplier_id": stall.suppliers[0], "supplier_sku": twin, "units": 1, "priority": 1}
    problem(shop.put(f"{stall.here}/mappings/{quote(sku)}", mapping), 422, "mapping.item")
    [line] = stall.place(stall.order((twin, 1)))
    assert line["code"] == "order.unknown_sku"


def words_of(answer: Answer) -> str:
    assert answer.raw[:5] == b"%PDF-", answer
    pages = pypdfium2.PdfDocument(answer.raw)
    return "".join("".join(page.get_textpage().get_text_range().split()) for page in pages)


@pytest.mark.parametrize(
    "text", [*(text for text in KEPT if text.isascii()), "abc\u202ecba", "a\u200bb", "a\nb"], ids=ascii
)
def test_papers_show_texts_and_run_none(stall: Market, text: str) -> None:
    """A label, a pick list and a hand-over note are set by a program that has a language of its own."""
    supplier = stall.supplier[0]
    ship_to = {
        "name": text,
        "line1": text,
        "line2": text,
        "city": "Madrid",
        "postcode": "28001",
        "country": "ES",
    }
    fulfilment = stall.part(stall.sell(ship_to=ship_to))["id"]
    good(
        supplier.put("/supplier/bins", [{"supplier_sku": "I-1", "bin": text[:32].strip()}])
    ) if text.isprintable() else None
    stall.tell(fulfilment, "accept")
    shown = words_of(supplier.get("/supplier/picklist.pdf"))
    label = {"carrier": CARRIER, "waybill": f"W{serial()}"} | SIZE
    parcel = stall.tell(fulfilment, "labelled", label)["parcels"][0]["id"]
    paper = words_of(supplier.get(f"/supplier/parcels/{parcel}/label.pdf"))
    for dpi in (203, 300):
        printed = supplier.get(f"/supplier/parcels/{parcel}/label.zpl?dpi={dpi}")
        assert printed.status == 200, printed
        # Whatever the words are, they are dots: a printer is told nothing by them.
        assert printed.raw.count(b"^XA") == 1, printed
        assert b"~JA" not in printed.raw
    note = good(
        supplier.post("/supplier/handovers", {"carrier": CARRIER, "waybills": [label["waybill"]]}), 201
    )
    signed = {"signed_by": text, "role": "driver"}
    good(supplier.post(f"/supplier/handovers/{note['id']}/sign", signed))
    handed = words_of(supplier.get(f"/supplier/handovers/{note['id']}.pdf"))
    for said in (shown, paper, handed):
        assert PRODUCT_OF not in said
        assert "root:" not in said
    if text.isprintable():
        # An address on a label ends in no dash.
        assert "".join(text.rstrip("- ").split()) in paper
        assert "".join(text.split()) in handed


def test_no_cell_of_a_sheet_is_a_formula(stall: Market) -> None:
    for text in KEPT:
        sku = code_of(text)
        good(stall.shop.put(f"{stall.here}/products/{quote(sku, safe='')}", PRODUCT | {"title": text}))
    sheet = stall.shop.get(f"{stall.here}/products?limit=200", Accept="text/csv").raw.decode()
    cells = [cell for row in csv.reader(io.StringIO(sheet)) for cell in row]
    assert "'=cmd|' /C calc'!A0" in cells
    assert [
        cell
        for cell in cells
        if cell[:1] in tuple("=+@\t\r") or (cell[:1] == "-" and not cell[1:2].isdigit())
    ] == []
