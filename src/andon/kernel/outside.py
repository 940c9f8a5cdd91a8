"""Where others may have us call: which addresses are open to anybody's wish, and which an operator must allow.

Whoever sets an endpoint chooses where this machine connects to. What only this machine, its network or its host can
reach is closed, unless the operator's ranges name it.
"""

import re
from collections.abc import Collection
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from urllib.parse import SplitResult, urlsplit

from andon.kernel.errors import Invalid, codes

CODES = codes(
    {
        "endpoint.url": ("Not a plain http or https address", "地址须为http或https"),
        "endpoint.https": ("An address outside the operator's ranges is https", "非平台许可网段须使用https"),
        "endpoint.port": (
            "Ports below 1024 other than 80 and 443 are not called",
            "1024以下仅可使用80和443端口",
        ),
        "endpoint.address": ("The address is not one that may be called", "该地址不允许访问"),
    }
)

Ranges = tuple[IPv4Network | IPv6Network, ...]

LOOPBACK: Ranges = (ip_network("127.0.0.0/8"), ip_network("::1/128"))
"""This machine itself: what a demonstration and tests allow."""

LONGEST_URL = 2_000
WELL_KNOWN_PORTS = 1024
WEB_PORTS = frozenset({80, 443})
"""Of the well-known ports those that may be called on the public internet: no mail server is made to read what is meant for another."""

_HOST = re.compile(r"[a-z0-9._-]+|[0-9a-f:.]*:[0-9a-f:.]*")
_NUMERIC = re.compile(r"0x[0-9a-f]*|[0-9]+")
_LOCAL_NAMES = ("localhost", "local", "internal", "lan", "home.arpa")
_UNICAST = ip_network("2000::/3")
_CARRIES_IPV4 = (ip_network("::ffff:0:0/96"), ip_network("64:ff9b::/96"))
"""Addresses whose last four bytes are the one that is really called: mapped ones, and those of NAT64."""

_CLOSED = tuple(
    map(
        ip_network,
        (
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
            "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
            "224.0.0.0/4", "240.0.0.0/4",
            "168.63.129.16/32",  # public by its number, and yet the host of every machine at Azure
            "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20",
        ),
    )
)  # fmt: skip
"""What the registries of special addresses (IANA) keep from the public internet, and what tunnels to it."""


def read_ranges(text: str) -> Ranges:
    """Ranges as an operator writes them: `10.0.0.0/8, fd00::/8, 192.0.2.7`. Raises ValueError."""
    return tuple(ip_network(each.strip()) for each in text.split(",") if each.strip())


def is_allowed(address: str, ranges: Ranges) -> bool:
    """Whether the operator's ranges name this address."""
    return any(form in each for form in _forms(address) for each in ranges)


def is_open(address: str) -> bool:
    """Whether this address is the public internet's."""
    called = _forms(address)[-1]
    if isinstance(called, IPv6Address) and called not in _UNICAST:
        return False
    return not any(called in each for each in _CLOSED)


def why_not(addresses: Collection[str], url: SplitResult, allowed: Ranges) -> str | None:
    """The code by which an address whose host stands for these is not called; None where it may be.

    All of them count: of a name that stands for an open and a closed one nobody knows which is meant.
    """
    outside = [each for each in addresses if not is_allowed(each, allowed)]
    if not addresses or not all(map(is_open, outside)):
        return "endpoint.address"
    return _wrong_outside(url) if outside else None


def check_url(url: str, allowed: Ranges = ()) -> None:
    """Refuse with Invalid `endpoint.*` what cannot be called: no plain address, or one that is closed.

    A name is looked up only when it is called, and judged then; one that can only be local is refused where the
    operator allows nothing.
    """
    code = wrong_with(url, allowed)
    if code == "endpoint.url":
        raise Invalid(code, "an http or https address with a host, and neither password nor fragment")
    if code is not None:
        raise Invalid(code)


def wrong_with(url: str, allowed: Ranges) -> str | None:
    """The code by which an address is refused when it is set; None where it is taken."""
    parts = _parts(url)
    if parts is None:
        return "endpoint.url"
    host = (parts.hostname or "").rstrip(".")
    if address := literal(host):
        return why_not([address], parts, allowed)
    if host.rpartition(".")[2] == "localhost":
        return why_not(["127.0.0.1", "::1"], parts, allowed)
    if allowed:
        return None
    if "." not in host or host.endswith(tuple(f".{name}" for name in _LOCAL_NAMES)):
        return "endpoint.address"
    return _wrong_outside(parts)


def literal(host: str) -> str | None:
    """The address that a host is, where it is one and no name."""
    try:
        return str(ip_address(host))
    except ValueError:
        return None


def _wrong_outside(url: SplitResult) -> str | None:
    """The code by which an address is not called on the public internet."""
    if url.scheme != "https":
        return "endpoint.https"
    port = url.port or 443
    return None if port in WEB_PORTS or port >= WELL_KNOWN_PORTS else "endpoint.port"


def _parts(url: str) -> SplitResult | None:
    """An address in its parts; None where it is not one that can be called."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    host = parts.hostname or ""
    last = host.rstrip(".").rpartition(".")[2]
    sound = (
        len(url) <= LONGEST_URL
        and url.isascii()
        and url.isprintable()
        and " " not in url
        and parts.scheme in {"http", "https"}
        and bool(_HOST.fullmatch(host))
        # 127.1, 0x7f000001, 2130706433 and 0177.0.0.1 are addresses to some and names to others.
        and (literal(host) is not None or not _NUMERIC.fullmatch(last))
        and port != 0
        and parts.username is None
        and parts.password is None
        and not parts.fragment
    )
    return parts if sound else None


def _forms(address: str) -> tuple[IPv4Address | IPv6Address, ...]:
    """An address as it is written, and last as the one that is really called."""
    written = ip_address(address.partition("%")[0])
    if isinstance(written, IPv6Address) and any(written in each for each in _CARRIES_IPV4):
        return written, IPv4Address(written.packed[-4:])
    return (written,)
