"""Another key in place of the one that all secrets are sealed under: all of them, at once, and what was signed stays proven."""

import dataclasses
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import pytest
from sqlalchemy import text

from andon.app.rotation import SIGNERS, rotate
from andon.app.schema import metadata
from andon.app.start import KeyRetired, refuse_retired_key
from andon.insights.audit.views import audit
from andon.insights.audit.views.record import RECORD, prove_record
from andon.kernel.admin import connect
from andon.kernel.db import Database, migrate, open_database
from andon.kernel.errors import Conflict
from andon.kernel.jws import public_jwk, read, sign
from andon.kernel.resealing import sealed_columns
from andon.kernel.secrets import SecretUnreadable, known_keys, next_key, secret_key, take_next_key
from andon.kernel.settings import Settings
from andon.kernel.tx import Tx
from andon.orders.receipts.api import PURPOSE as RECEIPTS
from andon.platform.documents.authority import Authority
from andon.platform.documents.views import trusted
from andon.platform.keyring.views import keys_of
from andon.platform.policies.files import load_policies
from andon.platform.policies.rules import Policy
from andon.platform.record.rules import hash_of
from andon.platform.record.service import PURPOSE
from andon.platform.record.views import record_of
from andon.ports.anchoring import Anchor
from tests.rooms.own_server import own_server
from tests.rooms.test_record import seal_all
from tests.worlds import transaction
from tests.worlds_orders import accept, incoming
from tests.worlds_partners import open_demo_shop
from tests.worlds_secrets import a_world_of_secrets, opened_by, spoil_a_seal

OLD, NEW, NEWER = (bytes([number]) * 32 for number in (1, 2, 3))
POLICIES = load_policies()
VERIFIER = Path(__file__).parents[2] / "tools" / "verify_record.py"
T = TypeVar("T")


@pytest.fixture
def world(database: Database) -> Database:
    a_world_of_secrets(database, OLD)
    return database


def turned(database: Database, old: bytes = OLD, new: bytes = NEW) -> dict[str, int] | None:
    """The rotation, by a process of its own."""
    try:
        return rotate(database, POLICIES, old, new)
    finally:
        database.dispose()


def broken(database: Database, key: bytes) -> set[str]:
    """The checks of the record that do not hold."""
    with database.line.connect() as connection:
        anchors = [
            Anchor(row.shop_id, row.seal_no, hash_of(row.jws))
            for row in connection.execute(
                text("select distinct on (shop_id) * from seals order by shop_id, seal_no desc")
            )
        ]
        found = audit(connection, RECORD)
        found += prove_record(connection, keys_of(connection, key, PURPOSE), anchors, sample=5)
    return {each.name for each in found if not each.ok}


def test_every_secret_is_sealed_under_the_next_key_and_none_under_the_old(world: Database) -> None:
    before = opened_by(world, OLD)
    assert set(before) == {str(column) for column in sealed_columns(metadata)}
    assert turned(world) == before
    assert opened_by(world, OLD) == {}
    assert opened_by(world, NEW) == before


def test_a_second_time_nothing_is_left_to_do(world: Database) -> None:
    turned(world)
    before = opened_by(world, NEW)
    assert turned(world) is None
    assert opened_by(world, NEW) == before


def test_a_seal_of_another_key_is_named_and_nothing_is_changed(world: Database) -> None:
    spoil_a_seal(world)
    before = opened_by(world, OLD)
    with pytest.raises(SecretUnreadable, match=r"users\.totp_sealed of {'user_id': 1}"):
        turned(world)
    assert opened_by(world, OLD) == before
    with world.line.connect() as connection:
        assert len(keys_of(connection, NEW, PURPOSE)) == 1


