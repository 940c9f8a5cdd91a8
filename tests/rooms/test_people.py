"""People on real PostgreSQL: what is kept of them, what is forgotten, and what a crash or a race leaves."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta

import pytest

from andon.adapters.robots import Robots
from andon.adapters.smtp import SmtpPost
from andon.kernel.clock import wall
from andon.kernel.db import Database
from andon.kernel.errors import Conflict, Invalid, NotFound, TooMany
from andon.kernel.tx import Tx
from andon.platform.accounts.rules import hash_of
from andon.platform.outbox.station import mail_station
from andon.platform.outbox.views import list_messages
from andon.platform.people.rules import INVITED_FOR, SESSION_FOR
from andon.platform.people.service.joining import (
    MOST_PEOPLE,
    NewPerson,
    Party,
    accept_invitation,
    change_role,
    invite,
    remove_member,
)
from andon.platform.people.service.passing import ask_reset, knock
from andon.platform.people.service.sessions import MOST_SESSIONS, Browser, open_session
from andon.platform.people.service.tries import key_of, take_try
from andon.platform.people.station import forget_people
from andon.platform.people.views import members_of, session_of
from andon.platform.policies.rules import Policy
from tests.real_post import real_post
from tests.worlds import transaction
from tests.worlds_partners import a_shop
from tests.worlds_post import KEY
from tests.worlds_supply import a_line

HERE = Browser("127.0.0.1", "a test")
WANG = NewPerson("wang@shop.test", "Wang Fang", "en", "$argon2id$none")


def joined(tx: Tx[Policy], party: Party, role: str, who: NewPerson | int = WANG) -> int:
    _, link = invite(tx, party, role, None, "en", "", KEY)
    return accept_invitation(tx, link.partition("#")[2], who)


def count(database: Database, table: str) -> int:
    with database.owner.connect() as connection:
        return int(connection.exec_driver_sql(f"select count(*) from {table}").scalar_one())


def test_of_a_person_who_is_of_no_party_any_more_nothing_is_kept(database: Database) -> None:
    with transaction(database) as tx:
        first, second = Party("shop", str(a_shop(tx))), Party("shop", str(a_shop(tx)))
        owner = joined(tx, first, "owner", NewPerson("li@shop.test", "Li", "en", "$argon2id$none"))
        wang = joined(tx, first, "clerk")
        joined(tx, second, "owner", wang)
        joined(tx, second, "owner", owner)
        open_session(tx, wang, HERE, "none")
        ask_reset(tx, WANG.email, "", KEY)
        remove_member(tx, first, wang)
        assert [each.id for each in members_of(tx, "shop", second.number, limit=9)] == [owner, wang]
        remove_member(tx, second, wang)
        with pytest.raises(NotFound):
            remove_member(tx, second, wang)
    assert [count(database, table) for table in ("users", "memberships", "sessions", "password_resets")] == [
        1, 2, 0, 0,
    ]  # fmt: skip
    with database.owner.connect() as connection:
        said = " ".join(connection.exec_driver_sql("select body from events").scalars())
    assert f'"user_id":{wang}' in said
    assert WANG.email not in said
    assert WANG.name not in said


def test_the_record_of_a_shops_people_is_the_shops(database: Database) -> None:
    with transaction(database) as tx:
        party = Party("shop", str(a_shop(tx)))
        owner = joined(tx, party, "owner", NewPerson("li@shop.test", "Li", "en", "$argon2id$none"))
        wang = joined(tx, party, "clerk")
        change_role(tx, party, wang, "finance")
        change_role(tx, party, wang, "finance")
        with pytest.raises(Conflict):
            change_role(tx, party, owner, "clerk")
    with database.owner.connect() as connection:
        rows = connection.exec_driver_sql(
            "select shop_id, kind, subject from events where kind like 'person.%%' order by event_id"
        ).all()
    here = int(party.number)
    assert [tuple(row) for row in rows] == [
        (here, "person.invited", "invitation:1"),
        (here, "person.joined", f"user:{owner}"),
        (here, "person.invited", "invitation:2"),
        (here, "person.joined", f"user:{wang}"),
        (here, "person.role_changed", f"user:{wang}"),
    ]


def test_a_party_has_no_more_people_and_invitations_than_it_may(database: Database) -> None:
    with transaction(database) as tx:
        party = Party("shop", str(a_shop(tx)))
        joined(tx, party, "owner")
        tx.run(
            "insert into person_invitations (invitation_id, token_hash, party, party_id, role, locale, invited_by, "
            "made_at, expires_at) select -n, cast(cast(n as text) as bytea), 'shop', :shop, 'clerk', 'en', '', :now, :now "
            "from generate_series(1, :many) n",
            shop=party.number,
            now=wall(),
            many=MOST_PEOPLE - 2,
        )
        invite(tx, party, "clerk", "a@shop.test", "en", "", KEY)
        with pytest.raises(Conflict) as refused:
            invite(tx, party, "clerk", "b@shop.test", "en", "", KEY)
        assert refused.value.code == "member.too_many"


def test_what_is_over_is_forgotten_and_works_no_more_before(database: Database) -> None:
    with transaction(database) as tx:
        party = Party("shop", str(a_shop(tx)))
        wang = joined(tx, party, "owner")
        token = open_session(tx, wang, HERE, "none")
        _, link = invite(tx, party, "clerk", None, "en", "", KEY)
        ask_reset(tx, WANG.email, "", KEY)
        take_try(tx, key_of(KEY, "something"))
    assert forget_people(database) == 0
    with database.owner.begin() as connection:
        connection.exec_driver_sql(
            "update person_invitations set expires_at = expires_at - %s", (INVITED_FOR,)
        )
        connection.exec_driver_sql("update sessions set ends_at = ends_at - %s", (SESSION_FOR,))
        connection.exec_driver_sql(
            "update password_resets set expires_at = %s", (wall() - timedelta(seconds=1),)
        )
        connection.exec_driver_sql(
            "update sign_in_tries set forget_at = %s", (wall() - timedelta(seconds=1),)
        )
    with transaction(database) as tx:
        with pytest.raises(NotFound):
            accept_invitation(tx, link.partition("#")[2], wang)
        assert session_of(tx._statements(), hash_of(token), wall()) is None
    assert forget_people(database) == 5
    for table in ("person_invitations", "sessions", "password_resets", "sign_in_tries"):
        assert count(database, table) == 0, table


def test_with_one_session_more_than_a_person_may_have_the_oldest_ends(database: Database) -> None:
    with transaction(database) as tx:
        wang = joined(tx, Party("shop", str(a_shop(tx))), "owner")
        tokens = [open_session(tx, wang, HERE, "none") for _ in range(MOST_SESSIONS + 2)]
        alive = [session_of(tx._statements(), hash_of(token), wall()) is not None for token in tokens]
    assert alive == [False] * 2 + [True] * MOST_SESSIONS


def test_a_session_is_found_by_its_index_in_one_query(database: Database) -> None:
    with transaction(database) as tx:
        wang = joined(tx, Party("shop", str(a_shop(tx))), "owner")
        token = open_session(tx, wang, HERE, "none")
        tx.run("set local enable_seqscan = off")
        plan = tx.rows(
            "explain select s.session_id, m.role from sessions s left join memberships m on m.user_id = s.user_id "
            "where s.token_hash = :hash",
            hash=hash_of(token),
        )
    said = "\n".join(row[0] for row in plan)
    assert "uq_sessions_token_hash" in said
    assert "ix_memberships_user_id" in said


def test_tries_from_one_place_wait_and_anothers_do_not(database: Database) -> None:
    def tried(email: str, address: str) -> None:
        with transaction(database) as tx:
            knock(tx, email, Browser(address, ""), KEY)

    for _ in range(5):
        tried("li@shop.test", "203.0.113.9")
    with pytest.raises(TooMany):
        tried("li@shop.test", "203.0.113.9")
    tried("li@shop.test", "198.51.100.7")
    tried("wang@shop.test", "203.0.113.9")
    for n in range(44):
        tried(f"{n}@shop.test", "203.0.113.9")
    with pytest.raises(TooMany):
        tried("another@shop.test", "203.0.113.9")
    tried("another@shop.test", "198.51.100.7")
    with database.owner.connect() as connection:
        kept = str(connection.exec_driver_sql("select * from sign_in_tries").all())
    assert "203.0.113.9" not in kept
    assert "li@shop.test" not in kept


@contextmanager
def posting(database: Database, url: str | None, key: bytes = KEY) -> Iterator[None]:
    line = a_line(database, mail_station(SmtpPost(url) if url else None, Robots(), key))
    try:
        line.run_due()
        yield
    finally:
        line.close()


def messages(database: Database, key: bytes | None) -> list[tuple[str, bool]]:
    """Each message's state, and whether its text has the link."""
    with transaction(database) as tx:
        return [(each.state, "/password#" in each.text) for each in list_messages(tx, limit=9, key=key)]


