"""A month's statement: as a workbook, and a million lines in no more memory than some thousands."""

import resource
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import text

from andon.app.bench.measures import TOLD, Bench, Figures, Measure, Stopwatch, Target
from andon.app.bench.processes import process
from andon.app.bench.world import CARRIER, OPERATOR
from andon.kernel.clock import wall
from andon.kernel.db import open_database
from andon.kernel.settings import Settings
from andon.kernel.tx import Actor
from andon.money.statements.rules import Line, Month
from andon.money.statements.service import fix_lines, statement_of
from andon.money.statements.views import csv_text, json_text, lines_of, summary_of, write_workbook
from andon.partners.shops.service import open_shop
from andon.platform.policies.files import load_policies

FEES = 3
"""Handling, warehouse work and freight of each order."""

ORDERS = """
insert into orders (shop_id, order_id, channel, channel_order_no, fingerprint, placed_at, received_at, currency,
  goods_minor, freight_minor, policy)
select :shop, n, 'bench', '81' || lpad(cast(n as text), 14, '0'), '', :at, :at, :currency, 4990, 0, :policy
from generate_series(1, :orders) n;
insert into fulfilments (shop_id, fulfilment_id, order_id, mode, state, flags, line, policy, placed_at, reserved_at,
  shipped_at, delivered_at, completed_at, ended_at, accrued_at, charged_at)
select :shop, n, n, 2, 81, 0, 'cainiao_jit', :policy, :at, :at, :at, :at, :at, :at, :at, :at
from generate_series(1, :orders) n;
insert into parcels (shop_id, parcel_id, fulfilment_id, carrier, waybill, weight_g, length_mm, width_mm, height_mm,
  placed_at, labelled_at, status)
select :shop, n, n, :carrier, 'CN' || lpad(cast(n as text), 10, '0'), 350, 200, 150, 40, :at, :at, 'delivered'
from generate_series(1, :orders) n
"""
"""What each month's lines are of; the longer month has each order's fees again and again, in rounds."""

LINES = """
insert into charges (shop_id, charge_id, kind, state, subject, round, order_id, fulfilment_id, parcel_id, amount_minor,
  currency, payee, basis, policy, accrued_at, fixed_at, due_at, settled_at, settled_on, journal_id)
select :shop, :first + n, 1 + n % 3, 80, 1 + n / 3 % :orders, :round + n / 3 / :orders, 1 + n / 3 % :orders,
  1 + n / 3 % :orders, case n % 3 when 2 then 1 + n / 3 % :orders end, 30 + n % 3 * 110, :currency,
  case n % 3 when 2 then 'payable:carrier:cainiao' else 'platform_revenue' end,
  case n % 3 when 2 then 'line=cainiao_jit country=ES label_g=350 billed_g=350' else 'volume_ml=1200' end, :policy, :at,
  :at, :at, :at, :on, 1
from generate_series(0, :lines - 1) n;
insert into transfers (shop_id, transfer_id, journal_id, at, debit, credit, amount_minor, currency, cause, charge_id)
select shop_id, charge_id, journal_id, settled_at, 'shop_funds', payee, amount_minor, currency, 'charge.settled', charge_id
from charges where shop_id = :shop and charge_id >= :first order by charge_id
"""


