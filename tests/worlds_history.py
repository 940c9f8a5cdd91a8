"""A small past of our own, in Andon's format, made from a seed: `python -m tests.worlds_history` writes it anew."""

import csv
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

SAMPLE = Path(__file__).parent / "journeys" / "data" / "sample_history"
SEED = 20260302
ZONE = ZoneInfo("Asia/Shanghai")
OPENED = datetime(2026, 3, 2, 8, 0, tzinfo=ZONE)
ORDERS = 48
SUPPLIERS = ("north", "south", "harbour")
COUNTRIES = ("ES", "US", "FR", "BR")

COLUMNS = {
    "orders.csv": (
        "order_no", "placed_at", "paid_at", "paid", "currency", "status",
        "name", "line1", "city", "region", "postcode", "country",
    ),
    "lines.csv": ("order_no", "sku", "supplier", "quantity", "unit_price", "freight", "ship_by"),
    "products.csv": ("sku", "title", "weight_g", "length_mm", "width_mm", "height_mm"),
    "events.csv": ("order_no", "supplier", "kind", "at", "code"),
}  # fmt: skip

PRODUCTS = (
    ("TEE", "Linen tee", "190", "260", "200", "30", "89.00"),
    ("SCARF", "Silk scarf", "80", "180", "180", "20", "129.00"),
    ("LAMP", "Paper lamp", "640", "400", "400", "60", "219.00"),
    ("SOCKS", "Wool socks, three pairs", "220", "200", "120", "60", "69.00"),
    ("RUG", "Small rug", "2400", "900", "600", "90", "399.00"),
    ("POSTER", "Poster without measures", "", "", "", "", "39.00"),
)

Cells = dict[str, str]


@dataclass
class Past:
    """The rows of the four files."""

    chance: random.Random
    files: dict[str, list[Cells]] = field(default_factory=lambda: {name: [] for name in COLUMNS})

    def add(self, file: str, **cells: str) -> None:
        self.files[file].append({name: cells.get(name, "") for name in COLUMNS[file]})

    def order(self, no: str, placed_at: datetime, status: str, paid: str = "", country: str = "ES") -> None:
        self.add(
            "orders.csv", order_no=no, placed_at=placed_at.isoformat(),
            paid_at=(placed_at + timedelta(minutes=self.chance.randint(0, 90))).isoformat(), paid=paid, currency="CNY",
            status=status, name=f"buyer {no}", line1=f"{no} Long Street", city="Madrid", postcode="28001",
            country=country,
        )  # fmt: skip

    def event(self, no: str, kind: str, at: datetime, supplier: str = "", code: str = "") -> None:
        self.add("events.csv", order_no=no, kind=kind, at=at.isoformat(), supplier=supplier, code=code)

    def line(self, no: str, place: int, quantity: int, placed_at: datetime) -> int:
        """One line; answers what it comes to, in fen."""
        sku, *_, price = PRODUCTS[place]
        freight = f"{self.chance.randint(0, 30)}.50"
        ship_by = placed_at + timedelta(days=self.chance.choice((2, 4, 6)))
        self.add(
            "lines.csv", order_no=no, sku=sku, supplier=SUPPLIERS[place % len(SUPPLIERS)], quantity=str(quantity),
            unit_price=price, freight=freight, ship_by=ship_by.isoformat(),
        )  # fmt: skip
        return quantity * int(price.replace(".", "")) + int(freight.replace(".", ""))


def sample() -> Past:
    """The sample: everyday orders, and one of each kind of trouble that a past has."""
    past = Past(random.Random(SEED))
    for sku, title, weight, length, width, height, _ in PRODUCTS:
        past.add(
            "products.csv",
            sku=sku,
            title=title,
            weight_g=weight,
            length_mm=length,
            width_mm=width,
            height_mm=height,
        )
    for number in range(1, ORDERS + 1):
        placed_at = OPENED + timedelta(hours=5 * number, minutes=past.chance.randint(0, 119))
        _everyday(past, f"H{number:04}", placed_at)
    _troubles(past, OPENED + timedelta(days=12))
    return past


def _everyday(past: Past, no: str, placed_at: datetime) -> None:
    places = past.chance.sample(range(len(PRODUCTS)), past.chance.choice((1, 1, 1, 2, 3)))
    total = sum(past.line(no, place, past.chance.choice((1, 1, 2)), placed_at) for place in places)
    past.order(no, placed_at, "delivered", f"{total // 100}.{total % 100:02}", past.chance.choice(COUNTRIES))
    collected = placed_at + timedelta(hours=past.chance.randint(6, 90))
    past.event(no, "collected", collected)
    past.event(no, "in_transit", collected + timedelta(hours=past.chance.randint(2, 30)))
    past.event(no, "delivered", collected + timedelta(hours=past.chance.randint(40, 400)))


def _troubles(past: Past, since: datetime) -> None:
    day, hour = timedelta(days=1), timedelta(hours=1)

    past.order("T-EMPTY", since, "unavailable", "10.00")

    past.line("T-FAR", 0, 1, since)
    past.order("T-FAR", since, "delivered", country="NZ")

    past.line("T-CANCELLED", 1, 1, since)
    past.order("T-CANCELLED", since, "cancelled")
    past.event("T-CANCELLED", "cancelled", since + 3 * day)

    past.line("T-NEVER", 2, 1, since)
    past.order("T-NEVER", since, "processing")

    past.line("T-REJECTED", 0, 1, since)
    past.order("T-REJECTED", since, "rejected")
    past.event("T-REJECTED", "rejected", since + hour, code="out_of_stock")

    past.line("T-PAID-LESS", 3, 1, since)
    past.order("T-PAID-LESS", since, "delivered", "1.00")
    past.event("T-PAID-LESS", "collected", since + timedelta(seconds=30))
    past.event("T-PAID-LESS", "delivered", since + 2 * day)

    past.line("T-DELIVERED-FIRST", 4, 1, since)
    past.order("T-DELIVERED-FIRST", since, "delivered")
    past.event("T-DELIVERED-FIRST", "collected", since + 2 * day)
    past.event("T-DELIVERED-FIRST", "delivered", since + day)

    past.line("T-LOST", 4, 1, since)
    past.order("T-LOST", since, "lost")
    past.event("T-LOST", "collected", since + day)
    past.event("T-LOST", "lost", since + 9 * day)

    past.line("T-TWICE", 0, 1, since)
    past.line("T-TWICE", 0, 2, since)
    past.order("T-TWICE", since, "shipped")
    past.event("T-TWICE", "labelled", since + hour, "north")
    past.event("T-TWICE", "collected", since + day, "north")
    past.event("T-TWICE", "teleported", since + 2 * day, "north")


def written(past: Past) -> Iterator[tuple[str, str]]:
    """Each file's name and text."""
    for name, rows in past.files.items():
        yield name, "".join(_csv_line(cells) for cells in ({c: c for c in COLUMNS[name]}, *rows))


def _csv_line(cells: Mapping[str, str]) -> str:
    quoted = (
        '"' + cell.replace('"', '""') + '"' if set(cell) & set(',"\n') else cell for cell in cells.values()
    )
    return ",".join(quoted) + "\n"


def write(folder: Path, files: Mapping[str, str]) -> Path:
    """Write these files into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


if __name__ == "__main__":
    write(SAMPLE, dict(written(sample())))
    assert list(csv.DictReader((SAMPLE / "orders.csv").open(encoding="utf-8")))
