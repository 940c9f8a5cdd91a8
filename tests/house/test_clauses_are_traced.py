"""Every clause of the policy that is built has a test that names it."""

import ast
from pathlib import Path

from andon.platform.policies.rules import CODES

TESTS = Path(__file__).parents[1]

NOT_BUILT_YET = {
    "MOVE-1",
}
"""What later stages of the product bring; a clause leaves this list with its first test."""


def traced() -> set[str]:
    return {
        argument.value
        for path in TESTS.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "clause"
        for argument in node.args
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str)
    }


def test_every_clause_that_is_built_has_a_test() -> None:
    assert set(CODES) - traced() - NOT_BUILT_YET == set()


def test_a_clause_that_has_a_test_is_not_listed_as_unbuilt() -> None:
    assert traced() & NOT_BUILT_YET == set()


def test_a_traced_clause_is_one_of_the_policys() -> None:
    assert traced() <= set(CODES)
