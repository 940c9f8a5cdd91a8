"""A key opens what is its party's, and to the rest there is no door."""

import pytest

from andon.platform.accounts.rules import SCOPES
from tests.clients import Client, key_for
from tests.journeys.conftest import Running
from tests.worlds import transaction
from tests.worlds_partners import DemoShop, a_shop, bind, open_demo_shop, qualified_suppliers


@pytest.fixture
def shops(andon: Running) -> tuple[DemoShop, int]:
    """A shop with two suppliers, and another shop that has none."""
    with transaction(andon.database) as tx:
        return open_demo_shop(tx), a_shop(tx)


def entries(andon: Running) -> list[tuple[int, str]]:
    with andon.database.line.connect() as connection:
        rows = connection.exec_driver_sql(
            "select shop_id, body from events where kind = 'operator.entered' order by event_id"
        )
        return [(row.shop_id, row.body) for row in rows]


def test_without_a_key_that_holds_nothing_opens(andon: Running, anyone: Client, probe) -> None:
    good = key_for(andon.database, "operator")
    wrong_check = good[:-1] + ("A" if good[-1] != "A" else "B")
    another = key_for(andon.database, "operator")
    with andon.database.owner.begin() as connection:
        connection.exec_driver_sql("update keys set revoked_at = created_at where key_id = 2")
    for header, code in (
        (None, "credentials.missing"),
        ("", "credentials.missing"),
        ("Basic dTpw", "credentials.malformed"),
        (f"Basic {good}", "credentials.malformed"),
        ("Bearer", "credentials.malformed"),
        ("Bearer x", "credentials.malformed"),
        (f"Bearer {wrong_check}", "credentials.malformed"),
        (f"Bearer {another}", "credentials.unknown"),
    ):
        given = {} if header is None else {"Authorization": header}
        answer = anyone.post("/probe/notes", {"text": "x"}, **given)
        assert (answer.status, answer.code) == (401, code), header
        assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert anyone.get("/probe/notes", Authorization=f"bearer {good}").status == 200
    assert probe == []


def test_a_key_without_the_scope_is_refused(andon: Running, anyone: Client, shops, probe) -> None:
    shop, _ = shops
    reader = anyone.of(key_for(andon.database, "shop", shop.shop_id, ["stock.read"]))
    assert reader.get("/probe/shops").status == 200
    refused = reader.post("/probe/notes", {"text": "x"})
    assert (refused.status, refused.code, refused.body["scope"]) == (403, "credentials.scope", "stock.write")


def test_a_call_for_another_kind_of_party_is_refused(andon: Running, anyone: Client, shops, probe) -> None:
    shop, _ = shops
    seller = anyone.of(key_for(andon.database, "shop", shop.shop_id))
    carrier = anyone.of(key_for(andon.database, "carrier", "cainiao"))
    assert seller.get("/keys").code == "credentials.party"
    assert seller.get("/probe/wait").code == "credentials.party"
    assert carrier.post("/probe/notes", {"text": "x"}).code == "credentials.party"
    assert carrier.get(f"/shops/{shop.shop_id}/probe/name").code == "credentials.party"


def test_a_shop_sees_itself_alone(andon: Running, anyone: Client, shops, probe) -> None:
    shop, other = shops
    seller = anyone.of(key_for(andon.database, "shop", shop.shop_id))
    assert seller.get("/probe/shops").body == [shop.shop_id]
    assert seller.get(f"/shops/{shop.shop_id}/probe/name").status == 200
    for foreign in (other, 999):
        answer = seller.get(f"/shops/{foreign}/probe/name")
        assert (answer.status, answer.code) == (404, "not_found")
    assert seller.post(f"/shops/{other}/probe/notes", {"nonsense": 1}).status == 404


