"""Papers: a Typst template and the facts that stand on it become one PDF, without network and the same each time."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson
import typst
from pylopdf_fonts_zh_cn import sans_path

_NO_INSTANT = 0


def rendered(template: Path, facts: Mapping[str, Any]) -> bytes:
    """The PDF of that template, which reads `json(bytes(sys.inputs.facts))`.

    Facts are data to the template, never markup. The machine's fonts and clock do not count: the same facts make
    the same bytes.
    """
    made = typst.compile(
        str(template),
        font_paths=[str(sans_path().parent)],
        ignore_system_fonts=True,
        format="pdf",
        sys_inputs={"facts": orjson.dumps(dict(facts)).decode()},
        timestamp=_NO_INSTANT,
    )
    assert isinstance(made, bytes), "one PDF is one document"
    return made
