"""A second factor, sessions that end, tries that wait: what protects an account, and never shuts its person out."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pyotp
import pytest

from andon.kernel.clock import wall
from tests.clients import Answer
from tests.journeys.blackbox import good, problem
from tests.journeys.browser import PASSWORD, Browser, a_person
from tests.journeys.conftest import Running

OTHER = "seven quiet otters at dawn"
EMAIL = "admin@andon.test"


@pytest.fixture
def admin(andon: Running) -> Browser:
    a_person(andon.database, EMAIL, ("operator", "", "admin"))
    admin = Browser(andon.url)
    good(admin.sign_in(EMAIL))
    return admin


def code(seed: str, ahead: int = 0) -> str:
    """The code of the present step, or of one ahead; a step that is nearly over is waited for to end."""
    if (left := 30 - time.time() % 30) < 3:
        time.sleep(left)
    return pyotp.TOTP(seed).at(int(time.time()) + 30 * ahead)


@pytest.fixture
def seed(admin: Browser) -> str:
    """The seed of a second factor that counts; the code of the step before the present one was used."""
    begun = good(admin.post("/me/second_factor", {"password": PASSWORD}))
    assert begun["uri"].startswith("otpauth://totp/Andon:")
    good(admin.post("/me/second_factor/confirm", {"otp": code(begun["secret"], -1)}))
    return str(begun["secret"])


def again(andon: Running, **more: str) -> Answer:
    """Somebody signs in as the administrator."""
    return Browser(andon.url).sign_in(EMAIL, **more)


def test_with_a_second_factor_the_password_alone_opens_nothing(
    andon: Running, admin: Browser, seed: str
) -> None:
    assert good(admin.get("/me"))["second_factor"]
    problem(again(andon), 401, "sign_in.otp_needed")
    problem(again(andon, otp="000000"), 401, "sign_in.otp_refused")
    problem(again(andon, password=OTHER, otp=code(seed)), 401, "sign_in.refused")
    now = code(seed)
    good(again(andon, otp=now))
    problem(again(andon, otp=now), 401, "sign_in.otp_refused")
    with andon.database.owner.connect() as connection:
        kept = connection.exec_driver_sql("select totp_sealed from users").scalar_one()
        factors = connection.exec_driver_sql(
            "select body::json ->> 'factor' from events where kind = 'person.signed_in' order by event_id"
        ).scalars()
        assert list(factors) == ["none", "totp"]
    assert seed.encode() not in bytes(kept)


def test_of_many_sign_ins_with_one_code_one_is(andon: Running, admin: Browser, seed: str) -> None:
    now = code(seed, 1)
    with ThreadPoolExecutor(3) as at_once:
        answers = list(at_once.map(lambda _: again(andon, otp=now), range(3)))
    assert [answer.status for answer in answers].count(200) == 1
    assert {answer.code for answer in answers if answer.status != 200} == {"sign_in.otp_refused"}


def test_a_recovery_code_stands_in_once(andon: Running, admin: Browser, seed: str) -> None:
    codes = good(admin.post("/me/recovery_codes", {"password": PASSWORD, "otp": code(seed)}))[
        "recovery_codes"
    ]
    assert len(set(codes)) == 10
    good(again(andon, otp=codes[0].lower()))
    problem(again(andon, otp=codes[0]), 401, "sign_in.otp_refused")
    assert good(admin.get("/me"))["recovery_codes_left"] == 9
    proof = {"password": PASSWORD, "otp": codes[1]}
    fresh = good(admin.post("/me/recovery_codes", proof))["recovery_codes"]
    problem(again(andon, otp=codes[2]), 401, "sign_in.otp_refused")
    assert admin.post("/me/second_factor/remove", {"password": PASSWORD, "otp": fresh[0]}).status == 204
    good(again(andon))
    assert good(admin.get("/me"))["recovery_codes_left"] == 0


def test_a_second_factor_begins_with_the_password_and_a_code_of_it(admin: Browser) -> None:
    problem(admin.post("/me/second_factor/confirm", {"otp": "123456"}), 409, "person.no_factor")
    problem(admin.post("/me/second_factor", {"password": OTHER}), 422, "person.password_wrong")
    problem(
        admin.post("/me/second_factor/remove", {"password": PASSWORD, "otp": "1"}), 409, "person.no_factor"
    )
    first = good(admin.post("/me/second_factor", {"password": PASSWORD}))["secret"]
    second = good(admin.post("/me/second_factor", {"password": PASSWORD}))["secret"]
    problem(admin.post("/me/second_factor/confirm", {"otp": code(first)}), 401, "sign_in.otp_refused")
    good(admin.post("/me/second_factor/confirm", {"otp": code(second)}))
    problem(admin.post("/me/second_factor", {"password": PASSWORD}), 409, "person.factor_set")


def test_another_password_ends_every_other_session_and_gives_this_one_another_token(
    andon: Running, admin: Browser
) -> None:
    other = Browser(andon.url)
    good(other.sign_in(EMAIL))
    stolen = Browser(andon.url, cookie=admin.cookie)
    good(stolen.get("/me"))
    change = {"password": PASSWORD, "new_password": OTHER}
    problem(admin.post("/me/password", change | {"password": OTHER}), 422, "person.password_wrong")
    assert admin.post("/me/password", change).status == 204
    problem(other.get("/me"), 401, "credentials.session")
    good(admin.get("/me"))
    problem(stolen.get("/me"), 401, "credentials.session")
    problem(admin.get("/me"), 401, "credentials.session")
    with andon.database.owner.connect() as connection:
        reasons = connection.exec_driver_sql(
            "select body::json ->> 'reason' from events where kind = 'person.sessions_ended' order by event_id"
        ).scalars()
        assert list(reasons) == ["password", "reused"], "a copy of the old token shows that there is a thief"


def test_sessions_are_listed_and_ended(andon: Running, admin: Browser) -> None:
    others = [Browser(andon.url, headers={"User-Agent": f"Telephone {n}\x7f"}) for n in range(3)]
    for each in others:
        good(each.sign_in(EMAIL))
    listed = good(admin.get("/sessions"))["items"]
    assert [each["current"] for each in listed] == [True, False, False, False]
    assert {each["address"] for each in listed} == {"127.0.0.1"}
    assert listed[1]["agent"] == "Telephone 0 "
    assert admin.delete(f"/sessions/{listed[1]['id']}").status == 204
    problem(others[0].get("/me"), 401, "credentials.session")
    problem(admin.delete(f"/sessions/{listed[1]['id']}"), 404, "session.not_found")
    assert admin.delete("/sessions").status == 204
    problem(others[1].get("/me"), 401, "credentials.session")
    good(admin.get("/me"))
    assert admin.post("/sign_out").status == 204
    assert admin.cookie is None
    problem(admin.get("/me"), 401, "credentials.missing")


def test_one_person_does_not_end_anothers_session(andon: Running, admin: Browser) -> None:
    a_person(andon.database, "policy@andon.test", ("operator", "", "policy"))
    other = Browser(andon.url)
    good(other.sign_in("policy@andon.test"))
    [theirs] = good(admin.get("/sessions"))["items"]
    problem(other.delete(f"/sessions/{theirs['id']}"), 404, "session.not_found")
    good(admin.get("/me"))


def test_a_browser_that_signs_in_anew_leaves_its_former_session(andon: Running, admin: Browser) -> None:
    former = Browser(andon.url, cookie=admin.cookie)
    good(admin.sign_in(EMAIL))
    problem(former.get("/me"), 401, "credentials.session")
    assert len(good(admin.get("/sessions"))["items"]) == 1


@pytest.mark.parametrize(
    ("column", "back"), [("seen_at", timedelta(hours=12)), ("ends_at", timedelta(days=7))]
)
def test_a_session_ends_by_itself(andon: Running, admin: Browser, column: str, back: timedelta) -> None:
    def aged(by: timedelta) -> None:
        with andon.database.owner.begin() as connection:
            connection.exec_driver_sql(f"update sessions set {column} = {column} - %s", (by,))

    aged(back - timedelta(minutes=1))
    good(admin.get("/me"))
    if column == "seen_at":
        with andon.database.owner.connect() as connection:
            seen = connection.exec_driver_sql("select seen_at from sessions").scalar_one()
            assert wall() - seen < timedelta(minutes=1), "that it was used is noted"
        aged(back - timedelta(minutes=1))
    aged(timedelta(minutes=2))
    problem(admin.get("/me"), 401, "credentials.session")


def test_guesses_wait_ever_longer_and_do_not_shut_the_person_out(andon: Running, admin: Browser) -> None:
    def strangers(password: str) -> Answer:
        # Where a proxy says whom it speaks for, each address has its own tries.
        return Browser(andon.url).post(
            "/sign_in",
            {"email": EMAIL, "password": password},
            X_Forwarded_For="203.0.113.9",
            X_Forwarded_Proto="https",
        )

    answers = [strangers(f"guess number {n} of many") for n in range(8)]
    assert [(each.status, each.code) for each in answers[:5]] == [(401, "sign_in.refused")] * 5
    late = problem(answers[-1], 429, "sign_in.too_often")
    assert late["retry_after_seconds"] >= 1
    assert strangers(PASSWORD).status == 429, (
        "the right password waits as well, or guesses would be told apart"
    )
    good(again(andon))


def test_an_unknown_address_is_told_from_a_wrong_password_by_nothing(andon: Running, admin: Browser) -> None:
    def body(answer: Answer) -> dict[str, object]:
        return {name: value for name, value in answer.body.items() if name != "request_id"}

    known, unknown = (
        Browser(andon.url).sign_in(EMAIL, OTHER),
        Browser(andon.url).sign_in("no@one.test", OTHER),
    )
    assert body(known) == body(unknown)


def test_codes_are_not_guessed_by_whoever_has_the_password(andon: Running, admin: Browser, seed: str) -> None:
    answers = [again(andon, otp=f"{n:06}") for n in range(7)]
    assert {answer.status for answer in answers[:4]} == {401}
    assert answers[-1].status == 429
    good(admin.get("/me"))
