"""The published schema of problem documents, against which every problem is held that a test's client meets."""

import json
from functools import cache
from typing import Any

import jsonschema_rs

from tests.places import data_folder


@cache
def validator() -> jsonschema_rs.Draft202012Validator | None:
    """RFC 9457's schema, formats included; None where the real inputs are absent."""
    path = data_folder() / "http" / "problem.schema.json"
    if not path.is_file():
        return None
    return jsonschema_rs.Draft202012Validator(json.loads(path.read_text()), validate_formats=True)


def check_problem(body: Any, status: int) -> None:
    """A problem is as the schema has it, and says the status that it comes with."""
    schema = validator()
    faults = (
        [f"{error.instance_path}: {error.message}" for error in schema.iter_errors(body)] if schema else []
    )
    assert faults == [], body
    assert body["status"] == status, body
