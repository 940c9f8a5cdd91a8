"""Who people are: what a name, a password and a code may be, when one may try again, and whom one acts for."""

import time
from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from andon.kernel.errors import Forbidden, Invalid, NotFound
from andon.platform.accounts.rules import Allowance, Holder
from andon.platform.outbox.rules import html_of, words_of
from andon.platform.people.passwords import hash_of_new, matches
from andon.platform.people.permissions import PERMISSIONS, PERSON, ROLES, permissions_of
from andon.platform.people.rules import (
    FREE_TRIES,
    Membership,
    Person,
    Tries,
    acting_as,
    another_try,
    check_email,
    check_name,
    check_party,
    check_password,
    place_of,
    recovery_code,
    secret_of_code,
    step_of,
)
from andon.platform.people.rules.proving import LONGEST_PAUSE

NOW = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
SEED = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


# --- names, addresses, passwords -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given_name", "shown"),
    [
        ("  Li   Wei ", "Li Wei"),
        ("李伟", "李伟"),
        ("李 Wei", "李 Wei"),
        ("Jose\u0301", "José"),
        ("Ольга Smith", "Ольга Smith"),
        ("O'Neil-Łukasz", "O'Neil-Łukasz"),
        ("阿迪力·吐尔逊", "阿迪力·吐尔逊"),
    ],
)
def test_a_name_is_kept_in_one_form(given_name: str, shown: str) -> None:
    assert check_name(given_name) == shown


@pytest.mark.parametrize(
    "given_name",
    [
        "",
        "   ",
        "x" * 101,
        "Li\u202eieW",
        "Li\u2066Wei",
        "Li\u200bWei",
        "Li\x00Wei",
        "Li\x1b[2JWei",
        "Аdmin",  # the first letter is Cyrillic
        "Pаypal",
        "Αlice",  # Greek
        "Li\ue000",
        "\ufeffLi",
    ],
)
def test_a_name_that_shows_nothing_or_passes_for_another_is_refused(given_name: str) -> None:
    with pytest.raises(Invalid) as refused:
        check_name(given_name)
    assert refused.value.code == "person.name"


@pytest.mark.parametrize(
    "address",
    [
        "li@example.com\r\nBcc: all@example.com",
        "li@example.com\nX: y",
        "li@example.com, wang@example.com",
        "Li <li@example.com>",
        "li@exаmple.com",  # Cyrillic
        "li",
        "",
        "@example.com",
        "li@" + "x" * 250 + ".com",
        "li\x00@example.com",
    ],
)
def test_what_is_no_plain_address_is_refused(address: str) -> None:
    with pytest.raises(Invalid) as refused:
        check_email(address)
    assert refused.value.code == "person.email"


