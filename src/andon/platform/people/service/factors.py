"""The second factor: a seed for a telephone, codes that work once, and recovery codes for when it is lost."""

import hashlib
import os
import re
from typing import Any

import pyotp
from sqlalchemy import Row

from andon.kernel.errors import Conflict, Unknown
from andon.kernel.secrets import seal, unseal
from andon.kernel.tx import Tx
from andon.platform.people.events import FactorChanged
from andon.platform.people.rules import CODE_BYTES, CODES_GIVEN, recovery_code, secret_of_code, step_of
from andon.platform.people.service.letters import telling, write_letter
from andon.platform.people.views import user_of
from andon.platform.policies.rules import Policy

ISSUER = "Andon"
_DIGITS = re.compile(r"[0-9]{6}")


def use_factor(tx: Tx[Policy], user: Row[Any], code: str | None, key: bytes) -> str:
    """Take the one-time code of a person, once: answers `totp`, `recovery`, or `none` where they have no second factor.

    Raises Unknown: `sign_in.otp_needed` without one, `sign_in.otp_refused` for one that is wrong or was used.
    """
    if user.totp_since is None:
        return "none"
    if not code:
        raise Unknown("sign_in.otp_needed")
    if _DIGITS.fullmatch(code):
        _take_step(tx, user, code, key)
        return "totp"
    secret = secret_of_code(code)
    if secret is None or not tx.run(
        "delete from recovery_codes where user_id = :user and code_hash = :hash",
        user=user.user_id,
        hash=secret,
    ):
        raise Unknown("sign_in.otp_refused")
    return "recovery"


def begin_factor(tx: Tx[Policy], user_id: int, key: bytes) -> tuple[str, str]:
    """A fresh seed and its address for a telephone; it counts once a code of it was shown.

    Conflict `person.factor_set` where there is one that counts.
    """
    seed = pyotp.random_base32()
    begun = tx.run(
        "update users set totp_sealed = :sealed, totp_step = null where user_id = :user and totp_since is null",
        sealed=seal(seed.encode(), key),
        user=user_id,
    )
    if not begun:
        raise Conflict("person.factor_set")
    email = user_of(tx, user_id).email
    return seed, pyotp.TOTP(seed).provisioning_uri(name=email, issuer_name=ISSUER)


def confirm_factor(tx: Tx[Policy], user_id: int, code: str, key: bytes) -> list[str]:
    """The second factor counts from now on; answers its recovery codes, which are shown this once.

    Conflict where none was begun (`person.no_factor`) or one counts already; Unknown for a wrong code.
    """
    user = _locked(tx, user_id)
    if user.totp_since is not None:
        raise Conflict("person.factor_set")
    if user.totp_sealed is None:
        raise Conflict("person.no_factor")
    _take_step(tx, user, code, key)
    tx.put("update users set totp_since = :now where user_id = :user", now=tx.wall(), user=user_id)
    return _told(tx, user, "set", fresh_codes(tx, user_id))


def remove_factor(tx: Tx[Policy], user_id: int, code: str, key: bytes) -> None:
    """The password alone is enough from now on. Conflict `person.no_factor` where it was already; Unknown for a wrong code."""
    user = _locked(tx, user_id)
    if use_factor(tx, user, code, key) == "none":
        raise Conflict("person.no_factor")
    tx.put(
        "update users set totp_sealed = null, totp_since = null, totp_step = null where user_id = :user",
        user=user_id,
    )
    tx.put("delete from recovery_codes where user_id = :user", user=user_id)
    _told(tx, user, "removed", [])


def renew_codes(tx: Tx[Policy], user_id: int, code: str, key: bytes) -> list[str]:
    """Other recovery codes instead of those that are left. Conflict or Unknown as for removing."""
    user = _locked(tx, user_id)
    if use_factor(tx, user, code, key) == "none":
        raise Conflict("person.no_factor")
    return _told(tx, user, "codes", fresh_codes(tx, user_id))


def fresh_codes(tx: Tx[Policy], user_id: int) -> list[str]:
    """New recovery codes, of which the hashes alone are kept; those before them work no more."""
    codes = [recovery_code(os.urandom(CODE_BYTES)) for _ in range(CODES_GIVEN)]
    tx.put("delete from recovery_codes where user_id = :user", user=user_id)
    tx.put(
        "insert into recovery_codes (user_id, code_hash) select :user, decode(h, 'hex') "
        "from unnest(cast(:hashes as text[])) as h",
        user=user_id,
        hashes=[hashlib.sha256(code.replace("-", "").encode()).hexdigest() for code in codes],
    )
    return codes


def _locked(tx: Tx[Policy], user_id: int) -> Row[Any]:
    tx.put("select 1 from users where user_id = :user for update", user=user_id)
    return user_of(tx, user_id)


def _take_step(tx: Tx[Policy], user: Row[Any], code: str, key: bytes) -> None:
    step = step_of(unseal(bytes(user.totp_sealed), key).decode(), code, tx.wall(), user.totp_step)
    # Once more in the statement itself: of two sign-ins at once with one code, one is.
    if step is None or not tx.run(
        "update users set totp_step = :step where user_id = :user and (totp_step is null or totp_step < :step)",
        step=step,
        user=user.user_id,
    ):
        raise Unknown("sign_in.otp_refused")


def _told(tx: Tx[Policy], user: Row[Any], what: str, codes: list[str]) -> list[str]:
    with telling(tx):
        tx.emit(FactorChanged(shop_id=0, user_id=user.user_id, what=what))
        write_letter(tx, "person.factor_changed", to=user.email, locale=user.locale)
    return codes
