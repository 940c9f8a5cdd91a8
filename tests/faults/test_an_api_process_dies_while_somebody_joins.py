"""An API process that is killed before or after the commit that takes an invitation: its link makes one person, once."""

from collections.abc import Callable

import pytest

from andon.app.demo.world import World
from andon.kernel.db import Database
from andon.platform.people.service.joining import Party, invite
from tests.faults.nursery import KILLED
from tests.faults.outside import quietly
from tests.faults.running import Town
from tests.journeys.browser import PASSWORD, Browser
from tests.worlds import transaction
from tests.worlds_audit import assert_all_well

EMAIL = "new@shop.test"


@pytest.mark.parametrize("place", ["door.done", "door.committed"])
def test_somebody_who_joins_while_the_process_dies_joins_once(
    place: str,
    demonstration: tuple[str, World],
    copies: Callable[[str], Database],
    town_of: Callable[[Database], Town],
) -> None:
    name, world = demonstration
    town = town_of(copies(name))
    with transaction(town.database) as tx:
        _, link = invite(tx, Party("shop", str(world.shops[0]["id"])), "clerk", None, "en", "", b"")
    path = f"/invitations/{link.partition('#')[2]}/accept"
    body = {"password": PASSWORD, "name": "Wang", "email": EMAIL}
    # The third step at the door: the link and the account were looked at before.
    process, client = town.serve(f"{place}=kill@3")
    quietly(lambda: Browser(client.url).post(path, body))
    assert process.wait() == KILLED, "it did not get there"
    process, client = town.serve()
    committed = place == "door.committed"
    again = Browser(client.url).post(path, body)
    assert (again.status, again.code) == ((404, "invitation.not_found") if committed else (200, None))
    assert Browser(client.url).sign_in(EMAIL).status == 200
    with town.database.owner.connect() as connection:
        told = (
            "select count(*) from events e join users u on e.subject = 'user:' || u.user_id "
            "where e.kind = 'person.joined' and u.email = %s"
        )
        assert connection.exec_driver_sql(told, (EMAIL,)).scalar_one() == 1
    process.stop()
    assert_all_well(town.database)
    assert not town.errors()
