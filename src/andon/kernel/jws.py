"""Signed statements: JSON Web Signatures by Ed25519 (RFC 7515, RFC 8037), in their compact form.

The signing key is made from Andon's secret key, so that there is nothing more to keep. Anyone can verify a statement
with the public key (a JWK, RFC 7517), long after it was made and without us.
"""

import base64
import binascii
import hashlib
from collections.abc import Mapping

import orjson
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

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


def read(jws: str, jwk: Mapping[str, str]) -> bytes | None:
    """What was signed, if that key has signed it; None for anything else."""
    signed, _, signature = jws.rpartition(".")
    try:
        head, payload = map(_octets, signed.split("."))
        if orjson.loads(head) != {"alg": "EdDSA", "kid": jwk["kid"]}:
            return None
        Ed25519PublicKey.from_public_bytes(_octets(jwk["x"])).verify(_octets(signature), signed.encode())
    except (InvalidSignature, binascii.Error, ValueError):
        return None
    return payload


def _key(secret: bytes, purpose: str) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(derive(secret, f"andon sign {purpose}"))


def _octets(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)


def _base64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
