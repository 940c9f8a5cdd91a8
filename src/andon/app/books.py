"""A database's books in a file for an accounting program."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from pathlib import Path

from sqlalchemy import text

from andon.adapters.books import beancount, hledger
from andon.app.start import kept
from andon.kernel.errors import Invalid
from andon.kernel.settings import Settings
from andon.money.ledger.views import closings_of, days_of, transfers_of
from andon.platform.policies.files import load_policies
from andon.ports.books import BookedTransfer, BookWriter


class Books(StrEnum):
    """The programs' forms, by the name that `andon export --format` takes."""

    BEANCOUNT = "beancount"
    HLEDGER = "hledger"


_WRITERS: Mapping[Books, BookWriter] = {Books.BEANCOUNT: beancount, Books.HLEDGER: hledger}


def export_books(settings: Settings, database: str, form: Books, shop_id: int | None, file: Path) -> int:
    """Write the books of one shop, or of all; answers how many transfers. All of it is one snapshot, however long it takes.

    The file is there when all of it is. Invalid `remote.file` where it cannot be written; NotMigrated. Days are those of
    the policy's zone.
    """
    tally: Counter[str] = Counter()
    zone = load_policies().versions[-1].zone
    part = file.with_name(f"{file.name}.part")
    with (
        kept(settings, database) as known,
        known.line.connect().execution_options(isolation_level="REPEATABLE READ") as connection,
    ):
        connection.execute(text("set transaction read only"))
        days = days_of(connection, shop_id, zone)
        try:
            with part.open("w", encoding="utf-8") as out:
                if days is not None:
                    transfers = _counted(transfers_of(connection, shop_id, zone), tally)
                    out.writelines(_WRITERS[form](closings_of(connection, shop_id), transfers, *days))
            part.replace(file)
        except OSError as why:
            raise Invalid("remote.file", f"{file}: {why.strerror}") from None
        finally:
            part.unlink(missing_ok=True)
    return tally["transfers"]


def _counted(transfers: Iterable[BookedTransfer], tally: Counter[str]) -> Iterator[BookedTransfer]:
    for each in transfers:
        tally["transfers"] += 1
        yield each
