"""Whom a message goes to, when, in what words: and that no words, however hostile, become anything but words."""

import base64
import hashlib
import hmac
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from andon.adapters.robots import body_of, refusal_in, signed_url
from andon.adapters.smtp import SmtpPost
from andon.platform.outbox.rules import Quiet, html_of, next_digest, readers_of, send_at, words_of
from andon.platform.outbox.rules.contacts import is_email
from andon.ports.mailing import Letter, RobotMessage

NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)


@given(st.text(), st.text(), st.sampled_from(["zh-CN", "en"]))
def test_no_text_makes_a_header_or_a_tag(kind: str, fact: str, locale: str) -> None:
    words = words_of(kind, {"order_id": fact, "list": [fact]}, NOON, locale, "Asia/Shanghai")
    html = html_of(words, locale)
    assert html.count("<") == html_of(
        words_of("x", {"order_id": "1", "list": ["1"]}, NOON, locale, "UTC"), locale
    ).count("<")
    letter = Letter("1.2", "li@shop.test", words.subject, words.text, html, NOON)
    sent = SmtpPost("smtp://mail.test?from=andon@shop.test")._message(letter).as_bytes()
    got = message_from_bytes(sent, policy=policy.default)
    assert sorted(name.lower() for name in got) == [
        "auto-submitted", "content-type", "date", "from", "message-id", "mime-version", "subject", "to",
    ]  # fmt: skip
    assert (got["To"], got["From"]) == ("li@shop.test", "andon@shop.test")


@given(st.text(alphabet=st.sampled_from('ab@.\r\n ,;<>"\0é'), max_size=20))
def test_an_address_that_is_taken_has_nothing_of_a_header(text: str) -> None:
    if is_email(text):
        assert not set(text) & set('\r\n ,;<>"\0')
        assert text.isascii()
        assert text.count("@") == 1


@pytest.mark.parametrize("text", ["a@localhost", "li.wei+jit@shop.example.com", "x_y@xn--fiq228c.cn"])
def test_plain_addresses_are_taken(text: str) -> None:
    assert is_email(text)


@pytest.mark.parametrize(
    "text", ["", "a", "@b.c", "a@", "a@b..c", ".a@b.c", "a@-b.c", "a@b.c\n", "a" * 65 + "@b.c"]
)
def test_what_is_no_address_is_not(text: str) -> None:
    assert not is_email(text)


@pytest.mark.parametrize(
    ("since", "until", "kind", "hours"),
    [
        ("22:00", "08:00", "fulfilment.stuck", 0),
        ("11:00", "13:00", "fulfilment.stuck", 1),
        ("12:00", "12:30", "fulfilment.stuck", 0.5),
        ("11:00", "12:00", "fulfilment.stuck", 0),
        ("09:00", "08:00", "fulfilment.stuck", 20),
        ("09:00", "08:00", "audit.failed", 0),
        ("09:00", "08:00", "digest", 0),
        ("12:00", "12:00", "fulfilment.stuck", 0),
    ],
)
def test_quiet_hours_end(since: str, until: str, kind: str, hours: float) -> None:
    assert send_at(kind, NOON, "Asia/Shanghai", Quiet(since, until)) == NOON + timedelta(hours=hours)


@given(
    st.integers(0, 365 * 24 * 60), st.sampled_from(["Europe/Madrid", "Asia/Shanghai", "America/Sao_Paulo"])
)
def test_the_next_digest_lies_ahead_and_within_a_day_of_changing_clocks(minutes: int, zone: str) -> None:
    now = NOON + timedelta(minutes=minutes)
    assert timedelta(0) < next_digest(now, zone, "02:30") - now <= timedelta(hours=25)


def test_a_kind_goes_to_who_names_it_and_to_its_role() -> None:
    people = [(1, "clerk", None), (2, "finance", None), (3, "owner", None), (4, "owner", ["charge.short"])]
    assert readers_of("fulfilment.stuck", people) == {1}
    assert readers_of("charge.short", people) == {2, 4}
    assert readers_of("fulfilment.stuck", people[1:]) == {3}
    assert readers_of("fulfilment.stuck", []) == set()


def test_an_exit_is_the_owners_matter_and_everybodys_where_there_is_none():
    people = [(1, "clerk", None), (2, "owner", None), (3, "finance", None), (4, "clerk", ["order.held"])]
    assert readers_of("exit.switch_thrown", people) == {2}
    assert readers_of("exit.switch_thrown", [people[0], *people[2:]]) == {1, 3}
    assert readers_of("exit.switch_thrown", [*people, (5, "clerk", ["exit.switch_thrown"])]) == {2, 5}


def test_dingtalk_is_signed_as_its_manual_says() -> None:
    message = RobotMessage("dingtalk", "https://x.test/robot/send?access_token=t", "SEC1", "title", "a\nb")
    asked = parse_qs(urlsplit(signed_url(message, 1700000000000)).query)
    sign = hmac.new(b"SEC1", b"1700000000000\nSEC1", hashlib.sha256).digest()
    assert asked == {
        "access_token": ["t"],
        "timestamp": ["1700000000000"],
        "sign": [base64.b64encode(sign).decode()],
    }
    assert body_of(message) == {"msgtype": "markdown", "markdown": {"title": "title", "text": "a  \nb"}}


@pytest.mark.parametrize(
    ("status", "head", "taken"),
    [
        (200, b'{"errcode":0,"errmsg":"ok"}', True),
        (200, b"ok", True),
        (200, b'{"errcode":45009}', False),
        (302, b"", False),
        (429, b"", False),
    ],
)
def test_what_a_robot_answers(status: int, head: bytes, taken: bool) -> None:
    assert (refusal_in(status, head) is None) == taken