def test_a_link_is_shown_in_the_development_inbox_to_whoever_may_invite(database: Database) -> None:
    with transaction(database) as tx:
        joined(tx, Party("shop", str(a_shop(tx))), "owner")
        ask_reset(tx, WANG.email, "https://andon.test", KEY)
    assert messages(database, KEY) == [("waiting", False)], "it may be sent yet"
    with posting(database, None):
        assert messages(database, KEY) == [("kept", True)]
        assert messages(database, None) == [("kept", False)]


def test_a_letter_whose_link_no_key_opens_is_not_sent_without_it(database: Database) -> None:
    with transaction(database) as tx:
        joined(tx, Party("shop", str(a_shop(tx))), "owner")
        ask_reset(tx, WANG.email, "https://andon.test", KEY)
    with real_post() as box, posting(database, box.url, bytes(31) + b"\x01"):
        assert box.letters == []
        assert messages(database, None) == [("waiting", False)]
    with real_post() as box:
        with database.owner.begin() as connection:
            connection.exec_driver_sql("update outbox set due_at = first_at")
        with posting(database, box.url):
            assert "https://andon.test/password#" in box.to(WANG.email).get_body(("plain",)).get_content()
            assert messages(database, KEY) == [("sent", False)]


def test_a_role_is_one_of_its_party(database: Database) -> None:
    with transaction(database) as tx:
        party = Party("shop", str(a_shop(tx)))
        with pytest.raises(Invalid):
            invite(tx, party, "admin", "a@shop.test", "en", "", KEY)
        with pytest.raises(NotFound):
            invite(tx, Party("supplier", "4711"), "lead", "a@shop.test", "en", "", KEY)


def test_of_two_owners_who_go_at_once_one_stays(database: Database) -> None:
    with transaction(database) as tx:
        party = Party("shop", str(a_shop(tx)))
        li = joined(tx, party, "owner", NewPerson("li@shop.test", "Li", "en", "$argon2id$none"))
        wang = joined(tx, party, "owner")

    def go(user_id: int) -> None:
        with transaction(database) as late:
            change_role(late, party, user_id, "clerk")

    with ThreadPoolExecutor(1) as beside:
        with transaction(database) as tx:
            change_role(tx, party, li, "clerk")
            other = beside.submit(go, wang)
            with pytest.raises(TimeoutError):
                other.result(timeout=0.5)  # it waits for us to decide
        with pytest.raises(Conflict) as refused:
            other.result()
    assert refused.value.code == "member.last"
