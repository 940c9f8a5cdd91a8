"""The tree of what can go wrong; the edge maps each branch to a status.

    Refused          the business says no: a stable code, logged, never a 500
    ├── NotFound     404: it is not there, or not this party's to see
    ├── Unknown      401: no credentials, or none that hold
    ├── Forbidden    403: known, but not allowed
    ├── Invalid      422: the request says something that cannot be
    ├── Conflict     409: true, but not now: the object is in another state
    └── TooMany      429: the party asks more often than it may
    Unavailable      weather: the outside or the database is away; tried again
    assert           a bug

A code is `<what>.<fact>`, for example `order.out_of_stock`. A code that a program meets has a title in both
languages: its class's, or the one that a room declares with `codes`; `docs/errors.md` is made from these.
"""

from collections.abc import Mapping
from typing import Any, ClassVar

TITLES: dict[str, dict[str, str]] = {}
"""The titles of every declared code, by language."""


def codes(titles: Mapping[str, tuple[str, str]]) -> Mapping[str, tuple[str, str]]:
    """Declare a room's codes, each with its title in English and in Chinese; answers them unchanged.

    A code has one title in the whole system: another room's different words for it are a bug.
    """
    for code, (english, chinese) in titles.items():
        both = {"en": english, "zh-CN": chinese}
        assert TITLES.setdefault(code, both) == both, f"{code} has two titles"
    return titles


class Refused(Exception):
    """The business says no.

    `code` is stable and names the fact; `clause` is the policy clause that says no, where one does; `facts`
    are members of the problem document. Titles are the class's, by language.
    """

    status: ClassVar[int] = 422
    code: str = "refused"
    clause: str | None = None
    titles: ClassVar[dict[str, str]] = {"en": "Refused", "zh-CN": "请求被拒绝"}

    def __init__(
        self, code: str | None = None, detail: str = "", *, clause: str | None = None, **facts: Any
    ) -> None:
        self.code = code or type(self).code
        self.clause = clause or type(self).clause
        self.detail = detail
        self.facts = facts
        super().__init__(f"{self.code}: {detail}" if detail else self.code)

    def title(self, language: str) -> str:
        """The code's title in `en` or `zh-CN`."""
        return (TITLES.get(self.code) or self.titles)[language]


class NotFound(Refused):
    """It is not there, or it is not this party's to see; the two are told apart for nobody."""

    status = 404
    code = "not_found"
    titles: ClassVar[dict[str, str]] = {"en": "Not found", "zh-CN": "未找到"}


class Unknown(Refused):
    """The caller shows no credentials, or none that hold."""

    status = 401
    code = "credentials.unknown"
    titles: ClassVar[dict[str, str]] = {"en": "Credentials needed", "zh-CN": "需要有效的凭证"}


class Forbidden(Refused):
    """The caller is known, and may not do this."""

    status = 403
    code = "forbidden"
    titles: ClassVar[dict[str, str]] = {"en": "Not allowed", "zh-CN": "无权操作"}


class Invalid(Refused):
    """What was sent cannot be."""

    status = 422
    code = "request.invalid"
    titles: ClassVar[dict[str, str]] = {"en": "Invalid request", "zh-CN": "请求无效"}


class Conflict(Refused):
    """The object is not in a state that allows this."""

    status = 409
    code = "conflict"
    titles: ClassVar[dict[str, str]] = {"en": "Not in this state", "zh-CN": "当前状态不允许此操作"}


class TooMany(Refused):
    """The party asks more often than it may; `retry_after_seconds` says when to come back."""

    status = 429
    code = "rate.limited"
    titles: ClassVar[dict[str, str]] = {"en": "Too many requests", "zh-CN": "请求过于频繁"}


class Unavailable(Exception):
    """Weather: the outside party or the database is away. The same step is tried again."""


def refusals() -> list[type[Refused]]:
    """All classes of refusals that are loaded."""
    found: list[type[Refused]] = []
    waiting = [Refused]
    while waiting:
        each = waiting.pop()
        found.append(each)
        waiting += each.__subclasses__()
    return found


def known_titles() -> dict[str, dict[str, str]]:
    """The titles of every code that has any, its class's or its room's, by language."""
    return {each.code: each.titles for each in refusals() if "titles" in each.__dict__} | TITLES
