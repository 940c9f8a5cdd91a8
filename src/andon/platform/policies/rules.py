"""Policies: every clause with its figures, which version is in force when, and what a shop may have of its own.

A policy is data (`data/*.toml`, read by `files`), frozen once read. A decision stores the version it was made
under; an order keeps the version in force when it was placed for fees and liability.
"""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from pydantic import TypeAdapter, ValidationError

from andon.kernel.errors import Forbidden, Invalid, NotFound, Refused
from andon.platform.policies.figures import (
    Announcing,
    Audit,
    Authorisation,
    Back,
    Breaking,
    Capacity,
    Carrier,
    Customs,
    Dispute,
    Exit,
    Fee,
    Line,
    Mode,
    Move,
    Part,
    Post,
    Privacy,
    Push,
    Qualification,
    Rate,
    Record,
    Reporting,
    Retention,
    Standing,
    Stock,
    Tracking,
)
from andon.platform.policies.values import Amount, Flag, Freeze, Frozen, Guard, VolumeTier, first_fault

__all__ = [
    "CODES",
    "Authorisation",
    "Carrier",
    "Clause",
    "Line",
    "Policies",
    "Policy",
    "Rate",
    "Source",
    "VolumeTier",
    "overridden",
]

FAMILIES: Mapping[str, tuple[str, type[Frozen], int]] = {
    "MODE": ("mode", Mode, 7),
    "EXIT": ("exit", Exit, 7),
    "PART": ("part", Part, 3),
    "FEE": ("fee", Fee, 5),
    "DISP": ("dispute", Dispute, 7),
    "STOCK": ("stock", Stock, 3),
    "QUAL": ("qualification", Qualification, 2),
    "BACK": ("back", Back, 4),
    "MOVE": ("move", Move, 3),
}
"""The families of clauses: the section that holds their figures, and how many clauses there are."""

SETTINGS: Mapping[str, type[Frozen]] = {
    "push": Push,
    "breaker": Breaking,
    "post": Post,
    "announcing": Announcing,
    "tracking": Tracking,
    "reporting": Reporting,
    "customs": Customs,
    "capacity": Capacity,
    "retention": Retention,
    "audit": Audit,
    "record": Record,
    "privacy": Privacy,
    "standing": Standing,
}
"""Sections whose values no clause names."""

CODES = tuple(f"{family}-{n}" for family, (*_, count) in FAMILIES.items() for n in range(1, count + 1))
"""Every clause of the policy, in order."""


class NoneInForce(Refused):
    """The instant lies before the first policy."""

    code = "policy.none_in_force"
    titles: ClassVar[dict[str, str]] = {"en": "No policy is in force then", "zh-CN": "该时间没有生效的规则"}


class PolicyUnknown(NotFound):
    """No policy has that name."""

    code = "policy.unknown"
    titles: ClassVar[dict[str, str]] = {"en": "No such policy", "zh-CN": "没有该版本的规则"}


class UnknownOverride(Invalid):
    """A shop has no value of its own for that."""

    code = "policy.unknown_override"
    titles: ClassVar[dict[str, str]] = {
        "en": "Not a value that a shop overrides",
        "zh-CN": "该规则值不可按店铺设定",
    }


class InvalidOverride(Invalid):
    """The value is not one that the rule can have."""

    code = "policy.invalid_override"
    titles: ClassVar[dict[str, str]] = {"en": "Not a valid value for this rule", "zh-CN": "该规则值无效"}


class OverrideForbidden(Forbidden):
    """Only the operator sets this value for a shop."""

    code = "policy.override_forbidden"
    titles: ClassVar[dict[str, str]] = {"en": "Only the operator sets this", "zh-CN": "该规则值仅平台可设定"}


class PolicyInvalid(Exception):
    """A policy file says what cannot be. It is told when the files are read, before anything runs by them."""

    def __init__(self, file: str, key: str, reason: str) -> None:
        self.file = file
        self.key = key
        self.reason = reason
        super().__init__(": ".join(part for part in (file, key, reason) if part))


@dataclass(frozen=True, slots=True)
class Source:
    """Where a rule or a figure comes from: `guide`, with the rulebook and section it names, or `ours`."""

    kind: str
    rulebook: str | None = None
    section: str | None = None


@dataclass(frozen=True, slots=True)
class Clause:
    """A rule under its stable code: what it says in each language, its figures, and where each comes from."""

    code: str
    title: Mapping[str, str]
    text: Mapping[str, str]
    values: Mapping[str, Any]
    source: Source
    sources: Mapping[str, Source]


