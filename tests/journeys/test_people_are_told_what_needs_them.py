"""A shop says who is to be written to; a supplier is silent; the list of the day, and the outbox, say so."""

from tests.clients import Client, key_for
from tests.journeys.conftest import Running
from tests.worlds import transaction
from tests.worlds_partners import open_demo_shop
from tests.worlds_supply import orders_for


def test_people_are_told_what_needs_them(andon: Running, operator: Client) -> None:
    with transaction(andon.database) as tx:
        shop = open_demo_shop(tx)
        [number] = orders_for(tx, shop.shop_id, 1)
    seller = Client(andon.url, key_for(andon.database, "shop", shop.shop_id))
    supplier = Client(andon.url, key_for(andon.database, "supplier", shop.supplier_ids[0]))
    contacts = f"/shops/{shop.shop_id}/contacts"
    quiet = {"from": "22:00", "until": "07:30"}
    put = seller.put(contacts, [{"email": "li@shop.test", "digest": True, "quiet": quiet}])
    [contact] = put.body["items"]
    assert (contact["zone"], contact["digest_at"], contact["role"]) == ("Asia/Shanghai", "09:00", "clerk")
    assert seller.get(contacts).body["items"] == [contact]
    assert seller.put(contacts, [{"email": "li\r\n@shop.test"}]).code == "contact.email"
    assert seller.put(contacts, [{"email": "a@b.test"}] * 2).code == "contact.twice"
    assert seller.get(contacts).body["items"] == [contact], "what is refused changes nothing"
    assert supplier.get(contacts).status in (403, 404)
    robot = {"robot": "slack", "url": "https://hooks.slack.test/services/secret"}
    assert "secret" not in str(supplier.put("/supplier/contacts", [robot]).body)
    assert supplier.get("/supplier/contacts").body["items"][0]["address"] == "slack: hooks.slack.test"
    supplier.put("/supplier/contacts", [])
    assert operator.put("/contacts", [{"email": "desk@andon.test", "locale": "en"}]).status == 200
    assert operator.get("/contacts").body["items"][0]["locale"] == "en"

    today = supplier.get("/supplier/today").body
    assert [(each["kind"], each["fulfilment_id"]) for each in today["items"]] == [("unanswered", number)]
    assert operator.post("/clock/advance", {"by": "PT30H"}).status == 200
    [task] = seller.get(f"/shops/{shop.shop_id}/today?limit=1").body["items"]
    assert (task["kind"], task["urgency"]) == ("unanswered", "overdue")
    assert [each["kind"] for each in operator.get("/today?role=clerk").body["items"]] == ["unanswered"]
    kept = operator.get("/outbox?state=kept").body["items"]
    assert {(each["to"], each["kind"]) for each in kept} == {
        ("li@shop.test", "fulfilment.late_answer"),
        ("li@shop.test", "digest"),
        ("desk@andon.test", "fulfilment.late_answer"),
    }
    assert seller.get("/outbox").status == 403
    first = operator.get("/outbox?limit=1").body
    assert operator.get(f"/outbox?limit=2&cursor={first['next_cursor']}").body["items"]
