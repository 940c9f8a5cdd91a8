"""People are invited by a letter, join, lose their password and get another; what a link does, it does once."""

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from email.message import EmailMessage

import pytest

from andon.app.cli.init import first_invitation
from andon.app.serve import serving
from andon.kernel.clock import set_clock
from andon.kernel.db import Database
from andon.kernel.settings import Settings
from tests.clients import Client, key_for
from tests.journeys.blackbox import good, problem, soon
from tests.journeys.browser import PASSWORD, Browser, a_person
from tests.journeys.conftest import Running
from tests.real_post import Box, real_post
from tests.worlds import NOON, transaction
from tests.worlds_partners import a_shop, qualified_suppliers

OTHER = "seven quiet otters at dawn"


@pytest.fixture
def box() -> Iterator[Box]:
    with real_post() as box:
        yield box


@pytest.fixture
def andon(database: Database, settings: Settings, box: Box) -> Iterator[Running]:
    """API and line, with a post."""
    with database.owner.begin() as connection:
        set_clock(connection, "manual", 0, NOON)
    pages = replace(settings, smtp_url=box.url, public_url="https://andon.test/pages")
    with serving(database, pages) as running:
        yield Running(running.url, database, running)


@pytest.fixture
def shop(andon: Running) -> int:
    with transaction(andon.database) as tx:
        return a_shop(tx)


@pytest.fixture
def owner(andon: Running, shop: int) -> Browser:
    a_person(andon.database, "owner@shop.test", ("shop", shop, "owner"))
    owner = Browser(andon.url)
    good(owner.sign_in("owner@shop.test"))
    return owner


def link_in(letter: EmailMessage) -> str:
    """The secret of the one link in a letter, the same in its text and its page."""
    text, page = letter.get_body(("plain",)), letter.get_body(("html",))
    assert text is not None
    assert page is not None
    links = re.findall(r"https://andon\.test/pages/\w+#[\w-]+", text.get_content())
    assert len(links) == 1
    assert re.findall(r'href="([^"]+)"', page.get_content()) == links
    return str(links[0].partition("#")[2])


def test_an_owner_invites_a_clerk_who_joins_and_works(
    andon: Running, shop: int, owner: Browser, box: Box
) -> None:
    invited = good(
        owner.post(
            f"/shops/{shop}/invitations", {"email": "Clerk@Shop.test", "role": "clerk", "locale": "en"}
        ),
        201,
    )
    assert invited["email"] == "clerk@shop.test"
    letter = box.to("clerk@shop.test")
    assert "You are invited" in letter["Subject"]
    assert "as clerk" in letter.get_body(("plain",)).get_content()
    token = link_in(letter)
    new = Browser(andon.url)
    seen = good(new.get(f"/invitations/{token}"))
    assert (seen["party"], seen["party_id"], seen["role"], seen["known"]) == ("shop", shop, "clerk", False)
    body = {"password": PASSWORD, "name": "Wang Fang"}
    problem(
        new.post(f"/invitations/{token}/accept", body | {"password": "short"}), 422, "person.password_short"
    )
    problem(new.post(f"/invitations/{token}/accept", body | {"name": "W\u202ea"}), 422, "person.name")
    problem(
        new.post(f"/invitations/{token}/accept", body | {"email": "other@shop.test"}),
        422,
        "invitation.other_email",
    )
    good(new.post(f"/invitations/{token}/accept", body))
    assert good(new.get("/me"))["name"] == "Wang Fang"
    good(new.get(f"/shops/{shop}/orders"))
    problem(
        new.post(f"/shops/{shop}/invitations", {"email": "x@y.test", "role": "owner"}),
        403,
        "credentials.role",
    )
    problem(Browser(andon.url).get(f"/invitations/{token}"), 404, "invitation.not_found")
    problem(Browser(andon.url).post(f"/invitations/{token}/accept", body), 404, "invitation.not_found")
    members = good(owner.get(f"/shops/{shop}/members"))["items"]
    assert [(each["email"], each["role"]) for each in members] == [
        ("owner@shop.test", "owner"),
        ("clerk@shop.test", "clerk"),
    ]
    assert good(owner.get(f"/shops/{shop}/invitations"))["items"] == []


