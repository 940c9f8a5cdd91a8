"""Imports inside a room go down its list of files, and what is a room's own stays in it."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2] / "src"
WINGS = ("simulator", "insights", "membership", "money", "orders", "partners", "platform")
FLOORS = {"api": 5, "station": 5, "service": 4, "views": 3, "tables": 2, "events": 1, "rules": 0}
"""api | station > service | views > tables > events > rules; a service may read by its views, never the reverse."""


@dataclass(frozen=True)
class Import:
    """One module of a room that imports another module of ours."""

    module: str
    imported: str
    line: int

    def __str__(self) -> str:
        return f"{self.module}:{self.line} imports {self.imported}"


def imports(root: Path) -> Iterator[Import]:
    """Every import of ours in the wings, also those inside functions and for types alone."""
    for path in sorted(root.joinpath("andon").rglob("*.py")):
        module = ".".join(path.relative_to(root).with_suffix("").parts).removesuffix(".__init__")
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                package = module if path.name == "__init__.py" else module.rpartition(".")[0]
                for _ in range(node.level - 1):
                    package = package.rpartition(".")[0]
                source = (
                    node.module or "" if not node.level else ".".join(filter(None, [package, node.module]))
                )
                names = [f"{source}.{alias.name}" for alias in node.names]
            else:
                continue
            yield from (Import(module, name, node.lineno) for name in names if name.startswith("andon."))


def room_and_floor(module: str) -> tuple[str, int | None]:
    """The room a module lies in, and its floor there; None for a module the list does not name."""
    parts = module.split(".")
    room, files = ".".join(parts[:3]), parts[3:]
    return room, FLOORS.get(files[0]) if files else None


def climbs(root: Path) -> list[str]:
    """Imports that go up inside a room."""
    found = []
    for each in imports(root):
        wing = each.module.split(".")[1]
        room, floor = room_and_floor(each.module)
        other, other_floor = room_and_floor(each.imported)
        same_file = each.module.split(".")[3:4] == each.imported.split(".")[3:4]
        if wing in WINGS and room == other and not same_file and None not in (floor, other_floor):
            assert floor is not None
            assert other_floor is not None
            if other_floor >= floor:
                found.append(str(each))
    return found


def edges_entered(root: Path) -> list[str]:
    """Imports of a room's edge (api, station) by anything but the wiring."""
    return [
        str(each)
        for each in imports(root)
        if each.module.split(".")[1] in (*WINGS, "kernel", "ports", "adapters")
        and each.imported.split(".")[1] in WINGS
        and each.imported.split(".")[3:4] in (["api"], ["station"])
        and room_and_floor(each.module)[0] != room_and_floor(each.imported)[0]
    ]


def test_inside_a_room_imports_go_down():
    assert climbs(ROOT) == []


def test_only_the_wiring_enters_a_room_by_its_edge():
    assert edges_entered(ROOT) == []


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A small house of one room beside another."""
    for room in ("stock", "plans"):
        folder = tmp_path / "andon" / "partners" / room
        folder.mkdir(parents=True)
        for name in FLOORS:
            (folder / f"{name}.py").touch()
    return tmp_path


@pytest.mark.parametrize(
    ("module", "line"),
    [
        ("rules", "from andon.partners.stock.tables import Stock"),
        ("rules", "from andon.partners.stock import events"),
        ("tables", "import andon.partners.stock.service"),
        ("views", "from .service import count"),
        ("station", "from . import api"),
        ("station", "def late():\n    from andon.partners.stock.api import router"),
    ],
)
def test_a_climb_is_found(house: Path, module: str, line: str):
    (house / "andon" / "partners" / "stock" / f"{module}.py").write_text(line)
    assert len(climbs(house)) == 1


def test_a_way_down_is_no_climb(house: Path):
    stock = house / "andon" / "partners" / "stock"
    (stock / "api.py").write_text("from andon.partners.stock import service, views\n")
    (stock / "service.py").write_text("from andon.partners.stock.tables import Stock\nfrom . import rules\n")
    (stock / "tables.py").write_text("from andon.partners.plans.service import plan\n")
    assert climbs(house) == []


def test_an_edge_that_another_room_enters_is_found(house: Path):
    (house / "andon" / "partners" / "stock" / "service.py").write_text(
        "from andon.partners.plans import station"
    )
    assert len(edges_entered(house)) == 1
