"""The platform's signature on documents, verified by programs that are not ours."""

import io
from datetime import UTC, datetime
from pathlib import Path

import pytest
from asn1crypto import pem
from asn1crypto.x509 import Certificate
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    pkcs12,
)
from cryptography.x509.oid import NameOID
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from andon.app.start import authority_of
from andon.kernel.settings import BadSetting, Settings
from andon.platform.documents.authority import Authority, BadCertificate
from andon.platform.documents.rendering import rendered
from tests.signatures import openssl_says, parts, pdfsig

SECRET = bytes(range(32))
TEMPLATE = '#set text(font: "Noto Sans SC")\n供应商解约确认函 #json(bytes(sys.inputs.facts)).number\n'


@pytest.fixture
def paper(tmp_path: Path) -> bytes:
    template = tmp_path / "paper.typ"
    template.write_text(TEMPLATE, "utf-8")
    return rendered(template, {"number": "JIT-TL-2026-000001"})


@pytest.fixture
def own(tmp_path: Path) -> tuple[rsa.RSAPrivateKey, x509.Certificate]:
    """An operator's own key and certificate, of another kind than ours."""
    key = rsa.generate_private_key(65537, 2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Marketplace Ltd")])
    builder = x509.CertificateBuilder(
        issuer_name=name,
        subject_name=name,
        public_key=key.public_key(),
        serial_number=7,
        not_valid_before=datetime(2020, 1, 1, tzinfo=UTC),
        not_valid_after=datetime(2049, 12, 31, tzinfo=UTC),
    )
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    return key, builder.sign(key, hashes.SHA256())


def changed(pdf: bytes) -> bytes:
    """The document with one byte of what is covered changed, where nothing breaks by it."""
    assert b"/Creator" in pdf
    return pdf.replace(b"/Creator", b"/Creatos", 1)


def trusting(authority: Authority) -> ValidationContext:
    """Trust in this authority alone."""
    return ValidationContext(trust_roots=[Certificate.load(pem.unarmor(authority.pem.encode())[2])])


def test_pdfsig_finds_the_signature_valid_trusted_and_over_the_whole(paper: bytes, tmp_path: Path) -> None:
    authority = Authority.made_from(SECRET)
    said = pdfsig(tmp_path, authority.signed(paper, "Termination letter"), authority.pem)
    assert "Signature Type: ETSI.CAdES.detached" in said
    assert "Signature is Valid." in said
    assert "Certificate is Trusted." in said
    assert "Total document signed" in said


def test_openssl_verifies_the_cms_that_is_in_it(paper: bytes, tmp_path: Path) -> None:
    authority = Authority.made_from(SECRET)
    signed = authority.signed(paper, "Termination letter")
    assert openssl_says(tmp_path, signed, authority.pem) == "CAdES Verification successful\n"
    stranger = Authority.made_from(bytes(32))
    assert "certificate verify error" in openssl_says(tmp_path, signed, stranger.pem)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_third_reader_finds_it_whole_and_the_reason_on_it(paper: bytes) -> None:
    authority = Authority.made_from(SECRET)
    signed = authority.signed(paper, "Termination letter JIT-TL-2026-000001")
    [signature] = PdfFileReader(io.BytesIO(signed)).embedded_signatures
    status = validate_pdf_signature(signature, trusting(authority))
    assert (status.intact, status.bottom_line) == (True, True)
    assert signature.sig_object["/Reason"] == "Termination letter JIT-TL-2026-000001"
    age = datetime.now(UTC) - signature.self_reported_timestamp
    assert abs(age.total_seconds()) < 60, "dated by the machine's clock"


def test_a_byte_that_was_changed_is_found_by_all_of_them(paper: bytes, tmp_path: Path) -> None:
    authority = Authority.made_from(SECRET)
    forged = changed(authority.signed(paper, "Termination letter"))
    [signature] = PdfFileReader(io.BytesIO(forged)).embedded_signatures
    assert not validate_pdf_signature(signature, trusting(authority)).intact
    assert "Verification failure" in openssl_says(tmp_path, forged, authority.pem)
    assert "Signature is Valid." not in pdfsig(tmp_path, forged, authority.pem)


def test_the_same_secret_makes_the_same_authority_everywhere_and_another_secret_another() -> None:
    assert Authority.made_from(SECRET).pem == Authority.made_from(SECRET).pem
    assert Authority.made_from(SECRET).pem != Authority.made_from(bytes(32)).pem


@pytest.mark.parametrize("passphrase", ["a passphrase", None])
@pytest.mark.parametrize("form", ["p12", "pem"])
def test_the_operators_own_certificate_signs_instead(
    paper: bytes,
    tmp_path: Path,
    own: tuple[rsa.RSAPrivateKey, x509.Certificate],
    form: str,
    passphrase: str | None,
) -> None:
    key, certificate = own
    sealing = BestAvailableEncryption(passphrase.encode()) if passphrase else NoEncryption()
    file = tmp_path / f"own.{form}"
    file.write_bytes(
        pkcs12.serialize_key_and_certificates(b"own", key, certificate, None, sealing)
        if form == "p12"
        else key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, sealing)
        + certificate.public_bytes(Encoding.PEM)
    )
    settings = Settings(home=tmp_path, signing_certificate=file, signing_passphrase=passphrase)
    authority = authority_of(settings)
    signed = authority.signed(paper, "Termination letter")
    assert authority.pem.encode() == certificate.public_bytes(Encoding.PEM)
    assert openssl_says(tmp_path, signed, authority.pem) == "CAdES Verification successful\n"


def test_a_certificate_that_cannot_sign_is_named_and_says_why(
    tmp_path: Path, own: tuple[rsa.RSAPrivateKey, x509.Certificate]
) -> None:
    key, certificate = own
    alone = tmp_path / "alone.pem"
    alone.write_bytes(certificate.public_bytes(Encoding.PEM))
    with pytest.raises(BadCertificate, match=r"alone\.pem"):
        Authority.opened(alone)
    mixed = tmp_path / "mixed.pem"
    other = rsa.generate_private_key(65537, 2048)
    mixed.write_bytes(
        other.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        + certificate.public_bytes(Encoding.PEM)
    )
    with pytest.raises(BadCertificate, match="not that of its private key"):
        Authority.opened(mixed)
    sealed = tmp_path / "sealed.p12"
    sealed.write_bytes(
        pkcs12.serialize_key_and_certificates(
            b"own", key, certificate, None, BestAvailableEncryption(b"right")
        )
    )
    with pytest.raises(BadSetting, match="ANDON_SIGNING_CERTIFICATE"):
        authority_of(Settings(home=tmp_path, signing_certificate=sealed, signing_passphrase="wrong"))


def test_the_signature_covers_all_but_itself(paper: bytes) -> None:
    content, cms = parts(Authority.made_from(SECRET).signed(paper, "Termination letter"))
    assert content.startswith(b"%PDF-")
    assert content.endswith(b"%%EOF\n")
    assert cms not in content
