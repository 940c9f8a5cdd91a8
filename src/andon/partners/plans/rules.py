"""What a shipping plan must hold."""

from collections.abc import Mapping, Sequence

from andon.kernel.errors import Forbidden, Invalid, codes
from andon.platform.policies.figures import Line

CODES = codes(
    {
        "plan.unknown_line": ("The policy has no such line", "物流方案中的线路不存在"),
        "plan.twice": ("A line stands in a plan once", "线路重复"),
        "plan.no_standard": ("A plan has at least one standard line", "物流方案至少须有一条标准线路"),
        "plan.jit_not_offered": ("JIT lines are not offered to the shop", "店铺未开通JIT，不可选择JIT线路"),
    }
)


def check_plan(chosen: Sequence[str], lines: Mapping[str, Line]) -> None:
    """Refuse a plan that cannot ship: Invalid `plan.unknown_line`, `plan.twice` or `plan.no_standard`.

    `lines` are the policy's. A plan needs a standard line because orders go the standard way whenever JIT's
    intake is closed.
    """
    for code in chosen:
        if code not in lines:
            raise Invalid("plan.unknown_line", f"{code}: lines are {', '.join(sorted(lines))}", line=code)
    if len(set(chosen)) < len(chosen):
        twice = next(code for code in chosen if chosen.count(code) > 1)
        raise Invalid("plan.twice", twice, line=twice)
    if not any(lines[code].kind == "standard" for code in chosen):
        raise Invalid("plan.no_standard")


def jit_lines(lines: Mapping[str, Line]) -> list[str]:
    """The codes of the policy's JIT lines."""
    return sorted(code for code, line in lines.items() if line.kind == "jit")


def check_offered(chosen: Sequence[str], lines: Mapping[str, Line], *, jit_offered: bool) -> None:
    """Refuse a JIT line, with Forbidden `plan.jit_not_offered`, to a shop that JIT is not offered to. Source: EXIT-6."""
    barred = [] if jit_offered else [code for code in chosen if lines[code].kind == "jit"]
    if barred:
        raise Forbidden("plan.jit_not_offered", ", ".join(barred), clause="EXIT-6", line=barred[0])
