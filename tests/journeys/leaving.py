"""A shop in JIT that is about to leave, with one order under way."""

from dataclasses import dataclass
from typing import Any

from tests.clients import Client
from tests.journeys.market import LABEL, World


@dataclass
class Leaving:
    """A shop with local stock and funds, of whose one JIT order a parcel is under way."""

    world: World
    operator: Client
    here: str
    fulfilment: int

    def post(self, path: str, body: Any = None) -> Any:
        return self.world.seller.post(f"{self.here}{path}", body)

    def good(self, path: str, body: Any = None, status: int = 200) -> Any:
        answer = self.post(path, body)
        assert answer.status == status, answer
        return answer.body

    def seen(self, path: str) -> Any:
        answer = self.world.seller.get(f"{self.here}{path}")
        assert answer.status == 200, answer
        return answer.body

    def start(self, reason: str = "strategy") -> dict[str, Any]:
        found: dict[str, Any] = self.good("/exits", {"reason": reason}, 201)
        return found

    def exit(self, number: int) -> dict[str, Any]:
        found: dict[str, Any] = self.seen(f"/exits/{number}")
        return found

    def advance(self, by: str) -> None:
        assert self.operator.post("/clock/advance", {"by": by}).status == 200

    def unbind(self) -> None:
        """End each binding, and sign its letter."""
        for binding in self.seen("/bindings")["items"]:
            letter = self.good(f"/bindings/{binding['id']}/end")["letter_id"]
            self.good(f"/letters/{letter}/sign", {"name": "李雷"})

    def deliver(self) -> None:
        self.advance("PT30H")
        assert self.world.scan(("W-1", "delivered", 29)) == ["recorded"]
        self.advance("PT1S")

    def modes(self, order: int) -> set[str]:
        return {each["mode"] for each in self.seen(f"/orders/{order}")["fulfilments"]}


def about_to_leave(world: World, operator: Client) -> Leaving:
    """The shop of that world: stock of its own, a contact, and a parcel that was collected."""
    here = f"/shops/{world.shop.shop_id}"
    for sku in world.shop.skus:
        put = world.seller.put(f"{here}/stock/{sku}", {"location": "local", "counted": 20})
        assert put.status == 200, put
    contact = {"email": "li@shop.test", "locale": "zh-CN", "role": "owner"}
    assert world.seller.put(f"{here}/contacts", [contact]).status == 200
    world.sell("1")
    [mine] = world.first.get("/supplier/fulfilments?state=pushed").body["items"]
    at = f"/supplier/fulfilments/{mine['id']}"
    assert world.first.post(f"{at}/accept").status == 200
    assert world.first.post(f"{at}/labelled", LABEL | {"waybill": "W-1"}).status == 200
    operator.post("/clock/advance", {"by": "PT2H"})
    assert world.scan(("W-1", "collected", 1)) == ["recorded"]
    operator.post("/clock/advance", {"by": "PT1S"})
    return Leaving(world, operator, here, mine["id"])


def out(leaving: Leaving) -> int:
    """Leave, all the way; the exit's number."""
    number: int = leaving.start()["id"]
    leaving.good("/funds/deposits", {"amount": {"amount": "100.00", "currency": "CNY"}}, 201)
    leaving.deliver()
    leaving.unbind()
    leaving.advance("P4D")
    leaving.good(f"/exits/{number}/switch_off")
    leaving.advance("P1D")
    assert leaving.exit(number)["state"] == "done"
    return number
