"""The map as a document: the stations in their order, and each lifecycle as a drawing. Makes docs/flow.md."""

import inspect
from datetime import timedelta
from pathlib import Path
from typing import Any

from andon.adapters.anchor_file import AnchorFile
from andon.app.line import aside, whole_line
from andon.kernel.lifecycle import Lifecycle
from andon.kernel.line import AnyStation, OutsideStation
from andon.membership.enrolment.rules import ENROLMENT
from andon.membership.exits.rules import EXIT
from andon.membership.qualification.rules import REVIEW
from andon.money.charges.rules import CHARGE
from andon.orders.order.rules import FULFILMENT
from andon.partners.bindings.rules import BINDING
from andon.partners.parting.rules import PRODUCT_EXIT
from andon.partners.suppliers.rules import SUPPLIER
from andon.platform.audits.rules import Report
from andon.platform.documents.authority import Authority

LIFECYCLES: tuple[Lifecycle[Any], ...] = (
    FULFILMENT,
    CHARGE,
    SUPPLIER,
    REVIEW,
    BINDING,
    ENROLMENT,
    EXIT,
    PRODUCT_EXIT,
)

_HEAD = """## The line

Every station, in the order in which they are run. A station does what is due at the instant and sleeps until the next.
"""


_BESIDE = """
Beside the line, so that it holds nothing up:
"""


def flow_document() -> str:
    """docs/flow.md: written from the line and the lifecycle tables, so that it cannot disagree with them."""
    parts = [
        "# Flow\n\nMade from `src/andon/app/line.py` and the lifecycle tables by `make docs`; do not edit.\n",
        _HEAD,
        "| station | what it does | due by | batch |\n| --- | --- | --- | --- |",
        *(_row(station) for station in whole_line(b"")),
        _BESIDE,
        "| station | what it does | due by | batch |\n| --- | --- | --- | --- |",
        *(
            _row(station)
            for station in aside(
                lambda: Report(checks=0, took_ms=0),
                AnchorFile(Path(), ""),
                b"",
                timedelta(minutes=5),
                Authority.made_from(b""),
            )
        ),
    ]
    parts += [_drawing(lifecycle) for lifecycle in LIFECYCLES]
    return "\n".join(parts) + "\n"


def _row(station: AnyStation) -> str:
    does = station.claim if isinstance(station, OutsideStation) else station.step
    says = (inspect.getdoc(does) or "").split("\n", maxsplit=1)[0]
    return f"| {station.name} | {says} | `{station.due}` | {station.batch} |"


def _drawing(lifecycle: Lifecycle[Any]) -> str:
    lines = [f"\n## {lifecycle.name.replace('_', ' ').capitalize()}\n\n```mermaid\nstateDiagram-v2"]
    lines += [f"    [*] --> {state.word}" for state in sorted(lifecycle.start)]
    lines += [
        f"    {source.word} --> {target.word}"
        for source, targets in lifecycle.moves.items()
        for target in sorted(targets)
    ]
    lines += [f"    {state.word} --> [*]" for state in sorted(lifecycle.ends())]
    return "\n".join([*lines, "```"])
