"""Alembic's environment: runs the versions on the connection that `kernel.db.migrate` hands over."""

from typing import Any

from alembic import context

connection, done = context.config.attributes["connection"], context.config.attributes["done"]


def note_done(ctx: Any, step: Any, heads: Any, run_args: Any) -> None:  # noqa: ARG001 - as Alembic calls it
    """Keep which version has been run."""
    done.append(step.up_revision_id)


context.configure(connection=connection, transaction_per_migration=False, on_version_apply=note_done)
with context.begin_transaction():
    context.run_migrations()
