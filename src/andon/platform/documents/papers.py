"""A paper is rendered and signed with no transaction open, kept, and from then on served as it was kept."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fastapi import Response

from andon.kernel.failpoints import reach
from andon.kernel.tx import Tx
from andon.platform.accounts.edge import Visit
from andon.platform.documents.authority import Authority
from andon.platform.documents.rendering import rendered
from andon.platform.documents.service import Kind, document_of, keep_document
from andon.platform.policies.rules import Policy

PDF_TYPE = "application/pdf"
PDF_ANSWER: dict[int | str, dict[str, Any]] = {
    200: {"content": {PDF_TYPE: {"schema": {"type": "string", "format": "binary"}}}}
}
"""How a call says that it answers a PDF."""


@dataclass(frozen=True, slots=True)
class Paper:
    """What a document says, on which template, and what it is kept as; `reason` is what the signature is for.

    `kind` is None for a draft: that is not signed and not kept.
    """

    shop_id: int
    kind: Kind | None
    subject: int
    number: str
    template: Path
    facts: Mapping[str, Any]
    reason: str = ""

    def made(self, authority: Authority) -> bytes:
        """The PDF, signed unless it is a draft."""
        pdf = rendered(self.template, self.facts)
        return pdf if self.kind is None else authority.signed(pdf, self.reason)


def served(caller: Visit, find: Callable[[Tx[Policy]], Paper]) -> Response:
    """The document that `find` tells of: the kept one, made now where nobody has come to it.

    `find` sees to it that the caller may have it. Of several that make it at once the first is kept and served.
    """
    with caller.step() as tx:
        paper = find(tx)
        body = _kept(tx, paper)
    if body is None:
        body = paper.made(caller.edge.authority)
        reach("paper", "made")
        with caller.step() as tx:
            keep(tx, paper, body)
            body = _kept(tx, paper) or body
    headers = {"Content-Disposition": f'inline; filename="{paper.number}.pdf"'}
    return Response(body, media_type=PDF_TYPE, headers=headers)


def keep(tx: Tx[Policy], paper: Paper, body: bytes) -> None:
    """Keep what was made of a paper; nothing of a draft."""
    if paper.kind is not None:
        with tx.as_platform(), tx.reaching({paper.shop_id}):
            keep_document(tx, paper.shop_id, paper.kind, paper.subject, paper.number, body)


def _kept(tx: Tx[Policy], paper: Paper) -> bytes | None:
    if paper.kind is None:
        return None
    with tx.as_platform(), tx.reaching({paper.shop_id}):
        found = document_of(tx, paper.shop_id, paper.kind, paper.subject)
        return None if found is None else found.body
