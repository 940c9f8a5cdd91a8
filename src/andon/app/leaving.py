"""A shop's exit at an Andon elsewhere, driven over its public API."""

from dataclasses import dataclass
from typing import Any

from andon.app.remote import RemoteShop
from andon.kernel.errors import NotFound, codes

CODES = codes({"leaving.no_exit": ("The shop has no exit", "店铺没有退出申请")})


@dataclass
class Leaving(RemoteShop):
    """The exits of one shop, for the holder of a key."""

    def newest(self) -> dict[str, Any] | None:
        """The shop's latest exit as it stands, None where it never had one."""
        listed = self.get("exits?limit=1")["items"]
        return self.get(f"exits/{listed[0]['id']}") if listed else None

    def running(self) -> dict[str, Any]:
        """The shop's latest exit. Raises NotFound `leaving.no_exit`."""
        found = self.newest()
        if found is None:
            raise NotFound("leaving.no_exit", "start one: andon exit SHOP start")
        return found

    def ahead(self) -> dict[str, Any]:
        """What an exit would be told to last, before there is one."""
        return self.get("exits/forecast")

    def rehearse(self, reason: str) -> dict[str, Any]:
        """What an exit would find and change."""
        return self.post("exits/rehearse", {"reason": reason})

    def start(self, reason: str, note: str | None) -> dict[str, Any]:
        """Start an exit."""
        return self.post("exits", {"reason": reason, "note": note})

    def act(self, action: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        """Do something to the latest exit: `switch_off`, `withdraw`, `verify`, `force`, `appeal`."""
        return self.post(f"exits/{self.running()['id']}/{action}", body)

    def bindings(self) -> list[dict[str, Any]]:
        """The shop's bindings that are active or ending."""
        items = self.get("bindings?limit=200")["items"]
        return [binding for binding in items if binding["state"] in {"active", "ending"}]

    def end(self, binding_id: int) -> dict[str, Any]:
        """Have the letter drawn up that ends a binding."""
        return self.post(f"bindings/{binding_id}/end")

    def sign(self, letter_id: int, name: str, otp: str | None) -> dict[str, Any]:
        """Sign a letter."""
        return self.post(f"letters/{letter_id}/sign", {"name": name} | ({"otp": otp} if otp else {}))

    def certificate(self) -> bytes:
        """The signed certificate of the latest exit."""
        path = f"{self.here}/exits/{self.running()['id']}/certificate.pdf"
        found: bytes = self.remote.call("GET", path, Accept="application/pdf").data
        return found