@dataclass(frozen=True, kw_only=True)
class Policy:
    """One version of the rules: its clauses by code, and their figures by section.

    `in_force_from` is 00:00 of `in_force_on` in the policy's zone. `overrides` are the values that the shop whose
    policy this is has of its own, as they were set; empty on a version as it is published.
    """

    version: str
    set_name: str
    currency: str
    zone: str
    in_force_from: datetime
    in_force_on: date
    rulebook: str | None
    note: Mapping[str, str]
    clauses: Mapping[str, Clause] = field(repr=False)
    settings: Mapping[str, Clause] = field(repr=False)
    categories: Mapping[str, Mapping[str, str]] = field(repr=False)
    countries: Mapping[str, Mapping[str, str]] = field(repr=False)
    carriers: Mapping[str, Carrier] = field(repr=False)
    lines: Mapping[str, Line] = field(repr=False)
    mode: Mode = field(repr=False)
    exit: Exit = field(repr=False)
    part: Part = field(repr=False)
    fee: Fee = field(repr=False)
    dispute: Dispute = field(repr=False)
    stock: Stock = field(repr=False)
    qualification: Qualification = field(repr=False)
    back: Back = field(repr=False)
    move: Move = field(repr=False)
    push: Push = field(repr=False)
    breaker: Breaking = field(repr=False)
    post: Post = field(repr=False)
    announcing: Announcing = field(repr=False)
    tracking: Tracking = field(repr=False)
    reporting: Reporting = field(repr=False)
    customs: Customs = field(repr=False)
    capacity: Capacity = field(repr=False)
    retention: Retention = field(repr=False)
    audit: Audit = field(repr=False)
    record: Record = field(repr=False)
    privacy: Privacy = field(repr=False)
    standing: Standing = field(repr=False)
    overrides: Mapping[str, Any] = field(default_factory=dict)

    def day_of(self, instant: datetime) -> date:
        """The day of an instant in the platform's zone."""
        return instant.astimezone(ZoneInfo(self.zone)).date()


class Policies:
    """The versions of one set, by the instant from which each is in force."""

    def __init__(self, versions: Sequence[Policy]) -> None:
        self.versions = tuple(sorted(versions, key=lambda policy: policy.in_force_from))
        self._starts = [policy.in_force_from for policy in self.versions]
        self._named = {policy.version: policy for policy in self.versions}
        assert len(set(self._starts)) == len(self._named) == len(self.versions) > 0, (
            "one version at any instant"
        )

    def at(self, instant: datetime) -> Policy:
        """The version in force at that instant; NoneInForce before the first."""
        place = bisect_right(self._starts, instant)
        if not place:
            raise NoneInForce(detail=f"the first policy is in force from {self._starts[0].isoformat()}")
        return self.versions[place - 1]

    def named(self, version: str) -> Policy:
        """The version of that name; PolicyUnknown if there is none."""
        if version not in self._named:
            raise PolicyUnknown(detail=f"policies are {', '.join(self._named)}")
        return self._named[version]

    def until(self, policy: Policy) -> datetime | None:
        """The instant from which the next version is in force, or None for the newest."""
        return next((start for start in self._starts if start > policy.in_force_from), None)


@dataclass(frozen=True, slots=True)
class Override:
    """A figure that a shop may have of its own: where it stands, its kind, and whether the shop may set it."""

    section: str
    figure: str
    kind: TypeAdapter[Any]
    by_shop: bool = False


OVERRIDES: Mapping[str, Override] = {
    "freeze": Override("exit", "freeze", TypeAdapter(Freeze)),
    "reroute_on_silence": Override("mode", "reroute_on_silence", TypeAdapter(Flag), by_shop=True),
    "calibration_guard": Override("part", "calibration_guard", TypeAdapter(Guard)),
    "stock_out_penalty": Override("stock", "penalty", TypeAdapter(Amount)),
}
"""What may differ from shop to shop. None of them goes into a fee: those are the order's version alone."""


def override_of(key: str) -> Override:
    """The override of that name; UnknownOverride for any other."""
    if key not in OVERRIDES:
        raise UnknownOverride(detail=f"{key}: a shop overrides {', '.join(OVERRIDES)}", key=key)
    return OVERRIDES[key]


def override_value(policy: Policy, key: str, value: Any) -> Any:
    """The figure that `value` says for the override `key`; InvalidOverride if it is none."""
    try:
        figure = override_of(key).kind.validate_python(value, context={"currency": policy.currency})
    except ValidationError as cause:
        raise InvalidOverride(detail=f"{key}: {first_fault(cause)[1]}", key=key) from cause
    if getattr(figure, "currency", policy.currency) != policy.currency:
        raise InvalidOverride(detail=f"{key}: amounts are in {policy.currency}", key=key)
    return figure


def overridden(policy: Policy, values: Mapping[str, Any]) -> Policy:
    """The policy with these values in place of its own; a None leaves the policy's own in force."""
    own = {key: value for key, value in values.items() if value is not None}
    sections: dict[str, Any] = {}
    for key, value in own.items():
        override = override_of(key)
        section = sections.get(override.section) or getattr(policy, override.section)
        figure = override_value(policy, key, value)
        sections[override.section] = section.model_copy(update={override.figure: figure})
    return replace(policy, overrides=own, **sections) if own else policy
