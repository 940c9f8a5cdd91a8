"""Reads pg_catalog and tells what breaks the rules that keep the door to Citus open, and the walls whole."""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, Row, text

BOOKKEEPING = {"alembic_version"}
"""Tables of tools, which hold nothing of a shop."""


@dataclass(frozen=True)
class Catalogue:
    """One database's catalogue, and which of its tables are declared as references."""

    connection: Connection
    references: Collection[str]
    prefix: str

    def rows(self, sql: str) -> Sequence[Row[tuple[object, ...]]]:
        return self.connection.execute(text(sql)).all()

    def tables(self) -> dict[str, bool]:
        """Each table's name, and whether it is a shop's: it has a shop and is not declared a reference."""
        found = self.rows(
            "select c.relname, exists (select 1 from pg_attribute a where a.attrelid = c.oid "
            "and a.attname = 'shop_id' and not a.attisdropped) from pg_class c "
            "where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition"
        )
        return {
            name: has_shop and name not in self.references
            for name, has_shop in found
            if name not in BOOKKEEPING
        }

    def shops(self) -> set[str]:
        """The names of the shops' tables."""
        return {name for name, is_shops in self.tables().items() if is_shops}


def breaches(catalogue: Catalogue) -> list[str]:
    """Every breach, as a sentence that names the object."""
    return sorted(sentence for rule in RULES for sentence in rule(catalogue))


def tables_without_a_shop(catalogue: Catalogue) -> Iterator[str]:
    for name, is_shops in catalogue.tables().items():
        if not is_shops and name not in catalogue.references:
            yield f"{name} has no shop_id and is not declared a reference"


def keys_without_the_shop(catalogue: Catalogue) -> Iterator[str]:
    found = catalogue.rows(
        "select t.relname, x.relname, i.indisprimary, array(select a.attname::text "
        "from unnest(i.indkey[0:i.indnkeyatts - 1]) with ordinality k (attnum, n) "
        "left join pg_attribute a on a.attrelid = t.oid and a.attnum = k.attnum order by k.n) "
        "from pg_index i join pg_class t on t.oid = i.indrelid join pg_class x on x.oid = i.indexrelid "
        "where t.relnamespace = 'public'::regnamespace and (i.indisunique or i.indisexclusion) "
        "and not t.relispartition"
    )
    shops = catalogue.shops()
    with_key = set()
    for table, index, primary, columns in found:
        if primary:
            with_key.add(table)
        if table not in shops:
            continue
        if "shop_id" not in columns:
            yield f"{index} of {table} is unique without shop_id"
        elif primary and columns[0] != "shop_id":
            yield f"{index} of {table} does not begin with shop_id"
    for table in shops - with_key:
        yield f"{table} has no primary key"


def shop_columns_of_another_kind(catalogue: Catalogue) -> Iterator[str]:
    found = catalogue.rows(
        "select c.relname, a.atttypid::regtype::text, a.attnotnull from pg_attribute a "
        "join pg_class c on c.oid = a.attrelid where c.relnamespace = 'public'::regnamespace "
        "and c.relkind in ('r', 'p') and a.attname = 'shop_id'"
    )
    shops = catalogue.shops()
    for table, kind, required in found:
        if table in shops and (kind != "bigint" or not required):
            yield f"{table}.shop_id is not a bigint that is always there"


def foreign_keys(catalogue: Catalogue) -> Iterator[str]:
    def columns(of: str, keys: str) -> str:
        return (
            f"array(select a.attname::text from unnest({keys}) with ordinality k (attnum, n) "
            f"join pg_attribute a on a.attrelid = {of} and a.attnum = k.attnum order by k.n)"
        )

    found = catalogue.rows(
        "select c.conname, f.relname, t.relname, c.confdeltype::text, c.confupdtype::text, "
        f"{columns('c.conrelid', 'c.conkey')}, {columns('c.confrelid', 'c.confkey')} "
        "from pg_constraint c join pg_class f on f.oid = c.conrelid join pg_class t on t.oid = c.confrelid "
        "where c.contype = 'f' and f.relnamespace = 'public'::regnamespace"
    )
    shops = catalogue.shops()
    for name, table, target, on_delete, on_update, own, others in found:
        if target in shops and table not in shops:
            yield f"{name}: the reference {table} points at {target}, which is a shop's"
        if target in shops and table in shops and ("shop_id", "shop_id") not in zip(own, others, strict=True):
            yield f"{name} from {table} to {target} does not carry shop_id"
        if on_delete in "nd":
            yield f"{name} of {table} sets a column when its target is deleted"
        if on_update != "a" and "shop_id" in own:
            yield f"{name} of {table} would update shop_id"


