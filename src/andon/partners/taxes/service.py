"""Setting and removing a shop's tax numbers."""

from collections.abc import Callable, Mapping

from stdnum.au import abn
from stdnum.eu import oss, vat
from stdnum.exceptions import ValidationError
from stdnum.gb import vat as uk_vat

from andon.kernel.errors import Invalid, NotFound
from andon.kernel.tx import Tx
from andon.partners.shops.views import shop_of
from andon.partners.taxes.events import TaxNumberRemoved, TaxNumberSet
from andon.partners.taxes.rules import FORMS, TaxKind, plain
from andon.platform.policies.rules import Policy

_CHECKED: Mapping[TaxKind, Callable[[str], str]] = {
    TaxKind.IOSS: oss.validate,
    TaxKind.EU_VAT: vat.validate,
    TaxKind.UK_VAT: uk_vat.validate,
    TaxKind.AU_GST: abn.validate,
}


def checked_number(kind: TaxKind, number: str) -> str:
    """The number as it is printed; Invalid `tax_number.invalid` where its form or its check digit is wrong."""
    written = plain(number)
    try:
        sound = _CHECKED[kind](written) if kind in _CHECKED else written
    except ValidationError as cause:
        raise Invalid("tax_number.invalid", f"{kind.value}: {cause}") from cause
    if kind in FORMS and not FORMS[kind].fullmatch(sound):
        raise Invalid("tax_number.invalid", f"{kind.value}: not its form")
    # The scheme has numbers of sellers (IM), of services (EU) and of intermediaries: parcels bear the first.
    if kind is TaxKind.IOSS and not sound.startswith("IM"):
        raise Invalid("tax_number.invalid", "an IOSS number begins with IM")
    return f"GB{sound}" if kind is TaxKind.UK_VAT else sound


def set_tax_number(tx: Tx[Policy], shop_id: int, kind: TaxKind, number: str) -> None:
    """Tax the shop's parcels under this number from now on; the same again changes nothing.

    Refuses with Invalid (`tax_number.invalid`) and NotFound (`shop.not_found`).
    """
    sound = checked_number(kind, number)
    tx.hold(shop_id)
    shop_of(tx, shop_id)
    changed = tx.run(
        "insert into tax_numbers as t (shop_id, kind, number, set_at) values (:shop, :kind, :number, :now) "
        "on conflict (shop_id, kind) do update set number = excluded.number, set_at = excluded.set_at "
        "where t.number <> excluded.number",
        shop=shop_id,
        kind=kind.value,
        number=sound,
        now=tx.now,
    )
    if changed:
        tx.emit(TaxNumberSet(shop_id=shop_id, tax=kind.value))


def remove_tax_number(tx: Tx[Policy], shop_id: int, kind: TaxKind) -> None:
    """Have no number of that kind any more; NotFound (`tax_number.not_found`) if there is none."""
    tx.hold(shop_id)
    if not tx.run(
        "delete from tax_numbers where shop_id = :shop and kind = :kind", shop=shop_id, kind=kind.value
    ):
        raise NotFound("tax_number.not_found")
    tx.emit(TaxNumberRemoved(shop_id=shop_id, tax=kind.value))
