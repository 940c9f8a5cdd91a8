"""A database of Andon: its logins, limits and schema."""

from sqlalchemy import text

from andon.kernel.db import Database, is_current


def test_a_copy_of_the_template_is_current_and_opens_for_each_login(database: Database):
    assert is_current(database)
    for engine, login in ((database.owner, "owner"), (database.app, "app"), (database.line, "line")):
        with engine.connect() as connection:
            assert connection.scalar(text("select current_user")) == f"{database.prefix}_{login}"
