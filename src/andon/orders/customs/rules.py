"""What a parcel is declared as: its lines, what they are worth, and the tax number that it bears."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from andon.kernel.money import Money
from andon.platform.policies.figures import TaxScheme


@dataclass(frozen=True, slots=True)
class DeclaredLine:
    """A line as it is declared: `quantity` pieces of `unit_value` each, the price where no value is declared.

    `name`, `hs_code` and `origin` are None where nobody has said them. `marks` is what the packer must know
    (`battery_alone`, `liquid` …), `un_number` the mark that a parcel with the battery bears.
    """

    line_no: int
    sku: str
    title: str
    quantity: int
    unit_value: Money
    name: str | None = None
    hs_code: str | None = None
    origin: str | None = None
    marks: tuple[str, ...] = ()
    un_number: str | None = None

    @property
    def value(self) -> Money:
        """What its pieces are worth together."""
        return self.unit_value * self.quantity


@dataclass(frozen=True, slots=True)
class Declaration:
    """What one fulfilment is declared as; `tax_kind` and `tax_number` are what its parcels bear, if anything.

    `eori` is the shop's number at customs. `missing` are the papers that its line needs and nobody has said.
    """

    shop_id: int
    fulfilment_id: int
    country: str
    lines: tuple[DeclaredLine, ...]
    value: Money
    tax_kind: str | None = None
    tax_number: str | None = None
    eori: str | None = None
    missing: tuple[str, ...] = ()


def tax_number_for(
    country: str, value: Money, schemes: Iterable[TaxScheme], numbers: Mapping[str, str]
) -> tuple[str, str] | None:
    """The kind and number that a consignment of that value to that country bears; None where none fits.

    The first scheme that fits and of which the shop has a number.
    """
    return next(
        (
            (scheme.kind, numbers[scheme.kind])
            for scheme in schemes
            if scheme.kind in numbers and scheme.fits(country, value)
        ),
        None,
    )
