"""Telling people, and noting that they have read it."""

from collections.abc import Iterable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import Any

from andon.kernel.errors import NotFound
from andon.kernel.events import PLATFORM
from andon.kernel.rows import as_json
from andon.kernel.tx import Tx
from andon.platform.notices.rules import Audience
from andon.platform.notices.tables import NOTICE_IDS
from andon.platform.policies.rules import Policy


@dataclass(frozen=True, slots=True)
class Notice:
    """What one audience is told, with the ids, codes and instants of the case; a supplier is named by its number."""

    shop_id: int
    audience: Audience
    kind: str
    order_id: int | None = None
    fulfilment_id: int | None = None
    supplier_id: int | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        named = self.supplier_id is not None
        assert (self.audience == "supplier") == named, "a supplier's notice, and no other, names it"


def tell(tx: Tx[Policy], notices: Iterable[Notice]) -> None:
    """Write these notices down; they are there with the commit of what they tell of.

    Messages will be written of one whose audience has a contact now.
    """
    told = list(notices)
    if not told:
        return
    # A supplier's contacts, and the operator's, are the platform's.
    beyond = any(notice.shop_id == PLATFORM or notice.audience != "seller" for notice in told)
    with tx.as_platform(), tx.reaching({PLATFORM}) if beyond else nullcontext():
        tx.put(
            "insert into notices "
            "(shop_id, notice_id, audience, supplier_id, kind, order_id, fulfilment_id, at, facts, post_at) "
            f"select r.s, nextval('{NOTICE_IDS.name}'), r.a, r.u, r.k, r.o, r.f, :now, r.b, "
            "case when exists (select from contacts c where c.audience = r.a "
            f"and c.shop_id = case r.a when 'seller' then r.s else {PLATFORM} end "
            "and c.supplier_id is not distinct from r.u) then cast(:now as timestamptz) end "
            "from json_to_recordset(cast(:rows as json)) "
            "as r(s bigint, a text, u bigint, k text, o bigint, f bigint, b jsonb)",
            now=tx.now,
            rows=as_json(
                {
                    "s": notice.shop_id,
                    "a": notice.audience,
                    "u": notice.supplier_id,
                    "k": notice.kind,
                    "o": notice.order_id,
                    "f": notice.fulfilment_id,
                    "b": dict(notice.facts),
                }
                for notice in told
            ),
        )
    tx.wake("post")


def read_notice(
    tx: Tx[Policy],
    audience: Audience,
    notice_id: int,
    *,
    shop_id: int | None = None,
    supplier_id: int | None = None,
) -> None:
    """Note that a notice was read; again changes nothing. NotFound `notice.not_found` where it is another's."""
    with tx.reaching({PLATFORM}) if shop_id is None else nullcontext():
        found = tx.run(
            # What was written for once need not be escalated any more.
            "update notices set read_at = coalesce(read_at, :now), "
            "post_at = case when posted_at is null then post_at end where notice_id = :notice "
            "and audience = :audience and (cast(:shop as bigint) is null or shop_id = :shop) "
            "and (cast(:supplier as bigint) is null or supplier_id = :supplier)",
            now=tx.now,
            notice=notice_id,
            audience=audience,
            shop=shop_id,
            supplier=supplier_id,
        )
    if not found:
        raise NotFound("notice.not_found")
