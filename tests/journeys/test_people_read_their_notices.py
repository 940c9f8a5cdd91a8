"""Notices over HTTP: pages, the unread ones, reading one twice, and other people's, which are not found."""

import pytest

from andon.platform.notices.service import Notice, tell
from tests.clients import Client, key_for
from tests.journeys.conftest import Running
from tests.worlds import transaction
from tests.worlds_partners import DemoShop, open_demo_shop


@pytest.fixture
def shop(andon: Running) -> DemoShop:
    with transaction(andon.database) as tx:
        shop = open_demo_shop(tx)
        for number in (1, 2, 3):
            tell(
                tx,
                [
                    Notice(shop.shop_id, "seller", "somebody.told", facts={"number": number}),
                    Notice(shop.shop_id, "operator", "somebody.told", facts={"number": number}),
                    Notice(shop.shop_id, "supplier", "somebody.told", supplier_id=shop.supplier_ids[0]),
                ],
            )
        return shop


def test_each_party_pages_through_its_own_and_reads_them(
    andon: Running, operator: Client, shop: DemoShop
) -> None:
    seller = Client(andon.url, key_for(andon.database, "shop", shop.shop_id))
    supplier, other = (
        Client(andon.url, key_for(andon.database, "supplier", each)) for each in shop.supplier_ids
    )
    for who, path in (
        (seller, f"/shops/{shop.shop_id}/notices"),
        (supplier, "/supplier/notices"),
        (operator, "/notices"),
    ):
        page = who.get(f"{path}?limit=2").body
        rest = who.get(f"{path}?limit=2&cursor={page['next_cursor']}").body
        numbers = [each["id"] for each in page["items"] + rest["items"]]
        assert numbers == sorted(numbers, reverse=True)
        assert len(numbers) == 3
        assert rest["next_cursor"] is None
        for _ in range(2):
            assert who.post(f"{path}/{numbers[0]}/read").body == {"done": True}
        unread = who.get(f"{path}?unread=true").body["items"]
        assert [each["id"] for each in unread] == numbers[1:]
        again = who.get(path).body["items"][0]
        assert again["read_at"] == "2026-03-02T04:00:00Z"
        assert who.get(f"{path}?unread=perhaps").status == 422
        lost = who.post(f"{path}/{numbers[0] + 1_000}/read")
        assert (lost.status, lost.code) == (404, "notice.not_found")
    assert other.get("/supplier/notices").body["items"] == []


def test_nobody_reads_what_is_anothers(andon: Running, operator: Client, shop: DemoShop) -> None:
    with transaction(andon.database) as tx:
        elsewhere = open_demo_shop(tx, skus=("S-1",))
    stranger = Client(andon.url, key_for(andon.database, "shop", elsewhere.shop_id))
    other = Client(andon.url, key_for(andon.database, "supplier", shop.supplier_ids[1]))
    first = operator.get("/notices").body["items"][-1]["id"] - 1
    assert stranger.get(f"/shops/{shop.shop_id}/notices").status == 404
    assert stranger.post(f"/shops/{elsewhere.shop_id}/notices/{first}/read").code == "notice.not_found"
    assert other.post(f"/supplier/notices/{first + 2}/read").code == "notice.not_found"
    assert stranger.get("/notices").status == 403
