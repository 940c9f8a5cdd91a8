"""Scans of one shop's parcels: kept once each, folded, and what they show of a fulfilment recorded.

The parcels of a fulfilment are locked before its scans are read, so that of two calls that tell of one fulfilment
the second sees what the first did. Heads, parcels, pools, stock, fulfilments are taken in that order.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Row

from andon.kernel.rows import as_json
from andon.kernel.tx import Tx
from andon.orders.order.rules import Flag, FulfilmentState
from andon.orders.order.service import Move, move_fulfilments, tell_of
from andon.orders.tracking.events import FulfilmentRetimed, LabelReinstated, StrayScanned
from andon.orders.tracking.rules import (
    Fact,
    Progress,
    Track,
    left_before,
    progress_of,
    stale_from,
    track_of,
)
from andon.partners.stock.service import Take, lock_units, ship, take_back
from andon.partners.stock.service.units import pools_of
from andon.platform.policies.rules import Policy

_S = FulfilmentState


class Told(NamedTuple):
    """One scan of a parcel of the shop."""

    fulfilment_id: int
    parcel_id: int
    status: str
    sub_status: str
    occurred_at: datetime
    place: str
    raw: str | None


@dataclass(slots=True)
class _Story:
    """A fulfilment with all that its parcels' scans tell; `moved` are parcels that were not seen to move before.

    The progress leaves out parcels that are `void`. `reinstated` are those that left before their label was voided.
    """

    row: Row[Any]
    tracks: dict[int, Track]
    progress: Progress
    moved: list[int] = field(default_factory=list)
    void: set[int] = field(default_factory=set)
    reinstated: list[int] = field(default_factory=list)


def take_scans(tx: Tx[Policy], shop_id: int, told: Sequence[Told]) -> list[str]:
    """Keep these scans and do what follows; answers for each `recorded`, `known`, or the code of its refusal.

    The shop's head is held by the caller.
    """
    placed_at = lock_parcels(tx, shop_id, {scan.fulfilment_id for scan in told})
    fresh = _keep(tx, shop_id, [scan for scan in told if scan.occurred_at >= placed_at[scan.fulfilment_id]])
    answers: list[str] = []
    changed: set[int] = set()
    for scan in told:
        fact = (scan.parcel_id, scan.occurred_at, scan.status, scan.sub_status)
        if scan.occurred_at < placed_at[scan.fulfilment_id]:
            answers.append("scan.too_early")
        elif fact in fresh:
            fresh.discard(fact)
            changed.add(scan.fulfilment_id)
            answers.append("recorded")
        else:
            answers.append("known")
    if changed:
        _hold_units(tx, shop_id, changed, back=any(scan.status == "returned" for scan in told))
        _tell(tx, shop_id, changed, {scan.parcel_id for scan in told})
    return answers


def leave_out_void(tx: Tx[Policy], shop_id: int, fulfilment_ids: set[int]) -> None:
    """Record what the other parcels of these fulfilments show, now that some labels are void.

    The parcels are locked by the caller, the shop's head held.
    """
    _hold_units(tx, shop_id, fulfilment_ids, back=True)
    _tell(tx, shop_id, fulfilment_ids, set())


def lock_parcels(tx: Tx[Policy], shop_id: int, fulfilment_ids: Collection[int]) -> dict[int, datetime]:
    """Lock every parcel of these fulfilments; answers when the order of each was placed."""
    return {
        row.fulfilment_id: row.placed_at
        for row in tx.rows(
            "select fulfilment_id, placed_at from parcels "
            "where shop_id = :shop and fulfilment_id = any(:fulfilments) order by parcel_id for no key update",
            shop=shop_id,
            fulfilments=sorted(fulfilment_ids),
        )
    }


def _keep(tx: Tx[Policy], shop_id: int, scans: Sequence[Told]) -> set[tuple[int, datetime, str, str]]:
    """Write the scans down; answers the facts among them that were not known."""
    if not scans:
        return set()
    return {
        (row.parcel_id, row.occurred_at, row.status, row.sub_status)
        for row in tx.rows(
            "insert into scans "
            "(shop_id, scan_id, parcel_id, status, sub_status, occurred_at, received_at, place, raw) "
            "select :shop, nextval('scan_ids'), r.p, r.s, r.u, r.t, :now, r.l, r.r "
            "from json_to_recordset(cast(:rows as json)) "
            "as r(p bigint, s text, u text, t timestamptz, l text, r text) "
            "order by r.p, r.t, r.s, r.u on conflict do nothing "
            "returning parcel_id, occurred_at, status, sub_status",
            shop=shop_id,
            now=tx.now,
            rows=as_json(
                {
                    "p": s.parcel_id,
                    "s": s.status,
                    "u": s.sub_status,
                    "t": s.occurred_at,
                    "l": s.place,
                    "r": s.raw,
                }
                for s in scans
            ),
        )
    }


def _hold_units(tx: Tx[Policy], shop_id: int, fulfilment_ids: set[int], *, back: bool) -> None:
    """Lock the units that these scans may send off, and with `back` those that they may bring back.

    Whoever closes a fulfilment locks them first: so none of these ends between being read and being shipped.
    """
    states = f"{{{_S.LABELLED.value},{_S.SHIPPED.value}}}" if back else f"{{{_S.LABELLED.value}}}"
    moving = tx.rows(
        "select fulfilment_id from fulfilments where shop_id = :shop and fulfilment_id = any(:fulfilments) "
        f"and state = any('{states}')",
        shop=shop_id,
        fulfilments=sorted(fulfilment_ids),
    )
    takes = units_of(tx, shop_id, [row.fulfilment_id for row in moving])
    if takes:
        lock_units(tx, {take.key for take in takes}, pools_of(takes))


def _tell(tx: Tx[Policy], shop_id: int, fulfilment_ids: set[int], parcel_ids: set[int]) -> None:
    """Fold the scans of these fulfilments anew and record what has changed."""
    stories = _stories(tx, shop_id, fulfilment_ids)
    _write_tracks(
        tx, shop_id, {p: t for s in stories.values() for p, t in s.tracks.items() if p in parcel_ids}
    )
    _reinstate(tx, shop_id, [story for story in stories.values() if story.reinstated])
    leaving = [
        Move(shop_id, number, story.progress.shipped_at)
        for number, story in stories.items()
        if story.row.state == _S.LABELLED and story.progress.shipped_at is not None
    ]
    gone = {move.fulfilment_id for move in leaving}
    ended: dict[FulfilmentState, list[Move]] = {_S.DELIVERED: [], _S.LOST: [], _S.RETURNED: []}
    for number, story in stories.items():
        end, ended_at = story.progress.end, story.progress.ended_at
        if end is not None and ended_at is not None and (story.row.state == _S.SHIPPED or number in gone):
            ended[end].append(Move(shop_id, number, ended_at))
    back = units_of(tx, shop_id, {move.fulfilment_id for move in ended[_S.RETURNED]})
    _send_off(tx, leaving)
    for end, moves in ended.items():
        if moves:
            move_fulfilments(tx, moves, end)
    if back:
        take_back(tx, back)
    _put_right(tx, shop_id, stories)
    _tell_of_strays(tx, shop_id, stories)


def _tell_of_strays(tx: Tx[Policy], shop_id: int, stories: Mapping[int, _Story]) -> None:
    """Say that parcels move whose fulfilment ended unshipped, or whose label is void: nothing follows from it but
    that people look.
    """
    strays = [
        (story, parcel_id)
        for story in stories.values()
        for parcel_id in story.moved
        if story.row.state in (_S.REJECTED, _S.CANCELLED) or parcel_id in story.void
    ]
    if not strays:
        return
    tx.emit(
        *(
            StrayScanned(
                shop_id=shop_id,
                order_id=stray.row.order_id,
                fulfilment_id=stray.row.fulfilment_id,
                supplier_id=stray.row.supplier_id,
                parcel_id=parcel_id,
            )
            for stray, parcel_id in strays
        )
    )
    rows = {stray.row.fulfilment_id: stray.row for stray, _ in strays}
    tell_of(tx, "fulfilment.stray_scan", rows.values(), "seller", "operator")


def _reinstate(tx: Tx[Policy], shop_id: int, stories: Sequence[_Story]) -> None:
    """Let labels stand whose parcels the carrier had in hand before they were voided, and say so."""
    if not stories:
        return
    tx.put(
        "update parcels set voided_at = null, void_reason = null "
        "where shop_id = :shop and parcel_id = any(:parcels)",
        shop=shop_id,
        parcels=[parcel_id for story in stories for parcel_id in story.reinstated],
    )
    tx.emit(
        *(
            LabelReinstated(
                shop_id=shop_id,
                order_id=story.row.order_id,
                fulfilment_id=story.row.fulfilment_id,
                supplier_id=story.row.supplier_id,
                parcel_id=parcel_id,
            )
            for story in stories
            for parcel_id in story.reinstated
        )
    )
    tell_of(tx, "label.reinstated", [story.row for story in stories], "supplier", "seller")


def _stories(tx: Tx[Policy], shop_id: int, fulfilment_ids: set[int]) -> dict[int, _Story]:
    numbers = sorted(fulfilment_ids)
    parcels = tx.ask(
        # Joined and grouped, not looked up parcel by parcel: which index serves is then no guess in a young table.
        "select p.fulfilment_id, p.parcel_id, p.first_scan_at, p.voided_at, array_agg(s.status order by s.scan_id) as statuses, "
        "array_agg(s.occurred_at order by s.scan_id) as instants from parcels p "
        "left join scans s on s.shop_id = p.shop_id and s.shop_id = :shop and s.parcel_id = p.parcel_id "
        "where p.shop_id = :shop and p.fulfilment_id = any(:fulfilments) "
        "group by p.fulfilment_id, p.parcel_id, p.first_scan_at, p.voided_at",
        shop=shop_id,
        fulfilments=numbers,
    )
    rows = tx.ask(
        "select shop_id, fulfilment_id, order_id, supplier_id, state, policy, shipped_at, ended_at, stale_at, charged_at "
        "from fulfilments where shop_id = :shop and fulfilment_id = any(:fulfilments) order by fulfilment_id",
        shop=shop_id,
        fulfilments=numbers,
    )
    told = parcels()
    stories = {row.fulfilment_id: _Story(row, {}, Progress()) for row in rows()}
    for parcel in told:
        story = stories[parcel.fulfilment_id]
        facts = zip(parcel.statuses, parcel.instants, strict=True)
        track = track_of(Fact(status, at) for status, at in facts if status is not None)
        story.tracks[parcel.parcel_id] = track
        if parcel.first_scan_at is None and track.first_scan_at is not None:
            story.moved.append(parcel.parcel_id)
        if parcel.voided_at is None:
            continue
        if story.row.state in (_S.LABELLED, _S.SHIPPED) and left_before(track, parcel.voided_at):
            story.reinstated.append(parcel.parcel_id)
        else:
            story.void.add(parcel.parcel_id)
    for story in stories.values():
        story.progress = progress_of([t for p, t in story.tracks.items() if p not in story.void])
    return stories


def _write_tracks(tx: Tx[Policy], shop_id: int, tracks: Mapping[int, Track]) -> None:
    if not tracks:
        return
    tx.put(
        "update parcels p set report_at = case when p.first_scan_at is null and r.f is not null "
        # Asked once a statement: while no channel is connected there is nothing to report.
        "and exists (select from channels) then :now else p.report_at end, status = r.s, collected_at = r.c, first_scan_at = r.f, last_scan_at = r.l, "
        "delivered_at = r.d, ended_at = r.e from json_to_recordset(cast(:rows as json)) "
        "as r(p bigint, s text, c timestamptz, f timestamptz, l timestamptz, d timestamptz, e timestamptz) "
        "where p.shop_id = :shop and p.parcel_id = r.p",
        shop=shop_id,
        now=tx.now,
        rows=as_json(
            {
                "p": parcel_id,
                "s": track.status,
                "c": track.collected_at,
                "f": track.first_scan_at,
                "l": track.last_scan_at,
                "d": track.delivered_at,
                "e": track.ended_at,
            }
            for parcel_id, track in tracks.items()
        ),
    )


def _send_off(tx: Tx[Policy], leaving: Sequence[Move]) -> None:
    """Take the units of these labelled fulfilments off the shelf, and ship them."""
    if not leaving:
        return
    shop_id = leaving[0].shop_id
    ship(tx, units_of(tx, shop_id, {move.fulfilment_id for move in leaving}))
    moved = move_fulfilments(tx, leaving, _S.SHIPPED)
    assert len(moved) == len(leaving), "what was read while its units were held is as it was read"


def units_of(tx: Tx[Policy], shop_id: int, fulfilment_ids: Collection[int]) -> list[Take]:
    """The units that these fulfilments of a shop are to be picked from."""
    if not fulfilment_ids:
        return []
    return [
        Take(shop_id, row.location, row.item, row.owner, row.units, row.fulfilment_id)
        for row in tx.rows(
            "select fulfilment_id, location, item, owner, units from fulfilment_lines "
            "where shop_id = :shop and fulfilment_id = any(:fulfilments) and units > 0 "
            "order by fulfilment_id, line_no",
            shop=shop_id,
            fulfilments=sorted(fulfilment_ids),
        )
    ]


def _put_right(tx: Tx[Policy], shop_id: int, stories: Mapping[int, _Story]) -> None:
    """Let silence count from the newest scan, and instants that a late scan has changed be what they are.

    Once money has taken the end into account its instant stands. Source: MODE-5.
    """
    changes = []
    for number, story in stories.items():
        row, progress = story.row, story.progress
        stale_at = stale_from(progress, tx.policies.named(row.policy).mode.stale_after)
        if row.state not in (_S.LABELLED, _S.SHIPPED) or stale_at == row.stale_at:
            stale_at = None
        if row.state == _S.LABELLED and progress.moving_since == progress.shipped_at:
            stale_at = None  # that is what shipping it has set
        shipped_at, ended_at = _earlier(row, progress)
        if stale_at or shipped_at or ended_at:
            changes.append({"f": number, "stale": stale_at, "shipped": shipped_at, "ended": ended_at})
        if shipped_at or ended_at:
            tx.emit(
                FulfilmentRetimed(
                    shop_id=shop_id,
                    order_id=row.order_id,
                    fulfilment_id=number,
                    shipped_at=shipped_at,
                    ended_at=ended_at,
                )
            )
    if changes:
        tx.put(_PUT_RIGHT, shop=shop_id, now=tx.now, rows=as_json(changes))


_PUT_RIGHT = (
    "update fulfilments f set "
    f"stale_at = case when f.state = {_S.SHIPPED.value} then coalesce(r.stale, f.stale_at) end, "
    f"flags = case when f.state = {_S.SHIPPED.value} and r.stale > :now "
    f"then f.flags & {~Flag.STALE.value} else f.flags end, "
    "shipped_at = coalesce(r.shipped, f.shipped_at), ended_at = coalesce(r.ended, f.ended_at), "
    "delivered_at = case when f.delivered_at is not null then coalesce(r.ended, f.delivered_at) end, "
    "due_at = coalesce(f.due_at + (r.ended - f.ended_at), f.due_at) "
    "from json_to_recordset(cast(:rows as json)) "
    "as r(f bigint, stale timestamptz, shipped timestamptz, ended timestamptz) "
    "where f.shop_id = :shop and f.fulfilment_id = r.f"
)


def _earlier(row: Row[Any], progress: Progress) -> tuple[datetime | None, datetime | None]:
    """When a fulfilment left and when it ended, each where its scans now show it to be earlier than recorded."""
    shipped = row.shipped_at is not None and progress.shipped_at < row.shipped_at
    counted = row.charged_at is not None or row.state == _S.COMPLETED
    ended = not counted and progress.end == row.state and progress.ended_at < row.ended_at
    return progress.shipped_at if shipped else None, progress.ended_at if ended else None