def triggers(catalogue: Catalogue) -> Iterator[str]:
    found = catalogue.rows(
        "select t.tgname, c.relname from pg_trigger t join pg_class c on c.oid = t.tgrelid "
        "where not t.tgisinternal and c.relnamespace = 'public'::regnamespace"
    )
    for trigger, table in found:
        yield f"{trigger} on {table} is a trigger"


def identity_columns(catalogue: Catalogue) -> Iterator[str]:
    found = catalogue.rows(
        "select c.relname, a.attname from pg_attribute a join pg_class c on c.oid = a.attrelid "
        "where a.attidentity <> '' and c.relnamespace = 'public'::regnamespace"
    )
    for table, column in found:
        yield f"{table}.{column} is an identity column"


def walls(catalogue: Catalogue) -> Iterator[str]:
    found = catalogue.rows(
        "select c.relname, c.relrowsecurity, c.relforcerowsecurity, "
        "array(select r.rolname::text from pg_policy p join pg_roles r on r.oid = any(p.polroles) "
        "where p.polrelid = c.oid and p.polcmd = '*'), "
        "array(select pg_get_expr(p.polqual, p.polrelid) from pg_policy p join pg_roles r "
        f"on r.oid = any(p.polroles) where p.polrelid = c.oid and r.rolname = '{catalogue.prefix}_app') "
        "from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') "
        "and not c.relispartition"
    )
    shops = catalogue.shops()
    for table, enabled, forced, roles, conditions in found:
        if table not in shops:
            continue
        if not enabled or not forced:
            yield f"{table} has no forced row-level security"
        for login in ("app", "line", "owner"):
            if f"{catalogue.prefix}_{login}" not in roles:
                yield f"{table} has no policy for {login}"
        # Several permissive policies add up: one without the shop would open all.
        if not all("'andon.shops'" in condition for condition in conditions):
            yield f"{table} has a policy for app that does not ask for the shop"


def ways_round_the_walls(catalogue: Catalogue) -> Iterator[str]:
    roles = catalogue.rows(
        "select r.rolname, r.rolsuper or r.rolbypassrls or r.rolcreaterole or r.rolcreatedb, "
        "r.rolname not like '%\\_owner' and exists (select 1 from pg_auth_members m where m.member = r.oid) "
        f"from pg_roles r where r.rolname in ('{catalogue.prefix}_app', '{catalogue.prefix}_line', "
        f"'{catalogue.prefix}_owner')"
    )
    for role, mighty, member in roles:
        if mighty:
            yield f"{role} may do more than its tables need"
        if member:
            yield f"{role} is a member of another role"
    for (view,) in catalogue.rows(
        "select relname from pg_class where relnamespace = 'public'::regnamespace and (relkind = 'm' or "
        "relkind = 'v' and not coalesce(reloptions::text[] && '{security_invoker=true,security_invoker=on}', false))"
    ):
        yield f"{view} is a view that reads with its owner's eyes"
    for (function,) in catalogue.rows(
        "select proname from pg_proc where pronamespace = 'public'::regnamespace and prosecdef"
    ):
        yield f"{function} is a function that runs with its owner's rights"
    for (table,) in catalogue.rows(
        "select relname from pg_class where relispartition and relacl::text ~ '_(app|line)=' "
        "and relnamespace = 'public'::regnamespace"
    ):
        yield f"{table} is a partition that can be reached past its table"


RULES: tuple[Callable[[Catalogue], Iterator[str]], ...] = (
    tables_without_a_shop,
    keys_without_the_shop,
    shop_columns_of_another_kind,
    foreign_keys,
    triggers,
    identity_columns,
    walls,
    ways_round_the_walls,
)
