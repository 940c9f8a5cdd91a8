"""Freight over the weights and freight costs of real cross-border shipments: USAID's SCMS delivery history."""

import csv
import re
from collections.abc import Iterator
from decimal import ROUND_HALF_EVEN, Decimal
from itertools import pairwise
from math import ceil
from typing import NamedTuple

import pytest

from andon.kernel.money import Money
from andon.money.charges.rules import (
    ChargeKind,
    ChargeState,
    Parcel,
    Standing,
    Way,
    costs_of,
    freight_cost,
    freight_fee,
    surcharge_fee,
    to_book,
)
from andon.money.ledger.rules import SHOP_FUNDS, Posting
from andon.money.rates.rules import converted_at, residue_of
from andon.platform.policies.figures import Surcharge
from andon.platform.policies.files import load_policies
from tests.places import data_folder

CNY = load_policies().named("jit-3.2")
USD = load_policies("replay-usd").named("replay-usd")
RATES = {
    "by air to Spain": CNY.lines["cainiao_jit"].rates["ES"],
    "by air to Japan": CNY.lines["cainiao_jit"].rates["JP"],
    "by the pallet": USD.lines["pallet_jit"].rates["NG"],
}
FILE = data_folder() / "usaid_scms" / "shipments.csv"
NUMBER = re.compile(r"[0-9]+(\.[0-9]+)?")


class Shipped(NamedTuple):
    """What one line of the history weighed, in grams, and cost to move, in dollars."""

    grams: int
    freight: Decimal


def shipped() -> Iterator[Shipped]:
    with FILE.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            weight, freight = row["Weight (Kilograms)"].strip(), row["Freight Cost (USD)"].strip()
            if NUMBER.fullmatch(weight) and NUMBER.fullmatch(freight) and Decimal(weight) > 0:
                yield Shipped(int(Decimal(weight) * 1000), Decimal(freight).quantize(Decimal("0.01")))


LINES = sorted(shipped()) if FILE.is_file() else []
WEIGHTS = sorted({line.grams for line in LINES})
pytestmark = pytest.mark.skipif(not LINES, reason="the real data are not here: ANDON_DATA")


def parcel(grams: int) -> Parcel:
    return Parcel(1, "cainiao", grams, 1, 1, 1)


def surcharge(**said: object) -> Surcharge:
    return Surcharge.model_validate(said, context={"currency": "USD"})


def test_the_history_has_weights_from_under_a_kilogram_to_tons_and_costs_of_each() -> None:
    assert len(LINES) > 3_000
    assert len(WEIGHTS) > 1_000
    assert WEIGHTS[0] < 10_000
    assert WEIGHTS[-1] > 1_000_000


@pytest.mark.clause("FEE-3")
@pytest.mark.parametrize("name", RATES)
def test_every_real_weight_costs_the_first_weight_and_each_step_begun(name: str) -> None:
    rate = RATES[name]
    for grams in WEIGHTS:
        steps = ceil(max(Decimal(grams - rate.first_weight_grams) / rate.step_weight_grams, Decimal(0)))
        exact = rate.first_fee.amount + steps * rate.step_fee.amount
        assert freight_fee(grams, rate).amount == exact


@pytest.mark.clause("FEE-3")
@pytest.mark.parametrize("name", RATES)
def test_a_heavier_real_shipment_never_costs_less_and_no_step_is_left_out(name: str) -> None:
    rate = RATES[name]
    for lighter, heavier in pairwise(WEIGHTS):
        less, more = freight_fee(lighter, rate), freight_fee(heavier, rate)
        assert less <= more
        steps, rest = divmod((more - less).minor, rate.step_fee.minor)
        assert rest == 0
        assert (steps - 1) * rate.step_weight_grams < heavier - lighter or steps == 0


@pytest.mark.clause("FEE-3")
def test_a_share_of_every_real_freight_cost_is_half_even_and_grows_with_it() -> None:
    fuel = surcharge(code="fuel", share="0.085")
    before = Money.of("0", "USD")
    for freight in sorted({line.freight for line in LINES}):
        fee = surcharge_fee(fuel, Money(freight, "USD"))
        exact = (freight * Decimal("0.085")).quantize(Decimal("0.01"), ROUND_HALF_EVEN)
        assert fee.amount == exact
        assert before <= fee
        before = fee


@pytest.mark.clause("FEE-3")
def test_surcharges_come_on_top_and_stand_in_the_basis_by_name() -> None:
    plain = RATES["by the pallet"]
    remote = surcharge(code="remote", fee="7.00", postcodes=["9"])
    rate = plain.model_copy(update={"surcharges": (surcharge(code="fuel", share="0.085"), remote)})
    for grams in WEIGHTS:
        base = freight_fee(grams, plain)
        near, far = (freight_cost(parcel(grams), rate, Way("x", "NG", code)) for code in ("100", "900"))
        assert near.amount == base + surcharge_fee(rate.surcharges[0], base)
        assert far.amount == near.amount + Money.of("7.00", "USD")
        assert ("remote=7.00" in far.basis, "remote" in near.basis) == (True, False)


@pytest.mark.clause("FEE-3", "FEE-4")
def test_reversing_restores_and_charging_back_and_forth_leaves_what_is_owed_for_the_last_weight() -> None:
    funds = Decimal(0)
    standing: Standing | None = None
    for round_, grams in enumerate([*WEIGHTS, *reversed(WEIGHTS)]):
        way = Way("pallet_jit", "NG")
        cost = next(
            each for each in costs_of(7, 8, [parcel(grams)], way, USD) if each.kind is ChargeKind.FREIGHT
        )
        wanted, stale = to_book([cost], [standing] if standing else [], 8, late=True)
        if standing is not None and standing.amount == cost.amount:
            assert (wanted, stale) == ([], [])
            continue
        for old in stale:
            posting = Posting(SHOP_FUNDS, old.payee, old.amount, "charge.settled")
            assert posting.reversed("x").reversed("charge.settled") == posting
            funds += old.amount.amount
        [booking] = wanted
        assert booking.round == (standing.round + 1 if standing else 0), round_
        standing = Standing(
            booking.round + 1,
            cost.kind,
            cost.subject,
            booking.round,
            ChargeState.SETTLED,
            cost.amount,
            8,
            cost.payee,
        )
        funds -= cost.amount.amount
        assert -funds == cost.amount.amount
    assert standing is not None
    assert -funds == freight_fee(WEIGHTS[0], USD.lines["pallet_jit"].rates["NG"]).amount


@pytest.mark.parametrize("rate", ["7.1012", "0.9134", "149.55"])
def test_every_real_freight_cost_is_converted_within_half_a_minor_unit_and_the_residue_is_small(
    rate: str,
) -> None:
    parts = [converted_at(Money(line.freight, "USD"), "CNY", Decimal(rate)) for line in LINES]
    for part in parts:
        assert abs(part.amount.amount - part.base.amount * Decimal(rate)) <= Decimal("0.005")
    residue = residue_of(parts)
    whole = sum((part.amount.amount for part in parts), Decimal(0)) - residue.amount
    exact = sum((line.freight for line in LINES), Decimal(0)) * Decimal(rate)
    assert abs(whole - exact) <= Decimal("0.005")
    assert abs(residue.amount) <= len(parts) * Decimal("0.005")
