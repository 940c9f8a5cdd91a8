"""Files as they are sent, found and served."""

import base64
import binascii
from typing import Annotated, Any, cast

from fastapi import Response
from pydantic import Field
from sqlalchemy import select

from andon.kernel.errors import Invalid, NotFound
from andon.kernel.tx import Tx
from andon.platform.files.rules import ENDINGS, LARGEST_FILE_BYTES, MediaType
from andon.platform.files.tables import File
from andon.platform.policies.rules import Policy

Base64 = Annotated[
    str,
    Field(
        min_length=1,
        max_length=4 * -(-LARGEST_FILE_BYTES // 3),
        description="The file's bytes in base64 (RFC 4648, section 4), at most 5 MiB of them",
        examples=["JVBERi0xLjcK"],
    ),
]
"""A file in a body."""

FILE_ANSWER: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The file as it was handed in",
        "content": {each: {"schema": {"type": "string", "format": "binary"}} for each in ENDINGS},
    }
}
"""How a call says that it answers a file."""


def bytes_of(content: str) -> bytes:
    """The bytes that stand in a body as base64; Invalid `file.not_base64`."""
    try:
        return base64.b64decode(content, validate=True)
    except (binascii.Error, ValueError) as why:  # ValueError: not even ASCII
        raise Invalid("file.not_base64", str(why)) from None


def file_of(tx: Tx[Policy], shop_id: int, file_id: int) -> File:
    """A file of a shop, or of the platform's (0); NotFound `file.not_found`. The caller has seen to it who may read it."""
    with tx.as_platform(), tx.reaching({shop_id}):
        found = tx.session.scalar(select(File).where(File.shop_id == shop_id, File.file_id == file_id))
    if found is None:
        raise NotFound("file.not_found")
    return found


def served_file(file: File, name: str) -> Response:
    """The file as an answer that no browser opens by itself; NotFound `file.erased` once its bytes are gone.

    `name` is ours, without its ending: what the party called it is not kept. That its type is not guessed every answer
    says (`X-Content-Type-Options: nosniff`).
    """
    if not file.body:
        raise NotFound("file.erased")
    media_type = cast("MediaType", file.media_type)
    return Response(
        file.body,
        media_type=media_type,
        headers={
            "Content-Disposition": f'attachment; filename="{name}.{ENDINGS[media_type]}"',
            "Content-Security-Policy": "sandbox; default-src 'none'",
        },
    )
