"""A shop's record as it is handed out: every sealed event's line, and after those of each seal the seal."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, TypeVar

import orjson

from andon.kernel.errors import NotFound
from andon.kernel.tx import Tx
from andon.platform.policies.rules import Policy
from andon.platform.record.rules import FIRST, LINE, hash_of

T = TypeVar("T")
Ask = Callable[[Callable[[Tx[Policy]], T]], T]
"""Asks in a transaction of its own, so that a long record holds no snapshot open."""

FORM = "andon-record-1"

Sealed = tuple[int, int, str, str]
"""A seal: its number, its last event, its signed form, and the lines that it covers."""


def record_of(ask: "Ask[Sealed | None]", shop_id: int, keys: Sequence[Mapping[str, str]]) -> Iterator[bytes]:
    """The record as lines of JSON, a seal at a time: what it is, events and seals, and where it ends.

    Whoever has the keys, from elsewhere, can prove it; how far it went stands in its last line.
    """
    yield _line({"record": FORM, "shop_id": shop_id, "keys": keys})
    number, newest = 0, FIRST
    last: int | None = None
    while True:
        found = ask(partial(_next, shop_id=shop_id, seal_no=number, event_id=last))
        if found is None:
            break
        number, last, jws, lines = found
        newest = hash_of(jws)
        yield lines.encode()
        yield _line({"seal": jws})
    yield _line({"end": {"seal_no": number, "hash": newest}})


def part_of_record(
    ask: "Ask[tuple[str, Sealed] | None]", shop_id: int, keys: Sequence[Mapping[str, str]], seal_no: int
) -> Iterator[bytes]:
    """One seal's part of the record, in the same form: what the seal before it was, its events, itself.

    It proves these events by the keys; that nothing is missing before or after them, the whole record proves.
    Raises NotFound `record.not_sealed`, before a line is made.
    """
    found = ask(partial(_numbered, shop_id=shop_id, seal_no=seal_no))
    if found is None:
        raise NotFound("record.not_sealed")
    previous, (number, _, jws, lines) = found
    return iter(
        [
            _line(
                {
                    "record": FORM,
                    "shop_id": shop_id,
                    "after": {"seal_no": seal_no - 1, "hash": previous},
                    "keys": keys,
                }
            ),
            lines.encode(),
            _line({"seal": jws}),
            _line({"end": {"seal_no": number, "hash": hash_of(jws)}}),
        ]
    )


def _numbered(tx: Tx[Policy], shop_id: int, seal_no: int) -> tuple[str, Sealed] | None:
    seal = tx.one(
        "select first_event, previous from seals where shop_id = :shop and seal_no = :seal",
        shop=shop_id,
        seal=seal_no,
    )
    if seal is None:
        return None
    sealed = _next(tx, shop_id, seal_no - 1, seal.first_event - 1)
    return None if sealed is None else (seal.previous, sealed)


def _next(tx: Tx[Policy], shop_id: int, seal_no: int, event_id: int | None) -> Sealed | None:
    seal = tx.one(
        "select seal_no, last_event, jws from seals where shop_id = :shop and seal_no > :seal order by seal_no limit 1",
        shop=shop_id,
        seal=seal_no,
    )
    if seal is None:
        return None
    [lines] = tx.rows(
        f"select coalesce(string_agg({LINE}, '' order by e.event_id), '') as lines from events e "
        "where e.shop_id = :shop and e.event_id <= :last "
        "and e.event_id > coalesce(cast(:after as bigint), -9223372036854775808)",
        shop=shop_id,
        last=seal.last_event,
        after=event_id,
    )
    return seal.seal_no, seal.last_event, seal.jws, lines.lines


def _line(said: Mapping[str, Any]) -> bytes:
    return orjson.dumps(said) + b"\n"
