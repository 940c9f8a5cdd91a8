"""Whoever speaks SQL under the application's login meets the walls: on every table of the schema, for every party.

The tables and their columns come from the migrated database, so that a new one is tried as well. What a party may see
is told here anew, from shop and supplier alone, not from the policies.
"""

from collections.abc import Iterator, Sequence
from uuid import uuid4

import psycopg
import pytest
from psycopg.errors import InsufficientPrivilege

from andon.app.schema import metadata
from andon.kernel.db import create_database, drop_database, open_database
from andon.kernel.settings import Settings
from andon.kernel.statements import Statements
from andon.platform.accounts.rules import Holder
from andon.platform.accounts.views import raise_walls
from tests.worlds_walls import OTHER, OURS, OWN, SEEN_BY_ALL_SUPPLIERS, THEIRS, Town, Walled, fill, made_up

WITHOUT_WALLS = {
    "audits", "bins", "calendars", "call_counts", "capacities", "capacity_days", "channels", "clock", "early_scans", "endpoints",
    "exemptions", "grants", "handover_days", "handover_notes", "handover_signatures", "idempotent_answers",
    "invitations", "keys", "memberships", "missing_rates", "outlets", "password_resets", "payees", "payouts", "person_invitations", "pools", "printing", "rates",
    "dispute_parties", "enquiry_numbers", "enquiry_years", "supplier_days", "supplier_decisions", "supplier_documents", "turns",
    "usual_transits",
    "recounts", "recovery_codes", "retired_keys", "sessions", "sign_in_tries", "suppliers", "users", "waybills", "webhooks",
}  # fmt: skip
"""Tables that are no shop's: what keeps parties apart in them is the use case. A new one is argued for here."""

PARTIES: dict[str, tuple[Sequence[int] | None, int | None]] = {
    "a connection that says nothing": (None, None),
    "a party of no shop": ((), None),
    "the shop": ((OURS,), None),
    "the other shop": ((THEIRS,), None),
    "a supplier of the shop": ((OURS,), OWN),
    "the other supplier of the shop": ((OURS,), OTHER),
    "a supplier of both shops": ((OURS, THEIRS), OWN),
    "a supplier whose bindings have ended": ((), OWN),
    "a supplier of nobody": ((OURS,), 99),
}


@pytest.fixture(scope="module")
def town(settings: Settings, template: str) -> Iterator[Town]:
    """A database of this module: whatever is tried in it is undone."""
    name = f"test_{uuid4().hex[:12]}"
    create_database(settings, name, template=template)
    database = open_database(settings, name)
    yield fill(database)
    database.dispose()
    drop_database(settings, name)


def test_every_table_is_walled_or_argued_for(town: Town) -> None:
    walled = {each.name for each in town.walled}
    assert set(metadata.tables) - walled == WITHOUT_WALLS
    without_supplier = {each.name for each in town.walled if each.supplier is None}
    assert set(SEEN_BY_ALL_SUPPLIERS) < without_supplier


@pytest.mark.parametrize("party", PARTIES)
def test_each_party_sees_its_own_rows_in_every_table_and_no_others(town: Town, party: str) -> None:
    shops, supplier = PARTIES[party]
    with town.app(shops, supplier) as cursor:
        for each in town.walled:
            expected = each.seen_by(shops or (), supplier)
            for question in (
                "select count(*) from {}",
                "select count(*) from (select 1 from {} for share) t",
                "select count(*) from (table {}) t",
            ):
                cursor.execute("savepoint here")
                try:
                    found = cursor.execute(question.format(each.name)).fetchone()
                except InsufficientPrivilege:
                    # Books that are only added to cannot be locked row by row.
                    assert "for share" in question, each.name
                    cursor.execute("rollback to here")
                    continue
                assert found == (expected,), (party, each.name, question)
            with cursor.copy(f"copy (select 1 from {each.name}) to stdout") as copied:
                assert len(list(copied)) == expected, each.name


@pytest.mark.parametrize(
    "party", ["the other shop", "a supplier whose bindings have ended", "a connection that says nothing"]
)
def test_nobody_writes_what_is_anothers_in_any_way(town: Town, party: str) -> None:
    before = town.seen()
    shops, supplier = PARTIES[party]
    with town.app(shops, supplier) as cursor:
        for each in town.walled:
            for refused, statement in attacks(each):
                cursor.execute("savepoint here")
                try:
                    cursor.execute(statement)
                except (InsufficientPrivilege, psycopg.errors.FeatureNotSupported):
                    cursor.execute("rollback to here")
                else:
                    assert not refused, (party, each.name, statement)
                    assert cursor.rowcount == 0, (party, each.name, statement)
                    assert not cursor.description or cursor.fetchall() == []
    assert town.seen() == before


