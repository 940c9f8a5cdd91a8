"""The policies over HTTP: anyone reads them, the operator sets a shop's own values."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Literal

from fastapi import Request
from pydantic import Field

from andon.kernel.errors import Invalid, NotFound
from andon.kernel.http.models import Instant, MoneyIn, MoneyOut, Out, Strict
from andon.kernel.http.pages import BadCursor, Page, PageQuery, page_of
from andon.kernel.http.problems import problems
from andon.platform.accounts.edge import InTransaction, Router, allow
from andon.platform.policies.figures import Line, Surcharge
from andon.platform.policies.rules import (
    Clause,
    InvalidOverride,
    OverrideForbidden,
    Policies,
    Policy,
    PolicyUnknown,
    Source,
)
from andon.platform.policies.service import set_policy_overrides
from andon.platform.policies.values import Freeze, GoodsMark, GoodsPaper, Guard
from andon.platform.policies.views import policy_for
from andon.platform.policies.wire import figure_on_wire

router = Router(tags=["policies"])

Texts = Annotated[dict[str, str], Field(examples=[{"zh-CN": "异常滞留", "en": "Stuck parcels"}])]


class SourceOut(Out):
    """Where a rule or figure comes from: the guide, with the rulebook and section it names, or ours."""

    kind: Literal["guide", "ours"]
    rulebook: str | None
    section: str | None


class ValueOut(Out):
    """One figure. Durations are ISO 8601, amounts money, decimals texts."""

    name: str
    value: Any
    source: SourceOut


class ClauseOut(Out):
    """A rule under its stable code."""

    code: str
    title: Texts
    text: Texts
    source: SourceOut
    values: list[ValueOut]


class SurchargeOut(Out):
    """What a waybill costs beside: a flat `fee` or a `share` of its freight; only of `postcodes` that begin so, if any."""

    code: str
    fee: MoneyOut | None
    share: str | None
    postcodes: list[str]


class RateOut(Out):
    """A line's price for one country; the divisor is cubic centimetres to the kilogram."""

    country: str
    first_weight_grams: int
    first_fee: MoneyOut
    step_weight_grams: int
    step_fee: MoneyOut
    volumetric_divisor: int
    surcharges: list[SurchargeOut]


class LineOut(Out):
    """One service of a carrier, with its rate card: the heaviest piece and what goods it does not take, what `papers` it needs."""

    code: str
    carrier: str
    kind: Literal["jit", "standard", "smart"]
    names: Texts
    promise_days: int
    heaviest_grams: int | None
    refuses: list[GoodsMark]
    papers: list[GoodsPaper]
    rates: list[RateOut]


class NamedOut(Out):
    """A code with its names."""

    code: str
    names: Texts


class PolicyHead(Out):
    """A version of the rules, in force from one instant until the next; a null `in_force_until` is open."""

    version: str
    in_force_from: Instant
    in_force_until: Instant | None
    in_force_on: date
    currency: str
    zone: str
    rulebook: str | None
    note: Texts


class PolicyOut(PolicyHead):
    """A version with every clause, figure and source, and the reference data that it goes by."""

    clauses: list[ClauseOut]
    settings: list[ClauseOut]
    categories: list[NamedOut]
    countries: list[NamedOut]
    carriers: list[NamedOut]
    lines: list[LineOut]


class PolicyOverridesIn(Strict):
    """A shop's own values from now on. A null gives one back to the policy; what is left out stays."""

    freeze: Freeze | None = None
    reroute_on_silence: bool | None = None
    calibration_guard: Guard | None = None
    stock_out_penalty: MoneyIn | None = None

    def changes(self) -> dict[str, Any]:
        """What was sent, and nothing that was not."""
        return self.model_dump(exclude_unset=True)


class PolicyOverridesOut(Out):
    """What a shop stands under now; `own` names the values that are the shop's own."""

    shop_id: int
    version: str
    freeze: Freeze
    reroute_on_silence: bool
    calibration_guard: Guard
    stock_out_penalty: MoneyOut
    own: list[str]


@router.get("/policies")
def list_policies(request: Request, page: PageQuery) -> Page[PolicyHead]:
    """The versions of the rules, oldest first; no key is needed."""
    policies = _policies_of(request)
    names = [policy.version for policy in policies.versions]
    start = 0
    if page.after is not None:
        if page.after[0] not in names:
            raise BadCursor
        start = names.index(page.after[0]) + 1
    rows = policies.versions[start : start + page.fetch]
    return page_of(
        rows, page, lambda policy: [policy.version], lambda policy: PolicyHead(**_head(policies, policy))
    )


