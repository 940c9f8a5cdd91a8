"""Keys are issued and revoked."""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from andon.kernel.errors import Conflict, Invalid, NotFound
from andon.kernel.events import PLATFORM
from andon.kernel.tx import Tx
from andon.platform.accounts.events import KeyIssued, KeyRevoked, KeyRotated
from andon.platform.accounts.rules import (
    LONGEST_OVERLAP,
    SECRET_BYTES,
    check_scopes,
    hash_of,
    party_id_of,
    secret_of,
)
from andon.platform.accounts.tables import KEY_IDS, ApiKey
from andon.platform.policies.rules import Policy


@dataclass(frozen=True)
class Issued:
    """A new key, and its secret, which is kept nowhere."""

    key: ApiKey
    secret: str


def issue_key(
    tx: Tx[Policy],
    *,
    party: str,
    party_id: str,
    scopes: Iterable[str],
    label: str,
    kind: str = "live",
    expires_at: datetime | None = None,
) -> Issued:
    """Make a key for a party that is there; `party_id` is its number or code as text, empty for an operator.

    It ends at `expires_at`, in machine time. Raises Invalid: `key.party` for a party that is not there, `key.scope` for a
    scope that there is not, `key.expiry` for an end that is past.
    """
    if expires_at is not None and expires_at <= tx.wall():
        raise Invalid("key.expiry")
    named = party_id_of(party, party_id)
    wanted = check_scopes(scopes)
    if not _is_there(tx, party, named):
        raise Invalid("key.party", f"there is no {party} {party_id}")
    secret = secret_of(os.urandom(SECRET_BYTES), kind)
    key = tx.add(
        ApiKey(
            key_id=tx.take_ids(KEY_IDS.name, 1)[0],
            secret_hash=hash_of(secret),
            party=party,
            party_id=party_id,
            scopes=wanted,
            label=label,
            created_at=tx.now,
            expires_at=expires_at,
            used_at=None,
            revoked_at=None,
        )
    )
    tx.hold(PLATFORM)
    tx.emit(
        KeyIssued(
            shop_id=PLATFORM,
            key_id=key.key_id,
            party=party,
            party_id=party_id,
            scopes=" ".join(wanted),
        )
    )
    return Issued(key, secret)


def rotate_key(tx: Tx[Policy], key_id: int, overlap: timedelta, kind: str = "live") -> Issued:
    """Make a key that may what this one may, and let this one end after `overlap`, if it does not sooner.

    Raises NotFound `key.not_found`, Conflict `key.ended` for one that opens nothing any more, and Invalid `key.overlap`.
    """
    if not timedelta() <= overlap <= LONGEST_OVERLAP:
        raise Invalid("key.overlap")
    tx.hold(PLATFORM)
    key, now = _locked(tx, key_id), tx.wall()
    if key.revoked_at is not None or (key.expires_at is not None and key.expires_at <= now):
        raise Conflict("key.ended")
    issued = issue_key(
        tx,
        party=key.party,
        party_id=key.party_id,
        scopes=key.scopes,
        label=key.label,
        kind=kind,
        expires_at=key.expires_at,
    )
    key.expires_at = min(now + overlap, key.expires_at or now + overlap)
    tx.emit(KeyRotated(shop_id=PLATFORM, key_id=key_id, successor_id=issued.key.key_id, until=key.expires_at))
    return issued


def revoke_key(tx: Tx[Policy], key_id: int) -> ApiKey:
    """The key opens nothing from now on; revoking it again changes nothing. NotFound for one that is not there."""
    tx.hold(PLATFORM)
    key = _locked(tx, key_id)
    if key.revoked_at is None:
        key.revoked_at = tx.now
        tx.emit(KeyRevoked(shop_id=PLATFORM, key_id=key_id))
    return key


def _locked(tx: Tx[Policy], key_id: int) -> ApiKey:
    try:
        return tx.lock(ApiKey, key_id)
    except NotFound:
        raise NotFound("key.not_found") from None


def _is_there(tx: Tx[Policy], party: str, named: int | str | None) -> bool:
    if party == "shop":
        return tx.one("select 1 from shops where shop_id = :shop", shop=named) is not None
    if party == "supplier":
        return tx.one("select 1 from suppliers where supplier_id = :supplier", supplier=named) is not None
    if party == "carrier":
        return named in tx.policy.carriers
    return True  # a channel is registered at first sight; an operator is the platform