def test_it_is_refused_while_anybody_of_andons_is_signed_in(
    world: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("andon.app.rotation.PATIENCE_SECONDS", 0.1)
    with connect(world.logins.app), pytest.raises(Conflict, match=r"secret\.in_use: sessions of Andon's: 1;"):
        turned(world)
    assert opened_by(world, NEW) == {}


def test_what_each_key_signed_is_proven_after_it_and_the_one_after_it_were_retired(
    database: Database,
) -> None:
    for key, successor in ((OLD, NEW), (NEW, NEWER), (NEWER, None)):
        with transaction(database) as tx:
            open_demo_shop(tx, skus=("S-1",), suppliers=1)
        assert seal_all(database, key=key)
        assert broken(database, key) == set()
        if successor is not None:
            turned(database, key, successor)
            assert broken(database, successor) == set()
    with database.line.connect() as connection:
        for purpose in SIGNERS:
            keys = [each.jwk for each in keys_of(connection, NEWER, purpose)]
            assert keys == [public_jwk(key, purpose) for key in (NEWER, NEW, OLD)]
    assert read(sign(b"a receipt", OLD, RECEIPTS), public_jwk(OLD, RECEIPTS)) == b"a receipt"


def test_the_certificates_of_before_are_answered_after_the_one_that_signs(database: Database) -> None:
    authorities = [Authority.made_from(key) for key in (NEWER, NEW, OLD)]
    turned(database, OLD, NEW)
    turned(database, NEW, NEWER)
    assert trusted(database, NEWER, authorities[0]) == "".join(each.pem for each in authorities)


def test_whoever_has_a_retired_key_can_change_nothing_of_the_past(database: Database) -> None:
    with transaction(database) as tx:
        shop_id = open_demo_shop(tx).shop_id
    seal_all(database, key=OLD)
    turned(database)
    with database.owner.begin() as owner:
        owner.execute(text("update events set actor = 'somebody' where shop_id = :shop"), {"shop": shop_id})
        owner.execute(text("delete from seals where shop_id = :shop"), {"shop": shop_id})
    seal_all(database, key=OLD)
    # All is signed and in line, and anchored by who did it: that it was not there when the key was retired shows.
    assert broken(database, NEW) == {"record_retired"}


def test_whoever_has_a_retired_key_can_put_nothing_at_the_end(database: Database) -> None:
    seal_all(database, key=OLD)
    turned(database)
    with transaction(database) as tx:
        open_demo_shop(tx)
    seal_all(database, key=OLD)
    assert broken(database, NEW) == {"record_retired"}


def test_a_record_that_two_keys_sealed_is_proven_elsewhere_and_in_their_order_alone(
    database: Database, tmp_path: Path
) -> None:
    with transaction(database) as tx:
        shop_id = open_demo_shop(tx).shop_id
    seal_all(database, key=OLD)
    turned(database)
    with transaction(database) as tx:
        accept(tx, shop_id, incoming("O-1", "S-1"))
    seal_all(database, key=NEW)
    assert proven(database, shop_id, NEW, tmp_path).startswith(f"proven: shop {shop_id}, ")
    with transaction(database) as tx:
        accept(tx, shop_id, incoming("O-2", "S-1"))
    seal_all(database, key=OLD)
    assert "a key that was retired before" in proven(database, shop_id, NEW, tmp_path)


def proven(database: Database, shop_id: int, key: bytes, folder: Path) -> str:
    """What the stand-alone verifier says of a shop's record."""

    def ask(question: Callable[[Tx[Policy]], T]) -> T:
        with transaction(database) as tx:
            return question(tx)

    with database.line.connect() as connection:
        keys = [each.jwk for each in keys_of(connection, key, PURPOSE)]
    record = folder / "record.ndjson"
    record.write_bytes(b"".join(record_of(ask, shop_id, keys)))
    command = [sys.executable, "-I", str(VERIFIER), str(record)]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout


def test_a_row_that_no_key_of_ours_signed_adds_no_key(database: Database) -> None:
    turned(database)
    with database.owner.begin() as owner:
        owner.execute(
            text("insert into retired_keys values ('x', 'record', now(), :jws)"),
            {"jws": sign(b'{"key": {}, "facts": {}}', b"a stranger's key", PURPOSE)},
        )
    with database.line.connect() as connection:
        assert len(keys_of(connection, NEW, PURPOSE)) == 2


def test_a_key_that_was_retired_comes_back_no_more(database: Database) -> None:
    turned(database)
    with pytest.raises(Conflict, match=r"signing_key\.retired"):
        turned(database, NEW, OLD)


def test_a_key_has_one_successor(database: Database) -> None:
    turned(database)
    with pytest.raises(Conflict, match=r"secret\.another_successor"):
        turned(database, OLD, NEWER)


@pytest.mark.parametrize("by", ["the file", "the environment"])
def test_no_process_begins_with_a_key_that_was_retired(database: Database, tmp_path: Path, by: str) -> None:
    settings = Settings(home=tmp_path, secret_key=OLD if by == "the environment" else None)
    key = secret_key(settings)
    refuse_retired_key(database, settings)
    turned(database, key, NEW)
    todo = {"the file": "run `andon rotate-secret` again", "the environment": "set ANDON_SECRET_KEY"}
    with pytest.raises(KeyRetired, match=todo[by]):
        refuse_retired_key(database, settings)


def test_passwords_that_the_key_gives_are_the_next_ones_and_both_are_known_meanwhile(tmp_path: Path) -> None:
    with own_server() as server:
        settings = Settings(home=tmp_path, database_url=server.url(), pool_size=2)
        database = open_database(settings)
        migrate(database)
        database.dispose()
        server.run("alter role andon_line password 'of its own'")
        given = server.url("andon", "andon_line", "of its own")
        settings = dataclasses.replace(settings, line_database_url=given)
        old, new = secret_key(settings), next_key(settings)
        assert turned(open_database(settings), old, new) == {}
        # As it stands when the process is killed here: the file holds the old key still.
        assert known_keys(settings) == [old, new]
        assert turned(open_database(settings), old, new) is None
        take_next_key(settings)
        assert known_keys(settings) == [new]
        after = open_database(settings)
        for engine in (after.owner, after.app, after.line):
            with engine.connect() as connection:
                assert connection.scalar(text("select 1")) == 1
        after.dispose()
        # And by the owner's own address, whose password nobody has written down.
        owners = dataclasses.replace(
            settings, database_url=server.url("andon", "andon_owner", "").replace(":@", "@")
        )
        open_database(owners).dispose()
