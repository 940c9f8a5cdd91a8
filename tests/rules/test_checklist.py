"""The checklist of `andon exit`: every code has its words, and it fits a terminal of 80 columns."""

import io
from datetime import UTC, datetime, timedelta
from typing import Any, get_args

import pytest
from rich.cells import cell_len
from rich.console import Console

from andon.app.checklist import WORDS, Checklist
from andon.membership.exits.rules import CLAUSES, ExitState, Owner
from andon.membership.forecast.rules import Basis, Stage

NOW = datetime(2026, 3, 2, 4, tzinfo=UTC)


def at(hours: float) -> str:
    return (NOW + timedelta(hours=hours)).isoformat()


def blocker(code: str, owner: str, call: str | None, hours: float = -3) -> dict[str, Any]:
    text = {"en": "Bring the order to its end", "zh-CN": "请将订单履约至完结"}
    return {
        "code": code, "blocking": True, "object": {}, "since": at(hours), "owner": owner,
        "remedy": {"text": text, "call": call}, "expected_on": None,
    }  # fmt: skip


LEAVING: dict[str, Any] = {
    "id": 7, "state": "switching_off", "step": 3, "started_at": at(-90), "forced": True,
    "ticket": "JIT-2026-0000029695-27", "off_at": at(20.5), "ended_at": None,
    "blockers": [
        blocker("fee_without_delivery_evidence", "carrier", "POST /v1/carriers/{carrier}/scans"),
        blocker("open_order", "supplier", "POST /v1/supplier/fulfilments/1234567890123/accept"),
        blocker("open_order", "supplier", "POST /v1/supplier/fulfilments/2/accept", hours=-50),
    ],
    "blocker_counts": {"open_order": 512, "fee_without_delivery_evidence": 1}, "checks": [], "unsold": [],
    "forecast": {"p50": at(40), "p90": at(60), "parts": [
        {"what": "fulfilments", "count": 512, "p50": at(40), "p90": at(60), "basis": "shop_line_country",
         "sample": 180, "line": "cainiao_jit", "country": "ES", "stage": "shipped"},
    ]},
}  # fmt: skip


def drawn(*, chinese: bool) -> list[str]:
    out = io.StringIO()
    checklist = Checklist("Asia/Shanghai", NOW, chinese=chinese)
    Console(file=out, width=80).print(checklist.exit(LEAVING))
    return out.getvalue().splitlines()


def test_every_code_that_is_shown_has_words_in_both_languages() -> None:
    codes = {
        *CLAUSES,
        "secured_fee",
        "uncounted_stock",
        *(state.word for state in ExitState),
        *get_args(Owner),
        *Basis,
        *Stage,
    }
    assert codes <= set(WORDS)
    assert all(english != chinese for english, chinese in WORDS.values())


@pytest.mark.parametrize("chinese", [False, True])
def test_it_fits_a_terminal(*, chinese: bool) -> None:
    assert max(map(cell_len, drawn(chinese=chinese))) <= 80


def test_it_says_how_many_since_when_and_how_long_until_the_switch() -> None:
    text = "\n".join(drawn(chinese=False))
    assert "strikes 2026-03-03 08:30, in 20 h 30 min" in text
    assert " 512 open order                     supplier  since 02-28 10:00" in text
    assert "by force" in text
    assert "Done by 2026-03-04 04:00 as likely as not, by 2026-03-05 00:00 nine times in ten" in text
