"""`andon rotate-secret`: another key in place of the one that all secrets are sealed under."""

from typing import Annotated

import orjson
import typer

from andon.app.rotation import rotate
from andon.app.start import opened, server_for
from andon.kernel.db import is_current, names_of_databases
from andon.kernel.failpoints import arm, reach
from andon.kernel.secrets import next_key, secret_key, take_next_key
from andon.kernel.settings import Settings
from andon.platform.policies.files import load_policies


def rotate_secret(
    json_: Annotated[
        bool, typer.Option("--json", help="Say what was done as JSON, alone on stdout.")
    ] = False,
) -> None:
    """Seal all secrets under another key; Andon is stopped meanwhile, on every machine.

    The key is the file secret.key of ANDON_HOME, and the next one is made here; or it is ANDON_SECRET_KEY, and the next
    one is ANDON_NEXT_SECRET_KEY. Killed at any point, run it again: it goes on.
    """
    settings = Settings.from_env()
    arm(settings.failpoints)
    policies = load_policies()
    done: dict[str, dict[str, int]] = {}
    with server_for(settings):
        names = names_of_databases(settings)
        old, new = secret_key(settings), next_key(settings)
        reach("rotate", "begun")
        for name in names:
            with opened(settings, name) as database:
                if is_current(database):
                    done[name] = rotate(database, policies, old, new) or {}
    take_next_key(settings)
    reach("rotate", "taken")
    passed_over = sorted(set(names) - set(done))
    if json_:
        typer.echo(orjson.dumps({"databases": done, "passed_over": passed_over}))
        return
    for name, sealed in done.items():
        typer.echo(f"{name}: {sum(sealed.values())} secrets are sealed under the next key")
    for name in passed_over:
        typer.echo(
            f"{name}: has another version's schema; what is sealed in it opens under the old key alone"
        )
    typer.echo(
        "That key is in secret.key now."
        if settings.secret_key is None
        else "Set ANDON_SECRET_KEY to what ANDON_NEXT_SECRET_KEY says, on every machine, and unset that one."
    )
