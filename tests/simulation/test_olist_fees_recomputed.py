"""What real orders cost and when it was settled, worked out anew with pandas and Decimal from the published files.

Nothing of ours is asked for a figure: the tariff's stand here, in reais, and the files are read by pandas alone.
"""

import csv
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from andon.adapters.olist import OlistFolder
from andon.kernel.db import Database
from andon.kernel.settings import Settings
from tests.simulation.test_replay_sample import replayed
from tests.worlds import transaction

FOLDER = Settings.from_env().data / "olist"
SAMPLE = 1_200

HANDLING = Decimal("0.30")
WAREHOUSE = (
    (1_000, Decimal("0.80")), (3_000, Decimal("1.10")), (8_000, Decimal("1.50")), (20_000, Decimal("2.00")),
    (10**12, Decimal("2.50")),
)  # fmt: skip
"""Millilitres up to which a fee goes."""
FIRST_FEE, STEP_FEE, STEP_G, DIVISOR = Decimal("19.60"), Decimal("6.80"), 100, 8_000
"""Freight to Brazil: the first 100 g, each further 100 g, and cubic millimetres to the gram."""
DAYS = 3
HEAVIEST_G, LONGEST_MM = 1_000_000, 10_000
"""As much as a parcel may come to; what comes to more counts as this."""

Days = dict[str, tuple[int, Decimal]]
"""By day: how many charges, and what they come to."""


def parcels(folder: Path) -> pd.DataFrame:
    """One row for what each seller sent of an order, with its fees, when it was sent and when it arrived."""
    orders, items, products = (
        pd.read_csv(folder / f"{name}.csv", dtype=str) for name in ("orders", "order_items", "products")
    )
    cells = ["product_weight_g", "product_length_cm", "product_width_cm", "product_height_cm"]
    sizes = products[cells].apply(pd.to_numeric)
    whole = (sizes > 0).all(axis=1)
    for cell, name, factor in zip(cells, ("g", "l", "w", "h"), (1, 10, 10, 10), strict=True):
        products[name] = (sizes[cell] * factor).where(whole, 1).astype("int64")
    units = items.merge(products[["product_id", "g", "l", "w", "h"]], on="product_id")
    sent = units.groupby(["order_id", "seller_id"], as_index=False).agg(
        g=("g", "sum"), l=("l", "max"), w=("w", "max"), h=("h", "sum")
    )
    sent["g"], sent["h"] = sent["g"].clip(upper=HEAVIEST_G), sent["h"].clip(upper=LONGEST_MM)
    mm3 = sent["l"] * sent["w"] * sent["h"]
    sent["warehouse"] = [next(fee for up_to, fee in WAREHOUSE if -(-size // 1000) <= up_to) for size in mm3]
    billed = pd.concat([sent["g"], -(-mm3 // DIVISOR)], axis=1).max(axis=1)
    steps = -(-(billed - STEP_G).clip(lower=0) // STEP_G)
    sent["freight"] = [FIRST_FEE + STEP_FEE * int(count) for count in steps]
    known = orders.merge(sent, on="order_id")
    known["shipped"] = known[["order_delivered_carrier_date", "order_delivered_customer_date"]].min(axis=1)
    return known.rename(columns={"order_delivered_customer_date": "arrived"})


def by_day(rows: pd.DataFrame, instant: str, later: int = 0) -> Days:
    """What the fees of these parcels come to on the day of an instant, so many days later: handling once an order."""
    day = (pd.to_datetime(rows[instant]) + pd.Timedelta(days=later)).dt.strftime("%Y-%m-%d")
    fees = pd.concat(
        [
            pd.DataFrame({"day": day, "fee": rows["warehouse"]}),
            pd.DataFrame({"day": day, "fee": rows["freight"]}),
            pd.DataFrame({"day": day, "fee": HANDLING})[~rows.duplicated("order_id")],
        ]
    )
    return {day: (len(of), sum(of["fee"], Decimal(0))) for day, of in fees.groupby("day")}


def ours(database: Database, sql: str) -> Days:
    """The same as our tables have it."""
    with transaction(database) as tx:
        return {str(row.day): (row.charges, Decimal(row.minor) / 100) for row in tx.rows(sql)}


def some_orders(folder: Path, count: int) -> Path:
    """A folder of the first so many orders, and of all that belongs to them."""
    with (FOLDER / "orders.csv").open(newline="") as file:
        head, *rows = list(csv.reader(file))
    kept = {row[0] for row in rows[:count]}
    for path in FOLDER.glob("*.csv"):
        with path.open(newline="") as file:
            names, *lines = list(csv.reader(file))
        if "order_id" in names:
            at = names.index("order_id")
            lines = [line for line in lines if line[at] in kept]
        with (folder / path.name).open("w", newline="") as out:
            csv.writer(out).writerows([names, *lines])
    assert head[0] == "order_id"
    return folder


def compare(database: Database, folder: Path) -> dict[str, Any]:
    """Replay a folder and hold our days against those of the files."""
    outcome = replayed(database, OlistFolder(folder).read())
    sent = parcels(folder)
    shipped = sent[sent["shipped"].notna()]
    arrived = sent[sent["arrived"].notna()]
    there = "at time zone 'America/Sao_Paulo'"

    assert by_day(shipped, "shipped") == ours(
        database,
        f"select cast(accrued_at {there} as date) as day, count(*) as charges, sum(amount_minor) as minor "
        "from charges where state <> 82 group by 1",
    ), "what was charged, by the day of shipping"
    settled = by_day(arrived, "arrived", DAYS)
    assert settled == ours(
        database,
        "select settled_on as day, count(*) as charges, sum(amount_minor) as minor from charges "
        "where state = 80 group by 1",
    ), "what was settled, three days after it arrived"
    assert settled == ours(
        database,
        f"select cast(at {there} as date) as day, count(*) as charges, sum(amount_minor) as minor from transfers "
        "where cause = 'charge.settled' group by 1",
    ), "what the books say of it"
    assert {
        day: (of["charges"], Decimal(of["total"])) for day, of in outcome["settled_by_date"].items()
    } == settled
    assert outcome["check"] == "ok"
    return outcome


@pytest.fixture(autouse=True)
def _there_are_orders() -> None:
    if not (FOLDER / "orders.csv").exists():
        pytest.skip(f"there are no past orders in {FOLDER}: set ANDON_DATA to the folder that has `olist`")


@pytest.mark.clause("FEE-1", "FEE-2", "FEE-3", "FEE-4")
@pytest.mark.timeout(300)
def test_fees_and_settlements_of_real_orders_are_what_pandas_works_out(
    database: Database, tmp_path: Path
) -> None:
    outcome = compare(database, some_orders(tmp_path, SAMPLE))
    assert outcome["orders"] == SAMPLE
    assert outcome["charges"]["handling"]["count"] > SAMPLE // 2


@pytest.mark.long
@pytest.mark.timeout(1800)
def test_fees_and_settlements_of_all_real_orders_are_what_pandas_works_out(database: Database) -> None:
    compare(database, FOLDER)
