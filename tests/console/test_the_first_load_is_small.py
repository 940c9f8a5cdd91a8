"""What a browser fetches before a seller sees the first rows: no more than 350 KB, packed."""

import json
from typing import Any

from andon.app.console import BUILT

BUDGET = 350 * 1024
FIRST = ("index", "home", "zh")
"""The page, the script that it is fetched with, and its language: see vite.config.ts. A chart comes after the rows."""


def built() -> dict[str, Any]:
    """What each source became, and what that needs at once."""
    found: dict[str, Any] = json.loads((BUILT / ".vite/manifest.json").read_text())
    return found


def needed(manifest: dict[str, Any], names: tuple[str, ...]) -> set[str]:
    """The files of those names, and of all that they import at once."""
    seen: set[str] = set()
    waiting = [key for key, made in manifest.items() if made.get("name") in names]
    assert len(waiting) == len(names)
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


def test_the_first_rows_wait_for_few_files() -> None:
    """Six at a time is what a browser fetches from one place, and each turn costs the line's delay."""
    assert len(needed(built(), FIRST)) <= 6
