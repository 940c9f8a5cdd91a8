"""Retiring a key that signs: its successor says whose place it takes, and how far that one had signed."""

from collections.abc import Mapping

import orjson

from andon.kernel.errors import Conflict, codes
from andon.kernel.events import PLATFORM
from andon.kernel.jws import public_jwk, sign
from andon.kernel.tx import Tx
from andon.platform.keyring.events import SigningKeyRetired
from andon.platform.keyring.views import is_retired
from andon.platform.policies.rules import Policy

CODES = codes(
    {"signing_key.retired": ("The key was retired and comes back no more", "该密钥已停用，不能再次启用")}
)


def retire_key(tx: Tx[Policy], purpose: str, old: bytes, new: bytes, facts: Mapping[str, str]) -> None:
    """Let the key that `new` gives for a purpose take the place of `old`'s, and sign these facts about it.

    Raises Conflict `signing_key.retired` where the new one was retired before.
    """
    tx.hold(PLATFORM)
    before, after = public_jwk(old, purpose), public_jwk(new, purpose)
    if is_retired(tx.connection, new, purpose):
        raise Conflict("signing_key.retired", after["kid"])
    said = {"purpose": purpose, "key": before, "retired_at": tx.wall(), "facts": dict(facts)}
    tx.put(
        "insert into retired_keys (kid, purpose, retired_at, jws) values (:kid, :purpose, :at, :jws)",
        kid=before["kid"],
        purpose=purpose,
        at=tx.wall(),
        jws=sign(orjson.dumps(said, option=orjson.OPT_SORT_KEYS), new, purpose),
    )
    tx.emit(SigningKeyRetired(shop_id=PLATFORM, purpose=purpose, kid=before["kid"], successor=after["kid"]))
