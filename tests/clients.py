"""A caller of the API over real HTTP, as any outside program is one."""

import json
from dataclasses import dataclass, field
from typing import Any

import urllib3

from andon.kernel.db import Database
from andon.platform.accounts.rules import SCOPES
from andon.platform.accounts.service import issue_key
from tests.problems import check_problem
from tests.worlds import transaction


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: Any
    raw: bytes

    @property
    def body(self) -> Any:
        """The JSON of the answer; None where there is none."""
        return json.loads(self.raw) if self.raw else None

    @property
    def code(self) -> str | None:
        """The code of a problem."""
        body = self.body
        return body.get("code") if isinstance(body, dict) else None

    def __repr__(self) -> str:
        return f"<{self.status} {self.raw[:600]!r}>"


@dataclass
class Client:
    """One party's client; without a key it is nobody's."""

    url: str
    key: str | None = None
    headers: dict[str, str] = field(default_factory=dict)
    pool: Any = field(default_factory=lambda: urllib3.PoolManager(retries=False, timeout=60))

    def call(
        self, method: str, path: str, body: Any = None, *, raw: bytes | None = None, **headers: str
    ) -> Answer:
        """One call under /v1. `body` is sent as JSON, `raw` as it is; headers by name with underscores.

        A problem that comes back is one as RFC 9457 has it, whichever test meets it.
        """
        sent = dict(self.headers)
        if self.key:
            sent["Authorization"] = f"Bearer {self.key}"
        data = raw
        if body is not None:
            data = json.dumps(body).encode()
        if data is not None:
            sent["Content-Type"] = "application/json"
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        response = self.pool.request(method, f"{self.url}/v1{path}", body=data, headers=sent)
        answer = Answer(response.status, response.headers, response.data)
        if response.headers.get("Content-Type") == "application/problem+json":
            check_problem(answer.body, answer.status)
        return answer

    def get(self, path: str, **headers: str) -> Answer:
        return self.call("GET", path, **headers)

    def post(self, path: str, body: Any = None, **headers: str) -> Answer:
        return self.call("POST", path, body, **headers)

    def put(self, path: str, body: Any = None, **headers: str) -> Answer:
        return self.call("PUT", path, body, **headers)

    def delete(self, path: str, **headers: str) -> Answer:
        return self.call("DELETE", path, **headers)

    def of(self, key: str | None) -> "Client":
        """The same API for another party."""
        return Client(self.url, key, dict(self.headers), self.pool)


def key_for(database: Database, party: str, party_id: int | str = "", scopes: Any = SCOPES) -> str:
    """A fresh key of a party that is there."""
    with transaction(database) as tx:
        return issue_key(tx, party=party, party_id=str(party_id), scopes=scopes, label="test").secret
