"""Announcing what a new version changes for each shop, and noting who has read it."""

from andon.kernel.errors import Forbidden
from andon.kernel.rows import as_json
from andon.kernel.tx import Tx
from andon.membership.policy_changes.events import PolicyAnnounced, PolicyChangesRead
from andon.membership.policy_changes.rules import announceable, changes_between, check_news
from andon.membership.policy_changes.views import shop_facts, touching, versions_of
from andon.partners.shops.views import shop_of
from andon.platform.notices.service import Notice, tell
from andon.platform.policies.rules import Policy

UNTOLD = """
select s.shop_id from shops s
where s.created_at < :in_force_from
  and not exists (select from policy_announcements a where a.shop_id = s.shop_id and a.version = :version)
order by s.shop_id limit :batch
"""

ANNOUNCE = """
insert into policy_announcements (shop_id, version, changes, announced_at)
select r.s, :version, r.n, :now from json_to_recordset(cast(cast(:rows as text) as json)) as r(s bigint, n int)
"""

READ = """
insert into policy_readings (shop_id, version, read_by, user_id, read_at)
values (:shop, :version, :by, :user, :now) on conflict do nothing
"""


def announce_versions(tx: Tx[Policy], batch: int) -> int:
    """Announce the earliest version that is due to up to `batch` shops that have not heard of it; answers to how many.

    A shop that no change touches is noted and not troubled.
    """
    for before, after in announceable(versions_of(tx), tx.now, tx.policy.announcing.within):
        untold = tx.rows(UNTOLD, in_force_from=after.in_force_from, version=after.version, batch=batch)
        if untold:
            _announce(tx, before, after, [row.shop_id for row in untold])
            return len(untold)
    return 0


def mark_read(tx: Tx[Policy], shop_id: int, version: str) -> None:
    """Note that whoever acts for the shop has read what that version changes for it; again changes nothing.

    Forbidden `policy_change.not_own` for an operator who has entered the shop. NotFound for no such shop, `policy.unknown` for no such version, `policy_change.not_found` for one that was in force
    when the shop opened.
    """
    tx.policies.named(version)
    check_news(versions_of(tx), shop_of(tx, shop_id).created_at, version)
    who = tx.actor
    if who.kind != "shop":
        raise Forbidden("policy_change.not_own")
    tx.hold(shop_id)
    if tx.run(READ, shop=shop_id, version=version, by=str(who), user=who.user, now=tx.now):
        tx.emit(PolicyChangesRead(shop_id=shop_id, version=version))


def _announce(tx: Tx[Policy], before: Policy, after: Policy, shop_ids: list[int]) -> None:
    tx.hold(shop_ids)
    changes = changes_between(before, after)
    touched = {
        shop_id: [change.code for change, _ in touching(shop, changes)]
        for shop_id, shop in shop_facts(tx, shop_ids).items()
    }
    tx.put(
        ANNOUNCE,
        version=after.version,
        now=tx.now,
        rows=as_json({"s": shop_id, "n": len(codes)} for shop_id, codes in touched.items()),
    )
    tx.emit(
        *(
            PolicyAnnounced(
                shop_id=shop_id,
                version=after.version,
                in_force_from=after.in_force_from,
                changes=len(codes),
            )
            for shop_id, codes in touched.items()
        )
    )
    facts = {"version": after.version, "in_force_on": after.in_force_on.isoformat()}
    tell(
        tx,
        [
            Notice(
                shop_id,
                "seller",
                "policy.announced",
                facts=facts | {"changes": len(codes), "clauses": ", ".join(dict.fromkeys(codes))},
            )
            for shop_id, codes in touched.items()
            if codes
        ],
    )
