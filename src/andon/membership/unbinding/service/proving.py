"""The proof by trying: what a letter has closed is tried, and every answer is recorded. Source: EXIT-3, EXIT-6."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row

from andon.kernel.line import Claim
from andon.kernel.rows import as_json
from andon.kernel.tx import Tx
from andon.membership.unbinding.events import LetterProven, LetterUnproven
from andon.membership.unbinding.rules import attempts_on, is_refused, said_code
from andon.membership.unbinding.tables import REVOCATION_TRY_IDS
from andon.orders.push.views import waiting_for
from andon.platform.notices.service import Notice, tell
from andon.platform.policies.rules import Policy
from andon.ports.trying import Attempt, LiveKey, Tried

LEASE = timedelta(minutes=5)
"""How long a worker has a letter to try, in machine time."""
AGAIN = timedelta(hours=1)
"""When it is tried again where something still opened."""


TO_PROVE = Claim(
    "letters",
    "letter_id",
    "due_at is not null",
    "due_at",
    ("binding_id", "supplier_id", "leased_until"),
)


@dataclass(frozen=True, slots=True)
class Case:
    """A signed letter, what of the shop a supplier could name, and the keys by which it would."""

    shop_id: int
    letter_id: int
    binding_id: int
    supplier_id: int
    keys: tuple[LiveKey, ...]
    attempts: tuple[Attempt, ...]


@dataclass(frozen=True, slots=True)
class Proof:
    """What came of the tries of a letter: the calls, and the tables in which a row was seen or not."""

    case: Case
    calls: Sequence[Tried]
    tables: Mapping[str, bool]


def claim_cases(tx: Tx[Policy], limit: int) -> list[Case]:
    """Lease the letters that are to be tried, with all that is needed for it."""
    wall = tx.wall()
    claimed = [row for row in TO_PROVE.take(tx, limit) if not _is_leased(row, wall)]
    if claimed:
        tx.put(
            "update letters set leased_until = :lease from json_to_recordset(cast(:rows as json)) as r(s bigint, l bigint) "
            "where shop_id = r.s and letter_id = r.l",
            lease=wall + LEASE,
            rows=as_json({"s": row.shop_id, "l": row.letter_id} for row in claimed),
        )
    return [_case(tx, row, wall) for row in claimed]


def record_tries(tx: Tx[Policy], proofs: Sequence[Proof]) -> None:
    """Write down what was tried; a letter is proven where nothing opened, else the operator is told and it is tried again.

    Whether the push station would send something of the shop is asked here. Source: EXIT-3.
    """
    tx.hold({proof.case.shop_id for proof in proofs})
    for proof in proofs:
        case = proof.case
        rows = _rows(proof, waiting_for(tx, case.shop_id, case.supplier_id))
        _write(tx, case, rows)
        still_open = sorted({row["w"] for row in rows if not row["r"]})
        _settle(tx, case, len(rows), still_open)


def _is_leased(row: Row[Any], wall: datetime) -> bool:
    # A lease that ends later than any that is given was given before the machine's clock was put back.
    return row.leased_until is not None and wall <= row.leased_until <= wall + LEASE


def _case(tx: Tx[Policy], row: Row[Any], wall: datetime) -> Case:
    keys = tx.rows(
        "select key_id, secret_hash from keys where party = 'supplier' and party_id = cast(:supplier as text) "
        "and revoked_at is null and (expires_at is null or expires_at > :wall) order by key_id",
        supplier=row.supplier_id,
        wall=wall,
    )
    return Case(
        row.shop_id,
        row.letter_id,
        row.binding_id,
        row.supplier_id,
        tuple(LiveKey(key.key_id, bytes(key.secret_hash)) for key in keys),
        tuple(attempts_on(_things(tx, row.shop_id, row.supplier_id))),
    )


def _things(tx: Tx[Policy], shop_id: int, supplier_id: int) -> dict[str, Any]:
    """Things of the shop that the supplier has had to do with, the latest of each kind, by their names in paths."""
    found = tx.one(
        "select f.fulfilment_id, p.parcel_id, p.carrier, p.waybill, "
        "(select push_id from pushes u where u.shop_id = f.shop_id and u.fulfilment_id = f.fulfilment_id "
        "order by push_id desc limit 1) as push_id, "
        "(select item from fulfilment_lines l where l.shop_id = f.shop_id and l.fulfilment_id = f.fulfilment_id "
        "order by line_no limit 1) as item "
        "from (select shop_id, fulfilment_id from fulfilments where shop_id = :shop and supplier_id = :supplier "
        "order by fulfilment_id desc limit 1) f left join lateral (select * from parcels "
        "where shop_id = f.shop_id and fulfilment_id = f.fulfilment_id order by parcel_id desc limit 1) p on true",
        shop=shop_id,
        supplier=supplier_id,
    )
    known = {} if found is None else dict(found._mapping)  # noqa: SLF001 - the row's own mapping, by SQLAlchemy's name
    return {"shop_id": shop_id} | {name: value for name, value in known.items() if value is not None}


def _rows(proof: Proof, pushes: int) -> list[dict[str, Any]]:
    shop_id = proof.case.shop_id
    calls = [
        {"k": t.key_id, "w": t.named, "s": t.status, "c": said_code(t), "r": is_refused(t, shop_id)}
        for t in proof.calls
    ]
    looks = [
        {"k": None, "w": f"select {table}", "s": None, "c": None, "r": not seen}
        for table, seen in sorted(proof.tables.items())
    ]
    return [*calls, *looks, {"k": None, "w": "push", "s": None, "c": None, "r": pushes == 0}]


def _write(tx: Tx[Policy], case: Case, rows: Sequence[Mapping[str, Any]]) -> None:
    tx.put(
        "insert into revocation_tries (shop_id, try_id, letter_id, key_id, tried, status, code, refused, at) "
        f"select :shop, nextval('{REVOCATION_TRY_IDS.name}'), :letter, r.k, r.w, r.s, r.c, r.r, :now "
        "from json_to_recordset(cast(:rows as json)) as r(k bigint, w text, s int, c text, r boolean)",
        shop=case.shop_id,
        letter=case.letter_id,
        rows=as_json(rows),
        now=tx.now,
    )


def _settle(tx: Tx[Policy], case: Case, tries: int, still_open: list[str]) -> None:
    again: datetime | None = tx.now + AGAIN if still_open else None
    tx.put(
        "update letters set leased_until = null, due_at = :again, "
        "proven_at = case when cast(:again as timestamptz) is null then cast(:now as timestamptz) end "
        "where shop_id = :shop and letter_id = :letter",
        again=again,
        now=tx.now,
        shop=case.shop_id,
        letter=case.letter_id,
    )
    shop_id, letter_id, binding_id = case.shop_id, case.letter_id, case.binding_id
    if not still_open:
        tx.emit(LetterProven(shop_id=shop_id, letter_id=letter_id, binding_id=binding_id, tries=tries))
        return
    tx.emit(LetterUnproven(shop_id=shop_id, letter_id=letter_id, binding_id=binding_id, open=still_open))
    facts = {"letter_id": letter_id, "supplier_id": case.supplier_id, "list": still_open}
    tell(tx, [Notice(shop_id, "operator", "letter.unproven", facts=facts)])
