"""Keys and what they open: their form, the parties, the scopes, and who may call what."""

import hashlib
import re
import zlib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from andon.kernel.errors import Forbidden, Invalid, NotFound, Unknown, codes
from andon.platform.people.permissions import OWN, PERSON

CODES = codes(
    {
        "credentials.missing": ("A key is needed", "缺少 API 密钥"),
        "credentials.malformed": ("Not a key of Andon", "API 密钥格式错误"),
        "credentials.unknown": ("No such key, or no longer", "API 密钥无效或已吊销"),
        "credentials.party": ("This call is not for this party", "该身份不能调用此接口"),
        "credentials.scope": ("The key lacks the scope", "API 密钥缺少所需权限"),
        "key.scope": ("No such scope", "未知的权限范围"),
        "key.party": ("No such party", "未知的身份主体"),
        "key.not_found": ("No such key", "密钥不存在"),
        "key.expiry": ("A key ends later than now", "密钥的到期时间须晚于现在"),
        "key.overlap": ("The old key goes on for 30 days at most", "旧密钥最多再用 30 天"),
        "key.ended": ("The key has ended", "密钥已失效"),
        "credentials.test": ("A test key opens nothing where time is real", "测试密钥不能用于正式环境"),
    }
)

PARTIES = ("shop", "supplier", "carrier", "channel", "operator")
NUMBERED = frozenset(("shop", "supplier"))
"""Parties that are known by a number; a carrier and a channel are known by a code, the operator needs neither."""

_READ_AND_WRITE = (
    "shops", "products", "stock", "orders", "bindings", "plan", "charges", "funds", "enrolment", "fulfilments",
    "suppliers", "letters", "exits", "disputes", "returns", "webhooks", "notices", "people", "appeals", "rates",
    "ratings", "violations", "policies",
)  # fmt: skip
SCOPES = frozenset(
    (
        *(f"{what}.{act}" for what in _READ_AND_WRITE for act in ("read", "write")),
        "scans.write",
        "audits.read",
        "keys.write",
        "clock.write",
    )
)
"""Everything that a key may be allowed to do."""

KINDS = ("live", "test")
"""A test key is for an Andon whose clock is moved or scaled; where time is real it opens nothing."""
NOTED_EVERY = timedelta(minutes=1)
"""How often the use of a key is noted, in machine time."""
LONGEST_OVERLAP = timedelta(days=30)
SECRET_BYTES = 32
_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_BODY_DIGITS = 43  # 32 bytes in base 62
_CHECK_DIGITS = 6  # a CRC-32 in base 62
_FORM = re.compile(rf"andon_(?:live|test)_[0-9A-Za-z]{{{_BODY_DIGITS + _CHECK_DIGITS}}}")
_CHANNEL = re.compile(r"[a-z0-9_-]{1,32}")


@dataclass(frozen=True, slots=True)
class Holder:
    """Who calls: by which key or as which person, for which party, and what they may do.

    `party_id` is None for the operator, and for a person who acts for several of their `shops` at once.
    """

    key_id: int | None
    party: str
    party_id: int | str | None
    scopes: frozenset[str]
    user_id: int | None = None
    session_id: int | None = None
    shops: tuple[int, ...] = ()
    unnoted: bool = False
    """Whether the key's use was not noted for a while."""

    granted: tuple[int, ...] = ()
    """The shops whose live grants were read with a supplier's key: they wait only for that transaction."""

    @property
    def name(self) -> str:
        """Who it is, whatever they act for: `key:5` or `user:12`."""
        return f"key:{self.key_id}" if self.user_id is None else f"user:{self.user_id}"


@dataclass(frozen=True, slots=True)
class Allowance:
    """Who may make a call: the parties it is for, and the scope that their keys must hold.

    A supplier makes it where it has a grant, and with `after_grant` where it once had one, too.
    """

    scope: str
    parties: tuple[str, ...]
    after_grant: bool = False

    def __post_init__(self) -> None:
        own = self.parties == (PERSON,)
        assert self.scope in (OWN if own else SCOPES), f"no such scope: {self.scope}"
        assert self.parties, "a call is for somebody"
        assert own or set(self.parties) <= set(PARTIES), f"no such party: {self.parties}"


