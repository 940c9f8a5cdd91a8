"""6,160 real purchase lines, replayed: every row ends accepted or named, and the figures are those of the raw file.

The raw file is read here by code of its own, which knows nothing of the adapter.
"""

import csv
import re
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import orjson
import pytest

from andon.app.cli import main
from andon.kernel.settings import Settings
from tests.rooms.test_scms_files import DROPPED, STOCKED, text_of

FILE = Settings.from_env().data / "usaid_scms" / "shipments.csv"
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
NUMBER = re.compile(r"[0-9]+(\.[0-9]+)?")
AMERICAN = re.compile(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{2})")
DAY = re.compile(r"([0-9]{1,2})-([A-Z][a-z]{2})-([0-9]{2})")
COUNTRIES = {
    "Nigeria": "NG",
    "South Africa": "ZA",
    "Côte d'Ivoire": "CI",
    "Congo, DRC": "CD",
    "Swaziland": "SZ",
}
COLUMNS = {
    "PQ First Sent to Client Date": AMERICAN,
    "PO Sent to Vendor Date": AMERICAN,
    "Scheduled Delivery Date": DAY,
    "Delivered to Client Date": DAY,
    "Delivery Recorded Date": DAY,
    **dict.fromkeys(
        (
            "Unit of Measure (Per Pack)",
            "Line Item Quantity",
            "Line Item Value",
            "Pack Price",
            "Unit Price",
            "Weight (Kilograms)",
            "Freight Cost (USD)",
            "Line Item Insurance (USD)",
        ),
        NUMBER,
    ),
}


