"""The three logins of a database, and what each may cost the others.

`<prefix>_owner` owns the schema and migrates it; `<prefix>_app` serves requests, `<prefix>_line` runs the line. None is
a superuser and none passes row-level security by. The prefix is the database's name, so that two Andons can share a
server; a database made from a template keeps the template's logins, as rights and policies in it name them.
"""

import base64
import hashlib
import hmac
from collections.abc import Sequence
from typing import LiteralString

from psycopg import sql

from andon.kernel.secrets import derive

OWNER, APP, LINE = "owner", "app", "line"
LOGINS = (OWNER, APP, LINE)
LONGEST_PREFIX_BYTES = 57  # a name in PostgreSQL holds 63

_LIMITS: dict[str, dict[LiteralString, str]] = {
    OWNER: {"timezone": "UTC", "lock_timeout": "30s"},
    APP: {
        "timezone": "UTC",
        "statement_timeout": "30s",
        "lock_timeout": "10s",
        "idle_in_transaction_session_timeout": "30s",
        "transaction_timeout": "60s",
    },
    LINE: {
        "timezone": "UTC",
        "statement_timeout": "120s",
        "lock_timeout": "30s",
        "idle_in_transaction_session_timeout": "60s",
        "transaction_timeout": "300s",
    },
}
"""An open transaction holds back the clean-up of every queue, so each login's are bounded."""

_SINCE = {"transaction_timeout": 17}

_SCRAM_ROUNDS = 4096


def role_name(prefix: str, login: str) -> str:
    """The name of a database's owner, app or line."""
    return f"{prefix}_{login}"


def role_password(key: bytes, role: str) -> str:
    """The password of a role, derived from this Andon's key: nothing to keep, nothing to pass on."""
    return base64.urlsafe_b64encode(derive(key, f"andon role {role}")).decode().rstrip("=")


def role_statements(prefix: str, key: bytes | None, logins: Sequence[str] = LOGINS) -> list[sql.Composed]:
    """Create the logins. Without a key they have no password, as on the embedded server's own socket."""
    statements = []
    for login in logins:
        role = role_name(prefix, login)
        statement = sql.SQL(
            "create role {role} login nosuperuser nocreatedb nocreaterole noreplication nobypassrls"
        ).format(role=sql.Identifier(role))
        if key is not None:
            statement += sql.SQL(" password {verifier}").format(verifier=sql.Literal(_verifier(role, key)))
        statements.append(statement)
    return statements


def renew_password(role: str, key: bytes) -> sql.Composed:
    """Give a role the password that the key gives it; its own session may run this."""
    return sql.SQL("alter role {role} password {verifier}").format(
        role=sql.Identifier(role), verifier=sql.Literal(_verifier(role, key))
    )


def _verifier(role: str, key: bytes) -> str:
    """The verifier, not the password: statements end up in logs."""
    return scram_verifier(role_password(key, role), salt=derive(key, f"andon salt {role}")[:16])


def limit_statements(
    database: str, prefix: str, version: int, logins: Sequence[str] = LOGINS
) -> list[sql.Composed]:
    """What each login's sessions in this database are bounded by. `version` is the server's major version."""
    return [
        sql.SQL("alter role {role} in database {database} set {name} = {value}").format(
            role=sql.Identifier(role_name(prefix, login)),
            database=sql.Identifier(database),
            name=sql.SQL(name),
            value=sql.Literal(value),
        )
        for login in logins
        for name, value in _limits(login, version).items()
    ]


def wanted_limits(prefix: str, version: int, logins: Sequence[str] = LOGINS) -> dict[str, set[str]]:
    """The same, as the server keeps it: `name=value` by role."""
    return {
        role_name(prefix, login): {f"{name}={value}" for name, value in _limits(login, version).items()}
        for login in logins
    }


def _limits(login: str, version: int) -> dict[LiteralString, str]:
    return {name: value for name, value in _LIMITS[login].items() if version >= _SINCE.get(name, 0)}


def door_statements(database: str, prefix: str) -> list[sql.Composed]:
    """Only the three logins may connect: another Andon's on the same server may not."""
    name = sql.Identifier(database)
    return [
        sql.SQL("revoke all on database {name} from public").format(name=name),
        sql.SQL("grant connect on database {name} to {app}, {line}").format(
            name=name,
            app=sql.Identifier(role_name(prefix, APP)),
            line=sql.Identifier(role_name(prefix, LINE)),
        ),
    ]


def scram_verifier(password: str, salt: bytes) -> str:
    """A password in the form PostgreSQL keeps it (RFC 5803), for passwords of plain ASCII."""
    salted = hashlib.pbkdf2_hmac("sha256", password.encode("ascii"), salt, _SCRAM_ROUNDS)
    stored = hashlib.sha256(hmac.digest(salted, b"Client Key", "sha256")).digest()
    server = hmac.digest(salted, b"Server Key", "sha256")

    def text(octets: bytes) -> str:
        return base64.b64encode(octets).decode()

    return f"SCRAM-SHA-256${_SCRAM_ROUNDS}:{text(salt)}${text(stored)}:{text(server)}"
