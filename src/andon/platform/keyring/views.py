"""The keys that sign and have signed, each vouched for by the one after it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import orjson
from sqlalchemy import Connection, text

from andon.kernel.db import Database
from andon.kernel.http.models import PublicKeyOut, PublicKeysOut
from andon.kernel.jws import public_jwk, read


@dataclass(frozen=True, slots=True)
class VerifyingKey:
    """A public key, and what its successor said of it when it was retired; nothing for the one that signs."""

    jwk: dict[str, str]
    facts: Mapping[str, str] = field(default_factory=dict)


def keys_of(connection: Connection, secret: bytes, purpose: str) -> list[VerifyingKey]:
    """The key that `secret` gives for a purpose and those before it, the newest first.

    Each is known by the word of the one after it: a row that none of them has signed is passed over.
    """
    rows = connection.execute(
        text("select jws from retired_keys where purpose = :purpose"), {"purpose": purpose}
    )
    waiting = [row.jws for row in rows]
    keys = [VerifyingKey(public_jwk(secret, purpose))]
    while found := next(((jws, said) for jws in waiting if (said := read(jws, keys[-1].jwk))), None):
        waiting.remove(found[0])
        said = orjson.loads(found[1])
        keys.append(VerifyingKey(said["key"], said["facts"]))
    return keys


def published(database: Database, secret: bytes, purpose: str) -> PublicKeysOut:
    """The keys of a purpose as a JWK set (RFC 7517), the one that signs first."""
    with database.app.connect() as connection:
        return PublicKeysOut(keys=[PublicKeyOut(**key.jwk) for key in keys_of(connection, secret, purpose)])


def is_retired(connection: Connection, secret: bytes, purpose: str) -> bool:
    """Whether the key that `secret` gives for a purpose has been retired."""
    kid = public_jwk(secret, purpose)["kid"]
    return bool(
        connection.scalar(text("select exists (select from retired_keys where kid = :kid)"), {"kid": kid})
    )
