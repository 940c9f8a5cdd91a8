"""What a shipping plan must hold."""

from collections.abc import Mapping, Sequence

from andon.kernel.errors import Invalid, codes
from andon.platform.policies.figures import Line

CODES = codes(
    {
        "plan.unknown_line": ("The policy has no such line", "物流方案中的线路不存在"),
        "plan.twice": ("A line stands in a plan once", "线路重复"),
        "plan.no_standard": ("A plan has at least one standard line", "物流方案至少须有一条标准线路"),
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
