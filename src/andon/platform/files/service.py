"""Keeping what a party hands in."""

import hashlib

from andon.kernel.tx import Tx
from andon.platform.files.rules import media_type_of
from andon.platform.files.tables import FILE_IDS, File
from andon.platform.policies.rules import Policy


def keep_file(
    tx: Tx[Policy], shop_id: int, owner_party: str, owner_id: str | int | None, body: bytes
) -> File:
    """Keep a file of a shop, or of the platform's (0). The caller has seen to it that the party may hand it in.

    Raises Invalid `file.size` or `file.type`: its type is what its bytes say.
    """
    media_type = media_type_of(body)
    with tx.as_platform(), tx.reaching({shop_id}):
        return tx.add(
            File(
                shop_id=shop_id,
                file_id=tx.take_ids(FILE_IDS.name, 1)[0],
                owner_party=owner_party,
                owner_id=None if owner_id is None else str(owner_id),
                media_type=media_type,
                size=len(body),
                sha256=hashlib.sha256(body).hexdigest(),
                body=body,
                made_at=tx.now,
            )
        )
