"""Passwords: hashed by Argon2id, a few at a time, and refused where they are on the lists that are tried first."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from zxcvbn_rs_py import zxcvbn

from andon.kernel.errors import Invalid, Unavailable
from andon.platform.people.rules.forms import check_password, guesses_of, is_about

_HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
"""OWASP's figures: 19 MiB a hash."""
_AT_ONCE = BoundedSemaphore(4)
_PATIENCE_SECONDS = 5.0
LEAST_SCORE = 3
"""Of 4: more than 10^8 guesses, by lists of leaked passwords, names, words, keyboards and dates."""


def hash_of_new(password: str, *, name: str, email: str) -> str:
    """What is kept of a new password. Raises Invalid `person.password_*` for one that is short or soon guessed."""
    wanted = check_password(password)
    guesses = list(guesses_of(name, email))
    if is_about(wanted, guesses) or int(zxcvbn(wanted, guesses).score) < LEAST_SCORE:
        raise Invalid(
            "person.password_guessable", "it is on the lists that are tried first, or made like those"
        )
    with _turn():
        return _HASHER.hash(wanted)


def matches(kept: str | None, password: str) -> bool:
    """Whether it is this password. Where none is kept the answer, no, takes as long."""
    try:
        wanted = check_password(password)
    except Invalid:
        wanted = ""  # it takes its time all the same
    with _turn():
        try:
            _HASHER.verify(kept or _nobodys(), wanted)
        except (VerificationError, InvalidHashError):
            return False
    return kept is not None


@cache
def _nobodys() -> str:
    return _HASHER.hash("nobody has this password")


@contextmanager
def _turn() -> Iterator[None]:
    """One of the few hashes at once: each takes memory, and strangers ask for them."""
    if not _AT_ONCE.acquire(timeout=_PATIENCE_SECONDS):
        raise Unavailable("too many sign in at once")
    try:
        yield
    finally:
        _AT_ONCE.release()
