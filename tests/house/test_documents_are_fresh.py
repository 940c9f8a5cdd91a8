"""Generated documents say what the code says: `python -m andon.app.docs` writes them anew."""

import json
from pathlib import Path

import pytest

from andon.app.docs import DOCUMENTS

ROOT = Path(__file__).parents[2]
LARGEST_OPENAPI_BYTES = 500_000


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_generated_document_is_as_the_code_would_write_it(name: str) -> None:
    assert (ROOT / name).read_text(encoding="utf-8") == DOCUMENTS[name](), "write it anew: make docs"


def test_the_openapi_document_is_small_enough_to_read() -> None:
    assert (ROOT / "docs/openapi.json").stat().st_size < LARGEST_OPENAPI_BYTES


def test_every_call_is_described_once_and_says_what_it_does() -> None:
    document = json.loads((ROOT / "docs/openapi.json").read_text(encoding="utf-8"))
    assert document["openapi"].startswith("3.1")
    operations = [
        (f"{method.upper()} {path}", operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]
    ids = [operation["operationId"] for _, operation in operations]
    assert len(set(ids)) == len(ids)
    assert [name for name, operation in operations if not operation.get("description")] == []
