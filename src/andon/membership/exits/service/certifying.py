"""Keeping an exit's certificate."""

import hashlib

from andon.kernel.tx import Tx
from andon.membership.exits.events import ExitCertified
from andon.membership.exits.tables import Exit
from andon.platform.documents.papers import Paper, keep
from andon.platform.documents.service import document_of
from andon.platform.policies.rules import Policy


def certify_exit(tx: Tx[Policy], paper: Paper, body: bytes) -> None:
    """Keep the certificate that was made of an exit, the first for good, and say so once. Source: EXIT-6."""
    tx.hold(paper.shop_id)
    leaving = tx.lock(Exit, paper.shop_id, paper.subject)
    if leaving.due_at is None:
        return
    keep(tx, paper, body)
    leaving.due_at = None
    tx.session.flush()
    kept = document_of(tx, paper.shop_id, "certificate", paper.subject)
    sha256 = kept.sha256 if kept is not None else hashlib.sha256(body).hexdigest()
    tx.emit(ExitCertified(shop_id=paper.shop_id, exit_id=paper.subject, number=paper.number, sha256=sha256))
