"""Labels as other programs read them: a PDF's pages and a printer's commands, drawn and scanned by outside readers."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pypdfium2
import pytest
import zplkit
import zxingcpp
from PIL import Image, ImageChops
from zplkit import _native as printer

from andon.orders.papers.papers import labels_pdf, labels_zpl, picks_pdf
from andon.orders.papers.rules import Content, Customs, Parcel, printed
from andon.orders.papers.views.picking import PickFor, PickOut

MM = 72 / 25.4
ROOM = printer.RenderLimits().replace(graphic_bytes=1 << 20)
CUSTOMS = Customs(
    [
        Content("T恤 T-shirt, cotton", "610910", 2, "USD 18.00"),
        Content("充电宝 Power bank", "850760", 1, "USD 25.50"),
    ],
    "IOSS IM3720000224",
    ["电池 Li-ion", "液体 Liquid"],
)


def parcel(*lines: str, **changes: Any) -> Parcel:
    facts: dict[str, Any] = {
        "parcel_id": 1, "fulfilment_id": 100234, "order_id": 900123, "carrier": "菜鸟 Cainiao", "mode": "JIT",
        "line": "菜鸟JIT专线 Cainiao JIT line", "waybill": "LP00123456789012CN", "weight_g": 350,
        "labelled_at": datetime(2026, 3, 2, 12, tzinfo=UTC), "place": 1, "places": 1, "sender": "菜鸟优选仓",
        "recipient": [printed(line, strong=not at) for at, line in enumerate(lines or ("Ana Sol", "Madrid"))],
        "country": "ES", "country_name": "Spain · España", "postcode": "28013",
    }  # fmt: skip
    return Parcel(**(facts | changes))


CASES = {
    "Chinese": parcel("李雷", "上海市浦东新区世纪大道100号", "200120 上海市", waybill="YT2606112345678901"),
    "Spanish": parcel("Lucía Fernández", "Calle de Alcalá 45, 3º izq", "28014 MADRID", waybill="RR123456785ES"),
    "German, three parcels": parcel(
        "Jürgen Weiß", "Große Straße 12", "10115 BERLIN", place=2, places=3, waybill="00340434161094015902"
    ),
    "Arabic": parcel("محمد بن عبد الله", "شارع الملك فهد 1234", "الرياض 12211", waybill="A>B~^_\\1"),
    "Hebrew, with customs": parcel("יעל כהן", "רחוב דיזנגוף 99", customs=CUSTOMS, waybill="1Z999AA10123456784"),
    "Polish and Korean": parcel("Łukasz Őrsi Řehoř", "서울특별시 강남구", waybill="99999999"),
    "a city of 35 letters": parcel("Ana Sol", "Llanfairpwllgwyngyllgogerychwyrndrobwll", waybill="7"),
    "too long for bars": parcel(waybill="1Z" + "A" * 62),
    "as long as may be": parcel(
        *("N" * 500, "L" * 500, "很" * 500, "C" * 500, "R" * 500, "P" * 500), sender=printed("S" * 500).text,
        carrier="c" * 60, line="l" * 100, country_name="n" * 100, postcode="P" * 500, order_id=2**62,
    ),
}  # fmt: skip


def scanned(picture: Image.Image) -> dict[str, str]:
    return {str(found.format): found.text for found in zxingcpp.read_barcodes(picture)}


def codes(parcel: Parcel) -> dict[str, str]:
    """What a scanner finds on a label; one that is too long for bars has the square alone."""
    square = {"QR Code": parcel.waybill}
    return square if len(parcel.waybill) > 40 else square | {"Code 128": parcel.waybill}


def pages(parcels: list[Parcel]) -> Iterator[tuple[Any, Image.Image]]:
    """Each page of the PDF, and how it looks at 300 dots to the inch."""
    for page in pypdfium2.PdfDocument(labels_pdf(parcels)):
        yield page, page.render(scale=300 / 72).to_pil().convert("L")


def sheets(parcels: list[Parcel], dpi: int) -> list[Image.Image]:
    """What a printer makes of the commands."""
    drawn = zplkit.render(labels_zpl(parcels, dpi), zplkit.Options(dpi=dpi), limits=ROOM)
    assert drawn.warnings == []
    rasters = [scene.rasterize() for scene in drawn.labels]
    return [Image.frombytes("L", (each.width, each.height), each.pixels) for each in rasters]


def ink(picture: Image.Image) -> tuple[int, int, int, int]:
    """Where something is printed."""
    found = ImageChops.invert(picture).getbbox()
    assert found is not None
    return found


def test_every_label_is_one_page_of_100_by_150_mm_that_scans() -> None:
    found = list(pages(list(CASES.values())))
    assert len(found) == len(CASES)
    for (page, picture), case in zip(found, CASES.values(), strict=True):
        assert page.get_size() == pytest.approx((100 * MM, 150 * MM), abs=0.01)
        assert scanned(picture) == codes(case)
        left, top, right, bottom = ink(picture)
        margin = 2 / 25.4 * 300
        assert min(left, top, picture.width - right, picture.height - bottom) > margin, "nothing is cut"


@pytest.mark.parametrize("dpi", [203, 300])
def test_a_printer_makes_the_same_labels(dpi: int) -> None:
    found = sheets(list(CASES.values()), dpi)
    assert [scanned(picture) for picture in found] == [codes(case) for case in CASES.values()]
    dots = {203: 8, 300: 12}[dpi]
    assert {picture.size for picture in found} == {(100 * dots, 150 * dots)}
    assert all(min(ink(picture)[:2]) > 2 * dots for picture in found)


def test_paper_and_printer_put_the_codes_at_the_same_place() -> None:
    [(_, paper)] = pages([CASES["Spanish"]])
    [printed_one] = sheets([CASES["Spanish"]], 300)
    for on_paper, on_print in zip(
        sorted(zxingcpp.read_barcodes(paper.resize(printed_one.size)), key=lambda code: str(code.format)),
        sorted(zxingcpp.read_barcodes(printed_one), key=lambda code: str(code.format)),
        strict=True,
    ):
        assert on_paper.position.top_left.x == pytest.approx(on_print.position.top_left.x, abs=15)
        assert on_paper.position.top_left.y == pytest.approx(on_print.position.top_left.y, abs=25)


def test_words_stay_whole_where_they_can_and_chinese_breaks_as_it_does() -> None:
    """A long word makes all smaller; Chinese of the same width goes on in the next line."""
    word, chinese = (
        next(iter(pages([parcel("Ana", line)])))[0].get_textpage().get_text_bounded()
        for line in (
            "Llanfairpwllgwyngyllgogerychwyrndrobwll",
            "上海市浦东新区世纪大道环球金融中心商业广场一二三号楼",
        )
    )
    assert "Llanfairpwllgwyngyllgogerychwyrndrobwll" in word
    assert "上海市浦东新区世纪大道环球金融中心商业广场一二三号楼" not in chinese


@pytest.mark.parametrize("name", CASES)
def test_all_that_is_said_stands_on_the_page(name: str) -> None:
    case = CASES[name]
    [(page, _)] = pages([case])
    text = "".join(page.get_textpage().get_text_bounded().replace("\u200b", "").split())
    wanted = [
        case.carrier,
        case.waybill,
        str(case.order_id),
        f"{case.place}/{case.places}",
        "0.350kg",
        case.postcode,
    ]
    wanted += [line.text for line in case.recipient if not line.rtl and "o" not in line.text.lower()]
    if case.customs:
        wanted += ["610910", "850760", "USD25.50", "IM3720000224", "Li-ion", "液体"]
    for each in wanted:
        assert "".join(each.replace("\u200b", "").split()) in text


def test_each_script_has_its_font() -> None:
    paper = labels_pdf(
        [CASES[name] for name in ("Arabic", "Hebrew, with customs", "Polish and Korean", "Chinese")]
    )
    for font in (b"NotoSansArabic", b"NotoSansHebrew", b"NotoSansKR", b"NotoSansSC", b"NotoSans-"):
        assert font in paper


def test_the_same_label_is_the_same_file() -> None:
    case = [CASES["Arabic"]]
    assert labels_pdf(case) == labels_pdf(case)
    assert labels_zpl(case, 203) == labels_zpl(case, 203)


def test_a_pick_list_is_paper_too() -> None:
    picks = [
        PickOut(
            bin=f"A-{number}" if number < 50 else None,
            supplier_sku=f"款-{number}" if number else "X" * 128,
            units=3,
            fulfilments=[PickFor(fulfilment_id=each, order_id=each, units=1) for each in (1, 2, 3)],
        )
        for number in range(60)
    ]
    paper = pypdfium2.PdfDocument(picks_pdf("菜鸟优选仓", picks, datetime(2026, 3, 2, 12, tzinfo=UTC)))
    text = "".join(page.get_textpage().get_text_bounded() for page in paper)
    assert len(paper) > 1
    margin = 15 * MM * 2 - 2
    picture = paper[0].render(scale=2).to_pil().convert("L")
    assert min(ink(picture)[0], picture.width - ink(picture)[2]) > margin, "a long code stays in its cell"
    assert ("A-49" in text, "款-59" in text, "2026-03-02 20:00" in text, "180" in text) == (True,) * 4
    assert len(pypdfium2.PdfDocument(picks_pdf("仓", [], datetime(2026, 3, 2, tzinfo=UTC)))) == 1