def test_an_address_is_kept_in_lower_case() -> None:
    assert check_email("Li.Wei@Example.COM") == "li.wei@example.com"


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("short", "person.password_short"),
        ("elevenchars", "person.password_short"),
        ("x" * 129, "person.password_long"),
        ("password1234", "person.password_guessable"),
        ("P@ssw0rd12345", "person.password_guessable"),
        ("qwertyuiop123", "person.password_guessable"),
        ("aaaaaaaaaaaaaa", "person.password_guessable"),
        ("iloveyou1234567", "person.password_guessable"),
        ("liwei.shop.li.wei", "person.password_guessable"),
    ],
)
def test_a_password_that_is_short_or_soon_guessed_is_refused(password: str, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        hash_of_new(password, name="Li Wei", email="liwei@shop.test")
    assert refused.value.code == code


@pytest.mark.parametrize(
    "password", ["mountain lamp river 42", "龙凤呈祥万事如意恭喜发财呀", "é" * 4 + "kT9#mwQz!"]
)
def test_a_password_is_known_again_however_it_was_composed(password: str) -> None:
    kept = hash_of_new(password, name="Li Wei", email="li@shop.test")
    assert kept.startswith("$argon2id$")
    assert password not in kept
    assert matches(kept, password)
    assert matches(kept, check_password(password).replace("é", "e\u0301"))
    assert not matches(kept, password + " ")
    assert not matches(None, password)
    assert not matches(kept, "x" * 1_000)
    assert not matches("not a hash", password)


def test_where_there_is_no_password_the_answer_takes_as_long() -> None:
    kept = hash_of_new("mountain lamp river 42", name="", email="")

    def took(hashed: str | None) -> float:
        began = time.perf_counter()
        assert not matches(hashed, "another one of some length")
        return time.perf_counter() - began

    took(None)  # what nobody's password is compared with is made once
    known, nobodys = (min(took(hashed) for _ in range(5)) for hashed in (kept, None))
    assert known / 3 < nobodys < known * 3


# --- trying again ------------------------------------------------------------------------------------------------


def test_tries_wait_for_nothing_at_first_and_then_ever_longer() -> None:
    tried, now, pauses = Tries(0, NOW), NOW, []
    for _ in range(20):
        more = another_try(tried, now)
        assert more is not None
        pauses.append(int((more.free_at - now).total_seconds()))
        assert pauses[-1] == 0 or another_try(more, more.free_at - timedelta(seconds=0.5)) is None
        tried, now = more, more.free_at
    assert pauses[: FREE_TRIES + 3] == [0, 0, 0, 0, 1, 2, 4, 8]
    assert pauses == sorted(pauses)
    assert pauses[-1] == LONGEST_PAUSE.total_seconds()


def test_of_tries_at_once_the_one_that_looked_at_the_clock_first_waits_for_nothing() -> None:
    first = another_try(Tries(0, NOW), NOW)
    assert first is not None
    assert another_try(first, NOW - timedelta(milliseconds=20)) is not None


@given(st.integers(0, 10_000), st.timedeltas(timedelta(days=-9000), timedelta(days=9000)))
def test_nobody_waits_longer_than_the_longest_pause(failures: int, ahead: timedelta) -> None:
    tried = Tries(failures, NOW + ahead)
    allowed = another_try(tried, NOW)
    assert allowed is not None or timedelta() < ahead <= LONGEST_PAUSE
    assert another_try(tried, NOW + LONGEST_PAUSE) is not None or ahead > LONGEST_PAUSE


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        (None, "nowhere"),
        ("unix socket", "nowhere"),
    ],
)
def test_an_ipv6_network_is_one_place(address: str | None, place: str) -> None:
    assert place_of(address) == place


# --- codes -------------------------------------------------------------------------------------------------------


def test_a_code_holds_for_its_step_and_one_aside_and_once() -> None:
    step = int(NOW.timestamp()) // 30
    totp = pyotp.TOTP(SEED)
    assert step_of(SEED, totp.at(NOW), NOW, None) == step
    for aside in (-1, 1):
        assert step_of(SEED, totp.at(NOW + timedelta(seconds=30 * aside)), NOW, None) == step + aside
    for aside in (-2, 2):
        assert step_of(SEED, totp.at(NOW + timedelta(seconds=30 * aside)), NOW, None) is None
    assert step_of(SEED, totp.at(NOW), NOW, step) is None, "it was used"
    assert step_of(SEED, totp.at(NOW - timedelta(seconds=30)), NOW, step) is None, "a later one was used"
    assert step_of(SEED, totp.at(NOW + timedelta(seconds=30)), NOW, step) == step + 1
    for wrong in ("", "12345", "1234567", "abcdef", "１２３４５６"):
        assert step_of(SEED, wrong, NOW, None) is None


@given(st.binary(min_size=10, max_size=10))
def test_a_recovery_code_is_known_however_it_is_typed(random: bytes) -> None:
    shown = recovery_code(random)
    kept = secret_of_code(shown)
    assert kept is not None
    assert secret_of_code(shown.lower().replace("-", " ")) == kept
    assert secret_of_code(shown[:-1]) is None
    assert secret_of_code(shown + "A") is None


# --- whom one acts for -------------------------------------------------------------------------------------------


def person(*places: tuple[str, str, str]) -> Person:
    return Person(12, 34, NOW, tuple(Membership(*each) for each in places))


@pytest.mark.parametrize("party", ROLES)
def test_each_role_may_what_the_table_says_and_no_more(party: str) -> None:
    """The whole matrix: every role of every party against every permission that a call for it could ask for."""
    for role in ROLES[party]:
        who = person((party, "" if party == "operator" else "7", role))
        for scope in PERMISSIONS[party]:
            allowance = Allowance(scope, (party,))
            if scope in permissions_of(party, role):
                assert scope in acting_as(who, allowance, {}).scopes
            else:
                with pytest.raises(Forbidden) as refused:
                    acting_as(who, allowance, {})
                assert refused.value.code == "credentials.role"


