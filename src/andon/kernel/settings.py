"""What the environment sets. Read once, at the edge; nothing else looks at the environment."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from ipaddress import ip_network
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

from andon.kernel.failpoints import Failpoint, read_failpoints
from andon.kernel.outside import Ranges, read_ranges

T = TypeVar("T")

CLOCKS = ("real", "scaled", "manual")
LOG_LEVELS = ("debug", "info", "warning", "error")
SHORTEST_SECRET_BYTES = 16


class BadSetting(ValueError):
    """A variable of the environment says something that cannot be; the text names it."""

    def __init__(self, variable: str, value: str, why: str) -> None:
        self.variable = variable
        super().__init__(f"{variable}={value!r}: {why}")


@dataclass(frozen=True)
class Settings:
    """How this Andon runs: where its data lies, which server it uses, how its clock goes."""

    home: Path
    database_url: str | None = field(default=None, repr=False)
    clock: str = "real"
    clock_rate: float = 1.0
    data: Path = Path("../shared/data")
    log_level: str = "info"
    secret_key: bytes | None = field(default=None, repr=False)
    next_secret_key: bytes | None = field(default=None, repr=False)
    app_database_url: str | None = field(default=None, repr=False)
    line_database_url: str | None = field(default=None, repr=False)
    pool_size: int = 10
    smtp_url: str | None = field(default=None, repr=False)
    public_url: str | None = None
    trusted_proxies: tuple[str, ...] = ()
    allowed_ranges: Ranges | None = None
    signing_certificate: Path | None = None
    signing_passphrase: str | None = field(default=None, repr=False)
    calls_per_second: int = 2_000
    stranger_calls_per_second: int = 200
    failpoints: tuple[Failpoint, ...] = ()

    @classmethod
    def from_env(cls, environ: Mapping[str, str] = os.environ) -> "Settings":
        """The settings that the environment gives. Raises BadSetting, which names the variable."""

        def read(name: str, parse: Callable[[str], T], default: T) -> T:
            text = environ.get(name, "")
            if not text.strip():
                return default
            try:
                return parse(text)
            except ValueError as why:
                shown = "…" if "SECRET" in name or "URL" in name else text
                raise BadSetting(name, shown, str(why)) from None

        return cls(
            home=read("ANDON_HOME", _folder, _default_home(environ)),
            database_url=read("ANDON_DATABASE_URL", _postgres_url, None),
            clock=read("ANDON_CLOCK", _one_of(*CLOCKS), "real"),
            clock_rate=read("ANDON_CLOCK_RATE", _rate, 1.0),
            data=read("ANDON_DATA", _folder, _checkout().parent / "shared" / "data"),
            log_level=read("ANDON_LOG_LEVEL", _one_of(*LOG_LEVELS), "info"),
            secret_key=read("ANDON_SECRET_KEY", _secret, None),
            next_secret_key=read("ANDON_NEXT_SECRET_KEY", _secret, None),
            app_database_url=read("ANDON_APP_DATABASE_URL", _postgres_url, None),
            line_database_url=read("ANDON_LINE_DATABASE_URL", _postgres_url, None),
            pool_size=read("ANDON_POOL_SIZE", _pool_size, 10),
            smtp_url=read("ANDON_SMTP_URL", _smtp_url, None),
            public_url=read("ANDON_PUBLIC_URL", _web_url, None),
            trusted_proxies=read("ANDON_TRUSTED_PROXIES", _networks, ()),
            allowed_ranges=read("ANDON_ALLOWED_RANGES", read_ranges, None),
            signing_certificate=read("ANDON_SIGNING_CERTIFICATE", _folder, None),
            signing_passphrase=read("ANDON_SIGNING_PASSPHRASE", str, None),
            calls_per_second=read("ANDON_CALLS_PER_SECOND", _rate_limit, 2_000),
            stranger_calls_per_second=read("ANDON_STRANGER_CALLS_PER_SECOND", _rate_limit, 200),
            failpoints=read("ANDON_FAILPOINTS", read_failpoints, ()),
        )


def _default_home(environ: Mapping[str, str]) -> Path:
    if os.geteuid() == 0:
        return Path("/var/lib/andon")
    given = environ.get("XDG_DATA_HOME", "")
    # The XDG specification: a path that is not absolute is ignored.
    shares = Path(given) if given.startswith("/") else Path.home() / ".local" / "share"
    return shares / "andon"


def _checkout() -> Path:
    return Path(__file__).resolve().parents[3]


def _folder(text: str) -> Path:
    if "\0" in text or "\n" in text:
        raise ValueError("not a path")
    return Path(text).expanduser().absolute()


def _postgres_url(text: str) -> str:
    if not text.startswith(("postgresql://", "postgres://", "postgresql+psycopg://")):
        raise ValueError(
            "not a PostgreSQL address: it has the form postgresql://user:password@host:5432/andon"
        )
    return text


def _smtp_url(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname or parts.port == 0:
        raise ValueError(
            "not a mail server: it has the form smtp://user:password@host:587?from=andon@example.com"
        )
    return text


def _web_url(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise ValueError("not where people find Andon's pages: it has the form https://andon.example.com")
    return text.rstrip("/")


def _networks(text: str) -> tuple[str, ...]:
    try:
        return tuple(str(ip_network(part.strip())) for part in text.split(","))
    except ValueError as why:
        raise ValueError(f"addresses or networks with commas between, such as 10.0.0.0/8: {why}") from None


def _one_of(*words: str) -> Callable[[str], str]:
    def parse(text: str) -> str:
        if text.strip().lower() not in words:
            raise ValueError(f"one of {', '.join(words)}")
        return text.strip().lower()

    return parse


def _rate(text: str) -> float:
    rate = float(text)
    if not 0 < rate <= 1_000_000:
        raise ValueError("business seconds in a second: more than 0, at most 1000000")
    return rate


def _pool_size(text: str) -> int:
    size = int(text)
    if not 1 <= size <= 1000:
        raise ValueError("connections a process may hold: from 1 to 1000")
    return size


def _rate_limit(text: str) -> int:
    limit = int(text)
    if not 1 <= limit <= 1_000_000:
        raise ValueError("calls in a second: from 1 to 1000000")
    return limit


def _secret(text: str) -> bytes:
    if len(text.encode()) < SHORTEST_SECRET_BYTES:
        raise ValueError(f"at least {SHORTEST_SECRET_BYTES} bytes")
    return text.encode()
