"""Products of which something is said, and a plan whose lines refuse some of them."""

from andon.kernel.money import Money
from andon.kernel.tx import Tx
from andon.partners.catalog.service import put_products
from andon.partners.goods.rules import Battery, Cell, Goods
from andon.platform.policies.rules import Policy
from tests.worlds_partners import DemoShop, product

BOTH = ("cainiao_jit", "yunexpress_jit", "cainiao_standard", "yunexpress_standard")
"""The first refuses batteries beside equipment and magnets, the second liquids; only that one needs papers."""
CHARGER = Goods(Battery.WITH_EQUIPMENT, Cell.LITHIUM_ION)
WHOLE = Goods(
    Battery.WITH_EQUIPMENT,
    Cell.LITHIUM_ION,
    hs_code="850440",
    customs_name='Charger, 5" cable \\ plug',
    origin="CN",
    declared_value=Money.of("40.00", "CNY"),
)
LIQUID = Goods(liquid=True)


def say(tx: Tx[Policy], shop: DemoShop, **goods: Goods) -> None:
    """`S_1` is the SKU S-1."""
    put_products(
        tx, shop.shop_id, [product(sku.replace("_", "-"), goods=said) for sku, said in goods.items()]
    )