READ = Allowance("orders.read", ("shop",))


def test_a_person_acts_for_the_shop_that_the_path_names() -> None:
    who = person(("shop", "7", "clerk"), ("shop", "8", "owner"))
    assert acting_as(who, READ, {"shop": "8"}) == Holder(
        None, "shop", 8, permissions_of("shop", "owner"), 12, 34, (8,)
    )
    with pytest.raises(NotFound):
        acting_as(who, READ, {"shop": "9"})
    with pytest.raises(Forbidden):
        acting_as(who, Allowance("funds.write", ("shop",)), {"shop": "7"})


def test_a_call_that_names_no_shop_is_for_all_of_them_where_the_role_may() -> None:
    who = person(("shop", "7", "clerk"), ("shop", "8", "owner"))
    assert acting_as(who, READ, {}).shops == (7, 8)
    assert acting_as(who, READ, {}).party_id is None
    assert acting_as(who, Allowance("funds.read", ("shop",)), {}).shops == (8,)
    assert acting_as(who, READ, {}, "shop:7").shops == (7,)


def test_a_person_of_several_suppliers_says_for_which() -> None:
    who = person(("supplier", "3", "picker"), ("supplier", "4", "lead"))
    call = Allowance("fulfilments.read", ("supplier",))
    with pytest.raises(Forbidden) as refused:
        acting_as(who, call, {})
    assert refused.value.code == "credentials.several"
    assert acting_as(who, call, {}, "supplier:4").party_id == 4
    with pytest.raises(Forbidden):
        acting_as(who, call, {}, "supplier:5")
    assert acting_as(who, Allowance("people.read", ("supplier", "operator")), {"supplier": "4"}).party_id == 4


def test_an_operators_person_enters_a_shop_with_their_own_role_alone() -> None:
    disputes = person(("operator", "", "disputes"))
    assert acting_as(disputes, READ, {"shop": "7"}).party == "operator"
    for scope in ("funds.write", "policies.write", "people.write"):
        with pytest.raises(Forbidden) as refused:
            acting_as(disputes, Allowance(scope, ("shop",)), {"shop": "7"})
        assert refused.value.code == "credentials.role"
    with pytest.raises(Forbidden) as refused:
        acting_as(disputes, READ, {})
    assert refused.value.code == "credentials.party"


def test_whoever_is_of_the_shop_itself_does_not_enter_it_as_an_operator() -> None:
    who = person(("operator", "", "admin"), ("shop", "7", "owner"))
    assert acting_as(who, READ, {"shop": "7"}).party == "shop"
    assert acting_as(who, READ, {"shop": "8"}).party == "operator"
    assert acting_as(who, READ, {"shop": "7"}, "operator").party == "operator"
    assert acting_as(who, Allowance("notices.read", ("operator", "shop")), {}).party == "operator"


def test_whoever_belongs_nowhere_has_what_is_their_own_and_nothing_else() -> None:
    nobody = person()
    assert acting_as(nobody, Allowance("self.read", (PERSON,)), {}).party_id == 12
    with pytest.raises(Forbidden):
        acting_as(nobody, READ, {"shop": "7"})
    with pytest.raises(Forbidden):
        acting_as(nobody, Allowance("scans.write", ("carrier",)), {"carrier": "cainiao"})


@pytest.mark.parametrize("said", [None, "", "supplier", "supplier:0", "supplier:x", "shop:7 ", "queen:1"])
def test_a_party_that_is_none_is_not_chosen(said: str | None) -> None:
    assert check_party(said) is None


# --- letters ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("locale", ["en", "zh-CN"])
def test_what_a_shop_is_called_does_nothing_in_a_letter(locale: str) -> None:
    name = "Good\r\nBcc: all@shop.test<script>alert(1)</script>\u202e{role}"
    facts = {"party_name": name, "role": "clerk", "days": 7, "link": 'https://a.test/"><b>#t'}
    words = words_of("person.invited", facts, NOW, locale, "UTC")
    assert all(char.isprintable() for line in (words.subject, *words.lines) for char in line)
    page = html_of(words, locale)
    assert "<script>" not in page
    assert "<b>" not in page
    assert "{role}" in page, "what is spliced in is not looked at again"
