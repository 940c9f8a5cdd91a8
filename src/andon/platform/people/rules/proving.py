"""How somebody proves who they are: tries and their pauses, one-time codes, and how long each thing holds.

All of it goes by machine time: an hour of the business may be a second.
"""

import base64
import hashlib
import hmac
import re
from dataclasses import dataclass
from datetime import datetime, timedelta

import pyotp

INVITED_FOR = timedelta(days=7)
RESET_FOR = timedelta(hours=1)
SESSION_FOR = timedelta(days=7)
"""How long a session holds at most, however much it is used."""
IDLE_FOR = timedelta(hours=12)
TOUCHED_EVERY = timedelta(minutes=5)
"""How exactly it is known when a session was last used."""

FREE_TRIES = 5
"""How many tries wait for nothing."""
LONGEST_PAUSE = timedelta(minutes=15)
TRIES_KEPT = timedelta(hours=24)
"""How long tries are remembered after the last."""

STEP_SECONDS = 30
STEPS_ASIDE = 1
"""How many steps a telephone's clock may be off."""
CODES_GIVEN = 10
CODE_BYTES = 10
"""A recovery code has 80 bits of chance, so a plain SHA-256 of it gives nothing away."""


@dataclass(frozen=True, slots=True)
class Tries:
    """How often something was tried in vain, and from when on it may be tried again."""

    failures: int
    free_at: datetime


def another_try(tried: Tries, now: datetime, free: int = FREE_TRIES) -> Tries | None:
    """The tries with one more, counted before it is known to be in vain; None while a pause lasts.

    After `free` tries each pause is twice the one before it, up to a quarter of an hour. One that ends later than any
    that is given was given before the machine's clock was put back. Where no pause was due, two machines' clocks need not agree.
    """
    if tried.failures >= free and now < tried.free_at <= now + LONGEST_PAUSE:
        return None
    failures = tried.failures + 1
    exponent = min(failures - free, 20)
    pause = min(timedelta(seconds=2**exponent), LONGEST_PAUSE) if exponent >= 0 else timedelta()
    return Tries(failures, now + pause)


def step_of(secret: str, code: str, at: datetime, used: int | None) -> int | None:
    """The step of time whose code this is, not before the first after the `used` one; None where it is none's."""
    now = int(at.timestamp()) // STEP_SECONDS
    totp = pyotp.TOTP(secret, interval=STEP_SECONDS)
    fitting = [
        step
        for step in range(now - STEPS_ASIDE, now + STEPS_ASIDE + 1)
        if hmac.compare_digest(totp.generate_otp(step).encode(), code.encode())
    ]
    return next((step for step in fitting if used is None or step > used), None)


def recovery_code(random: bytes) -> str:
    """A recovery code as it is shown: four groups of four letters and digits."""
    assert len(random) == CODE_BYTES, "a code has 80 bits"
    text = base64.b32encode(random).decode()
    return "-".join(text[place : place + 4] for place in range(0, len(text), 4))


def secret_of_code(given: str) -> bytes | None:
    """What is kept of a recovery code, however it was typed; None for what can be none."""
    text = re.sub(r"[\s-]", "", given).upper()
    return hashlib.sha256(text.encode()).digest() if re.fullmatch(r"[A-Z2-7]{16}", text) else None
