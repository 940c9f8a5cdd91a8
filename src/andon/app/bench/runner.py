"""Runs measures, each on a fresh database, and says what they came to."""

import os
import secrets
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from andon.app.bench.bulk import BULK
from andon.app.bench.insights import INSIGHTS
from andon.app.bench.measures import Bench, Measure
from andon.app.bench.pages import PAGES_OPEN
from andon.app.bench.planning import PLANNING
from andon.app.bench.pushing import LATENCY, PUSHING
from andon.app.bench.scale import SCALE
from andon.app.bench.scanning import SCANS
from andon.app.bench.scoring import SCORING
from andon.app.bench.settling import SETTLING
from andon.app.bench.single import ANSWERS, SINGLE
from andon.app.bench.statements import STATEMENT
from andon.app.start import let_go, settle_clock, spare_the_collector
from andon.kernel.db import Database, create_database, migrate, open_database
from andon.kernel.settings import Settings
from andon.platform.policies.files import load_policies

MEASURES: tuple[Measure, ...] = (
    BULK,
    SINGLE,
    ANSWERS,
    PAGES_OPEN,
    PUSHING,
    LATENCY,
    SCANS,
    SETTLING,
    STATEMENT,
    SCORING,
    PLANNING,
    INSIGHTS,
    SCALE,
)


@contextmanager
def own_database(settings: Settings) -> Iterator[Database]:
    """A migrated database for one measure, on the real clock; dropped at the end. Its commits wait for the disk."""
    name = f"bench_{os.getpid()}_{secrets.token_hex(4)}"
    create_database(settings, name)
    try:
        database = open_database(settings, name)
        try:
            migrate(database)
            settle_clock(database, "real", 1.0)
            yield database
        finally:
            database.dispose()
    finally:
        let_go(settings, name)


def run_measures(
    settings: Settings,
    measures: Sequence[Measure],
    profiles: Path,
    *,
    quick: bool = False,
    say: Callable[[Measure, dict[str, float], float], None] = lambda *_: None,
) -> dict[str, float]:
    """Every figure of these measures; `say` hears of each measure when it is done, with the seconds it took."""
    figures: dict[str, float] = {}
    spare_the_collector()
    for measure in measures:
        begun = time.perf_counter()
        with own_database(settings) as database:
            taken = dict(measure.take(Bench(settings, database, load_policies(), profiles, quick)))
        assert taken.keys() == measure.targets.keys(), f"{measure.name}: a figure for each target"
        say(measure, taken, time.perf_counter() - begun)
        figures |= taken
    return figures
