"""Shops over HTTP: the operator opens them, each sees its own."""

from typing import Annotated

from pydantic import Field

from andon.kernel.errors import Invalid, NotFound
from andon.kernel.http.models import Instant, Out, Strict
from andon.kernel.http.pages import Page, PageQuery, page_of
from andon.kernel.http.problems import problems
from andon.partners.shops.rules import LONGEST_CATEGORY, LONGEST_NAME
from andon.partners.shops.service import open_shop
from andon.partners.shops.tables import Shop
from andon.partners.shops.views import list_shops, shop_of
from andon.platform.accounts.edge import InTransaction, Router, allow

router = Router(tags=["shops"])


class ShopIn(Strict):
    """A shop to open. `locale` is such as zh-CN or en, `currency` of ISO 4217, `zone` of the IANA database."""

    name: Annotated[str, Field(min_length=1, max_length=LONGEST_NAME)]
    category: Annotated[str, Field(min_length=1, max_length=LONGEST_CATEGORY, examples=["apparel"])]
    locale: Annotated[str, Field(max_length=16, examples=["zh-CN"])]
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$", examples=["CNY"])]
    zone: Annotated[str, Field(max_length=64, examples=["Asia/Shanghai"])]


class ShopOut(Out):
    """A shop; while `jit_intake_open` is false, its orders go the standard way."""

    id: int
    name: str
    category: str
    locale: str
    currency: str
    zone: str
    jit_intake_open: bool
    created_at: Instant


@router.post(
    "/shops", status_code=201, dependencies=[allow("shops.write", "operator")], responses=problems(Invalid)
)
def open_one(body: ShopIn, tx: InTransaction) -> ShopOut:
    """Open a shop. A category that JIT is not open to is taken: it matters when the shop joins (MODE-1)."""
    return _shown(open_shop(tx, **body.model_dump()))


@router.get("/shops", dependencies=[allow("shops.read", "operator")])
def shops(query: PageQuery, tx: InTransaction) -> Page[ShopOut]:
    """All shops, by number."""
    rows = list_shops(tx, after=query.after[0] if query.after else 0, limit=query.fetch)
    return page_of(rows, query, key=lambda shop: [shop.shop_id], shape=_shown)


@router.get(
    "/shops/{shop_id}",
    dependencies=[allow("shops.read", "shop", "operator")],
    responses=problems(NotFound),
)
def shop(shop_id: int, tx: InTransaction) -> ShopOut:
    """One shop."""
    return _shown(shop_of(tx, shop_id))


def _shown(shop: Shop) -> ShopOut:
    return ShopOut(
        id=shop.shop_id,
        name=shop.name,
        category=shop.category,
        locale=shop.locale,
        currency=shop.currency,
        zone=shop.zone,
        jit_intake_open=shop.jit_intake_open,
        created_at=shop.created_at,
    )
