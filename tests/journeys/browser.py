"""A person at a browser: the cookie of their session comes along, and with commands the token against forgery."""

from dataclasses import dataclass, field
from typing import Any

from andon.kernel.db import Database
from andon.platform.people.passwords import hash_of_new
from andon.platform.people.service.joining import NewPerson, Party, accept_invitation, invite
from tests.clients import Answer, Client
from tests.worlds import transaction

PASSWORD = "mountain lamp river 42"


@dataclass
class Browser(Client):
    """A client that keeps a cookie as a browser does, and sends what the pages of Andon send."""

    cookie: str | None = None
    csrf: str | None = None
    given: list[str] = field(default_factory=list)
    """Each Set-Cookie that came."""

    def call(
        self, method: str, path: str, body: Any = None, *, raw: bytes | None = None, **headers: str
    ) -> Answer:
        sent: dict[str, str] = {}
        if self.cookie:
            sent["Cookie"] = self.cookie
        if self.csrf and method != "GET":
            sent["X_CSRF_Token"] = self.csrf
        answer = super().call(method, path, body, raw=raw, **(sent | headers))
        if (given := answer.headers.get("Set-Cookie")) is not None:
            self.given.append(given)
            named = given.partition(";")[0]
            self.cookie = named if named.partition("=")[2].strip('"') else None
            self.csrf = None
        if answer.status == 200 and b'"csrf_token"' in answer.raw:
            self.csrf = answer.body["csrf_token"]
        elif self.cookie and self.csrf is None and path != "/me":
            self.get("/me")
        return answer

    def sign_in(self, email: str, password: str = PASSWORD, **more: str) -> Answer:
        return self.post("/sign_in", {"email": email, "password": password} | more)


KEPT = hash_of_new(PASSWORD, name="", email="")


def a_person(database: Database, email: str, *places: tuple[str, int | str, str]) -> int:
    """Somebody who has an account, with a role in each of these parties."""
    who: NewPerson | int = NewPerson(email, "Li Wei", "en", KEPT)
    with transaction(database) as tx:
        for party, number, role in places:
            _, link = invite(tx, Party(party, str(number)), role, None, "en", "", b"")
            who = accept_invitation(tx, link.partition("#")[2], who)
    assert isinstance(who, int)
    return who