@dataclass
class Shipment:
    """The rows of one ASN or DN that have a day of placing."""

    jit: bool
    country: str
    placed_on: date
    delivered_on: date
    goods: Decimal = Decimal(0)
    freight: Decimal = Decimal(0)
    stated: Decimal = Decimal(0)
    grams: int = 0
    units: int = 0
    rows: list[str] = field(default_factory=list)

    @property
    def freight_fee(self) -> Decimal:
        """USD 6.00 for the first kilogram, 1.20 for each further one begun, up to a tonne."""
        kilograms = -(-min(self.grams, 1_000_000) // 1000)
        return Decimal("6.00") + Decimal("1.20") * (max(kilograms, 1) - 1)


def american(text: str) -> date | None:
    found = AMERICAN.fullmatch(text)
    return date(2000 + int(found[3]), int(found[1]), int(found[2])) if found else None


def day(text: str) -> date:
    found = DAY.fullmatch(text)
    assert found is not None
    return date(2000 + int(found[3]), MONTHS.index(found[2]) + 1, int(found[1]))


def number(text: str) -> Decimal | None:
    return Decimal(text) if NUMBER.fullmatch(text) else None


def shipments_of(rows: list[dict[str, str]]) -> dict[str, Shipment]:
    shipments: dict[str, Shipment] = {}
    for row in rows:
        jit = row["Fulfill Via"] == "Direct Drop"
        placed_on = american(row["PO Sent to Vendor Date" if jit else "PQ First Sent to Client Date"])
        if placed_on is None:
            continue
        shipment = shipments.setdefault(
            row["ASN/DN #"], Shipment(jit, row["Country"], placed_on, day(row["Delivered to Client Date"]))
        )
        quantity = int(row["Line Item Quantity"])
        freight = number(row["Freight Cost (USD)"]) or Decimal(0)
        shipment.rows.append(row["ID"])
        shipment.units += quantity
        shipment.goods += quantity * Decimal(row["Pack Price"])
        shipment.freight += freight
        shipment.stated += Decimal(row["Line Item Value"]) + freight
        weight = number(row["Weight (Kilograms)"])
        if weight:
            shipment.grams += int(weight * 1000)
        elif not row["Weight (Kilograms)"].startswith("See "):
            shipment.grams += quantity
    return shipments


def replayed(
    folder: Path, rejects: Path, capfd: pytest.CaptureFixture[str]
) -> tuple[dict[str, Any], list[dict[str, str]]]:
    with pytest.raises(SystemExit) as ended:
        main(["replay", "--format", "scms", str(folder), "--json", "--rejects", str(rejects)])
    told = capfd.readouterr()
    assert not ended.value.code, told.err
    with rejects.open(newline="") as text:
        return orjson.loads(told.out), list(csv.DictReader(text))


@pytest.fixture
def home(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANDON_HOME", str(settings.home))
    monkeypatch.setenv("ANDON_POOL_SIZE", "2")


@pytest.mark.timeout(600)
@pytest.mark.usefixtures("home")
def test_real_purchase_lines_end_accepted_or_named(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], record_property: Callable[[str, object], None]
) -> None:
    if not FILE.exists():
        pytest.skip(f"there is no {FILE}: set ANDON_DATA to the folder that has `usaid_scms`")
    with FILE.open(encoding="utf-8", newline="") as text:
        raw = list(csv.DictReader(text))
    outcome, rejects = replayed(FILE.parent, tmp_path / "rejects.csv", capfd)
    shipments = shipments_of(raw)

    _rows_are_accepted_or_named(raw, shipments, outcome, rejects)
    _every_text_is_named_once(raw, rejects)
    _orders_are_those_of_the_file(shipments, outcome)
    _deliveries_and_fees_are_those_of_the_file(shipments, outcome)
    assert outcome["check"] == "ok"
    record_property("orders_per_second", outcome["orders_per_second"])


def _rows_are_accepted_or_named(
    raw: list[dict[str, str]],
    shipments: dict[str, Shipment],
    outcome: dict[str, Any],
    rejects: list[dict[str, str]],
) -> None:
    accepted = {row for shipment in shipments.values() for row in shipment.rows}
    named = {said["id"] for said in rejects if said["row"] == "rejected"}
    assert len(raw) == 6160
    assert accepted.isdisjoint(named)
    assert accepted | named == {row["ID"] for row in raw}
    assert outcome["rows"] == {"total": 6160, "accepted": 4229, "rejected": 1931}
    assert (len(accepted), len(named)) == (4229, 1931)
    assert sum(mode["lines"] for mode in outcome["by_mode"].values()) == 4229
    for said in rejects:
        # The header is line 1.
        row = raw[int(said["line"]) - 2]
        assert (row["ID"], row[said["column"]]) == (said["id"], said["text"])
        assert (said["row"] == "went_on") is (said["id"] in accepted)


def _every_text_is_named_once(raw: list[dict[str, str]], rejects: list[dict[str, str]]) -> None:
    texts = Counter(
        (row["ID"], column)
        for row in raw
        for column, holds in COLUMNS.items()
        if not holds.fullmatch(row[column])
    )
    differing = Counter(
        (row["ID"], "Line Item Value")
        for row in raw
        if int(row["Line Item Quantity"]) * Decimal(row["Pack Price"]) != Decimal(row["Line Item Value"])
    )
    assert sum(differing.values()) == 158
    assert Counter((said["id"], said["column"]) for said in rejects) == texts + differing
    words: dict[str, set[str]] = defaultdict(set)
    for said in rejects:
        if said["code"] != "scms.value_differs":
            words[said["code"]].add(said["text"].split(" (")[0].split("-")[0])
    assert words == {
        "scms.not_captured": {"Date Not Captured"},
        "scms.before_quotations": {"Pre"},
        "scms.from_stock": {"N/A "},
        "scms.captured_separately": {"Weight Captured Separately"},
        "scms.included": {"Freight Included in Commodity Cost"},
        "scms.invoiced_separately": {"Invoiced Separately"},
        "scms.on_another_row": {"See ASN", "See DN"},
        "scms.empty": {""},
    }


def _orders_are_those_of_the_file(shipments: dict[str, Shipment], outcome: dict[str, Any]) -> None:
    every = shipments.values()
    assert outcome["orders"] == outcome["accepted"] == outcome["fulfilments"] == len(shipments)
    assert (outcome["refused"], outcome["split_orders"]) == ({}, 0)
    assert outcome["placed_by_date"] == dict(sorted(Counter(str(each.placed_on) for each in every).items()))
    by_country = Counter(each.country for each in every)
    assert sorted(outcome["by_country"].values()) == sorted(by_country.values())
    for name, code in COUNTRIES.items():
        assert outcome["by_country"][code] == by_country[name]
    for mode, jit in (("jit", True), ("standard", False)):
        some = [each for each in every if each.jit is jit]
        assert outcome["by_mode"][mode] == {
            "fulfilments": len(some),
            "lines": sum(len(each.rows) for each in some),
            "units": sum(each.units for each in some),
            "goods": f"{sum(each.goods for each in some):.2f}",
        }
    assert outcome["freight"] == f"{sum(each.freight for each in every):.2f}"
    assert outcome["payments_differ"] == sum(each.stated != each.goods + each.freight for each in every)


def _deliveries_and_fees_are_those_of_the_file(
    shipments: dict[str, Shipment], outcome: dict[str, Any]
) -> None:
    # Two say that they were delivered before they were ordered: no carrier's scan can be from then.
    delivered = [each for each in shipments.values() if each.delivered_on >= each.placed_on]
    assert outcome["steps_refused"] == {"scan": {"scan.too_early": len(shipments) - len(delivered)}}
    assert outcome["open_at_end"] == {"labelled": 2}
    assert outcome["delivered"] == len(delivered)
    years: dict[str, list[Shipment]] = defaultdict(list)
    for each in delivered:
        years[str(each.delivered_on.year)].append(each)
    told: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for day_, of in outcome["delivered_by_date"].items():
        told[day_[:4]].append(of)
    assert {year: (sum(of["orders"] for of in days), sum(Decimal(of["goods_and_freight"]) for of in days))
            for year, days in told.items()} == {
        year: (len(some), sum(each.goods + each.freight for each in some)) for year, some in years.items()
    }  # fmt: skip
    waits = sorted((each.delivered_on - each.placed_on).days for each in delivered)
    middle = (waits[(len(waits) - 1) // 2] + waits[len(waits) // 2]) / 2
    assert outcome["hours_to_delivery"]["0.5"] == middle * 24

    # Fees are the JIT orders' alone.
    jit = [each for each in delivered if each.jit]
    assert outcome["charges"]["handling"] == {"count": len(jit), "total": f"{len(jit) * 30 / 100:.2f}"}
    assert outcome["charges"]["warehouse"]["count"] == len(jit)
    assert outcome["charges"]["freight"] == {
        "count": len(jit),
        "total": f"{sum(each.freight_fee for each in jit):.2f}",
    }
    assert sum(of["charges"] for of in outcome["settled_by_date"].values()) == 3 * len(jit)
    assert outcome["unsettled"] == {}


@pytest.mark.usefixtures("home")
def test_rows_of_a_refused_order_are_named_with_its_code(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    many = [DROPPED | {"ID": f"{n}", "Line Item Quantity": "1000001", "ASN/DN #": "ASN-9"} for n in (7, 8)]
    folder = tmp_path / "past"
    folder.mkdir()
    (folder / "shipments.csv").write_text(text_of(DROPPED, STOCKED, *many))
    outcome, rejects = replayed(folder, tmp_path / "rejects.csv", capfd)
    assert outcome["rows"] == {"total": 4, "accepted": 2, "rejected": 2}
    assert outcome["refused"] == {"order.quantity": 1}
    assert [(said["id"], said["code"]) for said in rejects if said["row"] == "rejected"] == [
        ("7", "order.quantity"),
        ("8", "order.quantity"),
    ]
    assert {said["row"] for said in rejects if said["id"] in {"7", "8"}} == {"rejected", "rejected_otherwise"}
    assert outcome["by_mode"]["standard"]["lines"] == outcome["by_mode"]["jit"]["lines"] == 1
    assert outcome["groups_by_source_status"] == {"": {"completed": 2}}
    assert outcome["check"] == "ok"


@pytest.mark.usefixtures("home")
def test_a_past_from_stock_alone_needs_no_supplier(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "past"
    folder.mkdir()
    (folder / "shipments.csv").write_text(text_of(STOCKED, STOCKED | {"ID": "3"}))
    outcome, _ = replayed(folder, tmp_path / "rejects.csv", capfd)
    assert outcome["by_mode"] == {"standard": {"fulfilments": 1, "lines": 2, "units": 38, "goods": "1102.00"}}
    assert (outcome["delivered"], outcome["charges"], outcome["check"]) == (1, {}, "ok")


def test_a_past_of_rejected_rows_alone_is_refused_and_they_are_named(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "past"
    folder.mkdir()
    (folder / "shipments.csv").write_text(text_of(DROPPED | {"Pack Price": "?"}))
    for rejects, code in (
        (folder / "rejects.csv", "replay.rejects_place"),
        (tmp_path / "nowhere" / "rejects.csv", "replay.rejects_place"),
        (tmp_path, "replay.rejects_place"),
        (tmp_path / "rejects.csv", "history.empty"),
    ):
        with pytest.raises(SystemExit) as ended:
            main(["replay", "--format", "scms", str(folder), "--json", "--rejects", str(rejects)])
        assert ended.value.code == 1
        told = capfd.readouterr()
        assert (told.out, code in told.err) == ("", True)
    assert "1,Pack Price,?,scms.unreadable" in (tmp_path / "rejects.csv").read_text()
    assert [path.name for path in folder.iterdir()] == ["shipments.csv"]
