"""Every code that a program can meet: read from the source, so that none is without its titles."""

import ast
import importlib
import pkgutil
import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import andon
from andon.kernel.errors import Conflict, Refused, known_titles, refusals

_CODE = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+")
_PROBLEM = "problem"
_FIELD = "PydanticCustomError"
ANSWERED = "in the answer"
"""What stands in a status's place for a code of one item of a bulk call."""

_INTRODUCTION = """# Errors

Made from the source by `make docs`; do not edit.

A refusal is a problem document (RFC 9457, `application/problem+json`): `type`, `title`, `status`, `code`, `detail`,
`instance`, `request_id`, the policy's `clause` where one says no, and the facts of the case as members of their own.
Programs go by `code`, which is stable; `title` is in English or Chinese by Accept-Language. A request that is not in
the form it needs is 422 `request.invalid` with `errors`, each with the `part` of the request, a JSON `pointer` into it
and a code of its own ("in a field" below). Calls that take many answer per item ("in the answer").

| code | status | English | 中文 |
| --- | --- | --- | --- |
"""


@cache
def import_everything() -> None:
    """Import every module, so that all classes and declared titles are known; once is enough."""
    for module in pkgutil.walk_packages(andon.__path__, "andon."):
        if not module.name.endswith(".__main__") and ".migrations." not in module.name:
            importlib.import_module(module.name)


def said_codes() -> dict[str, set[str]]:
    """Each code that the source says, with the statuses it comes with: of a problem, a field, or an item."""
    by_name = {each.__name__: each for each in refusals()}
    found: dict[str, set[str]] = defaultdict(set)
    for each in by_name.values():
        found[each.code].add(str(each.status))
    for path in sorted(Path(andon.__path__[0]).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call):
                for code, status in _of_call(node, by_name):
                    found[code].add(status)
    return dict(found)


def errors_document() -> str:
    """docs/errors.md: every code, the statuses it comes with, and its titles."""
    import_everything()
    named = known_titles()
    # A lifecycle's refusal is named after it when it is raised, so the source does not spell it.
    said = {code: {str(Conflict.status)} for code in named if code.endswith(".state")} | said_codes()
    lines = []
    for code, statuses in sorted(said.items()):
        both = named.get(code, {"en": "", "zh-CN": ""})
        lines.append(f"| `{code}` | {', '.join(sorted(statuses))} | {both['en']} | {both['zh-CN']} |")
    return _INTRODUCTION + "\n".join(lines) + "\n"


def _of_call(call: ast.Call, by_name: dict[str, type[Refused]]) -> Iterator[tuple[str, str]]:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    first = call.args[0] if call.args else None
    if name in by_name and first is not None:
        yield from ((code, str(by_name[name].status)) for code in _literals(first))
    elif name == _FIELD and first is not None:
        yield from ((code, "in a field") for code in _literals(first))
    given = {keyword.arg: keyword.value for keyword in call.keywords}
    if name == _PROBLEM and isinstance(given["status"], ast.Constant):
        yield from ((code, str(given["status"].value)) for code in _literals(given["code"], words=True))
    elif "code" in given:
        status = str(by_name[name].status) if name in by_name else ANSWERED
        yield from ((code, status) for code in _literals(given["code"]))


def _literals(expression: ast.expr, *, words: bool = False) -> Iterator[str]:
    """The codes in an expression; with `words` also those of a single word."""
    for node in ast.walk(expression):
        text = node.value if isinstance(node, ast.Constant) else None
        if isinstance(text, str) and (words or _CODE.fullmatch(text)):
            yield text
