"""Documents are kept once, and are their shop's alone."""

import hashlib

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from andon.kernel.db import Database
from andon.platform.documents.service import document_of, keep_document
from tests.worlds import NOON, transaction


def test_a_document_is_kept_once_and_stays_as_it_was(database: Database) -> None:
    with transaction(database) as tx:
        keep_document(tx, 1, "letter", 7, "JIT-TL-2026-000007", b"first")
    with transaction(database) as tx:
        keep_document(tx, 1, "letter", 7, "JIT-TL-2026-000007", b"second")
        keep_document(tx, 1, "certificate", 7, "JIT-CE-2026-000007", b"another kind")
        keep_document(tx, 2, "letter", 7, "JIT-TL-2026-000008", b"another shop's")
    with transaction(database) as tx:
        kept = document_of(tx, 1, "letter", 7)
        assert kept is not None
        assert (kept.body, kept.number, kept.made_at) == (b"first", "JIT-TL-2026-000007", NOON)
        assert kept.sha256 == hashlib.sha256(b"first").hexdigest()
        assert document_of(tx, 1, "letter", 8) is None


@pytest.mark.parametrize("statement", ["update documents set body = ''", "delete from documents"])
def test_the_application_can_neither_change_nor_remove_one(database: Database, statement: str) -> None:
    with transaction(database) as tx:
        keep_document(tx, 1, "letter", 7, "JIT-TL-2026-000007", b"first")
    with database.app.begin() as connection, pytest.raises(ProgrammingError, match="permission denied"):
        connection.execute(text(statement))


@pytest.mark.parametrize(("shops", "supplier", "seen"), [("1", "", 1), ("2", "", 0), ("1", "5", 0)])
def test_a_document_is_seen_by_its_shop_alone(
    database: Database, shops: str, supplier: str, seen: int
) -> None:
    with transaction(database) as tx:
        keep_document(tx, 1, "letter", 7, "JIT-TL-2026-000007", b"first")
    with database.app.begin() as connection:
        connection.execute(text(f"set local andon.shops = '{shops}'"))
        connection.execute(text(f"set local andon.supplier = '{supplier}'"))
        assert connection.scalar(text("select count(*) from documents")) == seen
