"""Keys over HTTP: for operators alone."""

from datetime import timedelta
from typing import Annotated, Literal

from pydantic import Field

from andon.kernel.errors import Conflict, Invalid, NotFound
from andon.kernel.http.durations import duration_of
from andon.kernel.http.models import Instant, Out, Strict
from andon.kernel.http.pages import Page, PageQuery, page_of
from andon.kernel.http.problems import problems
from andon.platform.accounts.edge import InTransaction, Router, allow
from andon.platform.accounts.service import Issued, issue_key, revoke_key, rotate_key

router = Router(tags=["keys"])

Text = Annotated[str, Field(max_length=200)]


class KeyAsked(Strict):
    """For whom the key is, and what it may do. `party_id` is a shop's or supplier's number, a carrier's or
    channel's code, and left out for an operator.
    """

    party: Literal["shop", "supplier", "carrier", "channel", "operator"]
    party_id: int | Text | None = None
    scopes: Annotated[list[Text], Field(max_length=100)]
    label: Text = ""
    kind: Literal["live", "test"] = "live"
    expires_at: Instant | None = None


class RotationIn(Strict):
    """How long the old key goes on, up to 30 days; `PT0S` ends it at once."""

    overlap: Annotated[str, Field(max_length=40, examples=["PT24H"])] = "PT24H"


class KeyOut(Out):
    """A key, without its secret."""

    key_id: int
    party: str
    party_id: str
    scopes: list[str]
    label: str
    created_at: Instant
    expires_at: Instant | None
    used_at: Instant | None
    revoked_at: Instant | None


class KeyIssuedOut(KeyOut):
    """A new key; `secret` is shown this once."""

    secret: str


@router.post(
    "/keys", status_code=201, dependencies=[allow("keys.write", "operator")], responses=problems(Invalid)
)
def issue(body: KeyAsked, tx: InTransaction) -> KeyIssuedOut:
    """Make a key. Its secret is answered once and kept nowhere."""
    issued = issue_key(
        tx,
        party=body.party,
        party_id="" if body.party_id is None else str(body.party_id),
        scopes=body.scopes,
        label=body.label,
        kind=body.kind,
        expires_at=body.expires_at,
    )
    return _told(issued)


@router.post(
    "/keys/{key_id}/rotate",
    status_code=201,
    dependencies=[allow("keys.write", "operator")],
    responses=problems(NotFound, Conflict, Invalid),
)
def rotate(key_id: int, tx: InTransaction, body: RotationIn | None = None) -> KeyIssuedOut:
    """Make a key that may what this one may; the old one ends after the overlap."""
    said = (body or RotationIn()).overlap
    overlap = timedelta() if said == "PT0S" else duration_of(said)
    return _told(rotate_key(tx, key_id, overlap))


@router.get("/keys", dependencies=[allow("keys.write", "operator")])
def keys(query: PageQuery, tx: InTransaction) -> Page[KeyOut]:
    """All keys, by number."""
    rows = tx.rows(
        "select key_id, party, party_id, scopes, label, created_at, expires_at, used_at, revoked_at from keys "
        "where key_id > :after order by key_id limit :fetch",
        after=query.after[0] if query.after else 0,
        fetch=query.fetch,
    )
    return page_of(rows, query, key=lambda row: [row.key_id], shape=KeyOut.model_validate)


@router.delete(
    "/keys/{key_id}",
    status_code=204,
    dependencies=[allow("keys.write", "operator")],
    responses=problems(NotFound),
)
def revoke(key_id: int, tx: InTransaction) -> None:
    """Revoke a key: it opens nothing from now on."""
    revoke_key(tx, key_id)


def _told(issued: Issued) -> KeyIssuedOut:
    known = KeyOut.model_validate(issued.key)
    return KeyIssuedOut(**known.model_dump(), secret=issued.secret)
