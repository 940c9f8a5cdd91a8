"""Labels: each makes a parcel, and its waybill the way from the carrier's scans to it.

Heads, waybills, parcels, pools, stock, fulfilments are taken in that order: the number first, so that of two labels
that want one, and of a label and a scan that come at once, the second sees what the first did.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from andon.kernel.rows import as_json
from andon.kernel.tx import Tx
from andon.orders.order.rules import Flag, FulfilmentState
from andon.orders.order.service import Move, move_fulfilments
from andon.orders.shipping.events import ParcelLabelled
from andon.orders.shipping.rules import (
    ALREADY,
    DONE,
    Verdict,
    label_fault,
    label_verdict,
    refused,
)
from andon.orders.shipping.service.standing import (
    Outcome,
    Standings,
    Turn,
    barred,
    is_asked,
    outcomes_of,
    standings,
    unless_held,
)
from andon.orders.shipping.tables import PARCEL_IDS
from andon.orders.tracking.service import Place, adopt_scans, lock_parcels, units_of
from andon.partners.stock.service import lock_units
from andon.partners.stock.service.units import pools_of
from andon.platform.policies.rules import Policy

_S = FulfilmentState


@dataclass(frozen=True, slots=True)
class Label:
    """One parcel of a fulfilment, labelled at `at`. Weight in grams, lengths in millimetres.

    `no_measure` says that the figures stand in for unknown ones.
    """

    fulfilment_id: int
    at: datetime
    carrier: str
    waybill: str
    weight_g: int
    length_mm: int
    width_mm: int
    height_mm: int
    no_measure: bool = False

    @property
    def number(self) -> tuple[str, str]:
        """The waybill with its carrier, which names one parcel alone."""
        return self.carrier, self.waybill

    @property
    def sizes_mm(self) -> tuple[int, int, int]:
        """Length, width and height."""
        return self.length_mm, self.width_mm, self.height_mm

    @property
    def figures(self) -> tuple[int, int, int, int]:
        """Weight, length, width and height."""
        return self.weight_g, self.length_mm, self.width_mm, self.height_mm


def label_parcels(tx: Tx[Policy], labels: Sequence[Label], *, own_of: int | None = None) -> list[Outcome]:
    """Label parcels, each with an outcome of its own; more labels of one fulfilment are more parcels of it.

    A fulfilment that was not picked is picked with its first label, and both are recorded. A waybill names one
    parcel of its carrier: the same label again changes nothing. Scans that waited for a label are adopted.
    `own_of` is the shop that ships from its own location; without it a supplier speaks of its own fulfilments.
    """
    return outcomes_of(labels, lambda turn: _label(tx, turn, own_of), lambda label: label.number)


def _label(tx: Tx[Policy], turn: Turn[Label], own_of: int | None) -> dict[int, Verdict]:
    """Label parcels of waybills that are all different."""
    known = standings(tx, {label.fulfilment_id for _, label in turn})
    tx.hold({row.shop_id for row in known.values()})
    verdicts = {index: _judge(tx, known, label, own_of) for index, label in turn}
    wanted = {label.number: (index, label) for index, label in turn if verdicts[index] is DONE}
    claims = _claim_waybills(tx, known, [label for _, label in wanted.values()])
    early = [claim for claim in claims.values() if claim.was_awaited]
    if early:
        _lock_units(tx, early)
    late = _move(tx, known, list(claims.values()), own_of)
    for number, verdict in late.items():
        verdicts[wanted[number][0]] = verdict
    _give_back(tx, [claims.pop(number) for number in late])
    _write(tx, list(claims.values()))
    _adopt(tx, [claim for claim in claims.values() if claim.was_awaited])

    unclear = [
        (index, label)
        for index, label in turn
        if verdicts[index].code == "fulfilment.state"
        or (verdicts[index] is DONE and label.number not in claims)
    ]
    verdicts.update(_compare(tx, unclear, verdicts))
    return verdicts


def _judge(tx: Tx[Policy], known: Standings, label: Label, own_of: int | None) -> Verdict:
    row = known.get(label.fulfilment_id)
    if (verdict := barred(tx, row, own_of)) is not None:
        return verdict
    assert row is not None
    state = _S(row.state)
    carriers = tx.policy.carriers.keys()
    if fault := label_fault(label.carrier, label.waybill, label.weight_g, label.sizes_mm, carriers):
        return refused(fault, state)
    return unless_held(row, label_verdict(state, by_supplier=is_asked(row)))


@dataclass(frozen=True, slots=True)
class _Claim:
    """A waybill that now names the parcel of a label; `was_awaited` says that scans came before it."""

    label: Label
    row: Row[Any]
    parcel_id: int
    was_awaited: bool

    @property
    def place(self) -> Place:
        return Place(self.row.shop_id, self.label.fulfilment_id, self.parcel_id)


def _claim_waybills(
    tx: Tx[Policy], known: Standings, labels: Sequence[Label]
) -> dict[tuple[str, str], _Claim]:
    """Let each number name a new parcel; those that name one already are not answered."""
    if not labels:
        return {}
    by_number = {label.number: label for label in labels}
    numbers = tx.take_ids(PARCEL_IDS.name, len(labels))
    named = tx.rows(
        "insert into waybills as w (carrier, waybill, shop_id, fulfilment_id, parcel_id) "
        "select r.c, r.w, r.s, r.f, r.p from json_to_recordset(cast(:rows as json)) "
        "as r(c text, w text, s bigint, f bigint, p bigint) order by r.c, r.w "
        "on conflict (carrier, waybill) do update set shop_id = excluded.shop_id, "
        "fulfilment_id = excluded.fulfilment_id, parcel_id = excluded.parcel_id where w.parcel_id is null "
        # A row that was updated instead has been locked, and says so.
        "returning w.carrier, w.waybill, w.parcel_id, w.xmax <> 0 as was_awaited",
        rows=as_json(
            {
                "c": label.carrier,
                "w": label.waybill,
                "s": known[label.fulfilment_id].shop_id,
                "f": label.fulfilment_id,
                "p": parcel_id,
            }
            for label, parcel_id in zip(labels, numbers, strict=True)
        ),
    )
    found = {}
    for row in named:
        label = by_number[row.carrier, row.waybill]
        found[label.number] = _Claim(label, known[label.fulfilment_id], row.parcel_id, row.was_awaited)
    return found


def _lock_units(tx: Tx[Policy], claims: Sequence[_Claim]) -> None:
    """Lock the units that waiting scans may ship at once, before the fulfilments are locked."""
    takes = [
        take
        for shop_id, own in _by_shop(claims).items()
        for take in units_of(tx, shop_id, {claim.label.fulfilment_id for claim in own})
    ]
    lock_units(tx, {take.key for take in takes}, pools_of(takes))


def _move(
    tx: Tx[Policy], known: Standings, claims: Sequence[_Claim], own_of: int | None
) -> dict[tuple[str, str], Verdict]:
    """Move what gets its first label; answers the verdict on labels whose fulfilment does not take one any more.

    What has parcels already is held by them, so that it cannot end while it gets one more.
    """
    first = {c.label.fulfilment_id: c for c in reversed(claims) if c.row.state < _S.LABELLED}
    moves = [Move(c.row.shop_id, number, c.label.at) for number, c in first.items()]
    unpicked = [move for move in moves if known[move.fulfilment_id].state < _S.PICKED]
    if unpicked:
        move_fulfilments(tx, unpicked, _S.PICKED)
    moved = {row.fulfilment_id for row in move_fulfilments(tx, moves, _S.LABELLED)} if moves else set()
    others = [claim for claim in claims if claim.label.fulfilment_id not in moved]
    if not others:
        return {}
    for shop_id, own in _by_shop(others).items():
        lock_parcels(tx, shop_id, {claim.label.fulfilment_id for claim in own})
    now = standings(tx, {claim.label.fulfilment_id for claim in others})
    late = {claim.label.number: _judge(tx, now, claim.label, own_of) for claim in others}
    return {number: verdict for number, verdict in late.items() if verdict is not DONE}


def _give_back(tx: Tx[Policy], claims: Sequence[_Claim]) -> None:
    """Let these numbers name no parcel again."""
    if claims:
        tx.put(
            "update waybills w set shop_id = null, fulfilment_id = null, parcel_id = null "
            "from json_to_recordset(cast(:rows as json)) as r(c text, w text) "
            "where w.carrier = r.c and w.waybill = r.w",
            rows=as_json({"c": claim.label.carrier, "w": claim.label.waybill} for claim in claims),
        )


def _write(tx: Tx[Policy], claims: Sequence[_Claim]) -> None:
    """Write the parcels down, and flag the fulfilments whose figures stand in for unknown ones."""
    for shop_id, own in _by_shop(claims).items():
        with tx.as_platform():  # orders are hidden from suppliers
            placed_at = {
                row.order_id: row.placed_at
                for row in tx.rows(
                    "select order_id, placed_at from orders where shop_id = :shop and order_id = any(:orders)",
                    shop=shop_id,
                    orders=sorted({claim.row.order_id for claim in own}),
                )
            }
        tx.put(
            "insert into parcels (shop_id, parcel_id, fulfilment_id, carrier, waybill, weight_g, length_mm, "
            "width_mm, height_mm, placed_at, labelled_at, status, vet_at) "
            "select sh.shop_id, r.p, r.f, r.c, r.w, r.g, r.l, r.b, r.h, r.o, r.t, 'unknown', "
            # All labels of a day are looked at together, at the midnight after.
            "case when r.j then date_trunc('day', r.t + cast(:within as interval) + interval '1 day', :zone) end "
            "from shops sh, json_to_recordset(cast(:rows as json)) as r(p bigint, f bigint, c text, w text, "
            "g int, l int, b int, h int, o timestamptz, t timestamptz, j boolean) "
            "where sh.shop_id = :shop",
            shop=shop_id,
            within=tx.policy.standing.scanned_within,
            zone=tx.policy.zone,
            rows=as_json(_parcel(claim, placed_at[claim.row.order_id]) for claim in own),
        )
        if unmeasured := sorted({claim.label.fulfilment_id for claim in own if claim.label.no_measure}):
            tx.put(
                f"update fulfilments set flags = flags | {Flag.NO_MEASURE.value} "
                "where shop_id = :shop and fulfilment_id = any(:fulfilments)",
                shop=shop_id,
                fulfilments=unmeasured,
            )
        tx.emit(*(_event(claim) for claim in own))


def _parcel(claim: _Claim, placed_at: datetime) -> dict[str, Any]:
    label = claim.label
    return {
        "p": claim.parcel_id,
        "f": label.fulfilment_id,
        "c": label.carrier,
        "w": label.waybill,
        "g": label.weight_g,
        "l": label.length_mm,
        "b": label.width_mm,
        "h": label.height_mm,
        "o": placed_at,
        "t": label.at,
        "j": is_asked(claim.row),
    }


def _event(claim: _Claim) -> ParcelLabelled:
    label = claim.label
    return ParcelLabelled(
        shop_id=claim.row.shop_id,
        order_id=claim.row.order_id,
        at=label.at,
        fulfilment_id=label.fulfilment_id,
        parcel_id=claim.parcel_id,
        carrier=label.carrier,
        waybill=label.waybill,
        weight_g=label.weight_g,
        length_mm=label.length_mm,
        width_mm=label.width_mm,
        height_mm=label.height_mm,
    )


def _adopt(tx: Tx[Policy], claims: Sequence[_Claim]) -> None:
    for shop_id, own in _by_shop(claims).items():
        adopt_scans(tx, shop_id, [(claim.label.carrier, claim.label.waybill, claim.place) for claim in own])


def _compare(
    tx: Tx[Policy], unclear: Sequence[tuple[int, Label]], verdicts: Mapping[int, Verdict]
) -> dict[int, Verdict]:
    """The verdict on labels whose number may name a parcel already, or whose fulfilment takes no new one."""
    if not unclear:
        return {}
    held = {
        (row.carrier, row.waybill): row
        for row in tx.rows(
            "select w.carrier, w.waybill, w.fulfilment_id, p.weight_g, p.length_mm, p.width_mm, p.height_mm, "
            "p.voided_at from json_to_recordset(cast(:rows as json)) as r(c text, w text) "
            "join waybills w on w.carrier = r.c and w.waybill = r.w and w.parcel_id is not null "
            "left join parcels p on p.shop_id = w.shop_id and p.parcel_id = w.parcel_id",
            rows=as_json({"c": label.carrier, "w": label.waybill} for _, label in unclear),
        )
    }
    found = {}
    for index, label in unclear:
        row = held.get(label.number)
        if row is None:
            found[index] = verdicts[index]
        elif row.fulfilment_id != label.fulfilment_id:
            found[index] = refused("waybill.taken")
        elif row.voided_at is not None:
            found[index] = refused("label.voided")
        elif (row.weight_g, row.length_mm, row.width_mm, row.height_mm) == label.figures:
            found[index] = ALREADY
        else:
            found[index] = refused("label.differs")
    return found


def _by_shop(claims: Sequence[_Claim]) -> dict[int, list[_Claim]]:
    shops: dict[int, list[_Claim]] = {}
    for claim in claims:
        shops.setdefault(claim.row.shop_id, []).append(claim)
    return dict(sorted(shops.items()))
