"""Every list and every text that a call takes in its body says how long it may be, or a rule does."""

from collections.abc import Iterator
from typing import Any

import orjson

from andon.app.openapi import document_of
from andon.app.web import bare_app
from andon.kernel.errors import TITLES

BY_A_RULE = {
    "OrderIn.lines": "order.too_many_lines",
    "BatchIn.skus": "product.batch_limit",
    "PartIn.skus": "product.batch_limit",
}
"""Lists whose length is a figure of the business: refused item by item, or by the policy in force."""
BOUNDING = frozenset(("maxLength", "pattern", "enum", "const", "format"))


def unbounded(schema: dict[str, Any], shapes: dict[str, Any], place: str, met: set[str]) -> Iterator[str]:
    """The places in a schema where as much may stand as one likes."""
    if name := schema.get("$ref", "").rpartition("/")[2]:
        if name not in met:
            met.add(name)
            yield from unbounded(shapes[name], shapes, name, met)
        return
    for choice in (*schema.get("anyOf", ()), *schema.get("oneOf", ()), *schema.get("allOf", ())):
        yield from unbounded(choice, shapes, place, met)
    for name, inner in schema.get("properties", {}).items():
        yield from unbounded(inner, shapes, f"{place}.{name}", met)
    if schema.get("type") == "array":
        if "maxItems" not in schema:
            yield place
        yield from unbounded(schema.get("items", {}), shapes, place, met)
    if schema.get("type") == "string":
        pattern = schema.get("pattern", "")
        endless = "maxLength" not in schema and any(sign in pattern for sign in "*+")
        if endless or not BOUNDING.intersection(schema):
            yield place


def taken(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each call's body."""
    for path, calls in document["paths"].items():
        for method, call in calls.items():
            if body := call.get("requestBody"):
                yield f"{method} {path}", body["content"]["application/json"]["schema"]


def test_every_list_and_text_of_a_body_is_bounded() -> None:
    document = orjson.loads(document_of(bare_app()))
    shapes, met = document["components"]["schemas"], set[str]()
    found = {each for name, schema in taken(document) for each in unbounded(schema, shapes, name, met)}
    assert len(met) > 50, "the document was read"
    assert found == set(BY_A_RULE)
    assert set(BY_A_RULE.values()) <= TITLES.keys()


def test_what_is_not_bounded_is_found() -> None:
    shapes = {
        "A": {
            "properties": {
                "list": {"type": "array", "items": {"type": "string", "maxLength": 3}},
                "text": {"anyOf": [{"type": "string"}, {"type": "null"}]},
                "form": {"type": "string", "pattern": "^a+$"},
                "sound": {"type": "array", "maxItems": 3, "items": {"type": "string", "pattern": "^a{1,3}$"}},
            }
        }
    }
    assert set(unbounded({"$ref": "#/A"}, shapes, "", set())) == {"A.list", "A.text", "A.form"}
