"""Every kind of event that a subscription can name, as a document. Makes docs/events.md."""

from dataclasses import fields

from andon.app.codes import import_everything
from andon.kernel.events import Event
from andon.platform.subscriptions.rules import HEARD, HIDDEN

_HEAD = """# Outgoing events

Made from the source by `make docs`; do not edit.

A subscription (`POST /v1/webhooks`) names kinds (`charge.settled`), families (`charge.*`), or `*`. A message is one of Standard Webhooks: `type`, `timestamp`
(when it happened) and `data`, which holds the fields below beside `event_id`, `shop_id`, `subject` and, of an order's, `order_id`. A supplier hears of what names it, at shops where it has a
grant, and is not told `passed_over`, `successors` and `replaces`, which concern others. No message says anything of a buyer. `webhook.ping` comes when it is asked for.

| type | who | what | data |
| --- | --- | --- | --- |
"""


def events_document() -> str:
    """docs/events.md: the kinds that leave the house, with who hears of each and what it says."""
    import_everything()
    return _HEAD + "".join(sorted(_row(each) for each in _leaving()))


def _leaving() -> list[type[Event]]:
    found, waiting = [], list(Event.__subclasses__())
    while waiting:
        each = waiting.pop()
        waiting += each.__subclasses__()
        if each.__module__.startswith("andon.") and "kind" in each.__dict__ and _hearers(each):
            found.append(each)
    return found


def _hearers(event: type[Event]) -> list[str]:
    family = event.kind.partition(".")[0]
    names = {"supplier_id", "location"} & {each.name for each in fields(event)}
    return [party for party in HEARD if family in HEARD[party] and (party == "shop" or names)]


def _row(event: type[Event]) -> str:
    who = _hearers(event)
    own = {"shop_id", "order_id", "at", *HIDDEN["shop"]}
    names = ", ".join(f"`{each.name}`" for each in fields(event) if each.name not in own)
    says = " ".join((event.__doc__ or "").split("\n\n")[0].split())
    return f"| `{event.kind}` | {', '.join(who)} | {says} | {names} |\n"
