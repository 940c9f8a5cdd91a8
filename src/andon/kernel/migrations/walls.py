"""The walls: row-level security, forced on every table of a shop, and what each login may do.

A request runs with `set local andon.shops` to the shops it may see, and for a supplier `andon.supplier` to itself.
The conditions stand on current_setting directly, without a sub-select, so that Citus can push them down.
"""

from sqlalchemy import MetaData, Table

from andon.kernel.roles import APP, LINE, role_name

SHOPS = "shop_id = any (string_to_array(current_setting('andon.shops', true), ',')::bigint[])"
SUPPLIER = "coalesce(current_setting('andon.supplier', true), '') in ('', {column}::text)"
NO_SUPPLIER = "coalesce(current_setting('andon.supplier', true), '') = ''"


def wall_statements(metadata: MetaData, database_name: str) -> list[str]:
    """What turns freshly made tables into walled ones. Run by the owner, once, after `create table`.

    `database_name` is the prefix of the logins' names.
    """
    app, line = (_quoted(role_name(database_name, login)) for login in (APP, LINE))
    statements = [f"grant usage on schema public to {app}, {line}"]
    for table in metadata.sorted_tables:
        statements += table_walls(table, app, line)
    statements.append(f"grant usage, select on all sequences in schema public to {app}, {line}")
    return statements


def table_walls(table: Table, app: str, line: str) -> list[str]:
    """The walls and rights of one table; `app` and `line` are quoted names of roles."""
    name = _quoted(table.name)
    rights = "select, insert" if table.info.get("append_only") else "select, insert, update, delete"
    statements = [f"grant {rights} on {name} to {app}, {line}"]
    if table.info.get("forgotten"):
        statements.append(f"grant delete on {name} to {line}")
    if erased := table.info.get("erased"):
        statements.append(f"grant update ({', '.join(map(_quoted, erased))}) on {name} to {line}")
    if is_walled(table):
        statements += [
            f"alter table {name} enable row level security",
            f"alter table {name} force row level security",
            f"create policy app on {name} to {app} using ({condition(table)})",
            f"create policy line on {name} to {line} using (true)",
            f"create policy owner on {name} to current_user using (true)",
        ]
    return statements


def is_walled(table: Table) -> bool:
    """Whether the table is a shop's: it has a shop, and is not a reference that all may look up."""
    return "shop_id" in table.columns and not table.info.get("reference")


def condition(table: Table) -> str:
    """What a row must fulfil for the application to see, make, change or remove it."""
    column = supplier_column(table)
    if column is not None:
        return f"{SHOPS} and {SUPPLIER.format(column=_quoted(column))}"
    return f"{SHOPS} and {NO_SUPPLIER}" if table.info.get("supplier") == "hidden" else SHOPS


def supplier_column(table: Table) -> str | None:
    """The column that says whose row it is: the one that the table names in `info={"supplier": …}`, or supplier_id.

    None where every supplier of the shop sees all rows (`visible`), or none does (`hidden`).
    """
    said = table.info.get("supplier")
    if said in ("hidden", "visible"):
        return None
    if said is not None:
        return str(table.columns[said].name)
    return "supplier_id" if "supplier_id" in table.columns else None


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
