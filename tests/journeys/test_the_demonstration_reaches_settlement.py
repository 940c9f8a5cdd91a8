"""`andon up`: real processes over real HTTP, from the channel's first order to settled fees, and nothing left behind."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from andon.app.cli.up import DATABASE
from andon.app.start import opened
from andon.insights.audit.views import audit
from andon.kernel.settings import Settings

ANDON = (sys.executable, "-c", "from andon.app.cli import main; main()")
TEN_HOURS_A_SECOND = 36_000


@pytest.mark.clause("MODE-2", "FEE-4")
@pytest.mark.timeout(180)
def test_orders_stream_in_and_reach_settlement_before_ones_eyes(tmp_path: Path) -> None:
    environment = {**os.environ, "ANDON_HOME": str(tmp_path / "a home"), "ANDON_PG_FAST": "1"}
    ran = subprocess.run(
        [*ANDON, "up", "--port", "0", "--rate", str(TEN_HOURS_A_SECOND), "--seconds", "45"],
        env=environment,
        capture_output=True,
        text=True,
        timeout=150,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    settled = re.findall(r"handling\s+settled\s+(\d+)", ran.stdout)
    assert settled, ran.stdout
    assert int(settled[-1]) > 0

    settings = Settings.from_env(environment)
    with opened(settings, DATABASE) as database, database.line.connect() as connection:
        told = connection.exec_driver_sql("select count(*) from reports where reported_by = 'push'").scalar()
        assert told, "the channel was told of shipments and stock"
        broken = [finding for finding in audit(connection) if not finding.ok]
    assert broken == []
    parties = (settings.home / "parties.log").read_text()
    assert "Traceback" not in parties
    assert "wrong report" not in parties, "the channel checks what it is told"
    left = subprocess.run(["pgrep", "-f", str(tmp_path)], capture_output=True, text=True, check=False)
    assert left.stdout == ""
