"""Tries are counted before it is known whether they are in vain, so that many at once are many."""

import hashlib
import hmac

from andon.kernel.errors import TooMany
from andon.kernel.secrets import derive
from andon.kernel.tx import Tx
from andon.platform.people.rules import FREE_TRIES, TRIES_KEPT, Tries, another_try
from andon.platform.policies.rules import Policy


def key_of(key: bytes, *what: object) -> bytes:
    """Under what tries are counted: a hash that gives neither addresses nor places away."""
    said = "\0".join(str(each) for each in what)
    return hmac.new(derive(key, "andon tries"), said.encode(), hashlib.sha256).digest()


def take_try(tx: Tx[Policy], counted: bytes, free: int = FREE_TRIES) -> None:
    """Count a try. Raises TooMany `sign_in.too_often`, with the seconds to wait, while a pause lasts."""
    now = tx.wall()
    tx.put(
        "insert into sign_in_tries (key_hash, failures, free_at, forget_at) values (:key, 0, :now, :forget) "
        "on conflict (key_hash) do nothing",
        key=counted,
        now=now,
        forget=now + TRIES_KEPT,
    )
    row = tx.one("select * from sign_in_tries where key_hash = :key for update", key=counted)
    tried = Tries(0, now) if row is None or row.forget_at <= now else Tries(row.failures, row.free_at)
    more = another_try(tried, now, free)
    if more is None:
        wait = int((tried.free_at - now).total_seconds()) + 1
        raise TooMany("sign_in.too_often", f"again in {wait} s", retry_after_seconds=wait)
    tx.put(
        "update sign_in_tries set failures = :failures, free_at = :free, forget_at = :forget where key_hash = :key",
        key=counted,
        failures=more.failures,
        free=more.free_at,
        forget=now + TRIES_KEPT,
    )


def forget_tries(tx: Tx[Policy], counted: bytes) -> None:
    """It was not in vain after all: start anew."""
    tx.put("delete from sign_in_tries where key_hash = :key", key=counted)
