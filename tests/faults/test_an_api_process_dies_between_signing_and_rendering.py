"""An API process that is killed once a letter is signed: it is signed once, and its paper is there all the same."""

from collections.abc import Callable

import pytest

from andon.app.demo.world import World
from andon.kernel.db import Database
from andon.platform.documents.authority import Authority
from tests.faults.nursery import KILLED
from tests.faults.outside import quietly
from tests.faults.running import Town
from tests.signatures import openssl_says
from tests.worlds_audit import assert_all_well

SIGN = {"name": "李雷"}


@pytest.mark.parametrize("place", ["edge.done", "edge.committed", "paper.made"])
def test_a_letter_is_signed_once_and_its_paper_is_served_whoever_died(
    place: str,
    demonstration: tuple[str, World],
    copies: Callable[[str], Database],
    town_of: Callable[[Database], Town],
    tmp_path,
) -> None:
    name, world = demonstration
    town = town_of(copies(name))
    shop = world.shops[0]
    here = f"/shops/{shop['id']}"
    process, client = town.serve()
    seller = client.of(shop["key"])
    binding = seller.get(f"{here}/bindings").body["items"][0]["id"]
    letter = seller.post(f"{here}/bindings/{binding}/end").body["letter_id"]
    process.stop()

    process, client = town.serve(f"{place}=kill")
    seller = client.of(shop["key"])
    quietly(lambda: seller.post(f"{here}/letters/{letter}/sign", SIGN))
    if place == "paper.made":
        quietly(lambda: seller.get(f"{here}/letters/{letter}.pdf"))
    assert process.wait() == KILLED, "it did not get there"

    process, client = town.serve()
    seller = client.of(shop["key"])
    known = seller.get(f"{here}/letters/{letter}").body
    assert known["state"] in (("draft",) if place == "edge.done" else ("signed", "proven"))
    signed = seller.post(f"{here}/letters/{letter}/sign", SIGN | {"name": "Another"})
    assert signed.body["signed_name"] == ("Another" if place == "edge.done" else "李雷")
    paper = seller.get(f"{here}/letters/{letter}.pdf")
    assert paper.status == 200
    assert seller.get(f"{here}/letters/{letter}.pdf").raw == paper.raw
    trusted = Authority.made_from(town.key).pem
    assert openssl_says(tmp_path, paper.raw, trusted) == "CAdES Verification successful\n"
    process.stop()
    assert_all_well(town.database)
    assert not town.errors()
