"""What is told of people: events where their party's stand, and letters to themselves."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from andon.kernel.events import PLATFORM
from andon.kernel.secrets import seal
from andon.kernel.tx import Tx
from andon.platform.accounts.rules import hash_of
from andon.platform.outbox.service import Draft, PersonReader, write_messages
from andon.platform.policies.rules import Policy

TOKEN_BYTES = 32


def new_token() -> tuple[str, bytes]:
    """A secret for a link or a cookie, and what is kept of it."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    return token, hash_of(token)


def hash_of_link(token: str) -> bytes:
    """What would be kept of a link's secret, whatever stands in its place."""
    return hash_of(token if token.isascii() else "")


@contextmanager
def telling(tx: Tx[Policy], shop_id: int = PLATFORM) -> Iterator[None]:
    """Tell, inside, what goes on record for a shop or for the platform; whatever the caller's own walls are."""
    with tx.as_platform(), tx.reaching({PLATFORM, shop_id}):
        tx.hold({PLATFORM, shop_id})
        yield


def told_in(party: str, party_id: str) -> int:
    """Under which shop the record of a party's people stands."""
    return int(party_id) if party == "shop" else PLATFORM


def write_letter(
    tx: Tx[Policy],
    kind: str,
    *,
    to: str,
    locale: str,
    link: str | None = None,
    key: bytes = b"",
    **facts: Any,
) -> None:
    """Put a letter to a person into the outbox. Its link is a credential: there it lies sealed under `key`."""
    if link is not None:
        facts["sealed"] = seal(link.encode(), key).hex()
    write_messages(tx, [Draft(PersonReader(to, locale), kind, facts, tx.now)])