def attacks(each: Walled) -> Iterator[tuple[bool, str]]:
    """Statements against rows of the first shop, and whether they must be refused; the others touch nothing."""
    names = ", ".join(f'"{name}"' for name in each.columns)
    values = [made_up(kind, 1) for kind in each.columns.values()]
    values[list(each.columns).index("shop_id")] = str(OURS)
    row = ", ".join(values)
    key = ", ".join(f'"{name}"' for name in each.key)
    insert = f"insert into {each.name} ({names}) values ({row})"
    yield True, insert
    yield True, f"{insert} returning *"
    yield True, f"{insert} on conflict do nothing"
    yield True, f"{insert} on conflict ({key}) do update set shop_id = excluded.shop_id returning *"
    yield (
        True,
        f"merge into {each.name} t using (select 1) s on false when not matched then insert ({names}) values ({row})",
    )
    yield False, f"update {each.name} set shop_id = shop_id where shop_id = {OURS} returning *"
    yield False, f"delete from {each.name} where shop_id = {OURS} returning *"
    yield (
        False,
        f"with gone as (delete from {each.name} where shop_id = {OURS} returning *) select * from gone",
    )
    yield True, f"copy {each.name} from stdin"
    yield True, f"truncate {each.name}"
    yield True, f"alter table {each.name} no force row level security"
    yield True, f"alter table {each.name} disable row level security"
    yield True, f"alter table {each.name} owner to current_user"
    yield True, f"drop policy app on {each.name}"
    yield True, f"create policy more on {each.name} using (true)"
    yield (
        True,
        f"create trigger t after insert on {each.name} execute function suppress_redundant_updates_trigger()",
    )
    yield True, f"create rule r as on select to {each.name} do instead select 1"
    yield True, f"create index on {each.name} (shop_id)"
    yield True, f"drop table {each.name}"
    yield True, f"comment on table {each.name} is 'x'"


def test_rows_do_not_cross_over_to_another_shop(town: Town) -> None:
    """A row of one's own cannot be given away, or the other way round."""
    with town.app((OURS,)) as cursor:
        for each in town.walled:
            cursor.execute("savepoint here")
            with pytest.raises(InsufficientPrivilege):
                cursor.execute(f"update {each.name} set shop_id = {THEIRS}")
            cursor.execute("rollback to here")


def test_a_condition_that_fails_on_a_row_does_not_tell_of_the_row(town: Town) -> None:
    """The walls are asked first: an error that would quote a row is raised for no row that is another's."""
    with town.app((OURS,)) as cursor:
        for each in town.walled:
            failing = f"select 1 from {each.name} t where cast(t::text as integer) = 0"
            cursor.execute("savepoint here")
            with pytest.raises(psycopg.errors.InvalidTextRepresentation, match=str(OURS)):
                cursor.execute(failing)
            cursor.execute("rollback to here")
    with town.app(()) as cursor:
        for each in town.walled:
            assert (
                cursor.execute(f"select 1 from {each.name} t where cast(t::text as integer) = 0").fetchall()
                == []
            )


def test_switching_the_walls_off_is_refused_when_it_is_asked_for(town: Town) -> None:
    with town.app((OURS,)) as cursor:
        cursor.execute("set local row_security = off")
        for each in town.walled:
            cursor.execute("savepoint here")
            with pytest.raises(InsufficientPrivilege, match="row-level security"):
                cursor.execute(f"select * from {each.name}")
            cursor.execute("rollback to here")


def test_the_planners_statistics_of_walled_tables_are_shown_to_nobody(town: Town) -> None:
    with town.app((OURS,)) as cursor:
        walled = [each.name for each in town.walled]
        found = cursor.execute(
            "select tablename from pg_stats where tablename = any(%s)", [walled]
        ).fetchall()
        assert found == []
        for view in ("pg_statistic", "pg_statistic_ext_data", "pg_authid"):
            cursor.execute("savepoint here")
            with pytest.raises(InsufficientPrivilege):
                cursor.execute(f"select * from {view}")
            cursor.execute("rollback to here")
    with town.database.line.connect() as line:
        # Statistics there are: the line, which the walls let pass, has rows of a table to tell of.
        assert line.exec_driver_sql(
            "select n_live_tup from pg_stat_user_tables where relname = 'orders'"
        ).one()


