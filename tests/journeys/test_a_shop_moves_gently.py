"""A shop moves off JIT gently: by an exit whose supplier ships on for a while, or alone, a share of its orders a day."""

from typing import Any

import pytest

from tests.clients import Client
from tests.journeys.leaving import Leaving, about_to_leave
from tests.journeys.market import LABEL, World

SMART = "cainiao_smart"


@pytest.fixture
def leaving(operator: Client, world: World) -> Leaving:
    """A shop with local stock of S-2 alone, and one JIT order of S-1 under way."""
    leaving = about_to_leave(world, operator)
    stock_up(leaving, "S-1", 0)
    return leaving


def stock_up(leaving: Leaving, sku: str, counted: int) -> None:
    put = leaving.world.seller.put(f"{leaving.here}/stock/{sku}", {"location": "local", "counted": counted})
    assert put.status == 200, put


def way(leaving: Leaving, number: str, sku: str) -> tuple[str, bool, str]:
    """By which mode a new order goes, whether a supplier ships it, and by which line."""
    order = leaving.seen(f"/orders/{leaving.world.sell(number, sku)['order_id']}")
    [part] = order["fulfilments"]
    return part["mode"], part["supplier_id"] is not None, part["line"]


def refused(leaving: Leaving, number: str, sku: str) -> str:
    """The code with which a new order is refused."""
    order = {
        "channel": "demo", "channel_order_no": number, "placed_at": "2026-03-02T04:00:00Z",
        "ship_to": {"name": "Ana Sol", "line1": "Calle Mayor 1", "city": "Madrid", "postcode": "28001", "country": "ES"},
        "lines": [{"sku": sku, "quantity": 2, "unit_price": {"amount": "49.90", "currency": "CNY"}}],
    }  # fmt: skip
    code: str = leaving.good("/orders/bulk", {"orders": [order]})["results"][0]["code"]
    return code


def ship(leaving: Leaving, hours: float) -> None:
    """The supplier takes what it has to answer, labels it, and the carrier delivers it so many hours after noon."""
    first = leaving.world.first
    [mine] = first.get("/supplier/fulfilments?state=pushed").body["items"]
    at = f"/supplier/fulfilments/{mine['id']}"
    assert mine["mode"] == "standard"
    assert first.post(f"{at}/accept").status == 200
    assert first.post(f"{at}/labelled", LABEL | {"waybill": "W-2"}).status == 200
    told = leaving.world.scan(("W-2", "collected", hours - 1), ("W-2", "delivered", hours))
    assert told == ["recorded", "recorded"]
    leaving.advance("PT1S")


@pytest.mark.clause("MOVE-1", "MOVE-2", "EXIT-1", "EXIT-3")
def test_an_exit_with_a_move_drains_while_the_supplier_ships_on_until_it_is_unbound(leaving: Leaving) -> None:
    # What it would be: nothing is changed by asking, and the words name the move.
    wanted = {"products": [{"sku": "S-1", "choice": "supplier_ships"}]}
    ahead = leaving.good("/exits/rehearse", {"reason": "strategy", "move": wanted})
    assert ahead["move"]["choices"] == {"none": 1, "supplier_ships": 1}
    assert [(each["sku"], each["chosen"]) for each in ahead["unsold"]] == [("S-1", "supplier_ships")]
    assert "smart line" in ahead["blockers"][0]["remedy"]["text"]["en"]
    assert leaving.seen("/moves")["items"] == []
    early = leaving.post(
        "/exits", {"reason": "strategy", "move": {"products": [{"sku": "S-1", "choice": "stock_up"}]}}
    )
    assert (early.status, early.code) == (422, "move.not_in_exit")

    # New orders take the smart line: the seller's own units where there are any, the supplier's where not.
    begun = leaving.good("/exits", {"reason": "strategy", "move": wanted}, 201)
    [move] = leaving.seen("/moves")["items"]
    assert (move["exit_id"], move["state"], move["products"]) == (begun["id"], "running", 2)
    assert begun["blockers"][0]["object"]["move_id"] == move["id"]
    assert way(leaving, "2", "S-1") == ("standard", True, SMART)
    assert way(leaving, "3", "S-2") == ("standard", False, SMART)

    # The first order by the smart line is subsidised when it is delivered, and costs no JIT fee.
    leaving.advance("PT40H")
    ship(leaving, 41)
    leaving.advance("PT2H")
    assert leaving.seen("/funds")["received"] == {"amount": "3.00", "currency": "CNY"}
    leaving.deliver()
    assert leaving.exit(begun["id"])["state"] == "unbinding", "what the supplier ships is no blocker"

    # After seven days the plan's own lines hold again; the supplier ships on until its binding ends.
    leaving.advance("P6D")
    done = leaving.seen(f"/moves/{move['id']}")
    assert (done["state"], done["choices"], done["draining"]) == ("done", {"supplier_ships": 1}, 0)
    assert way(leaving, "4", "S-2") == ("standard", False, "cainiao_standard")
    assert way(leaving, "5", "S-1") == ("standard", True, SMART)
    binding = leaving.seen("/bindings")["items"][0]["id"]
    letter = leaving.good(f"/bindings/{binding}/end")["letter_id"]
    other = leaving.seen("/bindings")["items"][1]["id"]
    leaving.good(f"/letters/{leaving.good(f'/bindings/{other}/end')['letter_id']}/sign", {"name": "李雷"})
    assert refused(leaving, "6", "S-1") == "order.unmapped"
    blocked = leaving.post(f"/letters/{letter}/sign", {"name": "李雷"})
    assert (blocked.status, blocked.code) == (409, "binding.blocked")
    leaving.world.seller.post(
        f"{leaving.here}/orders/{blocked.body['blockers'][0]['object']['order_id']}/cancel"
    )
    leaving.good(f"/letters/{letter}/sign", {"name": "李雷"})


