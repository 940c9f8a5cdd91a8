"""Proves an exported record, without Andon and without a database: Python and `cryptography` are all it needs.

    python tools/verify_record.py record.ndjson --keys keys.json --anchors anchors.ndjson

`keys.json` is what `GET /v1/record/keys` answered, got at another time or by another way than the record: without it
the record's own word is taken for whose key signed it. `anchors.ndjson` is Andon's `anchors/<database>.ndjson`: by it a
record shows that ends too early. Exit status 0 where all is proven, 1 where something was changed, removed, put in,
moved or cut off, with the line at which it shows.
"""

import argparse
import base64
import binascii
import hashlib
import json
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

FORM = "andon-record-1"


class Broken(Exception):
    """The record does not hold; the text says where and how."""


@dataclass
class Proof:
    """What was proven so far of one shop's record; `hashes` are those of the seals that are asked for."""

    shop_id: int
    keys: Mapping[str, Any]
    wanted: frozenset[int]
    seals: int = 0
    events: int = 0
    newest: str = ""
    hashes: dict[int, str] = field(default_factory=dict)
    last_event: int | None = None
    ended: bool = False
    _count: int = 0
    _first: int | None = None
    _signer: str = ""
    _content: Any = field(default_factory=hashlib.sha256)

    def take(self, line: bytes) -> None:
        """The next line. Raises Broken."""
        if self.ended:
            raise Broken("something follows the end")
        said = _read(line)
        if "event_id" in said:
            self._event(said, line)
        elif "seal" in said:
            self._seal(said["seal"])
        elif "end" in said:
            self._end(said["end"])
        else:
            raise Broken("neither an event nor a seal")

    def _event(self, said: Mapping[str, Any], line: bytes) -> None:
        number = said["event_id"]
        if said.get("shop_id") != self.shop_id:
            raise Broken(f"event {number} is another shop's")
        if not isinstance(number, int) or (self.last_event is not None and number <= self.last_event):
            raise Broken(f"event {number} does not come after {self.last_event}")
        self._first = number if self._first is None else self._first
        self.last_event = number
        self._count += 1
        self._content.update(line)

    def _seal(self, jws: str) -> None:
        seal = self._signed(jws)
        expected = {
            "shop_id": self.shop_id,
            "seal_no": self.seals + 1,
            "previous": self.newest,
            "events": self._count,
            "first_event": self._first,
            "last_event": self.last_event,
            "content": self._content.hexdigest(),
        }
        wrong = [name for name, value in expected.items() if seal.get(name) != value]
        if wrong:
            raise Broken(f"seal {seal.get('seal_no')} says otherwise: {', '.join(wrong)}")
        self.seals += 1
        self.events += self._count
        self.newest = hashlib.sha256(jws.encode()).hexdigest()
        if self.seals in self.wanted:
            self.hashes[self.seals] = self.newest
        self._count, self._first, self._content = 0, None, hashlib.sha256()

    def _signed(self, jws: str) -> dict[str, Any]:
        """What a seal says, if a key that is known has signed it."""
        try:
            head, payload, signature = jws.split(".")
            said = json.loads(_octets(head))
            key = self.keys.get(said.get("kid"))
            if said.get("alg") != "EdDSA" or key is None:
                raise Broken("a seal is signed by a key that is not known")
            self._follows(said["kid"])
            point = Ed25519PublicKey.from_public_bytes(_octets(key["x"]))
            point.verify(_octets(signature), f"{head}.{payload}".encode())
            seal = json.loads(_octets(payload))
        except (ValueError, KeyError, AttributeError, binascii.Error, InvalidSignature) as why:
            raise Broken("a seal is not what was signed") from why
        if not isinstance(seal, dict):
            raise Broken("a seal is not what was signed")
        return seal

    def _follows(self, kid: str) -> None:
        """See that no key seals after one that came later: the keys stand there the newest first."""
        order = list(self.keys)
        if self._signer and order.index(kid) > order.index(self._signer):
            raise Broken("a seal is signed by a key that was retired before")
        self._signer = kid

    def _end(self, said: Any) -> None:
        if self._count:
            raise Broken(f"{self._count} events before the end have no seal")
        if said != {"seal_no": self.seals, "hash": self.newest}:
            raise Broken("the end speaks of other seals")
        self.ended = True


