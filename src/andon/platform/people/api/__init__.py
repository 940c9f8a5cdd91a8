"""People over HTTP: their way in and out, what is their own, and who is of a party."""

from andon.platform.accounts.edge import Router
from andon.platform.people.api.joining import router as joining
from andon.platform.people.api.members import router as members
from andon.platform.people.api.own import router as own
from andon.platform.people.api.passing import router as passing

router = Router(tags=["people"])
for each in (passing, own, joining, members):
    router.routes.extend(each.routes)