def secret_of(random: bytes, kind: str = "live") -> str:
    """The key that 32 random bytes make: `andon_live_`, the bytes in base 62, a checksum."""
    assert len(random) == SECRET_BYTES, "a key has 32 random bytes"
    assert kind in KINDS, kind
    body = f"andon_{kind}_{_base62(int.from_bytes(random), _BODY_DIGITS)}"
    return body + _check(body)


def well_formed(secret: str) -> bool:
    """Whether this can be a key: a typing error or another system's key is told without a look-up."""
    body, check = secret[:-_CHECK_DIGITS], secret[-_CHECK_DIGITS:]
    return _FORM.fullmatch(secret) is not None and _check(body) == check


def is_test(secret: str) -> bool:
    """Whether a well-formed key is for tests alone."""
    return secret.startswith("andon_test_")


def hash_of(secret: str) -> bytes:
    """What is kept of a key. It has 256 bits of chance, so a plain SHA-256 gives nothing away."""
    return hashlib.sha256(secret.encode("ascii")).digest()


def bearer_of(header: str | None) -> str:
    """The key in an Authorization header; Unknown where there is none, or none that can be one."""
    if not header:
        raise Unknown("credentials.missing", "send Authorization: Bearer andon_live_…")
    scheme, _, secret = header.partition(" ")
    if scheme.lower() != "bearer" or not well_formed(secret.strip()):
        raise Unknown("credentials.malformed", "a key is andon_live_ and 49 letters and digits")
    return secret.strip()


def party_id_of(party: str, given: str) -> int | str | None:
    """A party's number or code from its text; Invalid `key.party` for one that cannot be."""
    if party == "operator":
        if given:
            raise Invalid("key.party", "an operator has no party_id")
        return None
    if party in NUMBERED:
        if not re.fullmatch(r"[1-9][0-9]{0,17}", given):
            raise Invalid("key.party", f"a {party} is known by its number")
        return int(given)
    if not _CHANNEL.fullmatch(given):
        raise Invalid("key.party", f"a {party} is known by its code")
    return given


def check_scopes(scopes: Iterable[str]) -> list[str]:
    """The scopes in order, each once; Invalid `key.scope` for one that there is not."""
    wanted = sorted(set(scopes))
    if strange := [scope for scope in wanted if scope not in SCOPES]:
        raise Invalid("key.scope", ", ".join(strange), scopes=strange)
    return wanted


def check_allowed(holder: Holder, allowance: Allowance, *, in_shop: bool) -> None:
    """Refuse, with Forbidden, a holder whom the call is not for, or whose key lacks the scope.

    An operator, who holds every scope, also enters a shop (`in_shop`) where the call is for the shop.
    """
    if holder.party == "operator" and (
        "operator" in allowance.parties or (in_shop and "shop" in allowance.parties)
    ):
        return
    if holder.party not in allowance.parties:
        raise Forbidden("credentials.party", f"it is for: {', '.join(allowance.parties)}")
    if allowance.scope not in holder.scopes:
        raise Forbidden("credentials.scope", f"it needs {allowance.scope}", scope=allowance.scope)


def check_own(holder: Holder, party: str, named: str) -> None:
    """Refuse, with NotFound, a path that names another party than the holder's own."""
    if holder.party == party and str(holder.party_id) != named:
        raise NotFound


def granted(shops: Collection[int], shop_id: int | None) -> Sequence[int]:
    """The shops that a supplier sees: its granted ones, or the one that the path names, if that is granted."""
    if shop_id is None:
        return sorted(shops)
    if shop_id not in shops:
        raise NotFound
    return [shop_id]


def _base62(number: int, digits: int) -> str:
    text = ""
    for _ in range(digits):
        number, digit = divmod(number, 62)
        text = _DIGITS[digit] + text
    return text


def _check(body: str) -> str:
    return _base62(zlib.crc32(body.encode("ascii", "replace")), _CHECK_DIGITS)
