"""The pure parts of the edge: keys, tokens, durations, languages, pointers."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from andon.kernel.errors import Forbidden, Invalid, NotFound, Unknown
from andon.kernel.http.bodies import field_code
from andon.kernel.http.durations import LONGEST, duration_of
from andon.kernel.http.idempotency import MalformedToken, fingerprint_of, token_of
from andon.kernel.http.models import Instant, MoneyIn, MoneyOut
from andon.kernel.http.pages import BadCursor, PageAsked
from andon.kernel.http.problems import language_of
from andon.kernel.money import Money
from andon.platform.accounts.rules import (
    PARTIES,
    SCOPES,
    Allowance,
    Holder,
    bearer_of,
    check_allowed,
    check_own,
    check_scopes,
    granted,
    hash_of,
    party_id_of,
    secret_of,
    well_formed,
)

INSTANT = TypeAdapter(Instant)
KEPT = (datetime.fromisoformat("2000-01-02"), datetime.fromisoformat("2099-12-30"))


# --- keys ------------------------------------------------------------------------------------------------------


@given(st.binary(min_size=32, max_size=32), st.sampled_from(("live", "test")))
def test_every_key_is_well_formed_and_has_one_length(random: bytes, kind: str) -> None:
    secret = secret_of(random, kind)
    assert well_formed(secret)
    assert secret.startswith(f"andon_{kind}_")
    assert len(secret) == len("andon_live_") + 49
    assert len(hash_of(secret)) == 32


@given(st.binary(min_size=32, max_size=32), st.binary(min_size=32, max_size=32))
def test_two_keys_are_one_only_if_their_chance_is(one: bytes, other: bytes) -> None:
    assert (secret_of(one) == secret_of(other)) == (one == other)


@given(st.binary(min_size=32, max_size=32), st.data())
def test_one_wrong_character_is_told_without_a_look_up(random: bytes, data: st.DataObject) -> None:
    secret = secret_of(random)
    place = data.draw(st.integers(len("andon_live_"), len(secret) - 1))
    wrong = data.draw(
        st.characters(codec="ascii", categories=("L", "N")).filter(lambda c: c != secret[place])
    )
    assert not well_formed(secret[:place] + wrong + secret[place + 1 :])


@given(st.text())
def test_no_text_makes_the_bearer_fall_over(header: str) -> None:
    with pytest.raises(Unknown):
        bearer_of(header)


def test_the_bearer_is_named_in_any_case() -> None:
    secret = secret_of(bytes(32))
    assert bearer_of(f"bearer  {secret}") == secret == bearer_of(f"BEARER {secret}")


def holder(party: str, scopes: frozenset[str] = SCOPES, party_id: int | str | None = 1) -> Holder:
    return Holder(1, party, party_id, scopes)


def test_an_operator_enters_shops_but_is_no_supplier_carrier_or_channel() -> None:
    for party in PARTIES:
        allowance = Allowance("stock.read", (party,))
        operator = holder("operator", frozenset(), None)
        if party in ("shop", "operator"):
            check_allowed(operator, allowance, in_shop=True)
        else:
            with pytest.raises(Forbidden):
                check_allowed(operator, allowance, in_shop=True)
    with pytest.raises(Forbidden):
        check_allowed(operator, Allowance("stock.read", ("shop",)), in_shop=False)


def test_a_scope_is_needed_by_all_but_operators() -> None:
    allowance = Allowance("stock.write", ("shop", "operator"))
    check_allowed(holder("shop", frozenset(("stock.write",))), allowance, in_shop=True)
    check_allowed(holder("operator", frozenset()), allowance, in_shop=False)
    with pytest.raises(Forbidden) as refused:
        check_allowed(holder("shop", frozenset(("stock.read",))), allowance, in_shop=True)
    assert refused.value.code == "credentials.scope"


def test_a_call_names_a_scope_and_parties_that_there_are() -> None:
    for scope, parties in (("stock.rite", ("shop",)), ("stock.read", ()), ("stock.read", ("king",))):
        with pytest.raises(AssertionError):
            Allowance(scope, parties)


def test_a_path_that_names_another_of_ones_kind_is_not_found() -> None:
    check_own(holder("shop", party_id=7), "shop", "7")
    check_own(holder("supplier", party_id=7), "shop", "8")
    check_own(holder("carrier", party_id="dhl"), "carrier", "dhl")
    for party, party_id, named in (("shop", 7, "8"), ("shop", 7, "07"), ("carrier", "dhl", "ups")):
        with pytest.raises(NotFound):
            check_own(holder(party, party_id=party_id), party, named)


def test_a_supplier_sees_what_is_granted() -> None:
    assert granted([3, 1], None) == [1, 3]
    assert granted([3, 1], 3) == [3]
    with pytest.raises(NotFound):
        granted([3, 1], 2)


def test_a_party_is_named_by_its_number_or_code() -> None:
    assert party_id_of("shop", "12") == 12
    assert party_id_of("carrier", "cainiao") == "cainiao"
    assert party_id_of("operator", "") is None
    for party, named in (
        ("shop", ""),
        ("shop", "0"),
        ("shop", "１"),
        ("supplier", "9" * 19),
        ("channel", "A"),
        ("channel", "x" * 33),
        ("operator", "1"),
    ):
        with pytest.raises(Invalid):
            party_id_of(party, named)


def test_scopes_are_kept_in_order_and_once() -> None:
    assert check_scopes(["stock.write", "keys.write", "stock.write"]) == ["keys.write", "stock.write"]
    with pytest.raises(Invalid):
        check_scopes(["stock.write", "stock.*"])


# --- Idempotency-Key -------------------------------------------------------------------------------------------


@given(st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=1, max_size=255))
def test_a_visible_token_and_its_quoted_form_are_one(token: str) -> None:
    escaped = token.replace("\\", "\\\\").replace('"', '\\"')
    assert token_of(f'"{escaped}"') == token
    if not token.startswith('"'):
        assert token_of(token) == token


@given(st.text())
def test_a_token_is_told_or_refused(header: str) -> None:
    try:
        token = token_of(header)
    except MalformedToken:
        return
    assert 1 <= len(token) <= 255
    assert all("\x21" <= character <= "\x7e" for character in token)


def test_a_fingerprint_tells_method_target_and_body_apart() -> None:
    commands = [("POST", "/a", b"b"), ("POST", "/a?b", b""), ("POST", "/ab", b""), ("PUT", "/a", b"b")]
    assert len({fingerprint_of(*command) for command in commands}) == len(commands)


# --- durations -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("PT24H", timedelta(hours=24)),
        ("P1D", timedelta(days=1)),
        ("P2W", timedelta(weeks=2)),
        ("P3DT4H5M6.5S", timedelta(days=3, hours=4, minutes=5, seconds=6.5)),
        ("PT90M", timedelta(minutes=90)),
        ("PT0.000001S", timedelta(microseconds=1)),
        ("P3660D", LONGEST),
    ],
)
def test_a_duration_is_read(text: str, length: timedelta) -> None:
    assert duration_of(text) == length


@given(st.text(alphabet="P-T0123456789WDHMSY.１ "))
def test_a_duration_is_read_or_refused(text: str) -> None:
    try:
        length = duration_of(text)
    except Invalid:
        return
    assert timedelta(0) < length <= LONGEST


# --- instants, money, cursors, languages, fields ---------------------------------------------------------------


@given(st.datetimes(*KEPT), st.integers(-14, 14))
def test_an_instant_is_kept_in_utc_and_written_with_a_z(naive: datetime, offset: int) -> None:
    text = naive.isoformat() + f"{'-' if offset < 0 else '+'}{abs(offset):02}:00"
    instant = INSTANT.validate_json(f'"{text}"')
    assert instant == naive.replace(tzinfo=UTC) - timedelta(hours=offset)
    assert instant.tzinfo is UTC
    assert INSTANT.dump_json(instant) == f'"{instant.replace(tzinfo=None).isoformat()}Z"'.encode()


@given(st.datetimes(), st.integers(-23, 23))
def test_no_instant_makes_the_edge_fall_over(naive: datetime, offset: int) -> None:
    text = naive.isoformat() + f"{'-' if offset < 0 else '+'}{abs(offset):02}:00"
    try:
        instant = INSTANT.validate_json(f'"{text}"')
    except ValidationError as refused:
        codes = [error["type"] for error in refused.errors()]
    else:
        codes = [] if 2000 <= instant.year < 2100 else ["kept"]
    assert codes in ([], ["instant.out_of_range"])


@given(st.integers(-(10**15) + 1, 10**15 - 1), st.sampled_from(("CNY", "JPY", "KWD", "USD")))
def test_money_comes_back_as_it_was_answered(minor: int, currency: str) -> None:
    answered = MoneyOut.from_minor(minor, currency)
    sent = MoneyIn.model_validate_json(answered.model_dump_json())
    assert sent.money() == Money.from_minor(minor, currency)


def asked(place: str = "/v1/keys", secret: bytes = b"s" * 32) -> PageAsked:
    return PageAsked(2, None, place, secret)


@given(
    st.lists(
        st.integers(-(2**63), 2**63 - 1) | st.text(st.characters(codec="utf-8"), max_size=20), max_size=4
    )
)
def test_a_cursor_opens_where_it_was_given_and_nowhere_else(key: list[int | str]) -> None:
    cursor = asked().cursor(key)
    assert asked().opened(cursor) == key
    for other in (asked("/v1/orders"), asked(secret=b"t" * 32)):
        with pytest.raises(BadCursor):
            other.opened(cursor)


@given(st.text())
def test_no_text_opens_as_a_cursor(text: str) -> None:
    with pytest.raises(BadCursor):
        asked().opened(text)


@given(st.text())
def test_the_language_is_always_one_of_two(header: str) -> None:
    assert language_of(header) in {"en", "zh-CN"}


@pytest.mark.parametrize(
    ("header", "language"),
    [
        (None, "en"),
        ("zh", "zh-CN"),
        ("zh-TW;q=0.4, en;q=0.3", "zh-CN"),
        ("zh;q=0.4, en;q=0.5", "en"),
        ("zh;q=0", "en"),
        ("fr, zh-Hans-CN;q=0.2", "zh-CN"),
        ("EN-us, zh", "en"),
    ],
)
def test_the_callers_language_is_the_one_it_prefers(header: str | None, language: str) -> None:
    assert language_of(header) == language


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        ("missing", "field.missing"),
        ("extra_forbidden", "field.unknown"),
        ("string_type", "field.type"),
        ("datetime_from_date_parsing", "field.type"),
        ("int_from_float", "field.type"),
        ("too_long", "field.length"),
        ("string_too_short", "field.length"),
        ("greater_than_equal", "field.range"),
        ("finite_number", "field.range"),
        ("string_pattern_mismatch", "field.pattern"),
        ("literal_error", "field.choice"),
        ("union_tag_invalid", "field.choice"),
        ("url_scheme", "field.invalid"),
        ("order.quantity", "order.quantity"),
    ],
)
def test_what_is_wrong_with_a_field_has_a_code_of_ours(kind: str, code: str) -> None:
    assert field_code(kind) == code