@router.get("/policies/{version}", responses=problems(PolicyUnknown))
def show_policy(request: Request, version: str) -> PolicyOut:
    """One version with every clause, figure and source; no key is needed."""
    policies = _policies_of(request)
    policy = policies.named(version)
    return PolicyOut(
        **_head(policies, policy),
        clauses=[_clause(clause) for clause in policy.clauses.values()],
        settings=[_clause(clause) for clause in policy.settings.values()],
        categories=_named(policy.categories),
        countries=_named(policy.countries),
        carriers=_named({code: carrier.names for code, carrier in policy.carriers.items()}),
        lines=[_line(line) for line in policy.lines.values()],
    )


@router.get(
    "/shops/{shop_id}/policy_overrides",
    dependencies=[allow("shops.read", "shop", "operator")],
    responses=problems(NotFound),
)
def show_policy_overrides(shop_id: int, tx: InTransaction) -> PolicyOverridesOut:
    """What the shop stands under now, and which of it is its own."""
    return _overrides(shop_id, policy_for(tx, shop_id))


@router.put(
    "/shops/{shop_id}/policy_overrides",
    dependencies=[allow("policies.write", "shop", "operator")],
    responses=problems(NotFound, Invalid, InvalidOverride, OverrideForbidden),
)
def put_policy_overrides(shop_id: int, body: PolicyOverridesIn, tx: InTransaction) -> PolicyOverridesOut:
    """Give a shop values of its own from now on. A shop itself sets `reroute_on_silence` alone. MODE-3, EXIT-7."""
    return _overrides(shop_id, set_policy_overrides(tx, shop_id, body.changes()))


def _policies_of(request: Request) -> Policies:
    policies = request.app.state.edge.policies
    assert isinstance(policies, Policies)
    return policies


def _head(policies: Policies, policy: Policy) -> dict[str, Any]:
    return {
        "version": policy.version,
        "in_force_from": policy.in_force_from,
        "in_force_until": policies.until(policy),
        "in_force_on": policy.in_force_on,
        "currency": policy.currency,
        "zone": policy.zone,
        "rulebook": policy.rulebook,
        "note": policy.note,
    }


def _clause(clause: Clause) -> ClauseOut:
    return ClauseOut(
        code=clause.code,
        title=dict(clause.title),
        text=dict(clause.text),
        source=_source(clause.source),
        values=[
            ValueOut(name=name, value=figure_on_wire(figure), source=_source(clause.sources[name]))
            for name, figure in clause.values.items()
        ],
    )


def _source(source: Source) -> SourceOut:
    return SourceOut.model_validate(source)


def _named(names: Mapping[str, Mapping[str, str]]) -> list[NamedOut]:
    return [NamedOut(code=code, names=dict(texts)) for code, texts in names.items()]


def _line(line: Line) -> LineOut:
    rates = [
        RateOut(
            country=country,
            first_weight_grams=rate.first_weight_grams,
            first_fee=MoneyOut.of(rate.first_fee),
            step_weight_grams=rate.step_weight_grams,
            step_fee=MoneyOut.of(rate.step_fee),
            volumetric_divisor=rate.volumetric_divisor,
            surcharges=[_surcharge(each) for each in rate.surcharges],
        )
        for country, rate in line.rates.items()
    ]
    return LineOut(
        code=line.code,
        carrier=line.carrier,
        kind=line.kind,
        names=dict(line.names),
        promise_days=line.promise_days,
        heaviest_grams=line.heaviest_grams,
        refuses=sorted(line.refuses),
        papers=sorted(line.papers),
        rates=rates,
    )


def _surcharge(surcharge: Surcharge) -> SurchargeOut:
    return SurchargeOut(
        code=surcharge.code,
        fee=MoneyOut.of(surcharge.fee) if surcharge.fee else None,
        share=None if surcharge.share is None else str(surcharge.share),
        postcodes=list(surcharge.postcodes),
    )


def _overrides(shop_id: int, policy: Policy) -> PolicyOverridesOut:
    return PolicyOverridesOut(
        shop_id=shop_id,
        version=policy.version,
        freeze=policy.exit.freeze,
        reroute_on_silence=policy.mode.reroute_on_silence,
        calibration_guard=policy.part.calibration_guard,
        stock_out_penalty=MoneyOut.of(policy.stock.penalty),
        own=sorted(policy.overrides),
    )