def test_a_supplier_sees_the_shops_that_granted_it(andon: Running, anyone: Client, shops, probe) -> None:
    shop, other = shops
    with transaction(andon.database) as tx:
        (stranger,) = qualified_suppliers(tx, 1)
        bind(tx, other, [shop.supplier_ids[0]])
    supplier = anyone.of(key_for(andon.database, "supplier", shop.supplier_ids[0]))
    unbound = anyone.of(key_for(andon.database, "supplier", stranger))
    assert supplier.get("/probe/shops").body == [shop.shop_id, other]
    assert len(supplier.get(f"/shops/{other}/probe/name").body) == 1
    assert unbound.get("/probe/shops").body == []
    assert unbound.get(f"/shops/{other}/probe/name").status == 404
    with andon.database.owner.begin() as connection:
        connection.exec_driver_sql("update grants set ended_at = since where shop_id = %s", (other,))
    assert supplier.get("/probe/shops").body == [shop.shop_id]
    assert supplier.get(f"/shops/{other}/probe/name").status == 404


def test_ending_a_grant_waits_for_the_suppliers_call_under_way(
    andon: Running, anyone: Client, shops, probe
) -> None:
    shop, _ = shops
    supplier = anyone.of(key_for(andon.database, "supplier", shop.supplier_ids[0]))
    with andon.database.owner.begin() as ending:
        ending.exec_driver_sql("update grants set ended_at = since where shop_id = %s", (shop.shop_id,))
        with andon.database.app.begin() as looking:
            looking.exec_driver_sql("set local lock_timeout = '50ms'")
            with pytest.raises(Exception, match="lock timeout"):
                looking.exec_driver_sql("select 1 from grants for share")
    assert supplier.get("/probe/shops").body == []


def test_an_operator_sees_all_shops_and_leaves_a_trace_in_each_it_enters(
    andon: Running, operator: Client, shops, probe
) -> None:
    shop, other = shops
    assert operator.get("/probe/shops").body == [shop.shop_id, other]
    assert entries(andon) == []
    assert len(operator.get(f"/shops/{other}/probe/name").body) == 1
    operator.post(f"/shops/{shop.shop_id}/probe/notes", {"text": "buyer", "then": "refuse"})
    assert operator.get("/shops/999/probe/name").status == 404
    traces = entries(andon)
    assert [shop_id for shop_id, _ in traces] == [other, shop.shop_id]
    assert '"method":"POST"' in traces[1][1]
    assert '"route":"/v1/shops/{shop_id}/probe/notes"' in traces[1][1]
    assert "buyer" not in traces[1][1]


def test_a_channel_reaches_the_shop_in_the_path_and_no_other(
    andon: Running, anyone: Client, shops, probe
) -> None:
    _, other = shops
    channel = anyone.of(key_for(andon.database, "channel", "market"))
    assert channel.get("/probe/shops").body == []
    assert len(channel.get(f"/shops/{other}/probe/name").body) == 1
    assert channel.get("/shops/999/probe/name").status == 404


def test_a_carrier_sees_no_shop_and_only_its_own_place(andon: Running, anyone: Client, shops, probe) -> None:
    with transaction(andon.database) as tx:
        codes = list(tx.policy.carriers)
    carrier = anyone.of(key_for(andon.database, "carrier", codes[0]))
    assert carrier.get("/probe/shops").body == []
    assert carrier.get(f"/carriers/{codes[0]}/probe").body == codes[0]
    assert carrier.get(f"/carriers/{codes[1]}/probe").status == 404


