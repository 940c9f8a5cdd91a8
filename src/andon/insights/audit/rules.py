"""What a check of the live database is, what it finds, and the figures of the policies that it recomputes by."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from andon.platform.policies.rules import Policy


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that must hold: `sql` answers the rows that break it, and none while it holds.

    A row names what it is about by the columns `shop_id`, `order_id`, `fulfilment_id`, `charge_id`, `subject`, as far
    as it has them: by these the events that led there are found. `:policies` in the text stands for `figures_of`,
    `:holidays` for the public holidays of each country that are known.
    """

    name: str
    title: Mapping[str, str]
    sql: str


@dataclass(frozen=True, slots=True)
class Step:
    """An event on the way to an offending row."""

    event_id: int
    at: datetime
    recorded_at: datetime
    kind: str
    subject: str
    actor: str
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Offence:
    """A row that breaks a check, and the last events of what it is about, the oldest first."""

    row: Mapping[str, Any]
    events: Sequence[Step] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found: how many rows break it, and some of them.

    `count` is None where the check did not end in time; then nothing is known, and that is not well.
    """

    name: str
    title: Mapping[str, str]
    count: int | None
    sample: Sequence[Offence] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def ok(self) -> bool:
        """Whether what must hold holds."""
        return self.count == 0


def all_well(findings: Iterable[Finding]) -> bool:
    """Whether every check holds."""
    return all(finding.ok for finding in findings)


def told(finding: Finding) -> dict[str, Any]:
    """A finding as JSON has it; `count` is null where the check did not end in time."""
    return {
        "name": finding.name,
        "ok": finding.ok,
        "count": finding.count,
        "title": dict(finding.title),
        "sample": [
            {"row": dict(offence.row), "events": [_step(step) for step in offence.events]}
            for offence in finding.sample
        ],
        "seconds": round(finding.seconds, 3),
    }


def _step(step: Step) -> dict[str, Any]:
    return {
        "event_id": step.event_id,
        "at": step.at,
        "recorded_at": step.recorded_at,
        "kind": step.kind,
        "subject": step.subject,
        "actor": step.actor,
        "facts": dict(step.facts),
    }


def figures_of(policies: Iterable[Policy]) -> list[dict[str, Any]]:
    """What the checks recompute by, one row a version: deadlines in seconds, fees in minor units, rate cards.

    The audit works with these figures in SQL of its own, so that no rule vouches for itself.
    """
    return [
        {
            "version": policy.version,
            "set": policy.set_name,
            "in_force_from": policy.in_force_from,
            "announced_within": policy.announcing.within.total_seconds(),
            "refuses": {line.code: sorted(line.refuses) for line in policy.lines.values()},
            "zone": policy.zone,
            "currency": policy.currency,
            "unpushed_after": policy.mode.unpushed_after.total_seconds(),
            "answer_within": policy.mode.answer_within.total_seconds(),
            "stuck_after": policy.mode.stuck_after.total_seconds(),
            "stale_after": policy.mode.stale_after.total_seconds(),
            "complete_after": policy.mode.complete_after.total_seconds(),
            "cancel_answer_within": policy.mode.cancel_answer_within.total_seconds(),
            "freeze": policy.exit.freeze,
            "appeal_within": policy.exit.appeal_within.total_seconds(),
            "rating_at_least": str(policy.back.rating_at_least),
            "rating_days": policy.back.rating_window.days,
            "violation_days": policy.back.violation_window.days,
            "violation_kinds": sorted(policy.back.violation_kinds),
            "handled_within": policy.dispute.handled_within.total_seconds(),
            "delay_limit": _limit(policy)[0],
            "delay_currency": _limit(policy)[1],
            "settle_after_days": policy.fee.settle_after_days,
            "handling": policy.fee.handling.minor,
            "goods_settled": policy.fee.goods_settled,
            "subsidy": policy.move.subsidy.minor,
            "subsidised_orders": policy.move.subsidised_orders,
            "horizon": policy.move.horizon.total_seconds(),
            "penalty": policy.stock.penalty.minor,
            "penalty_currency": policy.stock.penalty.currency,
            "waived_when": sorted(policy.fee.waived_when),
            "tiers": [{"up_to_ml": tier.up_to_ml, "fee": tier.fee.minor} for tier in policy.fee.volume_tiers],
            "lines": _lines_of(policy),
        }
        for policy in policies
    ]


def _limit(policy: Policy) -> tuple[str | None, str | None]:
    """What a delay can cost an order, and in which currency; neither where it is the order's value."""
    limit = policy.dispute.delay_limit
    return (None, None) if isinstance(limit, str) else (str(limit.amount), limit.currency)


def _lines_of(policy: Policy) -> list[dict[str, Any]]:
    return [
        {
            "line": line.code,
            "kind": line.kind,
            "country": country,
            "first_g": rate.first_weight_grams,
            "first": rate.first_fee.minor,
            "step_g": rate.step_weight_grams,
            "step": rate.step_fee.minor,
            "divisor": rate.volumetric_divisor,
            "currency": rate.first_fee.currency,
            "surcharges": [
                {
                    "code": each.code,
                    "fee": each.fee and each.fee.minor,
                    "share": each.share,
                    "postcodes": list(each.postcodes),
                }
                for each in rate.surcharges
            ],
        }
        for line in policy.lines.values()
        for country, rate in sorted(line.rates.items())
    ]