def take_statement(bench: Bench) -> Figures:
    """Seconds and memory of a workbook of 100,000 lines, and of CSV and JSON of as many and of ten times as many."""
    short, long = bench.size(100_000, 300), bench.size(1_000_000, 900)
    shop_id, months = _two_months(bench, short, long)
    watch = Stopwatch()
    with watch.round(), bench.acting(Actor("shop", shop_id), [shop_id]) as tx:
        last = fix_lines(tx, shop_id, months[1])
        assert statement_of(tx, shop_id, months[1], last).state == "issued", "both are, the older one first"
    took: dict[str, tuple[float, float, float]] = {}
    for month, name in zip(months, ("short", "long"), strict=True):
        for form in ("csv", "json", "xlsx") if name == "short" else ("csv", "json"):
            with process(_write, bench.settings, bench.database.name, shop_id, month, form) as pipe:
                pipe.recv()
                took[f"{name}.{form}"] = pipe.recv()
    return {
        "statement_xlsx_seconds": took["short.xlsx"][0],
        "statement_xlsx_cpu_seconds": took["short.xlsx"][2],
        "statement_xlsx_mb": took["short.xlsx"][1],
        "statement_csv_1m_seconds": took["long.csv"][0],
        "statement_json_1m_seconds": took["long.json"][0],
        "statement_1m_mb": max(took["long.csv"][1], took["long.json"][1]),
        "statement_memory_growth": max(
            took[f"long.{form}"][1] / took[f"short.{form}"][1] for form in ("csv", "json")
        ),
        "statement_issue_1m_seconds": watch.median,
    }


def _two_months(bench: Bench, short: int, long: int) -> tuple[int, tuple[Month, Month]]:
    """A shop whose funds moved in two months that are over, first so often and then so often."""
    policy = bench.policies.versions[-1]
    now = wall()
    zone = policy.zone
    later = Month.at(now, zone).before
    months = (later.before, later)
    with bench.as_line(OPERATOR) as tx:
        shop_id = open_shop(
            tx, name="bench", category="apparel", locale="en", currency=policy.currency, zone=zone
        ).shop_id
    known = {
        "shop": shop_id, "orders": max(short // FEES, 1), "carrier": CARRIER, "currency": policy.currency,
        "policy": policy.version, "at": months[0].begins_at(zone),
    }  # fmt: skip
    with bench.database.owner.begin() as connection:
        connection.execute(text("update shops set created_at = :at"), known)
        for statement in ORDERS.split(";"):
            connection.execute(text(statement), known)
        first, turn = 1, 0
        for month, lines in zip(months, (short, long), strict=True):
            at = month.begins_at(zone) + timedelta(days=9)
            this = known | {
                "at": at,
                "on": at.astimezone(ZoneInfo(zone)).date(),
                "first": first,
                "lines": lines,
                "round": turn,
            }
            for statement in LINES.split(";"):
                connection.execute(text(statement), this)
            first, turn = first + lines, turn + 2
    bench.analyze()
    return shop_id, months


def _write(pipe: Any, settings: Settings, name: str, shop_id: int, month: Month, form: str) -> None:
    """Write the statement in a process whose memory is its own; say the seconds, the megabytes, the processor's seconds."""
    pipe.send("begun")
    database = open_database(settings, name)
    own = Bench(settings, database, load_policies(), Path())

    def ask(question: Callable[[Any], Any]) -> Any:
        with own.acting(Actor("shop", shop_id), [shop_id]) as tx:
            return question(tx)

    begun, used = time.perf_counter(), time.process_time()
    scope = ask(lambda tx: statement_of(tx, shop_id, month, fix_lines(tx, shop_id, month)))
    lines: Iterator[list[Line]] = lines_of(ask, scope)
    with TemporaryDirectory() as folder:
        file = Path(folder) / "statement"
        if form == "xlsx":
            write_workbook(file, scope, ask(lambda tx: summary_of(tx, scope)), lines)
        else:
            pieces = csv_text(lines) if form == "csv" else json_text(b'{"number":"bench"}', lines)
            with file.open("wb") as out:
                out.writelines(pieces)
    seconds, cpu = time.perf_counter() - begun, time.process_time() - used
    pipe.send((seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, cpu))
    database.dispose()


STATEMENT = Measure(
    "statement",
    {
        "statement_xlsx_seconds": Target(at_most=20),
        "statement_xlsx_cpu_seconds": TOLD,
        "statement_xlsx_mb": Target(at_most=200),
        "statement_csv_1m_seconds": TOLD,
        "statement_json_1m_seconds": TOLD,
        "statement_1m_mb": Target(at_most=200),
        "statement_memory_growth": Target(at_most=1.2),
        "statement_issue_1m_seconds": TOLD,
    },
    take_statement,
)
