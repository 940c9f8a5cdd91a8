"""Goods as they are sent and answered."""

from typing import Annotated, Literal

from pydantic import Field

from andon.kernel.http.models import MoneyIn, MoneyOut, Out, Strict
from andon.partners.goods.rules import LONGEST_NAME, Battery, Cell, Goods

BatteryWord = Literal["in_equipment", "with_equipment", "alone"]
CellWord = Literal["lithium_ion", "lithium_metal", "sodium_ion"]


class GoodsIn(Strict):
    """What a product holds and is declared as at customs.

    A battery says what its cells are made of. An HS code has 6 to 10 digits, a customs name is in English, `origin`
    is of ISO 3166-1, the declared value is a piece's, in the shop's currency.
    """

    battery: BatteryWord | None = None
    cell: CellWord | None = None
    liquid: bool = False
    magnetic: bool = False
    hs_code: Annotated[str, Field(max_length=10, examples=["850760"])] | None = None
    customs_name: Annotated[str, Field(max_length=LONGEST_NAME, examples=["Power bank"])] | None = None
    origin: Annotated[str, Field(max_length=2, examples=["CN"])] | None = None
    declared_value: MoneyIn | None = None

    def goods(self) -> Goods:
        """The same for the use case."""
        said = self.model_dump(exclude={"battery", "cell", "declared_value"})
        return Goods(
            battery=Battery(self.battery) if self.battery else None,
            cell=Cell(self.cell) if self.cell else None,
            declared_value=self.declared_value.money() if self.declared_value else None,
            **said,
        )


class GoodsOut(Out):
    """What is said of a product; `un_number` is its battery's, by which a parcel is marked."""

    battery: BatteryWord | None
    cell: CellWord | None
    un_number: str | None
    liquid: bool
    magnetic: bool
    hs_code: str | None
    customs_name: str | None
    origin: str | None
    declared_value: MoneyOut | None

    @classmethod
    def of(cls, goods: Goods | None) -> "GoodsOut | None":
        """The wire's form of goods; None where nothing is said of them."""
        if goods is None:
            return None
        value = goods.declared_value
        said = {name: getattr(goods, name) for name in cls.model_fields} | {
            "battery": goods.battery and goods.battery.value,
            "cell": goods.cell and goods.cell.value,
            "declared_value": value and MoneyOut.of(value),
        }
        return cls.model_validate(said)
