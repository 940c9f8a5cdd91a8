"""The figures of a policy by section: what each is called in code, its kind, and the clause it belongs to.

A value that a file puts under another clause than the one named here is refused.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Literal

from pydantic import AfterValidator, PlainValidator, model_validator

from andon.kernel.money import Money
from andon.platform.policies.values import (
    Amount,
    Code,
    Count,
    Country,
    Duration,
    Flag,
    Freeze,
    Frozen,
    GoodsMark,
    GoodsPaper,
    Guard,
    Limit,
    Number,
    PostcodeStart,
    Share,
    Texts,
    TimeOfDay,
    Unshipped,
    VolumeTier,
    Whole,
    by_currency,
    graded,
    growing,
    summing_to_one,
)


@dataclass(frozen=True)
class Of:
    """The clause that a figure belongs to."""

    clause: str


class Authorisation(Frozen):
    """What a seller signs when joining: the text and its version."""

    version: str
    text: Texts


class Mode(Frozen):
    """How JIT works."""

    categories: Annotated[frozenset[Code], Of("MODE-1")]
    push_p99: Annotated[Duration, Of("MODE-2")]
    push_rate: Annotated[Count, Of("MODE-2")]
    unpushed_after: Annotated[Duration, Of("MODE-2")]
    answer_within: Annotated[Duration, Of("MODE-3")]
    reroute_on_silence: Annotated[Flag, Of("MODE-3")]
    cancel_answer_within: Annotated[Duration, Of("MODE-3")]
    stuck_after: Annotated[Duration, Of("MODE-4")]
    stuck_from: Annotated[Literal["push"], Of("MODE-4")]
    remind_every: Annotated[Duration, Of("MODE-4")]
    stale_after: Annotated[Duration, Of("MODE-5")]
    complete_after: Annotated[Duration, Of("MODE-6")]
    authorisation: Annotated[Authorisation, Of("MODE-7")]


class Exit(Frozen):
    """Leaving as a shop. `notice` is the words on the screen, with `{hours}` for the switch's delay."""

    closed_states: Annotated[frozenset[str], Of("EXIT-1")]
    switch_delay: Annotated[Duration, Of("EXIT-4")]
    notice: Annotated[Texts, Of("EXIT-5")]
    appeal_within: Annotated[Duration, Of("EXIT-5")]
    freeze: Annotated[Freeze, Of("EXIT-7")]


class Part(Frozen):
    """One product leaving. `batch_limit` is SKUs a call."""

    batch_limit: Annotated[Count, Of("PART-1")]
    calibration_within: Annotated[Duration, Of("PART-2")]
    calibration_guard: Annotated[Guard, Of("PART-3")]


class Fee(Frozen):
    """What JIT costs. Freight's rate cards stand with the lines.

    `settle_after_days` is calendar days after the delivery's date in the platform's zone; `waived_when` names the
    ends of a shipped fulfilment that owe nothing. `goods_settled` is where a supplier's price is paid: outside, so that it
    is on record alone, or from the shop's funds like any fee. `enquiry_number` is a format of `year` and `serial`.
    """

    handling: Annotated[Amount, Of("FEE-1")]
    volume_tiers: Annotated[tuple[VolumeTier, ...], AfterValidator(graded), Of("FEE-2")]
    settle_after_days: Annotated[Whole, Of("FEE-4")]
    waived_when: Annotated[frozenset[Unshipped], Of("FEE-4")]
    goods_settled: Annotated[Literal["outside", "funds"], Of("FEE-4")]
    enquiry_number: Annotated[str, Of("FEE-5")]

    def tier_of(self, volume_ml: int) -> VolumeTier:
        """The one tier that a volume in millilitres falls into. Source: FEE-2."""
        return next(tier for tier in self.volume_tiers if tier.up_to_ml is None or volume_ml <= tier.up_to_ml)


class Dispute(Frozen):
    """Who answers for what, and up to how much an order."""

    supplier_causes: Annotated[frozenset[Code], Of("DISP-2")]
    supplier_limit: Annotated[Limit, Of("DISP-2")]
    delay_causes: Annotated[frozenset[Code], Of("DISP-3")]
    delay_limit: Annotated[Limit, Of("DISP-3")]
    handled_within: Annotated[Duration, Of("DISP-4")]
    seller_causes: Annotated[frozenset[Code], Of("DISP-5")]
    lost_causes: Annotated[frozenset[Code], Of("DISP-6")]
    lost_limit: Annotated[Limit, Of("DISP-6")]

    @model_validator(mode="after")
    def _one_payer_a_cause(self) -> "Dispute":
        groups = (self.supplier_causes, self.delay_causes, self.seller_causes, self.lost_causes)
        if len(frozenset().union(*groups)) != sum(map(len, groups)):
            raise ValueError("a cause names one payer")
        return self


