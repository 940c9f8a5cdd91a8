"""The record on a real database: sealed without holding writers up, and no change of it goes unseen."""

import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import text

from andon.adapters.anchor_file import AnchorFile
from andon.insights.audit.views import audit
from andon.insights.audit.views.record import RECORD, prove_record
from andon.kernel.db import Database, create_database, drop_database, open_database
from andon.kernel.errors import Unavailable
from andon.kernel.events import PLATFORM
from andon.kernel.settings import Settings
from andon.orders.holds.events import OrderHeld
from andon.platform.keyring.views import keys_of
from andon.platform.record import service
from andon.platform.record.rules import Signed
from andon.platform.record.service import PURPOSE, Settled, seal_events
from andon.platform.record.station import seal_station
from andon.ports.anchoring import Anchor
from tests.worlds import NOON, transaction
from tests.worlds_orders import accept, incoming
from tests.worlds_partners import open_demo_shop

KEY = bytes(range(32))
LATER = NOON + timedelta(hours=1)


def seal_all(database: Database, now: datetime = LATER, key: bytes = KEY) -> list[Signed]:
    sealed: list[Signed] = []
    settled = Settled()
    while is_due(database, now):
        with transaction(database, now) as tx:
            sealed += seal_events(tx, 20, key, settled)
    return sealed


def is_due(database: Database, now: datetime) -> bool:
    station = seal_station(AnchorFile(Path(), ""), KEY, timedelta(minutes=5))
    with database.line.connect() as connection:
        at = connection.scalar(text(station.due))
    return at is not None and at <= now


def anchors_of(sealed: list[Signed]) -> list[Anchor]:
    return [Anchor(each.seal.shop_id, each.seal.seal_no, each.hash) for each in sealed]


def broken(database: Database, anchors: list[Anchor], key: bytes = KEY) -> set[str]:
    """The checks of the record that do not hold."""
    with database.line.connect() as connection:
        found = audit(connection, RECORD)
    with database.line.connect() as connection:
        found += prove_record(connection, keys_of(connection, key, PURPOSE), anchors, sample=5)
    return {each.name for each in found if not each.ok}


def unsealed(database: Database) -> int:
    with database.line.connect() as connection:
        found = connection.scalar(
            text(
                "select count(*) from events e where event_id > coalesce((select max(last_event) from seals s "
                "where s.shop_id = e.shop_id), 0)"
            )
        )
    return int(found or 0)


def a_past(database: Database) -> list[Signed]:
    """Two shops with orders, sealed in two seals each, and the platform's own events."""
    shops = []
    with transaction(database) as tx:
        shops = [open_demo_shop(tx, skus=("S-1",), suppliers=1).shop_id for _ in range(2)]
    sealed = seal_all(database)
    for shop in shops:
        with transaction(database) as tx:
            accept(tx, shop, *(incoming(f"O{n}", "S-1") for n in range(3)))
    return sealed + seal_all(database)


def test_all_events_are_sealed_in_a_chain_for_each_shop_and_nothing_twice(database: Database) -> None:
    sealed = a_past(database)
    assert unsealed(database) == 0
    assert {each.seal.shop_id for each in sealed} > {PLATFORM}
    assert max(each.seal.seal_no for each in sealed) == 2
    assert broken(database, anchors_of(sealed)) == set()
    assert seal_all(database) == []


def test_an_event_is_sealed_when_it_is_old_enough(database: Database) -> None:
    with transaction(database) as tx:
        open_demo_shop(tx)
        old_enough = NOON + tx.policy.record.sealed_after
    assert seal_all(database, old_enough - timedelta(microseconds=1)) == []
    assert seal_all(database, old_enough)
    with transaction(database) as tx:
        open_demo_shop(tx)
    assert not is_due(database, old_enough - timedelta(microseconds=1))
    assert is_due(database, old_enough)


def test_a_long_past_is_sealed_some_events_at_a_time(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "MOST_EVENTS", 7)
    sealed = a_past(database)
    assert max(each.seal.events for each in sealed) == 7
    assert unsealed(database) == 0
    assert broken(database, anchors_of(sealed)) == set()


