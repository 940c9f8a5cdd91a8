"""Nothing in a story is a bare code: every code that an event of ours may hold has words of its family."""

from collections.abc import Iterator
from typing import get_args

import pytest

from andon.app.web import bare_app
from andon.insights.story.rules import TEXTS, told
from andon.kernel.events import Event
from andon.membership.exits.rules import CHECK_WORDS
from andon.membership.standing.rules.violations import Fault as AtFault
from andon.orders.addresses.rules import Fault
from andon.orders.intake.rules import CODES
from andon.partners.tracks.rules import Choice
from andon.platform.people.permissions import TITLES

SAID = [
    *(
        ("violation.recorded", {"violation": "stock_out", "cause": "operator", "fault": each})
        for each in get_args(AtFault)
    ),
    *(("order.ship_to_corrected", {"fault": each.value}) for each in Fault),
    *(("product.stocked", {"choice": each.value}) for each in Choice),
    *(("exit.put_right", {"check": each}) for each in CHECK_WORDS),
    *(("person.joined", {"role": each}) for each in TITLES),
    *(("order.refused", {"channel": "plaza", "channel_order_no": "7", "code": each}) for each in CODES),
]


@pytest.mark.parametrize(("kind", "facts"), SAID)
def test_a_code_of_a_story_is_told_in_words(kind: str, facts: dict[str, str]) -> None:
    text = told(kind, facts, {}, "Asia/Shanghai")
    codes = {value for name, value in facts.items() if name not in {"channel", "channel_order_no"}}
    assert not any(code in text["zh-CN"] for code in codes), text
    assert not any("_" in word or "." in word.strip(".") for word in text["en"].split()), text


def test_a_violations_fault_is_the_shops_in_the_readers_language() -> None:
    facts = {"violation": "stock_out", "cause": "operator", "fault": "shop"}
    assert (
        told("violation.recorded", facts, {}, "Asia/Shanghai")["zh-CN"]
        == "记录违规：缺货（平台决定），责任方：店铺"
    )


def test_every_event_has_a_line_of_its_own_in_the_record() -> None:
    assert bare_app().routes, "every room is loaded"
    assert {each.kind for each in kinds_of(Event)} - set(TEXTS) == set()


def kinds_of(kind: type[Event]) -> Iterator[type[Event]]:
    """The kinds of events that rooms of ours declare."""
    for each in kind.__subclasses__():
        if "kind" in vars(each) and each.__module__.startswith("andon."):
            yield each
        yield from kinds_of(each)
