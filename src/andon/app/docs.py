"""The generated documents: each is a text made from what the code and its files say.

`python -m andon.app.docs` writes them all.
"""

from collections.abc import Callable, Mapping
from pathlib import Path

from andon.app.codes import errors_document
from andon.app.events import events_document
from andon.app.flow import flow_document
from andon.app.openapi import document_of
from andon.app.web import bare_app
from andon.platform.people.permissions import permissions_document
from andon.platform.policies.document import policies_document
from andon.platform.policies.files import load_policies


def write_policies() -> str:
    """`docs/policies.md`: every clause and figure of the versions that govern the platform, and the replays'."""
    return policies_document(load_policies("jit"), load_policies("replay"), load_policies("replay-usd"))


def write_errors() -> str:
    """`docs/errors.md`: every code that a program can meet, with its titles."""
    return errors_document()


def write_openapi() -> str:
    """`docs/openapi.json`: the calls, as they are published at /v1/openapi.json."""
    return document_of(bare_app()).decode() + "\n"


DOCUMENTS: Mapping[str, Callable[[], str]] = {
    "docs/policies.md": write_policies,
    "docs/errors.md": write_errors,
    "docs/flow.md": flow_document,
    "docs/permissions.md": permissions_document,
    "docs/events.md": events_document,
    "docs/openapi.json": write_openapi,
}


def write_all(root: Path) -> None:
    """Write every document anew into a checkout."""
    for name, write in DOCUMENTS.items():
        (root / name).write_text(write(), encoding="utf-8")


if __name__ == "__main__":
    write_all(Path.cwd())
