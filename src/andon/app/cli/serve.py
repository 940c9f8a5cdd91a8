"""`andon serve`: API and line in one process."""

import os
from typing import Annotated

import orjson
import typer

from andon.app.serve import serving, until_told
from andon.app.start import kept_up, make_ready, noted, opened
from andon.kernel.log import configure_log
from andon.kernel.settings import Settings


def serve(
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Where the API listens; 0 takes a free port.")
    ] = 8000,
    host: Annotated[str, typer.Option(help="The address it listens on.")] = "127.0.0.1",
    json_: Annotated[
        bool, typer.Option("--json", help="Say where it listens as JSON, alone on stdout.")
    ] = False,
) -> None:
    """Run API and line until told to stop, by the clock that ANDON_CLOCK names."""
    settings = Settings.from_env()
    configure_log(settings.log_level)
    with until_told() as told, opened(settings) as database, kept_up(settings):
        clock = make_ready(database, settings)
        with noted(settings, "serve"), serving(database, settings, host=host, port=port) as running:
            if json_:
                typer.echo(orjson.dumps({"url": running.url, "clock": clock.kind, "pid": os.getpid()}))
            else:
                typer.echo(f"Andon serves at {running.url}/v1 (clock: {clock.kind}). Stop it with Ctrl-C.")
            told.wait()
