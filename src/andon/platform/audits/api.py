"""The nightly audits over HTTP: for operators alone."""

from datetime import datetime

from andon.kernel.http.pages import Page, PageQuery, page_of
from andon.platform.accounts.edge import InTransaction, Router, allow
from andon.platform.audits.views import AuditOut, list_audits

router = Router(tags=["audits"])


@router.get("/audits", dependencies=[allow("audits.read", "operator")])
def audits(query: PageQuery, tx: InTransaction) -> Page[AuditOut]:
    """What the nightly audits found, the newest first."""
    before = datetime.fromisoformat(query.after[0]) if query.after else None
    rows = list_audits(tx, before=before, limit=query.fetch)
    return page_of(rows, query, lambda audit: [audit.due_at])
