"""What every answer tells a browser, so that it does nothing with it that was not meant."""

from collections.abc import Iterable

Header = tuple[bytes, bytes]

_ANSWERS = b"default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
"""Of an answer that is no page nothing is run, loaded or framed."""
_ALWAYS: tuple[Header, ...] = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
)
_UNLESS_SAID: tuple[Header, ...] = ((b"content-security-policy", _ANSWERS), (b"cache-control", b"no-store"))
_OVER_TLS: Header = (b"strict-transport-security", b"max-age=31536000")


def page_policy(nonce: str) -> str:
    """The Content-Security-Policy of a page of ours: its own files alone, and the styles that its script makes.

    What stands in the page itself carries the nonce, fresh for each answer, as do the styles of a library that is
    told it; a style that a script sets on an element is no inline style. Papers are shown in a frame, from us or as a blob.
    """
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src 'self' 'nonce-{nonce}'",
            f"style-src 'self' 'nonce-{nonce}'",
            "img-src 'self' data: blob:",
            "font-src 'self'",
            "connect-src 'self'",
            "frame-src 'self' blob:",
            "form-action 'self'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
        )
    )


def safe(headers: Iterable[Header], *, secure: bool) -> list[Header]:
    """The headers of an answer, with those that it does not say itself; `secure` where it leaves over TLS."""
    given = list(headers)
    said = {name.lower() for name, _ in given}
    given += _ALWAYS
    given += [header for header in _UNLESS_SAID if header[0] not in said]
    if secure:
        given.append(_OVER_TLS)
    return given
