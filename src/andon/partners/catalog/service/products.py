"""A shop's products, and the modes in which they are shipped."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeVar

from andon.kernel.errors import Invalid, Refused
from andon.kernel.rows import as_json
from andon.kernel.tx import Tx
from andon.partners.catalog.events import ProductModeSet
from andon.partners.catalog.rules import (
    Mode,
    ProductDraft,
    check_batch,
    check_mode,
    check_product,
    first_twice,
    refusals_of,
)
from andon.partners.parting.service import note_modes
from andon.partners.shops.views import jit_is_offered, shop_of
from andon.partners.tracks.service import lift_tracks
from andon.platform.policies.rules import Policy

D = TypeVar("D")

ROWS = "json_to_recordset(cast(cast(:rows as text) as json))"

EditStatus = Literal["changed", "unchanged", "refused"]


@dataclass(frozen=True, slots=True)
class Edit:
    """What became of one SKU of a batch edit: `changed`, `unchanged`, or `refused` with a code."""

    sku: str
    status: EditStatus
    code: str | None = None


def place_products(
    tx: Tx[Policy], shop_id: int, drafts: Sequence[ProductDraft | Refused]
) -> list[Refused | None]:
    """Make or replace those of these products that can be, in one statement; what each of the others is refused with.

    Refusals are those of `put_products`; of a SKU that comes twice the first sound one counts.
    """
    tx.hold(shop_id)
    currency, offered = shop_of(tx, shop_id).currency, jit_is_offered(tx, shop_id)

    def check(draft: ProductDraft) -> None:
        check_product(draft, currency)
        check_mode(draft.mode, offered=offered)

    refusals = refusals_of(drafts, lambda draft: draft.sku, check, "product.twice")
    put_products(
        tx, shop_id, [draft for draft in sound_of(drafts, refusals) if isinstance(draft, ProductDraft)]
    )
    return refusals


def put_products(tx: Tx[Policy], shop_id: int, drafts: Sequence[ProductDraft]) -> None:
    """Make or replace products of the shop, all or none. Without a mode a product keeps its own; a new one is standard.

    Refuses with Invalid (`product.<what>`, the SKU in `sku`), NotFound (`shop.not_found`) and Forbidden
    (`product.jit_not_offered`). Source: PART-1, EXIT-6.
    """
    if not drafts:
        return
    tx.hold(shop_id)
    currency, offered = shop_of(tx, shop_id).currency, jit_is_offered(tx, shop_id)
    for draft in drafts:
        check_product(draft, currency)
        check_mode(draft.mode, offered=offered)
    if twice := first_twice([draft.sku for draft in drafts]):
        raise Invalid("product.twice", str(twice), sku=twice)

    present = _modes(tx, shop_id, [draft.sku for draft in drafts])
    modes = {draft.sku: draft.mode or present.get(draft.sku, Mode.STANDARD) for draft in drafts}
    tx.put(
        "insert into products (shop_id, sku, title, mode, length_mm, width_mm, height_mm, weight_g, price_minor, "
        "goods, updated_at) select :shop, p.sku, p.title, p.mode, p.l, p.w, p.h, p.g, p.price, p.goods, :now "
        f"from {ROWS} as p(sku text, title text, mode smallint, l integer, w integer, h integer, g integer, "
        "price bigint, goods jsonb) order by p.sku on conflict (shop_id, sku) do update set title = excluded.title, "
        "mode = excluded.mode, length_mm = excluded.length_mm, width_mm = excluded.width_mm, "
        "height_mm = excluded.height_mm, weight_g = excluded.weight_g, price_minor = excluded.price_minor, "
        "goods = coalesce(excluded.goods, products.goods), updated_at = excluded.updated_at",
        shop=shop_id,
        now=tx.now,
        rows=as_json(
            {
                "sku": draft.sku,
                "title": draft.title,
                "mode": modes[draft.sku].value,
                "l": draft.length_mm,
                "w": draft.width_mm,
                "h": draft.height_mm,
                "g": draft.weight_g,
                "price": draft.price.minor,
                "goods": None if draft.goods is None else draft.goods.facts(),
            }
            for draft in drafts
        ),
    )
    _tell_modes(tx, shop_id, present, modes)


def edit_products(tx: Tx[Policy], shop_id: int, skus: Sequence[str], mode: Mode) -> list[Edit]:
    """Set the shipping mode of many products; one answer for each SKU, in their order.

    A SKU that is not the shop's is refused by itself (`product.not_found`), the others go on. Refuses the whole call
    with Invalid (`product.no_skus`, `product.batch_limit`) and Forbidden (`product.jit_not_offered`). Source: PART-1,
    EXIT-6.
    """
    check_batch(skus, tx.policy.part.batch_limit)
    tx.hold(shop_id)
    check_mode(mode, offered=jit_is_offered(tx, shop_id))
    modes = _modes(tx, shop_id, skus)
    _set_mode(tx, shop_id, modes, mode)
    return [_edit(sku, modes.get(sku), mode) for sku in skus]


def switch_modes(tx: Tx[Policy], shop_id: int, mode: Mode, skus: Sequence[str] | None = None) -> list[str]:
    """Set the mode of all the shop's products, or of those of these SKUs that are there; the SKUs that changed.

    For whoever switches a whole shop, and has its head. Source: EXIT-4.
    """
    found = tx.rows(
        "select sku, mode from products where shop_id = :shop and mode <> :mode "
        "and (cast(:skus as text[]) is null or sku = any(:skus)) order by sku for no key update",
        shop=shop_id,
        mode=mode.value,
        skus=None if skus is None else list(skus),
    )
    return _set_mode(tx, shop_id, {row.sku: Mode(row.mode) for row in found}, mode)


def _set_mode(tx: Tx[Policy], shop_id: int, modes: Mapping[str, Mode], mode: Mode) -> list[str]:
    """Give these locked products, by their present modes, another one; those that it changed."""
    changing = sorted(sku for sku, present in modes.items() if present != mode)
    if changing:
        tx.put(
            "update products set mode = :mode, updated_at = :now where shop_id = :shop and sku = any(:skus)",
            mode=mode.value,
            now=tx.now,
            shop=shop_id,
            skus=changing,
        )
        _tell_modes(tx, shop_id, modes, dict.fromkeys(changing, mode))
    return changing


def _tell_modes(tx: Tx[Policy], shop_id: int, before: Mapping[str, Mode], after: Mapping[str, Mode]) -> None:
    """Tell of the modes that changed, and of the product exits that this opens or ends.

    What is just in time again is on no track any more.
    """
    changed = [sku for sku, mode in after.items() if before.get(sku) != mode]
    if again := [sku for sku in changed if sku in before and after[sku] is Mode.JIT]:
        lift_tracks(tx, shop_id, again)
    tx.emit(*(ProductModeSet(shop_id=shop_id, sku=sku, mode=after[sku].word) for sku in changed))
    note_modes(tx, shop_id, {sku: before[sku] is Mode.JIT for sku in changed if sku in before})


def sound_of(drafts: Sequence[D | Refused], refusals: Sequence[Refused | None]) -> list[D | Refused]:
    """The drafts that nothing is refused of."""
    return [draft for draft, refusal in zip(drafts, refusals, strict=True) if refusal is None]


def _edit(sku: str, present: Mode | None, mode: Mode) -> Edit:
    if present is None:
        return Edit(sku, "refused", "product.not_found")
    return Edit(sku, "unchanged" if present == mode else "changed")


def _modes(tx: Tx[Policy], shop_id: int, skus: Sequence[str]) -> dict[str, Mode]:
    """The present modes of those SKUs that are the shop's, their rows locked in key order."""
    found = tx.rows(
        "select sku, mode from products where shop_id = :shop and sku = any(:skus) order by sku for no key update",
        shop=shop_id,
        skus=list(skus),
    )
    return {row.sku: Mode(row.mode) for row in found}
