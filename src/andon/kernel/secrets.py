"""The key of this Andon, and what is sealed under it.

Secrets that must be read back (webhook secrets, TOTP seeds, signing keys) lie in the database sealed by AES-256-GCM;
the key is ANDON_SECRET_KEY, or a file in ANDON_HOME that only its owner may read. A copy of the database alone
gives nothing away.

While another key takes its place, that one is ANDON_NEXT_SECRET_KEY, or lies in a file beside it. A column that holds
seals says so, `info={"sealed": True}`, or under which name of its JSON they stand, `info={"sealed": "sealed"}`.
"""

import base64
import hashlib
import hmac
import os
import secrets
import stat
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from andon.kernel.settings import Settings

KEY_FILE = "secret.key"
NEXT_KEY_FILE = "secret.key.next"
NONCE_BYTES = 12
SIGNING_BYTES = 32
_FORMAT = b"\x01"  # the first byte of a seal, so that the cipher can change one day


class SecretUnreadable(Exception):
    """The key file cannot be used, or a seal was not made under this key; the text says which."""


def secret_key(settings: Settings) -> bytes:
    """The key of this Andon; made once, with mode 0600, by whoever asks first."""
    if settings.secret_key is not None:
        return settings.secret_key
    return _kept(settings.home / KEY_FILE)


def next_key(settings: Settings) -> bytes:
    """The key that is to take the key's place; made once, beside it. Raises SecretUnreadable where none is named."""
    if settings.secret_key is None:
        return _kept(settings.home / NEXT_KEY_FILE)
    if settings.next_secret_key is None:
        raise SecretUnreadable(
            "ANDON_SECRET_KEY is set: name the key that is to take its place in ANDON_NEXT_SECRET_KEY"
        )
    return settings.next_secret_key


def known_keys(settings: Settings) -> list[bytes]:
    """The key, and the one that is to take its place while it does."""
    begun = settings.next_secret_key if settings.secret_key else (settings.home / NEXT_KEY_FILE).exists()
    return [secret_key(settings), *([next_key(settings)] if begun else [])]


def take_next_key(settings: Settings) -> None:
    """The next key is the key from now on; the one before it is gone. A key of the environment is the operator's to set."""
    if settings.secret_key is None:
        (settings.home / NEXT_KEY_FILE).replace(settings.home / KEY_FILE)
        _sync(settings.home)


def _kept(path: Path) -> bytes:
    if not path.exists():
        _make(path)
    try:
        if stat.S_IMODE(path.stat().st_mode) & 0o077:
            raise SecretUnreadable(f"{path} may be read by others than its owner: chmod 600 it")
        key = bytes.fromhex(path.read_text().strip())
    except (OSError, ValueError) as why:
        raise SecretUnreadable(f"{path} cannot be used: {why}") from why
    if len(key) != 32:
        raise SecretUnreadable(f"{path} does not hold 32 bytes in hexadecimal")
    return key


def new_signing_secret() -> str:
    """A fresh secret that signs messages to somebody's endpoint, as Standard Webhooks write it: `whsec_…`."""
    return f"whsec_{base64.b64encode(secrets.token_bytes(SIGNING_BYTES)).decode()}"


def _make(path: Path) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_hex(32) + "\n")
            file.flush()
            os.fsync(file.fileno())
        # A link, not a rename: of several at once the first stands, and the others take theirs from it.
        os.link(fresh, path)
    except FileExistsError:
        pass
    finally:
        fresh.unlink()
    _sync(path.parent)


def _sync(folder: Path) -> None:
    """What the folder names is on the disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def derive(key: bytes, purpose: str) -> bytes:
    """32 bytes for one purpose; knowing them tells nothing about the key or another purpose's."""
    return hmac.new(key, purpose.encode(), hashlib.sha256).digest()


def seal(plaintext: bytes, key: bytes) -> bytes:
    """The secret in a form that may lie in the database."""
    nonce = os.urandom(NONCE_BYTES)
    return _FORMAT + nonce + AESGCM(derive(key, "andon seal")).encrypt(nonce, plaintext, _FORMAT)


def unseal(sealed: bytes, key: bytes) -> bytes:
    """The secret back. Raises SecretUnreadable when it was changed, or sealed under another key."""
    if sealed[:1] != _FORMAT or len(sealed) < 1 + NONCE_BYTES:
        raise SecretUnreadable("not a seal of this version")
    nonce, rest = sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :]
    try:
        return AESGCM(derive(key, "andon seal")).decrypt(nonce, rest, _FORMAT)
    except InvalidTag:
        raise SecretUnreadable("it was changed, or sealed under another key") from None
