"""Signed statements: JSON Web Signatures by Ed25519 (RFC 7515, RFC 8037), in their compact form.

The signing key is made from Andon's secret key, so that there is nothing more to keep. Anyone can verify a statement
with the public key (a JWK, RFC 7517), long after it was made and without us.
"""

import base64
import hashlib

import orjson
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from andon.kernel.secrets import derive


def sign(payload: bytes, secret: bytes, purpose: str) -> str:
    """The signed form of `payload`, under the key that `secret` gives for `purpose`."""
    key = _key(secret, purpose)
    head = orjson.dumps({"alg": "EdDSA", "kid": public_jwk(secret, purpose)["kid"]})
    signed = f"{_base64url(head)}.{_base64url(payload)}"
    return f"{signed}.{_base64url(key.sign(signed.encode()))}"


def public_jwk(secret: bytes, purpose: str) -> dict[str, str]:
    """The public key that verifies what is signed for `purpose`; its `kid` is its thumbprint (RFC 7638)."""
    point = _base64url(_key(secret, purpose).public_key().public_bytes_raw())
    needed = {"crv": "Ed25519", "kty": "OKP", "x": point}
    thumbprint = hashlib.sha256(orjson.dumps(needed, option=orjson.OPT_SORT_KEYS)).digest()
    return {**needed, "kid": _base64url(thumbprint), "alg": "EdDSA", "use": "sig"}


def _key(secret: bytes, purpose: str) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(derive(secret, f"andon sign {purpose}"))


def _base64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
