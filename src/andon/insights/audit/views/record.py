"""The record: the events are those that were sealed, every seal is ours, and none has gone."""

import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, text

from andon.insights.audit.rules import Check, Finding, Offence
from andon.kernel.jws import read
from andon.kernel.rows import as_json
from andon.platform.keyring.views import VerifyingKey
from andon.platform.record.rules import CONTENT, Reach, Seal, Signed, faults_of, hash_of, instant
from andon.platform.record.service import REACH
from andon.ports.anchoring import Anchor

RECORD = (
    Check(
        "record_sealed",
        {
            "en": "Sealed events are what they were: none changed, removed, inserted or moved",
            "zh-CN": "已封存的事件与封存时一致：未被更改、删除、插入或调换",
        },
        f"""
        select s.shop_id, s.seal_no, s.first_event, s.last_event, s.events, c.events as found
        from (select *, lag(last_event) over chain as after, coalesce(lag(seal_no) over chain, 0) as above,
                coalesce(encode(sha256(convert_to(lag(jws) over chain, 'UTF8')), 'hex'), '') as before
              from seals window chain as (partition by shop_id order by seal_no)) s
        cross join lateral (
          select min(e.event_id) as first_event, max(e.event_id) as last_event, count(*) as events, {CONTENT} as content
          from events e where e.shop_id = s.shop_id and e.event_id <= s.last_event
            and e.event_id > coalesce(s.after, -9223372036854775808)
        ) c
        where (s.seal_no, s.previous, s.first_event, s.last_event, s.events, s.content)
          is distinct from (s.above + 1, s.before, c.first_event, c.last_event, c.events, c.content)
        """,
    ),
)

SIGNED = {
    "en": "Every seal follows the one before it and says what this Andon signed",
    "zh-CN": "每个封存值首尾相接，且与本系统签名的内容一致",
}
ANCHORED = {
    "en": "Every seal that was anchored outside the database is still there: no tail was cut",
    "zh-CN": "数据库外留存的封存值均在：记录尾部未被截去",
}


RETIRED = {
    "en": "No key has sealed anything since it was retired, nor was what it had sealed replaced",
    "zh-CN": "停用的密钥此后未再封存任何内容，其已封存的内容也未被替换",
}


def prove_record(
    connection: Connection, keys: Sequence[VerifyingKey], anchors: Sequence[Anchor], *, sample: int
) -> list[Finding]:
    """Whether every seal is signed by one of these keys and in line, and is there that was anchored; writes nothing.

    The keys are the newest first. What the seals cover is `record_sealed`'s to look at.
    """
    began = time.monotonic()
    reached = [Reach() for _ in keys]

    def looked() -> Iterator[tuple[Signed, bytes | None]]:
        for signed in seals_of(connection):
            place, said = _said(signed, keys)
            # What an older key had sealed, the newer ones found there.
            for reach in reached[: place + 1]:
                reach.take(signed.seal.shop_id, signed.seal.seal_no, signed.hash)
            yield signed, said

    faults = [
        {"shop_id": each.shop_id, "seal_no": each.seal_no, "code": each.code} for each in faults_of(looked())
    ]
    signed = _found("record_signed", SIGNED, faults, sample, began)
    strayed = [
        {"kid": key.jwk["kid"]}
        for key, reach in zip(keys[1:], reached[1:], strict=True)
        if key.facts[REACH] != reach.hash()
    ]
    retired = _found("record_retired", RETIRED, strayed, sample, began)
    began = time.monotonic()
    stands = _standing(connection, anchors)
    lost = [
        {"shop_id": each.shop_id, "seal_no": each.seal_no, "hash": each.hash}
        for each in anchors
        if stands.get((each.shop_id, each.seal_no)) != each.hash
    ]
    return [signed, retired, _found("record_anchored", ANCHORED, lost, sample, began)]


def _said(signed: Signed, keys: Sequence[VerifyingKey]) -> tuple[int, bytes | None]:
    """The place of the key that signed a seal, and what it says; -1 and None for one that none of them signed."""
    for place, key in enumerate(keys):
        if (said := read(signed.jws, key.jwk)) is not None:
            return place, said
    return -1, None


def seals_of(connection: Connection) -> Iterator[Signed]:
    """Every seal, by shop and number."""
    rows = connection.execute(
        text("select * from seals order by shop_id, seal_no"), execution_options={"yield_per": 1000}
    )
    for row in rows:
        yield _signed(row)


def _signed(row: Row[Any]) -> Signed:
    seal = Seal(
        row.shop_id,
        row.seal_no,
        row.first_event,
        row.last_event,
        row.events,
        row.content,
        row.previous,
        instant(row.sealed_at),
    )
    return Signed(seal, row.jws)


def _standing(connection: Connection, anchors: Sequence[Anchor]) -> dict[tuple[int, int], str]:
    """The hashes of the seals that stand where the anchors are."""
    rows = connection.execute(
        text(
            "select shop_id, seal_no, jws from seals join json_to_recordset(cast(:anchors as json)) "
            "as a(s bigint, n bigint) on shop_id = a.s and seal_no = a.n"
        ),
        {"anchors": as_json({"s": each.shop_id, "n": each.seal_no} for each in anchors)},
    )
    return {(row.shop_id, row.seal_no): hash_of(row.jws) for row in rows}


def _found(
    name: str, title: Mapping[str, str], rows: Sequence[Mapping[str, Any]], sample: int, began: float
) -> Finding:
    offences = [Offence(row) for row in rows[:sample]]
    return Finding(name, title, len(rows), offences, time.monotonic() - began)
