"""Files that parties hand in: what they may be is told from their bytes, never from what they are called."""

from typing import Literal

from andon.kernel.errors import Invalid, codes

CODES = codes(
    {
        "file.type": ("A file is a JPEG, a PNG, a PDF or a plain text", "文件须为 JPEG、PNG、PDF 或纯文本"),
        "file.size": ("A file has at least one byte and at most 5 MiB", "文件大小须在 1 字节至 5 MiB 之间"),
        "file.not_base64": ("A file's content is base64", "文件内容须为 base64 编码"),
        "file.not_found": ("No such file", "文件不存在"),
        "file.erased": ("The file has been erased", "文件已抹除"),
    }
)

MediaType = Literal["image/jpeg", "image/png", "application/pdf", "text/plain"]

LARGEST_FILE_BYTES = 5 * 1024 * 1024
"""As much as fits a call's body once it is base64, with room for what is said beside it."""

ENDINGS: dict[MediaType, str] = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "application/pdf": "pdf",
    "text/plain": "txt",
}

_MARKS: tuple[tuple[bytes, bytes, MediaType], ...] = (
    (b"\xff\xd8\xff", b"", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", b"", "image/png"),
    (b"%PDF-", b"%%EOF", "application/pdf"),
)
"""How a file of each type begins, and what stands in it near its end."""
_TAIL = 1024
_NOT_IN_TEXT = frozenset(chr(code) for code in range(32)) - frozenset("\t\n\r\f")


def media_type_of(body: bytes) -> MediaType:
    """What a file is by its bytes.

    Raises Invalid `file.size` for an empty or too large one, `file.type` for any type that is not taken: so it is for
    what only begins like a PDF, and for a text that is not UTF-8 or holds control characters.
    """
    if not 0 < len(body) <= LARGEST_FILE_BYTES:
        raise Invalid("file.size", f"{len(body)} bytes")
    for start, near_end, media_type in _MARKS:
        if body.startswith(start):
            if near_end in body[-_TAIL:]:
                return media_type
            raise Invalid("file.type", f"it begins as {media_type} and does not end so")
    try:
        text = body.decode()
    except UnicodeDecodeError:
        raise Invalid("file.type") from None
    if _NOT_IN_TEXT & set(text):
        raise Invalid("file.type", "a text holds no control characters")
    return "text/plain"
