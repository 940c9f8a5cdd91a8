"""What a process looks at now and then for its figures: nothing that a scrape would have to wait for."""

import shutil
from datetime import timedelta
from pathlib import Path

from andon.insights.backlog.views import backlog_of
from andon.kernel.chores import Chore
from andon.kernel.clock import read_clock
from andon.kernel.db import Database
from andon.kernel.http.metrics import Metrics
from andon.kernel.postgres.cluster import cluster_of
from andon.kernel.settings import Settings
from andon.kernel.watching import watch_transactions

LOOK = timedelta(seconds=15)


def watches(database: Database, metrics: Metrics, settings: Settings) -> tuple[Chore, ...]:
    """The chores that look, a statement each; the pools are asked whenever the figures are."""
    metrics.watch_pools({"app": database.app, "line": database.line})

    def look_at_backlog(database: Database) -> int:
        with database.line.begin() as connection:
            backlog = backlog_of(connection)
            now = read_clock(connection).now(connection)
        metrics.failing_messages.set(backlog.messages)
        metrics.failing_messages_age.set((now - backlog.oldest).total_seconds() if backlog.oldest else 0)
        for whose, count in backlog.broken.items():
            metrics.broken_endpoints.labels(whose).set(count)
        return 0

    def look_at_disks(_database: Database) -> int:
        for name, folder in _folders(settings).items():
            disk = shutil.disk_usage(folder)
            metrics.disk_free.labels(name).set(disk.free / disk.total)
        return 0

    return (
        watch_transactions(metrics.oldest_transaction.set),
        Chore("watch_backlog", every=LOOK, do=look_at_backlog),
        Chore("watch_disks", every=LOOK, do=look_at_disks),
    )


def _folders(settings: Settings) -> dict[str, Path]:
    """What lies on this machine: the home, and the embedded server's data, which may lie elsewhere."""
    folders = {"home": settings.home}
    if settings.database_url is None and (cluster := cluster_of(settings.home)) is not None:
        folders["database"] = cluster.folder
    return folders
