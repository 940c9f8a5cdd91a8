"""The command that puts another key in the secret key's place is killed between any two of its steps: run again, it goes on."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from andon.insights.audit.views.record import prove_record
from andon.kernel.db import Database
from andon.kernel.secrets import KEY_FILE, NEXT_KEY_FILE, next_key, secret_key
from andon.kernel.settings import Settings
from andon.platform.keyring.views import keys_of
from andon.platform.record.service import PURPOSE
from tests.faults.nursery import KILLED
from tests.faults.running import Town
from tests.rooms.test_record import seal_all
from tests.worlds_secrets import a_world_of_secrets, opened_by

PLACES = ("begun", "resealed", "committed", "signed_in", "taken")


@pytest.fixture
def town(
    town_of: Callable[[Database], Town], copies: Callable[[str], Database], template: str, tmp_path: Path
) -> Town:
    """An Andon whose home, and so whose key, is its own."""
    town = town_of(copies(template))
    home = tmp_path / "home"
    town.environment["ANDON_HOME"] = str(home)
    town.key = secret_key(Settings(home=home))
    a_world_of_secrets(town.database, town.key)
    seal_all(town.database, key=town.key)
    town.database.dispose()
    return town


@pytest.mark.parametrize("place", PLACES)
def test_a_rotation_that_was_killed_goes_on_where_it_ended(town: Town, place: str) -> None:
    settings = Settings(home=Path(town.environment["ANDON_HOME"]))
    before = opened_by(town.database, town.key)
    assert town.start("rotate-secret", "--json", ANDON_FAILPOINTS=f"rotate.{place}=kill").wait() == KILLED
    done = place not in ("begun", "resealed")
    taken = place == "taken"
    new = secret_key(settings) if taken else next_key(settings)
    assert opened_by(town.database, new if done else town.key) == before
    assert opened_by(town.database, town.key if done else new) == {}

    # A process that begins now works, or says that the rotation is to be ended; nothing is sealed under a key that goes.
    worker = town.start("work", "--json")
    if done and not taken:
        assert worker.wait() == 1
        assert "run `andon rotate-secret` again" in worker.log.read_text()
    else:
        worker.said()
        worker.stop()

    if not taken:
        assert town.start("rotate-secret").wait() == 0, town.logs()
    assert secret_key(settings) == new
    assert [path.name for path in settings.home.glob("secret.key*")] == [KEY_FILE]
    assert opened_by(town.database, new) == before
    assert opened_by(town.database, town.key) == {}
    with town.database.line.connect() as connection:
        keys = keys_of(connection, new, PURPOSE)
        assert len(keys) == 2
        assert [each.sample for each in prove_record(connection, keys, [], sample=5) if not each.ok] == []


def test_it_is_refused_beside_a_process_that_runs_and_done_once_that_has_stopped(town: Town) -> None:
    settings = Settings(home=Path(town.environment["ANDON_HOME"]))
    worker = town.start("work", "--json")
    worker.said()
    beside = town.start("rotate-secret")
    assert beside.wait() == 1
    assert "secret.in_use" in beside.log.read_text()
    worker.stop()
    assert town.start("rotate-secret").wait() == 0
    assert secret_key(settings) != town.key
    assert not (settings.home / NEXT_KEY_FILE).exists()


def test_a_key_of_the_environment_is_rotated_to_the_one_that_is_named_there(town: Town) -> None:
    old, new = "the old key of sixteen or more", "the next key of sixteen or more"
    Path(town.environment["ANDON_HOME"], KEY_FILE).unlink()
    before = opened_by(town.database, town.key)
    assert town.start("rotate-secret", ANDON_SECRET_KEY=old).wait() == 1
    assert "ANDON_NEXT_SECRET_KEY" in town.logs()
    environment = {"ANDON_SECRET_KEY": town.key.hex(), "ANDON_NEXT_SECRET_KEY": new}
    assert town.start("rotate-secret", **environment).wait() == 1, (
        "the key is octets, not their hexadecimal text"
    )
    assert opened_by(town.database, town.key) == before


def test_a_settings_next_key_is_the_environments(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, secret_key=bytes(32))
    assert next_key(replace(settings, next_secret_key=b"another")) == b"another"
