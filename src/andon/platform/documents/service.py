"""Keeping a signed document, once, and finding it again."""

import hashlib
from typing import Literal

from sqlalchemy import select

from andon.kernel.tx import Tx
from andon.platform.documents.tables import DOCUMENT_IDS, Document
from andon.platform.policies.rules import Policy

Kind = Literal["letter", "certificate", "transfer_note", "statement", "authorisation"]


def keep_document(tx: Tx[Policy], shop_id: int, kind: Kind, subject: int, number: str, body: bytes) -> None:
    """Keep the shop's document of that kind about that thing. Where there is one, it stays as it is."""
    tx.put(
        "insert into documents (shop_id, document_id, kind, subject, number, sha256, body, made_at) "
        f"values (:shop, nextval('{DOCUMENT_IDS.name}'), :kind, :subject, :number, :sha256, :body, :now) "
        "on conflict (shop_id, kind, subject) do nothing",
        shop=shop_id,
        kind=kind,
        subject=subject,
        number=number,
        sha256=hashlib.sha256(body).hexdigest(),
        body=body,
        now=tx.now,
    )


def document_of(tx: Tx[Policy], shop_id: int, kind: Kind, subject: int) -> Document | None:
    """The shop's document of that kind about that thing, if it has been made."""
    return tx.session.scalar(
        select(Document).where(
            Document.shop_id == shop_id, Document.kind == kind, Document.subject == subject
        )
    )