class Stock(Frozen):
    """Units and promises. `penalty` is an order's; `allotment` is how a count is shared among shops."""

    penalty: Annotated[Amount, Of("STOCK-2")]
    allotment: Annotated[Literal["equal"], Of("STOCK-3")]


class Qualification(Frozen):
    """Who may fulfil. `weights` are the scorecard's, of 1; a supplier at or above `pass_mark` is recommended.

    `documents` are the kinds that a supplier has to show; the scorecard counts what was pushed in the last `scored_over`.
    """

    documents: Annotated[tuple[Code, ...], Of("QUAL-1")]
    review_within: Annotated[Duration, Of("QUAL-2")]
    scored_over: Annotated[Duration, Of("QUAL-2")]
    pass_mark: Annotated[Share, Of("QUAL-2")]
    weights: Annotated[Mapping[str, Share], AfterValidator(summing_to_one), Of("QUAL-2")]


class Back(Frozen):
    """Coming back. Ratings run from `rating_lowest` to `rating_highest` on each of `rating_axes`."""

    cooling_off: Annotated[Duration, Of("BACK-1")]
    rating_at_least: Annotated[Number, Of("BACK-2")]
    rating_window: Annotated[Duration, Of("BACK-2")]
    rating_axes: Annotated[tuple[Code, ...], Of("BACK-2")]
    rating_lowest: Annotated[Whole, Of("BACK-2")]
    rating_highest: Annotated[Whole, Of("BACK-2")]
    violation_window: Annotated[Duration, Of("BACK-3")]
    violation_kinds: Annotated[frozenset[Code], Of("BACK-3")]

    @model_validator(mode="after")
    def _rating_can_be_reached(self) -> "Back":
        if not self.rating_lowest <= self.rating_at_least <= self.rating_highest:
            raise ValueError("rating_at_least lies between rating_lowest and rating_highest")
        return self


class Move(Frozen):
    """Leaving gently. `horizon` is how long the two tracks run; the first `subsidised_orders` get `subsidy`."""

    horizon: Annotated[Duration, Of("MOVE-1")]
    choices: Annotated[tuple[Code, ...], Of("MOVE-1")]
    countries: Annotated[tuple[Country, ...], Of("MOVE-2")]
    promise_days: Annotated[Count, Of("MOVE-2")]
    subsidy: Annotated[Amount, Of("MOVE-2")]
    subsidised_orders: Annotated[Whole, Of("MOVE-2")]
    service_level: Annotated[Share, Of("MOVE-3")]

    @property
    def horizon_days(self) -> int:
        """The horizon in whole days."""
        return self.horizon // timedelta(days=1)


class Push(Frozen):
    """Retries of a push: the delay after each failed try, lengthened by up to `jitter_share` of itself."""

    retry_delays: Annotated[tuple[Duration, ...], AfterValidator(growing)]
    jitter_share: Share


class Breaking(Frozen):
    """When an endpoint is left alone, in machine time.

    It is once `tries` were made within `window` and a `share` of them failed; for `cool_off`, which doubles up to
    `longest_cool_off`. An endpoint that itself asks for time has it, up to `longest_rest`.
    """

    window: Duration
    tries: Count
    share: Share
    cool_off: Duration
    longest_cool_off: Duration
    longest_rest: Duration


class Post(Frozen):
    """How long a shop's people have to read an urgent notice before its owners are told, and how long a message is tried."""

    escalated_after: Duration
    tried_for: Duration


class Announcing(Frozen):
    """How long before and after it comes into force a version is told to shops, and at what hour in its zone."""

    within: Duration
    at: TimeOfDay


class Tracking(Frozen):
    """How far ahead a scan's instant may lie, and how long a scan waits for its label."""

    scan_ahead: Duration
    unlabelled_scan_kept: Duration


class Reporting(Frozen):
    """When an unreported shipment is flagged, and how often it is looked what is left to sell."""

    flag_after: Duration
    stock_every: Duration