def test_other_logins_statements_are_not_shown_and_ones_own_hold_no_values(
    town: Town, settings: Settings
) -> None:
    with town.database.app.connect() as busy, town.database.line.connect() as line:
        Statements(busy).rows(
            "select shop_id from orders where channel_order_no = :number", {"number": "secret-4711"}
        )
        line.exec_driver_sql("select 'of the line'")
        with town.app((OURS,)) as cursor:
            rows = cursor.execute(
                "select usename = current_user, query from pg_stat_activity where pid <> pg_backend_pid()"
            ).fetchall()
    own = [query for mine, query in rows if mine]
    assert any("channel_order_no = $1" in query for query in own)
    assert not any("4711" in query for query in own)
    assert {query for mine, query in rows if not mine} <= {"<insufficient privilege>", None}


@pytest.mark.parametrize(
    "statement",
    [
        "set role {owner}", "set role {line}", "set role postgres", "set session authorization {line}",
        "create role mallory", "alter role current_user bypassrls", "alter role current_user superuser",
        "grant {line} to current_user", "create schema mine", "create table public.mine (x int)",
        "create temp table mine (x int)",
        "create function public.f() returns int language sql security definer as 'select 1'",
        "create view public.v as select 1",
        "create publication p for all tables",
        "copy (select 1) to '/tmp/andon'", "copy clock from '/etc/passwd'", "copy (select 1) to program 'id'",
        "select pg_read_file('/etc/passwd')", "select pg_ls_dir('/')", "select lo_import('/etc/passwd')",
        "select pg_reload_conf()", "set log_statement = 'none'",
        "select pg_logical_slot_get_changes('s', null, null)", "select pg_create_physical_replication_slot('s')",
        "select setval('shop_ids', 1)", "alter sequence shop_ids restart", "drop sequence shop_ids",
        "delete from alembic_version", "update alembic_version set version_num = 'x'",
        "load 'auto_explain'", "set local session_preload_libraries = 'x'", "set local session_replication_role = replica",
        "select * from pg_hba_file_rules()", "select pg_stat_reset()", "checkpoint",
        "reassign owned by {owner} to current_user",
    ],
)  # fmt: skip
def test_the_application_cannot_become_more_than_it_is(town: Town, statement: str) -> None:
    prefix = town.database.prefix
    text = statement.replace("{owner}", f'"{prefix}_owner"').replace("{line}", f'"{prefix}_line"')
    with town.app((OURS,)) as cursor, pytest.raises(InsufficientPrivilege):
        cursor.execute(text)


def test_the_application_is_nobodys_member_owns_nothing_and_no_code_runs_as_another(town: Town) -> None:
    with town.app() as cursor:
        cursor.execute(
            "select rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication, "
            "(select count(*) from pg_auth_members where member = r.oid), "
            "(select count(*) from pg_shdepend where refobjid = r.oid and deptype = 'o') "
            "from pg_roles r where rolname = current_user"
        )
        assert cursor.fetchone() == (False, False, False, False, False, 0, 0)
        assert (
            cursor.execute("select proname from pg_proc where prosecdef and pronamespace <> 11").fetchall()
            == []
        )
        # A view reads with its owner's rights, and the owner sees all.
        hidden = "select relname from pg_class where relkind in ('v', 'm', 'f') and relnamespace = 'public'::regnamespace"
        assert cursor.execute(hidden).fetchall() == []
        granted = "select relname from pg_class, aclexplode(relacl) where grantee = 0 and relnamespace = 'public'::regnamespace"
        assert cursor.execute(granted).fetchall() == []


def test_the_walls_of_a_supplier_whose_grant_has_ended_are_raised_around_nothing(town: Town) -> None:
    holder = Holder(1, "supplier", OWN, frozenset())
    with town.database.owner.begin() as owner:
        owner.exec_driver_sql("delete from grants")
        owner.exec_driver_sql(
            "insert into grants (shop_id, grant_id, binding_id, supplier_id, scopes, since) "
            f"values ({OURS}, 1, 1, {OWN}, '{{}}', '2026-03-02T04:00Z')"
        )
    bound = {each.name: each.seen_by((OURS,), OWN) for each in town.walled}
    for expected in (bound, dict.fromkeys(bound, 0)):
        with town.database.app.connect() as connection:
            raise_walls(Statements(connection), holder, None)
            seen = {
                name: connection.exec_driver_sql(f"select count(*) from {name}").scalar_one()
                for name in bound
            }
        assert seen == expected
        with town.database.owner.begin() as owner:
            owner.exec_driver_sql("update grants set ended_at = since")