def prove(
    lines: Iterable[bytes],
    *,
    keys: Mapping[str, Any] | None = None,
    anchors: Mapping[int, tuple[int, str]] | None = None,
    shop_id: int | None = None,
    part: bool = False,
) -> Proof:
    """What a record proves. Raises Broken.

    `keys` are trusted keys by their `kid`, `anchors` the seals by shop that a record must have come to, `shop_id` whose
    it must be. A `part` of a record may begin after any seal.
    """
    proof: Proof | None = None
    place = 0
    try:
        for line in lines:
            place += 1
            if proof is None:
                proof = _begun(_read(line), keys, anchors or {}, shop_id, part=part)
            else:
                proof.take(line)
    except Broken as why:
        raise Broken(f"line {place}: {why}") from why
    if proof is None or not proof.ended:
        raise Broken(f"it was cut off after line {place}")
    for number, known in (anchors or {}).items():
        if number == proof.shop_id and proof.hashes.get(known[0]) != known[1]:
            raise Broken(f"seal {known[0]} was there once, and is not in it")
    return proof


def _begun(
    head: Mapping[str, Any],
    keys: Mapping[str, Any] | None,
    anchors: Mapping[int, tuple[int, str]],
    shop_id: int | None,
    *,
    part: bool,
) -> Proof:
    if head.get("record") != FORM or not isinstance(head.get("shop_id"), int):
        raise Broken(f"not a record of the form {FORM}")
    if shop_id is not None and head["shop_id"] != shop_id:
        raise Broken(f"the record of shop {head['shop_id']}")
    wanted = frozenset(known[0] for known in [anchors.get(head["shop_id"])] if known)
    proof = Proof(head["shop_id"], keys if keys is not None else keys_in(head), wanted)
    if "after" in head:
        if not part:
            raise Broken("it is a part of a record, and proves nothing of what came before it: see --part")
        proof.seals, proof.newest = head["after"]["seal_no"], head["after"]["hash"]
    return proof


def keys_in(said: Mapping[str, Any]) -> dict[str, Any]:
    """The keys of a JWK set, by their `kid`."""
    return {key["kid"]: key for key in said.get("keys", ())}


def _read(line: bytes) -> dict[str, Any]:
    if not line.endswith(b"\n"):
        raise Broken("the line is cut off")
    try:
        said = json.loads(line)
    except ValueError as why:
        raise Broken("not JSON") from why
    if not isinstance(said, dict):
        raise Broken("not an object")
    return said


def _octets(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description="Prove an exported record of Andon.")
    parser.add_argument("record", type=Path)
    parser.add_argument("--keys", type=Path, help="the JWK set of GET /v1/record/keys")
    parser.add_argument("--anchors", type=Path, help="Andon's file of anchors")
    parser.add_argument("--shop", type=int, help="whose record it must be")
    parser.add_argument("--part", action="store_true", help="it may be one seal's part of a record")
    given = parser.parse_args()
    keys = keys_in(json.loads(given.keys.read_bytes())) if given.keys else None
    anchors = {}
    if given.anchors:
        for line in given.anchors.read_bytes().splitlines():
            each = json.loads(line)
            anchors[each["shop_id"]] = (each["seal_no"], each["hash"])
    try:
        with given.record.open("rb") as lines:
            proof = prove(lines, keys=keys, anchors=anchors, shop_id=given.shop, part=given.part)
    except Broken as why:
        sys.stdout.write(f"NOT PROVEN: {why}\n")
        return 1
    sys.stdout.write(
        f"proven: shop {proof.shop_id}, {proof.events} events up to seal {proof.seals}, {proof.newest}\n"
    )
    if keys is None:
        sys.stdout.write(f"by the key that the record itself names: {', '.join(proof.keys)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
