"""The shipped sample, replayed: what came of it, and what is done with a past that contradicts itself."""

import contextlib
from pathlib import Path
from typing import Any

import orjson
import pytest
from sqlalchemy import text

from andon.adapters.andon_history import AndonFolder
from andon.app.cli import main
from andon.app.cli.replay import policies_for
from andon.app.line import LINE
from andon.kernel.clock import VirtualClock
from andon.kernel.db import Database
from andon.kernel.errors import Refused
from andon.kernel.line import Line
from andon.ports.history import History
from andon.simulator.replay.service.replaying import Progress, opening_instant, replay_history
from tests.worlds import transaction
from tests.worlds_history import SAMPLE, sample, write, written


def replayed(database: Database, past: History, seen: list[Progress] | None = None) -> dict[str, Any]:
    line = Line(database, VirtualClock(opening_instant(past)), LINE, policies_for(past.currency))
    with contextlib.closing(line):
        outcome, _ = replay_history(line, past, (seen if seen is not None else []).append)
        return outcome


@pytest.mark.timeout(300)
def test_the_sample_comes_out_as_its_files_say(database: Database) -> None:
    seen: list[Progress] = []
    outcome = replayed(database, AndonFolder(SAMPLE).read(), seen)

    rows = sample().files
    statuses = [row["status"] for row in rows["orders.csv"]]
    assert outcome["orders"] == len(statuses)
    assert outcome["by_source_status"] == {status: statuses.count(status) for status in set(statuses)}
    assert outcome["refused"] == {"order.no_line_serves": 1, "order.no_lines": 1}
    assert outcome["accepted"] == len(statuses) - 2
    # All that was delivered completed, but for the order that no line serves.
    assert outcome["groups_by_source_status"]["delivered"] == {"completed": statuses.count("delivered") - 1}
    assert outcome["delivered"] == sum(day["orders"] for day in outcome["delivered_by_date"].values())
    assert {key: outcome[key] for key in ("payments_differ", "payments_missing", "cancelled")} == {
        "payments_differ": 1, "payments_missing": 0, "cancelled": 1,
    }  # fmt: skip
    assert (outcome["carrier_before_approved"], outcome["delivered_before_carrier"]) == (1, 1)
    assert outcome["open_at_end"] == {"waiting": 1, "accepted": 1, "shipped": 1}
    assert outcome["steps_refused"] == {"scan": {"scan.status": 1}}
    assert outcome["no_measure"] > 0
    assert outcome["flags"]["no_measure"] == outcome["no_measure"]
    assert outcome["check"] == "ok"

    handling = outcome["charges"]["handling"]
    assert handling == {"count": outcome["delivered"], "total": f"{outcome['delivered'] * 30 / 100:.2f}"}
    assert sum(day["charges"] for day in outcome["settled_by_date"].values()) == sum(
        kind["count"] for kind in outcome["charges"].values()
    )
    assert outcome["unsettled"] == {"no_delivery_evidence": 3}
    assert [(p.stage, p.done) for p in seen][-1] == ("orders", seen[-1].total)


def test_facts_stand_at_their_own_instants(database: Database) -> None:
    past = AndonFolder(SAMPLE).read()
    replayed(database, past)
    told = {order.channel_order_no: order for order in past.orders}
    with transaction(database) as tx:
        rows = tx.rows(
            "select o.channel_order_no, o.placed_at, f.pushed_at, f.accepted_at, f.picked_at, f.labelled_at, "
            "f.shipped_at, f.delivered_at from orders o join fulfilments f using (shop_id, order_id) "
            "where o.channel_order_no like 'H%'"
        )
    assert rows
    for row in rows:
        order = told[row.channel_order_no]
        facts = {fact.kind: fact.at for fact in order.facts}
        assert row.pushed_at == row.placed_at == order.placed_at
        assert (row.accepted_at - row.placed_at).total_seconds() == 1
        assert row.picked_at == row.labelled_at == row.shipped_at == facts["collected"]
        assert row.delivered_at == facts["delivered"]


def test_a_rejection_that_no_reason_has_is_told_before_anything_runs(
    tmp_path: Path, database: Database
) -> None:
    files = dict(written(sample()))
    files["events.csv"] = files["events.csv"].replace("out_of_stock", "bad_mood")
    with pytest.raises(Refused, match="bad_mood") as told:
        replayed(database, AndonFolder(write(tmp_path, files)).read())
    assert told.value.code == "history.malformed"
    with transaction(database) as tx:
        assert not tx.rows("select 1 from shops")


def test_a_past_in_a_currency_without_a_policy_is_refused() -> None:
    with pytest.raises(Refused, match=r"orders are in EUR") as told:
        policies_for("EUR")
    assert told.value.code == "replay.currency"


def test_a_past_that_no_jit_line_reaches_is_refused(tmp_path: Path, database: Database) -> None:
    files = dict(written(sample()))
    for country in ("ES", "US", "FR", "BR"):
        files["orders.csv"] = files["orders.csv"].replace(f",{country}\n", ",NZ\n")
    with pytest.raises(Refused) as told:
        replayed(database, AndonFolder(write(tmp_path, files)).read())
    assert told.value.code == "replay.no_line"


@pytest.mark.timeout(300)
def test_the_command_prints_json_alone_and_drops_its_database(
    settings: Any, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], database: Database
) -> None:
    monkeypatch.setenv("ANDON_HOME", str(settings.home))
    monkeypatch.setenv("ANDON_POOL_SIZE", "2")
    with pytest.raises(SystemExit) as ended:
        main(["replay", "--format", "andon", str(SAMPLE), "--json"])
    assert not ended.value.code
    told = capfd.readouterr()
    assert orjson.loads(told.out)["check"] == "ok"
    with database.owner.connect() as connection:
        names = connection.scalars(text("select datname from pg_database")).all()
    assert not [name for name in names if name.startswith("replay")]


def test_the_command_says_what_it_cannot_read(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["replay", "--format", "olist", str(tmp_path)])
    assert ended.value.code == 1
    told = capfd.readouterr()
    assert told.out == ""
    assert "history.missing_file" in told.err
