"""Another key in place of the one that all secrets are sealed under, in one transaction of each database.

Nothing else of Andon's runs meanwhile: a process that had the old key in memory would go on sealing under it. Killed
between any two steps, it is run again and goes on.
"""

import time
from collections.abc import Callable, Mapping

from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

from andon.app.schema import metadata
from andon.kernel.clock import read_clock
from andon.kernel.db import Database, renew_passwords
from andon.kernel.errors import Conflict, codes
from andon.kernel.failpoints import reach
from andon.kernel.resealing import reseal
from andon.kernel.roles import LOGINS, role_name
from andon.kernel.tx import LINE, PolicySource, Tx
from andon.orders.receipts.api import PURPOSE as RECEIPTS
from andon.platform.documents.authority import CERTIFICATE, Authority
from andon.platform.documents.authority import PURPOSE as DOCUMENTS
from andon.platform.keyring.service import retire_key
from andon.platform.keyring.views import is_retired, keys_of
from andon.platform.policies.rules import Policy
from andon.platform.record.service import PURPOSE as RECORD
from andon.platform.record.service import REACH, reach_of_seals

CODES = codes(
    {
        "secret.in_use": ("Andon is at work: stop it first", "系统仍在运行，请先停止"),
        "secret.another_successor": ("The key was retired in favour of another", "该密钥已被另一密钥取代"),
    }
)

SIGNERS: Mapping[str, Callable[[Connection, bytes], dict[str, str]]] = {
    RECORD: lambda connection, _key: {REACH: reach_of_seals(connection)},
    RECEIPTS: lambda _connection, _key: {},
    DOCUMENTS: lambda _connection, key: {CERTIFICATE: Authority.made_from(key).pem},
}
"""What is signed by keys that the secret key gives, and what is kept of such a key when it is retired."""

PATIENCE_SECONDS = 3.0
"""How long a session that has just been closed may take to end."""


def rotate(
    database: Database, policies: PolicySource[Policy], old: bytes, new: bytes
) -> dict[str, int] | None:
    """Bring all that a database keeps under the key `old` under `new`; how many seals by column, None where that is done.

    Raises Conflict `secret.in_use` while anybody else is signed in, `secret.another_successor` where another key than
    `new` has taken the place of `old`; SecretUnreadable for a seal of neither. Nothing was changed then.
    """
    database.dispose()  # this process's own sessions, which would be in the way
    with Session(database.owner) as session, session.begin():
        connection = session.connection()
        # Whoever begins now waits here, and then finds the key retired.
        connection.execute(text("lock table clock in access exclusive mode"))
        _see_that_nobody_is_there(connection, database.prefix)
        done = None
        if not is_retired(connection, old, RECORD):
            done = reseal(connection, metadata, old, new)
            reach("rotate", "resealed")
            tx = Tx(session, now=read_clock(connection).now(connection), actor=LINE, policies=policies)
            for purpose, facts in SIGNERS.items():
                retire_key(tx, purpose, old, new, facts(connection, old))
            tx.flush()
        elif len(keys_of(connection, new, RECORD)) == 1:
            raise Conflict("secret.another_successor", database.name)
    reach("rotate", "committed")
    renew_passwords(database, old, new)
    reach("rotate", "signed_in")
    return done


def _see_that_nobody_is_there(connection: Connection, prefix: str) -> None:
    others = text(
        "select count(*) from pg_stat_activity where datname = current_database() and usename = any(:logins) "
        "and pid <> pg_backend_pid()"
    )
    until = time.monotonic() + PATIENCE_SECONDS
    while found := connection.scalar(others, {"logins": [role_name(prefix, login) for login in LOGINS]}):
        if time.monotonic() > until:
            raise Conflict(
                "secret.in_use", f"sessions of Andon's: {found}; `andon stop` on every machine ends them"
            )
        time.sleep(0.05)
        # Within a transaction the first look would be repeated for ever.
        connection.execute(text("select pg_stat_clear_snapshot()"))
