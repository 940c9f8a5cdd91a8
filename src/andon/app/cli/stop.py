"""`andon stop`: the processes of this Andon, and its embedded server."""

from typing import Annotated

import orjson
import typer

from andon.app.start import stop_processes
from andon.kernel.postgres import stop_server
from andon.kernel.settings import Settings


def stop(
    json_: Annotated[
        bool, typer.Option("--json", help="Say what was stopped as JSON, alone on stdout.")
    ] = False,
) -> None:
    """Stop what runs under this ANDON_HOME: API, line, and the embedded server."""
    settings = Settings.from_env()
    processes = stop_processes(settings)
    # A process that started the server ends it too; then there is nothing left to stop.
    server = settings.database_url is None and stop_server(settings.home)
    if json_:
        typer.echo(orjson.dumps({"processes": processes, "server": server}))
        return
    for name in processes:
        typer.echo(f"stopped {name}")
    if server:
        typer.echo("stopped the embedded server")
    if not processes and not server:
        typer.echo("nothing was running")