def test_a_letter_is_in_its_readers_language(shop: int, owner: Browser, box: Box) -> None:
    good(owner.post(f"/shops/{shop}/invitations", {"email": "wang@shop.test", "role": "finance"}), 201)
    letter = box.to("wang@shop.test")
    assert letter["Subject"] == "[Andon] 邀请您加入Andon"
    assert "财务" in letter.get_body(("plain",)).get_content()
    assert 'lang="zh-CN"' in letter.get_body(("html",)).get_content()
    assert box.recipients == [["wang@shop.test"]]


@pytest.mark.parametrize(
    "email", ["a@b.test\r\nBcc: all@b.test", "a@b.test\n", "a@b.test,c@d.test", "a b@c.test"]
)
def test_an_address_makes_no_header(shop: int, owner: Browser, box: Box, email: str) -> None:
    answer = owner.post(f"/shops/{shop}/invitations", {"email": email, "role": "clerk"})
    if email == "a@b.test\n":
        good(answer, 201)
        assert box.to("a@b.test")["Bcc"] is None
    else:
        problem(answer, 422, "person.email")
    assert all(each == ["a@b.test"] for each in box.recipients)


def test_a_former_or_withdrawn_invitation_works_no_more(
    andon: Running, shop: int, owner: Browser, box: Box
) -> None:
    asked = {"email": "clerk@shop.test", "role": "clerk"}
    good(owner.post(f"/shops/{shop}/invitations", asked), 201)
    second = good(owner.post(f"/shops/{shop}/invitations", asked | {"role": "finance"}), 201)
    first_link, second_link = (link_in(box.to("clerk@shop.test", number)) for number in (1, 2))
    anyone = Client(andon.url)
    problem(anyone.get(f"/invitations/{first_link}"), 404, "invitation.not_found")
    assert good(anyone.get(f"/invitations/{second_link}"))["role"] == "finance"
    assert owner.delete(f"/shops/{shop}/invitations/{second['id']}").status == 204
    problem(anyone.get(f"/invitations/{second_link}"), 404, "invitation.not_found")
    problem(owner.delete(f"/shops/{shop}/invitations/{second['id']}"), 404, "invitation.not_found")


def test_whoever_has_an_account_joins_another_shop_with_its_password(
    andon: Running, shop: int, owner: Browser, box: Box
) -> None:
    with transaction(andon.database) as tx:
        second = a_shop(tx)
    operator = Client(andon.url, key_for(andon.database, "operator"))
    asked = {"email": "owner@shop.test", "role": "owner"}
    good(operator.post(f"/shops/{second}/invitations", asked), 201)
    token = link_in(box.to("owner@shop.test"))
    assert good(owner.get(f"/invitations/{token}"))["known"]
    wrong = {"password": OTHER, "name": "Mallory"}
    problem(Browser(andon.url).post(f"/invitations/{token}/accept", wrong), 401, "sign_in.refused")
    joined = Browser(andon.url)
    good(joined.post(f"/invitations/{token}/accept", {"password": PASSWORD}))
    assert [place["party_id"] for place in good(joined.get("/me"))["places"]] == [shop, second]
    assert good(owner.get("/me"))["name"] == "Li Wei", "a name is not changed by joining"
    problem(operator.post(f"/shops/{second}/invitations", asked), 409, "member.there")


def test_an_operator_invites_a_suppliers_first_and_no_other_supplier_may(andon: Running, box: Box) -> None:
    with transaction(andon.database) as tx:
        first, second = qualified_suppliers(tx, 2)
    operator = Client(andon.url, key_for(andon.database, "operator"))
    asked = {"email": "lead@store.test", "role": "lead", "locale": "en"}
    good(operator.post(f"/suppliers/{first}/invitations", asked), 201)
    lead = Browser(andon.url)
    token = link_in(box.to("lead@store.test"))
    good(lead.post(f"/invitations/{token}/accept", {"password": PASSWORD, "name": "Zhao"}))
    good(lead.post(f"/suppliers/{first}/invitations", {"email": "p@store.test", "role": "picker"}), 201)
    problem(lead.post(f"/suppliers/{second}/invitations", asked), 404, "not_found")
    problem(lead.get(f"/suppliers/{second}/members"), 404, "not_found")
    problem(lead.get("/operator/members"), 403, "credentials.party")
    problem(lead.post(f"/suppliers/{first}/invitations", asked | {"role": "owner"}), 422, "member.role")
    problem(operator.post("/suppliers/4711/invitations", asked), 404, "not_found")
    assert box.to("p@store.test")["Subject"]


