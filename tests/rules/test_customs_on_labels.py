"""What of a declaration stands on a label."""

import pytest

from andon.kernel.money import Money
from andon.orders.customs.rules import Declaration, DeclaredLine
from andon.orders.papers.rules import Content, Customs, customs_of
from andon.orders.papers.rules.customs import MOST_CONTENTS
from andon.partners.goods.rules import MARKS
from andon.partners.taxes.rules import TaxKind


def line(number: int, **said: object) -> DeclaredLine:
    return DeclaredLine(number, f"S-{number}", f"衣服 {number}", 2, Money.of("9.50", "EUR"), **said)  # type: ignore[arg-type]


def declared(*lines: DeclaredLine, **said: object) -> Declaration:
    value = sum((each.value for each in lines[1:]), lines[0].value)
    return Declaration(1, 7, "ES", lines, value, **said)  # type: ignore[arg-type]


def test_a_label_names_what_is_in_the_parcel_what_it_bears_and_its_marks():
    bank = line(1, name="Power bank", hs_code="850760", marks=("battery_alone",), un_number="UN3480")
    shirt = line(2)
    block = customs_of(declared(bank, shirt, tax_kind="ioss", tax_number="IM3720000224"), 1)
    assert block == Customs(
        [Content("Power bank", "850760", 2, "EUR 19.00"), Content("衣服 2", "—", 2, "EUR 19.00")],
        "IOSS IM3720000224",
        ["电池 Battery UN3480"],
    )


def test_of_several_parcels_the_first_declares_and_each_bears_the_marks():
    liquid = declared(line(1, marks=("liquid",)))
    first, second = customs_of(liquid, 1), customs_of(liquid, 2)
    assert first
    assert second
    assert [len(first.contents), len(second.contents)] == [1, 0]
    assert list(first.marks) == list(second.marks) == ["液体 Liquid"]


def test_where_nothing_was_said_there_is_no_block():
    assert customs_of(declared(line(1), line(2)), 1) is None


def test_what_has_no_room_stands_together_in_the_last_line():
    lines = [line(number, name=f"Thing {number}") for number in range(1, 101)]
    block = customs_of(declared(*lines), 1)
    assert block
    assert len(block.contents) == MOST_CONTENTS
    rest = block.contents[-1]
    assert (rest.quantity, rest.value) == (
        2 * (101 - MOST_CONTENTS),
        str(lines[0].value * (101 - MOST_CONTENTS)),
    )
    assert sum(each.quantity for each in block.contents) == 200


@pytest.mark.parametrize("mark", MARKS)
def test_every_mark_has_its_words(mark: str):
    block = customs_of(declared(line(1, marks=(mark,))), 1)
    assert block
    assert len(block.marks) == 1


@pytest.mark.parametrize("kind", [each.value for each in TaxKind if each is not TaxKind.EORI])
def test_every_tax_number_that_a_parcel_bears_has_its_name(kind: str):
    block = customs_of(declared(line(1), tax_kind=kind, tax_number="1"), 1)
    assert block
    assert block.tax_number
    assert not block.tax_number.startswith("1")
