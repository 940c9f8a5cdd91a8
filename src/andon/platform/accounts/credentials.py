"""What a caller shows: a key in a header, or the cookie of a session.

A cookie is sent along by a browser whoever's page asks it to. So a command by cookie also carries the session's token
against forgery, and is none that a browser says comes from another site's page.
"""

import hmac
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

from fastapi import Request, Response

from andon.kernel.errors import Forbidden
from andon.kernel.secrets import derive
from andon.platform.accounts.rules import bearer_of, hash_of, is_test
from andon.platform.people.rules import SESSION_FOR, check_party

COOKIE = "__Host-andon"
LOOPBACK_COOKIE = "andon-loopback"
"""The same where a browser would take no secure cookie: over http, on the machine itself alone."""
CSRF_HEADER = "x-csrf-token"
PARTY_HEADER = "andon-party"
READING = frozenset(("GET", "HEAD"))
_OURS = frozenset(("same-origin", "none"))
_LONGEST_TOKEN = 100


@dataclass(frozen=True, slots=True)
class Shown:
    """The SHA-256 of what was shown: a session's, for the party that its person chose to act for, or a key's, perhaps of a test."""

    secret_hash: bytes
    by_cookie: bool = False
    test: bool = False
    party: str | None = None
    tried: bool = False
    """Whether it is the platform itself that tries, inside its own process, what a key still opens."""


def shown_by(request: Request) -> Shown:
    """What the request shows; a key goes before a cookie. Raises Unknown where there is nothing that can be one.

    Raises Forbidden `credentials.forged` for a command by cookie that its person did not send from our pages.
    """
    # No server puts it there: only who calls the application inside its process.
    if isinstance(ours := getattr(request.state, "shown", None), Shown):
        return ours
    header = request.headers.get("authorization")
    token = None if header else cookie_of(request)
    if token is None:
        secret = bearer_of(header)
        return Shown(hash_of(secret), test=is_test(secret))
    if request.method not in READING:
        check_our_page(request)
        given = request.headers.get(CSRF_HEADER, "")
        if not hmac.compare_digest(given.encode(), csrf_token(token).encode()):
            raise Forbidden("credentials.forged", "send X-CSRF-Token as GET /v1/me answers it")
    return Shown(hash_of(token), by_cookie=True, party=check_party(request.headers.get(PARTY_HEADER)))


def cookie_of(request: Request) -> str | None:
    """The session's token in the cookie, if there is one that may be believed."""
    if not is_private(request):
        return None
    token = request.cookies.get(COOKIE if request.url.scheme == "https" else LOOPBACK_COOKIE)
    return token if token and token.isascii() and len(token) <= _LONGEST_TOKEN else None


def csrf_token(token: str) -> str:
    """What a command by this session's cookie carries beside it: made from it, so that nobody else can."""
    return derive(token.encode(), "andon csrf").hex()


def is_private(request: Request) -> bool:
    """Whether nobody on the way can read along: https, or http that does not leave the machine."""
    if request.url.scheme == "https":
        return True
    return bool(request.client) and all(
        _is_loopback(host) for host in (request.client.host if request.client else "", request.url.hostname)
    )


def check_our_page(request: Request) -> None:
    """Refuse, with Forbidden, what a browser says was sent from another site's page."""
    site = request.headers.get("sec-fetch-site")
    origin = request.headers.get("origin")
    if (site is not None and site not in _OURS) or (
        origin is not None and urlsplit(origin).netloc != request.headers.get("host")
    ):
        raise Forbidden("credentials.forged", "it came from another site's page")


def address_of(request: Request) -> str | None:
    """Where a call comes from, as far as that is known: past the proxies that are trusted."""
    try:
        return str(ip_address(request.client.host)) if request.client else None
    except ValueError:
        return None


def check_private(request: Request) -> None:
    """Refuse, with Forbidden, to take a password or to give a session where somebody could read along."""
    if not is_private(request):
        raise Forbidden("sign_in.insecure", "https, or http on the machine itself")
    check_our_page(request)


def give_cookie(request: Request, response: Response, token: str | None) -> None:
    """Let the browser keep the session's token, or forget it."""
    secure = request.url.scheme == "https"
    response.set_cookie(
        COOKIE if secure else LOOPBACK_COOKIE,
        token or "",
        max_age=int(SESSION_FOR.total_seconds()) if token else 0,
        path="/",
        secure=secure,
        httponly=True,
        samesite="strict",
    )


def _is_loopback(host: str | None) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host or "").is_loopback
    except ValueError:
        return False
