"""A seal: what it says of a shop's events, what is signed of it, and what is wrong with one that was changed."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

import orjson

from andon.kernel.errors import codes

CODES = codes({"record.not_sealed": ("There is no such seal", "该封印不存在")})

LINE = (
    "'{\"event_id\":' || e.event_id || ',\"shop_id\":' || e.shop_id || ',\"kind\":' || to_json(e.kind) "
    "|| ',\"subject\":' || to_json(e.subject) || ',\"order_id\":' || coalesce(cast(e.order_id as text), 'null') "
    "|| ',\"at\":' || left(cast(to_json(e.at at time zone 'UTC') as text), -1) || 'Z\"' "
    "|| ',\"recorded_at\":' || left(cast(to_json(e.recorded_at at time zone 'UTC') as text), -1) || 'Z\"' "
    "|| ',\"actor\":' || to_json(e.actor) || ',\"address\":' || coalesce(cast(to_json(e.address) as text), 'null') "
    "|| ',\"policy\":' || to_json(e.policy) || ',\"body\":' || e.body || '}' || chr(10)"
)
"""The line of an event `e`, as the database writes it: what a seal covers, and what an export holds, to the byte.

The body comes last and all before it is quoted, so that no two rows of as many events make the same lines.
"""

CONTENT = f"encode(sha256(convert_to(string_agg({LINE}, '' order by e.event_id), 'UTF8')), 'hex')"
"""The SHA-256 of the lines of many events, in the order of their numbers."""

FIRST = ""
"""What the first seal of a shop has for the one before it."""


@dataclass(frozen=True, slots=True)
class Seal:
    """What a seal says: `events` events, from the one numbered `first_event` to `last_event`, have this `content`.

    `previous` is the hash of the seal before it. `sealed_at` is business time, with microseconds, in UTC.
    """

    shop_id: int
    seal_no: int
    first_event: int
    last_event: int
    events: int
    content: str
    previous: str
    sealed_at: str

    def text(self) -> bytes:
        """What is signed."""
        return orjson.dumps(asdict(self), option=orjson.OPT_SORT_KEYS)


@dataclass(frozen=True, slots=True)
class Signed:
    """A seal with its signed form, a compact JWS."""

    seal: Seal
    jws: str

    @property
    def hash(self) -> str:
        """What the next seal names, and what is anchored outside."""
        return hash_of(self.jws)


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a seal, as a code: where the record was changed."""

    shop_id: int
    seal_no: int
    code: str


class Reach:
    """How far records have been sealed: of each shop, in their order, the last seal that is taken counts."""

    def __init__(self) -> None:
        self._digest = hashlib.sha256()
        self._last: tuple[int, int, str] | None = None

    def take(self, shop_id: int, seal_no: int, seal_hash: str) -> None:
        """The next seal."""
        if self._last is not None and self._last[0] != shop_id:
            self._fold()
        self._last = shop_id, seal_no, seal_hash

    def hash(self) -> str:
        """All of it in one hash; nothing more is taken then."""
        if self._last is not None:
            self._fold()
            self._last = None
        return self._digest.hexdigest()

    def _fold(self) -> None:
        assert self._last is not None
        self._digest.update(orjson.dumps(self._last) + b"\n")


def hash_of(jws: str) -> str:
    """The hash by which a signed seal is known."""
    return hashlib.sha256(jws.encode()).hexdigest()


def instant(at: datetime) -> str:
    """An instant as a seal says it."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def faults_of(seals: Iterable[tuple[Signed, bytes | None]]) -> Iterator[Fault]:
    """What is wrong with seals, in the order of their shops and numbers, each with what its signature says.

    `not_signed` is a seal that no key of ours has signed, `not_its_text` one whose row says something else than it,
    `not_in_line` one that does not follow the one before it.
    """
    shop_id, number, previous, last = None, 0, FIRST, 0
    for each, said in seals:
        seal = each.seal
        if seal.shop_id != shop_id:
            shop_id, number, previous, last = seal.shop_id, 0, FIRST, 0
        if said is None:
            yield Fault(seal.shop_id, seal.seal_no, "not_signed")
        elif said != seal.text():
            yield Fault(seal.shop_id, seal.seal_no, "not_its_text")
        if (seal.seal_no, seal.previous) != (number + 1, previous) or not last < seal.first_event:
            yield Fault(seal.shop_id, seal.seal_no, "not_in_line")
        number, previous, last = seal.seal_no, each.hash, seal.last_event