def test_keys_are_made_listed_and_revoked(andon: Running, operator: Client, shops, probe) -> None:
    shop, _ = shops
    issued = operator.post(
        "/keys",
        {"party": "shop", "party_id": shop.shop_id, "scopes": ["stock.read", "stock.read"], "label": "till"},
    )
    assert issued.status == 201
    assert issued.body["scopes"] == ["stock.read"]
    seller = operator.of(issued.body["secret"])
    assert seller.get("/probe/shops").body == [shop.shop_id]
    listed = operator.get("/keys").body["items"]
    assert [key["key_id"] for key in listed] == [1, issued.body["key_id"]]
    assert "secret" not in listed[1]
    for _ in range(2):
        assert operator.delete(f"/keys/{issued.body['key_id']}").status == 204
    assert seller.get("/probe/shops").code == "credentials.unknown"
    assert operator.delete("/keys/999").code == "key.not_found"
    with andon.database.line.connect() as connection:
        kinds = connection.exec_driver_sql(
            "select kind from events where shop_id = 0 and starts_with(kind, 'key.') order by event_id"
        )
        assert [row.kind for row in kinds][-2:] == ["key.issued", "key.revoked"]


def test_a_key_for_nobody_is_refused(operator: Client, shops) -> None:
    for party, party_id, scopes, code in (
        ("shop", 999, [], "key.party"),
        ("shop", "x", [], "key.party"),
        ("shop", None, [], "key.party"),
        ("shop", -1, [], "key.party"),
        ("supplier", 999, [], "key.party"),
        ("carrier", "nobody", [], "key.party"),
        ("channel", "Has Spaces", [], "key.party"),
        ("channel", "", [], "key.party"),
        ("operator", "1", [], "key.party"),
        ("operator", None, ["everything"], "key.scope"),
        ("king", None, [], "request.invalid"),
    ):
        answer = operator.post("/keys", {"party": party, "party_id": party_id, "scopes": scopes})
        assert (answer.status, answer.code) == (422, code), (party, party_id)


def test_a_page_ends_where_the_next_begins(andon: Running, operator: Client, probe) -> None:
    for number in range(5):
        operator.post("/probe/notes", {"text": f"n{number}"})
    seen: list[str] = []
    cursor = ""
    for _ in range(3):
        page = operator.get(f"/probe/notes?limit=2{cursor}").body
        seen += [item["text"] for item in page["items"]]
        cursor = f"&cursor={page['next_cursor']}"
    assert seen == ["n0", "n1", "n2", "n3", "n4"]
    assert page["next_cursor"] is None


def test_a_list_is_answered_as_csv_to_whom_asks_for_it(andon: Running, operator: Client, probe) -> None:
    for text in ("plain", 'a "quoted", 衣', "third"):
        operator.post("/probe/notes", {"text": text})
    page = operator.get("/probe/notes?limit=2", Accept="text/csv")
    assert page.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert page.raw.decode().splitlines() == [
        "note_id,text,at,price.amount,price.currency",
        "1,plain,,,",
        '2,"a ""quoted"", 衣",,,',
    ]
    following = page.headers["Link"].removeprefix("</v1").removesuffix('>; rel="next"')
    last = operator.get(following, Accept="text/csv;q=0.9, application/json;q=0.1")
    assert last.raw.decode().splitlines()[1:] == ["3,third,,,"]
    assert "Link" not in last.headers
    for accept in ("*/*", "application/json, text/csv;q=0.5", "application/json, text/csv", "text/csv;q=x"):
        assert operator.get("/probe/notes", Accept=accept).headers["Content-Type"] == "application/json"


def test_a_cursor_that_this_list_did_not_give_is_refused(andon: Running, operator: Client, probe) -> None:
    for number in range(3):
        operator.post("/probe/notes", {"text": f"n{number}"})
    given = operator.get("/probe/notes?limit=1").body["next_cursor"]
    for _ in range(2):
        key_for(andon.database, "operator")
    of_another_list = operator.get("/keys?limit=1").body["next_cursor"]
    changed = ("A" if given[0] != "A" else "B") + given[1:]
    for cursor in ("", "x", "é", given[:-2], changed, of_another_list, given + "AAAA"):
        answer = operator.get(f"/probe/notes?cursor={cursor}")
        assert (answer.status, answer.code) == (400, "page.cursor"), cursor


def test_every_scope_is_a_word_and_an_act() -> None:
    assert all(scope.partition(".")[2] in {"read", "write"} for scope in SCOPES)
