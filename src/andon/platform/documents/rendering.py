"""Papers: a Typst template and the facts that stand on it become one PDF, without network and the same each time."""

import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, NamedTuple

import fontpkg_noto_sans
import orjson
import pylopdf_fonts_ar
import pylopdf_fonts_he
import pylopdf_fonts_ko
import pylopdf_fonts_zh_cn
import typst
from PIL import Image

Picture = Literal["svg", "png"]
_NO_INSTANT = 0
_MM_PER_INCH = 25.4
_PICTURE_PPI = 192
_BLACK_BELOW = 160
_INK = [255] * _BLACK_BELOW + [0] * (256 - _BLACK_BELOW)
"""Which dots are printed, by their light: those of thin strokes are."""

_FONTS = [
    str(folder)
    for folder in (
        fontpkg_noto_sans.ROOT,
        *(
            fonts.sans_path().parent
            for fonts in (pylopdf_fonts_zh_cn, pylopdf_fonts_ar, pylopdf_fonts_he, pylopdf_fonts_ko)
        ),
    )
]


class Page(NamedTuple):
    """A page as a printer's dots: rows of whole bytes, the left dot first, 1 is black."""

    width: int
    height: int
    bits: bytes


def rendered(template: Path, facts: Mapping[str, Any]) -> bytes:
    """The PDF of that template, which reads `json(bytes(sys.inputs.facts))`.

    Facts are data to the template, never markup. The machine's fonts and clock do not count: the same facts make
    the same bytes.
    """
    made = _compiled(template, facts, format="pdf", timestamp=_NO_INSTANT)
    assert isinstance(made, bytes), "one PDF is one document"
    return made


def pictured(template: Path, facts: Mapping[str, Any], form: Picture) -> bytes:
    """The one page of that template as a picture: `svg`, or `png` of 192 dots to the inch."""
    made = _compiled(template, facts, format=form, **({"ppi": _PICTURE_PPI} if form == "png" else {}))
    assert isinstance(made, bytes), "a picture is one page"
    return made


def drawn(template: Path, facts: Mapping[str, Any], dots_per_mm: int) -> list[Page]:
    """The pages of that template in black and white, as a printer of so many dots to the millimetre prints them."""
    made = _compiled(template, facts, format="png", ppi=dots_per_mm * _MM_PER_INCH)
    return [_page(png) for png in (made if isinstance(made, list) else [made])]


def _compiled(template: Path, facts: Mapping[str, Any], **options: Any) -> Any:
    return typst.compile(
        str(template),
        font_paths=_FONTS,
        ignore_system_fonts=True,
        sys_inputs={"facts": orjson.dumps(dict(facts)).decode()},
        **options,
    )


def _page(png: bytes) -> Page:
    ink = Image.open(io.BytesIO(png)).convert("L").point(_INK, "1")
    return Page(ink.width, ink.height, ink.tobytes())
