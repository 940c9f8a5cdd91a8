"""Signed PDFs as programs that are not ours see them: poppler's pdfsig, which asks NSS, and openssl."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

BYTE_RANGE = re.compile(rb"/ByteRange\s*\[\s*(\d+)\s+(\d+)\s+(\d+)\s+(\d+)")


def pdfsig(folder: Path, pdf: bytes, trusted: str) -> str:
    """What pdfsig says of a document; `trusted` is the one certificate that it trusts."""
    if not shutil.which("pdfsig") or not shutil.which("certutil"):
        pytest.skip("needs Debian's packages poppler-utils and libnss3-tools")
    certificates = folder / "nss"
    if not certificates.exists():
        certificates.mkdir()
        (folder / "trusted.pem").write_text(trusted)
        database = f"sql:{certificates}"
        _run("certutil", "-N", "-d", database, "--empty-password")
        _run("certutil", "-A", "-d", database, "-n", "andon", "-t", ",C,", "-i", str(folder / "trusted.pem"))
    (folder / "signed.pdf").write_bytes(pdf)
    return _run("pdfsig", "-nssdir", str(certificates), str(folder / "signed.pdf"))


def openssl_says(folder: Path, pdf: bytes, trusted: str) -> str:
    """What openssl says of the CMS in a document, as CAdES over the bytes that it covers."""
    content, cms = parts(pdf)
    for name, raw in (("content", content), ("cms", cms), ("trusted.pem", trusted.encode())):
        (folder / name).write_bytes(raw)
    command = ["openssl", "cms", "-verify", "-cades", "-binary", "-inform", "DER", "-in", "cms"]
    command += ["-content", "content", "-CAfile", "trusted.pem", "-out", "verified"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    return done.stderr


def parts(pdf: bytes) -> tuple[bytes, bytes]:
    """What the signature of a document covers, and the signature."""
    [found] = BYTE_RANGE.finditer(pdf)
    start, length, second, rest = map(int, found.groups())
    assert (start, second + rest) == (0, len(pdf)), "all of the document is covered"
    padded = bytes.fromhex(pdf[length + 1 : second - 1].decode())
    assert padded[:2] == b"\x30\x82", "a DER sequence of two bytes' length"
    return pdf[:length] + pdf[second:], padded[: 4 + int.from_bytes(padded[2:4])]


def _run(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stdout + done.stderr
