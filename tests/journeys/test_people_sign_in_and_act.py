"""People sign in with a password, act for the party whose place they have, and do no more than their role may."""

from collections.abc import Callable

import pytest

from tests.journeys.blackbox import good, problem
from tests.journeys.browser import PASSWORD, Browser, a_person
from tests.journeys.conftest import Running
from tests.journeys.market import World
from tests.worlds import transaction
from tests.worlds_partners import a_shop

DEPOSIT = {"amount": {"amount": "10.00", "currency": "CNY"}}
COUNT = {"location": "local", "counted": 1}


@pytest.fixture
def browser(andon: Running) -> Callable[[], Browser]:
    return lambda: Browser(andon.url)


@pytest.fixture
def clerk(andon: Running, world: World, browser: Callable[[], Browser]) -> Browser:
    """A clerk of the shop, signed in."""
    a_person(andon.database, "clerk@shop.test", ("shop", world.shop.shop_id, "clerk"))
    clerk = browser()
    good(clerk.sign_in("clerk@shop.test"))
    return clerk


def kinds(andon: Running) -> list[tuple[str, str, str]]:
    """What was recorded: kind, subject and actor."""
    with andon.database.owner.connect() as connection:
        rows = connection.exec_driver_sql("select kind, subject, actor from events order by event_id")
        return [tuple(row) for row in rows]


def test_a_clerk_does_not_do_what_finance_may(
    andon: Running, world: World, clerk: Browser, browser: Callable[[], Browser]
) -> None:
    shop = world.shop.shop_id
    number = a_person(andon.database, "finance@shop.test", ("shop", shop, "finance"))
    finance = browser()
    good(finance.sign_in("finance@shop.test"))
    problem(clerk.post(f"/shops/{shop}/funds/deposits", DEPOSIT), 403, "credentials.role")
    good(finance.post(f"/shops/{shop}/funds/deposits", DEPOSIT), 201)
    good(clerk.get(f"/shops/{shop}/orders"))
    problem(finance.put(f"/shops/{shop}/stock/S-1", COUNT), 403, "credentials.role")
    assert [actor for kind, _, actor in kinds(andon) if kind == "funds.deposited"][-1] == (
        f"shop:{shop}/user:{number}"
    )


def test_what_a_person_does_says_from_where_also_at_the_door(
    andon: Running, world: World, clerk: Browser
) -> None:
    good(clerk.put(f"/shops/{world.shop.shop_id}/stock/S-1", COUNT))
    with andon.database.owner.connect() as connection:
        told = connection.exec_driver_sql(
            "select distinct kind, address from events where kind in ('person.signed_in', 'stock.counted')"
        )
        assert {tuple(row) for row in told} == {
            ("person.signed_in", "127.0.0.1"),
            ("stock.counted", "127.0.0.1"),
        }


def test_one_sign_in_serves_several_shops_and_one_queue_lists_them_all(
    andon: Running, world: World, browser: Callable[[], Browser]
) -> None:
    shop = world.shop.shop_id
    with transaction(andon.database) as tx:
        second, strangers = a_shop(tx), a_shop(tx)
    a_person(andon.database, "owner@shop.test", ("shop", shop, "owner"), ("shop", second, "clerk"))
    owner = browser()
    good(owner.sign_in("owner@shop.test"))
    assert [(place["party_id"], place["role"]) for place in good(owner.get("/me"))["places"]] == [
        (shop, "owner"),
        (second, "clerk"),
    ]
    good(owner.get(f"/shops/{shop}/orders"))
    good(owner.get(f"/shops/{second}/orders"))
    problem(owner.get(f"/shops/{strangers}/orders"), 404, "not_found")
    problem(owner.put(f"/shops/{second}/plan", {"lines": ["cainiao_standard"]}), 403, "credentials.role")
    sold = world.sell("q1")
    good(owner.post(f"/shops/{shop}/orders/{sold['order_id']}/hold", {"reason": "buyer_wish"}))
    of_one = good(owner.get(f"/shops/{shop}/today"))
    of_all = good(owner.get("/today"))
    assert [(task["kind"], task["shop_id"]) for task in of_all["items"]] == [("held", shop)]
    assert of_all["items"] == of_one["items"]
    assert good(owner.get("/today", Andon_Party=f"shop:{second}"))["items"] == []


def test_an_administrator_in_a_shop_is_on_record(
    andon: Running, world: World, browser: Callable[[], Browser]
) -> None:
    shop = world.shop.shop_id
    number = a_person(andon.database, "disputes@andon.test", ("operator", "", "disputes"))
    person = browser()
    good(person.sign_in("disputes@andon.test"))
    good(person.get(f"/shops/{shop}/orders"))
    problem(person.put(f"/shops/{shop}/stock/S-1", COUNT), 403, "credentials.role")
    told = [
        each for each in kinds(andon) if each[0].startswith("person.")
    ]  # a nightly audit may come between
    assert told[-1] == ("person.entered", f"user:{number}", f"operator/user:{number}")
    problem(person.post("/keys", {"party": "operator", "scopes": []}), 403, "credentials.role")