def test_of_two_who_accept_one_invitation_one_joins(
    andon: Running, shop: int, owner: Browser, box: Box
) -> None:
    good(owner.post(f"/shops/{shop}/invitations", {"email": "clerk@shop.test", "role": "clerk"}), 201)
    token = link_in(box.to("clerk@shop.test"))
    people = [Browser(andon.url) for _ in range(4)]
    with ThreadPoolExecutor(len(people)) as at_once:
        answers = list(
            at_once.map(
                lambda each: each.post(
                    f"/invitations/{token}/accept", {"password": PASSWORD, "name": "Wang"}
                ),
                people,
            )
        )
    assert [answer.status for answer in answers].count(200) == 1
    assert {answer.code for answer in answers if answer.status != 200} <= {
        "invitation.not_found", "member.there", "sign_in.refused",
    }  # fmt: skip
    assert len(good(owner.get(f"/shops/{shop}/members"))["items"]) == 2


def test_the_last_owner_stays_also_where_two_go_at_once(andon: Running, shop: int, owner: Browser) -> None:
    [me] = good(owner.get(f"/shops/{shop}/members"))["items"]
    problem(owner.delete(f"/shops/{shop}/members/{me['id']}"), 409, "member.last")
    problem(owner.put(f"/shops/{shop}/members/{me['id']}", {"role": "clerk"}), 409, "member.last")
    problem(owner.put(f"/shops/{shop}/members/{me['id']}", {"role": "lead"}), 422, "member.role")
    problem(owner.put(f"/shops/{shop}/members/4711", {"role": "clerk"}), 404, "person.not_found")
    second = a_person(andon.database, "second@shop.test", ("shop", shop, "owner"))
    other = Browser(andon.url)
    good(other.sign_in("second@shop.test"))
    with ThreadPoolExecutor(2) as at_once:
        first = at_once.submit(owner.put, f"/shops/{shop}/members/{second}", {"role": "clerk"})
        then = at_once.submit(other.put, f"/shops/{shop}/members/{me['id']}", {"role": "clerk"})
        statuses = sorted((first.result().status, then.result().status))
    assert statuses in ([200, 403], [200, 409])
    with andon.database.owner.connect() as connection:
        roles = connection.exec_driver_sql("select role from memberships order by role").scalars().all()
    assert roles == ["clerk", "owner"]


def test_a_lost_password_is_set_anew_by_a_letter_and_every_session_ends(
    andon: Running, owner: Browser, box: Box
) -> None:
    anyone = Client(andon.url)
    answer = anyone.post("/password_resets", {"email": "Owner@shop.test"})
    assert good(answer, 202) == {"sent_to": "owner@shop.test"}
    assert good(anyone.post("/password_resets", {"email": "nobody@shop.test"}), 202) == {
        "sent_to": "nobody@shop.test"
    }
    good(anyone.post("/password_resets", {"email": "owner@shop.test"}), 202)
    first, second = (link_in(box.to("owner@shop.test", number)) for number in (1, 2))
    problem(
        anyone.post(f"/password_resets/{first}", {"password": "password1234"}),
        422,
        "person.password_guessable",
    )
    assert anyone.post(f"/password_resets/{first}", {"password": OTHER}).status == 204
    for link in (first, second, "x", "ü"):
        problem(anyone.post(f"/password_resets/{link}", {"password": OTHER}), 404, "reset.not_found")
    problem(owner.get("/me"), 401, "credentials.session")
    problem(owner.sign_in("owner@shop.test"), 401, "sign_in.refused")
    good(owner.sign_in("owner@shop.test", OTHER))
    assert "password" in box.to("owner@shop.test", 3)["Subject"].lower()
    soon(lambda: len(box.letters) == 3)
    assert {each["To"] for each in box.letters} == {"owner@shop.test"}


