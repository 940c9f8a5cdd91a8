"""The tries of what called an endpoint, as they are answered."""

from collections.abc import Sequence
from typing import Protocol

from andon.kernel.http.models import Instant, Out
from andon.kernel.tx import Tx
from andon.platform.policies.rules import Policy


class TryOut(Out):
    """One try: the endpoint's status (null when nothing answered), milliseconds, and the head of its answer.

    `sent_at` is the machine instant at which the body of that hash was sent to `url`, shown without its query.
    """

    at: Instant
    status: int | None
    latency_ms: int
    excerpt: str
    sent_at: Instant | None
    url: str | None
    body_sha256: str | None


class Called(Protocol):
    """What called an endpoint, with a number, of one shop."""

    @property
    def id(self) -> int: ...
    @property
    def shop_id(self) -> int: ...
    @property
    def tries(self) -> list[TryOut]: ...


def add_tries(tx: Tx[Policy], table: str, key: str, called: Sequence[Called]) -> None:
    """Put beside each of these what became of its tries, the first one first; `key` names its number in their `table`."""
    by_id = {each.id: each for each in called}
    if not by_id:
        return
    for row in tx.rows(
        f"select {key} as number, at, status, latency_ms, excerpt, sent_at, url, "
        f"encode(body_sha256, 'hex') as body_sha256 from {table} "
        f"where shop_id = any(:shops) and {key} = any(:numbers) order by try_id",
        shops=sorted({each.shop_id for each in called}),
        numbers=sorted(by_id),
    ):
        by_id[row.number].tries.append(TryOut.model_validate(row))