def test_a_supplier_of_several_is_asked_for_which(
    andon: Running, world: World, browser: Callable[[], Browser]
) -> None:
    first, second = world.shop.supplier_ids[:2]
    a_person(andon.database, "lead@store.test", ("supplier", first, "lead"), ("supplier", second, "picker"))
    lead = browser()
    good(lead.sign_in("lead@store.test"))
    problem(lead.get("/supplier/fulfilments"), 403, "credentials.several")
    good(lead.get("/supplier/fulfilments", Andon_Party=f"supplier:{second}"))
    answer = lead.put(
        "/supplier/endpoint", {"url": "https://hooks.store.test/andon"}, Andon_Party=f"supplier:{second}"
    )
    problem(answer, 403, "credentials.role")


def test_a_role_that_is_taken_away_ends_with_the_next_call(
    andon: Running, world: World, clerk: Browser, browser: Callable[[], Browser]
) -> None:
    shop = world.shop.shop_id
    a_person(andon.database, "owner@shop.test", ("shop", shop, "owner"))
    owner = browser()
    good(owner.sign_in("owner@shop.test"))
    [member] = [
        each for each in good(owner.get(f"/shops/{shop}/members"))["items"] if each["role"] == "clerk"
    ]
    good(owner.put(f"/shops/{shop}/members/{member['id']}", {"role": "finance"}))
    problem(clerk.put(f"/shops/{shop}/stock/S-1", COUNT), 403, "credentials.role")
    good(clerk.get(f"/shops/{shop}/funds"))
    assert owner.delete(f"/shops/{shop}/members/{member['id']}").status == 204
    problem(clerk.get(f"/shops/{shop}/orders"), 401, "credentials.session")
    problem(browser().sign_in("clerk@shop.test"), 401, "sign_in.refused")


def test_the_session_is_in_a_cookie_that_no_script_reads_and_no_other_site_sends(
    andon: Running, clerk: Browser
) -> None:
    [given] = clerk.given
    assert given.startswith("andon-loopback=")
    assert {"HttpOnly", "Path=/", "SameSite=strict", "Max-Age=604800"} <= set(given.split("; "))
    assert "Domain" not in given
    answer = Browser(andon.url).post(
        "/sign_in", {"email": "clerk@shop.test", "password": PASSWORD}, X_Forwarded_Proto="https"
    )
    behind_tls = answer.headers["Set-Cookie"]
    assert behind_tls.startswith("__Host-andon=")
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=strict"} <= set(behind_tls.split("; "))
    assert "Domain" not in behind_tls
    with andon.database.owner.connect() as connection:
        kept = connection.exec_driver_sql("select * from sessions").all()
    token = given.partition("=")[2].partition(";")[0]
    assert len(kept) == 2
    assert token not in str(kept)


@pytest.mark.parametrize(
    "headers",
    [
        {"X_CSRF_Token": ""},
        {"X_CSRF_Token": "0" * 64},
        {"Origin": "https://evil.test"},
        {"Origin": "null"},
        {"Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "same-site"},
    ],
)
def test_a_command_that_the_person_did_not_send_is_refused(
    world: World, clerk: Browser, headers: dict[str, str]
) -> None:
    path = f"/shops/{world.shop.shop_id}/stock/S-1"
    problem(clerk.call("PUT", path, COUNT, **headers), 403, "credentials.forged")
    good(clerk.put(path, COUNT, Origin=clerk.url, Sec_Fetch_Site="same-origin"))


def test_another_sessions_token_against_forgery_is_none(
    andon: Running, world: World, clerk: Browser, browser: Callable[[], Browser]
) -> None:
    other = browser()
    good(other.sign_in("clerk@shop.test"))
    path = f"/shops/{world.shop.shop_id}/stock/S-1"
    problem(clerk.put(path, COUNT, X_CSRF_Token=other.csrf or ""), 403, "credentials.forged")


def test_nobody_signs_in_from_another_sites_page_or_where_somebody_reads_along(
    andon: Running, clerk: Browser, browser: Callable[[], Browser]
) -> None:
    who = {"email": "clerk@shop.test", "password": PASSWORD}
    problem(browser().post("/sign_in", who, Origin="https://evil.test"), 403, "credentials.forged")
    problem(browser().post("/sign_in", who, Sec_Fetch_Site="cross-site"), 403, "credentials.forged")
    problem(browser().post("/sign_in", who, Host="andon.example.com"), 403, "sign_in.insecure")
    problem(browser().post("/sign_in", who, X_Forwarded_For="203.0.113.9"), 403, "sign_in.insecure")
    problem(clerk.get("/me", X_Forwarded_For="203.0.113.9"), 401, "credentials.missing")


def test_a_key_goes_before_a_cookie_and_is_no_person(world: World, clerk: Browser) -> None:
    shop = world.shop.shop_id
    clerk.key = world.seller.key
    good(clerk.post(f"/shops/{shop}/funds/deposits", DEPOSIT, X_CSRF_Token="none"), 201)
    problem(clerk.get("/me"), 403, "credentials.party")


def test_a_repeat_of_a_persons_command_is_answered_as_the_first_time(world: World, clerk: Browser) -> None:
    path = f"/shops/{world.shop.shop_id}/products/batch_edit"
    edit = {"skus": ["S-1"], "set": {"mode": "standard"}}
    first = clerk.post(path, edit, Idempotency_Key="one")
    again = clerk.post(path, edit, Idempotency_Key="one")
    assert (first.status, again.status) == (200, 200)
    assert again.headers["Idempotent-Replayed"] == "true"
