"""The key of an Andon, and what is sealed under it."""

import base64
import hmac
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from andon.kernel.roles import role_password, scram_verifier
from andon.kernel.secrets import KEY_FILE, SecretUnreadable, derive, seal, secret_key, unseal
from andon.kernel.settings import Settings

KEY = bytes(32)


def test_the_key_is_made_once_for_its_owners_eyes_alone(tmp_path: Path):
    settings = Settings(home=tmp_path / "new" / "home")
    key = secret_key(settings)
    assert len(key) == 32
    assert secret_key(settings) == key
    assert stat.S_IMODE((settings.home / KEY_FILE).stat().st_mode) == 0o600
    assert [path.name for path in settings.home.iterdir()] == [KEY_FILE]


def test_of_many_that_make_it_at_once_all_have_the_same(tmp_path: Path):
    settings = Settings(home=tmp_path)
    with ThreadPoolExecutor(16) as threads:
        keys = set(threads.map(lambda _: secret_key(settings), range(64)))
    assert len(keys) == 1


def test_a_key_that_is_given_is_the_key(tmp_path: Path):
    assert secret_key(Settings(home=tmp_path / "none", secret_key=b"given by the environment")) == (
        b"given by the environment"
    )
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize(
    ("text", "mode", "told"),
    [("ab" * 32, 0o644, "chmod 600"), ("not hex", 0o600, "cannot be used"), ("abcd", 0o600, "32 bytes"), ("", 0o600, "32 bytes")],
)  # fmt: skip
def test_a_key_file_that_cannot_be_used_is_told(tmp_path: Path, text: str, mode: int, told: str):
    path = tmp_path / KEY_FILE
    path.write_text(text)
    path.chmod(mode)
    with pytest.raises(SecretUnreadable, match=told):
        secret_key(Settings(home=tmp_path))


@given(st.binary(max_size=200))
def test_what_was_sealed_comes_back(secret: bytes):
    sealed = seal(secret, KEY)
    assert unseal(sealed, KEY) == secret
    assert seal(secret, KEY) != sealed
    assert len(secret) < 8 or secret not in sealed


@given(st.binary(max_size=50), st.data())
def test_a_seal_that_was_touched_does_not_open(secret: bytes, data: st.DataObject):
    sealed = bytearray(seal(secret, KEY))
    sealed[data.draw(st.integers(0, len(sealed) - 1))] ^= data.draw(st.integers(1, 255))
    with pytest.raises(SecretUnreadable):
        unseal(bytes(sealed), KEY)


@pytest.mark.parametrize("sealed", [b"", b"\x01", b"\x01short", b"\x02" + bytes(40)])
def test_what_is_no_seal_does_not_open(sealed: bytes):
    with pytest.raises(SecretUnreadable):
        unseal(sealed, KEY)


def test_another_key_does_not_open_it():
    with pytest.raises(SecretUnreadable, match="another key"):
        unseal(seal(b"secret", KEY), bytes([1]) * 32)


def test_purposes_share_nothing():
    assert derive(KEY, "one") != derive(KEY, "two")
    assert role_password(KEY, "andon_app") != role_password(KEY, "andon_line")


def test_a_verifier_answers_the_exchange_printed_in_rfc_7677():
    nonces = "rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0"
    exchange = f"n=user,r=rOprNGfwEbeRWgbNEkqO,r={nonces},s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096,c=biws,r={nonces}"
    verifier = scram_verifier("pencil", base64.b64decode("W22ZaJ0SNY7soEsUEjb6gQ=="))
    assert verifier.startswith("SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$")
    server_key = base64.b64decode(verifier.rpartition(":")[2])
    signature = base64.b64encode(hmac.digest(server_key, exchange.encode(), "sha256")).decode()
    assert signature == "6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="
