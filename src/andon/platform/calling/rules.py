"""When what failed is tried again, what an endpoint's answer means, and when an endpoint is left alone."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal

from andon.kernel.lifecycle import State
from andon.platform.policies.figures import Breaking

GONE = 410
ENDPOINTS_OWN = frozenset({408, GONE, 425, 429})
"""Of 400 to 499, the answers that are no fault of the message."""

ASKS_FOR_TIME = frozenset({429, 503})
"""The answers whose Retry-After is heeded."""


OLD_SECRET_VALID = timedelta(hours=24)
"""How long, in machine time, an endpoint's old secret stays valid after a new one is set."""


class BreakerState(State):
    """Whether an endpoint is called: as ever, once for a probe, or not for a while."""

    CLOSED = 0
    HALF_OPEN = 1
    OPEN = 2


def is_taken(status: int | None) -> bool:
    """Whether the endpoint has taken the message: any status of 200 to 299."""
    return status is not None and 200 <= status < 300


def retry_at(
    now: datetime, failed: int, delays: Sequence[timedelta], jitter_share: Decimal, chance: float
) -> datetime:
    """When a message that has failed `failed` times, this one included, is tried again.

    After the last delay it goes on at that one: whoever gives up does so by itself.
    `chance`, of 0 to 1, is the share of the jitter that is added.
    """
    assert failed > 0, "a message that did not fail is not tried again"
    delay = delays[min(failed, len(delays)) - 1]
    return now + delay * (1 + float(jitter_share) * chance)


def speaks_against(status: int | None) -> bool:
    """Whether an answer, or none, speaks against the endpoint: not if it took the message, or refused this very one."""
    alive = status is not None and (is_taken(status) or 400 <= status < 500)
    return not alive or status in ENDPOINTS_OWN


def without_query(url: str) -> str:
    """An endpoint's address as a try's record shows it: a query may hold what is secret."""
    return url.partition("?")[0]


@dataclass(frozen=True, slots=True)
class Breaker:
    """What an endpoint's row remembers of its answers. All instants are machine time.

    `tries` and `failed` count since `counted_from`. An open one is left alone until `open_until`, then a single push
    probes it. `trips` is how many times it failed in a row. `share` is how many pushes a claim may take while it comes
    back, None where nothing holds it down.
    """

    state: BreakerState = BreakerState.CLOSED
    counted_from: datetime | None = None
    tries: int = 0
    failed: int = 0
    open_until: datetime | None = None
    trips: int = 0
    share: int | None = None

    @property
    def broken(self) -> bool:
        """Whether the endpoint has failed and not come back since; one that only asked for time has not failed."""
        return self.state is not BreakerState.CLOSED and self.trips > 0


@dataclass(frozen=True, slots=True)
class Heard:
    """What the messages of one claim met.

    `tries` counts those that were tried and those that silence held up; `failed` how many of them failed by the
    endpoint's fault; `rest` is how long it asked to be left alone.
    """

    tries: int
    failed: int
    rest: timedelta = timedelta(0)


def breaker_after(breaker: Breaker, heard: Heard, wall: datetime, figures: Breaking, most: int) -> Breaker:
    """The breaker after a claim's messages, at machine time `wall`; `most` is a claim's whole share.

    It opens when within the window enough tries were made *and* too great a share of them failed, so that one push
    that fails again and again opens nothing. A failed probe opens it for longer, an answered one closes it; then the
    share grows with each clean claim: 1, 2, 4 … An endpoint that asks for time is left alone for it.
    """
    if not heard.tries:
        return breaker
    if breaker.state is BreakerState.CLOSED:
        breaker = _counted(breaker, heard, wall, figures.window)
        fails = breaker.tries >= figures.tries and breaker.failed >= figures.share * breaker.tries
    else:
        fails = heard.failed > 0
    trips = breaker.trips + fails
    rest = min(heard.rest, figures.longest_rest)
    if fails or rest:
        until = wall + max(rest, cool_off(trips, figures) if fails else rest)
        return Breaker(BreakerState.OPEN, open_until=until, trips=trips, share=1)
    if breaker.state is not BreakerState.CLOSED:
        return Breaker(trips=trips, share=1)
    if breaker.share is None or heard.failed:
        return breaker
    if breaker.share * 2 < most:
        return replace(breaker, share=breaker.share * 2)
    return replace(breaker, share=None, trips=0)


def keeps_its_place(before: Breaker, after: Breaker, *, ordered: bool) -> bool:
    """Whether a push that failed stays where it is in the queue, its schedule untouched: its endpoint is left alone.

    Where no order is kept a failed probe goes by its schedule, so that the next probe is another push: one that is
    refused for its own sake keeps no endpoint closed.
    """
    tripped = before.state is BreakerState.CLOSED
    return after.state is BreakerState.OPEN and (tripped or ordered)


def _counted(breaker: Breaker, heard: Heard, wall: datetime, window: timedelta) -> Breaker:
    """With this claim counted; from nothing where the window is over, or the machine's clock was put back."""
    begun = breaker.counted_from
    if begun is None or not begun <= wall < begun + window:
        return replace(breaker, counted_from=wall, tries=heard.tries, failed=heard.failed)
    return replace(breaker, tries=breaker.tries + heard.tries, failed=breaker.failed + heard.failed)


def cool_off(trips: int, figures: Breaking) -> timedelta:
    """How long, in machine time, an endpoint is left alone that has failed so many times in a row."""
    assert trips > 0, "what has not failed does not cool off"
    return min(figures.cool_off * (1 << min(trips - 1, 20)), figures.longest_cool_off)