EVENT = "(select event_id from events where shop_id = (select max(shop_id) from seals) order by event_id limit 1 offset 2)"
NEXT = EVENT.replace("offset 2", "offset 3")
CHANGES = {
    "a kind": f"update events set kind = 'order.held' where event_id = {EVENT}",
    "a body": f"update events set body = replace(body, ':', ': ') where event_id = {EVENT}",
    "an actor": f"update events set actor = 'operator' where event_id = {EVENT}",
    "an address": f"update events set address = '10.0.0.1' where event_id = {EVENT}",
    "a policy": f"update events set policy = 'jit-3.0' where event_id = {EVENT}",
    "an instant": f"update events set at = at + interval '1 microsecond' where event_id = {EVENT}",
    "when it was recorded": f"update events set recorded_at = recorded_at - interval '1 s' where event_id = {EVENT}",
    "whose it is": f"update events set order_id = 77 where event_id = {EVENT}",
    "it is removed": f"delete from events where event_id = {EVENT}",
    "it is moved": f"update events set event_id = 0 where event_id = {EVENT}",
    "it is another shop's": f"update events set shop_id = 0 where event_id = {EVENT}",
    "two are swapped": f"""
        update events e set body = o.body, kind = o.kind from events o
        where (e.event_id, o.event_id) in (({EVENT}, {NEXT}), ({NEXT}, {EVENT}))""",
    "one is put in": """
        insert into events (shop_id, event_id, kind, subject, at, recorded_at, actor, policy, body)
        select shop_id, -1, kind, subject, at, recorded_at, actor, policy, body from events limit 1""",
    "a seal is gone": "delete from seals where seal_no = 1",
    "a seal says something else": "update seals set events = events + 1 where seal_no = 1",
    "a seal is signed by another": "update seals set jws = replace(jws, 'e', 'f') where seal_no = 2",
}


@contextmanager
def a_copy(database: Database, settings: Settings) -> Iterator[Database]:
    name = f"record_{uuid4().hex[:8]}"
    create_database(settings, name, template=database.name)
    copy = open_database(settings, name)
    try:
        yield copy
    finally:
        copy.dispose()
        drop_database(settings, name)


def test_any_change_of_what_is_sealed_is_found(database: Database, settings: Settings) -> None:
    anchors = anchors_of(a_past(database))
    database.dispose()
    missed = []
    for what, sql in CHANGES.items():
        with a_copy(database, settings) as copy:
            with copy.owner.begin() as owner:
                owner.execute(text(sql))
            if not broken(copy, anchors):
                missed.append(what)
    assert missed == []


def test_a_tail_that_was_cut_is_missed_by_the_anchor_alone(database: Database) -> None:
    anchors = anchors_of(a_past(database))
    newest = [each for each in anchors if each.seal_no == 2]
    with database.owner.begin() as owner:
        owner.execute(
            text(
                "delete from events e using seals s where s.seal_no = 2 and e.shop_id = s.shop_id "
                "and e.event_id >= s.first_event"
            )
        )
        owner.execute(text("delete from seals where seal_no = 2"))
    assert broken(database, []) == set()
    assert broken(database, newest) == {"record_anchored"}


def test_a_record_that_was_signed_anew_by_another_key_is_not_ours(database: Database) -> None:
    anchors = anchors_of(a_past(database))
    with database.owner.begin() as owner:
        owner.execute(text("delete from seals"))
    seal_all(database, key=bytes(32))
    assert broken(database, anchors) == {"record_signed", "record_anchored"}


def test_nothing_of_four_writers_is_lost_and_none_of_them_waits_long(database: Database) -> None:
    with transaction(database) as tx:
        shop_id = open_demo_shop(tx, skus=("S-1",), suppliers=1, stock=10_000).shop_id
    over = threading.Event()
    written: list[int] = []

    def write(name: str) -> None:
        count = 0
        while not over.is_set():
            with transaction(database) as tx:
                written.extend(accept(tx, shop_id, incoming(f"{name}{count}", "S-1")))
            count += 1

    writers = [threading.Thread(target=write, args=(name,)) for name in "ABCD"]
    for writer in writers:
        writer.start()
    sealed: list[Signed] = []
    try:
        settled = Settled()
        while len(written) < 150:
            with transaction(database, LATER) as tx:
                sealed += seal_events(tx, 20, KEY, settled)
    finally:
        over.set()
        for writer in writers:
            writer.join()
    sealed += seal_all(database)
    assert len(sealed) > 5, "it was sealed while they wrote"
    assert unsealed(database) == 0
    assert broken(database, anchors_of(sealed)) == set()