@pytest.mark.clause("MOVE-1")
def test_a_move_alone_stocks_up_first_and_can_be_taken_back(leaving: Leaving) -> None:
    wanted: dict[str, Any] = {
        "ramp": [0, 100],
        "products": [{"sku": "S-1", "choice": "stock_up"}],
    }
    begun = leaving.good("/moves", wanted, 201)
    assert (begun["state"], begun["exit_id"], begun["ramp"]) == ("running", None, [0, 100])
    assert (begun["choices"], begun["uncounted"]) == ({"none": 1, "stock_up": 1}, 1)
    again = leaving.post("/moves", {})
    assert (again.status, again.code, again.body["move_id"]) == (409, "move.running", begun["id"])
    assert leaving.seen("/enrolment")["state"] == "on"
    assert [way(leaving, f"a{sku}", sku)[0] for sku in ("S-1", "S-2")] == ["jit", "jit"]

    leaving.advance("P1D")
    assert way(leaving, "b", "S-2") == ("standard", False, SMART)
    stock_up(leaving, "S-1", 10)
    assert way(leaving, "c", "S-1") == ("standard", False, SMART)
    shown = {each["sku"]: each for each in leaving.seen(f"/moves/{begun['id']}/products")["items"]}
    assert (shown["S-1"]["share"], shown["S-1"]["local"], shown["S-2"]["ramp"]) == (100, 8, [0, 100])
    assert leaving.seen(f"/moves/{begun['id']}")["uncounted"] == 0
    assert shown["S-1"]["stocked_at"] == shown["S-1"]["closes_at"] is not None

    days = leaving.seen(f"/moves/{begun['id']}/days")["items"]
    assert [day["planned"] for day in days] == [0, 50, 50, 50, 50, 50, 100]
    none = {"day": 1, "since": begun["started_at"], "planned": 0, "jit": 0, "left": 0}
    assert days[0] == none, "these orders were placed before"

    back = leaving.good(f"/moves/{begun['id']}/cancel")
    assert (back["state"], back["choices"]) == ("cancelled", {})
    assert leaving.good(f"/moves/{begun['id']}/cancel") == back
    assert [way(leaving, f"d{sku}", sku)[0] for sku in ("S-1", "S-2")] == ["jit", "jit"]


@pytest.mark.clause("MOVE-1", "PART-1")
def test_a_move_alone_ends_with_its_products_in_standard_shipping(leaving: Leaving) -> None:
    begun = leaving.good("/moves", {"products": [{"sku": "S-1", "choice": "unlist"}]}, 201)
    assert refused(leaving, "2", "S-1") == "order.product_delisted"
    assert way(leaving, "3", "S-2") == ("standard", False, SMART)
    leaving.advance("P7D")
    assert leaving.seen(f"/moves/{begun['id']}")["state"] == "done"
    assert {each["mode"] for each in leaving.seen("/products")["items"]} == {"standard"}
    missing = {each["missing"] for each in leaving.seen("/product_exits")["items"]}
    assert missing == {"remove_mapping"}
    assert leaving.seen("/enrolment")["state"] == "on", "the shop itself has not left"
