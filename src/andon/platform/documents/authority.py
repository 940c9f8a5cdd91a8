"""The platform's signature on documents: PAdES (ETSI EN 319 142-1, level B-B), so that any reader of PDFs verifies them.

Unless the operator gives a certificate of its own, the certificate authority and its signing certificate are made from
Andon's secret key, the same ones whenever and wherever they are made: there is nothing more to keep, to copy to a
second machine, or to lose. Who trusts the authority's certificate (`/v1/documents/authority.pem`) verifies every
document, without us.
"""

import hashlib
import io
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP256R1,
    EllipticCurvePrivateKey,
    EllipticCurvePublicKey,
    derive_private_key,
)
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
    pkcs12,
)
from cryptography.x509.oid import NameOID

from andon.kernel.secrets import derive

PURPOSE = "documents"
CERTIFICATE = "certificate"
"""The fact about a retired secret key that tells which certificate to trust for what it signed."""

_CURVE = SECP256R1()
_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_NAME = "Andon"
_FROM, _UNTIL = datetime(2020, 1, 1, tzinfo=UTC), datetime(2049, 12, 31, tzinfo=UTC)
"""As long as the secret key serves; after 2049 a certificate writes its dates in another form."""
_FIELD = "Andon"


class BadCertificate(ValueError):
    """The operator's own certificate cannot sign; the text says why."""


class Authority:
    """Who signs the platform's documents: a private key, its certificate, and those that vouch for it, the last a root."""

    def __init__(self, key: PrivateKeyTypes, chain: Sequence[x509.Certificate]) -> None:
        self._key = key
        self._chain = tuple(chain)

    @classmethod
    def made_from(cls, secret: bytes) -> "Authority":
        """The authority of the Andon with that secret key."""
        root_key, key = _derived(secret, "andon authority"), _derived(secret, "andon sign documents")
        root = _certificate(f"{_NAME} Certificate Authority", root_key, root_key, issuer=None)
        return cls(key, (_certificate(f"{_NAME} Documents", key, root_key, issuer=root), root))

    @classmethod
    def opened(cls, path: Path, passphrase: str | None = None) -> "Authority":
        """The operator's own, from a PKCS#12 file or a PEM one: key, certificate, those that vouch for it. Raises BadCertificate."""
        secret = passphrase.encode() if passphrase else None
        try:
            content = path.read_bytes()
            if b"-----BEGIN" in content:
                key: PrivateKeyTypes | None = load_pem_private_key(content, secret)
                chain = x509.load_pem_x509_certificates(content)
            else:
                key, own, others = pkcs12.load_key_and_certificates(content, secret)
                chain = [*filter(None, [own]), *others]
        except (OSError, ValueError, TypeError) as why:
            raise BadCertificate(f"{path}: {why}") from None
        if key is None or not chain:
            raise BadCertificate(f"{path} holds no private key, or no certificate")
        if chain[0].public_key() != key.public_key():
            raise BadCertificate(f"{path}: its first certificate is not that of its private key")
        return cls(key, chain)

    @property
    def pem(self) -> str:
        """The certificate to trust: the last of the chain."""
        return self._chain[-1].public_bytes(Encoding.PEM).decode()

    def signed(self, pdf: bytes, reason: str) -> bytes:
        """The document with the platform's signature over all of it, dated by the machine's clock."""
        # Loaded by those who sign: it takes as long to load as all the rest.
        from asn1crypto.keys import PrivateKeyInfo
        from asn1crypto.x509 import Certificate
        from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
        from pyhanko.sign.fields import SigSeedSubFilter
        from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, SimpleSigner
        from pyhanko_certvalidator.registry import SimpleCertificateStore

        key = self._key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
        certificate, *others = (Certificate.load(each.public_bytes(Encoding.DER)) for each in self._chain)
        vouching = SimpleCertificateStore()  # type: ignore[no-untyped-call]
        vouching.register_multiple(others)
        signer = SimpleSigner(
            signing_cert=certificate,
            signing_key=PrivateKeyInfo.load(key),
            cert_registry=vouching,
        )
        meaning = PdfSignatureMetadata(
            field_name=_FIELD, md_algorithm="sha256", subfilter=SigSeedSubFilter.PADES, reason=reason
        )
        signed = PdfSigner(meaning, signer).sign_pdf(IncrementalPdfFileWriter(io.BytesIO(pdf)))
        whole: bytes = signed.getvalue()
        return whole


def _derived(secret: bytes, purpose: str) -> EllipticCurvePrivateKey:
    # Twice the bits of the order, so that no key is likelier than another.
    number = int.from_bytes(hashlib.sha512(derive(secret, purpose)).digest())
    return derive_private_key(1 + number % (_ORDER - 1), _CURVE)


def _certificate(
    name: str,
    key: EllipticCurvePrivateKey,
    issuing: EllipticCurvePrivateKey,
    issuer: x509.Certificate | None,
) -> x509.Certificate:
    """A certificate that says nothing but what follows from the keys; a root where there is no issuer."""
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    public, root = key.public_key(), issuer is None
    builder = (
        x509.CertificateBuilder(not_valid_before=_FROM, not_valid_after=_UNTIL)
        .subject_name(subject)
        .issuer_name(subject if issuer is None else issuer.subject)
        .public_key(public)
        .serial_number(_serial(public))
        .add_extension(x509.BasicConstraints(ca=root, path_length=0 if root else None), critical=True)
        .add_extension(_usage(root=root), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(issuing.public_key()), critical=False
        )
    )
    return builder.sign(issuing, hashes.SHA256(), ecdsa_deterministic=True)


def _serial(public: EllipticCurvePublicKey) -> int:
    return int.from_bytes(x509.SubjectKeyIdentifier.from_public_key(public).digest[:16]) | 1


def _usage(*, root: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not root,
        content_commitment=not root,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=root,
        crl_sign=root,
        encipher_only=False,
        decipher_only=False,
    )