class TaxScheme(Frozen):
    """A kind of tax number, and where a parcel bears it.

    It fits a consignment to one of `countries` that is worth at most `up_to`, in the currency that it is worth; one
    in a currency that is not named does not bear it. Without `up_to` any does.
    """

    kind: Code
    countries: frozenset[Country]
    up_to: Annotated[Mapping[str, Money], PlainValidator(by_currency)] | None = None

    def fits(self, country: str, value: Money) -> bool:
        """Whether a consignment of that value to that country bears the number."""
        if country not in self.countries or self.up_to is None:
            return country in self.countries
        limit = self.up_to.get(value.currency)
        return limit is not None and value <= limit


class Customs(Frozen):
    """The kinds of tax numbers by the order in which they are looked at: the first that fits stands on the label."""

    tax_numbers: tuple[TaxScheme, ...]


class Capacity(Frozen):
    """How long it is kept how many fulfilments a supplier had on a day."""

    days_kept: Duration


class Retention(Frozen):
    """How long what grows with time is kept."""

    events: Duration
    push_tries: Duration
    deliveries: Duration
    idempotency: Duration


class Record(Frozen):
    """How old an event may get before it is sealed."""

    sealed_after: Duration


class Privacy(Frozen):
    """How long a buyer's data is kept once its order has ended."""

    kept_for: Duration


class Standing(Frozen):
    """When a label without a scan is no shipment, how many wrong addresses are too many, and how soon an appeal is answered.

    More than `wrong_address_share` of the orders of `wrong_address_window` are too many, and `wrong_address_least` at least.
    """

    scanned_within: Duration
    wrong_address_window: Duration
    wrong_address_share: Share
    wrong_address_least: Count
    appeal_within: Duration


class Audit(Frozen):
    """When the platform is audited, by the clock on the wall in its zone."""

    nightly_at: TimeOfDay


class Surcharge(Frozen):
    """What a waybill costs beside its weight: a flat `fee`, or a `share` of its freight.

    With `postcodes` only one that goes to a postcode which begins with one of these bears it. Source: FEE-3.
    """

    code: Code
    fee: Amount | None = None
    share: Number | None = None
    postcodes: tuple[PostcodeStart, ...] = ()

    @model_validator(mode="after")
    def _flat_or_share(self) -> "Surcharge":
        if (self.fee is None) == (self.share is None):
            raise ValueError("a surcharge is either a fee or a share")
        return self

    def bears(self, postcode: str) -> bool:
        """Whether a waybill to that postcode bears it; spaces and hyphens in it do not count."""
        written = postcode.upper().replace(" ", "").replace("-", "")
        return not self.postcodes or written.startswith(self.postcodes)


class Rate(Frozen):
    """A line's price for one country; `volumetric_divisor` is cubic centimetres to the kilogram. Source: FEE-3."""

    first_weight_grams: Count
    first_fee: Amount
    step_weight_grams: Count
    step_fee: Amount
    volumetric_divisor: Count
    surcharges: tuple[Surcharge, ...] = ()

    @model_validator(mode="after")
    def _each_once(self) -> "Rate":
        if len({each.code for each in self.surcharges}) != len(self.surcharges):
            raise ValueError("a surcharge is named once")
        return self

    @property
    def currencies(self) -> set[str]:
        """The currencies of its amounts."""
        fees = (self.first_fee, self.step_fee, *(each.fee for each in self.surcharges))
        return {fee.currency for fee in fees if fee is not None}


class Carrier(Frozen):
    """Who moves parcels."""

    code: Code
    names: Texts


class Line(Frozen):
    """One service of a carrier, with its rate card; it reaches the countries that the card names.

    It takes no goods that bear a mark it `refuses`, and no piece heavier than `heaviest_grams`, where there is such a
    limit; of each product it needs the `papers`.
    """

    code: Code
    carrier: Code
    kind: Literal["jit", "standard", "smart"]
    names: Texts
    promise_days: Count
    heaviest_grams: Count | None = None
    refuses: frozenset[GoodsMark] = frozenset()
    papers: frozenset[GoodsPaper] = frozenset()
    rates: Mapping[Country, Rate]

    @property
    def countries(self) -> frozenset[str]:
        """The countries, ISO 3166-1 alpha-2, that the line reaches."""
        return frozenset(self.rates)
