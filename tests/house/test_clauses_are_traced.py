"""Every clause of the policy has a test that names it."""

import ast
from pathlib import Path

from andon.platform.policies.rules import CODES

TESTS = Path(__file__).parents[1]


def traced() -> set[str]:
    return {
        argument.value
        for path in TESTS.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "clause"
        for argument in node.args
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str)
    }


def test_every_clause_of_the_policy_has_a_test_and_every_traced_clause_is_one() -> None:
    assert traced() == set(CODES)
