"""Whom a signed-in person acts for in a call: one of their parties, by what the call is for and what its path names."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from andon.kernel.errors import Forbidden, NotFound
from andon.platform.accounts.rules import NUMBERED, Allowance, Holder
from andon.platform.people.permissions import PERSON, permissions_of


@dataclass(frozen=True, slots=True)
class Membership:
    """A person's place in a party: `party_id` is its number as text, empty for the operator."""

    party: str
    party_id: str
    role: str


@dataclass(frozen=True, slots=True)
class Person:
    """Who is signed in, by which session, and where they belong. `seen_at` is machine time."""

    user_id: int
    session_id: int
    seen_at: datetime
    memberships: tuple[Membership, ...]


def acting_as(
    person: Person, allowance: Allowance, named: Mapping[str, str], wanted: str | None = None
) -> Holder:
    """The party that the person acts for, with what their role there may do.

    `named` are the numbers that the path names, by party; `wanted` is the party that the caller chose, as
    `supplier:3`. A call that names no shop is made for all of the person's shops at once. Raises NotFound where the
    path is a party's that the person is not of, Forbidden where the call is not for theirs, their role lacks the
    permission, or they are of several suppliers and chose none.
    """
    if PERSON in allowance.parties:
        own = tuple(int(each.party_id) for each in person.memberships if each.party == "shop")
        return _holder(person, PERSON, person.user_id, frozenset((allowance.scope,)), own)
    fitting = [each for each in person.memberships if _fits(each, allowance, named)]
    if not fitting:
        if any(each.party in allowance.parties for each in person.memberships):
            raise NotFound
        raise Forbidden("credentials.party", f"it is for: {', '.join(allowance.parties)}")
    if wanted is not None:
        fitting = [each for each in fitting if wanted in (f"{each.party}:{each.party_id}", each.party)]
    able = [each for each in fitting if allowance.scope in permissions_of(each.party, each.role)]
    if not able:
        raise Forbidden("credentials.role", f"it needs {allowance.scope}", scope=allowance.scope)
    able.sort(key=lambda each: _rank(each, allowance, named))
    first = able[0]
    alike = [each for each in able if each.party == first.party]
    scopes = permissions_of(first.party, first.role)
    if first.party == "shop":
        shops = tuple(int(each.party_id) for each in alike)
        return _holder(person, "shop", shops[0] if len(shops) == 1 else None, scopes, shops)
    if len(alike) > 1:
        raise Forbidden("credentials.several", "say for which with Andon-Party: supplier:…")
    number = int(first.party_id) if first.party in NUMBERED else None
    return _holder(person, first.party, number, scopes, ())


def _fits(each: Membership, allowance: Allowance, named: Mapping[str, str]) -> bool:
    if each.party in allowance.parties and named.get(each.party, each.party_id) == each.party_id:
        return True
    return each.party == "operator" and "shop" in named and "shop" in allowance.parties


def _rank(each: Membership, allowance: Allowance, named: Mapping[str, str]) -> tuple[bool, int]:
    """Whoever is of the party that the path names acts for it; else the party for which the call is first."""
    place = allowance.parties.index(each.party) if each.party in allowance.parties else len(allowance.parties)
    return each.party not in named, place


def _holder(
    person: Person, party: str, party_id: int | None, scopes: frozenset[str], shops: Sequence[int]
) -> Holder:
    return Holder(None, party, party_id, scopes, person.user_id, person.session_id, tuple(shops))
