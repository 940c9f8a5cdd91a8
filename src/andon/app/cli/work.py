"""`andon work`: the line alone, beside an API that runs elsewhere."""

import os
from typing import Annotated

import orjson
import typer
from prometheus_client import start_http_server

from andon.app.line import CHORES
from andon.app.serve import until_told
from andon.app.start import NotMigrated, kept_up, noted, opened, refuse_retired_key, spare_the_collector
from andon.app.watches import watches
from andon.app.worker import Worker, working_line
from andon.kernel.clock import read_clock
from andon.kernel.db import is_current
from andon.kernel.http.metrics import Metrics
from andon.kernel.log import configure_log
from andon.kernel.settings import Settings
from andon.platform.policies.files import load_policies


def work(
    metrics_port: Annotated[
        int | None,
        typer.Option(min=1, max=65535, help="Answer Prometheus at this port of the loopback."),
    ] = None,
    json_: Annotated[
        bool, typer.Option("--json", help="Say that it works as JSON, alone on stdout.")
    ] = False,
) -> None:
    """Run the line until told to stop, by the clock of the database; any number of workers may run it."""
    settings = Settings.from_env()
    configure_log(settings.log_level)
    with until_told() as told, opened(settings) as database, kept_up(settings), noted(settings, "work"):
        if not is_current(database):
            raise NotMigrated(f"the schema of '{database.name}' is not this version's: run `andon migrate`")
        with database.line.connect() as connection:
            clock = read_clock(connection)
        refuse_retired_key(database, settings)
        metrics = Metrics()
        if metrics_port is not None:
            start_http_server(metrics_port, "127.0.0.1", metrics.registry)
        line = working_line(database, clock, load_policies(), metrics, settings)
        worker = Worker(line, (*CHORES, *watches(database, metrics, settings)))
        spare_the_collector()
        worker.start()
        try:
            if json_:
                typer.echo(orjson.dumps({"working": True, "clock": clock.kind, "pid": os.getpid()}))
            else:
                typer.echo(f"Andon's line runs (clock: {clock.kind}). Stop it with Ctrl-C.")
            told.wait()
        finally:
            worker.stop()
