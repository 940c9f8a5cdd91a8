"""The style of docs and CONTRIBUTING, as tests: sizes, names, and the few words that stand in one place only."""

import ast
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

from sqlalchemy import Column, Float, Numeric

from andon.app.schema import metadata

ROOT = Path(__file__).parents[2]
CODE = sorted((ROOT / "src").rglob("*.py"))
FROZEN = "migrations/versions"
DECLARATIVE_BASE = "kernel/tables.py"  # the word is SQLAlchemy's own
BANNED_NAMES = {
    "utils",
    "helpers",
    "common",
    "misc",
    "base",
    "manager",
    "handler",
    "processor",
    "data",
    "info",
}


def functions(tree: ast.AST) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    return [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]


def tracked() -> list[Path]:
    """The files of the repository; where git cannot tell, all that lie in the checkout but for what tools made."""
    git = shutil.which("git")
    if git is not None:
        listed = subprocess.run([git, "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
        if not listed.returncode:
            return [ROOT / name for name in listed.stdout.decode().split("\0") if name]
    found: list[Path] = []
    for top, folders, names in os.walk(ROOT):
        folders[:] = [
            name for name in folders if name == ".ci" or not name.startswith((".", "__", "node_modules"))
        ]
        found += [Path(top) / name for name in names]
    return found


def test_no_file_is_longer_than_a_reader_knows_its_room() -> None:
    read = [*CODE, *(ROOT / "tests").rglob("*.py")]
    long = {str(p.relative_to(ROOT)): n for p in read if (n := len(p.read_text().splitlines())) > 400}
    assert not {name: n for name, n in long.items() if FROZEN not in name}


def test_every_function_is_read_at_a_glance() -> None:
    long = [
        f"{path.relative_to(ROOT)}:{node.lineno} {node.name} {node.end_lineno - node.lineno + 1}"
        for path in CODE
        if FROZEN not in str(path)
        for node in functions(ast.parse(path.read_text()))
        if node.end_lineno and node.end_lineno - node.lineno + 1 > 50
    ]
    assert not long


def test_nothing_is_called_by_a_name_that_says_nothing() -> None:
    modules = [p for p in CODE if p.stem in BANNED_NAMES]
    named = [
        f"{path.relative_to(ROOT)}:{node.lineno} {node.name}"
        for path in CODE
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        and node.name.lower().strip("_") in BANNED_NAMES
        and not str(path).endswith(DECLARATIVE_BASE)
    ]
    assert not modules
    assert not named


def test_sql_never_asks_for_the_time() -> None:
    asks = re.compile(
        r"\b(now\(\)|current_timestamp|clock_timestamp|current_date|localtimestamp)", re.IGNORECASE
    )
    found = []
    for path in CODE:
        tree = ast.parse(path.read_text())
        docstrings = {
            node.body[0].value
            for node in ast.walk(tree)
            if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.Module)
            and node.body
            and isinstance(node.body[0], ast.Expr)
        }
        found += [
            f"{path.relative_to(ROOT)}:{node.lineno}"
            for node in ast.walk(tree)
            if isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and node not in docstrings
            and asks.search(node.value)
        ]
    assert not found


def test_the_operating_systems_clock_is_read_in_one_place() -> None:
    asks = re.compile(r"datetime\.now\(|time\.time\(|utcnow\(|date\.today\(")
    outside = [str(p.relative_to(ROOT)) for p in CODE if asks.search(p.read_text()) and p.name != "clock.py"]
    assert not outside


def test_only_the_claim_skips_what_others_have_locked() -> None:
    beside_it = {  # what no head guards: reference tables, which no shop owns, and messages
        "kernel/http/idempotency.py": "kept answers",
        "orders/clocks/service.py": "suppliers to be counted anew; the shop's head is taken after",
        "platform/calling/service.py": "endpoints",
        "orders/reporting/station.py": "channels",
        "orders/tracking/service/early.py": "scans without a label",
        "platform/turns/service.py": "what comes round, one row each for the whole platform",
        "platform/outbox/service.py": "notices to write messages for: nothing is emitted, the platform has no head",
        "platform/subscriptions/service/telling.py": "untold events: nothing is emitted",
        "platform/outbox/station.py": "messages: nothing is emitted",
        "membership/qualification/service/reviewing.py": "applications: of no shop",
        "platform/record/service.py": "seals that are read: nothing is emitted",
    }
    skipping = {
        str(p.relative_to(ROOT / "src/andon")) for p in CODE if "skip locked" in p.read_text().lower()
    }
    assert skipping <= {"kernel/line.py", *beside_it}


def test_only_the_edges_commit() -> None:
    edges = {"kernel", "app", "simulator", "platform/accounts"}
    committing = [
        str(p.relative_to(ROOT / "src/andon")) for p in CODE if re.search(r"\.commit\(\)", p.read_text())
    ]
    assert not [name for name in committing if not any(name.startswith(edge) for edge in edges)]


def _is_rate(column: Column[Any]) -> bool:
    """A rate of exchange is no amount: exact, with as many places as it has."""
    return column.name == "rate" and not isinstance(column.type, Float)


def test_money_is_never_a_float_in_the_schema() -> None:
    inexact = [
        f"{table.name}.{column.name}"
        for table in metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, Float | Numeric) and table.name != "clock" and not _is_rate(column)
    ]
    assert not inexact


def test_no_tracked_file_is_large() -> None:
    large = {p.name: p.stat().st_size for p in tracked() if p.is_file() and p.stat().st_size > 500_000}
    assert not large


def test_locks_carry_no_addresses() -> None:
    locks = [p for p in tracked() if re.search(r"(requirements|lock).*\.(txt|lock)$", p.name)]
    assert locks
    assert not [p.name for p in locks if "://" in p.read_text()]