def test_an_address_is_not_flooded_with_letters(andon: Running, owner: Browser) -> None:
    anyone = Client(andon.url)
    answers = [anyone.post("/password_resets", {"email": "owner@shop.test"}) for _ in range(6)]
    assert [each.status for each in answers[:3]] == [202, 202, 202]
    assert problem(answers[-1], 429, "sign_in.too_often")["retry_after_seconds"] >= 1
    assert int(answers[-1].headers["Retry-After"]) >= 1


def test_nobody_reads_a_link_in_the_outbox(andon: Running, shop: int, owner: Browser, box: Box) -> None:
    good(owner.post(f"/shops/{shop}/invitations", {"email": "clerk@shop.test", "role": "clerk"}), 201)
    token = link_in(box.to("clerk@shop.test"))
    operator = Client(andon.url, key_for(andon.database, "operator"))
    [message] = good(operator.get("/outbox"))["items"]
    assert (message["kind"], message["to"]) == ("person.invited", "clerk@shop.test")
    assert token not in str(message)
    with andon.database.owner.connect() as connection:
        kept = connection.exec_driver_sql("select facts::text from outbox").scalar_one()
        events = connection.exec_driver_sql("select body from events").scalars().all()
    assert token not in kept
    assert "clerk@shop.test" not in "".join(events)
    assert "Li Wei" not in "".join(events)


def test_the_first_administrator_comes_in_by_the_invitation_that_init_prints(andon: Running) -> None:
    clock = andon.serving.line.clock
    replaced = first_invitation(andon.database, clock, andon.url)
    link = first_invitation(andon.database, clock, andon.url)
    assert replaced is not None
    assert link is not None
    new = Browser(andon.url)
    problem(new.get(f"/invitations/{replaced.partition('#')[2]}"), 404, "invitation.not_found")
    body = {"password": PASSWORD, "name": "Root", "email": "root@andon.test"}
    there = f"/invitations/{link.partition('#')[2]}"
    assert good(new.get(there))["email"] is None
    problem(new.post(f"{there}/accept", {"password": PASSWORD, "name": "Root"}), 422, "person.email")
    good(new.post(f"{there}/accept", body))
    good(new.post("/operator/invitations", {"email": "r@andon.test", "role": "reviewer"}), 201)
    assert first_invitation(andon.database, clock, andon.url) is None, "there is one now"


def test_no_name_and_no_address_makes_a_header_or_an_element_of_a_letter(andon: Running, box: Box) -> None:
    operator = Client(andon.url, key_for(andon.database, "operator"))
    shop = {"category": "home", "locale": "en", "currency": "CNY", "zone": "UTC"}
    hostile = "Bcc: all@shop.test <script>alert(1)</script>=?utf-8?b?Qmg6?= {{7*7}} {role} 衣见"
    for name in (f"Good\r\n{hostile}", f"Good\n{hostile}", "Good\u2028Bcc:", "Good\u202etset.pohs@lla"):
        problem(operator.post("/shops", shop | {"name": name}), 422, "shop.name")
    shop_id = good(operator.post("/shops", shop | {"name": hostile}), 201)["id"]
    path, invited = f"/shops/{shop_id}/invitations", {"role": "clerk", "locale": "en"}
    for address in (
        "li@shop.test\r\nBcc: all@shop.test",
        "li@shop.test,all@shop.test",
        "Li <li@shop.test>",
        "li@shop.test> SIZE=1 <all@shop.test",
        '"li\r\nBcc: all@shop.test"@shop.test',
        "li\u202e@shop.test",
        "lі@shop.test",
    ):
        problem(operator.post(path, invited | {"email": address}), 422, "person.email")
    good(operator.post(path, invited | {"email": "li@shop.test"}), 201)
    letter = box.to("li@shop.test")
    assert box.recipients == [["li@shop.test"]]
    assert sorted(name.lower() for name in letter) == [
        "auto-submitted", "content-type", "date", "from", "message-id", "mime-version", "subject", "to",
    ]  # fmt: skip
    assert "Bcc" not in letter["Subject"]
    text, page = letter.get_body(("plain",)), letter.get_body(("html",))
    assert text is not None
    assert page is not None
    assert hostile in text.get_content()
    assert "<script>" not in page.get_content()
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page.get_content()
