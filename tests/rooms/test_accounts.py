"""Keys on real PostgreSQL: what is kept of them, and what they open."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from andon.kernel.clock import wall
from andon.kernel.db import Database
from andon.kernel.errors import Conflict, Invalid, NotFound, Unknown
from andon.kernel.statements import Statements
from andon.platform.accounts.rules import SCOPES, hash_of
from andon.platform.accounts.service import issue_key, revoke_key, rotate_key
from andon.platform.accounts.tables import ApiKey
from andon.platform.accounts.views import holder_of, note_use, raise_walls
from tests.worlds import NOON, transaction
from tests.worlds_partners import a_shop, bind, open_demo_shop, qualified_suppliers


def test_of_a_key_only_its_hash_is_kept(database: Database) -> None:
    with transaction(database) as tx:
        issued = issue_key(tx, party="channel", party_id="market", scopes=["orders.write"], label="feed")
        key_id = issued.key.key_id
    with database.owner.connect() as connection:
        row = connection.exec_driver_sql("select * from keys").one()
        assert row.key_id == key_id
        assert bytes(row.secret_hash) == hash_of(issued.secret)
        assert issued.secret not in str(tuple(row))
        event = connection.exec_driver_sql("select shop_id, kind, subject, body from events").one()
        assert (event.shop_id, event.kind, event.subject) == (0, "key.issued", f"key:{key_id}")
        assert issued.secret not in event.body
    with transaction(database) as tx:
        holder = holder_of(Statements(tx.connection), hash_of(issued.secret), wall())
    assert (holder.party, holder.party_id, holder.scopes) == ("channel", "market", {"orders.write"})


def test_a_revoked_key_is_nobodys_and_stays_on_record(database: Database) -> None:
    with transaction(database) as tx:
        issued = issue_key(tx, party="operator", party_id="", scopes=SCOPES, label="")
        key_id = issued.key.key_id
        revoke_key(tx, key_id)
    with transaction(database) as tx:
        with pytest.raises(Unknown):
            holder_of(Statements(tx.connection), hash_of(issued.secret), wall())
        assert tx.get(ApiKey, key_id).revoked_at == NOON
        with pytest.raises(NotFound):
            revoke_key(tx, 999)


def test_a_key_is_for_a_party_that_is_there(database: Database) -> None:
    with transaction(database) as tx:
        shop_id = a_shop(tx)
        (supplier_id,) = qualified_suppliers(tx, 1)
        for party, named in (
            ("shop", shop_id),
            ("supplier", supplier_id),
            ("carrier", next(iter(tx.policy.carriers))),
        ):
            assert issue_key(tx, party=party, party_id=str(named), scopes=[], label="").key.party == party
        for party, named in (("shop", shop_id + 1), ("supplier", supplier_id + 1), ("carrier", "nobody")):
            with pytest.raises(Invalid):
                issue_key(tx, party=party, party_id=str(named), scopes=[], label="")


def seen_by(database: Database, secret: str, shop_id: int | None = None) -> list[int]:
    with Session(database.app) as session:
        connection = session.connection()
        raise_walls(
            Statements(connection), holder_of(Statements(connection), hash_of(secret), wall()), shop_id
        )
        rows = connection.exec_driver_sql("select shop_id from shops order by shop_id")
        return [row.shop_id for row in rows]


def test_the_walls_of_a_party_stand_around_what_is_its_own(database: Database) -> None:
    with transaction(database) as tx:
        shop, other = open_demo_shop(tx), a_shop(tx)
        bind(tx, other, [shop.supplier_ids[1]])

        def key(party: str, named: object = "") -> str:
            return issue_key(tx, party=party, party_id=str(named), scopes=[], label="").secret

        keys = {
            "shop": key("shop", shop.shop_id),
            "one": key("supplier", shop.supplier_ids[0]),
            "both": key("supplier", shop.supplier_ids[1]),
            "channel": key("channel", "market"),
            "carrier": key("carrier", next(iter(tx.policy.carriers))),
            "operator": key("operator"),
        }
    assert seen_by(database, keys["shop"]) == [shop.shop_id]
    assert seen_by(database, keys["one"]) == [shop.shop_id]
    assert seen_by(database, keys["both"]) == [shop.shop_id, other]
    assert seen_by(database, keys["both"], other) == [other]
    assert seen_by(database, keys["channel"]) == []
    assert seen_by(database, keys["channel"], other) == [other]
    assert seen_by(database, keys["carrier"]) == []
    assert seen_by(database, keys["operator"]) == [shop.shop_id, other]
    assert seen_by(database, keys["operator"], other) == [other]
    for who, where in (("one", other), ("channel", 999), ("operator", 999)):
        with pytest.raises(NotFound):
            seen_by(database, keys[who], where)


def test_a_supplier_sees_no_other_suppliers_rows(database: Database) -> None:
    with transaction(database) as tx:
        shop = open_demo_shop(tx, suppliers=2)
        secret = issue_key(
            tx, party="supplier", party_id=str(shop.supplier_ids[0]), scopes=[], label=""
        ).secret
    with Session(database.app) as session:
        connection = session.connection()
        raise_walls(Statements(connection), holder_of(Statements(connection), hash_of(secret), wall()), None)
        found = connection.exec_driver_sql("select distinct supplier_id from bindings").scalars().all()
        assert found == [shop.supplier_ids[0]]
        assert connection.exec_driver_sql("select count(*) from events").scalar_one() == 0


def test_walls_end_with_the_transaction(database: Database) -> None:
    with transaction(database) as tx:
        a_shop(tx)
        secret = issue_key(tx, party="operator", party_id="", scopes=[], label="").secret
    assert seen_by(database, secret) == [1]
    with database.app.connect() as connection:
        assert connection.exec_driver_sql("select count(*) from shops").scalar_one() == 0


def test_a_key_ends_by_itself_at_its_instant_of_machine_time(database: Database) -> None:
    ends = wall() + timedelta(minutes=5)
    with transaction(database) as tx:
        secret = issue_key(tx, party="operator", party_id="", scopes=[], label="", expires_at=ends).secret
        with pytest.raises(Invalid) as past:
            issue_key(tx, party="operator", party_id="", scopes=[], label="", expires_at=wall())
        assert past.value.code == "key.expiry"
    with transaction(database) as tx:
        statements = Statements(tx.connection)
        assert holder_of(statements, hash_of(secret), ends - timedelta(seconds=1)).party == "operator"
        with pytest.raises(Unknown):
            holder_of(statements, hash_of(secret), ends)


def test_a_rotated_key_goes_on_for_the_overlap_beside_its_successor(database: Database) -> None:
    with transaction(database) as tx:
        old = issue_key(tx, party="channel", party_id="market", scopes=["orders.write"], label="feed")
        key_id = old.key.key_id
        new = rotate_key(tx, key_id, timedelta(hours=1))
        new_id = new.key.key_id
        assert (new.key.party_id, new.key.scopes, new.key.label) == ("market", ["orders.write"], "feed")
        with pytest.raises(Invalid) as long:
            rotate_key(tx, key_id, timedelta(days=31))
        assert long.value.code == "key.overlap"
    now = wall()
    with transaction(database) as tx:
        statements = Statements(tx.connection)
        for issued in (old, new):
            assert holder_of(statements, hash_of(issued.secret), now).party_id == "market"
        later = now + timedelta(hours=1)
        assert holder_of(statements, hash_of(new.secret), later).party_id == "market"
        with pytest.raises(Unknown):
            holder_of(statements, hash_of(old.secret), later)
        rotate_key(tx, new_id, timedelta())
        with pytest.raises(Conflict) as ended:
            rotate_key(tx, new_id, timedelta())
        assert ended.value.code == "key.ended"
    with transaction(database) as tx:
        told = tx.rows("select body from events where kind = 'key.rotated' order by event_id")
        assert len(told) == 2
        assert all(issued.secret not in row.body for row in told for issued in (old, new))


def test_the_use_of_a_key_is_noted_once_a_minute(database: Database) -> None:
    with transaction(database) as tx:
        issued = issue_key(tx, party="operator", party_id="", scopes=[], label="")
        key_id, hashed = issued.key.key_id, hash_of(issued.secret)
    at = wall()
    for after, unnoted, used in ((0, True, 0), (59, False, 0), (60.5, True, 60.5)):
        now = at + timedelta(seconds=after)
        with transaction(database) as tx:
            statements = Statements(tx.connection)
            assert holder_of(statements, hashed, now).unnoted is unnoted
            note_use(statements, key_id, now)
        with transaction(database) as tx:
            assert tx.get(ApiKey, key_id).used_at == at + timedelta(seconds=used)
