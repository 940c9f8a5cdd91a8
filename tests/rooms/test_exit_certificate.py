"""The certificate of an exit: made once, by the station or by whoever asks first, and verified by others' programs."""

from datetime import timedelta
from pathlib import Path

import pytest

from andon.kernel.db import Database
from andon.kernel.errors import Conflict
from andon.membership.exits.station import certificate_station
from andon.membership.exits.tables import Exit
from andon.membership.exits.views import certificate_of
from andon.platform.documents.authority import Authority
from andon.platform.documents.papers import keep
from andon.platform.documents.service import document_of
from andon.platform.record.service import Settled, seal_events
from tests.signatures import openssl_says, pdfsig
from tests.worlds import transaction
from tests.worlds_exits import OFF_AT, done_exit, struck_exit, told_of

AUTHORITY = Authority.made_from(bytes(32))
LATER = OFF_AT + timedelta(minutes=10)
STATION = certificate_station(AUTHORITY)


def certified(database: Database) -> int:
    """How many certificates the station makes."""
    with transaction(database, LATER) as tx:
        papers = STATION.claim(tx, STATION.batch)
    made = STATION.call(papers)
    with transaction(database, LATER) as tx:
        STATION.record(tx, made.outcomes)
    return len(papers)


@pytest.mark.clause("EXIT-6", "MODE-7")
def test_the_certificate_says_what_ended_and_what_every_check_found(database: Database):
    shop, exit_id = done_exit(database)
    with transaction(database, LATER) as tx:
        seal_events(tx, 10, bytes(32), Settled())
    with transaction(database, LATER) as tx:
        leaving = tx.get(Exit, shop.shop_id, exit_id)
        paper = certificate_of(tx, leaving)
        assert paper.number == f"JIT-EXIT-2026-{exit_id:06d}"
        facts = paper.facts
        assert facts["exit"]["ticket"] == leaving.ticket
        assert facts["exit"]["off_at"] == "2026-03-03 12:00 (UTC+8)"
        assert (facts["enrolment"]["number"], facts["enrolment"]["version"]) == (1, "1")
        assert facts["enrolment"]["ended_at"] == "2026-03-03 12:00 (UTC+8)"
        assert facts["switched"] == {"products": 2, "lines": ["cainiao_jit"]}
        assert [each["id"] for each in facts["bindings"]] == [1, 2]
        assert len(facts["checks"]) == 9
        assert facts["checks"][4]["evidence"] == "sku: S-1; answer: product.jit_not_offered"
        [newest] = tx.rows("select max(seal_no) as no from seals where shop_id = :shop", shop=shop.shop_id)
        assert facts["seal"]["no"] == newest.no


def test_it_is_made_once_and_a_second_making_changes_nothing(database: Database):
    shop, exit_id = done_exit(database)
    assert certified(database) == 1
    assert certified(database) == 0
    with transaction(database, LATER) as tx:
        kept = document_of(tx, shop.shop_id, "certificate", exit_id)
        assert kept is not None
        sha256 = kept.sha256
        keep(tx, certificate_of(tx, tx.get(Exit, shop.shop_id, exit_id)), b"another")
    with transaction(database, LATER) as tx:
        still = document_of(tx, shop.shop_id, "certificate", exit_id)
        assert still is not None
        assert (still.sha256, bytes(still.body[:4])) == (sha256, b"%PDF")
        assert told_of(tx, shop.shop_id).count("exit.certified") == 1


def test_pdfsig_and_openssl_verify_it(database: Database, tmp_path: Path):
    shop, exit_id = done_exit(database)
    certified(database)
    with transaction(database, LATER) as tx:
        kept = document_of(tx, shop.shop_id, "certificate", exit_id)
        assert kept is not None
        body = bytes(kept.body)
    said = pdfsig(tmp_path, body, AUTHORITY.pem)
    assert "Signature is Valid." in said
    assert "Certificate is Trusted." in said
    assert "successful" in openssl_says(tmp_path, body, AUTHORITY.pem)


def test_an_exit_that_is_not_done_has_none(database: Database):
    shop, exit_id = struck_exit(database)
    with transaction(database, OFF_AT) as tx, pytest.raises(Conflict) as refused:
        certificate_of(tx, tx.get(Exit, shop.shop_id, exit_id))
    assert (refused.value.code, refused.value.clause) == ("exit.not_done", "EXIT-6")
