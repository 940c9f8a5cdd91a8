"""`andon migrate`: the schema, brought up to this version's."""

from typing import Annotated

import orjson
import typer

from andon.app.start import opened
from andon.kernel import db
from andon.kernel.admin import DEFAULT_NAME
from andon.kernel.settings import Settings


def migrate(
    print_roles: Annotated[
        bool, typer.Option("--print-roles", help="Print the SQL that makes the three logins, and do nothing.")
    ] = False,
    json_: Annotated[
        bool, typer.Option("--json", help="Say what was done as JSON, alone on stdout.")
    ] = False,
) -> None:
    """Bring the database's schema up to date; nothing happens when it is.

    Where Andon may not make its logins itself, an administrator runs what --print-roles prints.
    """
    settings = Settings.from_env()
    if print_roles:
        typer.echo(db.print_roles(DEFAULT_NAME, settings), nl=False)
        return
    with opened(settings) as database:
        before = db.is_current(database)
        db.migrate(database)
        if json_:
            typer.echo(orjson.dumps({"database": database.name, "migrated": not before}))
        else:
            typer.echo(f"{database.name}: {'was up to date' if before else 'is up to date now'}")