@contextmanager
def an_event(database: Database, shop_id: int) -> Iterator[None]:
    """An event that has its number, and is committed at the end."""
    with transaction(database) as tx:
        tx.hold(shop_id)
        tx.emit(OrderHeld(shop_id=shop_id, order_id=1, reason="risk", fulfilments=[]))
        tx.flush()
        assert tx.event_ids
        yield


def test_what_is_not_committed_yet_is_waited_for_and_what_begins_after_is_not(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "PATIENCE_SECONDS", 0.05)
    with transaction(database) as tx:
        shop_id = open_demo_shop(tx).shop_id
    sealed = seal_all(database)
    settled = Settled()
    with an_event(database, shop_id), ExitStack() as later:
        with an_event(database, shop_id):
            pass  # it has the higher number, and is there first
        with transaction(database, LATER) as tx:
            assert seal_events(tx, 20, KEY, settled) == [], "the other number's event may yet come"
        later.enter_context(an_event(database, shop_id))
        begun_after = later.pop_all()
    with begun_after, transaction(database, LATER) as tx:
        [seal] = seal_events(tx, 20, KEY, settled)
        assert seal.seal.events == 2
    sealed += [seal, *seal_all(database)]
    assert unsealed(database) == 0
    assert broken(database, anchors_of(sealed)) == set()


def test_of_two_sealers_at_once_each_seal_is_ones_alone(database: Database) -> None:
    with transaction(database) as tx:
        for _ in range(3):
            open_demo_shop(tx)
    both: list[Signed] = []
    sealers = [threading.Thread(target=lambda: both.extend(seal_all(database))) for _ in range(2)]
    for sealer in sealers:
        sealer.start()
    for sealer in sealers:
        sealer.join()
    names = [(each.seal.shop_id, each.seal.seal_no) for each in both]
    assert len(names) == len(set(names))
    assert unsealed(database) == 0
    assert broken(database, anchors_of(both)) == set()


def test_the_station_anchors_what_it_sealed(database: Database, tmp_path: Path) -> None:
    with transaction(database) as tx:
        open_demo_shop(tx)
    station = seal_station(AnchorFile(tmp_path, "a/b"), KEY, timedelta(minutes=5))
    with transaction(database, LATER) as tx:
        sealed = station.claim(tx, station.batch)
    station.call(sealed)
    kept = AnchorFile(tmp_path, "a/b").kept()
    assert sorted(kept, key=lambda each: each.shop_id) == list(kept)
    assert {each.hash for each in kept} == {each.hash for each in sealed}


def test_anchors_never_go_back_and_a_spoilt_file_is_no_weather_to_pass_over(tmp_path: Path) -> None:
    anchors = AnchorFile(tmp_path, "andon")
    assert anchors.kept() == []
    anchors.keep([Anchor(7, 2, "b"), Anchor(3, 1, "c")])
    anchors.keep([Anchor(7, 1, "a")])
    assert anchors.kept() == [Anchor(3, 1, "c"), Anchor(7, 2, "b")]
    anchors.path.write_bytes(b"{")
    with pytest.raises(Unavailable):
        anchors.keep([Anchor(7, 3, "c")])
    anchors.forget()
    anchors.forget()
    assert anchors.kept() == []


def test_a_writer_that_no_other_has_overtaken_is_waited_for(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "PATIENCE_SECONDS", 0.05)
    with transaction(database) as tx:
        shop_id = open_demo_shop(tx).shop_id
    settled = Settled()
    with an_event(database, shop_id), transaction(database, LATER) as tx:
        assert settled.up_to(tx) is None
    with transaction(database, LATER) as tx:
        assert settled.up_to(tx) is not None
