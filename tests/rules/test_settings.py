"""What the environment sets, and how a value that cannot be is told."""

from pathlib import Path

import pytest

from andon.app.allowed import allow_this_machine, allowed_ranges
from andon.kernel.outside import LOOPBACK, read_ranges
from andon.kernel.settings import BadSetting, Settings


def test_an_empty_environment_is_enough():
    settings = Settings.from_env({})
    assert settings.home.is_absolute()
    assert settings.home.name == "andon"
    assert settings.data.parts[-2:] == ("shared", "data")
    assert (settings.clock, settings.clock_rate, settings.log_level) == ("real", 1.0, "info")
    assert (settings.database_url, settings.secret_key) == (None, None)


def test_a_blank_value_is_none():
    assert Settings.from_env({"ANDON_DATABASE_URL": " ", "ANDON_CLOCK": ""}) == Settings.from_env({})


def test_values_are_read_as_what_they_are():
    settings = Settings.from_env(
        {
            "ANDON_HOME": "somewhere/with a space",
            "ANDON_DATA": "~/data",
            "ANDON_CLOCK": "Scaled",
            "ANDON_CLOCK_RATE": "3600",
            "ANDON_LOG_LEVEL": "DEBUG",
            "ANDON_SECRET_KEY": "0123456789abcdef",
            "ANDON_POOL_SIZE": "3",
            "ANDON_CALLS_PER_SECOND": "50",
            "ANDON_STRANGER_CALLS_PER_SECOND": "5",
            "ANDON_ALLOWED_RANGES": "10.1.0.0/16, ::1",
        }
    )
    assert settings.home == Path.cwd() / "somewhere" / "with a space"
    assert settings.data == Path.home() / "data"
    assert (settings.clock, settings.clock_rate, settings.log_level) == ("scaled", 3600.0, "debug")
    assert (settings.secret_key, settings.pool_size) == (b"0123456789abcdef", 3)
    assert (settings.calls_per_second, settings.stranger_calls_per_second) == (50, 5)
    assert settings.allowed_ranges == read_ranges("10.1.0.0/16,::1")


@pytest.mark.parametrize(
    ("variable", "value", "why"),
    [
        ("ANDON_CLOCK", "sundial", "one of real, scaled, manual"),
        ("ANDON_CLOCK_RATE", "fast", "could not convert"),
        ("ANDON_CLOCK_RATE", "0", "more than 0"),
        ("ANDON_CLOCK_RATE", "nan", "more than 0"),
        ("ANDON_CLOCK_RATE", "inf", "at most 1000000"),
        ("ANDON_LOG_LEVEL", "loud", "one of debug, info"),
        ("ANDON_DATABASE_URL", "mysql://root@localhost", "not a PostgreSQL address"),
        ("ANDON_APP_DATABASE_URL", "/var/run/socket", "not a PostgreSQL address"),
        ("ANDON_POOL_SIZE", "0", "from 1 to 1000"),
        ("ANDON_CALLS_PER_SECOND", "0", "from 1 to 1000000"),
        ("ANDON_STRANGER_CALLS_PER_SECOND", "many", "invalid literal"),
        ("ANDON_SMTP_URL", "mail.example.com", "not a mail server"),
        ("ANDON_TRUSTED_PROXIES", "*", "addresses or networks"),
        ("ANDON_TRUSTED_PROXIES", "10.0.0.1/8", "addresses or networks"),
        ("ANDON_ALLOWED_RANGES", "10.0.0.1/8", "has host bits set"),
        ("ANDON_HOME", "a\nb", "not a path"),
        ("ANDON_SECRET_KEY", "short", "at least 16 bytes"),
        ("ANDON_FAILPOINTS", "push.claim.done", "failpoints have the form"),
        ("ANDON_FAILPOINTS", "push.claim.done=kill@twice", "failpoints have the form"),
    ],
)
def test_a_value_that_cannot_be_is_told_by_its_variable(variable: str, value: str, why: str):
    with pytest.raises(BadSetting, match=why) as told:
        Settings.from_env({variable: value})
    assert told.value.variable == variable
    assert str(told.value).startswith(f"{variable}=")


@pytest.mark.parametrize("variable", ["ANDON_SECRET_KEY", "ANDON_DATABASE_URL"])
def test_a_secret_is_not_repeated(variable: str):
    with pytest.raises(BadSetting) as told:
        Settings.from_env({variable: "pssst"})
    assert "pssst" not in str(told.value)
    secretive = Settings.from_env(
        {"ANDON_DATABASE_URL": "postgresql://a:pssst@b/c", "ANDON_SECRET_KEY": "pssst" * 5}
    )
    assert "pssst" not in repr(secretive)


def test_what_may_be_called_is_said_by_the_environment_or_else_by_the_home(tmp_path: Path):
    here = Settings(home=tmp_path)
    assert allowed_ranges(here) == ()
    allow_this_machine(here)
    assert allowed_ranges(here) == LOOPBACK
    (tmp_path / "allowed_ranges").write_text("10.0.0.0/8\n")
    allow_this_machine(here)
    assert allowed_ranges(here) == read_ranges("10.0.0.0/8"), "what an operator wrote stays"
    said = Settings.from_env({"ANDON_HOME": str(tmp_path), "ANDON_ALLOWED_RANGES": "192.0.2.7"})
    assert allowed_ranges(said) == read_ranges("192.0.2.7")
    (tmp_path / "allowed_ranges").write_text("everything")
    with pytest.raises(BadSetting, match="allowed_ranges='everything'"):
        allowed_ranges(here)
