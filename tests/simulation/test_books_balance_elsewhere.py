"""The books of a replay, read by two accounting programs that know nothing of us: they add up to the same balances."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from andon.adapters.andon_history import AndonFolder
from andon.app.books import Books, export_books
from andon.kernel.db import Database
from andon.kernel.money import Money
from andon.kernel.settings import Settings
from andon.money.ledger.rules import (
    EXTERNAL,
    PENALTIES,
    PLATFORM_REVENUE,
    ROUNDING,
    SHOP_FUNDS,
    SHOP_HOLDS,
    SUSPENSE,
    Posting,
    carrier_account,
    compensation_postings,
    subsidy_posting,
    supplier_account,
)
from andon.money.ledger.service import post
from andon.money.ledger.views import balances_of
from tests.simulation.test_replay_sample import replayed
from tests.worlds import transaction
from tests.worlds_history import SAMPLE
from tests.worlds_money import a_shop

BEAN_CHECK = Path(sys.executable).with_name("bean-check")
HLEDGER = shutil.which("hledger")


def verdict(form: Books, file: Path) -> subprocess.CompletedProcess[str]:
    if form is Books.BEANCOUNT:
        return subprocess.run([BEAN_CHECK, "--no-cache", file], capture_output=True, text=True, check=False)
    if HLEDGER is None:
        pytest.skip("needs hledger: install Debian's package hledger")
    return subprocess.run(
        [HLEDGER, "-f", file, "check", "--strict"], capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("form", list(Books))
def test_books_are_accepted_and_come_to_what_ours_do(
    form: Books, database: Database, settings: Settings, tmp_path: Path
) -> None:
    outcome = replayed(database, AndonFolder(SAMPLE).read())
    file = tmp_path / f"books.{form}"
    transfers = export_books(settings, database.name, form, None, file)

    settled = sum(kind["count"] for kind in outcome["charges"].values())
    assert transfers == settled + 1, "each charge that was settled, and the deposit it was settled from"
    accepted = verdict(form, file)
    assert (accepted.returncode, accepted.stderr) == (0, "")
    with transaction(database) as tx:
        stated = {f"{-total.balance.amount}" for total in balances_of(tx, 1)}
    closing = file.read_text().rpartition("\n\n")[2]
    assert all(amount in closing for amount in stated), "what they check is our running totals"

    book = file.read_text()
    assert book.count(" 20.10 CNY") == 1
    file.write_text(book.replace(" 20.10 CNY", " 20.11 CNY").replace("-20.10 CNY", "-20.11 CNY"))
    refused = verdict(form, file)
    assert refused.returncode
    assert "alance" in refused.stderr


@pytest.mark.parametrize("form", list(Books))
def test_accounts_of_every_kind_are_accepted(
    form: Books, database: Database, settings: Settings, tmp_path: Path
) -> None:
    amount = Money.of("3.00", "CNY")
    with transaction(database) as tx:
        post(
            tx,
            a_shop(tx),
            [
                Posting(EXTERNAL, SHOP_FUNDS, Money.of("100.00", "CNY"), "funds.deposited"),
                Posting(SHOP_FUNDS, SHOP_HOLDS, amount, "charge.held"),
                Posting(SHOP_FUNDS, PLATFORM_REVENUE, amount, "charge.settled"),
                Posting(SUSPENSE, ROUNDING, Money.of("0.01", "CNY"), "rounded"),
                subsidy_posting(amount),
                Posting(SHOP_FUNDS, PENALTIES, amount, "charge.settled"),
                *compensation_postings(carrier_account("dhl_express"), SHOP_FUNDS, amount),
                *compensation_postings(supplier_account(7), EXTERNAL, amount),
            ],
        )
    file = tmp_path / f"books.{form}"
    assert export_books(settings, database.name, form, None, file) == 10
    accepted = verdict(form, file)
    assert (accepted.returncode, accepted.stderr) == (0, "")


def test_books_of_one_shop_hold_no_other_and_those_without_a_transfer_are_an_empty_file(
    database: Database, settings: Settings, tmp_path: Path
) -> None:
    replayed(database, AndonFolder(SAMPLE).read())
    assert export_books(settings, database.name, Books.BEANCOUNT, 1, tmp_path / "one")
    assert export_books(settings, database.name, Books.BEANCOUNT, 2, tmp_path / "other") == 0
    assert (tmp_path / "other").read_text() == ""
    assert not list(tmp_path.glob("*.part"))
