"""Who is written to, of what, and at which hour."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, available_timezones

from andon.kernel.errors import Invalid, codes
from andon.kernel.outside import Ranges, wrong_with

CODES = codes(
    {
        "contact.too_many": ("More contacts than one party has", "联系人数量超出上限"),
        "contact.twice": ("The same contact is given twice", "联系人重复"),
        "contact.address": (
            "A contact is an e-mail address or a robot",
            "联系人须为邮箱或群机器人，二者择一",
        ),
        "contact.email": ("Not an e-mail address", "邮箱地址无效"),
        "contact.url": (
            "A robot's address is https, and public or in the operator's ranges",
            "机器人地址须为https，且为公网地址或平台许可网段",
        ),
        "contact.zone": ("Not a time zone of the IANA database", "时区无效"),
        "contact.time": ("Not a time of day", "时刻无效"),
    }
)

Role = Literal["clerk", "finance", "owner"]

DIGEST = "digest"
"""The kind of the daily message."""

MOST_CONTACTS = 50
LONGEST_EMAIL = 254

ROBOT_GAP = timedelta(seconds=3)
"""How long a robot is left alone between two messages, in machine time: DingTalk and WeCom take 20 a minute."""

ESCALATED = frozenset(
    {
        "fulfilment.unpushed",
        "fulfilment.late_answer",
        "fulfilment.stuck",
        "fulfilment.stale",
        "fulfilment.waiting",
        "cancellation.unanswered",
    }
)
"""What a seller's owners are told of as well, where nobody of the shop has read it in time."""

LOUD = frozenset({"audit.failed", "letter.unproven", "endpoint.broken", "endpoint.removed", DIGEST})
"""What does not wait for quiet hours to end: it holds up all that comes after it, or has an hour of its own."""

_OWNER = ("exit.", "policy.")
_FINANCE = ("charge.", "charges.", "settlement.", "funds.", "statement.")

_LOCAL = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
_EMAIL = re.compile(
    rf"{_LOCAL}@([A-Za-z0-9]([A-Za-z0-9-]{{0,61}}[A-Za-z0-9])?\.)*[A-Za-z][A-Za-z0-9-]{{0,61}}[A-Za-z0-9]"
)
_TIME = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")


@dataclass(frozen=True, slots=True)
class Quiet:
    """The hours of a day, `HH:MM` of a zone, in which nothing is sent; they may pass midnight."""

    since: str
    until: str


@dataclass(frozen=True, slots=True)
class Contact:
    """Somebody to write to: by `email`, or by a `robot` at `url`. `kinds` None: what the role is told of."""

    email: str | None
    robot: str | None
    url: str | None
    secret: str | None
    role: Role
    kinds: tuple[str, ...] | None
    digest_at: str | None
    zone: str
    locale: str
    quiet: Quiet | None

    @property
    def shown(self) -> str:
        """What of its address everybody may see: a robot's is a secret, but for its host."""
        return self.email or f"{self.robot}: {urlsplit(self.url or '').hostname}"


def check_contacts(contacts: Sequence[Contact], allowed: Ranges = ()) -> None:
    """Refuse contacts that nothing can be sent to: Invalid `contact.*`, with the place of the first in the list."""
    if len(contacts) > MOST_CONTACTS:
        raise Invalid("contact.too_many", f"{len(contacts)} contacts, at most {MOST_CONTACTS}")
    seen = set()
    for place, each in enumerate(contacts):
        code = _wrong_in(each, allowed)
        key = (each.email or "").lower() or each.url
        if code is None and key in seen:
            code = "contact.twice"
        if code is not None:
            raise Invalid(code, f"contact {place}", index=place)
        seen.add(key)


def _wrong_in(contact: Contact, allowed: Ranges) -> str | None:
    if (contact.email is None) == (contact.robot is None) or (contact.robot is None) != (contact.url is None):
        return "contact.address"
    if contact.email is not None and not is_email(contact.email):
        return "contact.email"
    if contact.url is not None and wrong_with(contact.url, allowed):
        return "contact.url"
    if contact.zone not in available_timezones():
        return "contact.zone"
    times = [contact.digest_at] + ([contact.quiet.since, contact.quiet.until] if contact.quiet else [])
    return None if all(each is None or _TIME.fullmatch(each) for each in times) else "contact.time"


def is_email(text: str) -> bool:
    """Whether this is a plain address, with nothing in it that a header could be made of."""
    return len(text) <= LONGEST_EMAIL and len(text.partition("@")[0]) <= 64 and bool(_EMAIL.fullmatch(text))


def role_of(kind: str) -> Role:
    """Whose matter a kind is before anybody else's."""
    if kind.startswith(_OWNER):
        return "owner"
    return "finance" if kind.startswith(_FINANCE) else "clerk"


def readers_of(kind: str, roles: Collection[tuple[int, str, Collection[str] | None]]) -> set[int]:
    """Which contacts (number, role, kinds) are told of a kind at once.

    Those that name it; of those that name none the ones whose role it is; where there are none of either, the owners,
    and where it is the owners' and there are none, all that name no kinds.
    """
    named = {number for number, _, kinds in roles if kinds is not None and kind in kinds}
    open_ = [(number, role) for number, role, kinds in roles if kinds is None]
    found = named | {number for number, role in open_ if role == role_of(kind)}
    if found or role_of(kind) != "owner":
        return found or {number for number, role in open_ if role == "owner"}
    return {number for number, _ in open_}


def send_at(kind: str, now: datetime, zone: str, quiet: Quiet | None) -> datetime:
    """When a message of a kind is sent: at once, or when the quiet hours end in which it falls."""
    if quiet is None or kind in LOUD:
        return now
    there = now.astimezone(ZoneInfo(zone))
    since, until = time.fromisoformat(quiet.since), time.fromisoformat(quiet.until)
    at = there.time()
    falls_in = since <= at < until if since <= until else (at >= since or at < until)
    return next_time(now, zone, quiet.until) if falls_in else now


def next_digest(now: datetime, zone: str, at: str) -> datetime:
    """The first instant after `now` at which it is `at` in that zone."""
    return next_time(now, zone, at)


def next_time(now: datetime, zone: str, at: str) -> datetime:
    """The first instant after `now` at which it is `at`, HH:MM, in that zone; after the change where one skips it."""
    there = ZoneInfo(zone)
    day = now.astimezone(there).date()
    for later in range(3):
        found = datetime.combine(day + timedelta(days=later), time.fromisoformat(at), there).astimezone(UTC)
        if found > now:
            return found
    raise AssertionError("one of three days lies ahead")
