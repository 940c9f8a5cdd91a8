"""What is no workbook, or is one to choke on, is refused before anything of it is built."""

import io
import zipfile

import pytest

from andon.kernel.errors import Refused
from andon.kernel.http.sheets import (
    Form,
    read_sheet,
    template_of,
)
from tests.worlds_sheets import PRODUCTS


def packed(**parts: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as into:
        for name, content in parts.items():
            into.writestr(name.replace("__", "/").replace("_xml", ".xml"), content)
    return out.getvalue()


def test_what_is_no_workbook_or_unpacks_without_end_is_refused() -> None:
    good = template_of(PRODUCTS, Form.XLSX)
    billion = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa">]><x>&a;</x>'
    for raw, code in (
        (b"", "sheet.malformed"),
        (b"PK\x03\x04", "sheet.malformed"),
        (good[: len(good) // 2], "sheet.malformed"),
        (packed(a_xml=b"<x/>"), "sheet.malformed"),
        (packed(xl__workbook_xml=b" " * (65 * 1024 * 1024)), "sheet.too_large"),
        (packed(**{f"p{n}": b"" for n in range(1001)}), "sheet.too_large"),
        (packed(xl__workbook_xml=billion), "sheet.malformed"),
    ):
        with pytest.raises(Refused) as no:
            read_sheet(PRODUCTS, Form.XLSX, raw)
        assert no.value.code == code, raw[:40]


NS = b'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


def with_part(name: str, content: bytes, called: str = "") -> bytes:
    """A workbook one part of which is another, or called otherwise."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(template_of(PRODUCTS, Form.XLSX))) as source,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as into,
    ):
        for part in source.infolist():
            is_it = part.filename == name
            into.writestr(
                called if is_it and called else part.filename, content if is_it else source.read(part)
            )
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("xl/styles.xml", b"<styleSheet " + NS + b"><cellXfs>" + b"<xf/>" * 60_000 + b"</cellXfs></styleSheet>"),
        ("xl/worksheets/sheet1.xml", b"<worksheet " + NS + b"><sheetData><row>" + b"<c/>" * 20_000 + b"</row></sheetData></worksheet>"),
        ("xl/worksheets/sheet1.xml", b"<worksheet " + NS + b"><sheetData>" + b"<row><c><v/></c></row>" * 500_001 + b"</sheetData></worksheet>"),
    ],
    ids=["styles", "a wide row", "cells"],
)  # fmt: skip
def test_a_workbook_of_few_bytes_and_many_elements_is_refused_before_any_is_built(
    name: str, content: bytes
) -> None:
    for called in ("", "xl/media/picture.png"):
        raw = with_part(name, content, called)
        assert len(raw) < 50_000
        with pytest.raises(Refused, match=r"sheet\.too_large"):
            read_sheet(PRODUCTS, Form.XLSX, raw)


def test_a_picture_in_a_workbook_is_none_of_its_cells() -> None:
    raw = with_part("docProps/core.xml", b"\x89PNG\r\n\x1a\n" + bytes(100), "xl/media/picture.png")
    with pytest.raises(Refused, match=r"sheet\.no_rows"):
        read_sheet(PRODUCTS, Form.XLSX, raw)
