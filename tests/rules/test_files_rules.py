"""What a file is, by its bytes."""

import pytest

from andon.kernel.errors import Invalid
from andon.platform.files.rules import LARGEST_FILE_BYTES, media_type_of
from andon.platform.files.views import bytes_of
from tests.worlds_disputes import PNG, TEXT


@pytest.mark.parametrize(
    ("body", "media_type"),
    [
        (PNG, "image/png"),
        (b"\xff\xd8\xff\xe0 and so on", "image/jpeg"),
        (b"%PDF-1.7\n...\n%%EOF\n", "application/pdf"),
        (TEXT, "text/plain"),
        (b"a\tb\r\n", "text/plain"),
    ],
)
def test_a_file_is_what_its_bytes_say(body: bytes, media_type: str) -> None:
    assert media_type_of(body) == media_type


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "file.size"),
        (b"x" * (LARGEST_FILE_BYTES + 1), "file.size"),
        (b"MZ\x90\x00", "file.type"),
        (b"\x00\x00\x00 ftypisom", "file.type"),
        (b"%PDF-1.7 that never ends", "file.type"),
        (b"GIF89a\x01\x00", "file.type"),
        ("ä".encode("latin-1"), "file.type"),
        (b"a\x1b[31mred", "file.type"),
    ],
)
def test_what_is_none_of_these_is_refused(body: bytes, code: str) -> None:
    with pytest.raises(Invalid) as no:
        media_type_of(body)
    assert no.value.code == code


def test_a_page_or_a_script_is_a_text_and_nothing_more() -> None:
    assert media_type_of(b"<script>alert(1)</script>") == "text/plain"
    assert media_type_of(b"<svg xmlns='http://www.w3.org/2000/svg'/>") == "text/plain"


@pytest.mark.parametrize("content", ["?", "QQ", "QUI=\n", "QUI=QUI="])
def test_content_that_is_not_base64_is_refused(content: str) -> None:
    with pytest.raises(Invalid, match=r"file\.not_base64"):
        bytes_of(content)
