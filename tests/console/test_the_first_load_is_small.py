"""What a browser fetches before a seller sees the first rows: no more than 350 KB, packed."""

import json
from typing import Any

from andon.app.console import BUILT

BUDGET = 350 * 1024
FIRST = (
    "index.html",
    "src/texts/zh/shell.ts",
    "node_modules/antd/es/locale/zh_CN.js",
    "node_modules/dayjs/locale/zh-cn.js",
    "src/seller/Frame.tsx",
    "src/seller/home/HomePage.tsx",
)
"""The page, its language, and what the router loads for a seller's home. Its chart comes after the rows."""


def built() -> dict[str, Any]:
    """What each source became, and what that needs at once."""
    found: dict[str, Any] = json.loads((BUILT / ".vite/manifest.json").read_text())
    return found


def needed(manifest: dict[str, Any], names: tuple[str, ...]) -> set[str]:
    """The files of those sources, and of all that they import at once."""
    seen: set[str] = set()
    waiting = list(names)
    while waiting:
        if (name := waiting.pop()) not in seen:
            seen.add(name)
            waiting += manifest[name].get("imports", [])
    return {file for name in seen for file in (manifest[name]["file"], *manifest[name].get("css", []))}


def packed(files: set[str]) -> int:
    return sum((BUILT / f"{file}.gz").stat().st_size for file in files)


def test_a_sellers_home_is_at_most_350_kb() -> None:
    files = needed(built(), FIRST)
    sizes = sorted(((packed({file}), file) for file in files), reverse=True)
    assert packed(files) <= BUDGET, f"{packed(files)} bytes: {sizes[:12]}"


def test_the_chart_and_other_pages_are_not_among_it() -> None:
    manifest = built()
    first = needed(manifest, FIRST)
    for later in (
        "src/seller/home/TaskChart.tsx",
        "src/seller/exit/ExitPage.tsx",
        "src/desk/exits/ExitsPage.tsx",
    ):
        assert manifest[later]["file"] not in first
